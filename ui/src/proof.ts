// Would this phone get through right now? One line for each way, in words, a shape and a colour; what is not known is
// said to be not known. A line is amber only where somebody should not rely on it.
import type { Me } from "./alert.ts";
import { Refused, type Api } from "./api.ts";
import { el, icon, type Child } from "./dom.ts";
import type { Leave } from "./fixes.ts";
import { Pushes } from "./push-page.ts";
import { t } from "./say.ts";
import { ago } from "./words.ts";

/** What the server says of this phone's push; "unknown" where it does not say, as an older one. */
interface Push {
  state: "none" | "unproven" | "proven" | "ended" | "unknown";
  proven_at?: string | null;
}
interface Battery extends EventTarget {
  readonly level: number;
  readonly charging: boolean;
}

const LOW = 0.2;
const ASK_MS = 30_000;
const CLOCK_OFF_MS = 300_000;

/** What is asked of the server and of the phone from time to time, while somebody looks. */
export class Proof {
  push: Push = { state: "unknown" };
  battery: Battery | null = null;
  readonly pushes: Pushes;

  constructor(private readonly api: Api, private readonly changed: () => void) {
    this.pushes = new Pushes(api, (seen) => (seen ? this.hear(seen) : void this.ask()));
  }

  /** `kept`: this phone is to be rung, so its browser is asked for its address too, now and as often as it is looked at again. */
  begin(kept: boolean): void {
    const ask = (): void => void (document.hidden || this.ask());
    const look = kept ? (): void => void (document.hidden || this.pushes.check()) : ask; // An app may stay open for weeks.
    setInterval(ask, ASK_MS);
    document.addEventListener("visibilitychange", look);
    if (kept) void this.pushes.check();
    else ask();
    void this.feelBattery();
  }

  private async ask(): Promise<void> {
    try {
      this.hear(await this.api.get<Push>("/api/v1/push/subscriptions"));
    } catch (error) {
      if (error instanceof Refused) this.hear({ state: "unknown" }); // Away: what was known is still the best that is known.
    }
  }

  private hear(push: Push): void {
    this.push = push;
    this.changed();
  }

  private async feelBattery(): Promise<void> {
    const asked = (navigator as { getBattery?: () => Promise<Battery> }).getBattery;
    this.battery = (await asked?.call(navigator).catch(() => null)) ?? null;
    for (const change of ["levelchange", "chargingchange"]) this.battery?.addEventListener(change, this.changed);
    this.changed();
  }
}

export interface Known {
  me: Me | null;
  live: boolean;
  silence: number; // Milliseconds since the server last said anything; infinite where it never did.
  proof: Proof;
  leave: Leave;
  now: number;
  skew: number;
  forgetful: boolean;
  tabOnly: boolean;
}
interface Line {
  key: string;
  good: boolean;
  said: Child;
}

const line = (key: string, good: boolean, ...said: Child[]): Line => ({ key, good, said });

export function lines(known: Known): HTMLElement {
  const all = [reached(known), push(known), text(known), place(known), ...besides(known)];
  return el("ul", { class: "ways", "data-key": "ways", "aria-label": t("Would this phone get through now?") }, all.map(({ key, good, said }) =>
    el("li", { "data-key": key, "data-way": key, "data-state": good ? "proven" : "unknown" }, icon(good ? "sent" : "unknown"), el("span", {}, said))));
}

function reached({ live, silence }: Known): Line {
  if (live) return line("server", true, t("Server reached"));
  return line("server", false, Number.isFinite(silence) ? t("Server last heard {ago}. An SOS still tries.", { ago: ago(silence) }) : t("Server not reached yet. An SOS still tries."));
}

function push({ proof: { push: { state, proven_at }, pushes }, now }: Known): Line {
  if (pushes.state === "asks") return line("push", false, t("This phone is not rung by push"), " ", el("button", { type: "button", class: "plain", "data-act": "allow-push" }, t("Allow it now")));
  if (pushes.state === "denied") return line("push", false, t("This phone may show no notifications: allow them in its settings"));
  if (pushes.state === "unlisted") return line("push", false, t("This phone is not rung by push: its push service is not on the list of the server"));
  if (state === "proven") return line("push", true, proven_at ? t("Push proven {ago}", { ago: ago(now - Date.parse(proven_at)) }) : t("Push proven"));
  if (state === "unproven") return line("push", false, t("Push not proven yet"));
  if (state === "ended") return line("push", false, t("Push has ended on this phone"));
  return line("push", false, state === "none" ? t("This phone is not rung by push") : t("Push: not known"));
}

function text({ me }: Known): Line {
  const number = me?.sos_numbers?.[0];
  return number ? line("text", true, t("By text too: SOS to"), " ", el("span", { class: "no" }, number)) : line("text", false, t("No number for an SOS by text"));
}

function place({ leave }: Known): Line {
  if (leave === "granted") return line("place", true, t("Your place goes along, during an SOS only"));
  if (leave === "denied" || leave === "none") return line("place", false, t("This phone may not tell your place. Say it in words."));
  return line("place", false, t("Your place: not allowed yet"), " ", el("button", { type: "button", class: "plain", "data-act": "allow-place" }, t("Allow it now")));
}

/** Said only where something is wrong. */
function besides({ proof: { battery }, skew, forgetful, tabOnly }: Known): Line[] {
  const said: Line[] = [];
  if (battery && battery.level <= LOW && !battery.charging) said.push(line("battery", false, t("Battery at {n} %", { n: Math.round(battery.level * 100) })));
  if (Math.abs(skew) > CLOCK_OFF_MS) said.push(line("clock", false, t("This phone's clock is wrong. The server's counts.")));
  if (forgetful) said.push(line("keeps", false, t("This browser keeps nothing. Leave the page open after an SOS.")));
  if (tabOnly) said.push(line("tab", false, t("In this tab only."), " ", el("button", { type: "button", class: "plain", "data-act": "keep" }, t("Keep it on this phone"))));
  return said;
}
