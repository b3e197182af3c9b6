// Where this phone is, every few seconds while somebody needs to know: an alert of one's own is open, or a walk is under
// way. At no other time is it asked, and never for leave in the middle of an SOS: that is a tap of its own.
import { serverNow } from "./clock.ts";

export interface Fix {
  kind: "fix";
  lat: number;
  lon: number;
  radius_m: number;
  at: string;
}
/** What this browser lets us do; "silent" where it does not say, and then we do not ask by ourselves. */
export type Leave = "granted" | "prompt" | "denied" | "silent" | "none";

const EVERY_MS = 5_000;
const PATIENCE_MS = 15_000;
const LOST_MS = PATIENCE_MS + 5_000; // A browser that was put to sleep in the middle of a look may never answer it.
const OLD_MS = 2_000;
const DENIED = 1;
const UNAVAILABLE = 2;

/** Its time is the phone's own, which may be a day off; how old it is is true all the same. */
export function fixOf({ coords, timestamp }: GeolocationPosition): Fix {
  const age = Math.max(0, Date.now() - timestamp);
  const at = new Date(serverNow() - age).toISOString();
  return { kind: "fix", lat: coords.latitude, lon: coords.longitude, radius_m: Math.ceil(coords.accuracy), at };
}

export class Fixes {
  leave: Leave = navigator.geolocation ? "silent" : "none";
  newest: Fix | null = null;
  failing = false;
  private readonly wanted = new Set<string>();
  private timer = 0;
  private asking = false;
  private lost = 0;

  constructor(private readonly changed: () => void, private readonly found: (fix: Fix, why: ReadonlySet<string>) => void) {
    void this.learnLeave();
  }

  /** Said at every drawing: is it wanted for this reason now? */
  during(why: string, wanted: boolean): void {
    if (wanted === this.wanted.has(why)) return;
    this.wanted[wanted ? "add" : "delete"](why);
    if (this.wanted.size) this.next(0);
    else this.rest();
  }

  /** By a tap: the browser may ask. What it finds goes out where it is wanted. */
  ask(): void {
    this.look();
  }

  get wantedNow(): boolean {
    return this.wanted.size > 0;
  }

  private rest(): void {
    clearTimeout(this.timer);
    this.newest = null; // Not wanted any more: not kept either.
  }

  private next(wait: number): void {
    clearTimeout(this.timer);
    if (this.wanted.size && this.leave === "granted") this.timer = window.setTimeout(() => this.look(), wait);
  }

  private look(): void {
    if (this.asking || !navigator.geolocation) return;
    this.asking = true;
    this.lost = window.setTimeout(() => this.failed(UNAVAILABLE), LOST_MS);
    navigator.geolocation.getCurrentPosition((position) => this.got(position), (error) => this.failed(error.code),
      { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: OLD_MS });
  }

  private got(position: GeolocationPosition): void {
    clearTimeout(this.lost);
    this.asking = false;
    this.failing = false;
    this.leave = "granted";
    const fix = fixOf(position);
    if (this.wanted.size) {
      this.newest = fix;
      this.found(fix, this.wanted);
    }
    this.changed();
    this.next(EVERY_MS);
  }

  private failed(code: number): void {
    clearTimeout(this.lost);
    this.asking = false;
    this.failing = true;
    if (code === DENIED) void this.refused();
    this.changed();
    this.next(EVERY_MS);
  }

  /** Whoever only waved the question away may be asked again, by another tap. */
  private async refused(): Promise<void> {
    this.leave = "denied";
    const status = await navigator.permissions?.query({ name: "geolocation" }).catch(() => undefined);
    if (status?.state === "prompt") this.leave = "prompt";
    this.changed();
  }

  private async learnLeave(): Promise<void> {
    const status = await navigator.permissions?.query({ name: "geolocation" }).catch(() => undefined);
    if (!status || this.leave === "none") return;
    const learn = (): void => {
      this.leave = status.state;
      this.next(0);
      this.changed();
    };
    status.onchange = learn;
    learn();
  }
}
