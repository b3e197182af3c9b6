// The screens of a walk, drawn from what is known. An SOS is on every one of them.
import { ms, type Me } from "./alert.ts";
import { field, mindedBoard } from "./buddy-view.ts";
import { el, icon, type Child } from "./dom.ts";
import type { Fixes } from "./fixes.ts";
import { rungs, type Step } from "./ladder.ts";
import type { Near } from "./near.ts";
import { board, codeField, mast } from "./parts.ts";
import { plural, t, weave, words, type Words } from "./say.ts";
import type { Choice, OwnWalk, Phase, Walking } from "./walk.ts";
import { ago, clock, hourAndMinute, say } from "./words.ts";

export interface WalkSeen {
  walking: Walking;
  me: Me | null;
  now: number;
  live: boolean;
  single: boolean;
  fixes: Fixes;
  names: readonly Near[];
  exit: Child;
  roll: Child; // What a roll call asks; null: none does.
}

const QUICK = [5, 10, 15, 30];
const MORE = [5, 10, 20];
const NEAR_MAX = 24;
const short: Record<string, Words> = { car: words("Car"), transit: words("Bus or train"), home: words("Home") };
const whither: Record<string, Words> = { car: words("To the car"), transit: words("To the bus or train"), home: words("Home") };

/** On the ready page: whom one minds; one tap starts what was started last, another changes it. */
export function entry({ chosen, choice, busy, minded }: Walking): Child {
  const { minutes, destination } = choice;
  return [mindedBoard(minded), el("p", { class: "mid walk-entry", "data-key": "walk-entry" },
    chosen ? el("button", { type: "button", "data-act": "walk-go", "aria-disabled": busy && "true" }, icon("walk"), " ",
      el("span", {}, t("Walk: {n} min", { n: minutes }), " ", el("small", {}, say(whither, destination)))) : null,
    el("button", { type: "button", class: chosen ? "plain" : "", "data-act": "walk-choose" }, chosen ? t("Another walk") : [icon("walk"), " ", t("Start a walk")]))];
}

/** Null: no walk, and none is being started. */
export function walkScreen(seen: WalkSeen): Child[] | null {
  const { walking, now } = seen;
  const phase = walking.phase(now);
  if (phase === null && !walking.choosing) return null;
  const [main, footer] = phase === null ? starting(seen) : phase === "home" || phase === "cancelled" ? over(seen, phase) : running(seen, phase);
  return [mast(el("span", {}, seen.me?.member.name ?? ""), seen.exit), el("main", { "data-walk": phase ?? "start" }, main),
    el("footer", { "data-key": "walk-acts" }, footer, sosBar(seen.single))];
}

const sosBar = (single: boolean): Child => el("button", { class: "sos too", type: "button", "data-key": "bar" },
  el("b", {}, "SOS"), " ", el("span", {}, single ? t("Press once") : t("Hold for 1 second")));

const people = (me: Me | null): string => {
  const n = me?.would_ring;
  return n ? plural("{n} person is rung", "{n} people are rung", n) : t("your colleagues are rung");
};

// Starting ------------------------------------------------------------------------------------------------------------

type Parts = readonly [main: Child[], footer: Child[]];

function starting({ walking, me, names }: WalkSeen): Parts {
  const { choice, said, busy } = walking;
  return [
    [el("div", { "data-key": "head", "data-screen": "walk-start" },
      el("h1", {}, t("Start a walk")),
      el("p", { class: "quiet" }, weave("If you have not said that you are there when the time is over, {people}, also when this phone is dead.", { people: el("strong", {}, people(me)) }))),
    said ? el("p", { class: "note", "data-doubt": true, "data-key": "said", role: "alert" }, icon("failed"), " ", said) : null,
    el("form", { id: "walk-form", class: "stack", "data-form": "walk-start", "data-key": "form" },
      el("fieldset", { class: "keys" }, el("legend", {}, t("Where to")),
        Object.entries(short).map(([value, word]) => el("label", {}, el("input", { type: "radio", name: "destination", value, checked: value === choice.destination }), el("span", {}, t(word))))),
      el("fieldset", { class: "keys" }, el("legend", {}, t("Minutes until you are there")),
        QUICK.map((n) => el("label", {}, el("input", { type: "radio", name: "quick", value: n, checked: n === choice.minutes, "data-quick": true, "aria-label": t("{n} min", { n }) }), el("span", { "aria-hidden": "true" }, n)))),
      el("div", { class: "ask" }, el("label", { for: "walk-minutes" }, t("Or as many minutes as you need")),
        el("input", { id: "walk-minutes", name: "minutes", type: "number", min: 1, max: 240, required: true, inputmode: "numeric", value: choice.minutes })),
      details(walking, names))],
    [el("div", { class: "split" }, el("button", { type: "button", "data-act": "walk-back" }, t("Go back")),
      el("button", { class: "go", type: "submit", form: "walk-form", "aria-disabled": busy && "true" }, icon("walk"), " ", t("Start the walk")))],
  ];
}

