// The plan in the page: its sheets as buttons, the drawing, the keys, and every thing that it cannot show in words beside
// it. It keeps its own elements, so that whoever looks around in it is not thrown back by the next word of the server.
import { el, icon, patch, type Child } from "./dom.ts";
import { Drawing } from "./map-drawing.ts";
import { Ground } from "./map-ground.ts";
import { Labels } from "./map-labels.ts";
import { marksOf, sheetOf, type Mark, type Sought } from "./map-marks.ts";
import { heightOf, isDrawn, outlines, titleOf, WIDE, type Plan, type Sheet } from "./map-plan.ts";
import { nightOf } from "./map-night.ts";
import type { Camera, Credit, Moving, Open, Palette, Scene } from "./map-scene.ts";
import type { Got, Pictures } from "./map-store.ts";
import { t } from "./say.ts";

/** What a page wants to be seen. */
export interface Wanted {
  plan: Got;
  all: readonly Sought[];
  now: number;
  over: boolean; // It is all over: nothing here is live, so nothing is red.
  room?: boolean; // While the plan is on its way its place is kept, so that nothing below jumps under a finger.
  age: (mark: Mark) => string;
}

declare const MAP_GL: string; // The addresses of what is fetched only then; build.mjs knows them.
declare const MAP_WORKER: string;

const PLAYED = /swiftshader|llvmpipe|softpipe|software|basic render/i; // What a processor is called that plays a graphics card.
const STEP = 1.5;
const CLOSEST = 4; // Pixels a unit.
type GL = "idle" | "coming" | "ready" | "never";

export class PlanBoard {
  readonly root = el("div", { class: "map" });
  private readonly frame = el("div", { class: "map-frame", tabindex: 0, role: "application" });
  private readonly floors = el("div", { class: "map-floors" });
  private readonly says = el("div", { class: "map-says" });
  private readonly bare = el("div", { class: "map-says" }); // What stands here where there is no plan.
  private readonly drawing = new Drawing();
  private readonly labels = new Labels();
  private readonly glass = el("div", { class: "map-glass", "aria-hidden": "true" });
  private camera: Camera = { x: WIDE / 2, y: 0, scale: 0 };
  private whole = true; // All of the sheet is to be seen, whatever the size of the window.
  private chosen: string | null = null;
  private about = "";
  private gl: GL = "idle";
  private moving: Moving | null = null;
  private scene: Scene | null = null;
  private wanted: Wanted | null = null;

  constructor(private readonly pictures: Pictures, private readonly credit: Credit, private readonly changed: () => void) {
    this.frame.append(this.drawing.canvas, this.drawing.svg, this.glass, this.labels.root);
    this.frame.addEventListener("keydown", (event) => this.key(event));
    this.root.addEventListener("click", (event) => this.press(event));
    this.frame.addEventListener("pointerdown", (event) => this.grasp(event));
    new ResizeObserver(() => this.fit()).observe(this.frame);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
  }

  show(wanted: Wanted): void {
    this.wanted = wanted;
    const first = wanted.all.find((one) => one.first);
    if (first && first.id !== this.about) [this.about, this.chosen, this.whole] = [first.id, null, true];
    const { plan } = wanted;
    this.root.toggleAttribute("data-room", plan === null && Boolean(wanted.room));
    if (plan === null || typeof plan === "string" || !isDrawn(plan)) return this.without(plan, wanted.over || Boolean(first?.places.length));
    const sheet = plan.sheets.find(({ on }) => on === this.chosen) ?? sheetOf(plan, first?.places ?? []);
    if (sheet) this.draw(wanted, plan, sheet, first);
  }

  /** Nobody looks any more: what it holds of the graphics card and of the workers is given back. */
  close(): void {
    this.moving?.end();
    this.moving = null;
    if (this.gl !== "never") this.gl = "idle";
    delete this.root.dataset["gl"];
  }

  private without(plan: Got, told: boolean): void {
    this.close();
    const line = plan === null ? t("The plan of this site is on its way.") : plan === "away" ? t("The plan of this site could not be fetched. Tocsin is trying again.")
      : plan === "refused" ? t("The plan of this site is not for you to see.") : t("Nobody has drawn a plan of this site yet.");
    if (this.bare.parentElement !== this.root) this.root.replaceChildren(this.bare);
    patch(this.bare, told ? null : unknown(), el("p", { class: "quiet" }, line));
  }

