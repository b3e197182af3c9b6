// The watch: who, where, do, in that order, and every message with what became of it.
import { calmBoards, summary, type Calm } from "./calm.ts";
import { may, ms, saying, siteName, siteOf, type Alert, type Delivery, type Me, type Police, type Stranger } from "./alert.ts";
import { el, icon, type Child } from "./dom.ts";
import { floor, floorTitle } from "./floor.ts";
import { running } from "./handover.ts";
import { help } from "./keys.ts";
import { planHost } from "./map-host.ts";
import { board, drillbar, mast } from "./parts.ts";
import { channel, people, reasonOf, stateOf, type Person } from "./people.ts";
import { headline, where } from "./place.ts";
import { meaning } from "./turned-off.ts";
import { purposes } from "./reasons.ts";
import type { Sound } from "./sound.ts";
import { sizing } from "./size.ts";
import { plural, t, weave, words, type Words } from "./say.ts";
import { walksBoard, type Walks } from "./walks.ts";
import { ago, at, atOn, clock, dayOf, few, first, hourAndMinute, initials, list, outcomes, say, sentence } from "./words.ts";

export interface Watch {
  me: Me | null;
  alerts: Alert[];
  known: Alert[];
  session: boolean; // Somebody is signed in: the other pages are theirs too.
  strangers: Stranger[];
  alert: Alert | null;
  loaded: boolean;
  opening: boolean; // For a moment the page keeps the place of what will come, so that nothing jumps under a finger.
  live: boolean;
  silence: number;
  now: number;
  said: string;
  busy: boolean;
  calm: Calm | null; // For whoever may read rosters.
  walks: Walks;
  sound: Sound;
  quiet: boolean; // The sound of the alert that is shown is off for a while.
}

export function screen(watch: Watch): Child[] {
  return [
    mast(el("span", {}, siteName(watch.me)),
      watch.session ? el("nav", { "aria-label": t("Pages") }, el("ul", {}, pages(watch.me).map(([href, word]) => el("li", {}, el("a", { href, "aria-current": href === HERE && "page" }, t(word)))))) : null,
      el("div", { class: "line" }, el("span", {}, watch.me?.member.name ?? ""), el("span", {}, `${dayOf(watch.now)} `, el("time", {}, at(watch.now))),
      sizing(),
        el("button", { class: "plain", type: "button", "data-act": "show-keys", "aria-keyshortcuts": "?" }, t("Shortcut keys")))),
    watch.live || watch.opening ? null : stale(watch),
    unheard(watch),
    turnedOff(watch),
    watch.strangers.length ? unverified(watch) : null,
    watch.alerts.length > 1 ? strip(watch) : null,
    watch.alert ? [watch.alert.drill ? drillbar() : null, band(watch, watch.alert), el("main", { "data-key": "main" }, boards(watch, watch.alert))]
      : el("main", { "data-key": "calm-main" }, watch.opening ? el("section", { class: "stack" }, el("h1", {}, t("Connecting"))) : calm(watch)),
    help(),
  ];
}

const HERE = "/console";
const OFFICE = ["supervisor", "coordinator", "administrator", "auditor"]; // Whom the office lets in; it decides itself.

function pages(me: Me | null): [string, Words][] {
  const office: [string, Words][] = me?.member.roles.some((role) => OFFICE.includes(role)) ? [["/office", words("Office")]] : [];
  return [["/account", words("My account")], ["/account/shifts", words("My shifts")], ["/history", words("History")], ...office, [HERE, words("Watch")]];
}

/** Within three seconds of the line going quiet: what is shown may be old, and the page says so. */
function stale({ silence, loaded }: Watch): Child {
  const known = Number.isFinite(silence);
  return el("aside", { class: "band", "data-key": "stale", "data-doubt": true, "aria-label": t("Connection") },
    el("div", { class: "between" }, el("div", { role: "alert" }, el("strong", { class: "head" }, icon("failed"), " ", loaded ? t("Not live") : t("Connecting")),
      loaded ? el("p", {}, t("What you see may be old. Tocsin is trying again.")) : null),
      known && loaded ? el("p", { class: "lead" }, t("Last word {ago}", { ago: ago(silence) })) : null));
}

