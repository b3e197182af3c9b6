// The worker's screens, drawn from what is known. No decision is made here.
import { ms, saying, siteName, type Alert, type Answer, type Me } from "./alert.ts";
import { el, folded, icon, type Child } from "./dom.ts";
import type { Fixes } from "./fixes.ts";
import { GUISES, item, manners, type Disguise } from "./guises.ts";
import { told, tries } from "./ladder.ts";
import type { Near } from "./near.ts";
import { board, codeField, drillbar, mast } from "./parts.ts";
import { where } from "./place.ts";
import type { Press } from "./press.ts";
import { lines, type Proof } from "./proof.ts";
import { plural, t, weave, words } from "./say.ts";
import { clock, first, list, outcomes, say } from "./words.ts";

export interface Seen {
  me: Me | null;
  press: Press | undefined;
  again: Press | undefined;
  alert: Alert | null;
  doubtful: boolean;
  now: number;
  skew: number;
  live: boolean;
  silence: number;
  single: boolean;
  silentPlace: boolean;
  forgetful: boolean;
  tabOnly: boolean;
  proof: Proof | null;
  fixes: Fixes;
  names: readonly Near[];
  pin: { open: boolean; busy: boolean; said: string };
  waiting: number;
  lost: boolean;
  raiseOnly: boolean;
  receiptOnly: boolean;
  disguise: Disguise;
  walk?: Child;
  roll?: Child;
}

const NOBODY_MS = 60_000; // After this the worker is told that nobody is on the way yet.

const NEAR_MAX = 24; // Names to tap; all others are found by typing.

const own = (seen: Seen): Child => el("span", {}, seen.me?.member.name ?? "");

/** Off every page that says what it is, at once and without a network. In an SOS that is what *Go silent* does. */
export const exit = (): Child => el("button", { type: "button", class: "plain exit", "data-act": "exit" }, t("Quick exit"));

const ticked = [words("sent"), words("received"), words("ringing, and how many"), words("somebody is coming"), words("somebody is with you")];

export function ready(seen: Seen): Child[] {
  const rung = seen.me?.would_ring;
  const people = rung ?? seen.me?.on_shift_count;
  const few = people !== undefined && people < 2;
  return [
    mast(own(seen), exit()),
    el("main", {},
      seen.roll,
      seen.alert ? allClear(seen.alert) : null,
      seen.lost ? el("p", { class: "note", "data-doubt": true, role: "status" }, t("The server does not know your last SOS. If you need help, press again.")) : null,
      el("div", { "data-key": "head" },
        el("h1", {}, seen.me || seen.raiseOnly ? t("Ready") : t("Connecting")),
        el("p", { class: "quiet" }, seen.raiseOnly ? t("This phone can call for help, and nothing else.")
          : seen.me ? [siteName(seen.me), siteName(seen.me) ? ". " : "", people === undefined ? "" :
            [rung === undefined ? plural("{n} person on shift.", "{n} people on shift.", people) : plural("{n} person would be rung.", "{n} people would be rung.", people),
              few ? ` ${t("That is too few.")}` : ""]]
            : t("An SOS is kept and sent as soon as it can be.")),
        seen.me && !seen.live ? el("p", { class: "small", "data-tone": "doubt-text" }, icon("unknown"), " ", t("No live connection just now. SOS still tries.")) : null),
      sos(seen),
      seen.walk,
      seen.proof && !seen.raiseOnly ? lines({ ...seen, proof: seen.proof, leave: seen.fixes.leave }) : null),
    el("footer", {}, settings(seen)),
  ];
}

function sos(seen: Seen): Child {
  return el("section", { "data-key": "sos", "aria-labelledby": "sos-h" },
    el("h2", { id: "sos-h", class: "sr" }, t("Call for help")),
    el("button", { class: "sos", type: "button", "aria-describedby": "sos-how", "data-key": "disc" },
      el("b", {}, "SOS"), el("span", {}, seen.single ? t("Press once") : t("Hold for 1 second"))),
    el("p", { id: "sos-how", class: "sr" }, seen.single ? t("One press calls for help.") : t("Hold for one second, or hold the space bar, to call for help.")),
    el("p", { class: "mid" }, el("button", { class: "plain", type: "button", "data-act": "silent" }, icon("quiet"), " ", t("Send silently"))));
}

