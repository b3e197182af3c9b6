// What these pages say: in English as it stands in these files, in Spanish by the catalogue that the server's pages use.
//
// How to add a string: write `t("Ready")`, `t("{name} is coming", { name })`, `plural("{n} person", "{n} people", n)`, or
// `weave("Send {word} to {number}.", { word: el("strong", {}, "SOS"), number })` where a part of a sentence is an element.
// One that stands in a table and is shown later is marked there with `words("Seen")` and shown with `t(it)`. Then run
// tools/translate.py and write the Spanish into web/locale/es/LC_MESSAGES/tocsin.po: a test fails for what is missing, and
// for words that nobody marked. The build writes the Spanish beside the English, `t(["Ready","Listo"])`, so a phone without
// signal speaks it too. Show a string when the page is drawn, never once when a file is loaded: the language may yet change.
import type { Child } from "./dom.ts";

/** A string that is marked for the catalogue and not shown yet. */
export interface Words {
  readonly marked: unique symbol;
}
type Language = "en" | "es";
type Holes<S> = S extends `${string}{${infer Hole}}${infer Rest}` ? Hole | Holes<Rest> : never;
type Filling<S, V> = [Holes<S>] extends [never] ? [values?: Readonly<Record<string, V>>] : [values: Readonly<Record<Holes<S>, V>>];
type Marked<S> = S & (string extends S ? never : unknown);
type Built = string | readonly [english: string, spanish: string]; // What the build makes of a marked string.

export const language = (): Language => (document.documentElement.lang === "es" ? "es" : "en");

/** The language of whoever reads, once that is known; one that we do not speak changes nothing. */
export function speak(wanted: string | null | undefined): void {
  const root = document.documentElement;
  if ((wanted === "en" || wanted === "es") && root.lang !== wanted) root.lang = wanted;
}

// @__NO_SIDE_EFFECTS__
export function words(text: string): Words {
  return text as unknown as Words;
}

export function t<S extends string | Words>(text: Marked<S>, ...[values]: Filling<S, string | number>): string {
  return filled(told(text), values ?? {});
}

/** `n` fills its own hole. Both languages know one and many. */
export function plural(one: string, many: string, n: number, values: Readonly<Record<string, string | number>> = {}): string {
  return filled(told(n === 1 ? one : many), { n, ...values });
}

/** A sentence with elements in it, in the order in which this language wants them. */
export function weave<S extends string>(text: Marked<S>, ...[values]: Filling<S, Child>): Child[] {
  const given = (values ?? {}) as Readonly<Record<string, Child>>;
  return told(text).split(/\{(\w+)\}/).map((part, place) => (place % 2 ? given[part] : part));
}

function told(text: unknown): string {
  const built = text as Built;
  return typeof built === "string" ? built : built[language() === "es" ? 1 : 0];
}

const filled = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole));
