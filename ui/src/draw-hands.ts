// Mouse, finger and pen: a tap sets a corner, a drag moves one, two fingers look closer. A corner is hit within 48 px of a
// thumb, however small it is drawn, and keeps its distance to the finger that drags it, so that one sees where it goes.
import { added, aimed, dropped, inserted, put, taken } from "./draw-machine.ts";
import { moved, nearest, zoomed, type Point, type View } from "./draw-shape.ts";
import type { Table } from "./draw-table.ts";
import { middles } from "./draw-view.ts";
import { t } from "./say.ts";

const REACH_PX: Readonly<Record<string, number>> = { mouse: 12, pen: 16, touch: 24 };
const STILL_PX: Readonly<Record<string, number>> = { mouse: 3, pen: 5, touch: 8 }; // Moved no further, it was a tap.
const SNAP_PX = 9;
const STRAIGHT_PX = 5; // Walls are straight more often than not; with Alt neither counts.

interface Grip {
  readonly event: PointerEvent;
  readonly corner: number; // -1: none is under it.
  readonly edge: number; // Whose middle is under it; -1: none.
  readonly offset: Point;
  readonly view: View;
  readonly far: boolean; // Has it moved so far that it is no tap?
}

class Hands {
  private readonly down = new Map<number, PointerEvent>();
  private readonly spots: readonly Point[];
  private grip: Grip | null = null;

  constructor(private readonly table: Table) {
    this.spots = table.known.flatMap(({ outline }) => outline);
  }

  begin(event: PointerEvent): void {
    if (event.pointerType === "mouse" && event.button !== 0) return;
    const { svg, d, view } = this.table;
    this.down.set(event.pointerId, event);
    svg.setPointerCapture(event.pointerId);
    event.preventDefault();
    svg.focus({ preventScroll: true });
    if (this.down.size > 1) return this.letGo();
    const at = this.at(event);
    const reach = (REACH_PX[event.pointerType] ?? 12) * this.table.unit;
    const corner = nearest(d.corners, at, reach);
    const edge = corner < 0 ? nearest(middles(d), at, reach) : -1;
    const held = d.corners[corner] ?? middles(d)[edge] ?? at;
    this.grip = { event, corner, edge, offset: [held[0] - at[0], held[1] - at[1]], view, far: false };
  }

  move(event: PointerEvent): void {
    if (this.down.size === 2 && this.down.has(event.pointerId)) return this.pinch(event);
    const { grip, table } = this;
    if (!grip) {
      if (event.pointerType !== "mouse" || this.down.size || table.d.held >= 0) return;
      table.aims = true;
      return table.go(aimed(table.d, this.snapped(event, this.at(event))));
    }
    const { event: from } = grip;
    if (!grip.far && Math.hypot(event.clientX - from.clientX, event.clientY - from.clientY) < (STILL_PX[event.pointerType] ?? 3)) return;
    if (!grip.far) this.pickUp(grip);
    if (table.d.held < 0) {
      return table.look(moved(grip.view, (from.clientX - event.clientX) * table.unit, (from.clientY - event.clientY) * table.unit, table.height));
    }
    const at = this.at(event);
    table.go(aimed(table.d, this.snapped(event, [at[0] + grip.offset[0], at[1] + grip.offset[1]])));
  }

  end(event: PointerEvent): void {
    if (!this.down.delete(event.pointerId) || !this.grip) return;
    const { grip, table } = this;
    this.grip = null;
    if (!grip.far) return this.tap(event, grip);
    const n = table.d.held + 1;
    if (n > 0) table.turn(put(table.d), () => t("Corner {n} put down: {here}.", { n, here: table.here }));
  }

  cancel(event: PointerEvent): void {
    this.down.delete(event.pointerId);
    this.letGo();
  }

  leave(): void {
    if (!this.grip && !this.table.svg.matches(":focus-visible")) this.table.show(false);
  }

  wheel(event: WheelEvent): void {
    if (!event.ctrlKey) return; // A wheel alone scrolls the page.
    event.preventDefault();
    this.table.look(zoomed(this.table.view, Math.exp(-event.deltaY / 200), this.at(event), this.table.height));
  }

  private tap(event: PointerEvent, { corner, edge }: Grip): void {
    const { table } = this;
    const { d } = table;
    const point = d.corners[corner];
    if (point && corner === 0 && !d.closed && d.corners.length > 2) table.acts["close"]?.();
    else if (point) table.turn({ ...d, chosen: corner, at: point }, () => t("Corner {n}: {here}", { n: corner + 1, here: table.here }));
    else if (edge >= 0) table.turn(put(inserted(d, edge, middles(d)[edge] as Point)), () => t("One corner more: {count}.", { count: table.count() }));
    else if (d.closed) table.turn({ ...d, chosen: -1 }, () => t("The outline is closed. Drag a corner, or press Undo."));
    else table.turn(added(aimed(d, this.snapped(event, this.at(event)))), () => t("Corner {n} set: {here}.", { n: table.d.corners.length, here: table.here }));
  }

  private pickUp(grip: Grip): void {
    const { table } = this;
    this.grip = { ...grip, far: true };
    if (grip.corner >= 0) table.go(taken(table.d, grip.corner));
    else if (grip.edge >= 0) table.go(inserted(table.d, grip.edge, middles(table.d)[grip.edge] as Point));
  }

  private letGo(): void {
    this.grip = null;
    if (this.table.d.held >= 0) this.table.go(dropped(this.table.d));
  }

  private pinch(event: PointerEvent): void {
    const spread = (): number => {
      const [a, b] = [...this.down.values()] as [PointerEvent, PointerEvent];
      return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
    };
    const before = spread();
    this.down.set(event.pointerId, event);
    const [p, q] = [...this.down.values()].map((one) => this.at(one)) as [Point, Point];
    const { table } = this;
    if (before > 0) table.look(zoomed(table.view, spread() / before, [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2], table.height));
  }

  /** On the sheet, wherever it is on the screen. */
  private at(event: MouseEvent): Point {
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.table.svg.getScreenCTM()?.inverse());
    return [x, y];
  }

  /** A corner of a neighbour that is as near as that is meant; else straight across from a corner, or straight below one. */
  private snapped(event: PointerEvent, at: Point): Point {
    if (event.altKey) return at;
    const { unit, d } = this.table;
    const spot = this.spots[nearest(this.spots, at, SNAP_PX * unit)];
    if (spot) return spot;
    const others = d.corners.filter((_, n) => n !== d.held);
    return [straight(others.map(([x]) => x), at[0], STRAIGHT_PX * unit), straight(others.map(([, y]) => y), at[1], STRAIGHT_PX * unit)];
  }
}

/** The nearest of these that is near enough, or where it is. */
function straight(of: readonly number[], here: number, reach: number): number {
  const near = of.filter((n) => Math.abs(n - here) <= reach).sort((a, b) => Math.abs(a - here) - Math.abs(b - here));
  return near[0] ?? here;
}

export function byHand(table: Table): void {
  const hands = new Hands(table);
  const { svg } = table;
  svg.addEventListener("pointerdown", (event) => hands.begin(event));
  svg.addEventListener("pointermove", (event) => hands.move(event));
  svg.addEventListener("pointerup", (event) => hands.end(event));
  svg.addEventListener("pointercancel", (event) => hands.cancel(event));
  svg.addEventListener("pointerleave", () => hands.leave());
  svg.addEventListener("wheel", (event) => hands.wheel(event), { passive: false });
}
