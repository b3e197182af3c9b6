// What a phone knows of its own presses, and how each thing that happens changes it. Values in, values out: no clock, no
// network, no store and no page.
//
// Theory of operation
// -------------------
// At most one press waits, always the newest: a second one before the first has gone out is the same call for help, and
// only makes the next try come now. But the server may have had the first, and only its answer was lost: where it turns
// out that the alert of the first is over by now, the second is a call of its own (`anew`). Silent once, silent it stays.
// A press that was taken stays, so that the ladder knows when it was made. Words and places follow a press and never
// overtake it; of two places by satellite that wait only the newer one is worth sending.

export interface Made {
  readonly key: string;
  readonly at: number; // By the clock of this phone, in milliseconds.
  readonly occurred?: string; // By the server's clock where it was known; else by this phone's.
  readonly silent: boolean;
}
export interface Press extends Made {
  readonly anew?: Made; // Pressed since the server may have had this one.
  readonly tries: number;
  readonly failed: "" | "no_connection" | "refused" | "not_enrolled";
  readonly taken: number | null;
}
export interface Addition {
  readonly path: "notes" | "places";
  readonly body: unknown;
  readonly key?: string; // Of words: sent again because the answer was lost, they stand once.
}
export interface Outgoing {
  readonly presses: readonly Press[];
  readonly alert: string | null;
  readonly additions: readonly Addition[];
  readonly lost?: number; // When the server said that it does not know the alert, or 0; kept, so that a reload says so too.
}

export const NOTHING: Outgoing = { presses: [], alert: null, additions: [] };
export const AGAIN_MS = 2_000;
export const DOUBT_MS = 3_000; // Within three seconds the worker is told the truth.
const LOST_SAID_MS = 3_600_000; // Long enough to be read by whoever looks again; then it is about another day.
const PRESSES_MAX = 50; // Of those taken; nobody rings more often in one alert than can be counted.
const ADDITIONS_MAX = 200; // Words and places that wait for a network; the oldest go first, a press never.

export const waiting = ({ presses }: Outgoing): Press | undefined => presses.find((press) => press.taken === null);

/** Ring. `made` is a new press; it is not needed where one waits already. */
export function pressed(was: Outgoing, made: Made): Outgoing {
  const press = waiting(was);
  if (!press) return { ...was, presses: [...was.presses.slice(1 - PRESSES_MAX), fresh(made)] };
  const silent = press.silent || made.silent;
  if (!press.tries && silent === press.silent) return was;
  return changed(was, press.key, (one) => ({ ...one, silent, ...(one.tries ? { anew: { ...made, silent } } : {}) }));
}

export const fresh = (made: Made): Press => ({ ...made, tries: 0, failed: "", taken: null });

/** Kept by an earlier page that did not live to send it. */
export function found(was: Outgoing, press: Press): Outgoing {
  return waiting(was) || was.presses.some(({ key }) => key === press.key) ? was : { ...was, presses: [...was.presses, press] };
}

export const trying = (was: Outgoing, key: string): Outgoing => changed(was, key, (press) => ({ ...press, tries: press.tries + 1 }));

export const failed = (was: Outgoing, key: string, why: Press["failed"]): Outgoing =>
  changed(was, key, (press) => (press.taken === null ? { ...press, failed: why } : press));

/**
 * The server has it. `alert`: its id, where this phone may know one; `over`: that alert has ended before this was heard.
 * The first receipt of a press counts.
 */
export function took(was: Outgoing, key: string, alert: string | undefined, at: number, over = false): Outgoing {
  const press = was.presses.find((one) => one.key === key);
  if (!press || press.taken !== null) return was;
  const { anew, ...taken } = { ...press, taken: at, failed: "" as const };
  if (over && anew) return { ...was, presses: [fresh(anew)], alert: null, lost: 0 };
  return { ...changed(was, key, () => taken), alert: alert ?? was.alert, lost: 0 };
}

export function added(was: Outgoing, addition: Addition, underWay: Addition | null): Outgoing {
  const stay = was.additions.filter((one) => one === underWay || !(isFix(one) && isFix(addition)));
  return { ...was, additions: [...stay, addition].slice(-ADDITIONS_MAX) };
}

export const said = (was: Outgoing, addition: Addition): Outgoing => ({ ...was, additions: was.additions.filter((one) => one !== addition) });

/** What may be told now: nothing before the press that it belongs to. */
export const next = (now: Outgoing): Addition | undefined => (now.alert && !waiting(now) ? now.additions[0] : undefined);

/** An alert of this worker that was raised elsewhere, by text or from another device. */
export const adopted = (was: Outgoing, alert: string): Outgoing => (was.alert || waiting(was) ? was : { ...was, alert });

/** The alert is over and the worker has read so, or the server does not know it. A press that still waits stays. */
export function forgotten(was: Outgoing, lost = 0): Outgoing {
  const press = waiting(was);
  return { ...NOTHING, presses: press ? [press] : [], lost };
}

export const wasLost = ({ lost = 0 }: Outgoing, now: number): boolean => now - lost < LOST_SAID_MS;

/** What stood in a store; nothing, where that is not what we wrote. */
export function read(text: string | null): Outgoing {
  try {
    const given = JSON.parse(text ?? "") as Outgoing;
    if (Array.isArray(given.presses) && Array.isArray(given.additions)) return given;
  } catch {
    // Nothing kept yet, or not ours: an empty outbox is the truth.
  }
  return NOTHING;
}

function changed(was: Outgoing, key: string, how: (press: Press) => Press): Outgoing {
  return { ...was, presses: was.presses.map((press) => (press.key === key ? how(press) : press)) };
}

const isFix = ({ path, body }: Addition): boolean => path === "places" && (body as { kind?: string } | null)?.kind === "fix";
