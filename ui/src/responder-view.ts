// Who, where, do: what somebody who was called sees of one alert, in three seconds, at arm's length, in the dark.
import { may, ms, newest, runs, saying, type Alert, type Answer, type Me, type Said } from "./alert.ts";
import { el, icon, type Child } from "./dom.ts";
import { told } from "./ladder.ts";
import { planHost } from "./map-host.ts";
import { board, drillbar, mast } from "./parts.ts";
import { answered, people, type Person } from "./people.ts";
import { headline, where } from "./place.ts";
import type { Press } from "./press.ts";
import type { Door } from "./responder-link.ts";
import { plural, t, words, type Words } from "./say.ts";
import { stored } from "./stored.ts";
import { at, clock, few, first, initials, list, outcomes, say } from "./words.ts";

export interface Seen {
  me: Me | null;
  alert: Alert;
  now: number;
  live: boolean;
  said: Said | null; // My answer that is not sent yet.
  failed: boolean; // It was tried, and is tried again.
  acted: string; // What became of the last thing that was typed or tapped.
  plan: boolean; // There is one of the site, and it can be drawn.
  press: Press | undefined; // My own call for help.
  waiting: number; // Words and places that are not sent yet.
}

const kinds: Record<string, Words> = { sos: words("SOS"), overdue: words("Not home in time"), sighting: words("Sighting"), asset: words("Vehicle alarm") };
const RENEW_MS = 60_000; // From here on a loan asks to be renewed.

/** Before the tap, and where the tap led nowhere: the same whoever the link is for, and whether it lives. */
export function door(state: Door, press?: Press): Child[] {
  const shown: Record<Door, [heading: string, ...lines: string[]]> = {
    shut: [t("Somebody sent you this link."), t("It opens on one device only. Tap to open it on this one.")],
    opening: [t("Opening")],
    unsure: [t("It did not open."), t("No answer from the server. Try again."), t("If you were called, answer the text with one of its numbers.")],
    elsewhere: [t("This link was opened on another device."), t("It works on that one alone. For a link of your own, answer the text with one of its three numbers: the reply brings a new one."),
      t("If it was not you who opened it, tell a supervisor now.")],
    over: [t("This link no longer works."), t("It is over, or it was never a link of ours."), t("If you were called just now, answer the text with one of its numbers.")],
  };
  const [heading, ...lines] = shown[state];
  const again = state === "shut" || state === "unsure";
  return [mast(), el("main", { "data-key": "door" },
    el("section", { class: "stack door", role: state === "shut" ? null : "status" }, el("h1", { tabindex: "-1" }, heading), lines.map((line) => el("p", {}, line)),
      again ? el("button", { class: "go big", type: "button", "data-act": "open" }, state === "shut" ? t("Open") : t("Try again")) : null),
    press ? helpToo(press) : null)];
}

export function responder(seen: Seen): Child[] {
  const { alert } = seen;
  if (alert.state === "closed") return ended(seen, seen.press && helpToo(seen.press));
  return [
    mast(el("span", {}, seen.me ? t("You: {name}", { name: seen.me.member.name }) : "")),
    el("main", { "data-key": "main", "data-screen": "called" },
      alert.drill ? drillbar() : null, band(seen), act(alert), notices(seen),
      board("where", t("Where"), t("Each source for itself. They can disagree."),
        seen.plan ? el("a", { href: "#plan-h", class: "to-plan", "data-key": "to-plan" }, icon("zone"), " ", t("See the plan")) : null, where(alert, seen.now)),
      others(seen), story(seen), helpToo(seen.press), plan(seen)),
    answers(seen),
  ];
}

/** Who I am: the alert says it too, and is there first. */
const own = ({ you }: Alert, me: Me | null): string | undefined => (typeof you?.member === "string" ? you.member : (you?.member?.id ?? me?.member.id));

const who = (alert: Alert): string => alert.member?.name ?? t("Name not known");