function details({ choice, buddies, stranger }: Walking, names: readonly Near[]): Child {
  const options = (id: string, list: readonly Near[], chosen: string | undefined, none: string): Child =>
    el("select", { id: `walk-${id}`, name: id, "data-key": `${id}-${list.map((one) => one.id).join()}` }, el("option", { value: "" }, none),
      list.map((one) => el("option", { value: one.id, selected: one.id === chosen }, one.name)));
  return el("details", { "data-key": "walk-more", open: Boolean(choice.bay ?? choice.way ?? choice.buddy) }, el("summary", {}, t("Way, bay and buddy")),
    el("div", { class: "stack after" },
      names.length ? el("div", { class: "ask" }, el("label", { for: "walk-bay" }, t("Bay or door")), options("bay", names, choice.bay, t("none"))) : null,
      el("div", { class: "ask" }, el("label", { for: "walk-way" }, t("Which way")), el("input", { id: "walk-way", name: "way", type: "text", maxlength: 200, autocomplete: "off", value: choice.way ?? "" })),
      field(buddies, choice.buddy, stranger)));
}

/** What a form of this screen says. */
export function choiceOf(fields: FormData): Choice {
  const given = (name: string): string => String(fields.get(name) ?? "").trim();
  const more = ["bay", "way", "buddy"].filter((name) => given(name)).map((name) => [name, given(name)]);
  return { minutes: Number(given("minutes")), destination: given("destination"), ...(Object.fromEntries(more) as object) };
}

// Under way -----------------------------------------------------------------------------------------------------------

function running(seen: WalkSeen, phase: Phase): Parts {
  const walk = seen.walking.walk;
  if (!walk) return [[], []];
  const { walking } = seen;
  const waits = Boolean(walking.waits?.failed) && !walking.longer;
  return [
    [waits ? waiting(seen, walk) : phase === "due" ? due(seen, walk) : phase === "overdue" ? overdue() : counting(seen, walk, phase),
      offline(seen),
      phase === "overdue" ? null : seen.roll, // Then the server rings: nobody is asked whether they are safe.
      walking.said && !walking.asking ? el("p", { class: "note", "data-doubt": true, "data-key": "said", role: "alert" }, icon("failed"), " ", walking.said) : null,
      waits ? null : walking.longer ? unheard(walking.longer.minutes ?? 0) : longer(walk),
      way(seen, walk),
      mindedBoard(walking.minded),
      waits ? null : more(walk)],
    [walking.asking ? pin(seen) : el("button", { class: "with big", type: "button", "data-act": "walk-home", "data-key": "home", "aria-disabled": walking.busy && "true" }, icon(walk.destination === "home" ? "home" : "walk"), " ", waits ? t("Send it now") : arrived(walk))],
  ];
}

const arrived = ({ destination }: OwnWalk): string => (destination === "home" ? t("I am home") : t("I am there"));
const asks = ({ destination }: OwnWalk): string => (destination === "home" ? t("Are you home?") : t("Are you there?"));

