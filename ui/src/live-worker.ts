// One stream a token for all tabs of this browser: six open streams on HTTP/1.1 would block a press.
import { Stream, type Word } from "./stream.ts";

type Ask = { ask: "join"; path: string; token: string | null; beats: boolean } | { ask: "here" } | { ask: "leave" };
type Asked = Extract<Ask, { ask: "join" }>;
interface Line {
  stream: Stream;
  ports: Map<MessagePort, number>;
}

const GONE_MS = 180_000; // A tab says "here" every 15 s, at worst every minute when hidden.
const lines = new Map<string, Line>();

function join(port: MessagePort, asked: Asked): void {
  const name = `${asked.path} ${asked.token ?? ""}`;
  const line = lines.get(name) ?? open(name, asked);
  const known = line.ports.has(port);
  line.ports.set(port, performance.now());
  if (!known && line.stream.ready) port.postMessage({ kind: "event", name: "open", data: "" } satisfies Word);
}

function open(name: string, { path, token, beats }: Asked): Line {
  const ports = new Map<MessagePort, number>();
  const say = (word: Word): void => ports.forEach((_, port) => port.postMessage(word));
  const line: Line = { ports, stream: new Stream(path, token, say, beats) };
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
  let asked: Asked | null = null;
  port.onmessage = ({ data }: MessageEvent<Ask>) => {
    if (data.ask === "leave") return leave(port);
    if (data.ask === "join") asked = data;
    if (asked) join(port, asked);
  };
};
