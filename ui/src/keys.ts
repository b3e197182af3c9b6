// Single keys of the watch, and the page that lists them. They are off while somebody types, and can be turned off for
// good (WCAG 2.1.4). None of them makes anything quieter than it was but the sound of this one screen.
import { el, type Child } from "./dom.ts";
import { t, words, type Words } from "./say.ts";
import { store, stored } from "./stored.ts";

const KEPT = "tocsin.keys";
const TYPING = ":is(input,textarea,select,[contenteditable])";

const listed: readonly (readonly [string, Words])[] = [
  ["1 \u2026 9", words("Show that alert")],
  ["N", words("Write a note")],
  ["P", words("Record a police call")],
  ["H", words("Hand it over")],
  ["X", words("Propose to close")],
  ["R", words("Ring the next people now")],
  ["O", words("Object to the close")],
  ["M", words("Make this screen quiet for two minutes")],
  ["W", words("Go to the plan")],
  ["+ \u2212 0", words("On the plan: larger, smaller, all of it; arrows move it, Escape leaves it")],
  ["?", words("This list")],
];

let wanted = "on"; // Where nothing is kept, it lasts as long as the page.

export const keysOn = (): boolean => (stored(KEPT) ?? wanted) !== "off";

export function turnKeys(on: boolean): void {
  wanted = on ? "on" : "off";
  store(KEPT, wanted);
}

/** What `table` says for a key, unless somebody is typing, or holds another key with it, or wants none of this. */
export function keys(table: (key: string) => (() => void) | undefined): void {
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof Element && event.target.closest(TYPING);
    if (typing || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if ((!keysOn() && event.key !== "?") || document.querySelector("dialog[open]")) return; // Whoever reads the list does nothing yet.
    const act = table(event.key.toLowerCase());
    if (!act) return;
    event.preventDefault();
    act();
  });
}

/** Open what the key means and put the cursor into its first field. */
export function reach(field: string): void {
  const found = document.getElementById(field);
  found?.closest("details")?.setAttribute("open", "");
  found?.focus();
}

export function help(): Child {
  return el("dialog", { id: "keys", "data-key": "keys", "aria-labelledby": "keys-h" },
    el("h2", { id: "keys-h" }, t("Shortcut keys")),
    el("dl", { class: "facts" }, listed.map(([key, what]) => el("div", {}, el("dt", {}, el("kbd", {}, key)), el("dd", {}, t(what))))),
    el("p", {}, el("label", { class: "check" }, el("input", { type: "checkbox", "data-act": "turn-keys", checked: keysOn() }), " ", t("Use single keys on this screen"))),
    el("button", { class: "go", type: "button", "data-act": "close-keys" }, t("Close the list")));
}

export function showHelp(open: boolean): void {
  const dialog = document.getElementById("keys");
  if (!(dialog instanceof HTMLDialogElement) || dialog.open === open) return;
  if (open) dialog.showModal();
  else dialog.close();
}