  private draw(wanted: Wanted, plan: Plan, sheet: Sheet, first: Sought | undefined): void {
    if (this.frame.parentElement !== this.root) this.root.replaceChildren(this.floors, this.frame, this.says);
    const found = marksOf(plan, sheet, wanted.all, wanted.now);
    const picture = this.pictures.of(sheet);
    const turned = this.scene !== null && this.scene.sheet.on !== sheet.on;
    this.scene = this.sceneOf(wanted, plan, sheet, found.marks, picture === "refused" ? null : picture);
    this.frame.style.setProperty("--aspect", String(Math.min(Math.max(WIDE / this.scene.high, 0.8), 2.2)));
    this.drawing.show(this.scene);
    if (turned) this.whole = true;
    this.fit();
    this.moving?.show(this.scene);
    this.say(plan, sheet, found.sheets, [...(picture === "refused" ? [t("The picture of this plan could not be fetched. What was drawn on it stands here without it.")] : []), ...found.lines], first);
    if (this.gl === "idle") void this.bring();
  }

  private sceneOf(wanted: Wanted, plan: Plan, sheet: Sheet, marks: Mark[], picture: HTMLCanvasElement | null): Scene {
    this.root.toggleAttribute("data-over", wanted.over);
    const palette = paletteOf(this.root);
    this.root.toggleAttribute("data-night", palette.night);
    const spots = outlines(plan, sheet.on).sort((a, b) => rank(a.kind) - rank(b.kind));
    const { known } = sheet;
    const shown = picture && palette.night ? nightOf(picture) : picture;
    const size = rem();
    return { sheet, rem: size, high: heightOf(sheet), picture: shown, spots, marks, palette, ground: Ground.of(known),
      ground_key: JSON.stringify([stampOf(plan), sheet.on, shown !== null, palette, size]), marks_key: JSON.stringify(marks) };
  }

  private say(plan: Plan, sheet: Sheet, on: Map<string, boolean>, lines: string[], first: Sought | undefined): void {
    const label = t("Plan of {site}: {sheet}. Arrows move it, plus and minus zoom, zero shows all of it, Escape leaves it.", { site: plan.name, sheet: titleOf(plan, sheet) || t("Site") });
    if (this.frame.getAttribute("aria-label") !== label) this.frame.setAttribute("aria-label", label);
    const tools: [string, string, Child][] = [["out", t("Zoom out"), "\u2212"], ["in", t("Zoom in"), "+"], ["all", t("All of the plan"), t("All")]];
    patch(this.floors,
      plan.sheets.length > 1 ? el("div", { class: "map-sheets", role: "group", "aria-label": t("Plans of this site") }, plan.sheets.map((one) =>
        el("button", { type: "button", "data-sheet": one.on, "data-key": one.on, "aria-pressed": one.on === sheet.on ? "true" : "false" }, on.has(one.on) ? icon(on.get(one.on) ? "bell" : "route") : null, titleOf(plan, one) || t("Site")))) : el("span", {}),
      el("div", { class: "map-tools", role: "group", "aria-label": t("Zoom") }, tools.map(([what, name, mark]) => el("button", { type: "button", "data-look": what, "aria-label": name }, mark))));
    patch(this.says, first && !first.places.length && !this.wanted?.over ? unknown() : null,
      lines.map((line) => el("p", { "data-key": line, class: "map-not" }, icon("unknown"), " ", line)),
      this.gl === "never" ? el("p", { class: "quiet", "data-key": "still" }, t("This browser can only show a still drawing. The buttons and the keys zoom and move it.")) : null,
      this.credit.said && sheet.known.length > 1 && this.gl === "ready" ? el("p", { class: "quiet", "data-key": "credit" }, this.credit.said) : null);
  }

  private async bring(): Promise<void> {
    this.gl = "coming";
    try {
      if (!drawsFast()) throw new TypeError("nothing to draw with"); // Nor is it worth fetching.
      const { open } = (await import(MAP_GL)) as { open: Open };
      if (this.gl !== "coming" || !this.scene || !this.frame.isConnected) return void (this.gl = "idle");
      const words = { two: t("Use two fingers to move the plan"), wheel: t("Hold Ctrl and scroll to zoom the plan"), wheel_mac: t("Hold \u2318 and scroll to zoom the plan") };
      this.moving = open(this.glass, MAP_WORKER, this.scene, this.camera, this.credit, words, {
        ready: () => ((this.gl = "ready"), (this.root.dataset["gl"] = ""), this.changed()),
        moved: (camera) => ((this.whole = false), this.see(camera)),
        failed: () => ((this.gl = "never"), delete this.root.dataset["gl"], this.moving?.end(), (this.moving = null), this.changed()),
      });
    } catch {
      this.gl = "never";
      this.changed();
    }
  }

  private get least(): number {
    const { clientWidth: wide, clientHeight: high } = this.frame;
    return Math.min(wide / WIDE, high / (this.scene?.high ?? WIDE));
  }

  private fit(): void {
    if (!this.scene || !this.frame.clientWidth) return;
    this.look(this.whole ? { x: WIDE / 2, y: this.scene.high / 2, scale: this.least * 0.97 } : this.camera);
  }

