// The alerts this reader may see: a snapshot at every (re)connection, then each change as it comes.
import type { Alert } from "./alert.ts";
import { ms } from "./alert.ts";
import type { Api } from "./api.ts";
import { learn } from "./clock.ts";
import { Live } from "./live.ts";

export class Alerts {
  readonly known = new Map<string, Alert>();
  readonly live: Live;
  loaded = false;

  constructor(
    private readonly api: Api,
    private readonly changed: () => void,
    other?: (name: string, data: unknown) => void,
  ) {
    this.live = new Live("/api/v1/live", api.token, (name, data) => (other?.(name, data), this.hear(name, data)));
  }

  async load(): Promise<void> {
    const { alerts } = await this.api.get<{ alerts: Alert[] }>("/api/v1/alerts");
    for (const alert of alerts) this.take(alert);
    this.loaded = true;
    this.changed();
  }

  async look(id: string): Promise<void> {
    this.take(await this.api.get<Alert>(`/api/v1/alerts/${id}`));
    this.changed();
  }

  /** Of two accounts of one alert the server's later one holds; a snapshot may overtake an event or lag behind it. */
  private take(alert: Alert): void {
    const known = this.known.get(alert.id);
    if (ms(known?.server_now ?? "") > ms(alert.server_now ?? "")) return;
    learn(alert.server_now);
    this.known.set(alert.id, alert);
  }

  private hear(name: string, data: unknown): void {
    if (name === "open") void this.load().catch(() => undefined);
    if (name === "hello") learn((data as { server_now?: string } | null)?.server_now);
    const id = (data as { id?: string } | null)?.id;
    if (id && name === "alert") this.take(data as Alert);
    if (id && name === "gone") this.known.delete(id);
    this.changed();
  }
}
