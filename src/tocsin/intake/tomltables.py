"""Typed reading of TOML tables that notes every fault and goes on, so that a file is corrected in one go."""

from __future__ import annotations

import difflib
import tomllib
import unicodedata
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from msgspec import Struct

from tocsin.core.limits import NAME_MAX_CHARS
from tocsin.intake.tomllines import Path, line_at, lines_of

Word = TypeVar("Word", bound=StrEnum)
SHOWN_MAX_CHARS = 60
JOINERS = "\u200c\u200d"  # Some scripts cannot be written without them.


class Fault(Struct, frozen=True, order=True):
    """One thing wrong with a file, at a line counted from 1."""

    line: int
    what: str
    remedy: str
    whose: str = "a mistake in this file"

    def told(self, name: str) -> str:
        return f"{name}:{self.line}: {self.what}; {self.whose}; {self.remedy}"


class Unreadable(Exception):
    """The text is no TOML at all; nothing of it was read."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.what)
        self.fault = fault


def parse(text: bytes) -> tuple[dict[str, Any], dict[Path, int]]:
    """The values and the lines of a TOML text, or Unreadable with the line where reading it ended."""
    try:
        decoded = text.decode("utf-8-sig").replace("\r\n", "\n")
        return tomllib.loads(decoded), lines_of(decoded)
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise Unreadable(Fault(line, "the text is not UTF-8", "save it as UTF-8")) from None
    except RecursionError:
        raise Unreadable(Fault(1, "lists or tables are nested without end", "flatten them")) from None
    except ValueError as error:
        raise Unreadable(_syntax(str(error), decoded)) from None


def _syntax(message: str, text: str) -> Fault:
    what, _, place = message.partition(" (at ")
    digits = place.partition("line ")[2].partition(",")[0]
    line = int(digits) if digits.isdecimal() else text.count("\n") + 1
    return Fault(line, f"this is no TOML: {shown(what)}", "correct it there or on the line before")


def shown(value: object) -> str:
    """A value inside a one-line message: quoted, every odd sign escaped, cut."""
    text = value if isinstance(value, str) else type(value).__name__
    quoted = repr(text[: SHOWN_MAX_CHARS + 1])
    return quoted if len(text) <= SHOWN_MAX_CHARS else quoted[:SHOWN_MAX_CHARS] + "…'"


def nearest(word: str, known: Iterable[str]) -> str:
    """A remedy for an unknown word."""
    known = [str(name) for name in known]
    close = difflib.get_close_matches(word[:SHOWN_MAX_CHARS], known, n=1)
    return f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"


def odd_sign(text: str, allowed: str = "") -> str | None:
    """The name of the first sign that could break a line, hide, or turn the reading direction."""
    for sign in text:
        if sign not in allowed and sign not in JOINERS and unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            return f"U+{ord(sign):04X}"
    return None


class Table:
    """One table of a file.  Each reader notes what is wrong in `faults` and then returns something harmless."""

    def __init__(
        self, values: dict[str, Any], path: Path, lines: MutableMapping[Path, int], faults: list[Fault]
    ) -> None:
        self.values, self.path, self.lines, self.faults = values, path, lines, faults
        self.known: list[str] = []

    def fault(self, what: str, remedy: str, *path: str | int) -> None:
        self.faults.append(Fault(line_at(self.lines, (*self.path, *path)), what, remedy))

    def finish(self) -> None:
        """Every key that nobody asked for is a slip."""
        for key in self.values:
            if key not in self.known:
                self.fault(f"unknown key {shown(key)}", nearest(key, self.known), key)

    def _take(self, key: str, kind: type, noun: str, default: Any) -> Any:
        self.known.append(key)
        if key not in self.values:
            if default is None:
                self.fault(f"{key} is missing", f"add it as {noun}")
            return default
        value = self.values[key]
        if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
            return value
        self.fault(f"{key} must be {noun}", f"write {noun}, not {type(value).__name__}", key)
        return None

    def has(self, key: str) -> bool:
        return key in self.values

    def whole(self, key: str, default: int | None = None) -> int:
        value = self._take(key, int, "a whole number", default)
        if value is not None and abs(value) > 2**53:
            self.fault(f"{key} is beyond all measure", "write a smaller number", key)
            return 0
        return value or 0

    def flag(self, key: str, default: bool) -> bool:
        return bool(self._take(key, bool, "true or false", default))

    def text(self, key: str, default: str | None = None, longest: int = NAME_MAX_CHARS, allowed: str = "") -> str:
        value = self._take(key, str, "a text", default)
        absent = value is None or key not in self.values
        return (value or "") if absent else self._checked(value, longest, allowed, key)

    def _checked(self, value: str, longest: int, allowed: str, *path: str | int) -> str:
        key = next(part for part in path if isinstance(part, str))
        if len(value) > longest:
            self.fault(f"{key} is longer than {longest} characters", "shorten it", *path)
        elif sign := odd_sign(value, allowed):
            self.fault(f"{key} holds the hidden or control sign {sign}", "write it without", *path)
        elif not value.strip():
            self.fault(f"{key} is blank", "write something", *path)
        else:
            return value
        return ""

    def texts(self, key: str, default: list[str] | None = None) -> list[str]:
        """A list of short texts, without those that are none."""
        found: list[str] = []
        for index, value in enumerate(self._take(key, list, "a list of texts", default) or []):
            if not isinstance(value, str):
                self.fault(f"{key} must be a list of texts", f"write a text, not {type(value).__name__}", key, index)
            elif value := self._checked(value, NAME_MAX_CHARS, "", key, index):
                found.append(value)
        return found

    def words(self, key: str, enum: type[Word], default: list[str] | None = None) -> tuple[Word, ...]:
        texts = self.texts(key, default)
        return tuple(word for text in texts if (word := self._word(key, text, enum)) is not None)

    def word(self, key: str, enum: type[Word], default: str | None = None) -> Word:
        text = self.text(key, default)
        word = self._word(key, text, enum) if text else None
        return word or next(iter(enum))

    def _word(self, key: str, text: str, enum: type[Word]) -> Word | None:
        if text in set(enum):
            return enum(text)
        self.fault(f"{key} has the unknown word {shown(text)}", nearest(text, enum), key)
        return None

    def moment(self, key: str) -> datetime | None:
        value: datetime | None = self._take(key, datetime, "a date with time and zone", None)
        return value

    def table(self, key: str) -> Table | None:
        """A table under this one; None, with a fault, where it is missing."""
        value = self._take(key, dict, "a table", None)
        return None if value is None else Table(value, (*self.path, key), self.lines, self.faults)

    def tables(self, key: str) -> Iterator[Table]:
        for index, value in enumerate(self._take(key, list, "a list of tables", []) or []):
            if isinstance(value, dict):
                yield Table(value, (*self.path, key, index), self.lines, self.faults)
            else:
                self.fault(f"{key} must be a list of tables", "write { … } or [[…]]", key, index)

    def lists(self, key: str, read: Callable[[Table], tuple[Word, ...]]) -> tuple[tuple[Word, ...], ...]:
        """A list of lists: each inner one is read as if it were the key `entry` of a table of its own."""
        groups: list[tuple[Word, ...]] = []
        for index, value in enumerate(self._take(key, list, "a list of lists", []) or []):
            line = line_at(self.lines, (*self.path, key, index))
            here = ChainMap({(*self.path, key): line}, self.lines)
            groups.append(read(Table({key: value}, self.path, here, self.faults)))
        return tuple(groups)

    def pairs(self, key: str) -> tuple[tuple[int, int], ...]:
        """A list of pairs of whole numbers; none at all where one of them is something else."""
        found = []
        for index, value in enumerate(self._take(key, list, "a list of pairs of whole numbers", []) or []):
            match value:
                case [int(x), int(y)] if not isinstance(x, bool) and not isinstance(y, bool):
                    found.append((x, y))
                case _:
                    self.fault(f"{key} must be a list of pairs of whole numbers", "write it as [120, 340]", key, index)
                    return ()
        return tuple(found)