/** A screen that would stay silent must look like one. */
function unheard({ sound }: Watch): Child {
  if (sound === "on") return null;
  return el("aside", { class: "note", "data-doubt": true, "data-key": "unheard", "aria-label": t("Sound") },
    el("div", { class: "between" }, el("p", {}, icon("unknown"), " ", el("strong", {}, t("No sound here.")), " ",
      sound === "blocked" ? t("This browser makes none before the first key or click.") : t("This browser cannot make any. Keep it in sight.")),
    sound === "blocked" ? el("button", { type: "button", "data-act": "sound" }, t("Turn the sound on")) : null));
}

/** What a bad setting has turned off, until whoever runs it has set it right. */
function turnedOff({ me }: Watch): Child {
  return (me?.disabled ?? []).map(({ part, what, remedy }) =>
    el("aside", { class: "note", "data-doubt": true, "data-key": `off-${part}`, "aria-label": t("Turned off: {part}", { part }) },
      el("p", {}, icon("unknown"), " ", el("strong", {}, t("Turned off: {part}", { part })), " ", t(meaning(part))),
      el("p", { class: "small" }, t("Whoever runs Tocsin here can mend it:"), " ", el("span", { lang: "en" }, `${what} ${remedy}`))));
}

/** An SOS that nobody here can be tied to: a person must look at it, and nobody was rung. */
function unverified({ strangers, now }: Watch): Child {
  return el("aside", { class: "strangers", "data-key": "strangers", "aria-label": t("Not verified") }, strangers.map((one) =>
    el("div", { class: "note", "data-doubt": true, "data-key": one.id },
      el("div", { class: "grow", role: "alert" }, el("p", {}, icon("unknown"), " ", el("strong", {}, t("SOS from a number nobody knows: {sender}", { sender: one.sender }))), el("p", {}, `\u201c${one.text}\u201d`)),
      el("p", { class: "small" }, `${sentence(ago(now - ms(one.at)))} ${t("Nobody was rung. Call back, or raise the alarm yourself.")}`),
      el("button", { type: "button", "data-act": "put-away", "data-id": one.id }, t("Put it away")))));
}

function strip({ alerts, alert, me, now }: Watch): Child {
  return el("nav", { class: "strip", "data-key": "strip", "aria-label": t("Live alerts") },
    el("p", { class: "sr", role: "status" }, plural("{n} alert is live.", "{n} alerts are live.", alerts.length)),
    el("ul", {}, alerts.map((one) => el("li", { "data-key": one.id },
      el("button", { type: "button", "data-act": "choose", "data-id": one.id, "aria-pressed": one === alert ? "true" : "false" },
        icon(one.drill ? "drill" : "bell"), el("span", {}, el("strong", {}, name(one)), el("small", { class: "block" }, [siteOf(one, me), clock(now - ms(one.raised_at)), helpLine(one, now)].filter(Boolean).join(", "))))))));
}

const LONG = 40; // Letters of a name from which on it would push the place below the fold.
const MANY = 12; // Of more people the list scrolls by itself, so that what stands below it stays near.

const name = (alert: Alert): string => alert.member?.name ?? t("Name not known");
const kinds: Record<string, Words> = { sos: words("SOS"), overdue: words("Not home in time"), sighting: words("Sighting"), asset: words("Vehicle alarm") };

function helpLine(alert: Alert, now: number): string {
  const withThem = saying(alert, "with_them", now).map(({ member }) => first(member.name));
  if (withThem.length) return plural("{names} is there", "{names} are there", withThem.length, { names: few(withThem) });
  const coming = saying(alert, "coming", now).length;
  return coming ? plural("{n} coming", "{n} coming", coming) : t("nobody coming yet");
}

/** Somebody who only runs the system is told neither who nor where nor what was answered: that is not "nothing". */
const partly = (alert: Alert): boolean => alert.answers === undefined;

