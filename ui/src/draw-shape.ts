// What a corner, an outline and a window onto a sheet are: whole numbers and plane geometry, nothing of a page.
//
// A corner is (x, y) in ten-thousandths of the sheet's width, from its upper left. The server asks the same of an outline
// (core/place.py): whatever is found wrong here is refused there, and a test compares the two.
export type Point = readonly [x: number, y: number];
export type Outline = readonly Point[];

export const WIDTH = 10_000;
export const MOST = 200;

export const same = (a: Point, b: Point): boolean => a[0] === b[0] && a[1] === b[1];
export const apart = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** Whole numbers, on the sheet. */
export const onSheet = ([x, y]: Point, height: number): Point => [bound(Math.round(x), 0, WIDTH), bound(Math.round(y), 0, height)];

export const bound = (n: number, least: number, most: number): number => Math.min(Math.max(n, least), most);

// Text ------------------------------------------------------------------------------------------------------------

const CORNER = /^(\d{1,4}(?:[.,]\d{1,2})?)[\s;]+(\d{1,4}(?:[.,]\d{1,2})?)$/;
const units = (text = ""): number => Math.round(Number(text.replace(",", ".")) * 100);
const hundredths = (n: number): string => String(n / 100);

/** One corner a line, across and down, in hundredths of the sheet's width: "34 20.5". Null: a line is no corner. */
export function read(text: string): Outline | null {
  const found = text.split("\n").map((line) => line.trim()).filter(Boolean).map((line) => CORNER.exec(line));
  return found.includes(null) ? null : found.map((parts): Point => [units(parts?.[1]), units(parts?.[2])]);
}

export const written = (corners: Outline): string => corners.map((point) => point.map(hundredths).join(" ")).join("\n");

// Crossings -------------------------------------------------------------------------------------------------------

/** Twice the area of a triangle: positive where c lies to one side of a-b, negative to the other, 0 on the line. */
const side = (a: Point, b: Point, c: Point): number => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);

const within = (a: Point, b: Point, c: Point): boolean =>
  Math.min(a[0], b[0]) <= c[0] && c[0] <= Math.max(a[0], b[0]) && Math.min(a[1], b[1]) <= c[1] && c[1] <= Math.max(a[1], b[1]);

/** Do the two stretches have a point in common, touching included? */
export function meet(a: Point, b: Point, c: Point, d: Point): boolean {
  const [abc, abd, cda, cdb] = [side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)].map(Math.sign);
  if (abc !== abd && cda !== cdb) return true;
  return [[abc, a, b, c], [abd, a, b, d], [cda, c, d, a], [cdb, c, d, b]].some(
    ([sign, from, to, at]) => sign === 0 && within(from as Point, to as Point, at as Point));
}

/** Two edges that share the corner b: does the second run back over the first? */
const doublesBack = (a: Point, b: Point, c: Point): boolean =>
  side(a, b, c) === 0 && (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1]) < 0;

/** Every pair of edges that meet where they should not; edge n leads from corner n to the next one. */
export function crossings(corners: Outline, closed: boolean): [number, number][] {
  const count = corners.length;
  const edges = closed && count > 2 ? count : count - 1;
  const at = (n: number): Point => corners[n % count] as Point;
  const found: [number, number][] = [];
  for (let i = 0; i < edges; i++) {
    for (let j = i + 1; j < edges; j++) {
      const next = j === i + 1;
      const last = closed && i === 0 && j === edges - 1;
      if (next && last) continue;
      const wrong = next ? doublesBack(at(i), at(j), at(j + 1)) : last ? doublesBack(at(j), at(i), at(i + 1))
        : meet(at(i), at(i + 1), at(j), at(j + 1));
      if (wrong) found.push([i, j]);
    }
  }
  return found;
}

/** Where two edges meet, to be shown: the crossing itself, or the middle of what they share. */
export function meeting(corners: Outline, [i, j]: readonly [number, number]): Point {
  const [a, b] = [corners[i], corners[(i + 1) % corners.length]] as [Point, Point];
  const [c, d] = [corners[j], corners[(j + 1) % corners.length]] as [Point, Point];
  const slope = (b[0] - a[0]) * (d[1] - c[1]) - (b[1] - a[1]) * (d[0] - c[0]);
  if (slope === 0) return [Math.round((b[0] + c[0]) / 2), Math.round((b[1] + c[1]) / 2)];
  const part = ((c[0] - a[0]) * (d[1] - c[1]) - (c[1] - a[1]) * (d[0] - c[0])) / slope;
  return [Math.round(a[0] + part * (b[0] - a[0])), Math.round(a[1] + part * (b[1] - a[1]))];
}

