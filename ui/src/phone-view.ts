// The worker's screens, drawn from what is known. No decision is made here.
import { ms, saying, siteName, type Alert, type Answer, type Me } from "./alert.ts";
import { el, icon, type Child } from "./dom.ts";
import { told, tries } from "./ladder.ts";
import { board, drillbar, mast } from "./parts.ts";
import { where } from "./place.ts";
import type { Press } from "./press.ts";
import { clock, count, first, list, outcomes, say } from "./words.ts";

export interface Seen {
  me: Me | null;
  press: Press | undefined;
  again: Press | undefined;
  alert: Alert | null;
  doubtful: boolean;
  now: number;
  skew: number;
  live: boolean;
  single: boolean;
  pin: { open: boolean; busy: boolean; said: string };
  waiting: number;
  lost: boolean;
  raiseOnly: boolean;
  receiptOnly: boolean;
  disguise: { title: string; items: readonly string[] };
}

const NOBODY_MS = 60_000; // After this the worker is told that nobody is on the way yet.

const own = (seen: Seen): Child => el("span", {}, seen.me?.member.name ?? "");

export function ready(seen: Seen): Child[] {
  const people = seen.me?.on_shift_count;
  const few = people !== undefined && people < 2;
  return [
    mast(own(seen)),
    el("main", {},
      seen.alert ? allClear(seen.alert) : null,
      seen.lost ? el("p", { class: "note", "data-doubt": true, role: "status" }, "The server does not know your last SOS. If you need help, press again.") : null,
      el("div", { "data-key": "head" },
        el("h1", {}, seen.me || seen.raiseOnly ? "Ready" : "Connecting"),
        el("p", { class: "quiet" }, seen.me ? [siteName(seen.me), siteName(seen.me) ? ". " : "", people === undefined ? "" :
          [el("strong", {}, count(people, "person", "people")), few ? " on shift. That is too few." : " on shift."]] : seen.raiseOnly ? "This phone can call for help, and nothing else." : "An SOS is kept and sent as soon as it can be."),
        seen.me && !seen.live ? el("p", { class: "small", "data-tone": "doubt-text" }, icon("unknown"), " No live connection just now. SOS still tries.") : null),
      sos(seen)),
    el("footer", {}, settings(seen)),
  ];
}

function sos(seen: Seen): Child {
  return el("section", { "data-key": "sos", "aria-labelledby": "sos-h" },
    el("h2", { id: "sos-h", class: "sr" }, "Call for help"),
    el("button", { class: "sos", type: "button", "aria-describedby": "sos-how", "data-key": "disc" },
      el("b", {}, "SOS"), el("span", {}, seen.single ? "Press once" : "Hold for 1 second")),
    el("p", { id: "sos-how", class: "sr" }, seen.single ? "One press calls for help." : "Hold for one second, or hold the space bar, to call for help."),
    el("p", { class: "mid" }, el("button", { class: "plain", type: "button", "data-act": "silent" }, icon("quiet"), " Send silently")));
}

function settings(seen: Seen): Child {
  const number = seen.me?.sos_numbers?.[0];
  return [
    el("details", { "data-key": "settings" },
      el("summary", {}, "How it works here"),
      el("div", { class: "stack after" },
        el("label", { class: "check" }, el("input", { type: "checkbox", checked: seen.single, "data-set": "single" }), el("span", {}, "Cannot hold? One press sends.")),
        number ? el("p", {}, "By text: send ", el("strong", {}, "SOS"), " and where you are to ", el("span", { class: "no" }, number), ".") : null,
        el("div", {}, el("h3", {}, "What a silent SOS looks like"),
          el("p", { class: "small" }, "A list named ", el("strong", {}, seen.disguise.title), ". The ticks tell you: "),
          el("ol", { class: "legendlist small" }, ["sent", "received", "ringing, and how many", "somebody is coming", "somebody is with you"].map((word, n) =>
            el("li", {}, el("strong", {}, seen.disguise.items[n]), `: ${word}`))),
          el("p", { class: "small" }, "Share rings again. A new item is sent as your words. Hold the title for 3 seconds to enter your code.")))),
  ];
}

