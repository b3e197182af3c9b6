"""Where in a TOML file each table, key and list entry stands, so that a complaint can name its line.

`tomllib` gives values without places.  This reads the same text a second time, coarsely: only headers, keys and the
entries of lists, and it is only asked about files that `tomllib` has already accepted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import accumulate

Path = tuple[str | int, ...]

_TOKEN = re.compile(
    r'(?P<skip>#[^\n]*|"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\')'
    r"|(?P<open>[\[{])|(?P<close>[\]}])|(?P<comma>,)|(?P<line>\n)|(?P<word>[A-Za-z0-9_\-]+)|(?P<equals>=)",
    re.DOTALL,
)
_HEADER = re.compile(r"^[ \t]*(\[\[?)[ \t]*([^\]\n]+?)[ \t]*\]\]?[ \t]*(?:#.*)?$")
_KEY = re.compile(r"^[ \t]*((?:[A-Za-z0-9_\-]+|\"[^\"\n]*\"|'[^'\n]*')(?:[ \t]*\.[ \t]*[A-Za-z0-9_\-\"']+)*)[ \t]*=")


def lines_of(text: str) -> dict[Path, int]:
    """Line numbers, from 1, of tables ('member', 0), their keys (…, 'contacts') and list entries (…, 'contacts', 1)."""
    found: dict[Path, int] = {(): 1}
    counts: dict[Path, int] = {}
    table: Path = ()
    lines = text.split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    number = 1
    while number <= len(lines):
        line = lines[number - 1]
        if header := _HEADER.match(line):
            table = _header(header[1], header[2], counts)
            found[table] = number
        elif key := _KEY.match(line):
            path = table + _names(key[1])
            found[path] = number
            number = _value(text, starts[number - 1] + key.end(), number, path, found)
        number += 1
    return found


def line_at(found: Mapping[Path, int], path: Path) -> int:
    """The line of `path`, or of the nearest thing around it that has one."""
    while path not in found:
        path = path[:-1]
    return found[path]


def _names(dotted: str) -> Path:
    return tuple(name.strip().strip("\"'") for name in dotted.split("."))


def _header(brackets: str, dotted: str, counts: dict[Path, int]) -> Path:
    """The path a header opens; every list of tables on the way stands at its newest entry."""
    path: Path = ()
    names = _names(dotted)
    for depth, name in enumerate(names, 1):
        path += (name,)
        if brackets == "[[" and depth == len(names):
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path += (counts[path],)
    return path


def _value(text: str, start: int, number: int, path: Path, found: dict[Path, int]) -> int:
    """Walk over one value; note the line of each entry of its outermost list; return the line on which it ends."""
    depth, entry, fresh = 0, 0, True
    for token in _TOKEN.finditer(text, start):
        kind = token.lastgroup
        if kind == "line":
            if depth == 0:
                return number
            number += 1
            continue
        if kind == "skip" and token[0].startswith("#"):
            continue
        if depth == 1 and fresh and kind not in ("close", "comma"):
            found[(*path, entry)] = number
            fresh = False
        if kind == "comma" and depth == 1:
            entry, fresh = entry + 1, True
        depth += (kind == "open") - (kind == "close")
        number += token[0].count("\n")
    return number
