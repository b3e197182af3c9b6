// The watch: who, where, do, in that order, and every message with what became of it.
import { may, ms, saying, siteName, type Alert, type Me, type Police, type Stranger } from "./alert.ts";
import { el, icon, type Child } from "./dom.ts";
import { board, drillbar, mast } from "./parts.ts";
import { channel, people, reasonOf, stateOf, type Person } from "./people.ts";
import { headline, where } from "./place.ts";
import { ago, at, clock, count, dayOf, first, hourAndMinute, initials, list, outcomes, purposes, say } from "./words.ts";

export interface Watch {
  me: Me | null;
  alerts: Alert[];
  known: Alert[];
  session: boolean; // Somebody is signed in: the other pages are theirs too.
  strangers: Stranger[];
  alert: Alert | null;
  loaded: boolean;
  live: boolean;
  silence: number;
  now: number;
  said: string;
  busy: boolean;
}

export function screen(watch: Watch): Child[] {
  return [
    mast(watch.session ? el("nav", { "aria-label": "Pages" }, el("ul", {}, el("li", {}, el("a", { href: "/account" }, "My account")))) : null,
      el("span", {}, siteName(watch.me)), el("span", {}, watch.me?.member.name ?? ""),
      el("span", {}, `${dayOf(watch.now)} `, el("time", {}, at(watch.now)))),
    watch.live ? null : stale(watch),
    turnedOff(watch),
    watch.strangers.length ? unverified(watch) : null,
    watch.alerts.length > 1 ? strip(watch) : null,
    watch.alert ? [watch.alert.drill ? drillbar() : null, band(watch.alert, watch.now), el("main", { "data-key": "main" }, boards(watch, watch.alert))]
      : el("main", { "data-key": "main" }, calm(watch)),
  ];
}

/** Within three seconds of the line going quiet: what is shown may be old, and the page says so. */
function stale({ silence, loaded }: Watch): Child {
  const known = Number.isFinite(silence);
  return el("aside", { class: "band", "data-key": "stale", "data-doubt": true, "aria-label": "Connection" },
    el("div", { class: "between" }, el("div", { role: "alert" }, el("strong", { class: "head" }, icon("failed"), loaded ? " Not live" : " Connecting"),
      loaded ? el("p", {}, "What you see may be old. Tocsin is trying again.") : null),
      known && loaded ? el("p", { class: "lead" }, `Last word ${ago(silence)}`) : null));
}

/** What a bad setting has turned off, until whoever runs it has set it right. */
function turnedOff({ me }: Watch): Child {
  return (me?.disabled ?? []).map(({ part, what, remedy }) =>
    el("aside", { class: "note", "data-doubt": true, "data-key": `off-${part}`, "aria-label": `Turned off: ${part}` },
      el("p", {}, icon("unknown"), el("strong", {}, ` Turned off: ${part}`)), el("p", {}, `${what} ${remedy}`)));
}

/** An SOS that nobody here can be tied to: a person must look at it, and nobody was rung. */
function unverified({ strangers, now }: Watch): Child {
  return el("aside", { class: "strangers", "data-key": "strangers", "aria-label": "Not verified" }, strangers.map((one) =>
    el("div", { class: "note", "data-doubt": true, "data-key": one.id },
      el("div", { class: "grow", role: "alert" }, el("p", {}, icon("unknown"), el("strong", {}, ` SOS from a number nobody knows: ${one.sender}`)), el("p", {}, `\u201c${one.text}\u201d`)),
      el("p", { class: "small" }, `${ago(now - ms(one.at))}. Nobody was rung. Call back, or raise the alarm yourself.`),
      el("button", { type: "button", "data-act": "put-away", "data-id": one.id }, "Put it away"))));
}