function settings(seen: Seen): Child {
  const number = seen.me?.sos_numbers?.[0];
  return folded("settings", t("How it works here"), () =>
    el("div", { class: "stack after" },
      el("label", { class: "check" }, el("input", { type: "checkbox", checked: seen.single, "data-set": "single" }), el("span", {}, t("Cannot hold? One press sends."))),
      number ? el("p", {}, weave("By text: send {word} and where you are to {number}.", { word: el("strong", {}, "SOS"), number: el("span", { class: "no" }, number) })) : null,
      el("fieldset", { class: "looks" }, el("legend", {}, el("strong", {}, t("What a silent SOS looks like"))),
        GUISES.map((guise) => el("label", { class: "check" },
          el("input", { type: "radio", name: "guise", value: guise, checked: guise === seen.disguise.guise, "data-set": "guise" }), el("span", {}, t(manners[guise].name))))),
      el("div", {},
        el("p", { class: "small" }, weave("Its title is {title}. The ticks tell you:", { title: el("strong", {}, t(seen.disguise.title)) })),
        el("ol", { class: "legendlist small" }, ticked.map((word, n) =>
          el("li", {}, el("strong", {}, item(seen.disguise, n)), `: ${t(word)}`))),
        el("p", { class: "small" }, t("Share rings again. What you add is sent as your words. Hold the title for 3 seconds to enter your code.")),
        el("p", { class: "small" }, t("Quick exit shows the same, with nothing ticked and nothing sent. Share calls for help from there. Hold the title to come back."))),
      el("label", { class: "check" }, el("input", { type: "checkbox", checked: seen.silentPlace, "data-set": "silent-place" }),
        el("span", {}, t("Send my place in a silent SOS too. The phone may show its small sign for it."))),
      el("button", { type: "button", "data-act": "cannot" }, t("What this phone cannot do"))));
}

function allClear(alert: Alert): Child {
  const how = alert.outcome ? ` ${say(outcomes, alert.outcome)}.` : "";
  return el("section", { class: "band", "data-key": "band", "data-clear": true, "data-screen": "closed" },
    el("div", { role: "status" }, el("p", {}, icon("sent"), " ", alert.drill ? t("Drill over") : t("All clear")),
      el("h2", { class: "head" }, t("Your alert is closed.")), el("p", {}, t("Everyone who was rung has been told."), how)),
    el("button", { type: "button", "data-act": "done" }, t("Put it away")));
}

export function unsent(seen: Seen): Child[] {
  const press = seen.press;
  if (!press) return [];
  const waited = seen.now - seen.skew - press.at;
  const trouble = { "": t("No answer"), no_connection: t("No connection"), refused: t("Server trouble"), not_enrolled: t("Not enrolled") }[press.failed];
  return [
    mast(own(seen)),
    el("main", {},
      el("section", { class: "band", "data-key": "band", "data-doubt": seen.doubtful, "data-screen": seen.doubtful ? "unsent" : "sending" },
        el("p", { class: "between" }, el("span", {}, icon(seen.doubtful ? "failed" : "wait"), " ", seen.doubtful ? trouble : "SOS"),
          el("time", { role: "timer" }, clock(waited))),
        el("div", { role: "alert" }, el("h1", {}, seen.doubtful ? t("Not sent. Trying again.") : t("Sending")),
          seen.doubtful ? el("p", {}, t("Nobody has been told yet.")) : null)),
      seen.forgetful ? el("p", { class: "note", "data-doubt": true, "data-key": "forgetful" }, t("This phone cannot keep it: its storage is full, or forbidden. Leave this page open until it says Sent.")) : null,
      seen.doubtful ? instead(seen) : null,
      el("section", { "data-key": "ladder", "aria-labelledby": "true-h" }, el("h2", { id: "true-h", class: "sr" }, t("What has happened so far")), tries(press, seen.doubtful, seen.skew))),
    el("footer", {}, el("button", { type: "button", "data-act": "go-silent" }, icon("quiet"), " ", t("Go silent"))),
  ];
}

