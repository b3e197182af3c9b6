// The words on a plan, over either drawing: what each place is called where there is room, and a tag at each mark.
import { el } from "./dom.ts";
import { middle, type Corner } from "./map-plan.ts";
import type { Mark } from "./map-marks.ts";
import type { Camera, Scene } from "./map-scene.ts";

const LETTER = 0.56; // Of a letter's height: how wide one is, on average.
const SMALL = 14; // Pixels: nothing is smaller.
const DOT = 0.8; // Rem.
const PARTS = [0.5, 0.16, 0.84]; // How far down in its outline a name is tried: not over what is inside of it.
const MOST = 150; // Names at once: a sheet with more shows them as it is zoomed.

interface Box {
  left: number;
  top: number;
  wide: number;
  high: number;
}
const apart = (a: Box, b: Box): boolean => a.left + a.wide <= b.left || b.left + b.wide <= a.left || a.top + a.high <= b.top || b.top + b.high <= a.top;

function boxOf(points: readonly (readonly [number, number])[]): Box {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { left, top, wide: Math.max(...xs) - left, high: Math.max(...ys) - top };
}

/** What no word may cover: the dot of a fix, which may be all there is to see of it in a small window. */
const around = ([x, y]: readonly [number, number], rem: number): Box => ({ left: x - DOT * rem, top: y - DOT * rem, wide: 2 * DOT * rem, high: 2 * DOT * rem });

const areaOf = ({ wide, high }: Box): number => wide * high;

export class Labels {
  readonly root = el("div", { class: "map-labels", "aria-hidden": "true" });
  private middles = new Map<string, Corner[]>();
  private of = "";
  private shown = "";

  /** `said`: the words of a mark. Everything is placed anew: there are as many as the window has room for. */
  place(scene: Scene, camera: Camera, said: (mark: Mark) => string, rem: number): void {
    const now = JSON.stringify([scene.ground_key, scene.marks_key, camera, this.root.clientWidth, this.root.clientHeight, rem, scene.marks.map(said)]);
    if (now === this.shown) return;
    this.shown = now;
    if (this.of !== scene.ground_key) [this.of, this.middles] = [scene.ground_key, new Map(scene.spots.map(({ id, outline }) => [id, PARTS.map((part) => middle(outline, part))]))];
    const size = { wide: this.root.clientWidth, high: this.root.clientHeight };
    const seen = ([x, y]: Corner): [number, number] => [(x - camera.x) * camera.scale + size.wide / 2, (y - camera.y) * camera.scale + size.high / 2];
    const taken = scene.marks.filter(({ kind, points }) => kind === "fix" && points === null).map((mark) => around(seen(mark.at), rem));
    const tags = scene.marks.filter(({ first, kind }) => first || kind !== "planned").map((mark) => this.tag(mark, said(mark), seen(mark.at), size, rem, taken));
    const names = scene.spots.length ? this.names(scene, camera, seen, size, rem, taken) : [];
    const scale = this.scale(scene, camera, size, rem);
    const [lines, words] = [tags.flat().filter(({ className }) => className === "map-line"), tags.flat().filter(({ className }) => className !== "map-line")];
    this.root.replaceChildren(...names, ...scale, ...lines, ...words);
  }

