// One stream a token for all tabs of this browser: six open streams on HTTP/1.1 would block a press. A tab that joins a line
// asks the server for what it shows; an SOS from an unknown number is in no list there, so the line keeps those it was told.
import { Stream, type Word } from "./stream.ts";

type Ask = { ask: "join"; path: string; token: string | null; beats: boolean } | { ask: "here" } | { ask: "leave" };
type Asked = Extract<Ask, { ask: "join" }>;
interface Line {
  stream: Stream;
  ports: Map<MessagePort, number>;
  strangers: Word[];
}

const GONE_MS = 180_000; // A tab says "here" every 15 s, at worst every minute when hidden.
const STRANGERS_MAX = 100; // The newest; each is a line of text.
const lines = new Map<string, Line>();

function join(port: MessagePort, asked: Asked): void {
  const name = `${asked.path} ${asked.token ?? ""}`;
  const line = lines.get(name) ?? open(name, asked);
  const known = line.ports.has(port);
  line.ports.set(port, performance.now());
  if (known || !line.stream.ready) return;
  for (const word of [{ kind: "event", name: "open", data: "" } satisfies Word, ...line.strangers]) port.postMessage(word);
}

function open(name: string, { path, token, beats }: Asked): Line {
  const ports = new Map<MessagePort, number>();
  const strangers: Word[] = [];
  const say = (word: Word): void => {
    keep(strangers, word);
    ports.forEach((_, port) => port.postMessage(word));
  };
  const line: Line = { ports, strangers, stream: new Stream(path, token, say, beats) };
  lines.set(name, line);
  return line;
}

/** A line that opens anew is told them anew, as far as its reader may have them. */
function keep(strangers: Word[], word: Word): void {
  if (word.kind === "refused" || (word.kind === "event" && word.name === "open")) strangers.length = 0;
  if (word.kind !== "event" || word.name !== "unverified") return;
  strangers.push(word);
  if (strangers.length > STRANGERS_MAX) strangers.shift();
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