function counting({ now, me }: WalkSeen, walk: OwnWalk, phase: Phase): Child {
  const left = ms(walk.due_at) - now;
  const told = { time: el("time", { datetime: walk.due_at }, hourAndMinute(ms(walk.due_at))), n: el("span", {}, grace(walk)), people: el("strong", {}, people(me)) };
  return el("section", { "data-key": "counting", "data-screen": phase === "reminded" ? "walk-reminded" : "walk", "aria-labelledby": "walk-h" },
    el("h1", { id: "walk-h", class: "mute" }, icon("walk"), " ", t("Walk under way")),
    el("p", { class: "count", role: "timer" }, clock(left, Math.ceil)),
    el("progress", { max: Math.max(ms(walk.due_at) - ms(walk.started_at), 1), value: Math.max(left, 0), "aria-label": t("Time left") }),
    phase === "reminded" ? el("p", { class: "note after", role: "status" }, icon("message"), " ", t("The time is nearly over. If you need longer, add some now.")) : null,
    el("p", { class: "after" }, walk.destination === "home" ? weave("At {time} we ask if you are home. No answer in {n} seconds, and {people}.", told)
      : weave("At {time} we ask if you are there. No answer in {n} seconds, and {people}.", told)));
}

const grace = (walk: OwnWalk): number => Math.max(Math.round((ms(walk.raises_at) - ms(walk.due_at)) / 1000), 0);

function due({ now, me }: WalkSeen, walk: OwnWalk): Child {
  return el("section", { class: "band", "data-doubt": true, "data-key": "due", "data-screen": "walk-due" },
    el("p", { class: "between" }, el("span", {}, icon("unknown"), " ", t("The time is over")), el("time", { role: "timer" }, clock(ms(walk.raises_at) - now, Math.ceil))),
    el("div", { role: "alert" }, el("h1", {}, asks(walk)), el("p", {}, weave("When that runs out, {people}.", { people: people(me) }))));
}

function overdue(): Child {
  return el("section", { class: "band", "data-doubt": true, "data-key": "overdue", "data-screen": "walk-overdue" },
    el("p", {}, icon("unknown"), " ", t("No answer")),
    el("div", { role: "alert" }, el("h1", {}, t("The time is over")), el("p", {}, t("The server rings your colleagues by its own clock. This phone has not heard from it yet."))));
}

function waiting({ now, walking }: WalkSeen, walk: OwnWalk): Child {
  const left = ms(walk.raises_at) - now;
  const what = walking.waits?.act === "cancel" ? t("The server has not heard that you are not going. Its clock runs on.") : t("The server has not heard that you have arrived. Its clock runs on.");
  return el("section", { class: "band", "data-doubt": true, "data-key": "waiting", "data-screen": "walk-waiting" },
    el("p", { class: "between" }, el("span", {}, icon("wait"), " ", t("Waiting")), el("time", { role: "timer" }, clock(left, Math.ceil))),
    el("div", { role: "alert" }, el("h1", {}, t("Not sent. Trying again.")), el("p", {}, what), el("p", {}, t("Leave this page open."))));
}

/** Asked for a second time it would be given twice: nothing here asks again but the phone itself, with the same key. */
const unheard = (n: number): Child =>
  el("p", { class: "note", "data-doubt": true, "data-key": "unheard", role: "status" }, icon("wait"), " ", t("The server has not heard that you need {n} min more. Trying again. Its clock runs on.", { n }));

function offline({ live, walking }: WalkSeen): Child {
  if (live || walking.waits?.failed) return null;
  return el("p", { class: "small", "data-key": "offline", "data-tone": "doubt-text" }, icon("unknown"), " ", t("No live connection just now. The server's clock runs on."));
}

function longer(walk: OwnWalk): Child {
  const left = walk.extend_left_min ?? 0;
  const some = MORE.filter((n) => n <= left);
  if (!some.length) return el("p", { class: "quiet", "data-key": "longer" }, t("No more time can be added."));
  return el("fieldset", { class: "keys", "data-key": "longer" }, el("legend", {}, t("Need longer? Add")),
    some.map((n) => el("button", { type: "button", "data-act": "walk-longer", "data-minutes": n }, t("+{n} min", { n }))));
}

