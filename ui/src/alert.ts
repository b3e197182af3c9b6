// An alert as the API gives it, and the few questions that more than one page asks of it.

export interface Who {
  id: string;
  name: string;
}
export type Said = "seen" | "coming" | "with_them" | "cannot";
export interface Answer {
  member: Who;
  answer: Said;
  eta_s?: number | null;
  at: string;
  lapses_at?: string | null;
  counts?: boolean;
}
export interface Place {
  kind: "planned" | "zone" | "fix" | "spoken";
  label?: string | null;
  lat?: number | null;
  lon?: number | null;
  radius_m?: number | null;
  at: string;
}
export interface Delivery {
  id: string;
  member: Who;
  channel: string;
  contact?: string | null;
  purpose?: string;
  state: string;
  reason?: string | null;
  attempts?: number;
  at: string;
}
export interface Closing {
  by?: Who;
  by_worker?: boolean;
  confirmed_by?: Who | null;
  commits_at?: string | null;
  lapses_at?: string | null;
  outcome?: string | null;
  note?: string | null;
}
/** Asked of somebody, and not taken yet. */
export interface Handover {
  by: Who;
  to: Who;
  at: string;
  still_open?: string[];
  text?: string | null;
}
export interface Note {
  member?: Who | null;
  text: string;
  at: string;
}
export interface Police {
  member?: Who | null;
  who: string;
  number: string;
  at: string;
}
export interface Alert {
  id: string;
  kind: string;
  state: "climbing" | "paused" | "closed";
  drill?: boolean;
  silent?: boolean;
  attended?: boolean;
  closing?: Closing | null;
  run_by?: Who | null;
  handover?: Handover | null;
  still_open?: string[];
  can_take?: Who[];
  scripts?: { duty: string; text: string }[];
  says_safe?: boolean;
  under_duress?: boolean;
  member?: Who;
  site?: string; // For whoever sees all of it.
  raised_at: string;
  occurred_at?: string | null;
  closed_at?: string | null;
  places?: Place[];
  rung?: number | null;
  needed?: number; // So many must be on their way before nobody else is rung; an older server does not say.
  linked?: string[]; // Other alerts in the same place.
  next_rung_at?: string | null;
  answers?: Answer[];
  deliveries?: Delivery[];
  unreached?: { member: Who; reason: string }[];
  notes?: Note[];
  police?: Police[] | Police | null;
  outcome?: string | null;
  warnings?: string[];
  people_rung?: number;
  coming?: number; // On public screens.
  reaches_nobody?: boolean;
  number_misses?: { member: Who; misses: number }[];
  came?: string;
  you?: { member?: string | Who; may?: string[]; do?: string };
  server_now?: string;
}
/** An SOS word from a number that nobody has enrolled. */
export interface Stranger {
  id: string;
  sender: string;
  text: string;
  at: string;
}
export interface OwnRoll {
  id: string;
  safe_at: string | null;
}

export interface Site {
  id?: string;
  name: string;
  time_zone?: string;
  utc_offset_s?: number;
}

export interface Me {
  member: Who & { roles: string[]; site_phone?: string | null; language?: string };
  site?: string | Site | null;
  sites?: Site[]; // Where there are several, so that an alert can say at which it is.
  sos_numbers?: string[];
  on_shift_count?: number;
  would_ring?: number; // An older server does not say.
  addresses?: string[]; // Others at which the same server listens.
  calm?: boolean; // What a watch shows while nothing happens is theirs to read; an older server does not say.
  drill?: boolean;
  rolls?: OwnRoll[]; // Roll calls that ask this very person now.
  disabled?: { part: string; what: string; remedy: string }[];
}

export const ms = (time: string): number => Date.parse(time);

/** A loan still runs: only then does an answer say anything about now. */
export function runs(answer: Answer, now: number): boolean {
  return answer.answer === "cannot" || !answer.lapses_at || ms(answer.lapses_at) > now;
}

const rank: Record<Said, number> = { with_them: 0, coming: 1, seen: 2, cannot: 3 };

/** The newest answer of each person, the nearest helpers first. */
export function newest(alert: Alert): Answer[] {
  const by = new Map<string, Answer>();
  for (const answer of alert.answers ?? []) {
    const known = by.get(answer.member.id);
    if (!known || ms(known.at) <= ms(answer.at)) by.set(answer.member.id, answer);
  }
  return [...by.values()].sort((a, b) => rank[a.answer] - rank[b.answer] || ms(a.at) - ms(b.at));
}

export function saying(alert: Alert, said: Said, now: number): Answer[] {
  return newest(alert).filter((answer) => answer.answer === said && runs(answer, now));
}

export const siteName = (me: Me | null): string =>
  !me?.site ? "" : typeof me.site === "string" ? me.site : me.site.name;

/** The hours that this reader's screen keeps. */
export const timeOf = (me: Me | null): Site => (me?.site && typeof me.site !== "string" ? me.site : { name: "" });

/** At which of several sites it is; nothing where there is one, or whoever reads is not told. */
export const siteOf = (alert: Alert, me: Me | null): string => me?.sites?.find(({ id }) => id === alert.site)?.name ?? "";

/** May this reader do it? Where the server does not say, it decides when asked. */
export function may(alert: Alert, act: string): boolean {
  const granted = alert.you?.may;
  return !granted || granted.includes(act);
}
