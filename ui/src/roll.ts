// The list of a roll call, live: the page as the server drew it, drawn anew by the same words whenever somebody has answered.
// Reading it is no use of a session (only pages are), so a list left open keeps nobody signed in: once the session has lain
// idle for its time the server says no, and the list says that it is not live. Without this script one looks again by hand.
import { Api, Refused } from "./api.ts";
import { el, icon, patch, type Child } from "./dom.ts";
import { reasons } from "./reasons.ts";
import { language, plural, t, words, type Words } from "./say.ts";
import { say } from "./words.ts";

const ASK_MS = 2_000; // Of thousands of people less often, one millisecond for each: nobody's press waits behind a list.
const SLOW_MS = 2_000; // An answer may take so long before the list counts as old; a refused line says so at once.
const LOOK_MS = 250;
const TOLD_MAX = 3;
const OVER = new Set([401, 403, 404]);

interface Line {
  member: { id: string; name: string };
  state: State;
  at?: string | null;
  by?: string | null;
  late?: boolean;
  helped_at?: string | null;
  why?: string | null;
  alert?: string | null;
}
type State = "need_help" | "no_answer" | "not_reached" | "safe";
interface View {
  roll: { closed_at?: string | null; closed_by?: { name: string } | null };
  counts: Record<State, number>;
  people: Line[];
  server_now: string;
}

const STATES: Record<State, { word: Words; shape: string; mark: string }> = {
  need_help: { word: words("Needs help"), shape: "failed", mark: "failed" },
  no_answer: { word: words("No answer"), shape: "unknown", mark: "stale" },
  not_reached: { word: words("Not reached"), shape: "failed", mark: "failed" },
  safe: { word: words("Safe"), shape: "sent", mark: "proven" },
};
const ORDER = Object.keys(STATES) as State[];
const SAID: Record<string, Words> = { text: words("by text"), page: words("on their own page"), alert: words("by an SOS") };

class List {
  private readonly api = new Api(null);
  private readonly people = part("people");
  private readonly counts = part("counts");
  private readonly live = part("live");
  private readonly told = part("told");
  private states: Map<string, State> | null = null;
  private heard = performance.now();
  private asked = -ASK_MS;
  private asking = false;
  private over = false;
  private every = ASK_MS;

