"""Draw where the time of a press and of a ring goes: `python tools/flames.py` writes docs/flames/.

The real server is pressed over loopback, as in the benchmarks, while py-spy looks at it 500 times a second.  Each
drawing is one path: every box is a function, as wide as its share of the time, standing on whoever called it.  Only
names of modules and functions are kept, no paths of this machine.
"""

from __future__ import annotations

import html
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from figures import commit, machine

from tocsin.bench.town import Presser, Town, town

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "flames"
RATE, SECONDS = 500, 15
WIDTH, ROW, LETTER = 1_200, 17, 6.6
SMALLEST = 0.004  # Of the whole: a thinner box says nothing.
LISTED = 24
WAITS = ("ThreadWriter._run",)  # For its next batch, or for the interpreter's lock.
EVERYWHERE = ("tocsin.cli.", "tocsin.__main__")  # Below everything, so they say nothing.
FRAME = re.compile(r"(?P<name>.+) \((?P<file>[^)]*)\)")
Stack = tuple[str, ...]


class Way(NamedTuple):
    """A way through the server: how many people are rung, and how long the presser rests between two presses."""

    name: str
    sentence: str
    colleagues: int
    pause_s: float


WAYS = (
    Way("accept", "One press after the other, eight people rung each time.", 8, 0.05),
    Way("fanout", "Two hundred people rung by each press.", 200, 1.0),
)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    parts = []
    for way in WAYS:
        stacks = recorded(way)
        (FOLDER / f"{way.name}.svg").write_text(drawing(stacks), encoding="utf-8")
        parts.append(section(way, stacks))
    (FOLDER / "README.md").write_text(page(parts), encoding="utf-8")


def recorded(way: Way) -> Counter[Stack]:
    """How often each stack of the server was seen busy while it was pressed."""
    presses = round(SECONDS / way.pause_s) + 50
    with town(presses, way.colleagues) as here, TemporaryDirectory() as folder:
        tokens = here.tokens([f"w{number}" for number in range(presses)])
        file = Path(folder) / "stacks"
        with _looking(here, file) as looking:
            _press_while(here, tokens, way.pause_s, lambda: looking.poll() is None)
        return read(file.read_text(encoding="utf-8"))


def _looking(here: Town, file: Path) -> subprocess.Popen[bytes]:
    program = Path(sys.executable).parent / "py-spy"
    options = ["--rate", str(RATE), "--duration", str(SECONDS), "--format", "raw", "--function", "--output", str(file)]
    return subprocess.Popen([str(program), "record", "--pid", str(here.server.pid), *options], stderr=subprocess.PIPE)


def _press_while(here: Town, tokens: list[str], pause_s: float, wanted: Callable[[], bool]) -> None:
    presser = Presser(here.port)
    for number, token in enumerate(tokens):
        if not wanted():
            break
        presser.press(token, "flame", f"Bay {number}")
        time.sleep(pause_s)
    presser.close()


def read(text: str) -> Counter[Stack]:
    """Collapsed stacks, one a line: frames from the outermost in, then how often."""
    stacks: Counter[Stack] = Counter()
    for line in text.splitlines():
        frames, _, count = line.rpartition(" ")
        stack = tuple(shown(frame) for frame in frames.split(";"))
        if not stack[-1].endswith(WAITS):
            stacks[stack] += int(count)
    return stacks


def shown(frame: str) -> str:
    """`module.function`, without the machine's folders."""
    found = FRAME.fullmatch(frame)
    if found is None:
        return frame
    parts = Path(found["file"].partition(":")[0]).with_suffix("").parts
    for root in ("site-packages", "src", "lib"):
        if root in parts:
            parts = parts[len(parts) - parts[::-1].index(root) :]
    return ".".join([*(part for part in parts if part not in ("/", "__init__")), found["name"]])


# Drawing -------------------------------------------------------------------------------------------------------------


def drawing(stacks: Counter[Stack]) -> str:
    """An SVG of the stacks, the outermost function on top."""
    total = sum(stacks.values())
    boxes = list(_boxes(stacks, (), 0.0, total))
    height = ROW * (max((depth for depth, *_ in boxes), default=0) + 1)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="monospace" '
    lines = [head + 'font-size="11">']
    lines.extend(_box(*box, total) for box in boxes)
    return "\n".join([*lines, "</svg>", ""])


def _boxes(stacks: Counter[Stack], above: Stack, x: float, total: int) -> Iterator[tuple[int, float, int, str]]:
    """Depth, left edge in samples, width in samples and name of each box under `above`, left to right."""
    inside: Counter[str] = Counter()
    depth = len(above)
    for stack, count in stacks.items():
        if len(stack) > depth and stack[:depth] == above:
            inside[stack[depth]] += count
    for name, count in sorted(inside.items()):
        if count >= total * SMALLEST:
            yield depth, x, count, name
            theirs = Counter({stack: seen for stack, seen in stacks.items() if stack[: depth + 1] == (*above, name)})
            yield from _boxes(theirs, (*above, name), x, total)
        x += count


def _box(depth: int, x: float, count: int, name: str, total: int) -> str:
    left, width, top = x * WIDTH / total, count * WIDTH / total, depth * ROW
    said = f"{html.escape(name)}: {100 * count / total:.1f} %"
    hue = sum(map(ord, name.partition(".")[0])) % 360  # One colour for each package.
    room = int(width / LETTER) - 1
    label = html.escape(name.rpartition(".")[2][:room]) if room > 2 else ""
    return (
        f'<g><title>{said}</title><rect x="{left:.1f}" y="{top}" width="{max(width - 0.5, 0.5):.1f}" '
        f'height="{ROW - 1}" fill="hsl({hue},60%,75%)"/><text x="{left + 3:.1f}" y="{top + 12}">{label}</text></g>'
    )


# The page ------------------------------------------------------------------------------------------------------------


def section(way: Way, stacks: Counter[Stack]) -> str:
    total = sum(stacks.values())
    within: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for stack, count in stacks.items():
        alone[stack[-1]] += count
        for name in set(stack):
            within[name] += count
    ours = [(name, count) for name, count in within.most_common() if name.startswith("tocsin.")]
    ours = [(name, count) for name, count in ours if not name.startswith(EVERYWHERE)][:LISTED]
    rows = [f"| `{name}` | {100 * count / total:.1f} % | {100 * alone[name] / total:.1f} % |" for name, count in ours]
    others = [(name, count) for name, count in alone.most_common(LISTED // 3) if not name.startswith("tocsin.")]
    said = ", ".join(f"`{name}` {100 * count / total:.1f} %" for name, count in others)
    return "\n".join(
        [
            f"## {way.name.title()}",
            f"\n{way.sentence} [Drawing]({way.name}.svg), {total} samples.\n",
            "| Function of ours | With what it calls | Itself |",
            "|---|---|---|",
            *rows,
            f"\nOf others, themselves: {said or 'nothing'}.",
        ]
    )


def page(parts: list[str]) -> str:
    head = (
        "# Flames\n\nWritten by `tools/flames.py`: the real server, pressed over loopback, looked at "
        f"{RATE} times a second\nwhile it was busy (whatever waits is not counted). Commit {commit()}; {machine()}."
    )
    return "\n\n".join([head, *parts]) + "\n"


if __name__ == "__main__":
    main()
