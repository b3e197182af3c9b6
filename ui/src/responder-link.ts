// The link to one alert: nothing is asked before a tap; the device that taps first keeps a token of its own for it.
import { spelled } from "./address.ts";
import { Refused, type Api } from "./api.ts";
import { fingerprint } from "./press.ts";

export interface Bound {
  token: string;
  alert: string;
  purpose: "rung" | "own";
}
interface Kept extends Bound {
  at: number;
}
export type Door = "shut" | "opening" | "elsewhere" | "over" | "unsure";

const PREFIX = "tocsin.rung.";
const KEPT_MS = 86_400_000; // An alert is over by then, and its token with it.

/** The end of the address; it goes nowhere but to our own server. */
export const code = (): string => spelled(location.pathname.split("/").at(-1) ?? "");

const name = (): string => PREFIX + fingerprint(code());

/** What this device was given when it opened this very link; what is left of old ones is thrown away. */
export function remembered(store: Storage = localStorage): Bound | null {
  try {
    for (const key of Object.keys(store).filter((one) => one.startsWith(PREFIX))) {
      const kept = JSON.parse(store.getItem(key) ?? "null") as Kept | null;
      if (!kept || Date.now() - kept.at > KEPT_MS) store.removeItem(key);
      else if (key === name()) return kept;
    }
  } catch {
    // A store that is shut: then the tab alone remembers.
  }
  return null;
}

export async function open(api: Api, store: Storage = localStorage): Promise<Bound> {
  const bound = await api.post<Bound>(`/r/${encodeURIComponent(code())}`, {});
  try {
    store.setItem(name(), JSON.stringify({ ...bound, at: Date.now() } satisfies Kept));
  } catch {
    // Full or shut: it opens in this tab all the same.
  }
  return bound;
}

/** What a refusal means here; everything else may be tried again. */
export function why(error: unknown): Door {
  if (!(error instanceof Refused)) return "unsure";
  if (error.code === "opened_elsewhere") return "elsewhere";
  return error.status === 410 ? "over" : "unsure";
}
