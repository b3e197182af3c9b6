// The silent screen: an ordinary list. It shares no word, colour, icon or stylesheet with the rest, names nobody,
// makes no sound and announces nothing. The first five ticks tell the truth, learned on the worker's own phone.
import { el, type Child } from "./dom.ts";
import { plural, t, words, type Words } from "./say.ts";

export interface Disguise {
  title: Words;
  items: readonly Words[];
}

const disguises: readonly Disguise[] = [
  { title: words("Groceries"), items: [words("Oat milk"), words("Bread, the seeded one"), words("Eggs"), words("Bananas"), words("Washing-up liquid"), words("Cat food"), words("Light bulbs, small screw"), words("Birthday card for Mum")] },
  { title: words("Weekend"), items: [words("Return library books"), words("Pump up bike tyres"), words("Batteries"), words("Water the ferns"), words("Drop off parcel"), words("Trim hedge"), words("Wash the car"), words("Bake something")] },
  { title: words("Packing"), items: [words("Socks"), words("Phone charger"), words("T-shirts"), words("Toothbrush"), words("Rain jacket"), words("Book"), words("Swimming things"), words("Snacks for the train")] },
  { title: words("Hardware shop"), items: [words("Sandpaper"), words("Wood glue"), words("Screws, 40 mm"), words("Picture hooks"), words("Masking tape"), words("Small brush"), words("Grey primer"), words("Bin bags")] },
];

/** Differs from person to person, and in its order, so that knowing one list is not knowing them all. */
export function disguiseOf(fingerprint: string): Disguise {
  const seed = Array.from(fingerprint).reduce((sum, char) => (sum * 31 + (char.codePointAt(0) ?? 0)) >>> 0, 7);
  const { title, items } = disguises[seed % disguises.length] ?? { title: words("List"), items: [] };
  const turn = Math.floor(seed / disguises.length) % items.length;
  return { title, items: [...items.slice(turn), ...items.slice(0, turn)] };
}

/** One of its items, as it is read. */
export function item({ items }: Disguise, place: number): string {
  const found = items[place];
  return found === undefined ? "" : t(found);
}

export interface Listed {
  disguise: Disguise;
  ticks: number;
  people: number;
  synced: boolean;
  time: string;
  screen: "list" | "lists" | "code";
  own: readonly string[];
  ticked: ReadonlySet<string>;
  shared: boolean;
  adding: boolean;
  said: string;
}

export function silent(list: Listed): Child[] {
  if (list.screen === "lists") return lists(list);
  if (list.screen === "code") return code(list);
  const items = [...list.disguise.items.map((_, place) => item(list.disguise, place)), ...list.own];
  const done = (item: string, n: number): boolean => (n < 5 ? n < list.ticks : list.ticked.has(item));
  const left = items.filter((item, n) => !done(item, n)).length;
  return [
    el("header", {}, el("button", { type: "button", class: "back", "data-act": "lists" }, t("Lists")),
      el("button", { type: "button", "data-act": "share" }, list.shared ? t("Shared") : t("Share"))),
    el("main", {},
      el("h1", {}, el("button", { type: "button", class: "title" }, t(list.disguise.title))),
      el("p", { class: "meta" }, `${t("Today, {time}", { time: list.time })} \u00b7 ${list.synced ? t("Synced") : t("Not synced")}`),
      el("ul", {}, items.map((item, n) => el("li", { "data-key": item },
        el("label", {}, el("input", { type: "checkbox", checked: done(item, n), "data-item": n < 5 ? null : item, "data-fixed": n < 5 }), " ",
          el("span", {}, item), n === 2 && list.people ? [" ", el("small", {}, list.people)] : null))))),
    el("footer", {}, list.adding ? adding()
      : [el("button", { type: "button", "data-act": "item" }, `+ ${t("New item")}`), el("span", {}, plural("{n} left", "{n} left", left))]),
  ];
}

function adding(): Child {
  return el("form", { "data-form": "item" }, el("label", { class: "sr", for: "item" }, t("New item")),
    el("input", { id: "item", name: "text", type: "text", class: "text", maxlength: 1600, autocomplete: "off", enterkeyhint: "done" }), el("button", { type: "submit" }, t("Add")));
}

function lists(list: Listed): Child[] {
  return [
    el("header", {}, el("span", {}), el("span", {})),
    el("main", {}, el("h1", {}, t("Lists")), el("ul", {}, el("li", {}, el("button", { type: "button", class: "row", "data-act": "list" }, t(list.disguise.title))))),
    el("footer", {}, el("span", {}, t("1 list")), el("span", {})),
  ];
}

function code(list: Listed): Child[] {
  return [
    el("header", {}, el("button", { type: "button", class: "back", "data-act": "list" }, t("Lists")), el("span", {})),
    el("main", {}, el("h1", {}, t("Locked")),
      el("form", { "data-form": "pin" }, el("label", { class: "stackd", for: "pin" }, t("Passcode")),
        el("input", { id: "pin", name: "pin", type: "password", class: "text", inputmode: "numeric", autocomplete: "off", pattern: "[0-9]{4,12}", required: true, maxlength: 12, "aria-describedby": "pin-said" }),
        el("p", { id: "pin-said" }, list.said), el("button", { type: "submit" }, t("Open")))),
    el("footer", {}, el("span", {}), el("span", {})),
  ];
}
