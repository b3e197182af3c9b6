// A press is written down before it is sent, and sent until the server says that it has it. Nothing here gives up:
// a reload, a dead server or a day without signal only make it later. The same key makes every try the same press.
// What follows from what is the machine's (press-machine.ts); here it is kept, sent and tried again.
import { Refused, type Api } from "./api.ts";
import { serverNow } from "./clock.ts";
import { kept } from "./kept.ts";
import { key } from "./key.ts";
import * as machine from "./press-machine.ts";
import { AGAIN_MS, type Addition, type Made, type Outgoing, type Press } from "./press-machine.ts";
import { isReceipt, nameOf, OVER, PRESS_PATH, SYNC, type Receipt, type Waiting } from "./waiting.ts";

export { AGAIN_MS, DOUBT_MS, type Press } from "./press-machine.ts";

const UNDER_WAY_MAX = 4; // Tries that may hang at once at one address; a slow one may still be the one that arrives.

type Kept = Waiting & { readonly press: Press };

interface Settings {
  readonly store?: Storage;
  readonly extra?: Readonly<Record<string, unknown>>; // What every press of this page says besides.
  readonly addresses?: () => readonly string[]; // Others at which the same server listens.
}

export class Outbox {
  private now: Outgoing;
  private telling: Addition | null = null;
  private tried = -Infinity;
  private readonly underWay = new Map<string, number>();
  private readonly store: Storage | null;
  private readonly extra: Readonly<Record<string, unknown>>;
  private readonly addresses: () => readonly string[];
  private readonly keeps = { page: true, worker: true };

  constructor(
    private readonly api: Api,
    private readonly changed: () => void,
    private readonly sent: (alert: string | null) => void,
    { store, extra = {}, addresses = () => [] }: Settings = {},
  ) {
    [this.store, this.extra, this.addresses] = [store ?? ownStore(), extra, addresses];
    this.now = machine.read(this.readStore());
    setInterval(() => performance.now() - this.tried >= AGAIN_MS && this.again(), AGAIN_MS / 10);
    addEventListener("online", () => this.again());
    addEventListener("pageshow", () => this.again());
    this.again();
    void this.remember();
  }

  get presses(): readonly Press[] {
    return this.now.presses;
  }

  get alert(): string | null {
    return this.now.alert;
  }

  get waiting(): Press | undefined {
    return machine.waiting(this.now);
  }

  get additions(): number {
    return this.now.additions.length;
  }

  get lost(): boolean {
    return machine.wasLost(this.now, Date.now());
  }

  /** Nothing on this phone takes a press down: it is gone with the page. */
  get forgetful(): boolean {
    return !this.keeps.page && !this.keeps.worker;
  }

  /** Ring. A press that has not gone out yet is tried at once instead: the server has not heard the first one. */
  press(silent: boolean): void {
    const before = this.waiting;
    this.become(machine.pressed(this.now, { key: key(), at: Date.now(), occurred: new Date(serverNow()).toISOString(), silent }));
    const press = this.waiting;
    if (press && press !== before) void this.keep(press);
    this.again();
  }

  /** Words or a place for the alert; they follow the press, never hold it back. */
  add(path: Addition["path"], body: unknown): void {
    this.become(machine.added(this.now, { path, body, ...(path === "notes" ? { key: key() } : {}) }, this.telling));
    void this.follow();
  }

  adopt(alert: string): void {
    this.become(machine.adopted(this.now, alert));
  }

  forget(lost = 0): void {
    this.become(machine.forgotten(this.now, lost));
  }

  /** The server does not know this alert: nobody must wait for what nobody has. An older alert's loss is no news. */
  lose(alert: string): void {
    if (this.now.alert === alert) this.forget(Date.now());
  }

  /** Try now whatever waits; by itself that happens two seconds after the last try began. */
  again(): void {
    this.tried = performance.now();
    const press = this.waiting;
    if (press) this.tryAll(press);
    else void this.follow();
  }

  /** The first try goes to the server that gave us the page; what it does not take at once goes to all its addresses. */
  private tryAll(press: Press): void {
    const others = press.tries ? this.addresses() : [];
    const free = ["", ...others].filter((address) => (this.underWay.get(address) ?? 0) < UNDER_WAY_MAX);
    if (free.length) this.become(machine.trying(this.now, press.key));
    for (const address of free) void this.send(press, address);
  }

