// What was fetched of plans, and asked for again from time to time: an office may draw while an alert is live.
import type { Plan, Sheet } from "./map-plan.ts";

const AGAIN_MS = 60_000;
const RETRY_MS = 10_000;
const WAIT_MS = 15_000;
const OVER = [401, 403];

const asking = (token: string | null, more: Record<string, string>): RequestInit =>
  ({ headers: { ...more, ...(token ? { Authorization: `Bearer ${token}` } : {}) }, credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(WAIT_MS) });

/** Null while nothing is known; "none" where there is none; "refused" to this reader; "away" until the server can be reached. */
export type Got = Plan | "none" | "refused" | "away" | null;

interface Kept {
  plan: Got;
  tag: string;
  at: number;
  asked: boolean;
}

export class Plans {
  private readonly kept = new Map<string, Kept>();

  constructor(private readonly token: string | null, private readonly changed: () => void) {}

  of(site: string): Got {
    const known = this.kept.get(site) ?? { plan: null, tag: "", at: -Infinity, asked: false };
    this.kept.set(site, known);
    const wait = known.plan === "away" ? RETRY_MS : AGAIN_MS;
    if (!known.asked && performance.now() - known.at > wait) void this.ask(site, known);
    return known.plan;
  }

  private async ask(site: string, known: Kept): Promise<void> {
    known.asked = true;
    const before = known.plan;
    try {
      const answer = await fetch(`/api/v1/sites/${encodeURIComponent(site)}/plan`, asking(this.token, { Accept: "application/json", ...(known.tag ? { "If-None-Match": known.tag } : {}) }));
      if (answer.ok) [known.plan, known.tag] = [(await answer.json()) as Plan, answer.headers.get("etag") ?? ""];
      else if (answer.status !== 304) [known.plan, known.tag] = [answer.status >= 500 ? lost(before) : OVER.includes(answer.status) ? "refused" : "none", ""];
    } catch {
      known.plan = lost(before);
    }
    known.asked = false;
    known.at = performance.now();
    if (known.plan !== before) this.changed();
  }
}

/** A plan that was there stays: old paper is better than none. */
const lost = (before: Got): Plan | "away" => (before && typeof before === "object" ? before : "away");

export class Pictures {
  private readonly kept = new Map<string, HTMLCanvasElement | "refused" | null>();

  constructor(private readonly token: string | null, private readonly changed: () => void) {}

  of({ picture }: Sheet): HTMLCanvasElement | "refused" | null {
    if (!picture) return null;
    if (!this.kept.has(picture)) {
      this.kept.set(picture, null);
      void this.fetch(picture);
    }
    return this.kept.get(picture) ?? null;
  }

  private async fetch(address: string): Promise<void> {
    try {
      const { pathname, origin } = new URL(address, location.href);
      if (origin !== location.origin) throw new TypeError("not our picture");
      const answer = await fetch(pathname, { ...asking(this.token, {}), cache: "default" });
      if (!answer.ok) throw new TypeError(String(answer.status));
      this.kept.set(address, await painted(await answer.blob()));
    } catch {
      this.kept.set(address, "refused");
      setTimeout(() => this.kept.delete(address), RETRY_MS);
    }
    this.changed();
  }
}

/** On a canvas of its own, from which both drawings take it. */
async function painted(blob: Blob): Promise<HTMLCanvasElement> {
  const picture = await createImageBitmap(blob);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.width, picture.height];
  canvas.getContext("2d")?.drawImage(picture, 0, 0);
  picture.close();
  return canvas;
}
