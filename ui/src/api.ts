// One way to ask the server: the token of this tab, JSON both ways, a problem as an error with a sentence to show.
import { spelled } from "./address.ts";

/**
 * The link's token moves from the address to this tab's own store, so that it is in no history and no referrer.
 * What was enrolled in this browser (a phone, a desk, a wallboard: each under its own name) outlives the tab.
 */
export function token(name = "tocsin.token"): string | null {
  const given = location.hash.slice(1);
  const shown = given && !given.includes("=") ? spelled(given) : null;
  if (shown !== null) history.replaceState(null, "", location.pathname);
  try {
    if (shown !== null) sessionStorage.setItem(name, shown);
    return shown ?? sessionStorage.getItem(name) ?? localStorage.getItem(name);
  } catch {
    return shown; // Full or forbidden: this page has it all the same.
  }
}

/** The server itself answered, and it was no. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

const LATER = [408, 429]; // Beside every fault of the server's own.

/** Whoever asks again hears the same. */
export const forGood = (error: unknown): boolean => error instanceof Refused && error.status < 500 && !LATER.includes(error.status);

export interface Asking {
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export class Api {
  constructor(readonly token: string | null) {}

  get<T>(path: string): Promise<T> {
    return this.ask<T>("GET", path, { signal: AbortSignal.timeout(10_000) });
  }

  post<T>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<T> {
    return this.ask<T>("POST", path, { body, headers, signal: AbortSignal.timeout(15_000) });
  }

  /** Done to an alert: the alert as it is now. Some networks answer for everybody, and with anything: that is no answer. */
  async act<T extends { id: string }>(alert: string, path: string, body: unknown, headers: Record<string, string> = {}): Promise<T> {
    const told = await this.post<T>(`/api/v1/alerts/${alert}/${path}`, body, headers);
    if (told.id !== alert) throw new Error("not ours");
    return told;
  }

  private async ask<T>(method: string, path: string, { body, headers = {}, signal }: Asking): Promise<T> {
    const sent: Record<string, string> = { Accept: "application/json", ...headers };
    if (this.token) sent["Authorization"] = `Bearer ${this.token}`;
    if (body !== undefined) sent["Content-Type"] = "application/json";
    const response = await fetch(path, {
      method,
      headers: sent,
      cache: "no-store",
      credentials: "same-origin",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
    const told = JSON.parse(await response.text()) as unknown;
    if (!response.ok) throw refusal(response.status, told as Problem | null);
    if (typeof told !== "object" || told === null) throw new Error("not ours");
    return told as T;
  }
}

interface Problem {
  title?: string;
  detail?: string;
  code?: string;
}

/** What has no code of ours was said by something on the way (a proxy, a guest network): as if nobody had answered. */
function refusal(status: number, problem: Problem | null): Error {
  return problem?.code ? new Refused(status, problem.code, problem.detail ?? problem.title ?? "") : new Error(`not ours: ${status}`);
}
