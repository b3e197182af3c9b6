// How large the words of a wall are. They follow the window, so the browser's own zoom changes little: this does instead.
import { el, type Child } from "./dom.ts";
import { t } from "./say.ts";
import { store, stored } from "./stored.ts";

const KEPT = "tocsin.size";
const SIZES = [0.7, 0.8, 0.9, 1, 1.15, 1.3, 1.5, 1.75, 2];
const PLAIN = SIZES.indexOf(1);

let worn = 1; // Where nothing is kept, it lasts as long as the page.
const kept = (): number => {
  const found = SIZES.indexOf(Number(stored(KEPT) ?? worn));
  return found < 0 ? PLAIN : found;
};

function wear(): void {
  document.documentElement.style.setProperty("--size", String(SIZES[kept()] ?? 1));
}

export function resize(step: number): void {
  const size = SIZES[Math.min(Math.max(kept() + step, 0), SIZES.length - 1)] ?? 1;
  worn = size;
  store(KEPT, String(size));
  wear();
}

/** Two buttons for the mast of a wall; whoever shows them says what `smaller` and `larger` do. */
export function sizing(): Child {
  const one = (act: string, name: string, sign: string): Child => el("button", { class: "plain", type: "button", "data-act": act, "aria-label": name }, sign);
  return el("div", { class: "sizing", role: "group", "aria-label": t("Text size"), "data-key": "sizing" }, el("span", { "aria-hidden": "true" }, t("Text size")),
    one("smaller", t("Smaller text"), "\u2212"), one("larger", t("Larger text"), "+"));
}

wear();

const FITS = [1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4];
const NARROW = "(width <= 44rem)"; // A hand holds it, and scrolls.
let fitted = "";

/** Nobody can scroll a wall: where its words would run off its end, all of them become smaller, until they do not. */
export function fit(): void {
  const { documentElement: root, body, fonts } = document;
  const shown = [innerWidth, innerHeight, root.style.getPropertyValue("--size"), fonts.status, body.textContent?.replace(/\d+:\d\d/g, "")].join();
  if (shown === fitted) return;
  fitted = shown;
  for (const size of matchMedia(NARROW).matches ? [1] : FITS) {
    root.style.setProperty("--fit", String(size));
    if (root.scrollHeight <= innerHeight) return;
  }
}
