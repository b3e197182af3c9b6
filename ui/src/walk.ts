// One's own walk on one's own phone: what the server last said of it, and what is said to the server. The timer is the
// server's. What is said is kept and sent until it is taken, and nothing here ever shows it as done before that. More time
// goes under a key, so that a lost answer does not lengthen twice; *home* waits for no answer to it. A code is kept
// nowhere: whoever searches this phone must not learn by which one a walk was ended.
import { ms, type Place } from "./alert.ts";
import { Refused, type Api } from "./api.ts";
import { learn, serverNow } from "./clock.ts";
import type { Fix } from "./fixes.ts";
import { key } from "./key.ts";
import { whyNot } from "./refusals.ts";
import { t } from "./say.ts";
import { Snapshot } from "./snapshot.ts";
import { store, stored } from "./stored.ts";
import { Buddies, Minded } from "./buddies.ts";
import { Start, UNDER_WAY } from "./walk-start.ts";
import type { Walk } from "./walks.ts";

export interface OwnWalk extends Walk {
  started_at: string;
  raises_at: string;
  alert?: string | null;
  extend_left_min?: number;
  pin_needed?: boolean;
  places?: Place[];
}
export interface Asked {
  act: "home" | "cancel" | "extend";
  minutes?: number;
}
interface Queued extends Asked {
  walk: string;
  key?: string; // Of more time.
  failed?: boolean;
}
export interface Choice {
  minutes: number;
  destination: string;
  bay?: string;
  way?: string;
  buddy?: string;
}
export type Phase = "out" | "reminded" | "due" | "overdue" | "home" | "cancelled";

const AGAIN_MS = 2_000;
const LOOK_MS = 5_000; // Where no stream tells us anything.
const FIX_EVERY_MS = 15_000; // A walk lasts long, and only its newest place counts.
const FIRST: Choice = { minutes: 15, destination: "car" };

export class Walking {
  walk: OwnWalk | null = null;
  choosing = false;
  asking: Asked | null = null;
  queued: Queued | null = null;
  said = "";
  busy = false;
  chosen = false; // Something was started before: one tap starts the same again.
  choice: Choice = FIRST;
  stranger = false; // A buddy was typed who is nobody, or could be two.
  readonly buddies: Buddies;
  readonly minded: Minded;
  private pin = "";
  private later: { asked: Asked; pin: string; walk: string }[] = []; // Typed while something else was on its way, in that order.
  private readonly starting: Start<OwnWalk>;
  private readonly snapshot: Snapshot;
  private sending: Queued | null = null;
  private placed = -Infinity;

  constructor(
    private readonly api: Api,
    private readonly mark: string,
    private readonly changed: () => void,
    private readonly raised: (alert: string) => void,
    live: () => boolean,
  ) {
    [this.buddies, this.minded, this.starting] = [new Buddies(api, changed), new Minded(api), new Start(api)];
    this.snapshot = new Snapshot(() => this.load());
    this.remember();
    if (!api.token) return;
    setInterval(() => void this.send(), AGAIN_MS);
    setInterval(() => (this.open || this.minded.now.length) && !live() && void this.load().catch(() => undefined), LOOK_MS);
    addEventListener("online", () => void this.send());
    void this.send();
  }

  /** Under way, as far as this phone knows. */
  get open(): boolean {
    return this.walk !== null && UNDER_WAY.includes(this.walk.state);
  }

  /** The server's word, and where it has not come yet, the server's clock. */
  phase(now: number): Phase | null {
    const walk = this.walk;
    if (!walk) return null;
    if (!this.open) return walk.state as Phase;
    if (walk.state === "overdue" || now >= ms(walk.raises_at)) return "overdue";
    return walk.state === "due" || now >= ms(walk.due_at) ? "due" : (walk.state as Phase);
  }

  hear(name: string, data: unknown): void {
    if (name === "open") void this.snapshot.take();
    this.minded.hear(name, data);
    if (name === "walk") this.take(data as OwnWalk | null);
    if (name === "gone" && (data as { id?: string } | null)?.id === this.walk?.id) this.become(null);
  }

  choose(): void {
    Object.assign(this, { choosing: true, said: "", stranger: false });
    void this.buddies.load();
  }

  /** As it was typed: a buddy by name. Nobody goes with a buddy whom they did not mean. */
  async begin(typed: Choice): Promise<void> {
    const buddy = typed.buddy ? await this.buddies.meant(typed.buddy) : undefined;
    this.stranger = Boolean(typed.buddy) && !buddy;
    if (this.stranger) return this.changed();
    const { buddy: _, ...choice } = typed;
    await this.start(buddy ? { ...choice, buddy } : choice);
  }

