"""Scripts of the pages in Node, without a browser: their server is what the test says, and they cannot tell."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from build_ui import packaged_node

UI = Path(__file__).resolve().parents[2] / "ui"
WORLD = """
import { build } from "esbuild";
const said = { answers: {}, asked: [], streams: [] };
const later = setTimeout;
globalThis.self = globalThis;
globalThis.document = { documentElement: { dataset: {} }, hidden: false, addEventListener() {} };
globalThis.requestAnimationFrame = (act) => later(act, 0);
globalThis.setTimeout = (act, ms) => later(act, ms === 2000 ? 0 : ms);  // Nobody waits for another try.
globalThis.fetch = async (path) => {
  said.asked.push(path);
  const start = (stream) => said.streams.push(stream);
  if (path === "/api/v1/live") return new Response(new ReadableStream({ start }));
  const answers = said.answers[path] ?? [404];
  const answer = answers.length > 1 ? answers.shift() : answers[0];
  const refused = (status) => new Response(JSON.stringify(status < 500 ? { code: "no" } : {}), { status });
  return typeof answer === "number" ? refused(answer) : new Response(JSON.stringify(answer));
};
const tell = (name, data) =>
  said.streams.at(-1).enqueue(new TextEncoder().encode(`event: ${name}\\ndata: ${JSON.stringify(data)}\\n\\n`));
const until = async (true_) => { while (!(await true_())) await new Promise((done) => later(done, 5)); };
const scripts = async (...names) => {
  const contents = names.map((name) => `export * from "./src/${name}.ts";`).join("");
  const how = { bundle: true, write: false, format: "esm", loader: { ".svg": "file" }, outdir: "x" };
  const made = await build({ ...how, stdin: { contents, resolveDir: "." } });
  const [code] = made.outputFiles.filter(({ path }) => path.endsWith(".js"));
  return import(`data:text/javascript;base64,${Buffer.from(code.contents).toString("base64")}`);
};
"""


def told(story: str) -> Any:
    """What the story (a script: `said`, `tell`, `until`, `scripts` are there) gives to `print`, once."""
    node, _ = packaged_node()
    whole = f"{WORLD}const print = (it) => (console.log(JSON.stringify(it)), process.exit(0));\n{story}"
    run = subprocess.run(
        [node, "--no-warnings", "--input-type=module", "-e", whole],
        cwd=UI,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)
