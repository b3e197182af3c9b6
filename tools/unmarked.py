"""Words of our scripts that a reader would see or hear, and that nobody marked for the catalogue.

Three ways to be seen: as a child of an element or of a piece that is built of elements; as a label, or under a name
that says so (`title`, `word`, `what`); and anywhere else by reading like a sentence.  What is for machines is exempt by
the name it stands under, by being compared with, or by standing in the short list at the top.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from typescript import MARKS, Token, tokens

BUILDERS = {"el": 2, "mast": 0, "board": 1, "weave": 1}  # Name -> the first argument that becomes a child.
LABELS = frozenset({"aria-label", "title", "alt", "placeholder"})
SAID = LABELS | {"word", "words", "small", "line", "said", "what", "remedy", "heading", "text", "name"}
FOR_MACHINES = frozenset(
    [
        "class",
        "id",
        "for",
        "href",
        "rel",
        "type",
        "role",
        "name",
        "mode",
        "kind",
        "key",
        "icon",
        "shape",
        "state",
        "aria-describedby",
    ]
)
FOR_EVERYBODY = frozenset({"SOS", "Tocsin"})  # These are said in every language.
WORDS_OF_MACHINES = frozenset({"Bearer ", "Enter", "not all", "Point", "Polygon"})
SELECTORS = frozenset({"closest", "querySelector", "querySelectorAll", "matches", "matchMedia"})
LETTERS = re.compile(r"[^\W\d_]{2}")
PROSE = re.compile(r"[A-Za-z]{2,}[,.:;!?]?\s+[A-Za-z]|^[A-Z][a-z]+(?:[.!?]?$|\s)|^\s+[A-Za-z]{2}|[A-Za-z]{2}\s+$")
OPENERS, CLOSERS = frozenset({"(", "[", "{", "${"}), frozenset({")", "]", "}"})


@dataclass
class Frame:
    """An open bracket.  `name`: of a call; `place`: which argument; `key`: of an object, what is given a value."""

    sign: str
    name: str = ""
    place: int = 0
    key: str = ""
    wants_key: bool = field(default=False)


def unmarked(source: str) -> list[tuple[int, str]]:
    """(line, words), in order.  Raises Unreadable for a file that the scanner does not understand."""
    told = tokens(source)
    return [(token.line, token.text) for place, token, frames in _walked(told) if _seen(told, place, frames)]


def _walked(told: Sequence[Token]) -> Iterator[tuple[int, Token, list[Frame]]]:
    """Every piece of text, with the brackets that are open around it."""
    frames: list[Frame] = [Frame("")]
    for place, token in enumerate(told):
        top = frames[-1]
        if top.wants_key and token.kind in ("name", "string"):
            top.key, top.wants_key = token.text, False
            continue
        if token.kind in ("string", "template"):
            yield place, token, frames
        elif token.kind == "sign":
            _bracket(told, place, frames)


def _bracket(told: Sequence[Token], place: int, frames: list[Frame]) -> None:
    sign, top = told[place].text, frames[-1]
    if sign == "`":
        frames.pop() if top.sign == "`" else frames.append(Frame("`"))
    elif sign in OPENERS:
        before = told[place - 1] if place else Token("sign", "", 0)
        called = before.text if sign in ("(", "[") and before.kind == "name" else ""
        frames.append(Frame(sign, called, wants_key=sign == "{"))
    elif sign in CLOSERS:
        frames.pop()
    elif sign == ",":
        top.place, top.wants_key = top.place + 1, top.sign == "{"


def _seen(told: Sequence[Token], place: int, frames: Sequence[Frame]) -> bool:
    text, frame = told[place].text, _around(frames)
    if not LETTERS.search(text) or text.strip() in FOR_EVERYBODY or _compared(told, place):
        return False
    if frame.sign == "[":
        return False
    if frame.sign == "(" and frame.name:
        if frame.place < MARKS.get(frame.name, 0) or frame.name.endswith("Error") or frame.name in SELECTORS:
            return False
        if frame.place >= BUILDERS.get(frame.name, 99):
            return True
    if frame.sign == "{" and frame.key in SAID and (PROSE.search(text) or frame.key not in FOR_MACHINES):
        return True
    machine = frame.sign == "{" and (frame.key in FOR_MACHINES or frame.key.startswith("data-"))
    return not machine and text not in WORDS_OF_MACHINES and PROSE.search(text) is not None


def _around(frames: Sequence[Frame]) -> Frame:
    """The call, object or index that the text is part of; lists, templates and plain brackets are looked through."""
    return next(
        frame for frame in reversed(frames) if frame.sign in ("{", "") or (frame.sign in ("(", "[") and frame.name)
    )


def _compared(told: Sequence[Token], place: int) -> bool:
    """`state === "failed"`, or the other way round."""
    before = "".join(token.text for token in told[max(place - 2, 0) : place])
    after = "".join(token.text for token in told[place + 1 : place + 3])
    return before.endswith(("==", "!=")) or after.startswith(("==", "!="))