function instead(seen: Seen): Child {
  const number = seen.me?.sos_numbers?.[0];
  const name = seen.me?.member.name ?? "";
  return el("section", { class: "stack", "data-key": "instead", "aria-labelledby": "now-h" },
    el("h2", { id: "now-h" }, t("Do this now")),
    number ? el("a", { class: "button go big", href: `sms:${number}?body=${encodeURIComponent(`SOS ${name}`.trim())}` }, icon("message"), " ", t("Send a text instead")) : null,
    floor(seen, "big"),
    el("p", { class: "quiet" }, number ? t("The text is already written. It says SOS and your name. Add where you are.") : t("If you can, call 911.")));
}

function floor(seen: Seen, size = ""): Child {
  const phone = seen.me?.member.site_phone;
  return phone ? el("a", { class: `button ${size}`.trim(), href: `tel:${phone}` }, icon("phone"), " ", t("Call the floor")) : null;
}

/** Taken, and perhaps that is all this device may know. */
export function live(seen: Seen): Child[] {
  const { alert, now, press } = seen;
  const since = alert ? ms(alert.raised_at) : (press?.taken ?? now - seen.skew) + seen.skew;
  const { title, line, alone } = headlineOf(alert, now, since);
  return [
    mast(own(seen)),
    el("main", {},
      alert?.drill ? drillbar() : null,
      el("section", { class: "band", "data-key": "band", "data-alert": true, "data-screen": "live" },
        el("p", { class: "between" }, el("span", {}, icon(alert?.drill ? "drill" : "bell", "beat"), " ", alert?.drill ? t("Drill") : t("SOS is live")),
          el("time", { role: "timer" }, clock(now - since))),
        el("div", { role: "status" }, el("h1", {}, alert?.drill ? t("Drill: {name}", { name: title }) : title), line ? el("p", {}, line) : null)),
      notices(seen),
      alone ? el("section", { class: "stack", "data-key": "alone" }, el("div", { class: "split" },
        el("a", { class: "button go", href: "tel:911" }, icon("phone"), " ", t("Call 911")), floor(seen))) : null,
      el("section", { "data-key": "ladder", "aria-labelledby": "true-h" }, el("h2", { id: "true-h", class: "sr" }, t("What has happened so far")), told(press, alert, now, seen.skew)),
      more(seen),
      alert ? board("place", t("Your place, as they see it"), null, where(alert, now)) : null),
    seen.pin.open ? pinFooter(seen) : liveFooter(seen),
  ];
}

function headlineOf(alert: Alert | null, now: number, since: number): { title: string; line: string; alone: boolean } {
  if (!alert) return { title: t("Received"), line: t("Your SOS is on the server."), alone: false };
  const withYou = saying(alert, "with_them", now);
  const coming = saying(alert, "coming", now);
  const names = (answers: Answer[]): string => list(answers.map(({ member }) => first(member.name)));
  if (withYou.length) return { title: plural("{names} is with you", "{names} are with you", withYou.length, { names: names(withYou) }), line: coming.length ? plural("{names} is coming too.", "{names} are coming too.", coming.length, { names: names(coming) }) : "", alone: false };
  if (coming.length) return { title: plural("{names} is coming", "{names} are coming", coming.length, { names: names(coming) }), line: t("Nobody is with you yet."), alone: false };
  const people = alert.people_rung ?? 0;
  if (now - since >= NOBODY_MS) return { title: t("Nobody is on the way yet"), line: people ? t("Call 911 if you can. We keep ringing.") : t("Nobody has been reached yet. Call 911 if you can. We keep trying."), alone: true };
  return people ? { title: plural("Ringing {n} person", "Ringing {n} people", people), line: t("Nobody has said that they are coming yet."), alone: false }
    : { title: t("Received"), line: t("Nobody has been rung yet."), alone: false };
}