  private look(camera: Camera): void {
    this.moving?.look(camera);
    this.see(camera);
  }

  private see(camera: Camera): void {
    this.camera = camera;
    this.drawing.look(camera);
    if (!this.scene || !this.wanted) return;
    const { age } = this.wanted;
    this.labels.place(this.scene, camera, age, this.scene.rem);
  }

  private step(x: number, y: number, zoom: number): void {
    const { camera, least } = this;
    this.whole = false;
    const far = Math.min(this.frame.clientWidth, this.frame.clientHeight) / 5 / camera.scale;
    const high = this.scene?.high ?? WIDE;
    this.look({ x: Math.min(Math.max(camera.x + x * far, 0), WIDE), y: Math.min(Math.max(camera.y + y * far, 0), high), scale: Math.min(Math.max(camera.scale * zoom, least * 0.5), CLOSEST) });
  }

  /** The still drawing follows a mouse; a finger goes on scrolling the page. */
  private grasp(event: PointerEvent): void {
    if (this.gl === "ready" || event.pointerType !== "mouse" || event.button !== 0) return;
    const [from, { clientX, clientY }] = [this.camera, event];
    const drag = (to: PointerEvent): void => {
      this.whole = false;
      this.look({ ...from, x: from.x - (to.clientX - clientX) / from.scale, y: from.y - (to.clientY - clientY) / from.scale });
    };
    const drop = (): void => (this.frame.removeEventListener("pointermove", drag), this.frame.removeEventListener("lostpointercapture", drop));
    this.frame.setPointerCapture(event.pointerId);
    this.frame.addEventListener("pointermove", drag);
    this.frame.addEventListener("lostpointercapture", drop);
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const steps: Record<string, readonly [number, number, number]> = { ArrowLeft: [-1, 0, 1], ArrowRight: [1, 0, 1], ArrowUp: [0, -1, 1], ArrowDown: [0, 1, 1], "+": [0, 0, STEP], "=": [0, 0, STEP], "-": [0, 0, 1 / STEP] };
    const step = steps[event.key];
    if (step) this.step(...step);
    else if (event.key === "0") this.all();
    else if (event.key === "Escape") this.floors.querySelector("button")?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private all(): void {
    this.whole = true;
    this.fit();
  }

  private press(event: Event): void {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("button") : null;
    const { sheet, look } = button?.dataset ?? {};
    if (sheet !== undefined) (this.chosen = sheet), this.wanted && this.show(this.wanted);
    else if (look === "all") this.all();
    else if (look) this.step(0, 0, look === "in" ? STEP : 1 / STEP);
  }

  /** For a key of the page: the plan has the keyboard from here on. */
  reach(): void {
    this.frame.focus();
  }
}

/**
 * Is there a graphics card to draw with? Where the processor would have to play one, a large screen would keep it from
 * everything else, and nothing else on this page may wait for a map.
 */
function drawsFast(): boolean {
  const context = document.createElement("canvas").getContext("webgl2", { failIfMajorPerformanceCaveat: true });
  if (!context) return false;
  const named = context.getExtension("WEBGL_debug_renderer_info");
  const drawer = [context.RENDERER, ...(named ? [named.UNMASKED_RENDERER_WEBGL] : [])].map((name) => String(context.getParameter(name)));
  context.getExtension("WEBGL_lose_context")?.loseContext();
  return !drawer.some((name) => PLAYED.test(name));
}

const rem = (): number => parseFloat(getComputedStyle(document.documentElement).fontSize);

const unknown = (): Child => el("p", { class: "map-none", "data-key": "none" }, el("span", { class: "tag", "data-state": "unknown" }, icon("unknown"), " ", t("Place not known. Find out.")));

/** A plan that was fetched anew is another one, whatever it says. */
const stamps = new WeakMap<Plan, number>();
let stamped = 0;
function stampOf(plan: Plan): number {
  const stamp = stamps.get(plan) ?? (stamped += 1);
  stamps.set(plan, stamp);
  return stamp;
}

const order = ["site", "lot", "building", "floor", "room", "bay", "door"];
const rank = (kind: string): number => order.indexOf(kind);

/** The colours of the page as they are now: by day, by night, in a drill. */
function paletteOf(host: Element): Palette {
  const probe = el("i", { hidden: true });
  host.append(probe);
  const of = (name: string): string => ((probe.style.color = `var(--${name})`), getComputedStyle(probe).color);
  const found = { mark: of("map-mark"), text: of("map-text"), ink: of("ink"), sheet: of("sheet"), well: of("well"), edge: of("edge"), faint: of("map-faint"), doubt: of("doubt") };
  probe.remove();
  return { ...found, night: matchMedia("(prefers-color-scheme: dark)").matches };
}