function band({ alert, now }: Seen): Child {
  const kind = say(kinds, alert.kind);
  const label = alert.drill ? t("Practice") : alert.silent ? t("{kind}, live, silent", { kind }) : t("{kind}, live", { kind });
  return el("section", { class: "band", "data-key": "band", "data-alert": true, "aria-labelledby": "who" },
    el("div", { class: "between" }, el("p", {}, icon(alert.drill ? "drill" : "bell", "beat"), " ", label), el("time", { role: "timer" }, clock(now - ms(alert.raised_at)))),
    el("h1", { id: "who", tabindex: "-1" }, alert.drill ? t("Drill: {name}", { name: who(alert) }) : who(alert)),
    el("p", { class: "place" }, headline(alert, now)));
}

const NOT = /^(do not|don't|never|admit nobody|no )/i;

/** What this person's duty does, one sentence a line; what they must not do is crossed out beside it. */
function act(alert: Alert): Child {
  const lines = (alert.you?.do ?? "").split(/(?<=[.!?])\s+/).filter(Boolean);
  if (!lines.length) return null;
  return el("section", { "aria-labelledby": "do-h", "data-key": "do" }, el("h2", { id: "do-h", class: "sr" }, t("What to do")),
    el("ol", { class: "do" }, lines.map((line) => (NOT.test(line)
      ? el("li", { "data-not": true }, icon(/phone|call|teléfono|llam/i.test(line) ? "nophone" : "nocross"), el("span", {}, line))
      : el("li", {}, el("span", {}, line))))));
}

function notices({ alert, live, now, said, failed, acted }: Seen): Child {
  const lines: string[] = [];
  if (alert.under_duress) lines.push(t("Under duress. No code closes this alert. Do not call them."));
  if (alert.says_safe) lines.push(t("Their code says safe. See them face to face before you close."));
  if (alert.came === "revoked") lines.push(t("It came from a device that was cut off."));
  if (said && failed) lines.push(t("Your answer is not sent. Trying again."));
  if (!live) lines.push(t("No live connection. What you see may be old."));
  if (acted) lines.push(acted);
  const closes = alert.closing?.commits_at ? ms(alert.closing.commits_at) : null;
  return el("div", { class: "stack notices", "data-key": "notices", role: "status" },
    lines.map((line) => el("div", { class: "note", "data-doubt": true, "data-key": line }, el("p", {}, icon("unknown"), " ", line))),
    alert.closing ? el("div", { class: "note", "data-key": "closing" },
      el("p", {}, icon("two"), " ", closes === null ? t("{name} says that it is over.", { name: alert.closing.by?.name ?? t("Somebody") }) : t("Two people say that it is over. It closes in {clock}.", { clock: clock(closes - now, Math.ceil) })),
      may(alert, "object") ? el("button", { type: "button", "data-act": "object" }, icon("nocross"), " ", t("It is not over")) : null) : null);
}

function others({ alert, me, now }: Seen): Child {
  const name = first(who(alert));
  const withThem = saying(alert, "with_them", now).map(({ member }) => first(member.name));
  const self = own(alert, me);
  const all = people(alert, now).filter((person) => person.who.id !== self);
  const heard = new Set([...newest(alert).map(({ member }) => member.id), self]);
  const silent = Math.max((alert.people_rung ?? 0) - heard.size, 0);
  const aside = withThem.length ? plural("{names} is with {who}.", "{names} are with {who}.", withThem.length, { names: few(withThem), who: name }) : t("Nobody is with {who} yet.", { who: name });
  return board("others", t("Others"), aside, el("ul", { class: "rows" }, all.map(row),
    silent ? el("li", { "data-key": "silent" }, icon("ringing"), el("span", { class: "grow" }, plural("{n} person has not answered yet.", "{n} people have not answered yet.", silent))) : null));
}

function row({ who: person, icon: shape, word, state, small, loan }: Person): Child {
  return el("li", { "data-key": person.id, "data-person": person.id }, el("span", { class: "who", "aria-hidden": "true" }, initials(person.name)),
    el("div", { class: "grow" }, el("strong", {}, person.name), el("small", { class: "block" }, small),
      loan ? el("progress", { "data-loan": state, max: loan.whole, value: Math.max(loan.left, 0), "aria-label": t("Until {name} is asked again", { name: person.name }) }) : null),
    el("span", { class: "tag", "data-state": state }, icon(shape), ` ${word}`));
}

function story({ alert, waiting }: Seen): Child {
  const notes = [...(alert.notes ?? [])].sort((a, b) => ms(b.at) - ms(a.at));
  return board("notes", t("Notes"), notes.length ? t("Newest first") : null,
    el("form", { class: "ask", "data-form": "note" }, el("label", { for: "note" }, t("Tell everybody who was called")),
      el("div", { class: "field" }, el("input", { id: "note", name: "text", type: "text", maxlength: 1600, autocomplete: "off", enterkeyhint: "send" }), el("button", { type: "submit" }, t("Send")))),
    waiting ? el("p", { class: "quiet" }, icon("wait"), " ", t("Your words are not sent yet. Trying again.")) : null,
    el("ul", { class: "rows close" }, notes.map((note) => el("li", { "data-key": `${note.at}${note.text}` }, icon("message"), el("div", { class: "grow" }, note.text, note.member ? el("small", { class: "block" }, note.member.name) : null), el("time", { class: "quiet small" }, at(ms(note.at)))))));
}

/** An SOS of one's own, held for a second like any other, and told like any other. */
function helpToo(press: Press | undefined): Child {
  const state = !press ? null : press.taken === null ? t("Not sent. Trying again.") : t("Received. Your colleagues are rung for you too.");
  return board("too", t("I need help too"), null,
    state ? el("p", { role: "status", "data-tone": press?.taken === null ? "doubt-text" : null }, icon(press?.taken === null ? "wait" : "sent"), " ", el("strong", {}, state)) : null,
    el("button", { class: "sos too", type: "button", "aria-describedby": "too-how" }, el("b", {}, "SOS"), el("span", {}, press ? t("Ring again") : t("Hold for a second"))),
    el("p", { id: "too-how", class: "quiet small" }, t("It rings your colleagues for you, wherever you are.")));
}

/** The last of all, so that nothing on the page moves when it comes. */
function plan({ alert, plan: there }: Seen): Child {
  return there ? board("plan", t("On the plan"), null, planHost(alert)) : null;
}

/** My own answer: what still runs of it, and what to tap to renew it. */
function mine({ alert, me }: Seen): Answer | undefined {
  return newest(alert).find(({ member }) => member.id === own(alert, me));
}

function answers(seen: Seen): Child {
  const { alert, now, said } = seen;
  const own = mine(seen);
  const runsNow = own && own.answer !== "cannot" && runs(own, now) ? own : undefined;
  const name = first(who(alert));
  const choice = (answer: Said, label: Child): Child =>
    el("button", { class: `${answer === "coming" ? "coming big" : ""}`, type: "button", "data-act": "answer", "data-answer": answer, "aria-pressed": String(runsNow?.answer === answer || (own?.answer === "cannot" && answer === "cannot")), "aria-busy": said === answer && "true" },
      icon(answered[answer].icon), " ", el("span", {}, label));
  return el("footer", { "data-key": "answers" },
    runsNow ? loan(runsNow, now) : own && own.answer !== "cannot" ? el("p", { class: "lapsed", role: "status" }, icon("unknown"), " ", el("strong", {}, t("No word from you. You are asked again."))) : null,
    choice("coming", runsNow?.answer === "coming" ? t("Still coming") : t("I am coming")),
    el("div", { class: "split trio" },
      choice("with_them", runsNow?.answer === "with_them" ? t("Still with {name}", { name }) : t("With {name}", { name })),
      choice("seen", t("Seen")), choice("cannot", t("I cannot"))));
}

function loan(answer: Answer, now: number): Child {
  const ends = answer.lapses_at ? ms(answer.lapses_at) : now;
  const left = Math.max(ends - now, 0);
  const soon = left < RENEW_MS;
  return el("div", { class: "loan", "data-soon": soon },
    el("p", { class: "between" }, el("strong", {}, icon(answered[answer.answer].icon), " ", t("You said: {answer}", { answer: t(answered[answer.answer].word) })),
      el("span", { role: "timer" }, t("{clock} left", { clock: clock(left, Math.ceil) }))),
    el("progress", { max: Math.max(ends - ms(answer.at), 1), value: left, "data-loan": answered[answer.answer].state, "aria-label": t("Until you are asked again") }),
    el("p", { class: "small", role: "status" }, soon ? t("Tap again, or you are asked again.") : t("Tap again before it runs out.")));
}

/** `own`: a call of whoever reads this, which goes on whatever becomes of the one that the link is to. */
function ended({ alert, me }: Seen, own?: Child): Child[] {
  const how = alert.outcome ? say(outcomes, alert.outcome) : "";
  return [mast(el("span", {}, me ? t("You: {name}", { name: me.member.name }) : "")),
    el("main", { "data-key": "ended", "data-screen": "ended" },
      el("section", { class: "band", "data-clear": true, role: "status" },
        el("h1", { tabindex: "-1" }, icon("sent"), " ", alert.drill ? t("The drill is over.") : t("It is over.")),
        el("p", { class: "lead" }, who(alert), how ? `: ${how}.` : "."),
        own ? null : el("p", {}, t("This page shows no more. You can close it."))), own)];
}

/** What became of a look for their place, until it is sent. */
export type Located = "" | "looking" | "refused";

const NOBODY_MS = 60_000; // After this the person in danger is told that nobody is on the way yet.

function onTheWay(alert: Alert, now: number): { title: string; line: string } {
  const names = (said: Said): string[] => saying(alert, said, now).map(({ member }) => first(member.name));
  const withYou = names("with_them");
  const coming = names("coming");
  if (withYou.length) return { title: plural("{names} is with you", "{names} are with you", withYou.length, { names: list(withYou) }), line: "" };
  if (coming.length) return { title: plural("{names} is coming", "{names} are coming", coming.length, { names: list(coming) }), line: "" };
  if (now - ms(alert.raised_at) >= NOBODY_MS) return { title: t("Nobody is on the way yet"), line: t("Call 911 if you can. We keep ringing.") };
  return { title: t("Your call for help is received"), line: "" };
}

/** The person in danger, who called by text: the truth of their own alert, and ways to say where they are. */
export function sender(seen: Seen, located: Located): Child[] {
  const { alert, now, press } = seen;
  if (alert.state === "closed") return ended(seen, press && el("p", { role: "status", "data-tone": "doubt-text" }, icon("wait"), " ", el("strong", {}, t("Not sent. Trying again."))));
  const { title, line } = onTheWay(alert, now);
  return [mast(), el("main", { "data-key": "sender", "data-screen": "sender" },
    alert.drill ? drillbar() : null,
    el("section", { class: "stack", "data-key": "state" }, el("h1", { tabindex: "-1" }, title), line ? el("p", { class: "lead" }, line) : null,
      el("p", { role: "status" }, located === "looking" ? t("Looking for your place.") : located ? t("This phone does not tell where it is. Say it in words.") : null),
      told(press, alert, now, 0)),
    notices(seen),
    board("where", t("Where you are, as they see it"), null, where(alert, now),
      el("p", {}, el("button", { class: "go big", type: "button", "data-act": "locate" }, icon("gps"), " ", t("Send my GPS place"))),
      el("form", { class: "ask", "data-form": "place" }, el("label", { for: "spoken" }, t("In your words")),
        el("div", { class: "field" }, el("input", { id: "spoken", name: "label", type: "text", maxlength: 200, autocomplete: "off", enterkeyhint: "send" }), el("button", { type: "submit" }, t("Send"))))),
    story(seen),
    stored("tocsin.token") ? el("p", {}, el("a", { href: "/phone" }, t("End it on your phone's page, with your code."))) : null),
    el("footer", { "data-key": "answers" }, el("button", { class: "go big", type: "button", "data-act": "again" }, icon("bell"), " ", t("Ring everyone again")),
      el("a", { class: "button", href: "tel:911" }, icon("phone"), " ", t("Call 911")))];
}
