// The silent screen: an ordinary list. It shares no word, colour, icon or stylesheet with the rest, names nobody,
// makes no sound and announces nothing. The first five ticks tell the truth, learned on the worker's own phone.
import { el, type Child } from "./dom.ts";

export interface Disguise {
  title: string;
  items: readonly string[];
}

const disguises: readonly Disguise[] = [
  { title: "Groceries", items: ["Oat milk", "Bread, the seeded one", "Eggs", "Bananas", "Washing-up liquid", "Cat food", "Light bulbs, small screw", "Birthday card for Mum"] },
  { title: "Weekend", items: ["Return library books", "Pump up bike tyres", "Batteries", "Water the ferns", "Drop off parcel", "Trim hedge", "Wash the car", "Bake something"] },
  { title: "Packing", items: ["Socks", "Phone charger", "T-shirts", "Toothbrush", "Rain jacket", "Book", "Swimming things", "Snacks for the train"] },
  { title: "Hardware shop", items: ["Sandpaper", "Wood glue", "Screws, 40 mm", "Picture hooks", "Masking tape", "Small brush", "Grey primer", "Bin bags"] },
];

/** Differs from person to person, and in its order, so that knowing one list is not knowing them all. */
export function disguiseOf(fingerprint: string): Disguise {
  const seed = Array.from(fingerprint).reduce((sum, char) => (sum * 31 + (char.codePointAt(0) ?? 0)) >>> 0, 7);
  const { title, items } = disguises[seed % disguises.length] ?? { title: "List", items: [] };
  const turn = Math.floor(seed / disguises.length) % items.length;
  return { title, items: [...items.slice(turn), ...items.slice(0, turn)] };
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
  const items = [...list.disguise.items, ...list.own];
  const done = (item: string, n: number): boolean => (n < 5 ? n < list.ticks : list.ticked.has(item));
  const left = items.filter((item, n) => !done(item, n)).length;
  return [
    el("header", {}, el("button", { type: "button", class: "back", "data-act": "lists" }, "Lists"),
      el("button", { type: "button", "data-act": "share" }, list.shared ? "Shared" : "Share")),
    el("main", {},
      el("h1", {}, el("button", { type: "button", class: "title" }, list.disguise.title)),
      el("p", { class: "meta" }, `Today, ${list.time} \u00b7 ${list.synced ? "Synced" : "Not synced"}`),
      el("ul", {}, items.map((item, n) => el("li", { "data-key": item },
        el("label", {}, el("input", { type: "checkbox", checked: done(item, n), "data-item": n < 5 ? null : item, "data-fixed": n < 5 }), " ",
          el("span", {}, item), n === 2 && list.people ? [" ", el("small", {}, list.people)] : null))))),
    el("footer", {}, list.adding ? adding() : el("button", { type: "button", "data-act": "item" }, "+ New item"), el("span", {}, `${left} left`)),
  ];
}

function adding(): Child {
  return el("form", { "data-form": "item" }, el("label", { class: "sr", for: "item" }, "New item"),
    el("input", { id: "item", name: "text", type: "text", class: "text", maxlength: 1600, autocomplete: "off", enterkeyhint: "done" }), el("button", { type: "submit" }, "Add"));
}

function lists(list: Listed): Child[] {
  return [
    el("header", {}, el("span", {}), el("span", {})),
    el("main", {}, el("h1", {}, "Lists"), el("ul", {}, el("li", {}, el("button", { type: "button", class: "row", "data-act": "list" }, list.disguise.title)))),
    el("footer", {}, el("span", {}, "1 list"), el("span", {})),
  ];
}

function code(list: Listed): Child[] {
  return [
    el("header", {}, el("button", { type: "button", class: "back", "data-act": "list" }, "Back"), el("span", {})),
    el("main", {}, el("h1", {}, "Locked"),
      el("form", { "data-form": "pin" }, el("label", { class: "stackd", for: "pin" }, "Passcode"),
        el("input", { id: "pin", name: "pin", type: "password", class: "text", inputmode: "numeric", autocomplete: "off", pattern: "[0-9]{4,12}", required: true, maxlength: 12, "aria-describedby": "pin-said" }),
        el("p", { id: "pin-said" }, list.said), el("button", { type: "submit" }, "Open"))),
    el("footer", {}, el("span", {}), el("span", {})),
  ];
}