function band({ me, now }: Watch, alert: Alert): Child {
  const who = first(name(alert));
  const names = (said: "with_them" | "coming"): string[] => saying(alert, said, now).map(({ member }) => first(member.name));
  const withThem = names("with_them");
  const coming = names("coming");
  const kind = say(kinds, alert.kind);
  const label = alert.drill ? t("Practice") : alert.silent ? t("{kind}, live, silent", { kind }) : t("{kind}, live", { kind });
  return el("section", { class: "band", "data-key": "band", "data-alert": true, "data-screen": "live", "aria-labelledby": "who" },
    el("div", { class: "live" },
      el("span", { class: "who l", "aria-hidden": "true" }, initials(name(alert))),
      el("div", {}, el("div", { role: "alert" }, el("p", {}, icon(alert.drill ? "drill" : "bell", "beat"), " ", [label, siteOf(alert, me)].filter(Boolean).join(", ")), el("h1", { id: "who", "data-long": name(alert).length > LONG }, alert.drill ? t("Drill: {name}", { name: name(alert) }) : name(alert))),
        el("p", { class: "lead" }, partly(alert) ? t("Who and where: for those it rang.") : headline(alert, now))),
      el("p", { class: "lead said", role: "status" }, partly(alert) ? plural("{n} person is rung.", "{n} people are rung.", alert.people_rung ?? 0) : [
        el("strong", { class: "head block" }, withThem.length ? plural("{names} is with {who}.", "{names} are with {who}.", withThem.length, { names: few(withThem), who }) : t("Nobody is with {who} yet.", { who })),
        coming.length ? plural("{names} is coming.", "{names} are coming.", coming.length, { names: few(coming) }) : withThem.length ? "" : t("Nobody is coming yet.")]),
      el("p", { class: "end" }, el("time", { class: "clock", role: "timer" }, clock(now - ms(alert.raised_at))),
        el("small", {}, t("since {time}", { time: atOn(ms(alert.raised_at), now) })))));
}

const nobody = words("This alert reaches nobody. Go, or send somebody, and call the police yourself.");
const practised = words("This drill reaches nobody: a real alert would reach nobody either.");
const warned: Record<string, Words> = {
  reaches_nobody: nobody,
  decision_failed: words("Tocsin found a fault in this alert and is ringing everybody."),
  no_near_wake_up: words("Tocsin found a fault in this alert and is ringing everybody."),
  half_reachable: words("Somebody can be reached in one way only."),
};

function warnings({ alerts, now }: Watch, alert: Alert): Child {
  const alone = t(alert.drill ? practised : nobody); // In a drill nobody is sent to call the police.
  const lines = (alert.warnings ?? []).map((word) => (word === "reaches_nobody" ? alone : say(warned, word)));
  const beside = alerts.filter(({ id }) => alert.linked?.includes(id)).map(name);
  const all = people(alert, now);
  const failed = all.length > 0 && all.every(({ state }) => state === "failed");
  if ((failed || alert.reaches_nobody) && !lines.includes(alone)) lines.unshift(alone);
  for (const { member, misses } of alert.number_misses ?? []) lines.push(plural("{name}'s phone sent {n} wrong number. Ask them by another way.", "{name}'s phone sent {n} wrong numbers. Ask them by another way.", misses, { name: member.name }));
  if (alert.came === "revoked") lines.push(t("It came from a device that was cut off."));
  if (alert.under_duress) lines.push(t("Under duress. No code closes this alert. Do not call them."));
  if (alert.says_safe) lines.push(t("Their code says safe. See them face to face before you close."));
  return lines.length || beside.length ? el("ul", { class: "span warnings", "data-key": "warnings" }, lines.map((line) =>
    el("li", { class: line === alone ? "band" : "note", "data-doubt": true, "data-key": line },
      el("span", { role: line === alone ? "alert" : null }, icon("unknown"), " ", line))),
    beside.length ? el("li", { class: "note", "data-key": "beside" }, el("span", {}, icon("bell"), " ", t("In the same place: another alert, of {names}.", { names: few(beside) }))) : null) : null;
}

function boards(watch: Watch, alert: Alert): Child {
  const { now } = watch;
  const all = people(alert, now);
  const spoken = all.filter(({ state }) => ["with", "coming", "seen", "cannot", "unknown"].includes(state)).length;
  if (partly(alert)) return el("div", { class: "grid two", "data-key": "partly" }, warnings(watch, alert),
    board("messages", t("Every message"), t("Newest first"), messages(alert)), board("act", t("Act now"), null, acts(watch, alert)));
  return el("div", { class: "grid ops fit" },
    warnings(watch, alert),
    alert.closing ? closing(watch, alert) : null,
    el("div", { class: "stack loose", "data-key": "left" },
      board("where", t("Where"), t("Each source for itself. They can disagree."), planHost(alert), where(alert, now))),
    el("div", { class: "stack loose", "data-key": "right" },
      board("next", t("Next"), null, next(watch, alert)),
      board("act", t("Act now"), null, acts(watch, alert)),
      board("floor", floorTitle(alert), null, floor(alert))),
    el("div", { class: "stack loose", "data-key": "mid" },
      board("people", t("Who has answered"), all.length || alert.people_rung ? t("{some} of {all}", { some: spoken, all: Math.max(all.length, alert.people_rung ?? 0) }) : null,
        all.length ? el("ul", { class: "rows answered", ...(all.length > MANY ? { tabindex: 0, "aria-label": t("Who has answered, scrolls") } : {}) }, all.map(row)) : el("p", { class: "quiet" }, t("Nobody has been rung yet."))),
      board("runs", t("Who runs it"), null, running(watch.me, now, watch.busy, alert)),
      board("messages", t("Every message"), t("Newest first"), messages(alert)),
      board("said", t("Said and done"), t("Newest first"), story(alert))));
}