function way({ fixes, names, now }: WalkSeen, walk: OwnWalk): Child {
  const steps: Step[] = [{ key: "start", icon: "door", title: t("Started"), time: ms(walk.started_at) }];
  const places = [...(walk.places ?? [])].sort((a, b) => ms(a.at) - ms(b.at));
  for (const place of places) {
    const last = place === places.at(-1);
    const small = place.kind === "fix" ? t("GPS, {ago}", { ago: ago(now - ms(place.at)) }) : t("Last zone, {ago}", { ago: ago(now - ms(place.at)) });
    const title = place.kind === "fix" ? (typeof place.radius_m === "number" ? t("Within {n} m", { n: Math.round(place.radius_m) }) : t("Radius not known")) : (place.label ?? t("Not known"));
    steps.push({ key: place.kind, icon: place.kind === "fix" ? "gps" : "zone", title, small, now: last, tone: "move" });
  }
  if (walk.bay || walk.way) steps.push({ key: "planned", icon: "route", title: [walk.bay, walk.way].filter(Boolean).join(", "), small: t("Planned"), next: true });
  steps.push({ key: "end", icon: walk.destination === "home" ? "home" : "walk", title: say(short, walk.destination ?? "home"), next: true });
  return board("way", t("Your way"), walk.buddy ? t("Buddy: {name}", { name: walk.buddy.name }) : null,
    rungs(steps),
    el("p", { class: "small quiet" }, t("Nobody sees your place. If an alert is raised, it goes along.")),
    at(names), satellite(fixes));
}

function at(names: readonly Near[]): Child {
  if (!names.length) return null;
  return el("details", { "data-key": "near" }, el("summary", {}, icon("zone"), " ", t("I am at")),
    el("ul", { class: "near line" }, names.slice(0, NEAR_MAX).map(({ id, name }) => el("li", {}, el("button", { type: "button", "data-act": "walk-at", "data-place": id }, name)))));
}

function satellite({ leave, newest }: Fixes): Child {
  if (leave === "denied" || leave === "none") return el("p", { class: "small", "data-tone": "doubt-text" }, icon("unknown"), " ", t("This phone may not tell its place."));
  if (leave !== "granted") return el("p", {}, el("button", { type: "button", "data-act": "locate" }, icon("gps"), " ", t("Send my GPS place")));
  return newest ? el("p", { class: "small quiet" }, icon("gps"), " ", t("Your GPS place goes along while the walk runs and this page is open.")) : null;
}

/** *It ends with a code* looks the same whoever asks for it, and whichever code it is. */
function more(walk: OwnWalk): Child {
  return el("details", { "data-key": "walk-end" }, el("summary", {}, t("End it another way")),
    el("div", { class: "stack after" },
      walk.pin_needed ? null : el("button", { type: "button", "data-act": "walk-code" }, icon("lock"), " ", t("End it with a code")),
      el("button", { type: "button", "data-act": "walk-cancel" }, t("I am not going"))));
}

function pin({ walking, me }: WalkSeen): Child {
  const { asking, said, busy } = walking;
  const phone = me?.member.site_phone;
  const word = asking?.act === "extend" ? t("+{n} min", { n: asking.minutes ?? 0 }) : asking?.act === "cancel" ? t("I am not going") : walking.walk ? arrived(walking.walk) : "";
  return el("form", { class: "stack tight", "data-form": "walk-pin", "data-key": "pin" },
    el("label", { for: "walk-pin", class: "lead" }, el("strong", {}, t("Your code"))),
    codeField("walk-pin"),
    el("p", { id: "walk-pin-said", role: "status", "data-tone": "doubt-text" }, said ? [said, " ", t("The time runs on."), phone ? [" ", el("a", { href: `tel:${phone}` }, t("Call the floor"))] : null] : null),
    el("div", { class: "split" }, el("button", { class: "go", type: "submit", "aria-disabled": busy && "true" }, word), el("button", { type: "button", "data-act": "walk-unask" }, t("Go back"))));
}

// Over ----------------------------------------------------------------------------------------------------------------

function over({ roll }: WalkSeen, phase: Phase): Parts {
  return [
    [el("section", { class: "band", "data-clear": true, "data-key": "over", "data-screen": "walk-over" },
      el("div", { role: "status" }, el("p", {}, icon("sent"), " ", t("Received")),
        el("h1", {}, phase === "home" ? t("You have arrived") : t("The walk is cancelled")), el("p", {}, t("The timer has stopped. Nobody is rung.")))),
      roll],
    [el("button", { class: "big", type: "button", "data-act": "walk-done", "data-key": "done" }, t("Put it away"))],
  ];
}
