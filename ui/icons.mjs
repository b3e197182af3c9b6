// The pictures that a home screen wants as pixels, drawn from the one bell that the pages show (images/bell.svg).
// The path is flattened to corners and painted with 4 x 4 samples a pixel: no picture is kept beside its own drawing.
import { readFileSync } from "node:fs";
import { deflateSync, gzipSync } from "node:zlib";

const INK = [0x0f, 0x1b, 0x1c];
const PAPER = [0xef, 0xf3, 0xf1];
const UNITS = 24; // Of the drawing's view box.
const FINE = 4;
const STEPS = 24; // Corners that a curve becomes.

/** The outlines of the bell in units of its own drawing, each a list of [x, y]. */
function outlines() {
  const svg = readFileSync(new URL("images/bell.svg", import.meta.url), "utf8");
  const [, path] = /<path[^>]* d="([^"]+)"/.exec(svg) ?? [];
  const [, left, top, scale] = /translate\(([\d.]+) ([\d.]+)\) scale\(([\d.]+)\)/.exec(svg) ?? [];
  if (!path || !scale) throw new Error("images/bell.svg: one path, moved and scaled, is what can be painted");
  return flat(path).map((line) => line.map(([x, y]) => [Number(left) + x * Number(scale), Number(top) + y * Number(scale)]));
}

function flat(path) {
  const lines = [];
  let [x, y] = [0, 0];
  const to = (nx, ny) => lines.at(-1).push(([x, y] = [nx, ny]));
  const draw = {
    M: (nx, ny) => (lines.push([]), to(nx, ny)),
    h: (dx) => to(x + dx, y),
    v: (dy) => to(x, y + dy),
    H: (nx) => to(nx, y),
    l: (dx, dy) => to(x + dx, y + dy),
    c: (...d) => curve(x, y, d).forEach(([nx, ny]) => to(nx, ny)),
    a: (...d) => half(x, y, d).forEach(([nx, ny]) => to(nx, ny)),
    z: () => undefined,
  };
  for (const [, name, given] of path.matchAll(/([a-zA-Z])([^a-zA-Z]*)/g)) {
    const act = draw[name];
    if (!act) throw new Error(`images/bell.svg: ${name} cannot be painted`);
    const numbers = (given.match(/-?(?:\d+\.?\d*|\.\d+)/g) ?? []).map(Number);
    do act(...numbers.splice(0, { c: 6, a: 7 }[name] ?? (act.length || 1))); while (numbers.length);
  }
  return lines;
}

/** A cubic curve, relative to where it begins. */
function curve(x, y, [ax, ay, bx, by, ex, ey]) {
  return Array.from({ length: STEPS }, (_, n) => {
    const t = (n + 1) / STEPS;
    const [a, b, c] = [3 * (1 - t) ** 2 * t, 3 * (1 - t) * t ** 2, t ** 3];
    return [x + a * ax + b * bx + c * ex, y + a * ay + b * by + c * ey];
  });
}

/** Half a circle, below, from right to left: the only arc of the bell. */
function half(x, y, [r, , , , , dx]) {
  if (dx !== -2 * r) throw new Error("images/bell.svg: only half circles can be painted");
  return Array.from({ length: STEPS }, (_, n) => {
    const turn = (Math.PI * (n + 1)) / STEPS;
    return [x - r + r * Math.cos(turn), y + r * Math.sin(turn)];
  });
}

/** Where a level line crosses the outlines, from left to right: it is inside between each first and second of them. */
function crossings(lines, y) {
  const found = lines.flatMap((line) => line.map(([ax, ay], n) => {
    const [bx, by] = line[(n + 1) % line.length];
    return ay > y !== by > y ? ax + ((y - ay) / (by - ay)) * (bx - ax) : NaN;
  }));
  return found.filter((x) => !Number.isNaN(x)).sort((a, b) => a - b);
}

/** A square PNG of the bell on paper, edge to edge, so that any mask may cut it.  `part`: how much of the side it takes. */
export function painted(side, part = 1) {
  const lines = outlines();
  return png(side, Buffer.concat(Array.from({ length: side }, (_, row) => painting(lines, row, side, part))));
}

function painting(lines, row, side, part) {
  const unit = (fine) => (((fine + 0.5) / FINE / side - 0.5) / part + 0.5) * UNITS;
  const hits = new Uint8Array(side);
  for (let n = 0; n < FINE; n += 1) {
    const found = crossings(lines, unit(row * FINE + n));
    for (let fine = 0; found.length && fine < side * FINE; fine += 1) {
      if (found.filter((x) => x <= unit(fine)).length % 2) hits[Math.floor(fine / FINE)] += 1;
    }
  }
  const colours = Array.from(hits, (hit) => PAPER.map((light, n) => Math.round(light + ((INK[n] - light) * hit) / FINE ** 2)));
  return Buffer.from([0, ...colours.flat()]); // Zero: no filter.
}

function png(side, rows) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head.set([8, 2, 0, 0, 0], 8); // Eight bits, true colour.
  const parts = [["IHDR", head], ["IDAT", deflateSync(rows, { level: 9 })], ["IEND", Buffer.alloc(0)]];
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), ...parts.map(([name, data]) => chunk(name, data))]);
}

function chunk(name, data) {
  const named = Buffer.concat([Buffer.from(name), data]);
  const zipped = gzipSync(named); // It ends with the very sum that is wanted here.
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(zipped.readUInt32LE(zipped.length - 8));
  return Buffer.concat([length, named, sum]);
}
