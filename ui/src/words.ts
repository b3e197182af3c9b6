// How the pages say things: ages in words, clock times with seconds, people by their first name.
import { language, t, words, type Words } from "./say.ts";

export function ago(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 1) return t("just now");
  if (s < 100) return t("{n} s ago", { n: s });
  if (s < 5400) return t("{n} min ago", { n: Math.round(s / 60) });
  return t("{n} h ago", { n: Math.round(s / 3600) });
}

/** A running clock: 1:47, or 1:02:03 from an hour on. Never negative. */
export function clock(ms: number, round: (n: number) => number = Math.floor): string {
  const s = Math.max(0, round(ms / 1000));
  const two = (n: number): string => String(n).padStart(2, "0");
  const hours = Math.floor(s / 3600);
  const minutes = Math.floor((s % 3600) / 60);
  return hours ? `${hours}:${two(minutes)}:${two(s % 60)}` : `${minutes}:${two(s % 60)}`;
}

const LOCALES = { en: "en-GB", es: "es" }; // Both write the clock with 24 hours.

/** In the language of the moment; making a format is dear, so each is made once. */
function spoken<F>(make: (locale: string) => F): () => F {
  const made: Partial<Record<"en" | "es", F>> = {};
  return () => (made[language()] ??= make(LOCALES[language()]));
}

const dated = (how: Intl.DateTimeFormatOptions): ((ms: number) => string) => {
  const format = spoken((locale) => new Intl.DateTimeFormat(locale, how));
  return (ms) => format().format(ms);
};

export const at = dated({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
export const hourAndMinute = dated({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
export const hourOf = dated({ hour: "2-digit", hourCycle: "h23" });
export const dayOf = dated({ weekday: "long", day: "numeric", month: "long" });

export const first = (name: string): string => name.trim().split(/\s+/)[0] ?? name;

export function initials(name: string): string {
  const parts = name.trim().split(/\s+/);
  return ((parts[0]?.[0] ?? "") + (parts.length > 1 ? (parts.at(-1)?.[0] ?? "") : "")).toUpperCase();
}

const and = spoken((locale) => new Intl.ListFormat(locale, { type: "conjunction" }));

/** Dana, Priya and Luis. */
export const list = (names: readonly string[]): string => and().format(names);

/** The same of a crowd: Dana, Priya, Luis and 7 more. */
export const few = (names: readonly string[]): string =>
  names.length > 4 ? t("{names} and {n} more", { names: names.slice(0, 3).join(", "), n: names.length - 3 }) : list(names);

export const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** They texted STOP. */
export const sentence = (text: string): string => (text ? `${capital(text)}.` : "");

export const outcomes: Record<string, Words> = {
  safe: words("Safe"),
  false_alarm: words("False alarm"),
  medical: words("Medical"),
  police: words("Police took over"),
  other: words("Something else"),
};

/** What a machine's word means to a person; an unknown one is shown as it is, without the underscores. */
export function say(table: Readonly<Record<string, Words>>, word: string): string {
  const known = table[word];
  return known === undefined ? word.replaceAll("_", " ") : t(known);
}