function allClear(alert: Alert): Child {
  const how = alert.outcome ? ` ${say(outcomes, alert.outcome)}.` : "";
  return el("section", { class: "band", "data-key": "band", "data-clear": true, "data-screen": "closed" },
    el("div", { role: "status" }, el("p", {}, icon("sent"), alert.drill ? " Drill over" : " All clear"),
      el("h2", { class: "head" }, "Your alert is closed."), el("p", {}, `Everyone who was rung has been told.${how}`)),
    el("button", { type: "button", "data-act": "done" }, "Put it away"));
}

export function unsent(seen: Seen): Child[] {
  const press = seen.press;
  if (!press) return [];
  const waited = seen.now - seen.skew - press.at;
  const trouble = { "": "No answer", no_connection: "No connection", refused: "Server trouble", not_enrolled: "Not enrolled" }[press.failed];
  return [
    mast(own(seen)),
    el("main", {},
      el("section", { class: "band", "data-key": "band", "data-doubt": seen.doubtful, "data-screen": seen.doubtful ? "unsent" : "sending" },
        el("p", { class: "between" }, el("span", {}, icon(seen.doubtful ? "failed" : "wait"), seen.doubtful ? ` ${trouble}` : " SOS"),
          el("time", { role: "timer" }, clock(waited))),
        el("div", { role: "alert" }, el("h1", {}, seen.doubtful ? "Not sent. Trying again." : "Sending"),
          seen.doubtful ? el("p", {}, "Nobody has been told yet.") : null)),
      seen.doubtful ? instead(seen) : null,
      el("section", { "data-key": "ladder", "aria-labelledby": "true-h" }, el("h2", { id: "true-h", class: "sr" }, "What has happened so far"), tries(press, seen.doubtful, seen.skew))),
    el("footer", {}, el("button", { type: "button", "data-act": "go-silent" }, icon("quiet"), " Go silent")),
  ];
}

function instead(seen: Seen): Child {
  const number = seen.me?.sos_numbers?.[0];
  const name = seen.me?.member.name ?? "";
  return el("section", { class: "stack", "data-key": "instead", "aria-labelledby": "now-h" },
    el("h2", { id: "now-h" }, "Do this now"),
    number ? el("a", { class: "button go big", href: `sms:${number}?body=${encodeURIComponent(`SOS ${name}`.trim())}` }, icon("message"), " Send a text instead") : null,
    floor(seen, "big"),
    el("p", { class: "quiet" }, number ? "The text is already written. It says SOS and your name. Add where you are." : "If you can, call 911."));
}

function floor(seen: Seen, size = ""): Child {
  const phone = seen.me?.member.site_phone;
  return phone ? el("a", { class: `button ${size}`.trim(), href: `tel:${phone}` }, icon("phone"), " Call the floor") : null;
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
        el("p", { class: "between" }, el("span", {}, icon(alert?.drill ? "drill" : "bell", "beat"), alert?.drill ? " Drill" : " SOS is live"),
          el("time", { role: "timer" }, clock(now - since))),
        el("div", { role: "status" }, el("h1", {}, alert?.drill ? `Drill: ${title}` : title), line ? el("p", {}, line) : null)),
      notices(seen),
      alone ? el("section", { class: "stack", "data-key": "alone" }, el("div", { class: "split" },
        el("a", { class: "button go", href: "tel:911" }, icon("phone"), " Call 911"), floor(seen))) : null,
      el("section", { "data-key": "ladder", "aria-labelledby": "true-h" }, el("h2", { id: "true-h", class: "sr" }, "What has happened so far"), told(press, alert, now, seen.skew)),
      more(seen),
      alert ? board("place", "Your place, as they see it", null, where(alert, now)) : null),
    seen.pin.open ? pinFooter(seen) : liveFooter(seen),
  ];
}

