// Drawing one outline, as a machine: a state, and pure acts that each give the next one. It knows no page, no mouse, no key.
//
// Theory of operation
// -------------------
// There is a cross (`at`), which a mouse, a finger or the arrow keys move, and there are corners. While the outline is open
// each corner set goes to its end; once it is closed, corners are moved, put in and taken out. A corner in hand (`held`)
// goes where the cross goes until it is put down. What an act changes of the corners can be undone, a whole drag at once.
import { MOST, nearest, onSheet, same, type Outline, type Point } from "./draw-shape.ts";

interface Kept {
  readonly corners: Outline;
  readonly closed: boolean;
}
export interface Drawing extends Kept {
  readonly height: number;
  readonly most: number; // Corners; two for the known points of a sheet.
  readonly at: Point;
  readonly held: number; // -1: none.
  readonly chosen: number; // The corner that Delete takes out; -1: none.
  readonly past: readonly Kept[];
  readonly future: readonly Kept[];
}

const UNDO_MAX = 200;

export function begun(corners: Outline, height: number, most = MOST): Drawing {
  const at: Point = corners[0] ?? [5_000, Math.round(height / 2)];
  return { corners, closed: corners.length > 0, height, most, at, held: -1, chosen: -1, past: [], future: [] };
}

/** The next state with other corners, and a way back to these. */
function changed(d: Drawing, corners: Outline, closed = d.closed): Drawing {
  const before: Kept = { corners: d.corners, closed: d.closed };
  return { ...d, corners, closed, past: [...d.past, before].slice(-UNDO_MAX), future: [] };
}

const replaced = (corners: Outline, n: number, point: Point): Outline => corners.map((corner, i) => (i === n ? point : corner));

// The cross -------------------------------------------------------------------------------------------------------

/** The cross goes there; a corner in hand goes with it. */
export function aimed(d: Drawing, to: Point): Drawing {
  const at = onSheet(to, d.height);
  return d.held < 0 ? { ...d, at } : { ...d, at, corners: replaced(d.corners, d.held, at) };
}

// Corners ---------------------------------------------------------------------------------------------------------

/** Take a corner in hand. The way back leads to before it was moved. */
export function taken(d: Drawing, n: number): Drawing {
  const at = d.corners[n];
  return at ? { ...changed(d, d.corners), held: n, chosen: n, at } : d;
}

/** Put down what is in hand. What went nowhere leaves no step to undo. */
export function put(d: Drawing): Drawing {
  if (d.held < 0) return d;
  const before = d.past.at(-1)?.corners[d.held];
  const still = before !== undefined && same(before, d.corners[d.held] as Point);
  return { ...d, held: -1, past: still ? d.past.slice(0, -1) : d.past };
}

/** Let go without having moved it. */
export function dropped(d: Drawing): Drawing {
  return d.held < 0 ? { ...d, chosen: -1 } : { ...undone({ ...d, held: -1 }), future: d.future, chosen: -1 };
}

/**
 * Enter, or a tap. In hand: put it down. Open: a corner here, or the end where the first one is. Closed: take the corner
 * that is here in hand. `reach`: how near counts as here.
 */
export function pressed(d: Drawing, reach: number): Drawing {
  if (d.held >= 0) return put(d);
  if (!d.closed) {
    const onFirst = d.corners.length > 2 && nearest(d.corners.slice(0, 1), d.at, reach) === 0;
    return onFirst ? finished(d) : added(d);
  }
  const here = nearest(d.corners, d.at, reach);
  return here < 0 ? { ...d, chosen: -1 } : taken(d, here);
}

export function added(d: Drawing): Drawing {
  if (d.corners.length >= d.most || d.corners.some((corner) => same(corner, d.at))) return d;
  const next = changed(d, [...d.corners, d.at], d.corners.length + 1 === d.most);
  return { ...next, chosen: -1 };
}

/** A new corner on the edge that begins at corner n, in hand at once. */
export function inserted(d: Drawing, n: number, point: Point): Drawing {
  if (d.corners.length >= d.most) return d;
  const at = onSheet(point, d.height);
  const corners = [...d.corners.slice(0, n + 1), at, ...d.corners.slice(n + 1)];
  return { ...changed(d, corners), held: n + 1, chosen: n + 1, at };
}

export function removed(d: Drawing, n: number): Drawing {
  if (!(n in d.corners)) return d;
  const corners = d.corners.filter((_, i) => i !== n);
  return { ...changed(d, corners, d.closed && corners.length > 0), held: -1, chosen: -1 };
}

/** Backspace: the chosen corner goes; else the last one, of an open outline; a closed one is open again. */
export function back(d: Drawing): Drawing {
  if (d.held >= 0 || d.chosen >= 0) return removed(d.held >= 0 ? put(d) : d, Math.max(d.held, d.chosen));
  if (d.closed && d.corners.length) return changed(d, d.corners, false);
  return removed(d, d.corners.length - 1);
}

export function finished(d: Drawing): Drawing {
  return d.closed || d.corners.length === 0 ? d : { ...changed(d, d.corners, true), chosen: -1 };
}

export function cleared(d: Drawing): Drawing {
  return d.corners.length ? { ...changed(d, [], false), held: -1, chosen: -1 } : d;
}

/** As it was typed. */
export function typed(d: Drawing, corners: Outline): Drawing {
  return { ...changed(d, corners, corners.length > 0), held: -1, chosen: -1 };
}

/** The next corner (or the one before) has the cross. */
export function stepped(d: Drawing, by: 1 | -1): Drawing {
  const count = d.corners.length;
  if (!count || d.held >= 0) return d;
  const chosen = d.chosen < 0 ? (by === 1 ? 0 : count - 1) : (d.chosen + by + count) % count;
  return { ...d, chosen, at: d.corners[chosen] as Point };
}

// There and back --------------------------------------------------------------------------------------------------

export function undone(d: Drawing): Drawing {
  const before = d.past.at(-1);
  if (!before) return d;
  const now: Kept = { corners: d.corners, closed: d.closed };
  return { ...d, ...before, held: -1, chosen: -1, past: d.past.slice(0, -1), future: [now, ...d.future] };
}

export function redone(d: Drawing): Drawing {
  const [next, ...future] = d.future;
  if (!next) return d;
  const now: Kept = { corners: d.corners, closed: d.closed };
  return { ...d, ...next, held: -1, chosen: -1, past: [...d.past, now], future };
}
