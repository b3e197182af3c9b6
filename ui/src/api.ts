// One way to ask the server: the token of this tab, JSON both ways, a problem as an error with a sentence to show.
/**
 * The link's token moves from the address to this tab's own store, so that it is in no history and no referrer.
 * What was enrolled in this browser (a phone, a desk, a wallboard: each under its own name) outlives the tab.
 */
export function token(name = "tocsin.token"): string | null {
  const given = location.hash.slice(1);
  const shown = given && !given.includes("=") ? decodeURIComponent(given) : null;
  if (shown !== null) history.replaceState(null, "", location.pathname);
  try {
    if (shown !== null) sessionStorage.setItem(name, shown);
    return shown ?? sessionStorage.getItem(name) ?? localStorage.getItem(name);
  } catch {
    return shown; // Full or forbidden: this page has it all the same.
  }
}

/** The server answered, and it was no. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

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
    const text = await response.text();
    if (!response.ok) throw refusal(response.status, text);
    return (text ? JSON.parse(text) : null) as T;
  }
}

function refusal(status: number, text: string): Refused {
  try {
    const problem = JSON.parse(text) as { type?: string; title?: string; detail?: string; code?: string };
    return new Refused(status, problem.code ?? problem.type ?? "", problem.detail ?? problem.title ?? "");
  } catch {
    return new Refused(status, "", "");
  }
}
