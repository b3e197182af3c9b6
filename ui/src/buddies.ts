// Whom one may name as a buddy, found by typing; and the walks of those whose buddy one is oneself.
import { ms, type Who } from "./alert.ts";
import type { Api } from "./api.ts";
import type { Walk } from "./walks.ts";

const TYPED_MIN = 2;
const folded = (name: string): string => name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim().replace(/\s+/g, " ");

/** Colleagues of one's own site. Who of them is on shift, this page is not told. */
export class Buddies {
  private readonly known = new Map<string, Who>();
  private more = false;

  constructor(
    private readonly api: Api,
    private readonly changed: () => void,
  ) {}

  /** With a word that tells two of one name apart. */
  get all(): { id: string; label: string }[] {
    const people = [...this.known.values()];
    const twice = (name: string): boolean => people.filter((one) => folded(one.name) === folded(name)).length > 1;
    return people.map(({ id, name }) => ({ id, label: twice(name) ? `${name} (${id})` : name }));
  }

  /** Where they cannot be asked for none is drawn; a walk needs no buddy. */
  async load(name = ""): Promise<void> {
    try {
      const asked = name ? `?name=${encodeURIComponent(name)}` : "";
      const page = await this.api.get<{ people: Who[]; more: boolean }>(`/api/v1/walks/buddies${asked}`);
      if (!name) this.known.clear();
      if (!name) this.more = page.more;
      for (const one of page.people) this.known.set(one.id, one);
    } catch {
      // What is known stays.
    }
    this.changed();
  }

  /** Of very many only the first are known, until somebody types. */
  async typed(name: string): Promise<void> {
    if (this.more && name.trim().length >= TYPED_MIN) await this.load(name.trim());
  }

  /** The one who is meant: by the whole name, or by a part that only they have. */
  async meant(name: string): Promise<string | undefined> {
    await this.typed(name);
    const part = folded(name);
    const whole = this.all.filter(({ label }) => folded(label) === part);
    const found = whole.length ? whole : this.all.filter(({ label }) => folded(label).includes(part));
    return found.length === 1 ? found[0]?.id : undefined;
  }
}

const OVER = ["home", "cancelled"];

/** Walks of colleagues who count on whoever holds this phone. Nothing of them is kept on it. */
export class Minded {
  private readonly known = new Map<string, Walk>();

  constructor(private readonly api: Api) {}

  /** The first to end first. */
  get now(): Walk[] {
    return [...this.known.values()].sort((a, b) => ms(a.due_at) - ms(b.due_at));
  }

  hear(name: string, data: unknown): void {
    const id = (data as { id?: string } | null)?.id;
    if (id && name === "walk") this.take(data as Walk);
    if (id && name === "gone") this.known.delete(id);
  }

  /** Those under way. What is not among them any more is asked for: it raised an alert, it is over, or it is not shown. */
  async all(walks: readonly Walk[]): Promise<void> {
    const there = new Set(walks.map(({ id }) => id));
    for (const walk of walks) this.take(walk);
    for (const { id } of this.now.filter((walk) => !there.has(walk.id))) {
      try {
        this.take(await this.api.get<Walk>(`/api/v1/walks/${id}`));
      } catch (error) {
        if ((error as { status?: number }).status === 404) this.known.delete(id);
      }
    }
  }

  putAway(id: string): void {
    this.known.delete(id);
  }

  private take(walk: Walk): void {
    const mine = walk.buddy?.id !== undefined && walk.buddy.id === walk.you?.member && walk.member.id !== walk.you.member;
    if (ms(this.known.get(walk.id)?.server_now ?? "") > ms(walk.server_now ?? "")) return;
    if (!mine || OVER.includes(walk.state)) this.known.delete(walk.id);
    else if (walk.state !== "raised" || this.known.has(walk.id)) this.known.set(walk.id, walk);
  }
}