function row({ who, icon: shape, word, state, small, loan }: Person): Child {
  return el("li", { "data-key": who.id, "data-person": who.id }, el("span", { class: "who", "aria-hidden": "true" }, initials(who.name)),
    el("div", { class: "grow" }, el("strong", {}, who.name), el("small", { class: "block" }, small),
      loan ? el("progress", { "data-loan": state, max: loan.whole, value: Math.max(loan.left, 0), "aria-label": t("Until {name} is asked again", { name: who.name }) }) : null),
    el("span", { class: "tag", "data-state": state }, icon(shape), ` ${word}`));
}

function messages(alert: Alert): Child {
  const sent = [...(alert.deliveries ?? [])].sort((a, b) => ms(b.at) - ms(a.at));
  if (!sent.length) return el("p", { class: "quiet" }, alert.deliveries ? t("No message yet.") : t("Supervisors and coordinators see the messages."));
  return el("div", { class: "scroll log", tabindex: 0, role: "group", "aria-label": t("Messages, scrolls") },
    el("table", { class: "close" },
      el("thead", { class: "sr" }, el("tr", {}, [t("Time"), t("Who"), t("Way"), t("State")].map((head) => el("th", { scope: "col" }, head)))),
      el("tbody", {}, sent.map((one) => {
        const { state, icon: shape, word } = stateOf(one);
        const why = reasonOf(one);
        const tries = one.attempts ?? 0;
        const purpose = purposeOf(one);
        return el("tr", { "data-key": one.id, "data-delivery": one.id }, el("td", {}, el("time", {}, at(ms(one.at)))), el("th", { scope: "row" }, one.member.name),
          el("td", {}, channel(one), one.contact ? el("small", { class: "opt" }, ` ${one.contact}`) : null),
          el("td", {}, el("span", { "data-state": state }, icon(shape), ` ${purpose ? `${purpose}: ${word.toLowerCase()}` : word}${why ? `: ${why}` : ""}${tries > 1 ? `, ${plural("{n} try", "{n} tries", tries)}` : ""}`)));
      }))));
}

/** What a message was for; a ringing needs no word. */
function purposeOf({ purpose = "ring" }: Delivery): string {
  const known = purposes[purpose];
  return known === "" ? "" : known === undefined ? say({}, purpose) : t(known);
}

function policeOf(alert: Alert): Police[] {
  return !alert.police ? [] : Array.isArray(alert.police) ? alert.police : [alert.police];
}

function story(alert: Alert): Child {
  const calls = policeOf(alert).map((call) => ({ at: ms(call.at), icon: "phone", text: t("Police called: {who}, {number}", { who: call.who, number: call.number }), by: call.member?.name }));
  const notes = (alert.notes ?? []).map((note) => ({ at: ms(note.at), icon: "message", text: note.text, by: note.member?.name }));
  const all = [...calls, ...notes].sort((a, b) => b.at - a.at);
  const rows = all.map((one) => el("li", {}, icon(one.icon), el("div", { class: "grow" }, one.text, one.by ? el("small", { class: "block" }, one.by) : null), el("time", { class: "quiet small" }, at(one.at))));
  if (!calls.length && !alert.drill) rows.unshift(el("li", {}, icon("unknown"), el("div", { class: "grow" }, el("span", { class: "tag", "data-state": "unknown" }, t("No police call recorded")))));
  if (!rows.length) return el("p", { class: "quiet" }, t("Nothing yet."));
  return el("ul", { class: "rows close story", tabindex: 0, "aria-label": t("Said and done, scrolls") }, rows);
}

