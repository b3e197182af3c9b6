// The watch while nothing happens: who is on and can be relied on, by which ways, who is on a walk, and the cover of the
// coming day. Notices have their place here; until Tocsin keeps them, the board says so.
import { ms, type Who } from "./alert.ts";
import { el, icon, type Child } from "./dom.ts";
import { board } from "./parts.ts";
import { channelWord } from "./people.ts";
import { plural, t, words, type Words } from "./say.ts";
import { ago, capital, hourAndMinute, hourOf, initials, say } from "./words.ts";

export interface Calm {
  site: string;
  at: string;
  on_shift: number;
  people: { member: Who; reach: string; ways: string[]; proven_at: string | null }[];
  ways: { channel: string; proven: number; all: number; newest_at: string | null }[];
  cover: { at: string; people: number; lacks: string[] }[];
}

const standings: Record<string, { state: string; icon: string; word: Words }> = {
  proven: { state: "proven", icon: "sent", word: words("Reachable") },
  stale: { state: "stale", icon: "unknown", word: words("Stale") },
  unproven: { state: "stale", icon: "unknown", word: words("Not proven") },
  half: { state: "stale", icon: "unknown", word: words("Half reachable") },
  none: { state: "failed", icon: "failed", word: words("Not reached") },
};
const lacks: Record<string, Words> = {
  reaches_nobody: words("reaches nobody"),
  nobody: words("nobody before the last step"),
  too_few: words("too few"),
  no_closer: words("nobody who may close"),
};

const MANY = 14; // Of more people the list scrolls by itself: the cover of the night stays in sight.

/** One sentence under *All quiet*: what an SOS would do now, and what is wrong with that. */
export function summary({ people, on_shift, cover }: Calm): Child {
  const doubtful = people.filter(({ reach }) => reach !== "proven").length;
  const now = cover[0];
  if (now && !now.people) return el("span", { "data-state": "stale" }, icon("unknown"), " ", t("An SOS now would ring the last step alone: nobody is on who can be reached."));
  return [now ? plural("An SOS now would ring {n} person before the last step.", "An SOS now would ring {n} people before the last step.", now.people) : "",
    doubtful && on_shift ? ` ${plural("{n} of those on shift is not proven reachable.", "{n} of those on shift are not proven reachable.", doubtful)}` : ""];
}

/** Who is on and how they are reached, what is under way, what is to be known; the rest stands there on every calm screen. */
export function calmBoards(calm: Calm, now: number, walks: Child, lately: Child, how: Child): Child {
  return [
    el("div", { class: "grid two three", "data-key": "calm" },
      board("shift", [t("On shift"), " ", el("span", { class: "quiet" }, calm.on_shift)], t("Reachable: it answered a test"), onShift(calm, now)),
      el("div", { class: "stack loose" },
        walks,
        board("ways", t("Ways to reach people"), null, waysOf(calm, now))),
      el("div", { class: "stack loose" },
        board("notices", t("Notices in force"), null, el("p", { class: "quiet" }, t("Tocsin keeps no notices here yet."))),
        how, lately)),
    board("cover", t("Cover, next 24 hours"), t("People an SOS would ring, by hour. Hatched: something is missing."), coverOf(calm)),
  ];
}

function onShift({ people, on_shift }: Calm, now: number): Child {
  if (!on_shift) return el("p", {}, el("span", { class: "tag", "data-state": "unknown" }, icon("unknown"), " ", t("Nobody is on shift")), " ", el("a", { class: "hit", href: "/office/roster" }, t("Open the roster: import one, or clock somebody in")));
  const many = people.length > MANY;
  return [el("div", many ? { class: "scroll tall", tabindex: 0, role: "group", "aria-label": t("On shift, scrolls") } : {}, el("table", { class: "staff" },
    el("thead", {}, el("tr", {}, [t("Name"), t("Ways"), t("Last proven"), t("State")].map((head, place) => el("th", { scope: "col", class: place === 2 ? "opt" : null }, head)))),
    el("tbody", {}, people.map(({ member, reach, ways, proven_at }) => {
      const known = standings[reach];
      return el("tr", { "data-key": member.id, "data-on": member.id },
        el("th", { scope: "row" }, el("span", { class: "person" }, el("span", { class: "who", "aria-hidden": "true" }, initials(member.name)), el("span", {}, member.name))),
        el("td", {}, capital(ways.map(channelWord).join(", ")) || t("none")),
        el("td", { class: "opt" }, proven_at ? ago(now - ms(proven_at)) : t("never")),
        el("td", {}, el("span", { "data-state": known?.state ?? "unknown" }, icon(known?.icon ?? "unknown"), ` ${known ? t(known.word) : say({}, reach)}`)));
    })))),
    on_shift > people.length ? el("p", { class: "quiet" }, plural("and {n} more, who can be relied on no less", "and {n} more, who can be relied on no less", on_shift - people.length)) : null];
}

function waysOf({ ways }: Calm, now: number): Child {
  if (!ways.length) return el("p", {}, el("span", { class: "tag", "data-state": "unknown" }, icon("unknown"), " ", t("None that a test could prove")), " ", el("a", { class: "hit", href: "/office/reach" }, t("Open reach: see why, and test now")));
  return el("ul", { class: "rows close" }, ways.map(({ channel, proven, all, newest_at }) => {
    const [state, shape, word] = proven === all ? ["proven", "sent", t("Proven")] as const : ["stale", "unknown", proven ? t("Not all proven") : t("Not proven")] as const;
    return el("li", { "data-key": channel }, el("span", { class: "grow" }, capital(channelWord(channel))),
      el("small", {}, t("{some} of {all}", { some: proven, all }), newest_at ? `, ${ago(now - ms(newest_at))}` : ""),
      el("span", { "data-state": state }, icon(shape), ` ${word}`));
  }));
}

function coverOf({ cover }: Calm): Child {
  return el("div", { class: "scroll heat-wrap", tabindex: 0, role: "group", "aria-label": t("Cover by hour, scrolls") },
    el("table", { class: "heat" },
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("Hour")), cover.map(({ at }) => el("th", { scope: "col" }, hourOf(ms(at)))))),
      el("tbody", {}, el("tr", {}, el("th", { scope: "row" }, t("People")), cover.map(cell)))),
    missing(cover));
}

function cell({ people, lacks: wrong }: Calm["cover"][number]): Child {
  const depth = wrong.length ? (people ? 1 : 0) : Math.min(Math.max(people, 2), 9);
  return el("td", { "data-n": depth }, people, wrong.length ? el("span", { class: "sr" }, `: ${wrong.map((word) => say(lacks, word)).join(", ")}`) : null);
}

/** In words, for whoever cannot read a hatch: from when on, what is missing. */
function missing(cover: Calm["cover"]): Child {
  const first = cover.find(({ lacks: wrong }) => wrong.length);
  return first ? el("p", { class: "small" }, icon("unknown"), " ", t("{time}: {what}.", { time: hourAndMinute(ms(first.at)), what: first.lacks.map((word) => say(lacks, word)).join(", ") })) : null;
}
