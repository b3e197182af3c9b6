// Pushes, as the page of a phone keeps them: looked at each time the page is loaded, because a browser may have given the
// phone another address, or none, while nobody looked. What the browser can do stands behind `PushBrowser`.
import { Refused, type Api } from "./api.ts";

/**
 * How this phone stands. `asks`: nobody has said yes or no yet. `cannot`: this browser has no pushes; `off`: nor has the server.
 * `unlisted`: the server goes to no push service like that of this browser.
 */
export type PushState = "unknown" | "off" | "cannot" | "asks" | "denied" | "unlisted" | "unproven" | "proven" | "ended";
interface Seen {
  state: "none" | "unproven" | "proven" | "ended";
  proven_at: string | null;
  key: string | null;
}

export interface PushBrowser {
  /** Leave to show notifications, as it is; undefined: there are none in this browser. */
  readonly leave: () => NotificationPermission | undefined;
  /** Ask for it. Browsers show the question only right after a tap. */
  readonly ask: () => Promise<NotificationPermission>;
  /** The subscription made with this key; one that was made with another ends, and so does every one where `anew`. */
  readonly subscribed: (key: string, anew: boolean) => Promise<PushSubscriptionJSON>;
}

const PATH = "/api/v1/push";
const PROVEN_FOR_MS = 7 * 86_400_000; // What was proven longer ago is proven again.

const bytes = (key: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(key.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

function sameKey(known: ArrayBuffer | null, wanted: Uint8Array): boolean {
  const had = known ? new Uint8Array(known) : null;
  return had?.length === wanted.length && had.every((byte, at) => byte === wanted[at]);
}

export const thisBrowser: PushBrowser = {
  leave: () => (typeof Notification === "undefined" || typeof PushManager === "undefined" || !navigator.serviceWorker ? undefined : Notification.permission),
  ask: () => Notification.requestPermission(),
  subscribed: async (key, anew) => {
    const { pushManager } = await navigator.serviceWorker.ready;
    const wanted = bytes(key);
    const known = await pushManager.getSubscription();
    if (known && !anew && sameKey(known.options.applicationServerKey, wanted)) return known.toJSON();
    await known?.unsubscribe();
    return (await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: wanted })).toJSON();
  },
};

export class Pushes {
  state: PushState = "unknown";
  provenAt: string | null = null;

  constructor(
    private readonly api: Api,
    private readonly changed: (seen?: Seen) => void,
    private readonly browser: PushBrowser = thisBrowser,
  ) {}

  /** To be called when the page is loaded, and again when it is looked at. A server that is away leaves it as it was. */
  async check(): Promise<void> {
    try {
      await this.look();
    } catch (error) {
      // Else nothing is known that was not known before; the next load asks again.
      if (error instanceof Refused && error.code === "push_host") this.state = "unlisted";
    }
    this.changed();
  }

  /** After a tap: ask for leave, then subscribe. */
  async allow(): Promise<void> {
    if (this.browser.leave() === "default") await this.browser.ask();
    await this.check();
  }

  private async look(): Promise<void> {
    const seen = await this.api.get<Seen>(`${PATH}/subscriptions`);
    this.changed(seen); // Now: the browser may take long over the rest, or for ever.
    const leave = this.browser.leave();
    if (!seen.key) this.state = "off";
    else if (leave === undefined) this.state = "cannot";
    else if (leave !== "granted") this.state = leave === "denied" ? "denied" : "asks";
    else await this.keep(seen.key, seen.state === "ended");
  }

  /** `ended`: its push service knows the address no more, whatever the browser still believes of it. */
  private async keep(key: string, ended: boolean): Promise<void> {
    const { endpoint, keys } = await this.browser.subscribed(key, ended);
    this.know(await this.api.post<Seen>(`${PATH}/subscriptions`, { endpoint, keys }));
    const old = this.provenAt !== null && Date.now() - Date.parse(this.provenAt) > PROVEN_FOR_MS;
    if (this.state !== "proven" || old) this.know(await this.api.post<Seen>(`${PATH}/test`, {}));
  }

  private know({ state, proven_at: at }: Seen): void {
    this.state = state === "none" ? "ended" : state;
    this.provenAt = at;
  }
}