  constructor(private readonly host: HTMLElement) {
    for (const list of [this.people, ...this.people.children]) withoutBlanks(list);
    withoutBlanks(this.counts);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.heard = performance.now(); // It could not be heard meanwhile.
    });
    const timer = setInterval(() => (this.over ? clearInterval(timer) : this.look()), LOOK_MS);
  }

  private look(): void {
    if (document.visibilityState !== "visible") return;
    const now = performance.now();
    if (now - this.heard > this.every + SLOW_MS) this.isLive(false);
    if (!this.asking && now - this.asked >= this.every) void this.ask(now);
  }

  private async ask(now: number): Promise<void> {
    [this.asking, this.asked] = [true, now];
    try {
      const view = await this.api.get<View>(`/api/v1/roll-calls/${encodeURIComponent(this.host.dataset["roll"] ?? "")}`);
      this.heard = performance.now();
      this.draw(view);
    } catch (error) {
      this.over = error instanceof Refused && OVER.has(error.status); // Signed out, or no longer theirs: looking again says which.
      this.isLive(false);
    } finally {
      this.asking = false;
    }
  }

  private isLive(so: boolean): void {
    patch(this.live, so ? null : el("p", { class: "note", "data-doubt": true },
      el("strong", {}, icon("failed"), " ", t("Not live")), " ", this.over ? `${t("Look again")}.` : t("What stands here may be old. Trying again.")));
  }

  private draw(view: View): void {
    const held = document.activeElement;
    this.isLive(true);
    this.every = Math.max(ASK_MS, view.people.length);
    patch(this.people, ...view.people.map((line) => this.row(line)));
    patch(this.counts, ...ORDER.map((state) => count(state, view.counts[state])));
    patch(part("now"), this.time(view.server_now));
    this.head(headingOf(view.counts), view);
    if (view.roll.closed_at) this.close(view.roll.closed_at, view.roll.closed_by?.name ?? t("by itself, after an hour"));
    if (held instanceof HTMLElement && held !== document.activeElement && held.isConnected) held.focus({ preventScroll: true });
  }

  /** The heading; and what has changed since is told to whoever listens. */
  private head(heading: string, view: View): void {
    patch(part("heading", "h1"), heading);
    document.title = t("{name} - Tocsin", { name: heading });
    const before = this.states;
    this.states = new Map(view.people.map((line) => [line.member.id, line.state]));
    const changed = before ? view.people.filter((line) => before.get(line.member.id) !== line.state) : [];
    if (changed.length === 0) return;
    const lines = changed.slice(0, TOLD_MAX).map((line) => `${line.member.name}: ${t(STATES[line.state].word)}.`);
    patch(this.told, [`${heading}.`, ...lines].join(" "));
  }

  private close(at: string, by: string): void {
    this.over = true;
    document.querySelector("[data-part=close]")?.replaceWith(el("p", {}, t("Closed"), " ", this.time(at), ", ", el("bdi", {}, by), "."));
    document.querySelector("[data-part=again]")?.remove();
    patch(this.told, t("Closed. This is the report."));
  }

  private row(line: Line): Child {
    const { id, name } = line.member;
    const { word, shape, mark } = STATES[line.state];
    const small = (...said: Child[]): Child => el("small", { class: "block" }, ...said);
    return el("li", { "data-key": id },
      el("div", { class: "grow" },
        this.host.hasAttribute("data-linked") ? el("a", { class: "hit", href: `/office/members/${encodeURIComponent(id)}` }, el("bdi", {}, name)) : el("bdi", {}, name),
        line.at && line.by ? small(this.time(line.at), `, ${say(SAID, line.by)}`, line.late ? `; ${t("after it was closed")}` : "") : null,
        line.helped_at ? small(t("Raised an SOS that is over by now:"), " ", this.time(line.helped_at)) : null,
        line.why ? small(say(reasons, line.why)) : null,
        line.alert ? el("a", { class: "hit", href: `/history/${encodeURIComponent(line.alert)}` }, t("Look at the alert"), el("span", { class: "sr" }, `: ${name}`)) : null),
      el("span", { class: mark === "failed" && "tag", "data-state": mark }, icon(shape), " ", el("span", {}, t(word))));
  }

  /** As the server writes it: 9 Nov 2026, 9:05 PST. */
  private time(at: string): Child {
    const { zone = "UTC", called = "UTC" } = this.host.dataset;
    const given: Intl.DateTimeFormatOptions = { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone };
    const parts = new Intl.DateTimeFormat(language() === "es" ? "es" : "en-US", given).formatToParts(Date.parse(at));
    const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? "";
    return el("time", { datetime: at }, `${of("day")} ${of("month")} ${of("year")}, ${Number(of("hour"))}:${of("minute")} ${called}`);
  }
}

function count(state: State, number: number): Child {
  const { word, shape, mark } = STATES[state];
  return el("li", {}, el("div", { class: "grow" }, t(word)),
    number > 0 && mark === "failed" ? el("span", { class: "tag", "data-state": mark }, icon(shape), " ", el("span", {}, number)) : el("strong", {}, number));
}

/** The worst first: who needs help, then of whom nothing is known. */
function headingOf({ need_help: help, no_answer: silent, not_reached: lost }: Record<State, number>): string {
  if (help > 0) return plural("{n} person needs help", "{n} people need help", help);
  const unknown = silent + lost;
  return unknown > 0 ? plural("Of {n} person nothing is known", "Of {n} people nothing is known", unknown) : t("Everybody who was asked is safe");
}

function part(name: string, selector = `[data-part=${name}]`): HTMLElement {
  return document.querySelector<HTMLElement>(selector) ?? el("div");
}

/** Space between the server's elements, which would have rows moved past it. */
function withoutBlanks(element: Element): void {
  for (const child of Array.from(element.childNodes)) if (child.nodeType === Node.TEXT_NODE && !child.textContent?.trim()) child.remove();
}

const host = document.querySelector<HTMLElement>("[data-roll]");
if (host) new List(host);
