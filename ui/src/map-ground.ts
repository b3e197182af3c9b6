// How a sheet lies on the globe, from two of its points whose positions are known: turned, scaled and moved, never bent.
import type { Corner, Known } from "./map-plan.ts";

const METRES = 111_195; // Of one degree of latitude; a site is small, so the ground is flat.
const APART = 100; // Units: two known points nearer than this say nothing about a turn.

export class Ground {
  private constructor(
    private readonly from: Known,
    private readonly east: number, // Metres of one degree of longitude, here.
    private readonly re: number, // Metres a unit, as one complex number: east + i north of a step to the right.
    private readonly im: number,
  ) {}

  /** By the two known points that lie farthest apart; null where they cannot place it. */
  static of(known: readonly Known[]): Ground | null {
    let best: { a: Known; b: Known; far: number } | null = null;
    for (const a of known) for (const b of known) {
      const far = Math.hypot(b.x - a.x, b.y - a.y);
      if (!best || far > best.far) best = { a, b, far };
    }
    if (!best || best.far < APART) return null;
    const { a, b, far } = best;
    const east = METRES * Math.cos((a.lat * Math.PI) / 180);
    const [e, n] = [(b.lon - a.lon) * east, (b.lat - a.lat) * METRES];
    if (Math.hypot(e, n) === 0) return null;
    const [x, y] = [b.x - a.x, a.y - b.y]; // On paper, down is larger.
    return new Ground(a, east, (e * x + n * y) / (far * far), (n * x - e * y) / (far * far));
  }

  /** Metres of one unit. */
  get metres(): number {
    return Math.hypot(this.re, this.im);
  }

  /** By how many degrees north is turned from straight up, to the right. */
  get north(): number {
    return (Math.atan2(this.im, this.re) * 180) / Math.PI;
  }

  toSheet(lat: number, lon: number): Corner {
    const [e, n] = [(lon - this.from.lon) * this.east, (lat - this.from.lat) * METRES];
    const size = this.re * this.re + this.im * this.im;
    return [this.from.x + (e * this.re + n * this.im) / size, this.from.y - (n * this.re - e * this.im) / size];
  }

  toGlobe([x, y]: Corner): [lon: number, lat: number] {
    const [right, up] = [x - this.from.x, this.from.y - y];
    const [e, n] = [right * this.re - up * this.im, right * this.im + up * this.re];
    return [this.from.lon + e / this.east, this.from.lat + n / METRES];
  }
}