function next({ now, busy }: Watch, alert: Alert): Child {
  const helpers = saying(alert, "coming", now).length + saying(alert, "with_them", now).length;
  const due = alert.next_rung_at ? ms(alert.next_rung_at) : null;
  const paused = alert.state === "paused";
  return [
    paused ? el("p", {}, el("strong", { class: "lead block" }, t("Waiting for the helpers")), plural("{n} person has said they will help.", "{n} people have said they will help.", helpers), " ", t("Ringing more goes on when one falls silent."))
      : due === null ? el("p", { class: "lead" }, t("Everybody keeps ringing."))
      : el("div", { class: "next" }, el("p", { class: "count s", role: "timer" }, clock(due - now, Math.ceil)), el("p", {}, weave("{more} unless {n} are on their way.", { more: el("strong", {}, t("More people are rung")), n: alert.needed ?? 2 }))),
    may(alert, "climb") ? el("div", { class: "stack acts" }, el("button", { class: "go big", type: "button", "data-act": "climb", "aria-disabled": busy && "true" }, t("Ring them now"))) : null,
  ];
}

function acts({ said, busy, sound, quiet }: Watch, alert: Alert): Child {
  const loud = sound === "on" && !alert.drill && !alert.silent;
  return el("div", { class: "stack", "data-key": alert.id }, // What was typed for one alert never stands under another.
    loud ? quiet ? el("p", { class: "quiet" }, t("This screen is quiet for two minutes.")) : el("button", { type: "button", "data-act": "quiet" }, t("Quiet here for two minutes")) : null,
    alert.you?.may?.length === 0 ? el("p", { class: "quiet" }, t("This alert has not rung you, so you can only watch. It rings you too if too few people come.")) : null,
    el("p", { role: "status", class: "acted", "data-tone": "doubt-text" }, said),
    may(alert, "note") ? el("form", { class: "ask", "data-form": "note", "data-key": "note" }, el("label", { for: "note" }, t("Note for everybody rung")),
      el("div", { class: "field" }, el("input", { id: "note", name: "text", type: "text", maxlength: 1600, autocomplete: "off" }), el("button", { type: "submit", "aria-disabled": busy && "true" }, t("Add")))) : null,
    may(alert, "police") && !alert.drill ? el("details", { "data-key": "police" }, el("summary", {}, icon("phone"), " ", t("Police called")),
      el("form", { class: "stack tight", "data-form": "police" },
        el("p", { class: "small" }, t("A person calls. Say: {name}, where, what you see, armed or not, plate.", { name: name(alert) })),
        el("div", { class: "ask" }, el("label", { for: "police-who" }, t("Who took the call")), el("input", { id: "police-who", name: "who", type: "text", maxlength: 120, autocomplete: "off", required: true })),
        el("div", { class: "ask" }, el("label", { for: "police-number" }, t("Number called")), el("input", { id: "police-number", name: "number", type: "tel", maxlength: 40, autocomplete: "off", required: true })),
        el("button", { type: "submit", "aria-disabled": busy && "true" }, t("Record the call")))) : null,
    may(alert, "close") && !(alert.closing && !alert.closing.by_worker) ? el("details", { "data-key": "close" }, el("summary", {}, icon("two"), " ", t("Close: two people needed")),
      el("form", { class: "stack tight", "data-form": "close" },
        el("div", { class: "ask" }, el("label", { for: "outcome" }, t("How it ended")), el("select", { id: "outcome", name: "outcome" }, Object.entries(outcomes).map(([value, word]) => el("option", { value }, t(word))))),
        el("div", { class: "ask" }, el("label", { for: "close-note" }, t("Note")), el("input", { id: "close-note", name: "note", type: "text", maxlength: 1600, autocomplete: "off" })),
        el("button", { type: "submit", "aria-disabled": busy && "true" }, t("Propose to close")))) : null);
}