function headlineOf(alert: Alert | null, now: number, since: number): { title: string; line: string; alone: boolean } {
  if (!alert) return { title: "Received", line: "Your SOS is on the server.", alone: false };
  const withYou = saying(alert, "with_them", now);
  const coming = saying(alert, "coming", now);
  const names = (answers: Answer[]): string => list(answers.map(({ member }) => first(member.name)));
  const are = (answers: Answer[]): string => (answers.length === 1 ? "is" : "are");
  if (withYou.length) return { title: `${names(withYou)} ${are(withYou)} with you`, line: coming.length ? `${names(coming)} ${are(coming)} coming too.` : "", alone: false };
  if (coming.length) return { title: `${names(coming)} ${are(coming)} coming`, line: "Nobody is with you yet.", alone: false };
  if (now - since >= NOBODY_MS) return { title: "Nobody is on the way yet", line: "Call 911 if you can. We keep ringing.", alone: true };
  const people = alert.people_rung ?? 0;
  return people ? { title: `Ringing ${count(people, "person", "people")}`, line: "Nobody has said that they are coming yet.", alone: false }
    : { title: "Received", line: "Your colleagues are being rung.", alone: false };
}

function notices({ alert, again, live, now, waiting, receiptOnly }: Seen): Child {
  const said: Child[] = [];
  if (again) said.push(el("p", {}, icon("failed"), " Your second press is not sent. Trying again."));
  if (waiting && !again) said.push(el("p", {}, icon("wait"), " Your words are not sent yet. Trying again."));
  if (!live && !receiptOnly) said.push(el("p", {}, icon("unknown"), " No live connection. What you see may be old."));
  const closes = alert?.closing?.commits_at;
  if (closes) said.push(el("p", {}, icon("two"), ` Two people want to close this. It closes in ${clock(ms(closes) - now, Math.ceil)}. Press again if you still need help.`));
  return said.length ? el("div", { class: "stack notices", "data-key": "notices" }, said.map((line) => el("div", { class: "note", "data-doubt": true }, line))) : null;
}

function more({ alert, press, receiptOnly }: Seen): Child {
  if (receiptOnly || (!alert && !press?.taken)) return null;
  return board("more", "Tell them more", null,
    el("form", { class: "ask", "data-form": "words" }, el("label", { for: "words" }, "What is happening"),
      el("div", { class: "field" }, el("input", { id: "words", name: "text", type: "text", maxlength: 1600, autocomplete: "off", enterkeyhint: "send" }), el("button", { type: "submit" }, "Send"))),
    el("form", { class: "ask", "data-form": "place" }, el("label", { for: "spoken" }, "Where you are"),
      el("div", { class: "field" }, el("input", { id: "spoken", name: "label", type: "text", maxlength: 200, autocomplete: "off", enterkeyhint: "send" }), el("button", { type: "submit" }, "Send"))),
    el("p", {}, el("button", { type: "button", "data-act": "locate" }, icon("gps"), " Send my GPS place")));
}

function liveFooter(seen: Seen): Child {
  return el("footer", { "data-key": "acts" },
    el("button", { class: "go big", type: "button", "data-act": "again" }, icon("bell"), " Ring everyone again"),
    el("div", { class: "split" }, floor(seen) ?? el("a", { class: "button", href: "tel:911" }, icon("phone"), " Call 911"),
      el("button", { type: "button", "data-act": "go-silent" }, icon("quiet"), " Go silent")),
    seen.receiptOnly ? el("button", { type: "button", "data-act": "done" }, "Put it away") : null,
    seen.alert ? el("button", { type: "button", "data-act": "safe" }, el("span", {}, "I am safe ", el("small", {}, "(needs your code)"))) : null);
}

function pinFooter({ pin }: Seen): Child {
  return el("footer", { "data-key": "pin" },
    el("form", { class: "stack tight", "data-form": "pin" },
      el("label", { for: "pin", class: "lead" }, el("strong", {}, "Your code")),
      el("input", { id: "pin", name: "pin", type: "password", inputmode: "numeric", autocomplete: "off", pattern: "[0-9]{4,12}", required: true, maxlength: 12, "aria-describedby": "pin-said" }),
      el("p", { id: "pin-said", role: "status", "data-tone": "doubt-text" }, pin.said),
      el("div", { class: "split" }, el("button", { class: "go", type: "submit", disabled: pin.busy }, "I am safe"), el("button", { type: "button", "data-act": "unsafe" }, "Back"))));
}
