// Server-sent events over fetch: EventSource cannot send an Authorization header. Runs in the worker or in the page.

export type Word =
  | { kind: "event"; name: string; data: string }
  | { kind: "beat" }
  | { kind: "lost" }
  | { kind: "refused"; status: number };

const SILENT_MS = 4_000; // The server beats every second; after this the line is dead and a new one is opened.
const AGAIN_MS = [300, 700, 1_500]; // Then every 1.5 s: a console must be live again soon after the server is.

export class Stream {
  private last = "";
  private open: AbortController | null = null;
  private ended = false;
  private tries = 0;
  ready = false;

  constructor(
    private readonly path: string,
    private readonly token: string | null,
    private readonly say: (word: Word) => void,
    private readonly beats = true,
  ) {
    void this.follow();
  }

  end(): void {
    this.ended = true;
    this.open?.abort();
  }

  private async follow(): Promise<void> {
    while (!this.ended) {
      try {
        await this.connect();
      } catch {
        // A lost line is no news: the pages see the beats stop, and say so.
      }
      this.ready = false;
      this.say({ kind: "lost" });
      if (this.ended) return;
      const wait = AGAIN_MS[Math.min(this.tries++, AGAIN_MS.length - 1)] ?? 1_500;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  private async connect(): Promise<void> {
    this.open = new AbortController();
    const headers: Record<string, string> = { Accept: "text/event-stream" };
    if (this.token) headers["Authorization"] = `Bearer ${this.token}`;
    if (this.last) headers["Last-Event-ID"] = this.last;
    let watch = setTimeout(() => this.open?.abort(), SILENT_MS);
    const heard = (): void => {
      clearTimeout(watch);
      if (this.beats) watch = setTimeout(() => this.open?.abort(), SILENT_MS);
    };
    try {
      const response = await fetch(this.path, { headers, cache: "no-store", signal: this.open.signal });
      if (!response.ok || !response.body) {
        this.say({ kind: "refused", status: response.status });
        return;
      }
      this.tries = 0;
      heard();
      this.ready = true;
      this.say({ kind: "event", name: "open", data: "" });
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        heard();
        this.say({ kind: "beat" });
        rest = this.take(rest + value);
      }
    } finally {
      clearTimeout(watch);
    }
  }

  /** Tell every whole event in the text; what is left is the beginning of the next one. */
  private take(text: string): string {
    const blocks = text.replaceAll("\r\n", "\n").split("\n\n");
    const rest = blocks.pop() ?? "";
    for (const block of blocks) this.tell(block);
    return rest;
  }

  private tell(block: string): void {
    let name = "message";
    const data: string[] = [];
    for (const line of block.split("\n")) {
      const [, field = "", value = ""] = /^(\w*):? ?(.*)$/s.exec(line) ?? [];
      if (field === "id") this.last = value;
      else if (field === "event") name = value;
      else if (field === "data") data.push(value);
    }
    if (data.length) this.say({ kind: "event", name, data: data.join("\n") });
  }
}
