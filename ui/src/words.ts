// How the pages say things: ages in words, clock times with seconds, people by their first name.

export function ago(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 1) return "just now";
  if (s < 100) return `${s} s ago`;
  if (s < 5400) return `${Math.round(s / 60)} min ago`;
  return `${Math.round(s / 3600)} h ago`;
}

/** A running clock: 1:47, or 1:02:03 from an hour on. Never negative. */
export function clock(ms: number, round: (n: number) => number = Math.floor): string {
  const s = Math.max(0, round(ms / 1000));
  const two = (n: number): string => String(n).padStart(2, "0");
  const hours = Math.floor(s / 3600);
  const minutes = Math.floor((s % 3600) / 60);
  return hours ? `${hours}:${two(minutes)}:${two(s % 60)}` : `${minutes}:${two(s % 60)}`;
}

const timeOfDay = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const shortTime = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });

export const at = (ms: number): string => timeOfDay.format(ms);
export const hourAndMinute = (ms: number): string => shortTime.format(ms);
export const dayOf = (ms: number): string => day.format(ms);

export const first = (name: string): string => name.trim().split(/\s+/)[0] ?? name;

export function initials(name: string): string {
  const parts = name.trim().split(/\s+/);
  return ((parts[0]?.[0] ?? "") + (parts.length > 1 ? (parts.at(-1)?.[0] ?? "") : "")).toUpperCase();
}

/** Dana, Priya and Luis. */
export function list(names: readonly string[]): string {
  if (names.length < 2) return names[0] ?? "";
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
}

export const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

export const outcomes: Record<string, string> = {
  safe: "Safe",
  false_alarm: "False alarm",
  medical: "Medical",
  police: "Police took over",
  other: "Something else",
};

export const purposes: Record<string, string> = {
  ring: "",
  all_clear: "All clear",
  real_alert: "Real alert",
  drill_over: "Drill over",
  closing: "About the close",
  reply: "Reply",
  reach_test: "Reach test",
};

export const reasons: Record<string, string> = {
  opted_out: "they texted STOP",
  number_dead: "the number is dead",
  address_dead: "the address is dead",
  phone_off: "the phone is off",
  filtered: "the carrier filtered it",
  sender_unregistered: "our number is not registered",
  sender_suspended: "our number is suspended",
  destination_blocked: "the carrier blocks the number",
  rate_limited: "the carrier is slowing us down",
  vendor_down: "the carrier is down",
  vendor_refused: "the carrier refused it",
  nobody_knows: "nobody knows if it arrived",
  deferred: "the mail server wants it later",
  voicemail: "a machine took the call",
  no_answer: "nobody picked up",
  cut_off: "the call was cut off",
  expired: "it came too late",
  no_contact: "no way to reach them",
  emergency_number: "it is an emergency number",
  alert_closed: "the alert closed first",
  no_longer_a_recipient: "no longer to be told",
  answered_meanwhile: "they answered first",
  newer_message: "a newer one was sent",
  drill_ended: "the drill ended",
  heard_on_call: "they heard it on a call",
};

/** What a machine's word means to a person; an unknown one is shown as it is, without the underscores. */
export const say = (table: Record<string, string>, word: string): string => table[word] ?? word.replaceAll("_", " ");