  async start(choice: Choice): Promise<void> {
    if (this.busy || this.open) return;
    Object.assign(this, { busy: true, said: "", choice });
    this.changed();
    try {
      this.take(await this.starting.begin(choice), true);
      Object.assign(this, { choosing: false, chosen: true });
      store(`tocsin.walk-last.${this.mark}`, JSON.stringify(choice));
    } catch (error) {
      this.notBegun(error);
    }
    this.busy = false;
    this.changed();
  }

  private notBegun(error: unknown): void {
    if (this.open) return; // Only its answer was lost.
    this.choosing = true;
    this.said = t("The walk has not started. {why}", { why: whyNot(error) });
    if (error instanceof Refused && error.code === "walk_open_already") void this.load().catch(() => undefined);
  }

  /** By a tap. In a watch window it needs the code; elsewhere one may be given all the same. */
  async act(asked: Asked): Promise<void> {
    if (this.walk?.pin_needed) this.ask(asked);
    else await this.say(asked, "");
  }

  ask(asked: Asked | null): void {
    [this.asking, this.said] = [asked, ""];
    this.changed();
  }

  /** What waits is tried now. */
  again(): boolean {
    if (!this.waits || this.waits.act === "extend") return false;
    void this.send();
    return true;
  }

  /** What was said of this very walk and is not heard yet. */
  get waits(): Queued | null {
    return this.queued?.walk === this.walk?.id ? this.queued : null;
  }

  /** More time that was asked for and is not heard yet. */
  get longer(): Queued | null {
    return this.waits?.act === "extend" && this.waits.failed ? this.waits : null;
  }

  /** Never dropped, whatever is on its way: it may be the one that calls for help. */
  typed(pin: string): void {
    if (!this.asking || !this.walk) return;
    if (this.busy) this.later.push({ asked: this.asking, pin, walk: this.walk.id });
    else void this.say(this.asking, pin);
  }

  /** Only the newest place of each kind counts, and what does not go through is told again by the next one. */
  async place(place: Fix | { kind: "zone"; place: string; at: string }): Promise<void> {
    const fix = place.kind === "fix";
    if (!this.walk || !this.open || (fix && performance.now() - this.placed < FIX_EVERY_MS)) return;
    if (fix) this.placed = performance.now();
    try {
      const walk = await this.heard(this.walk.id, "check-in", { place });
      if (walk.id) this.take(walk);
    } catch (error) {
      if (!fix) this.said = t("Not sent. Try again.");
      if (error instanceof Refused && (error.status === 404 || error.status === 409)) void this.load().catch(() => undefined);
    }
    this.changed();
  }

  putAway(): void {
    this.become(null);
    this.changed();
  }

  private async say(asked: Asked, pin: string, walk = this.walk?.id): Promise<void> {
    if (!walk || (this.sending && this.sending.act !== "extend")) return;
    const before = this.waits;
    const same = before?.act === asked.act; // More time, asked for while it waits, is the same.
    if (before && this.pin && !(same && pin === this.pin)) void this.besides(before, this.pin);
    this.queued = { ...asked, walk, ...(asked.act === "extend" ? { key: (same && before.key) || key() } : {}) };
    Object.assign(this, { pin, said: "", busy: true });
    this.write();
    this.changed();
    await this.send();
  }

  private async send(): Promise<void> {
    const said = this.queued;
    if (!said || this.sending === said) return;
    this.sending = said;
    try {
      const walk = await this.post(said, this.pin);
      if (this.queued === said) this.settle();
      if (this.asking?.act === said.act) this.asking = null;
      this.take(walk.id ? walk : this.received(said));
    } catch (error) {
      if (this.queued === said) this.unsaid(said, error);
    }
    if (this.sending !== said) return; // Something else was said meanwhile, and goes its own way.
    Object.assign(this, { sending: null, busy: false });
    this.write();
    this.changed();
    const later = this.later.shift();
    if (later) await this.say(later.asked, later.pin, later.walk);
  }

  private async post({ walk, act, minutes, key }: Queued, pin: string): Promise<OwnWalk> {
    const body = { ...(minutes ? { minutes } : {}), ...(pin ? { pin } : {}) };
    const headers: Record<string, string> = key ? { "Idempotency-Key": key } : {};
    return this.heard(walk, act, body, headers);
  }

  /** The server's own answer. Some networks answer for everybody, and with anything. */
  private async heard(walk: string, act: string, body: object, headers: Record<string, string> = {}): Promise<OwnWalk> {
    const told = await this.api.post<OwnWalk & { received?: boolean }>(`/api/v1/walks/${walk}/${act}`, body, headers);
    if (told.id !== walk && !told.received) throw new Error("not ours");
    return told;
  }

