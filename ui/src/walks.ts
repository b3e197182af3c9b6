// Walks under way, as far as this reader may see them: who, until when, and where to for a buddy. Whoever watches a floor
// starts one for somebody who has no hand free; they see no position, and there is none here to draw.
import { ms, type Me, type Who } from "./alert.ts";
import type { Api } from "./api.ts";
import type { Calm } from "./calm.ts";
import { learn, serverNow } from "./clock.ts";
import { el, icon, type Child } from "./dom.ts";
import { board } from "./parts.ts";
import { whatBecame } from "./refusals.ts";
import { t, words, type Words } from "./say.ts";
import { Snapshot } from "./snapshot.ts";
import { Start, UNDER_WAY } from "./walk-start.ts";
import { hourAndMinute, initials, say } from "./words.ts";

export interface Walk {
  id: string;
  state: string;
  member: Who;
  due_at: string;
  started_at?: string;
  destination?: string;
  way?: string | null;
  bay?: string | null;
  buddy?: Who | null;
  you?: { member?: string; may?: string[] };
  server_now?: string;
}

export const states: Record<string, { state: string; icon: string; word: Words }> = {
  out: { state: "coming", icon: "walk", word: words("On the way") },
  reminded: { state: "coming", icon: "message", word: words("Reminded") },
  due: { state: "unknown", icon: "unknown", word: words("Asked if they are there") },
  overdue: { state: "unknown", icon: "unknown", word: words("No answer") },
};
export const whither: Record<string, Words> = {
  car: words("To the car"),
  transit: words("To the bus or train"),
  home: words("Home"),
};
const MINUTES = 15; // To the far lot, and away from it.

/** Kept by the stream; a snapshot at every (re)connection, because a tab may join a line that is long open. */
export class Walks {
  readonly known = new Map<string, Walk>();
  said = "";
  busy = false;
  private readonly starting: Start<Walk>;
  private readonly snapshot: Snapshot;

  constructor(
    private readonly api: Api,
    private readonly changed: () => void,
  ) {
    [this.starting, this.snapshot] = [new Start(api), new Snapshot(() => this.load())];
  }

  hear(name: string, data: unknown): void {
    if (name === "open") void this.snapshot.take();
    const id = (data as { id?: string } | null)?.id;
    if (id && name === "walk") this.take(data as Walk);
    if (id && name === "gone") this.known.delete(id);
  }

  /** Those under way, the first to end first. */
  get now(): Walk[] {
    return [...this.known.values()].filter(({ state }) => UNDER_WAY.includes(state)).sort((a, b) => ms(a.due_at) - ms(b.due_at));
  }

  async start(fields: FormData, form: HTMLFormElement): Promise<void> {
    if (this.busy) return;
    const given = (name: string): string => String(fields.get(name) ?? "").trim();
    const chosen = ["way", "buddy"].filter((name) => given(name)).map((name) => [name, given(name)]);
    const body = { for_member: given("for_member"), minutes: Number(given("minutes")), destination: given("destination"), ...Object.fromEntries(chosen) as object };
    [this.busy, this.said] = [true, ""];
    this.changed();
    try {
      this.take(await this.starting.begin(body));
      form.reset();
      for (const chosen of form.querySelectorAll<HTMLSelectElement>("select[data-people]")) chosen.value = "";
      form.closest("details")?.removeAttribute("open");
      this.said = t("The walk has begun.");
    } catch (error) {
      this.said = whatBecame(error);
    }
    this.busy = false;
    this.changed();
  }

  private async load(): Promise<void> {
    const asked = serverNow();
    const { walks } = await this.api.get<{ walks: Walk[] }>("/api/v1/walks");
    const there = new Set(walks.map(({ id }) => id));
    for (const [id, walk] of this.known) if (!there.has(id) && ms(walk.server_now ?? "") < asked) this.known.delete(id);
    for (const walk of walks) this.take(walk);
    this.changed();
  }

  /** Of two accounts of one walk the server's later one holds. */
  private take(walk: Walk): void {
    const known = this.known.get(walk.id);
    if (ms(known?.server_now ?? "") > ms(walk.server_now ?? "")) return;
    learn(walk.server_now);
    this.known.set(walk.id, walk);
  }
}

