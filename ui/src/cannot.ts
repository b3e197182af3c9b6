// What a page of the web cannot do on a telephone, said before it is needed, each with what to do instead.
import { el, icon, type Child } from "./dom.ts";
import { mast } from "./parts.ts";
import { t, words, type Words } from "./say.ts";

type Platform = "ios" | "android" | "desk";
interface Gap {
  what: Words;
  instead: Words;
}

const everywhere: readonly Gap[] = [
  { what: words("It cannot call for help from a locked screen."), instead: words("Put the number for an SOS by text among your emergency contacts, or wear a panic button.") },
  { what: words("It cannot listen for the volume keys, a shake or your voice."), instead: words("Open the app before you walk out, and keep it in front.") },
  { what: words("In a private window, or when the browser is cleared, it forgets who you are and any SOS that has not gone out."), instead: words("Use an ordinary window, and put the app on the home screen.") },
  { what: words("It cannot call 911 by itself."), instead: words("Your colleagues are asked to. If you can, call yourself.") },
  { what: words("On the home screen and among the open apps it is called Tocsin, whatever its page looks like."), instead: words("Where somebody looks through your phone, open it in a tab of the browser, and keep it off the home screen.") },
  { what: words("A push makes no sound on a phone that is muted or not to be disturbed."), instead: words("Let the numbers that Tocsin calls from through, in the settings of the phone: you are called, too.") },
];
const own: Record<Platform, readonly Gap[]> = {
  ios: [
    { what: words("Your place is sent only while the app is in front and the screen is on."), instead: words("Start a walk: its timer runs on the server, whatever happens to the phone.") },
    { what: words("An SOS without a network goes out only while the app is open."), instead: words("Leave the app open until it says Received, or send SOS by text.") },
    { what: words("It is rung by push only from the home screen."), instead: words("Share, then Add to Home Screen. Enrol the phone there once more.") },
    { what: words("It cannot see the battery."), instead: words("Look at it before you walk out.") },
  ],
  android: [
    { what: words("Your place is sent only while the app is in front and the screen is on."), instead: words("Start a walk: its timer runs on the server, whatever happens to the phone.") },
    { what: words("The phone may put the app to sleep to save the battery, and pushes come late."), instead: words("Let this app use the battery without limits, in the settings of the phone.") },
    { what: words("With the app closed, an SOS that waits goes out when the phone finds a network, which may take minutes."), instead: words("Leave the app open until it says Received, or send SOS by text.") },
  ],
  desk: [
    { what: words("A computer seldom knows where it is."), instead: words("Say it in words, or have a desk set up with a fixed place.") },
    { what: words("It cannot send a text by itself."), instead: words("Text from any telephone to the number for an SOS by text.") },
  ],
};
const names: Record<Platform, Words> = { ios: words("On an iPhone or iPad"), android: words("On an Android phone"), desk: words("On a computer") };

function platform(agent = navigator.userAgent): Platform {
  if (/iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && navigator.maxTouchPoints > 1)) return "ios";
  return /Android/.test(agent) ? "android" : "desk";
}

export function cannot(number: string | undefined, exit: Child): Child[] {
  const mine = platform();
  const others = (["ios", "android", "desk"] as const).filter((one) => one !== mine);
  return [
    mast(exit),
    el("main", { "data-screen": "cannot" },
      el("div", {}, el("h1", {}, t("What this phone cannot do")), el("p", { class: "quiet" }, t("Better to know it before."))),
      el("section", { class: "board", "data-key": "all", "aria-labelledby": "all-h" }, el("header", {}, el("h2", { id: "all-h" }, t("On every phone"))), gaps(everywhere)),
      el("section", { class: "board", "data-key": mine, "aria-labelledby": "mine-h" }, el("header", {}, el("h2", { id: "mine-h" }, t(names[mine]))), gaps(own[mine])),
      others.map((one) => el("details", { class: "board", "data-key": one }, el("summary", {}, t(names[one])), gaps(own[one]))),
      number ? el("p", {}, icon("message"), " ", t("The number for an SOS by text:"), " ", el("strong", { class: "no" }, number)) : null),
    el("footer", {}, el("button", { type: "button", class: "go big", "data-act": "back" }, t("Go back"))),
  ];
}

const gaps = (all: readonly Gap[]): Child =>
  el("dl", { class: "gaps" }, all.map(({ what, instead }) => el("div", {}, el("dt", {}, t(what)), el("dd", {}, icon("coming"), " ", t(instead)))));
