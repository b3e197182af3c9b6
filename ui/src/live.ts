// What is happening now, in order, and whether we can still be believed about it.
import { painted } from "./painted.ts";
import { Stream, type Word } from "./stream.ts";
import "./trusted.ts";

const STALE_MS = 2_000; // A beat comes every second; with half a second to the next drawing, "not live" stands within 3 s.

export class Live {
  private beat = -Infinity;
  private refusal = 0;
  private open = false;

  constructor(path: string, token: string | null, private readonly heard: (name: string, data: unknown) => void, private readonly beats = true) {
    void painted().then(() => this.begin(path, token));
  }

  private begin(path: string, token: string | null): void {
    const script = document.documentElement.dataset["worker"];
    if (!script || !("SharedWorker" in self) || !this.share(script, path, token)) this.alone(path, token);
  }

  get now(): boolean {
    if (!this.beats) return this.open;
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

  /** Could it be shared?  A browser that keeps nothing for this site shares no worker either, and says so by throwing. */
  private share(script: string, path: string, token: string | null): boolean {
    const worker = shared(script);
    if (!worker) return false;
    const join = (): void => worker.port.postMessage({ ask: "join", path, token, beats: this.beats });
    worker.port.onmessage = ({ data }: MessageEvent<Word>) => this.take(data);
    worker.onerror = () => this.alone(path, token);
    join();
    setInterval(() => worker.port.postMessage({ ask: "here" }), 15_000);
    addEventListener("pagehide", () => worker.port.postMessage({ ask: "leave" }));
    addEventListener("pageshow", (event) => event.persisted && join());
    return true;
  }

  /**
   * A browser that shares no worker (Chrome for Android): tabs in sight have a line each, of those out of sight only the
   * one that holds the lock; six lines on HTTP/1.1 would block a press.
   */
  private alone(path: string, token: string | null): void {
    let line: Stream | null = null;
    let letGo = (): void => undefined;
    const rest = (): void => {
      line?.end();
      line = null;
    };
    const locks = navigator.locks as LockManager | undefined; // Not everywhere.
    const follow = (): void => {
      letGo();
      if (!document.hidden) line ??= new Stream(path, token, (word) => this.take(word), this.beats);
      else void (locks?.request("line", { ifAvailable: true }, (lock) => (lock ? new Promise<void>((done) => (letGo = done)) : rest())) ?? rest());
    };
    document.addEventListener("visibilitychange", follow);
    follow();
  }

  private take(word: Word): void {
    if (word.kind === "refused") {
      this.refusal = word.status;
      return;
    }
    this.open = word.kind !== "lost";
    if (!this.open) return;
    this.refusal = 0;
    this.beat = performance.now();
    if (word.kind === "event") this.heard(word.name, parsed(word.data));
  }
}

function shared(script: string): SharedWorker | null {
  try {
    return new SharedWorker(script, { type: "module", name: "tocsin" });
  } catch {
    return null;
  }
}

function parsed(data: string): unknown {
  try {
    return data ? JSON.parse(data) : null;
  } catch {
    return null; // Not ours to read; the next snapshot brings the truth.
  }
}
