// The plan on the page of whoever was called. It is asked for once that page stands, and what draws it is fetched only where
// there is one to draw: who, where and do wait for none of it.
import type { Alert } from "./alert.ts";
import type { AlertMap } from "./map-console.ts";
import { isDrawn } from "./map-plan.ts";
import { Plans, type Got } from "./map-store.ts";
import { painted } from "./painted.ts";
import { places } from "./place.ts";

declare const MAP_CALLED: string; // The address of what draws it; build.mjs knows it.

const AGAIN_MS = 10_000;

export class CalledPlan {
  there = false; // There is one, and what draws it has come.
  private readonly plans: Plans;
  private got: Got = null;
  private map: AlertMap | null = null;
  private stands: boolean | null = null; // The page has been painted; null while nothing waits for that.
  private host: Element | null = null;
  private near = false; // It is in sight: until then neither its picture nor the drawing that moves is fetched.
  private readonly sight = new IntersectionObserver((all) => ((this.near = all.at(-1)?.isIntersecting ?? false), this.changed()));
  private asked = -Infinity;

  constructor(private readonly token: string, private readonly changed: () => void) {
    this.plans = new Plans(token, changed);
  }

  /** After the page was drawn. `alert`: null where there is none to see. */
  settle(alert: Alert | null, now: number): void {
    const open = alert && alert.state !== "closed" ? alert : null;
    if (open && !this.stands) return this.afterPaint();
    this.got = open?.site ? this.plans.of(open.site, said(open)) : null;
    const drawn = this.got !== null && typeof this.got === "object" && isDrawn(this.got);
    if (drawn && !this.map) void this.fetch();
    const before = this.there;
    this.there = drawn && this.map !== null;
    if (this.there !== before) this.changed();
    this.watch(this.there ? document.querySelector(".map-host") : null);
    if (!this.there) this.map?.settle(null, [], now);
    else if (this.near && open) this.map?.settle(open, [open], now);
  }

  private watch(host: Element | null): void {
    if (host === this.host) return;
    this.sight.disconnect();
    [this.host, this.near] = [host, false];
    if (host) this.sight.observe(host);
  }

  private afterPaint(): void {
    if (this.stands !== null) return;
    this.stands = false;
    void painted().then(() => ((this.stands = true), this.changed()));
  }

  private async fetch(): Promise<void> {
    if (performance.now() - this.asked < AGAIN_MS) return;
    this.asked = performance.now();
    try {
      const { AlertMap: Drawing } = (await import(MAP_CALLED)) as typeof import("./map-called.ts");
      this.map ??= new Drawing(this.token, this.changed, { of: () => this.got });
      this.changed();
    } catch {
      // Without it the page says where in words, as it did; the next drawing tries again.
    }
  }
}

/** What the server chooses the sheets by: with another place it gives others, and is asked at once. */
const said = (alert: Alert): string => JSON.stringify(places(alert).map(({ kind, label }) => label ?? kind));
