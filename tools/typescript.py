"""The strings of our TypeScript: which are marked for the catalogue, and which a reader would see though nobody did.

A scanner of its own, since Babel's for JavaScript loses its way in types and in templates within templates.  It knows
comments, strings, templates with their holes, patterns and brackets; of the rest only that it is there.  A marked
string that it cannot read is an error with file and line, never left out in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

MARKS: Mapping[str, int] = {"t": 1, "weave": 1, "words": 1, "plural": 2}  # Name -> how many strings it begins with.
SHOWS = frozenset({"t"})  # These take what was marked elsewhere, too.
BEFORE_PATTERN = frozenset({"return", "typeof", "case", "in", "of", "do", "else", "void", "await", "yield"})
PIECE = re.compile(
    r"""(?P<blank>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<name>[A-Za-z_$][\w$]*)
    |(?P<number>\d[\w.]*)
    |(?P<sign>=>|\?\?|\?\.|\$\{|.)""",
    re.VERBOSE | re.DOTALL,
)
PATTERN = re.compile(r"/(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
CHUNK = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*", re.DOTALL)
ESCAPED = re.compile(r"\\(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|(.))", re.DOTALL)
LETTERS: Mapping[str, str] = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}


class Unreadable(Exception):
    """A marked string, or a file, that this scanner does not understand."""


@dataclass(frozen=True)
class Token:
    """`kind`: string, template (a part of one between its holes), name, number, pattern or sign."""

    kind: str
    text: str
    line: int


@dataclass(frozen=True)
class Mark:
    said: str | tuple[str, str]
    line: int


def tokens(source: str) -> list[Token]:
    """Everything but blanks and comments; strings as what they say.  Raises Unreadable for a string that never ends."""
    found: list[Token] = []
    nested: list[str] = []
    place = 0
    while place < len(source):
        line = source.count("\n", 0, place) + 1
        if source[place] == "/" and (pattern := _pattern(source, place, found)):
            found.append(Token("pattern", pattern, line))
            place += len(pattern)
            continue
        if source[place] == "`" or (source[place] == "}" and nested and nested[-1] == "${"):
            place = _template(source, place, line, found, nested)
            continue
        piece = PIECE.match(source, place)
        assert piece is not None and piece.lastgroup is not None, "the last choice matches any sign"
        place = piece.end()
        kind, text = piece.lastgroup, piece.group()
        if kind == "blank":
            continue
        if kind == "sign":
            _nest(text, line, nested)
        found.append(Token(kind, _unescaped(text[1:-1]) if kind == "string" else text, line))
    if nested:
        raise Unreadable(f"{nested[-1]} is never closed")
    return found


def _nest(sign: str, line: int, nested: list[str]) -> None:
    if sign in ("{", "(", "["):
        nested.append(sign)
    elif sign in ("}", ")", "]") and (not nested or nested.pop() + sign not in ("{}", "()", "[]")):
        raise Unreadable(f"line {line}: {sign} closes nothing")
    elif sign in ('"', "'"):
        raise Unreadable(f"line {line}: a string that never ends")


def _pattern(source: str, place: int, found: Sequence[Token]) -> str:
    """A slash begins a pattern where a value is expected, and divides where one has just been."""
    if source.startswith(("//", "/*"), place):
        return ""
    last = found[-1] if found else Token("sign", ";", 0)
    value = last.kind in ("string", "template", "number", "pattern") or last.text in (")", "]", "}")
    if value or (last.kind == "name" and last.text not in BEFORE_PATTERN):
        return ""
    matched = PATTERN.match(source, place)
    return matched.group() if matched else ""


def _template(source: str, place: int, line: int, found: list[Token], nested: list[str]) -> int:
    """From a backtick or from the end of a hole to the next hole or the last backtick; gives the place after it."""
    if source[place] == "}":
        nested.pop()
        found.append(Token("sign", "}", line))
    else:
        nested.append("`")
        found.append(Token("sign", "`", line))
    chunk = CHUNK.match(source, place + 1)
    assert chunk is not None, "it matches nothing at all, too"
    found.append(Token("template", _unescaped(chunk.group()), line))
    if source.startswith("${", chunk.end()):
        nested.append("${")
        found.append(Token("sign", "${", line))
        return chunk.end() + 2
    if not source.startswith("`", chunk.end()):
        raise Unreadable(f"line {line}: a template that never ends")
    nested.pop()
    found.append(Token("sign", "`", line))
    return chunk.end() + 1


def _unescaped(text: str) -> str:
    def letter(seen: re.Match[str]) -> str:
        code = seen.group(1) or seen.group(2)
        return chr(int(code, 16)) if code else LETTERS.get(seen.group(3), seen.group(3))

    return ESCAPED.sub(letter, text)


def marks(source: str) -> Iterator[Mark]:
    """Every marked string, in order.  Raises Unreadable, with its line, for one that is not written out in place."""
    told = tokens(source)
    for place, (name, sign) in enumerate(pairwise(told)):
        wanted = MARKS.get(name.text, 0) if name.kind == "name" and sign.text == "(" else 0
        before = told[place - 1].text if place else ""
        if not wanted or before in (".", "?.", "function"):
            continue
        given = _arguments(told, place + 2)[:wanted]
        if name.text in SHOWS and given and not _writes(given[0]):
            continue
        if len(given) < wanted or any(len(one) != 1 or one[0].kind != "string" for one in given):
            raise Unreadable(f"line {name.line}: write the string of {name.text}(…) out, whole, between double quotes")
        said = [one[0].text for one in given]
        yield Mark(said[0] if wanted == 1 else (said[0], said[1]), name.line)


def _writes(argument: Sequence[Token]) -> bool:
    """Does it have a string of its own, outside any bracket?"""
    depth = 0
    for token in argument:
        depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}")) if token.kind == "sign" else 0
        if depth == 0 and (token.kind == "string" or token == Token("sign", "`", token.line)):
            return True
    return not argument


def _arguments(told: Sequence[Token], place: int) -> list[list[Token]]:
    """Of a call whose first one begins here."""
    given: list[list[Token]] = [[]]
    depth = 1
    for token in told[place:]:
        if token.kind == "sign":
            depth += (token.text in ("(", "[", "{", "${")) - (token.text in (")", "]", "}"))
        if depth == 0:
            break
        if depth == 1 and token.text == "," and token.kind == "sign":
            given.append([])
        else:
            given[-1].append(token)
    return [one for one in given if one]
