// The alerts this reader may see: a snapshot at every (re)connection, then each change as it comes. A page may join a line
// that is long open, or come back to one, so the snapshot holds everything that is open, however long it has been.
import type { Alert } from "./alert.ts";
import { ms } from "./alert.ts";
import { Refused, type Api } from "./api.ts";
import { learn } from "./clock.ts";
import { Live } from "./live.ts";
import { Snapshot } from "./snapshot.ts";

interface Page {
  alerts: Alert[];
  next?: string | null;
}

export class Alerts {
  readonly known = new Map<string, Alert>();
  readonly live: Live;
  loaded = false;
  private readonly snapshot = new Snapshot(() => this.load());

  constructor(
    private readonly api: Api,
    private readonly changed: () => void,
    other?: (name: string, data: unknown) => void,
  ) {
    this.live = new Live("/api/v1/live", api.token, (name, data) => (other?.(name, data), this.hear(name, data)));
  }

  /** What closed lately, and all that is open; of what seems to be open here and is not there, what became of it. */
  async load(): Promise<void> {
    const before = [...this.known.values()].filter(({ state }) => state !== "closed").map(({ id }) => id);
    const newest = await this.page("");
    const open = newest.next ? await this.open() : newest.alerts;
    for (const alert of [...newest.alerts, ...open]) this.take(alert);
    const there = new Set(open.map(({ id }) => id));
    for (const id of before) if (!there.has(id)) await this.lookAgain(id);
    this.loaded = true;
    this.changed();
  }

  async look(id: string): Promise<void> {
    this.take(await this.api.get<Alert>(`/api/v1/alerts/${id}`));
    this.changed();
  }

  private page(query: string): Promise<Page> {
    return this.api.get<Page>(`/api/v1/alerts${query}`);
  }

  private async open(): Promise<Alert[]> {
    const all: Alert[] = [];
    for (let after: string | null | undefined = ""; after !== null && after !== undefined;) {
      const page = await this.page(`?state=open${after ? `&after=${encodeURIComponent(after)}` : ""}`);
      all.push(...page.alerts);
      after = page.next;
    }
    return all;
  }

  /** It closed, or it is no longer this reader's to see. */
  private async lookAgain(id: string): Promise<void> {
    try {
      await this.look(id);
    } catch (error) {
      if (!(error instanceof Refused && error.status === 404)) throw error;
      this.known.delete(id);
    }
  }

  /**
   * Of two accounts of one alert the server's later one holds; a snapshot may overtake an event or lag behind it. Of two of
   * the very same instant that of a living line does: whatever is newer still comes by it.
   */
  private take(alert: Alert, told = false): void {
    const [known, now] = [ms(this.known.get(alert.id)?.server_now ?? ""), ms(alert.server_now ?? "")];
    if (known > now || (known === now && !told && this.live.now)) return;
    learn(alert.server_now);
    this.known.set(alert.id, alert);
  }

  private hear(name: string, data: unknown): void {
    if (name === "open") void this.snapshot.take();
    if (name === "hello") learn((data as { server_now?: string } | null)?.server_now);
    const id = (data as { id?: string } | null)?.id;
    if (id && name === "alert") this.take(data as Alert, true);
    if (id && name === "gone") this.known.delete(id);
    this.changed();
  }
}
