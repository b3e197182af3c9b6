// A press is written down before it is sent, and sent until the server says that it has it. Nothing here gives up:
// a reload, a dead server or a day without signal only make it later. The same key makes every try the same press.
import { Refused, type Api } from "./api.ts";

export interface Press {
  key: string;
  at: number;
  silent: boolean;
  tries: number;
  failed: "" | "no_connection" | "refused" | "not_enrolled";
  taken: number | null;
}
interface Addition {
  path: "notes" | "places";
  body: unknown;
}
interface Kept {
  presses: Press[];
  alert: string | null;
  additions: Addition[];
  lost?: number; // When the server said that it does not know the alert, or 0; kept, so that a reload says so too.
}
interface Receipt {
  id?: string;
  receipt: string;
  state?: string;
}

export const AGAIN_MS = 2_000;
export const DOUBT_MS = 3_000; // Within three seconds the worker is told the truth.
const LOST_SAID_MS = 3_600_000; // Long enough to be read by whoever looks again; then it is about another day.
const UNDER_WAY_MAX = 4; // Tries that may hang at once; a slow one may still be the one that arrives.

export class Outbox {
  private kept: Kept;
  private underWay = 0;
  private telling = false;
  private tried = -Infinity;

  constructor(
    private readonly api: Api,
    private readonly changed: () => void,
    private readonly sent: (alert: string | null) => void,
    private readonly store: Storage = localStorage,
  ) {
    this.kept = this.read();
    setInterval(() => performance.now() - this.tried >= AGAIN_MS && this.again(), AGAIN_MS / 10);
    addEventListener("online", () => this.again());
    addEventListener("pageshow", () => this.again());
    this.again();
  }

  get presses(): readonly Press[] {
    return this.kept.presses;
  }

  get alert(): string | null {
    return this.kept.alert;
  }

  get waiting(): Press | undefined {
    return this.kept.presses.find((press) => press.taken === null);
  }

  get additions(): number {
    return this.kept.additions.length;
  }

  /** Ring. A press that has not gone out yet is tried at once instead: the server has not heard the first one. */
  press(silent: boolean): void {
    if (!this.waiting) {
      this.kept.presses.push({ key: key(), at: Date.now(), silent, tries: 0, failed: "", taken: null });
      this.write();
    }
    this.again();
  }

  /** Words or a place for the alert; they follow the press, never hold it back. */
  add(path: Addition["path"], body: unknown): void {
    this.kept.additions.push({ path, body });
    this.write();
    void this.follow();
  }

  /** An alert of this worker that was raised elsewhere, by text or from another device. */
  adopt(alert: string): void {
    if (this.kept.alert || this.waiting) return;
    this.kept.alert = alert;
    this.write();
  }

  /** The alert is over and the worker has read so. A press that is still waiting stays. */
  forget(lost = 0): void {
    const waiting = this.waiting;
    this.kept = { presses: waiting ? [waiting] : [], alert: null, additions: [], lost };
    this.write();
  }

  /** The server does not know this alert: nobody must wait for what nobody has. An older alert's loss is no news. */
  lose(alert: string): void {
    if (this.kept.alert === alert) this.forget(Date.now());
  }

  get lost(): boolean {
    return Date.now() - (this.kept.lost ?? 0) < LOST_SAID_MS;
  }

  /** Try now whatever waits; by itself that happens two seconds after the last try began. */
  again(): void {
    this.tried = performance.now();
    const press = this.waiting;
    if (press && this.underWay < UNDER_WAY_MAX) void this.send(press);
    else if (!press) void this.follow();
  }

  private async send(press: Press): Promise<void> {
    this.underWay += 1;
    press.tries += 1;
    this.write();
    try {
      const body = { kind: "sos", silent: press.silent, occurred_at: new Date(press.at).toISOString() };
      const receipt = await this.api.post<Receipt>("/api/v1/alerts", body, { "Idempotency-Key": press.key });
      if (press.taken === null) this.took(press, receipt);
    } catch (error) {
      press.failed = why(error);
    } finally {
      this.underWay -= 1;
      this.write();
    }
  }

  private took(press: Press, receipt: Receipt): void {
    press.taken = Date.now();
    press.failed = "";
    this.kept.alert = receipt.id ?? this.kept.alert;
    this.kept.lost = 0;
    this.write();
    this.sent(this.kept.alert);
    void this.follow();
  }

  private async follow(): Promise<void> {
    const { alert, additions } = this.kept;
    const next = additions[0];
    if (!alert || !next || this.waiting || this.telling) return;
    this.telling = true; // One at a time: said twice, a note would stand twice.
    let again = false;
    try {
      await this.api.post(`/api/v1/alerts/${alert}/${next.path}`, next.body);
    } catch (error) {
      again = !(error instanceof Refused) || error.status > 499 || error.status === 429;
    }
    this.telling = false;
    if (!again) this.done(next);
  }

  private done(addition: Addition): void {
    const place = this.kept.additions.indexOf(addition);
    if (place >= 0) this.kept.additions.splice(place, 1);
    this.write();
    void this.follow();
  }

  private get name(): string {
    return `tocsin.press.${fingerprint(this.api.token ?? "")}`;
  }

  private read(): Kept {
    try {
      const kept = JSON.parse(this.store.getItem(this.name) ?? "") as Kept;
      if (Array.isArray(kept.presses) && Array.isArray(kept.additions)) return kept;
    } catch {
      // Nothing kept yet, or not ours: an empty outbox is the truth.
    }
    return { presses: [], alert: null, additions: [] };
  }

  private write(): void {
    try {
      this.store.setItem(this.name, JSON.stringify(this.kept));
    } catch {
      // A full or forbidden store: the press lives on in memory and is sent all the same.
    }
    this.changed();
  }
}

function why(error: unknown): Press["failed"] {
  if (!(error instanceof Refused)) return "no_connection";
  return error.status === 401 ? "not_enrolled" : "refused";
}

/** 128 random bits; `crypto.randomUUID` is missing on plain http. */
function key(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Names the outbox of a token without keeping the token: 32 bits, of which there are a few on one phone. */
export function fingerprint(text: string): string {
  let mixed = 0;
  for (const char of text) mixed = Math.imul(mixed ^ (char.codePointAt(0) ?? 0), 2654435761);
  return ((mixed ^ (mixed >>> 15)) >>> 0).toString(36);
}
