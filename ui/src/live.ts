// What is happening now, in order, and whether we can still be believed about it.
import { Stream, type Word } from "./stream.ts";

const STALE_MS = 2_500; // A beat comes every second: after this the page says that it is not live, within 3 s.

export class Live {
  private beat = -Infinity;
  private refusal = 0;

  constructor(path: string, token: string | null, private readonly heard: (name: string, data: unknown) => void) {
    const script = document.documentElement.dataset["worker"];
    if (script && "SharedWorker" in self) this.share(script, path, token);
    else new Stream(path, token, (word) => this.take(word));
  }

  get now(): boolean {
    return performance.now() - this.beat < STALE_MS;
  }

  /** Milliseconds since the line last said anything. */
  get silence(): number {
    return performance.now() - this.beat;
  }

  /** The status with which the stream was last refused, 0 while it was not. */
  get refused(): number {
    return this.refusal;
  }

  private share(script: string, path: string, token: string | null): void {
    const worker = new SharedWorker(trusted(script) as unknown as URL, { type: "module", name: "tocsin" });
    const join = (): void => worker.port.postMessage({ ask: "join", path, token });
    worker.port.onmessage = ({ data }: MessageEvent<Word>) => this.take(data);
    worker.onerror = () => new Stream(path, token, (word) => this.take(word));
    join();
    setInterval(() => worker.port.postMessage({ ask: "here" }), 15_000);
    addEventListener("pagehide", () => worker.port.postMessage({ ask: "leave" }));
    addEventListener("pageshow", (event) => event.persisted && join());
  }

  private take(word: Word): void {
    if (word.kind === "refused") {
      this.refusal = word.status;
      return;
    }
    this.refusal = 0;
    this.beat = performance.now();
    if (word.kind === "event") this.heard(word.name, parsed(word.data));
  }
}

function parsed(data: string): unknown {
  try {
    return data ? JSON.parse(data) : null;
  } catch {
    return null; // Not ours to read; the next snapshot brings the truth.
  }
}

interface Policies {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): unknown };
}

/** Trusted Types: the only script this page may ever start is its own, from its own server. */
function trusted(script: string): unknown {
  const policies = (self as unknown as { trustedTypes?: Policies }).trustedTypes;
  const own = (url: string): string => {
    if (!url.startsWith("/static/live-worker")) throw new TypeError("not our script");
    return url;
  };
  return policies ? policies.createPolicy("tocsin", { createScriptURL: own }).createScriptURL(script) : own(script);
}
