// Small pieces that more than one page shows.
import { el, icon, type Child } from "./dom.ts";
import { t } from "./say.ts";

export function mast(...right: Child[]): HTMLElement {
  return el("header", { class: "mast" }, el("span", { class: "name" }, icon("bell"), " Tocsin"), right);
}

export function board(id: string, title: Child, aside: Child, ...rows: Child[]): HTMLElement {
  return el("section", { class: "board", "data-key": id, "aria-labelledby": `${id}-h` },
    el("header", {}, el("h2", { id: `${id}-h` }, title), aside ? el("small", {}, aside) : null), rows);
}

/** No token in this tab, or one that the server does not know. */
export function needsLink(known: boolean): Child[] {
  return [
    el("h1", {}, known ? t("This link no longer works.") : t("Open the link you were given.")),
    el("p", {}, known
      ? t("Ask whoever runs Tocsin here for a new one. If you need help now, call the floor or 911.")
      : t("This page shows nothing without it. The link ends with a code that belongs to you alone.")),
  ];
}

/** A code, told as one of a single use: a browser offers to keep a password, for whoever searches this phone later. */
export function codeField(id: string, look = ""): HTMLElement {
  return el("input", { id, name: "pin", type: "password", class: look || null, inputmode: "numeric", autocomplete: "one-time-code", pattern: "[0-9]{4,12}", required: true, maxlength: 12, "aria-describedby": `${id}-said` });
}

export function drillbar(): HTMLElement {
  return el("aside", { class: "drillbar", "data-key": "drill", "aria-label": t("Drill") },
    el("strong", {}, t("DRILL")), el("span", {}, t("Practice. Nobody is in danger.")));
}
