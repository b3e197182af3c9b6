// The code on a wall, opened. It shows nothing and asks nothing until a tap: the page is the same for every code, also
// for one that never was. A tap goes out by the token of the phone that was enrolled in this browser.
import { spelled } from "./address.ts";
import { ms, type Alert, type Me } from "./alert.ts";
import { Api, Refused } from "./api.ts";
import { redrawn } from "./clock.ts";
import { acts, el, icon, patch, type Child } from "./dom.ts";
import { hold, spaceAnywhere } from "./hold.ts";
import { leave } from "./leave.ts";
import { remembered } from "./me.ts";
import { mast } from "./parts.ts";
import { DOUBT_MS, fingerprint, Outbox } from "./press.ts";
import { speak, t } from "./say.ts";
import { stored } from "./stored.ts";

interface Page {
  alerts: Alert[];
}
interface Placed extends Alert {
  warnings?: string[];
}
type Told = "" | "asking" | "noted" | "old" | "none" | "raise_only" | "failed" | "unknown";

const PRESS = "/api/v1/alerts";
const TOKEN = "tocsin.token";
const place = { kind: "zone", code: spelled(location.pathname.split("/")[2] ?? "") };

// Never from the address: whoever hangs up a sign must not choose by whose phone it calls.
const api = new Api(enrolled());
const me = remembered(fingerprint(api.token ?? ""));
const single = stored("tocsin.single") === "yes";
const draw = redrawn(() => patch(document.body, screen()));
let outbox: Outbox | null = null;
let told: Told = "";
speak(me?.member.language);

function enrolled(): string | null {
  try {
    return localStorage.getItem(TOKEN) ?? sessionStorage.getItem(TOKEN);
  } catch {
    return null;
  }
}

/** The press is the phone's own, kept where the phone keeps it: once it is taken the phone's page goes on with it. */
function phones(): Outbox {
  return outbox ??= new Outbox(api, draw, () => location.replace("/phone"), { extra: { place } }); // Every press says where it was made.
}

function press(): void {
  if (!api.token) return;
  phones().press(false);
  draw();
}

async function here(): Promise<void> {
  if (told === "asking" || phones().waiting) return draw(); // A press that has not gone out yet goes out from here.
  told = "asking";
  draw();
  told = await said();
  draw();
}

async function said(): Promise<Told> {
  try {
    const { member } = me ?? await api.get<Me>("/api/v1/me");
    const { alerts } = await api.get<Page>(`${PRESS}?state=open`);
    const own = alerts.filter((alert) => alert.state !== "closed" && alert.member?.id === member.id);
    const mine = own.sort((a, b) => ms(b.raised_at) - ms(a.raised_at))[0];
    if (!mine) return "none";
    const after = await api.act<Placed>(mine.id, "places", place);
    return after.warnings?.some((warning) => warning.startsWith("place.code")) ? "old" : "noted";
  } catch (error) {
    if (!(error instanceof Refused)) return "failed";
    return ({ 401: "unknown", 403: "raise_only", 409: "none" } as Record<number, Told>)[error.status] ?? "failed";
  }
}

function screen(): Child[] {
  if (!api.token) return [mast(el("span")), el("main", {}, stranger())];
  const waiting = outbox?.waiting;
  if (!waiting) return [mast(el("span", {}, me?.member.name ?? ""), exit()), el("main", { "data-key": "main" }, ready())];
  const doubt = waiting.failed === "not_enrolled" ? t("This phone is not enrolled here.")
    : waiting.failed || Date.now() - waiting.at > DOUBT_MS ? t("Not sent. Trying again.") : "";
  return [mast(el("span", {}, me?.member.name ?? "")), el("main", { "data-key": "main" }, sending(doubt))];
}

const exit = (): Child => el("button", { type: "button", class: "plain exit", "data-act": "exit" }, t("Quick exit"));

function stranger(): Child[] {
  return [
    el("h1", {}, t("This phone is not enrolled here.")),
    el("p", {}, t("If you are in danger: get away if you can, call 911, or tell the nearest colleague.")),
    el("p", { class: "quiet" }, t("Do you work here? Ask whoever runs Tocsin for the link that enrols your phone. Then this code tells your colleagues where you are.")),
  ];
}

function ready(): Child[] {
  return [
    el("h1", { "data-key": "head" }, t("In danger here?")),
    el("section", { "data-key": "sos", "aria-labelledby": "sos-h" },
      el("h2", { id: "sos-h", class: "sr" }, t("Call for help")),
      el("button", { class: "sos", type: "button", "aria-describedby": "sos-how", "data-key": "disc" },
        el("b", {}, "SOS"), el("span", {}, single ? t("Press once") : t("Hold for 1 second"))),
      el("p", { id: "sos-how", class: "mid" }, t("It calls your colleagues to this place."))),
    el("section", { class: "stack", "data-key": "here", "aria-labelledby": "here-h" },
      el("h2", { id: "here-h" }, t("Have you called for help already?")),
      el("button", { type: "button", class: "big", "data-act": "here", "aria-disabled": told === "asking" ? "true" : "false" },
        icon("zone"), " ", t("I am here")),
      el("p", { role: "status", "data-key": "told", "data-told": told }, answer())),
  ];
}

function answer(): Child[] {
  const words = {
    "": "",
    asking: t("Sending"),
    noted: t("Noted."),
    old: t("This code is not in use any more. Say in words where you are."),
    none: t("You have no open call for help. Hold the disc if you need help."),
    raise_only: t("This phone can call for help, and nothing else."),
    failed: t("Not sent. Try again."),
    unknown: t("This phone is not enrolled here."),
  }[told];
  return [words, told === "old" ? [" ", el("a", { href: "/phone" }, t("Go to your phone's page"))] : null];
}

function sending(doubt: string): Child[] {
  const number = me?.sos_numbers?.[0];
  const phone = me?.member.site_phone;
  return [
    el("section", { class: "band", "data-key": "band", "data-doubt": doubt !== "", "data-screen": doubt ? "unsent" : "sending" },
      el("div", { role: "alert" }, el("h1", {}, doubt || t("Sending")),
        doubt ? el("p", {}, t("Nobody has been told yet.")) : null)),
    doubt ? el("section", { class: "stack", "data-key": "instead", "aria-labelledby": "now-h" },
      el("h2", { id: "now-h" }, t("Do this now")),
      number ? el("a", { class: "button go big", href: `sms:${number}?body=${encodeURIComponent(`SOS ${me?.member.name ?? ""}`.trim())}` }, icon("message"), " ", t("Send a text instead")) : null,
      phone ? el("a", { class: "button big", href: `tel:${phone}` }, icon("phone"), " ", t("Call the floor")) : null,
      el("p", { class: "quiet" }, t("If you can, call 911."))) : null,
  ];
}

hold(() => single, press);
spaceAnywhere();
acts({ here: () => void here(), exit: () => leave() });