function strip({ alerts, alert, now }: Watch): Child {
  return el("nav", { class: "strip", "data-key": "strip", "aria-label": "Live alerts" },
    el("ul", {}, alerts.map((one) => el("li", { "data-key": one.id },
      el("button", { type: "button", "data-act": "choose", "data-id": one.id, "aria-pressed": one === alert ? "true" : "false" },
        icon(one.drill ? "drill" : "bell"), el("span", {}, el("strong", {}, name(one)), el("small", { class: "block" }, `${clock(now - ms(one.raised_at))}, ${helpLine(one, now)}`)))))));
}

const name = (alert: Alert): string => alert.member?.name ?? "Name not known";
const kinds: Record<string, string> = { sos: "SOS", overdue: "Not home in time", sighting: "Sighting", asset: "Vehicle" };

function helpLine(alert: Alert, now: number): string {
  const withThem = saying(alert, "with_them", now).map(({ member }) => first(member.name));
  if (withThem.length) return `${list(withThem)} ${withThem.length === 1 ? "is" : "are"} there`;
  const coming = saying(alert, "coming", now).length;
  return coming ? `${coming} coming` : "nobody coming yet";
}

function band(alert: Alert, now: number): Child {
  const who = first(name(alert));
  const names = (said: "with_them" | "coming"): string[] => saying(alert, said, now).map(({ member }) => first(member.name));
  const withThem = names("with_them");
  const coming = names("coming");
  const is = (n: string[]): string => (n.length === 1 ? "is" : "are");
  const label = alert.drill ? " Practice" : ` ${say(kinds, alert.kind)}, live${alert.silent ? ", silent" : ""}`;
  return el("section", { class: "band", "data-key": "band", "data-alert": true, "data-screen": "live", "aria-labelledby": "who" },
    el("div", { class: "live" },
      el("span", { class: "who l", "aria-hidden": "true" }, initials(name(alert))),
      el("div", {}, el("div", { role: "alert" }, el("p", {}, icon(alert.drill ? "drill" : "bell", "beat"), label), el("h1", { id: "who" }, alert.drill ? `Drill: ${name(alert)}` : name(alert))),
        el("p", { class: "lead" }, headline(alert, now))),
      el("p", { class: "lead said", role: "status" },
        el("strong", { class: "head block" }, withThem.length ? `${list(withThem)} ${is(withThem)} with ${who}.` : `Nobody is with ${who} yet.`),
        coming.length ? `${list(coming)} ${is(coming)} coming.` : withThem.length ? "" : "Nobody is coming yet."),
      el("p", { class: "end" }, el("time", { class: "clock", role: "timer" }, clock(now - ms(alert.raised_at))),
        el("small", {}, `since ${at(ms(alert.raised_at))}`))));
}

const nobody = "This alert reaches nobody. Go, or send somebody, and call the police yourself.";
const warned: Record<string, string> = {
  reaches_nobody: nobody,
  auditor: "Tocsin found a fault in this alert and is ringing everybody.",
  half_reachable: "Somebody can be reached in one way only.",
};

function warnings(alert: Alert, now: number): Child {
  const lines = (alert.warnings ?? []).map((word) => say(warned, word));
  const all = people(alert, now);
  const failed = all.length > 0 && all.every(({ state }) => state === "failed");
  if ((failed || alert.reaches_nobody) && !lines.includes(nobody)) lines.unshift(nobody);
  for (const { member, misses } of alert.number_misses ?? []) lines.push(`${member.name}'s phone sent ${misses} wrong numbers. Ask them by another way.`);
  if (alert.came === "revoked") lines.push("It came from a device that was cut off.");
  if (alert.under_duress) lines.push("Under duress. No code closes this alert. Do not call them.");
  if (alert.says_safe) lines.push("Their code says safe. See them face to face before you close.");
  return lines.length ? el("ul", { class: "span warnings", "data-key": "warnings" }, lines.map((line) =>
    el("li", { class: line === nobody ? "band" : "note", "data-doubt": true, "data-key": line, role: line === nobody ? "alert" : null }, icon("unknown"), " ", line))) : null;
}

