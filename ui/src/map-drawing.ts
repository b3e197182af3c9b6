// The plain drawing: outlines and marks as SVG over the picture on a canvas. It needs nothing that a browser may lack, is
// there as soon as the plan is, and stays wherever nothing better can be had.
import { heightOf, WIDE, type Corner } from "./map-plan.ts";
import type { Mark } from "./map-marks.ts";
import type { Camera, Scene } from "./map-scene.ts";

const SPACE = "http://www.w3.org/2000/svg";
const DOT = 0.7; // Rem.
const SPOT = 0.2;

type Attributes = Record<string, string | number>;

function shape(tag: string, attributes: Attributes, ...children: Element[]): SVGElement {
  const made = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

const path = (corners: readonly Corner[]): string =>
  `M${corners.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}${corners.length > 2 ? "Z" : ""}`;

export class Drawing {
  readonly canvas = document.createElement("canvas");
  readonly svg = shape("svg", { class: "map-svg", preserveAspectRatio: "none" });
  private readonly ground = shape("g", {});
  private readonly marks = shape("g", {});
  private readonly hatch = shape("pattern", { id: "map-hatch", patternUnits: "userSpaceOnUse", width: 8, height: 8 }, shape("path", { d: "M0 0V8M8 0V8", class: "map-hatching" }));
  private scene: Scene | null = null;
  private camera: Camera = { x: 0, y: 0, scale: 1 };

  constructor() {
    this.canvas.className = "map-picture";
    this.svg.append(shape("defs", {}, this.hatch), this.ground, this.marks);
  }

  show(scene: Scene): void {
    const before = this.scene;
    this.scene = scene;
    if (before?.ground_key !== scene.ground_key) {
      const { sheet, spots, picture } = scene;
      this.svg.toggleAttribute("data-picture", picture !== null);
      this.ground.replaceChildren(shape("rect", { class: "map-paper", width: WIDE, height: heightOf(sheet) }),
        ...spots.map(({ kind, outline }) => outline.length < 2 ? this.dot("map-spot", outline[0] ?? [0, 0], SPOT) : shape("path", { class: "map-spot", "data-kind": kind, d: path(outline) })));
      this.paint();
    }
    this.drawMarks();
  }

  look(camera: Camera): void {
    const zoomed = camera.scale !== this.camera.scale;
    this.camera = camera;
    const { clientWidth: wide, clientHeight: high } = this.canvas;
    const [w, h] = [wide / camera.scale, high / camera.scale];
    this.svg.setAttribute("viewBox", `${camera.x - w / 2} ${camera.y - h / 2} ${w} ${h}`);
    this.hatch.setAttribute("patternTransform", `scale(${this.pixels(1 / 16)}) rotate(45)`);
    this.paint();
    if (zoomed) this.drawMarks();
    if (zoomed) for (const dot of this.ground.querySelectorAll("circle")) dot.setAttribute("r", String(this.pixels(SPOT)));
  }

  /** So many rem, in units of the sheet as it is seen now. */
  private pixels(rems: number): number {
    return (rems * (this.scene?.rem ?? 16)) / this.camera.scale;
  }

  private dot(kind: string, [x, y]: Corner, rems: number): SVGElement {
    return shape("circle", { class: kind, cx: x, cy: y, r: this.pixels(rems) });
  }

  private drawMarks(): void {
    this.marks.replaceChildren(...(this.scene?.marks ?? []).flatMap((mark) => this.drawn(mark)));
  }

  private drawn(mark: Mark): SVGElement[] {
    const how: Attributes = { "data-kind": mark.kind, ...(mark.first ? {} : { "data-other": "" }), ...(mark.hatched ? { "data-hatched": "" } : {}) };
    if (mark.points !== null) return [];
    if (mark.kind === "fix" && !mark.outline.length) return [
      ...(mark.radius === null ? [] : ["map-halo", "map-mark"].map((kind) => shape("circle", { class: kind, cx: mark.at[0], cy: mark.at[1], r: Math.max(mark.radius ?? 0, this.pixels(DOT)), ...how }))),
      ...(mark.first ? [this.dot("map-here", mark.at, DOT)] : [this.dot("map-here", mark.at, DOT * 0.7)]),
    ].map((one) => (mark.hatched && one.classList.contains("map-here") ? (one.setAttribute("data-hatched", ""), one) : one));
    const [only] = mark.outline;
    if (only && mark.outline.length === 1) return [shape("circle", { class: "map-mark", cx: only[0], cy: only[1], r: this.pixels(DOT * 1.6), ...how })];
    return ["map-halo", "map-mark"].map((kind) => shape("path", { class: kind, d: path(mark.outline), ...how }));
  }

  /** The picture on its canvas: no address of it goes into the page, so nothing has to be allowed for it. */
  private paint(): void {
    const { canvas, camera, scene } = this;
    const fine = Math.min(devicePixelRatio || 1, 2);
    const [wide, high] = [Math.round(canvas.clientWidth * fine), Math.round(canvas.clientHeight * fine)];
    if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
    const context = canvas.getContext("2d");
    context?.clearRect(0, 0, wide, high);
    if (!scene?.picture || !context || !wide) return;
    const scale = camera.scale * fine;
    context.drawImage(scene.picture, wide / 2 - camera.x * scale, high / 2 - camera.y * scale, WIDE * scale, scene.high * scale);
  }
}
