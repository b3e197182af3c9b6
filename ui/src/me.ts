// Who has this phone, as the server last said it; kept so that a text or a call can be offered when the server is away.
import type { Me } from "./alert.ts";
import { store, stored } from "./stored.ts";

const nameOf = (mark: string): string => `tocsin.me.${mark}`;

/** Some networks answer for everybody, and with anything; a page that drew it would draw nothing at all. */
export const isMe = (said: Me | null): said is Me => typeof said?.member?.name === "string";

export const remember = (mark: string, me: Me): boolean => store(nameOf(mark), JSON.stringify(me));

/** `mark`: the fingerprint of the phone's token. */
export function remembered(mark: string): Me | null {
  try {
    const kept = JSON.parse(stored(nameOf(mark)) ?? "null") as Me | null;
    return isMe(kept) ? kept : null;
  } catch {
    return null;
  }
}
