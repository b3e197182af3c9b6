// The table: what is drawn, how near it is looked at, what is said about it. Hands (draw-hands.ts) and keys (draw-keys.ts)
// ask it for the next state; it writes the corners into the form, which the server reads and judges.
import { el } from "./dom.ts";
import type { Field } from "./draw-field.ts";
import { begun, cleared, finished, put, redone, removed, undone, type Drawing } from "./draw-machine.ts";
import { faults, WHOLE, WIDTH, zoomed, type Fault, type Point, type View } from "./draw-shape.ts";
import { around, drawDraft, fitLabels, neighbours, unitOf, type Neighbour } from "./draw-view.ts";
import { plural, t, words, type Words } from "./say.ts";

export const CORNER_PX = { fine: 7, coarse: 11 }; // Half of a side; what may be hit is larger (draw-hands.ts).
const NEAREST_W = WIDTH / 31;
const WRONG: Record<Fault, Words> = {
  too_few: words("An outline needs three corners; a door may be a line of two."),
  too_many: words("It has more than 200 corners. Take some out."),
  outside: words("A corner lies outside of the sheet. Move it."),
  same_corner: words("Two corners are in the same place. Take one out."),
  no_area: words("All of its corners are on one line. Move one of them."),
  crosses: words("It crosses itself where the diamond is. Move a corner."),
};
const TOOLS: Record<string, readonly [Words, Words]> = { // What stands on it, and what it is called.
  undo: [words("Undo"), words("Undo")],
  redo: [words("Redo"), words("Redo")],
  close: [words("Close"), words("Close the outline")],
  out: [words("Take out"), words("Take out the corner")],
  anew: [words("Clear"), words("Clear, and begin anew")],
  nearer: [words("Nearer"), words("Nearer")],
  farther: [words("Farther"), words("Farther")],
  whole: [words("Whole"), words("Whole sheet")],
};

export class Table {
  d: Drawing;
  view: View = WHOLE;
  aims = false; // Is the cross shown?
  readonly height: number;
  readonly known: readonly Neighbour[];
  readonly acts: Readonly<Record<string, () => void>> = {
    undo: () => this.turn(undone(this.d), () => t("Undone: {count}.", { count: this.count() })),
    redo: () => this.turn(redone(this.d), () => t("Done again: {count}.", { count: this.count() })),
    close: () => this.turn(finished(this.d), () => t("Closed: {count}.", { count: this.count() })),
    out: () => this.turn(this.withoutChosen(), () => t("Taken out. {count} left.", { count: this.count() })),
    anew: () => this.turn(cleared(this.d), () => t("Begun anew: no corner yet.")),
    nearer: () => this.zoom(1.5),
    farther: () => this.zoom(1 / 1.5),
    whole: () => this.zoom(1 / WIDTH),
  };
  private readonly said = el("p", { class: "said", role: "status", id: "table-said" });
  private readonly wrong = el("p", { class: "fault", id: "table-wrong", role: "alert" });
  private readonly tools: Readonly<Record<string, HTMLElement>>;
  private readonly draft: Element;

  constructor(readonly svg: SVGSVGElement, private readonly field: Field, private readonly isLine: () => boolean) {
    this.height = Number(svg.dataset["height"]);
    this.known = neighbours(svg);
    this.draft = svg.querySelector(".draft") as Element;
    this.d = begun(field.read() ?? [], this.height, field.most);
    this.tools = this.toolbar();
    this.say(this.d.corners.length ? `${this.count()}.` : field.most ? t("Tap two points of the sheet whose position you know.") : t("Tap the sheet to set the first corner."));
    this.dress();
    this.judge();
  }

  get unit(): number {
    return unitOf(this.svg);
  }

  /** Where the cross is, in words. */
  get here(): string {
    return [this.place(this.d.at), ...around(this.known, this.d.at)].join(", ");
  }

  place([x, y]: Point): string {
    return t("{x} across, {y} down", { x: (x / 100).toFixed(1), y: (y / 100).toFixed(1) });
  }