  private tag(mark: Mark, words: string, [x, y]: [number, number], size: { wide: number; high: number }, rem: number, taken: Box[]): HTMLElement[] {
    const letter = (SMALL / 16) * rem;
    const [wide, high] = [words.length * letter * LETTER + 1.6 * letter, 1.9 * letter];
    const lift = mark.kind === "fix" ? 2.2 * letter : 0.5 * letter;
    const left = Math.min(Math.max(x - wide / 2, 4), Math.max(size.wide - wide - 4, 4));
    const box = { left, top: Math.max(y - lift - high, 4), wide, high };
    for (let tries = 0; tries < 12 && taken.some((other) => !apart(box, other)); tries += 1) {
      const other = taken.find((one) => !apart(box, one));
      if (other) box.top = other.top > high + 8 && tries < 6 ? other.top - high - 4 : other.top + other.high + 4;
    }
    box.top = Math.min(Math.max(box.top, 4), Math.max(size.high - high - 4, 4));
    taken.push(box);
    const tag = el("span", { class: "map-tag", "data-kind": mark.kind, "data-hatched": mark.hatched, "data-other": !mark.first }, mark.points === null ? null : el("span", { class: "map-arrow" }, "\u2191"), words);
    tag.style.transform = `translate(${box.left}px, ${box.top}px)`;
    const arrow = tag.querySelector<HTMLElement>(".map-arrow");
    if (arrow) arrow.style.transform = `rotate(${mark.points ?? 0}deg)`;
    const line = el("span", { class: "map-line", "data-kind": mark.kind });
    const foot = box.top + high;
    line.style.transform = `translate(${x - 1.5}px, ${Math.min(foot, y)}px)`;
    line.style.blockSize = `${Math.max(y - foot, 0)}px`;
    return mark.kind === "fix" && mark.points === null && y > foot ? [line, tag] : [tag];
  }

  private names(scene: Scene, { scale }: Camera, seen: (at: Corner) => [number, number], size: { wide: number; high: number }, rem: number, taken: Box[]): HTMLElement[] {
    const letter = (SMALL / 16) * rem;
    const made: HTMLElement[] = [];
    const boxes = scene.spots.filter(({ outline }) => outline.length > 2).map(({ outline }) => boxOf(outline.map(seen)));
    const meant = scene.marks.filter(({ first, spot, kind }) => first && spot && kind !== "planned");
    for (const { id, name, outline } of scene.spots) {
      if (made.length >= MOST) break;
      const [xs, ys] = [outline.map(([x]) => x), outline.map(([, y]) => y)];
      const room = { wide: (Math.max(...xs) - Math.min(...xs)) * scale, high: (Math.max(...ys) - Math.min(...ys)) * scale };
      const [wide, high] = [name.length * letter * LETTER, 1.3 * letter];
      const line = outline.length < 3; // A door or a point has no inside: its name stands beside it.
      if (!line && (room.wide < wide || room.high < high)) continue;
      const where = (this.middles.get(id) ?? []).map((corner): Box => {
        const [x, y] = seen(corner);
        return { left: x - wide / 2, top: line ? y + 0.4 * letter : y - high / 2, wide, high };
      });
      const around = areaOf(boxOf(outline.map(seen)));
      const free = where.find((one) => line || boxes.every((other) => areaOf(other) >= around || apart(one, other)));
      const box = free ?? where[0];
      if (!box || box.left < 0 || box.top < 0 || box.left + wide > size.wide || box.top + high > size.high) continue;
      if (taken.some((other) => !apart(box, other))) continue;
      if (meant.some((mark) => mark.spot !== id && !apart(box, boxOf(mark.outline.map(seen))))) continue; // No other name in what is meant.
      taken.push(box);
      const label = el("span", { class: "map-name" }, name);
      label.style.transform = `translate(${box.left + wide / 2}px, ${box.top}px) translateX(-50%)`;
      made.push(label);
    }
    return made;
  }

  /** Where the sheet lies on the globe: how long so many metres are, and where north is. */
  private scale({ ground, ground_key, sheet }: Scene, camera: Camera, size: { wide: number; high: number }, rem: number): HTMLElement[] {
    if (!ground || !ground_key || !sheet) return [];
    const most = (size.wide * 0.25 * ground.metres) / camera.scale;
    const power = 10 ** Math.floor(Math.log10(most));
    const metres = [5, 2, 1].map((times) => times * power).find((one) => one <= most) ?? power;
    const bar = el("span", { class: "map-scale" }, `${metres < 1 ? metres.toFixed(1) : metres} m`);
    bar.style.inlineSize = `${(metres / ground.metres) * camera.scale}px`;
    const north = el("span", { class: "map-north" }, "\u2191", el("b", {}, "N"));
    north.style.transform = `rotate(${ground.north}deg)`;
    return [bar, rem ? north : bar];
  }
}
