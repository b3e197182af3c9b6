"""Draw docs/algorithms/NAME.md for every core machine, from its table TRANSITIONS and its own docstring.

TRANSITIONS maps a phase to the events that may happen in it, and each event to the phases that may follow.  The pages
are written whole: what explains a machine stands in its docstring, beside the code.  A stale page fails the tests.
"""

from __future__ import annotations

import importlib
import re
from collections import defaultdict
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "algorithms"
Table = Mapping[object, Mapping[object, frozenset[object]]]


def main() -> None:
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))


def pages() -> dict[Path, str]:
    """Every page as it should be, by its path."""
    found = {name: importlib.import_module(f"tocsin.core.{name}") for name in machines()}
    return {PAGES / f"{name}.md": page(module) for name, module in found.items()}


def machines() -> list[str]:
    """The core modules that define a table, as they are called below `tocsin.core`."""
    core = ROOT / "src" / "tocsin" / "core"
    table = re.compile(r"^TRANSITIONS\b", re.MULTILINE)
    files = [file for file in sorted(core.rglob("*.py")) if table.search(file.read_text(encoding="utf-8"))]
    return [".".join(file.relative_to(core).with_suffix("").parts) for file in files]


def page(module: ModuleType) -> str:
    assert module.__doc__, f"{module.__name__} explains nothing"
    title, _, theory = module.__doc__.strip().partition("\n")
    source = module.__name__.replace(".", "/")
    table: Table = module.TRANSITIONS
    head = f"# {title}\n\nDrawn by `make docs` from `src/{source}.py`; change that file, not this one."
    return "\n\n".join([head, diagram(table), as_rows(table), *theory_of(theory)]) + "\n"


def diagram(table: Table) -> str:
    """The moves between phases; what leaves a phase as it was stands in the rows below the picture."""
    edges: dict[tuple[str, str], list[str]] = defaultdict(list)
    for phase, events in table.items():
        for event, following in events.items():
            for after in following:
                edges[word(phase), word(after)].append(word(event))
    lines = [f"    [*] --> {word(next(iter(table)))}"]
    for (before, after), labels in sorted(edges.items()):
        if before != after:
            lines.append(f"    {before} --> {after}: {', '.join(sorted(labels))}")
    lines += [f"    {word(phase)} --> [*]" for phase, events in table.items() if is_end(phase, events)]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])


def is_end(phase: object, events: Mapping[object, frozenset[object]]) -> bool:
    """Can nothing lead out of it again?"""
    return all(following <= {phase} for following in events.values())


def as_rows(table: Table) -> str:
    rows = ["| In | may happen | then |", "|---|---|---|"]
    for phase, events in table.items():
        for event, following in sorted(events.items(), key=lambda item: word(item[0])):
            rows.append(f"| {word(phase)} | {word(event)} | {' or '.join(sorted(map(word, following)))} |")
        if not events:
            rows.append(f"| {word(phase)} | nothing | |")
    return "\n".join(rows)


def word(key: object) -> str:
    """`with_them` of an enum member, `rung_skipped` of a class RungSkipped."""
    if isinstance(key, Enum):
        return str(key.value) if isinstance(key.value, str) else key.name.lower()
    assert isinstance(key, type), f"{key!r} is neither an enum member nor a class"
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key.__name__).lower()


def theory_of(docstring: str) -> list[str]:
    """The rest of the docstring; a heading underlined with dashes becomes one of Markdown's."""
    text = re.sub(r"^(.+)\n-{4,}$", r"## \1\n", docstring.strip(), flags=re.MULTILINE)
    return [text] if text else []


if __name__ == "__main__":
    main()
