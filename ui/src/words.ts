// How the pages say things: ages in words, clock times with seconds, people by their first name.
import { language, t, words, type Words } from "./say.ts";
import { wall } from "./wall.ts";

export function ago(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 1) return t("just now");
  if (s < 100) return t("{n} s ago", { n: s });
  if (s < 5400) return t("{n} min ago", { n: Math.round(s / 60) });
  return t("{n} h ago", { n: Math.round(s / 3600) });
}

const two = (n: number): string => String(n).padStart(2, "0");

/** A running clock: 1:47, or 1:02:03 from an hour on. Never negative. */
export function clock(ms: number, round: (n: number) => number = Math.floor): string {
  const s = Math.max(0, round(ms / 1000));
  const hours = Math.floor(s / 3600);
  const minutes = Math.floor((s % 3600) / 60);
  return hours ? `${hours}:${two(minutes)}:${two(s % 60)}` : `${minutes}:${two(s % 60)}`;
}

// Written here and not by Intl: its first format of a page keeps a slow phone from its first drawing for a tenth of a second.
export const hourOf = (ms: number): string => two(wall(ms).getUTCHours());
export const hourAndMinute = (ms: number): string => `${hourOf(ms)}:${two(wall(ms).getUTCMinutes())}`;
export const at = (ms: number): string => `${hourAndMinute(ms)}:${two(wall(ms).getUTCSeconds())}`;

const days = [words("Sunday"), words("Monday"), words("Tuesday"), words("Wednesday"), words("Thursday"), words("Friday"), words("Saturday")];
const months = [words("{day} January"), words("{day} February"), words("{day} March"), words("{day} April"), words("{day} May"), words("{day} June"), words("{day} July"), words("{day} August"), words("{day} September"), words("{day} October"), words("{day} November"), words("{day} December")];

/** Thursday 11 June. */
export function dayOf(ms: number): string {
  const date = wall(ms);
  const [weekday, month] = [days[date.getUTCDay()], months[date.getUTCMonth()]];
  return weekday && month ? t("{weekday} {day}", { weekday: t(weekday), day: t(month, { day: date.getUTCDate() }) }) : "";
}

/** Of another day than today, that day too: what ended weeks ago must not read as if it were this morning. */
export const atOn = (ms: number, now: number): string => (dayOf(ms) === dayOf(now) ? at(ms) : `${dayOf(ms)}, ${hourAndMinute(ms)}`);

export const first = (name: string): string => name.trim().split(/\s+/)[0] ?? name;

export function initials(name: string): string {
  const parts = name.trim().split(/\s+/);
  return ((parts[0]?.[0] ?? "") + (parts.length > 1 ? (parts.at(-1)?.[0] ?? "") : "")).toUpperCase();
}

const LOCALES = { en: "en-GB", es: "es" };
const and: Partial<Record<"en" | "es", Intl.ListFormat>> = {}; // Making a format is dear, so each is made once.

/** Dana, Priya and Luis. */
export const list = (names: readonly string[]): string => (and[language()] ??= new Intl.ListFormat(LOCALES[language()], { type: "conjunction" })).format(names);

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
