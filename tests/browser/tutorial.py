"""A page of docs/tutorials as something to be followed: its commands, its files, and its steps, word for word."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec import Struct

PAGES = Path(__file__).resolve().parents[2] / "docs" / "tutorials"
FILES = ("toml", "ics", "svg")  # Kinds of what a person writes, or is given.
PART = re.compile(r"^## (.+)$", re.MULTILINE)
FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
STEP = re.compile(r"^\d+\. (.+(?:\n {3}.*)*)", re.MULTILINE)
ANYTHING = "\u2026"  # In a heading or a sentence: whatever stands there on the day.
WORD = re.compile(r"\*\*([^*]+)\*\*|\"([^\"]+)\"|\*([^*]+)\*(?:: `([^`]*)`)?")


class Seen(Struct, frozen=True):
    """**So**: the heading of the page that one sees."""

    heading: str


class Pressed(Struct, frozen=True):
    """*So*: what one presses."""

    name: str


class Filled(Struct, frozen=True):
    """*So*: `with this`."""

    label: str
    value: str


class Said(Struct, frozen=True):
    """ "So": a sentence that the page says."""

    words: str


Word = Seen | Pressed | Filled | Said


class Part(Struct, frozen=True):
    """What stands under one heading.  `typed`: commands, without their prompt; `files`: what a person writes."""

    typed: tuple[str, ...]
    files: tuple[str, ...]
    steps: tuple[tuple[Word, ...], ...]


def tutorial(name: str) -> dict[str, Part]:
    """Its parts, by their headings."""
    _, *rest = PART.split((PAGES / name).read_text(encoding="utf-8"))
    return {title: part_of(text) for title, text in zip(rest[::2], rest[1::2], strict=True)}


def part_of(text: str) -> Part:
    fenced = FENCED.findall(text)
    lines = [line for kind, body in fenced if kind == "console" for line in body.splitlines()]
    plain = FENCED.sub("", text)
    return Part(
        typed=tuple(line.removeprefix("$ ") for line in lines if line.startswith("$ ")),
        files=tuple(body for kind, body in fenced if kind in FILES),
        steps=tuple(words_of(step) for step in STEP.findall(plain)),
    )


def words_of(step: str) -> tuple[Word, ...]:
    return tuple(_word(*found) for found in WORD.findall(re.sub(r"\s+", " ", step)))


def _word(seen: str, said: str, pressed: str, value: str) -> Word:
    if seen or said:
        return Seen(seen) if seen else Said(said)
    return Filled(pressed, value) if value else Pressed(pressed)