export function walksBoard(walks: Walks, calm: Calm | null, me: Me | null, now: number): Child {
  const all = walks.now;
  return board("walks", [t("Walks under way"), " ", el("span", { class: "quiet" }, all.length)], null,
    all.length ? el("ul", { class: "rows" }, all.map((walk) => row(walk, me, now))) : el("p", { class: "quiet" }, t("Nobody is on a walk.")),
    el("p", { role: "status", class: "acted" }, walks.said),
    calm && me?.member.roles.includes("supervisor") ? form(walks, calm) : null);
}

function row(walk: Walk, me: Me | null, now: number): Child {
  const left = ms(walk.due_at) - now;
  const whole = Math.max(ms(walk.due_at) - ms(walk.started_at ?? walk.due_at), 1);
  const minutes = Math.max(Math.ceil(left / 60_000), 0);
  const known = states[walk.state];
  const where = [walk.destination ? say(whither, walk.destination) : "", walk.bay ?? "", walk.way ?? ""].filter(Boolean).join(", ");
  return el("li", { "data-key": walk.id, "data-walk": walk.state },
    el("span", { class: "who", "aria-hidden": "true" }, initials(walk.member.name)),
    el("div", { class: "grow" }, el("strong", {}, walk.member.name), where ? el("small", { class: "block" }, where) : null,
      el("small", { class: "block" }, el("span", { "data-state": known?.state ?? "unknown" }, icon(known?.icon ?? "unknown"), ` ${known ? t(known.word) : say({}, walk.state)}`)),
      walk.buddy && walk.buddy.id === me?.member.id ? el("small", { class: "block" }, icon("two"), ` ${t("You are the buddy. Stay on the line.")}`) : null,
      walk.started_at ? el("progress", { max: whole, value: Math.max(left, 0), "aria-label": t("Time left, {name}", { name: walk.member.name }) }) : null),
    el("span", { class: "end" }, el("strong", {}, left > 0 ? t("{n} min", { n: minutes }) : t("now")), el("small", { class: "block" }, hourAndMinute(ms(walk.due_at)))));
}

function form(walks: Walks, { people }: Calm): Child {
  const out = new Set(walks.now.map(({ member }) => member.id));
  const named = people.map(({ member }) => member).sort((a, b) => a.name.localeCompare(b.name));
  const free = named.filter(({ id }) => !out.has(id));
  // Whoever was chosen stays so while others come and go; nobody takes the place of one who has gone.
  const choose = (id: string, name: string, list: Who[], none: string): Child => {
    const chosen = document.querySelector<HTMLSelectElement>(`#${id}`)?.value;
    return el("select", { id, name, required: name === "for_member", "data-people": true, "data-key": list.map((one) => one.id).join() },
      el("option", { value: "" }, none), list.map((one) => el("option", { value: one.id, "data-key": one.id, selected: one.id === chosen }, one.name)));
  };
  const field = (id: string, label: string, input: Child): Child => el("div", { class: "ask" }, el("label", { for: id }, label), input);
  return el("details", { "data-key": "walk-form" }, el("summary", {}, icon("walk"), " ", t("Start a walk for somebody")),
    el("form", { class: "stack tight", "data-form": "walk" },
      field("walk-who", t("Who walks"), choose("walk-who", "for_member", free, t("Choose"))),
      field("walk-minutes", t("Minutes"), el("input", { id: "walk-minutes", name: "minutes", type: "number", min: 1, max: 240, value: MINUTES, required: true, inputmode: "numeric" })),
      field("walk-to", t("Where to"), el("select", { id: "walk-to", name: "destination" }, Object.entries(whither).map(([value, word]) => el("option", { value }, t(word))))),
      field("walk-way", t("Which way, which bay"), el("input", { id: "walk-way", name: "way", type: "text", maxlength: 200, autocomplete: "off" })),
      field("walk-buddy", t("Buddy"), choose("walk-buddy", "buddy", named, t("nobody"))),
      el("button", { type: "submit", "aria-disabled": walks.busy && "true" }, t("Start the walk"))));
}
