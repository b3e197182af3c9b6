// One stream a token for all tabs of this browser: six open streams on HTTP/1.1 would block a press.
import { Stream, type Word } from "./stream.ts";

type Ask = { ask: "join"; path: string; token: string | null } | { ask: "here" } | { ask: "leave" };
interface Line {
  stream: Stream;
  ports: Map<MessagePort, number>;
}

const GONE_MS = 180_000; // A tab says "here" every 15 s, at worst every minute when hidden.
const lines = new Map<string, Line>();

function join(port: MessagePort, path: string, token: string | null): Line {
  const name = `${path} ${token ?? ""}`;
  const line = lines.get(name) ?? open(name, path, token);
  line.ports.set(port, performance.now());
  if (line.stream.ready) port.postMessage({ kind: "event", name: "open", data: "" } satisfies Word);
  return line;
}

function open(name: string, path: string, token: string | null): Line {
  const ports = new Map<MessagePort, number>();
  const line: Line = { ports, stream: new Stream(path, token, (word) => ports.forEach((_, port) => port.postMessage(word))) };
  lines.set(name, line);
  return line;
}

function leave(port: MessagePort): void {
  for (const [name, line] of lines) {
    if (!line.ports.delete(port) || line.ports.size) continue;
    line.stream.end();
    lines.delete(name);
  }
}

setInterval(() => {
  const oldest = performance.now() - GONE_MS;
  for (const line of [...lines.values()]) {
    for (const [port, seen] of [...line.ports]) if (seen < oldest) leave(port);
  }
}, 30_000);

(self as unknown as SharedWorkerGlobalScope).onconnect = (event) => {
  const port = event.ports[0];
  if (!port) return;
  let asked: { path: string; token: string | null } | null = null;
  port.onmessage = ({ data }: MessageEvent<Ask>) => {
    if (data.ask === "leave") leave(port);
    if (data.ask === "join") asked = data;
    if (data.ask !== "leave" && asked) {
      const known = lines.get(`${asked.path} ${asked.token ?? ""}`)?.ports.has(port);
      if (known) lines.get(`${asked.path} ${asked.token ?? ""}`)?.ports.set(port, performance.now());
      else join(port, asked.path, asked.token);
    }
  };
};