  private async send(press: Press, address: string): Promise<void> {
    this.underWay.set(address, (this.underWay.get(address) ?? 0) + 1);
    try {
      const receipt = await this.api.post<Receipt>(address + PRESS_PATH, this.body(press), { "Idempotency-Key": press.key });
      if (!isReceipt(receipt)) throw new Error("not ours"); // Some networks answer for everybody, and with anything.
      this.took(press, receipt);
    } catch (error) {
      if (!address) this.become(machine.failed(this.now, press.key, why(error)));
      if (this.waiting?.tries === 1 && this.addresses().length) this.again(); // At once, by another way.
    } finally {
      this.underWay.set(address, (this.underWay.get(address) ?? 1) - 1);
    }
  }

  private body({ silent, occurred, at }: Made): Record<string, unknown> {
    return { kind: "sos", silent, occurred_at: occurred ?? new Date(at).toISOString(), ...this.extra };
  }

  private took(press: Press, receipt: Receipt): void {
    const before = this.now;
    this.become(machine.took(before, press.key, receipt.id, Date.now(), receipt.state === OVER));
    const anew = this.now === before ? undefined : this.waiting;
    void (anew ? this.keep(anew) : Promise.resolve()).then(() => kept.remove(nameOf(press.key))).catch(() => undefined);
    if (this.now === before) return;
    if (anew) return this.again();
    this.sent(this.now.alert);
    void this.follow();
  }

  private async follow(): Promise<void> {
    const addition = machine.next(this.now);
    if (!addition || this.telling) return;
    this.telling = addition; // One at a time, in their order.
    let again = false;
    try {
      await this.api.act(this.now.alert ?? "", addition.path, addition.body, addition.key ? { "Idempotency-Key": addition.key } : {});
    } catch (error) {
      again = !(error instanceof Refused) || error.status > 499 || error.status === 429;
    }
    this.telling = null;
    if (again) return;
    this.become(machine.said(this.now, addition));
    void this.follow();
  }

  private become(now: Outgoing): void {
    if (now === this.now) return;
    this.now = now;
    this.write();
  }

  private get name(): string {
    return `tocsin.press.${fingerprint(this.api.token ?? "")}`;
  }

  private readStore(): string | null {
    try {
      return this.store?.getItem(this.name) ?? null;
    } catch {
      return null; // Forbidden: the press lives on in memory.
    }
  }

  private write(): void {
    try {
      this.keeps.page = this.store !== null;
      this.store?.setItem(this.name, JSON.stringify(this.now));
    } catch {
      this.keeps.page = false; // Full: the press lives on in memory and is sent all the same, and the page says so.
    }
    this.changed();
  }

  /** For the service worker, and for the day on which the other store was not written to the disk in time. */
  private async keep(press: Press): Promise<void> {
    const token = this.api.token;
    if (!token) return;
    try {
      await kept.put(nameOf(press.key), this.toKeep(press, token));
      this.keeps.worker = true;
    } catch {
      this.keeps.worker = false;
    }
    this.changed();
    if (this.now.presses.some((one) => one.key === press.key && one.taken !== null)) await kept.remove(nameOf(press.key)).catch(() => undefined);
    else await askSync();
  }

  private toKeep(press: Press, token: string): Kept {
    const anew = press.anew ? { anew: this.toKeep(machine.fresh(press.anew), token) } : {};
    return { key: press.key, token, body: this.body(press), addresses: this.addresses(), press, ...anew };
  }

  /** A press of this very token that only the other store still has. */
  private async remember(): Promise<void> {
    try {
      const all = await kept.all<Kept>(nameOf(""));
      for (const { token, press } of all) if (token === this.api.token) this.become(machine.found(this.now, press));
      this.again();
    } catch {
      this.keeps.worker = false;
      this.changed();
    }
  }
}

/** Wake the service worker as soon as there is a network, also when no page is open. Not every browser can. */
async function askSync(): Promise<void> {
  const worker = (await navigator.serviceWorker?.ready) as (ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } }) | undefined;
  await worker?.sync?.register(SYNC).catch(() => undefined);
}

/** None where the browser forbids it altogether. */
function ownStore(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

function why(error: unknown): Press["failed"] {
  if (!(error instanceof Refused)) return "no_connection";
  return error.status === 401 ? "not_enrolled" : "refused";
}

/** Names the outbox of a token without keeping the token: 32 bits, of which there are a few on one phone. */
export function fingerprint(text: string): string {
  let mixed = 0;
  for (const char of text) mixed = Math.imul(mixed ^ (char.codePointAt(0) ?? 0), 2654435761);
  return ((mixed ^ (mixed >>> 15)) >>> 0).toString(36);
}
