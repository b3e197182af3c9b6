// The silent screen: an ordinary thing, in one of three guises. It shares no word, colour, icon or stylesheet with the
// rest, names nobody, makes no sound and announces nothing. The first five ticks tell the truth, learned on the worker's
// own phone.
import { el, type Child } from "./dom.ts";
import { item, manners, type Disguise } from "./guises.ts";
import { codeField } from "./parts.ts";
import { plural, t } from "./say.ts";

export interface Listed {
  disguise: Disguise;
  ticks: number;
  people: number;
  synced: boolean;
  time: string;
  screen: "list" | "lists" | "code";
  own: readonly string[];
  ticked: ReadonlySet<string>; // By where they stand: the same may be typed twice.
  shared: boolean;
  adding: boolean;
  said: string;
}

export function silent(list: Listed): Child[] {
  if (list.screen === "lists") return lists(list);
  if (list.screen === "code") return code(list);
  const manner = manners[list.disguise.guise];
  const items = [...list.disguise.items.map((_, place) => item(list.disguise, place)), ...list.own];
  const done = (n: number): boolean => (n < 5 ? n < list.ticks : list.ticked.has(String(n)));
  const left = items.filter((_, n) => !done(n)).length;
  return [
    el("header", {}, el("button", { type: "button", class: "back", "data-act": "lists" }, t(manner.all)),
      el("button", { type: "button", "data-act": "share" }, list.shared ? t("Shared") : t("Share"))),
    el("main", {},
      el("h1", {}, el("button", { type: "button", class: "title" }, t(list.disguise.title))),
      el("p", { class: "meta" }, `${t("Today, {time}", { time: list.time })} \u00b7 ${list.synced ? t("Synced") : t("Not synced")}`),
      el("ul", {}, items.map((item, n) => el("li", { "data-key": n },
        el("label", {}, el("input", { type: "checkbox", checked: done(n), "data-item": n < 5 ? null : n, "data-fixed": n < 5 }), " ",
          el("span", {}, item), n === 2 && list.people ? [" ", el("small", {}, list.people)] : null))))),
    el("footer", {}, list.adding ? adding(list)
      : [el("button", { type: "button", "data-act": "item" }, `+ ${t(manner.more)}`), el("span", {}, plural("{n} left", "{n} left", left))]),
  ];
}

function adding({ disguise }: Listed): Child {
  return el("form", { "data-form": "item" }, el("label", { class: "sr", for: "item" }, t(manners[disguise.guise].more)),
    el("input", { id: "item", name: "text", type: "text", class: "text", maxlength: 1600, autocomplete: "off", enterkeyhint: "done" }), el("button", { type: "submit" }, t("Add")));
}

function lists(list: Listed): Child[] {
  return [
    el("header", {}, el("span", {}), el("span", {})),
    el("main", {}, el("h1", {}, t(manners[list.disguise.guise].all)), el("ul", {}, el("li", {}, el("button", { type: "button", class: "row", "data-act": "list" }, t(list.disguise.title))))),
    el("footer", {}, el("span", {}), el("span", {})),
  ];
}

function code(list: Listed): Child[] {
  return [
    el("header", {}, el("button", { type: "button", class: "back", "data-act": "list" }, t(manners[list.disguise.guise].all)), el("span", {})),
    el("main", {}, el("h1", {}, t("Locked")),
      el("form", { "data-form": "pin" }, el("label", { class: "stackd", for: "pin" }, t("Passcode")),
        codeField("pin", "text"),
        el("p", { id: "pin-said" }, list.said), el("button", { type: "submit" }, t("Open")))),
    el("footer", {}, el("span", {}), el("span", {})),
  ];
}