function closing({ me, now, busy }: Watch, alert: Alert): Child {
  const proposal = alert.closing;
  if (!proposal) return null;
  const how = proposal.outcome ? `: ${say(outcomes, proposal.outcome)}` : "";
  const by = proposal.by?.name ?? t("Somebody");
  const mine = proposal.by !== undefined && proposal.by.id === me?.member.id;
  const ends = proposal.commits_at ? ms(proposal.commits_at) : null;
  return el("section", { class: "note span closing", "data-key": "closing", "aria-labelledby": "closing-h" },
    ends === null ? null : el("p", { class: "count s", role: "timer" }, clock(ends - now, Math.ceil)),
    el("div", { class: "grow" }, el("div", { role: "status" },
      el("h2", { id: "closing-h" }, ends !== null ? t("Closing") : proposal.by_worker ? t("{name} gave their code", { name: by }) : t("{name} proposes to close", { name: by }), how),
      el("p", {}, ends === null ? (proposal.by_worker ? t("Go and see them face to face, then confirm. Ringing goes on.") : mine ? t("Somebody else must confirm. Ringing goes on.") : t("A second person must confirm. Ringing goes on."))
        : t("{names} agree. Anybody who was rung can object until then.", { names: list([by, proposal.confirmed_by?.name ?? t("a second person")]) })),
      proposal.note ? el("p", { class: "quiet" }, proposal.note) : null),
    ends === null && proposal.lapses_at ? el("p", { class: "quiet small", role: "timer" }, t("Unless somebody confirms, it lapses in {clock}.", { clock: clock(ms(proposal.lapses_at) - now, Math.ceil) })) : null),
    ends === null && !mine && may(alert, "confirm") ? el("button", { class: "go", type: "button", "data-act": "confirm", "aria-disabled": busy && "true" }, icon("two"), " ", t("Confirm")) : null,
    may(alert, "object") ? el("button", { type: "button", "data-act": "object", "aria-disabled": busy && "true" }, icon("nocross"), " ", mine ? t("Take it back") : t("Object")) : null);
}

const noNumber = (): Child => el("span", { class: "tag", "data-state": "unknown" }, t("No number known"));

function calm({ me, calm, walks, known, loaded, opening, live, now }: Watch): Child {
  const people = me?.on_shift_count;
  const few = people !== undefined && people < 2;
  const sure = loaded && live;
  return [
    el("div", { class: "hero" },
      el("div", { role: "status" }, el("h1", {}, sure ? t("All quiet.") : t("Not known.")),
        el("p", { class: "lead" }, calm ? summary(calm) : people === undefined ? "" : [plural("{n} person is on shift.", "{n} people are on shift.", people), few ? ` ${t("That is too few.")}` : ""])),
      el("p", {}, el("span", { class: "clock" }, hourAndMinute(now)), el("small", { class: "block" }, dayOf(now)))),
    calm ? calmBoards(calm, now, walksBoard(walks, calm, me, now), lately(known, now), how(me)) : opening ? null
      : el("div", { class: "grid two" }, walks.now.length ? walksBoard(walks, calm, me, now) : null, lately(known, now), how(me)),
  ];
}

function lately(known: Alert[], now: number): Child {
  const closed = known.filter(({ state }) => state === "closed").sort((a, b) => ms(b.raised_at) - ms(a.raised_at)).slice(0, 8);
  return board("last", t("Closed lately"), closed.length ? t("Newest first") : null, closed.length
    ? el("ul", { class: "rows" }, closed.map((alert) => el("li", { "data-key": alert.id }, el("span", { class: "who", "aria-hidden": "true" }, initials(name(alert))),
      el("div", { class: "grow" }, el("strong", {}, name(alert)), el("small", { class: "block" }, `${alert.drill ? t("Drill") : say(kinds, alert.kind)}, ${atOn(ms(alert.raised_at), now)}`)),
      el("span", { class: "tag", "data-state": "done" }, icon("sent"), ` ${alert.drill ? t("Drill over") : alert.outcome ? say(outcomes, alert.outcome) : t("Closed")}`))))
    : el("p", { class: "quiet" }, t("None yet.")));
}

function how(me: Me | null): Child {
  return board("how", t("How to call for help here"), null, el("dl", { class: "facts" },
    el("div", {}, el("dt", {}, t("Phone")), el("dd", {}, t("Hold the SOS disc for a second."))),
    el("div", {}, el("dt", {}, t("Text")), el("dd", {}, me?.sos_numbers?.length ? weave("Send {word} and where you are to {number}", { word: el("strong", {}, "SOS"), number: me.sos_numbers.join(", ") }) : noNumber())),
    el("div", {}, el("dt", {}, t("Floor")), el("dd", {}, me?.member.site_phone ?? noNumber()))));
}