function boards(watch: Watch, alert: Alert): Child {
  const { now } = watch;
  const all = people(alert, now);
  const spoken = all.filter(({ state }) => ["with", "coming", "seen", "cannot", "unknown"].includes(state)).length;
  return el("div", { class: "grid ops fit" },
    warnings(alert, now),
    alert.closing ? closing(watch, alert) : null,
    el("div", { class: "stack loose", "data-key": "left" },
      board("where", "Where", "Each source for itself. They can disagree.", where(alert, now)),
      board("said", "Said and done", "Newest first", story(alert))),
    el("div", { class: "stack loose", "data-key": "mid" },
      board("people", "Who has answered", `${spoken} of ${Math.max(all.length, alert.people_rung ?? 0)}`,
        all.length ? el("ul", { class: "rows" }, all.map(row)) : el("p", { class: "quiet" }, "Nobody has been rung yet.")),
      board("messages", "Every message", "Newest first", messages(alert))),
    el("div", { class: "stack loose", "data-key": "right" },
      board("next", "Next", null, next(watch, alert)),
      board("floor", "Say on the floor", null, floor(alert)),
      board("act", "Act", null, acts(watch, alert))));
}

function floor(alert: Alert): Child {
  const not = (shape: string, words: string): Child => el("li", { "data-not": true }, icon(shape), el("span", {}, el("b", {}, "Do not"), ` ${words}`));
  if (alert.drill) return el("ol", { class: "do calm" }, el("li", {}, el("span", {}, "Only answer. It is practice.")), not("nophone", "call anybody."));
  return el("ol", { class: "do calm" }, not("nocross", "go out. Move inside."), not("nophone", `call ${first(name(alert))}'s phone.`));
}

function row({ who, icon: shape, word, state, small, loan }: Person): Child {
  return el("li", { "data-key": who.id, "data-person": who.id }, el("span", { class: "who", "aria-hidden": "true" }, initials(who.name)),
    el("div", { class: "grow" }, el("strong", {}, who.name), el("small", { class: "block" }, small),
      loan ? el("progress", { "data-loan": state, max: loan.whole, value: Math.max(loan.left, 0), "aria-label": `Until ${who.name} is asked again` }) : null),
    el("span", { class: "tag", "data-state": state }, icon(shape), ` ${word}`));
}

function messages(alert: Alert): Child {
  const sent = [...(alert.deliveries ?? [])].sort((a, b) => ms(b.at) - ms(a.at));
  if (!sent.length) return el("p", { class: "quiet" }, alert.deliveries ? "No message yet." : "Supervisors and coordinators see the messages.");
  return el("div", { class: "scroll log", tabindex: 0, role: "group", "aria-label": "Messages, scrolls" },
    el("table", { class: "close" },
      el("thead", { class: "sr" }, el("tr", {}, ["Time", "Who", "By", "State"].map((head) => el("th", { scope: "col" }, head)))),
      el("tbody", {}, sent.map((one) => {
        const { state, icon: shape, word } = stateOf(one);
        const why = reasonOf(one);
        const tries = (one.attempts ?? 0) > 1 ? `, ${one.attempts} tries` : "";
        const purpose = say(purposes, one.purpose ?? "ring");
        return el("tr", { "data-key": one.id, "data-delivery": one.id }, el("td", {}, el("time", {}, at(ms(one.at)))), el("th", { scope: "row" }, one.member.name),
          el("td", {}, channel(one), one.contact ? el("small", { class: "opt" }, ` ${one.contact}`) : null),
          el("td", {}, el("span", { "data-state": state }, icon(shape), ` ${purpose ? `${purpose}: ${word.toLowerCase()}` : word}${why ? `: ${why}` : ""}${tries}`)));
      }))));
}

function policeOf(alert: Alert): Police[] {
  return !alert.police ? [] : Array.isArray(alert.police) ? alert.police : [alert.police];
}

