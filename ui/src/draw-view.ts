// How a drawing looks on its sheet. Solid is what is saved, dashed what is drawn and not saved yet. Corners are square: only
// people are round. Everything keeps its size on the screen however near one looks, so a thumb finds a corner again.
import type { Drawing } from "./draw-machine.ts";
import { apart, crossings, holds, meeting, MOST, read, WIDTH, type Outline, type Point, type View } from "./draw-shape.ts";

export interface Neighbour {
  readonly name: string;
  readonly outline: Outline;
}
export interface Sizes {
  readonly unit: number; // Of the sheet, for one pixel of the screen.
  readonly corner: number; // Half of a corner's side, in pixels.
}

const LETTER_PX = 7.4; // Of most letters at that size.
const LABEL_PX = 14;

function shape(name: string, attributes: Record<string, string | number | boolean>): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) if (value !== false) made.setAttribute(key, value === true ? "" : String(value));
  return made;
}

const path = (corners: Outline, closed: boolean): string => (corners.length ? `M${corners.map((p) => p.join(" ")).join("L")}${closed ? "Z" : ""}` : "");

const square = (cls: string, [x, y]: Point, half: number, more: Record<string, string | number | boolean> = {}): SVGElement =>
  shape("rect", { class: cls, x: x - half, y: y - half, width: 2 * half, height: 2 * half, ...more });

const diamond = (cls: string, [x, y]: Point, half: number): SVGElement =>
  shape("path", { class: cls, d: `M${x} ${y - half}L${x + half} ${y}L${x} ${y + half}L${x - half} ${y}Z` });

/** The middles of the edges, where a corner can be put in. */
export const middles = (d: Drawing): Point[] =>
  d.closed && d.most > 2 && d.corners.length > 2 ? d.corners.map((a, n): Point => {
    const b = d.corners[(n + 1) % d.corners.length] as Point;
    return [Math.round((a[0] + b[0]) / 2), Math.round((a[1] + b[1]) / 2)];
  }) : [];

/** The draft on top of everything: its edges, what is wrong, its corners, the cross. */
export function drawDraft(group: Element, d: Drawing, view: View, { unit, corner }: Sizes, aims: boolean): void {
  const half = corner * unit;
  const ring = d.closed && d.corners.length > 2;
  const parts = [d.most > 2 ? shape("path", { class: ring ? "area" : "edge", d: path(d.corners, ring) }) : null];
  const last = d.corners.at(-1);
  if (aims && !d.closed && last && d.most > 2) parts.push(shape("path", { class: "band", d: path([last, d.at], false) }));
  parts.push(...middles(d).filter((point, n) => apart(point, d.corners[n] as Point) > 3 * half).map((point) => square("mid", point, half * 0.55)));
  parts.push(...d.corners.map((point, n) => square("corner", point, half, {
    "data-n": n + 1, "data-first": n === 0 && !d.closed, "data-chosen": n === d.chosen || n === d.held })));
  const wrong = d.corners.length > MOST ? [] : crossings(d.corners, ring); // Of thousands each with each other: it would hang.
  parts.push(...wrong.map((pair) => diamond("wrong", meeting(d.corners, pair), half * 1.6)));
  if (d.most === 2) parts.push(...d.corners.map(([x, y], n) => numbered(x + half * 2, y + half, n + 1, unit)));
  if (aims) parts.push(cross(d, view));
  group.replaceChildren(...parts.filter((part) => part !== null));
}

function numbered(x: number, y: number, n: number, unit: number): SVGElement {
  const text = shape("text", { x, y, "font-size": LABEL_PX * unit });
  text.textContent = String(n);
  return text;
}

/** Over all of the window, so that it is found at a glance. */
function cross({ at: [x, y], height }: Drawing, view: View): SVGElement {
  const h = (view.w * height) / WIDTH;
  return shape("path", { class: "cross", d: `M${view.x} ${y}H${view.x + view.w}M${x} ${view.y}V${view.y + h}` });
}

/** Names as large as any text, at whatever size the sheet is; one that has no room waits until somebody looks closer. */
export function fitLabels(svg: Element, unit: number): void {
  for (const label of svg.querySelectorAll(".drawn text") as NodeListOf<SVGElement>) {
    const [room = 0, high = 0] = ["room", "high"].map((which) => Number(label.dataset[which] ?? 0) / unit);
    const name = (label.dataset["name"] ??= label.textContent ?? "");
    const lines = room && room < name.length * LETTER_PX ? halves(name) : [name];
    const fits = room === 0 || (lines.length * LABEL_PX * 1.3 <= high && lines.every((line) => line.length * LETTER_PX <= room));
    label.setAttribute("font-size", String(LABEL_PX * unit));
    label.toggleAttribute("data-narrow", !fits);
    label.replaceChildren(...lines.map((line, n) => span(line, label.getAttribute("x") ?? "0", n ? 1.15 : room ? (1 - lines.length) * 0.575 : -0.7)));
  }
  for (const label of svg.querySelectorAll(".ruler text")) label.setAttribute("font-size", String(LABEL_PX * unit));
}

function span(text: string, x: string, dy: number): SVGElement {
  const made = shape("tspan", { x, dy: `${dy}em` });
  made.textContent = text;
  return made;
}

/** In two lines, as evenly as its words let it be. */
function halves(name: string): string[] {
  const blanks = [...name.matchAll(/\s+/g)].map(({ index }) => index);
  const best = blanks.sort((a, b) => Math.abs(a - name.length / 2) - Math.abs(b - name.length / 2))[0];
  return best === undefined ? [name] : [name.slice(0, best), name.slice(best).trim()];
}

/** Of the sheet, for one pixel of the screen, however it is fitted into its frame. */
export const unitOf = (svg: SVGGraphicsElement): number => 1 / Math.max(svg.getScreenCTM()?.a ?? 0, 1e-4);

/** What else is drawn here. */
export const neighbours = (svg: Element): Neighbour[] =>
  [...svg.querySelectorAll<SVGElement>(".drawn [data-outline]")].map((one) => ({
    name: one.dataset["name"] ?? "", outline: read((one.dataset["outline"] ?? "").replaceAll("; ", "\n")) ?? [] }));

/** The smallest of those that the point lies in comes last. */
export const around = (known: readonly Neighbour[], at: Point): string[] =>
  known.filter(({ outline }) => outline.length > 2 && holds(outline, at)).map(({ name }) => name);