  /** The code that was typed for it is heard, also where something else was said since: it may be the one that calls for help. */
  private async besides(said: Queued, pin: string): Promise<void> {
    await this.post(said, pin).catch((error: unknown) => unheard(error) && setTimeout(() => void this.besides(said, pin), AGAIN_MS));
  }

  /** A credential that may only call for help learns no more than that it was heard. */
  private received(said: Queued): OwnWalk | null {
    return this.walk && this.walk.id === said.walk ? { ...this.walk, state: said.act === "cancel" ? "cancelled" : "home" } : null;
  }

  private unsaid(said: Queued, error: unknown): void {
    if (unheard(error)) {
      this.queued = { ...said, failed: true };
      if (this.asking?.act === said.act) this.asking = null;
      return;
    }
    this.settle();
    this.said = whyNot(error);
    if (!(error instanceof Refused)) return;
    if (error.code === "pin_needed") this.asking = { act: said.act, ...(said.minutes ? { minutes: said.minutes } : {}) };
    if (error.status === 404 || error.code === "walk_over") void this.load().catch(() => undefined);
  }

  private settle(): void {
    Object.assign(this, { queued: null, pin: "" });
  }

  private async load(): Promise<void> {
    const asked = serverNow();
    const { walks } = await this.api.get<{ walks: OwnWalk[] }>("/api/v1/walks");
    const own = walks.find((walk) => isOwn(walk));
    if (own) this.take(own, true);
    else if (this.walk && this.open && ms(this.walk.server_now ?? "") < asked) await this.look(this.walk.id);
    await this.minded.all(walks);
    this.changed();
  }

  /** It is not among those under way: what became of it? */
  private async look(id: string): Promise<void> {
    try {
      this.take(await this.api.get<OwnWalk>(`/api/v1/walks/${id}`));
    } catch (error) {
      if (error instanceof Refused && error.status === 404) this.become(null); // A server that lost its store: nobody waits for what nobody has.
    }
  }

  /** Of two accounts of one walk the server's later one holds. One that ends while nobody looked is no news. */
  private take(walk: OwnWalk | null, fresh = false): void {
    if (!walk || !isOwn(walk)) return;
    const known = this.walk?.id === walk.id ? this.walk : null;
    const under_way = UNDER_WAY.includes(walk.state);
    if (known && ms(known.server_now ?? "") > ms(walk.server_now ?? "")) return;
    if (!known && !(under_way && (fresh || !this.open || ms(walk.started_at) > ms(this.walk?.started_at ?? "")))) return;
    learn(walk.server_now);
    if (walk.state === "raised") {
      if (known && UNDER_WAY.includes(known.state) && walk.alert) this.raised(walk.alert);
      return this.become(null);
    }
    this.become(walk);
  }

  private become(walk: OwnWalk | null): void {
    const same = walk?.id === this.walk?.id;
    this.walk = walk;
    if (!this.open || !same) this.asking = null;
    if (this.open) {
      this.choosing = false;
      if (!same) this.said = "";
      this.starting.forget(); // A start that came through, whoever said so.
    }
    this.write();
  }

  /** What a reload shows before the server has answered. No position is kept, and nothing of a walk that is over. */
  private write(): void {
    const kept = this.open && this.walk ? { ...this.walk, places: undefined } : null;
    const queued = this.pin ? null : this.queued;
    const name = `tocsin.walk.${this.mark}`;
    try {
      if (kept) localStorage.setItem(name, JSON.stringify({ walk: kept, queued }));
      else localStorage.removeItem(name);
    } catch {
      // Full or forbidden: the server has the walk, and this page has it while it is open.
    }
  }

  private remember(): void {
    try {
      const kept = JSON.parse(stored(`tocsin.walk.${this.mark}`) ?? "null") as { walk: OwnWalk; queued: Queued | null } | null;
      [this.walk, this.queued] = [kept?.walk ?? null, kept?.queued ?? null];
      const last = JSON.parse(stored(`tocsin.walk-last.${this.mark}`) ?? "null") as Choice | null;
      if (last) [this.choice, this.chosen] = [last, true];
    } catch {
      // Not ours to read: as if nothing had been chosen before.
    }
  }
}

/** Nobody knows whether the server has it. */
const unheard = (error: unknown): boolean => !(error instanceof Refused) || error.status > 499 || error.status === 429;
const isOwn = ({ you, member }: Walk): boolean => you?.member === member.id;