function notices({ alert, again, live, now, waiting, receiptOnly }: Seen): Child {
  const said: Child[] = [];
  if (again) said.push(el("p", {}, icon("failed"), " ", t("Your second press is not sent. Trying again.")));
  if (waiting && !again) said.push(el("p", {}, icon("wait"), " ", t("Your words are not sent yet. Trying again.")));
  if (!live && !receiptOnly) said.push(el("p", {}, icon("unknown"), " ", t("No live connection. What you see may be old.")));
  const closes = alert?.closing?.commits_at;
  if (closes) said.push(el("p", {}, icon("two"), " ", t("Two people want to close this. It closes in {clock}. Press again if you still need help.", { clock: clock(ms(closes) - now, Math.ceil) })));
  return said.length ? el("div", { class: "stack notices", "data-key": "notices" }, said.map((line) => el("div", { class: "note", "data-doubt": true }, line))) : null;
}

function more({ alert, press, receiptOnly, names, fixes }: Seen): Child {
  if (receiptOnly || (!alert && !press?.taken)) return null;
  return board("more", t("Tell them more"), null,
    el("form", { class: "ask", "data-form": "words" }, el("label", { for: "words" }, t("What is happening")),
      el("div", { class: "field" }, el("input", { id: "words", name: "text", type: "text", maxlength: 1600, autocomplete: "off", enterkeyhint: "send" }), el("button", { type: "submit" }, t("Send")))),
    el("form", { class: "ask", "data-form": "place" }, el("label", { for: "spoken" }, t("Where you are")),
      el("div", { class: "field" }, el("input", { id: "spoken", name: "label", type: "text", maxlength: 200, autocomplete: "off", enterkeyhint: "send" }), el("button", { type: "submit" }, t("Send")))),
    near(names),
    satellite(fixes));
}

/** A tap on a name says where one is. */
function near(names: readonly Near[]): Child {
  if (!names.length) return null;
  return el("details", { "data-key": "near" }, el("summary", {}, icon("zone"), " ", t("I am at")),
    el("ul", { class: "near line" }, names.slice(0, NEAR_MAX).map(({ id, name }) => el("li", {}, el("button", { type: "button", "data-act": "at", "data-place": id }, name)))));
}

function satellite({ leave, newest, failing }: Fixes): Child {
  if (leave === "denied" || leave === "none") return el("p", { "data-tone": "doubt-text" }, icon("unknown"), " ", t("This phone may not tell its place. Say it in words."));
  if (leave !== "granted") return el("p", {}, el("button", { type: "button", "data-act": "locate" }, icon("gps"), " ", t("Send my GPS place")));
  if (newest) return el("p", { class: "quiet" }, icon("gps"), " ", t("Your GPS place goes along every few seconds, while this page is open."));
  return el("p", { "data-tone": "doubt-text" }, icon("gps"), " ", failing ? t("No GPS place found yet. Say it in words.") : t("Looking for your GPS place"));
}

function liveFooter(seen: Seen): Child {
  return el("footer", { "data-key": "acts" },
    el("button", { class: "go big", type: "button", "data-act": "again" }, icon("bell"), " ", t("Ring everyone again")),
    el("div", { class: "split" }, floor(seen) ?? el("a", { class: "button", href: "tel:911" }, icon("phone"), " ", t("Call 911")),
      el("button", { type: "button", "data-act": "go-silent" }, icon("quiet"), " ", t("Go silent"))),
    seen.receiptOnly ? el("button", { type: "button", "data-act": "done" }, t("Put it away")) : null,
    seen.alert ? el("button", { type: "button", "data-act": "safe" }, el("span", {}, t("I am safe"), " ", el("small", {}, t("(needs your code)")))) : null);
}

function pinFooter({ pin }: Seen): Child {
  return el("footer", { "data-key": "pin" },
    el("form", { class: "stack tight", "data-form": "pin" },
      el("label", { for: "pin", class: "lead" }, el("strong", {}, t("Your code"))),
      codeField("pin"),
      el("p", { id: "pin-said", role: "status", "data-tone": "doubt-text" }, pin.said),
      el("div", { class: "split" }, el("button", { class: "go", type: "submit", "aria-disabled": pin.busy && "true" }, t("I am safe")), el("button", { type: "button", "data-act": "unsafe" }, t("Go back")))));
}