  count(n = this.d.corners.length): string {
    return plural("{n} corner", "{n} corners", n);
  }

  say(sentence: string): void {
    this.said.textContent = sentence;
  }

  /** Go on to this state, and write it into the form. */
  go(next: Drawing): void {
    if (next.corners !== this.d.corners) this.field.write(next.corners);
    this.adopt(next);
  }

  /** As it was typed in the form, which is left as it is. */
  adopt(next: Drawing): void {
    this.d = next;
    this.judge();
    this.draw();
  }

  /** Go on and say it; or say that nothing came of it. */
  turn(next: Drawing, sentence: () => string): void {
    const same = next === this.d;
    this.go(next);
    this.say(same ? t("Nothing to do here.") : sentence());
  }

  look(view: View): void {
    this.view = view;
    this.draw();
  }

  zoom(factor: number, at: Point = this.d.at): void {
    this.look(zoomed(this.view, factor, at, this.height));
    this.say(t("Shown: {percent} % of the width", { percent: Math.round((100 * this.view.w) / WIDTH) }));
  }

  show(aims: boolean): void {
    this.aims = aims;
    this.draw();
  }

  draw(): void {
    const { svg, view, height } = this;
    svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.w} ${(view.w * height) / WIDTH}`);
    fitLabels(svg, this.unit);
    const corner = matchMedia("(pointer: coarse)").matches ? CORNER_PX.coarse : CORNER_PX.fine;
    drawDraft(this.draft, this.d, view, { unit: this.unit, corner }, this.aims);
    for (const [name, able] of Object.entries(this.able())) this.tools[name]?.toggleAttribute("disabled", !able);
  }

  /** What the server would refuse, as soon as there is something that it would. */
  judge(): void {
    const begins = !this.d.closed && this.d.corners.length < 3;
    const found = this.field.most || begins ? undefined : faults(this.d.corners, this.height, this.isLine())[0];
    const sentence = found ? t(WRONG[found]) : "";
    if (this.wrong.textContent !== sentence) this.wrong.textContent = sentence;
  }

  private withoutChosen(): Drawing {
    return removed(this.d.held >= 0 ? put(this.d) : this.d, Math.max(this.d.held, this.d.chosen));
  }

  private able(): Record<string, boolean> {
    const { corners, closed, past, future, chosen, held } = this.d;
    const any = corners.length > 0;
    return {
      undo: past.length > 0, redo: future.length > 0, close: !closed && any, out: chosen >= 0 || held >= 0, anew: any,
      nearer: this.view.w > NEAREST_W, farther: this.view.w < WIDTH, whole: this.view.w < WIDTH,
    };
  }

  private toolbar(): Record<string, HTMLElement> {
    const wanted = Object.entries(TOOLS).filter(([name]) => !this.field.most || !["close", "out"].includes(name));
    const made = Object.fromEntries(wanted.map(([name, [word, called]]) =>
      [name, el("button", { type: "button", "data-tool": name, "aria-label": t(called) }, t(word))]));
    for (const [name, button] of Object.entries(made)) {
      button.addEventListener("click", () => {
        this.acts[name]?.();
        if (button.hasAttribute("disabled")) this.svg.focus({ preventScroll: true }); // The focus would be lost with it.
      });
    }
    return made;
  }

  /** From here on it is no picture but a thing to work on. */
  private dress(): void {
    const { svg } = this;
    svg.querySelector("title")?.remove();
    svg.removeAttribute("aria-labelledby");
    const told = { tabindex: "0", role: "application", "aria-label": t("Drawing table"), "aria-describedby": "table-said table-wrong table-keys", "data-works": "" };
    for (const [name, value] of Object.entries(told)) svg.setAttribute(name, value);
    svg.before(el("div", { class: "line tools", role: "group", "aria-label": t("Tools") }, Object.values(this.tools)));
    svg.after(this.said, this.wrong);
  }
}
