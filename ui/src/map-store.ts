// What was fetched of plans, and asked for again from time to time: an office may draw while an alert is live.
import { isDrawn, type Plan, type Sheet } from "./map-plan.ts";
import { store, stored } from "./stored.ts";

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
  lost: boolean; // The last time it was asked for, nobody answered.
  about: string; // What it was asked for.
}

/** `remembers`: this browser keeps whether there is a plan at all. */
export class Plans {
  private readonly kept = new Map<string, Kept>();

  constructor(private readonly token: string | null, private readonly changed: () => void, private readonly remembers = false) {}

  /** `about`: where it depends on what is sought there, what that is; with something else it is asked for at once. */
  of(site: string, about = ""): Got {
    const known = this.kept.get(site) ?? { plan: null, tag: "", at: -Infinity, asked: false, lost: false, about };
    this.kept.set(site, known);
    const due = performance.now() - known.at > (known.lost ? RETRY_MS : AGAIN_MS) || known.about !== about;
    if (!known.asked && due) void this.ask(site, known, about);
    return known.plan;
  }

  /** Was nothing drawn when this browser last asked? Then no place is kept on the page for a plan that will not come. */
  wasBare(site: string): boolean {
    return stored(bare(site)) === "yes";
  }

  private async ask(site: string, known: Kept, about: string): Promise<void> {
    [known.asked, known.about] = [true, about];
    const before = known.plan;
    try {
      const answer = await fetch(`/api/v1/sites/${encodeURIComponent(site)}/plan`, asking(this.token, { Accept: "application/json", ...(known.tag ? { "If-None-Match": known.tag } : {}) }));
      if (answer.ok) [known.plan, known.tag] = [(await answer.json()) as Plan, answer.headers.get("etag") ?? ""];
      else if (answer.status !== 304) [known.plan, known.tag] = [answer.status >= 500 ? lost(before) : OVER.includes(answer.status) ? "refused" : "none", ""];
      known.lost = answer.status >= 500;
    } catch {
      [known.plan, known.lost] = [lost(before), true];
    }
    known.asked = false;
    known.at = performance.now();
    if (this.remembers && known.plan !== before && known.plan !== "away") store(bare(site), typeof known.plan === "object" && known.plan && isDrawn(known.plan) ? "" : "yes");
    if (known.plan !== before) this.changed();
  }
}

const bare = (site: string): string => `tocsin.bare.${site}`;

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