function story(alert: Alert): Child {
  const calls = policeOf(alert).map((call) => ({ at: ms(call.at), icon: "phone", text: `Police called: ${call.who}, ${call.number}`, by: call.member?.name }));
  const notes = (alert.notes ?? []).map((note) => ({ at: ms(note.at), icon: "message", text: note.text, by: note.member?.name }));
  const all = [...calls, ...notes].sort((a, b) => b.at - a.at);
  const rows = all.map((one) => el("li", {}, icon(one.icon), el("div", { class: "grow" }, one.text, one.by ? el("small", { class: "block" }, one.by) : null), el("time", { class: "quiet small" }, at(one.at))));
  if (!calls.length && !alert.drill) rows.unshift(el("li", {}, icon("unknown"), el("div", { class: "grow" }, el("span", { class: "tag", "data-state": "unknown" }, "No police call recorded"))));
  return el("ul", { class: "rows close story", tabindex: 0, "aria-label": "Said and done, scrolls" }, rows);
}

function next({ now, busy }: Watch, alert: Alert): Child {
  const helpers = saying(alert, "coming", now).length + saying(alert, "with_them", now).length;
  const due = alert.next_rung_at ? ms(alert.next_rung_at) : null;
  const paused = alert.state === "paused";
  return [
    paused ? el("p", {}, el("strong", { class: "lead block" }, "Waiting for the helpers"), `${count(helpers, "person has", "people have")} said they will help. Ringing more goes on when one falls silent.`)
      : due === null ? el("p", { class: "lead" }, "Everybody keeps ringing.")
      : el("div", { class: "next" }, el("p", { class: "count s", role: "timer" }, clock(due - now, Math.ceil)), el("p", {}, el("strong", {}, "More people are rung"), " unless two are on their way.")),
    may(alert, "climb") ? el("div", { class: "stack acts" }, el("button", { class: "go big", type: "button", "data-act": "climb", disabled: busy }, "Ring them now")) : null,
  ];
}

function acts({ said, busy }: Watch, alert: Alert): Child {
  return el("div", { class: "stack" },
    alert.you?.may?.length === 0 ? el("p", { class: "quiet" }, "This alert has not rung you, so you can only watch. It rings you too if too few people come.") : null,
    el("p", { role: "status", class: "acted", "data-tone": "doubt-text" }, said),
    may(alert, "note") ? el("form", { class: "ask", "data-form": "note", "data-key": "note" }, el("label", { for: "note" }, "Note for everybody rung"),
      el("div", { class: "field" }, el("input", { id: "note", name: "text", type: "text", maxlength: 1600, autocomplete: "off" }), el("button", { type: "submit", disabled: busy }, "Add"))) : null,
    may(alert, "police") && !alert.drill ? el("details", { "data-key": "police" }, el("summary", {}, icon("phone"), " Police called"),
      el("form", { class: "stack tight", "data-form": "police" },
        el("p", { class: "small" }, `A person calls. Say: ${name(alert)}, where, what you see, armed or not, plate.`),
        el("div", { class: "ask" }, el("label", { for: "police-who" }, "Who took the call"), el("input", { id: "police-who", name: "who", type: "text", maxlength: 120, autocomplete: "off", required: true })),
        el("div", { class: "ask" }, el("label", { for: "police-number" }, "Number called"), el("input", { id: "police-number", name: "number", type: "tel", maxlength: 40, autocomplete: "off", required: true })),
        el("button", { type: "submit", disabled: busy }, "Record the call"))) : null,
    may(alert, "close") && !(alert.closing && !alert.closing.by_worker) ? el("details", { "data-key": "close" }, el("summary", {}, icon("two"), " Close: two people needed"),
      el("form", { class: "stack tight", "data-form": "close" },
        el("div", { class: "ask" }, el("label", { for: "outcome" }, "How it ended"), el("select", { id: "outcome", name: "outcome" }, Object.entries(outcomes).map(([value, word]) => el("option", { value }, word)))),
        el("div", { class: "ask" }, el("label", { for: "close-note" }, "Note"), el("input", { id: "close-note", name: "note", type: "text", maxlength: 1600, autocomplete: "off" })),
        el("button", { type: "submit", disabled: busy }, "Propose to close"))) : null);
}

