// What is done to an alert from the watch, and what is to be known of it. The same press twice is one; another one never
// waits behind it, nor is it dropped. What went wrong with one alert is never said under another.
import type { Alert } from "./alert.ts";
import type { Api } from "./api.ts";
import { key } from "./key.ts";
import { whatBecame } from "./refusals.ts";
import { t } from "./say.ts";

export class Acting {
  private readonly underWay = new Set<string>(); // What was sent and is not answered yet.
  private readonly told = new Map<string, string>();
  private readonly keys = new Map<string, string>(); // Of notes whose answer was lost: the same words again are the same note.
  private readonly closing = new Set<string>();

  constructor(
    private readonly api: Api,
    private readonly look: (alert: string) => Promise<void>,
    private readonly changed: () => void,
  ) {}

  get busy(): boolean {
    return this.underWay.size > 0;
  }

  said(alert: string | undefined): string {
    return (alert && this.told.get(alert)) || "";
  }

  forget(): void {
    this.told.clear();
  }

  /** A close that is undone says so: it would otherwise be gone from one moment to the next, and nobody would know why. */
  follow(open: readonly Alert[]): void {
    const proposed = new Set(open.filter(({ closing }) => closing).map(({ id }) => id));
    for (const { id } of open) {
      if (proposed.has(id) === this.closing.has(id)) continue;
      if (proposed.has(id)) this.told.delete(id);
      else this.told.set(id, t("The close is undone: somebody objected or called again, or nobody confirmed in time. It rings on."));
    }
    this.closing.clear();
    for (const id of proposed) this.closing.add(id);
  }

  private keyOf(sent: string): string {
    const known = this.keys.get(sent) ?? key();
    this.keys.set(sent, known);
    return known;
  }

  async act(alert: string, path: string, body: unknown, form?: HTMLFormElement): Promise<void> {
    const written = (): string => JSON.stringify([alert, path, form ? [...new FormData(form).values()] : body]);
    const sent = written();
    if (this.underWay.has(sent)) return;
    this.underWay.add(sent);
    this.told.delete(alert);
    this.changed();
    try {
      await this.api.act(alert, path, body, path === "notes" ? { "Idempotency-Key": this.keyOf(sent) } : {});
      this.keys.delete(sent);
      if (form && written() === sent) putAway(form);
    } catch (error) {
      this.told.set(alert, whatBecame(error));
    }
    await this.look(alert).catch(() => undefined); // The stream tells it too.
    this.underWay.delete(sent);
    this.changed();
  }
}

/** What was sent has been taken.  Not what somebody has typed since. */
function putAway(form: HTMLFormElement): void {
  form.reset();
  form.closest("details")?.removeAttribute("open");
}