export type Fault = "too_few" | "too_many" | "outside" | "same_corner" | "no_area" | "crosses"; // The server's words.

/** What the server would refuse about this outline as it stands. `line`: two corners will do. */
export function faults(corners: Outline, height: number, line: boolean): Fault[] {
  const found: Fault[] = [];
  const count = corners.length;
  if (count === 0 || (count === 2 && !line)) found.push("too_few");
  if (count > MOST) found.push("too_many");
  if (corners.some(([x, y]) => x < 0 || y < 0 || x > WIDTH || y > height)) found.push("outside");
  if (new Set(corners.map(String)).size < count) found.push("same_corner");
  else if (count > 2 && count <= MOST && flat(corners)) found.push("no_area");
  else if (count > 2 && count <= MOST && crossings(corners, true).length) found.push("crosses");
  return found;
}

const flat = (corners: Outline): boolean => corners.every((corner) => side(corners[0] as Point, corners[1] as Point, corner) === 0);

/** Does the point lie inside (or is it the point itself)? By the rule of odd crossings. */
export function holds(corners: Outline, [x, y]: Point): boolean {
  let inside = false;
  corners.forEach((a, n) => {
    const b = corners[(n + corners.length - 1) % corners.length] as Point;
    if (a[1] > y !== b[1] > y && x < ((b[0] - a[0]) * (y - a[1])) / (b[1] - a[1]) + a[0]) inside = !inside;
  });
  return inside;
}

// What is near ----------------------------------------------------------------------------------------------------

/** The nearest corner within `reach`; -1: none. */
export function nearest(corners: Outline, at: Point, reach: number): number {
  let found = -1;
  let best = reach;
  corners.forEach((corner, n) => {
    const far = apart(corner, at);
    if (far <= best) [found, best] = [n, far];
  });
  return found;
}

/** The point of the stretch a-b that is nearest to p. */
function foot(a: Point, b: Point, p: Point): Point {
  const length = apart(a, b) ** 2;
  const part = length === 0 ? 0 : bound(((p[0] - a[0]) * (b[0] - a[0]) + (p[1] - a[1]) * (b[1] - a[1])) / length, 0, 1);
  return [a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])];
}

/** The nearest edge within `reach`; -1: none. */
export function nearestEdge(corners: Outline, at: Point, reach: number): number {
  let found = -1;
  let best = reach;
  const edges = corners.length > 2 ? corners.length : corners.length - 1;
  for (let n = 0; n < edges; n++) {
    const far = apart(foot(corners[n] as Point, corners[(n + 1) % corners.length] as Point, at), at);
    if (far <= best) [found, best] = [n, far];
  }
  return found;
}

// The window onto the sheet ---------------------------------------------------------------------------------------

export interface View {
  readonly x: number;
  readonly y: number;
  readonly w: number;
}
export const WHOLE: View = { x: 0, y: 0, w: WIDTH };
const CLOSEST = WIDTH / 32;

/** Nearer by `factor`, with `around` where it was in the window. */
export function zoomed(view: View, factor: number, around: Point, height: number): View {
  const w = bound(view.w / factor, CLOSEST, WIDTH);
  const part = w / view.w;
  return kept({ x: around[0] - (around[0] - view.x) * part, y: around[1] - (around[1] - view.y) * part, w }, height);
}

export const moved = (view: View, dx: number, dy: number, height: number): View => kept({ ...view, x: view.x + dx, y: view.y + dy }, height);

/** So that `at` is in the window, with some of the sheet around it. */
export function following(view: View, at: Point, height: number): View {
  const h = (view.w * height) / WIDTH;
  const edge = view.w / 12;
  const x = bound(view.x, at[0] - view.w + edge, at[0] - edge);
  const y = bound(view.y, at[1] - h + edge, at[1] - edge);
  return kept({ ...view, x, y }, height);
}

function kept(view: View, height: number): View {
  const h = (view.w * height) / WIDTH;
  return { x: bound(view.x, 0, WIDTH - view.w), y: bound(view.y, 0, height - h), w: view.w };
}