function closing({ me, now, busy }: Watch, alert: Alert): Child {
  const proposal = alert.closing;
  if (!proposal) return null;
  const how = proposal.outcome ? `: ${say(outcomes, proposal.outcome)}` : "";
  const by = proposal.by?.name ?? "Somebody";
  const mine = proposal.by !== undefined && proposal.by.id === me?.member.id;
  const ends = proposal.commits_at ? ms(proposal.commits_at) : null;
  return el("section", { class: "note span closing", "data-key": "closing", "aria-labelledby": "closing-h" },
    ends === null ? null : el("p", { class: "count s", role: "timer" }, clock(ends - now, Math.ceil)),
    el("div", { class: "grow", role: "status" },
      el("h2", { id: "closing-h" }, ends !== null ? `Closing${how}` : proposal.by_worker ? `${by} gave their code${how}` : `${by} proposes to close${how}`),
      el("p", {}, ends === null ? (proposal.by_worker ? "Go and see them face to face, then confirm. Ringing goes on." : mine ? "Somebody else must confirm. Ringing goes on." : "A second person must confirm. Ringing goes on.")
        : `${by} and ${proposal.confirmed_by?.name ?? "a second person"} agree. Anybody who was rung can object until then.`),
      proposal.note ? el("p", { class: "quiet" }, proposal.note) : null),
    ends === null && !mine && may(alert, "confirm") ? el("button", { class: "go", type: "button", "data-act": "confirm", disabled: busy }, icon("two"), " Confirm") : null,
    may(alert, "object") ? el("button", { type: "button", "data-act": "object", disabled: busy }, icon("nocross"), mine ? " Take it back" : " Object") : null);
}

function calm({ me, known, loaded, live, now }: Watch): Child {
  const people = me?.on_shift_count;
  const few = people !== undefined && people < 2;
  const closed = known.filter(({ state }) => state === "closed").sort((a, b) => ms(b.raised_at) - ms(a.raised_at)).slice(0, 8);
  const sure = loaded && live;
  return [
    el("div", { class: "hero" },
      el("div", { role: "status" }, el("h1", {}, sure ? "All quiet." : "Not known."),
        el("p", { class: "lead" }, people === undefined ? "" : [el("strong", {}, count(people, "person is", "people are")), " on shift", few ? ". That is too few." : "."])),
      el("p", {}, el("span", { class: "clock" }, hourAndMinute(now)), el("small", { class: "block" }, dayOf(now)))),
    el("div", { class: "grid two" },
      board("last", "Closed lately", closed.length ? "Newest first" : null, closed.length
        ? el("ul", { class: "rows" }, closed.map((alert) => el("li", { "data-key": alert.id }, el("span", { class: "who", "aria-hidden": "true" }, initials(name(alert))),
          el("div", { class: "grow" }, el("strong", {}, name(alert)), el("small", { class: "block" }, `${alert.drill ? "Drill" : say(kinds, alert.kind)}, ${at(ms(alert.raised_at))}`)),
          el("span", { class: "tag", "data-state": "done" }, icon("sent"), ` ${alert.outcome ? say(outcomes, alert.outcome) : "Closed"}`))))
        : el("p", { class: "quiet" }, "None yet.")),
      board("how", "How to call for help here", null, el("dl", { class: "facts" },
        el("div", {}, el("dt", {}, "Phone"), el("dd", {}, "Hold the SOS disc for a second.")),
        el("div", {}, el("dt", {}, "Text"), el("dd", {}, me?.sos_numbers?.length ? ["Send ", el("strong", {}, "SOS"), " and where you are to ", me.sos_numbers.join(", ")] : el("span", { class: "tag", "data-state": "unknown" }, "No number known"))),
        el("div", {}, el("dt", {}, "Floor"), el("dd", {}, me?.member.site_phone ?? el("span", { class: "tag", "data-state": "unknown" }, "No number known")))))),
  ];
}
