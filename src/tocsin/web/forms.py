"""A form as somebody filled it in: what they typed is kept, and what is wrong stands beside the field.

Theory of operation
-------------------
A form is read field by field (`text`, `choice`, `several`, `digits`); each names what is wrong with what was typed and
gives something that can be used, so that all faults show at once.  Only when `form.ok` is anything done.

A form that changes a record carries `seen`: which version of it the person had before their eyes (`version_of`).  When
it is another one by now, nothing is changed: the page comes again (409) with what stands there now beside what was
typed, and the new version under it, so that sending it again is a decision (`meanwhile`).
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

import msgspec

from tocsin.core.limits import FORM_FIELDS_MAX
from tocsin.web.speaking import Say, words

TEXT_MAX_CHARS = 200
TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
NEEDED = words("Write something here.")
TOO_LONG = words("Use %(most)s characters at the most.")
NOT_THERE = words("Choose one of the list.")
NUMBER = words("Use a whole number from %(least)s to %(most)s.")
SECRET = frozenset({"pin", "duress_pin", "code", "form_token"})  # Never shown again and never carried along.
PROVING = frozenset({"prove-to", "prove-again"})  # Of the page that asks something else first.


class Form:
    """What was typed, by field; and what is wrong with it, by field."""

    def __init__(self, typed: Mapping[str, Sequence[str]], say: Say) -> None:
        self._typed, self._say = typed, say
        self.faults: dict[str, str] = {}
        self.meanwhile: dict[str, str] = {}  # What stands there now, where somebody else changed it.

    @property
    def ok(self) -> bool:
        return not self.faults and not self.meanwhile

    @property
    def seen(self) -> str:
        """The version that was before their eyes."""
        return self.raw("seen")

    def raw(self, name: str) -> str:
        """As it was typed, for what is compared and never shown: a PIN, a code, a token."""
        return next(iter(self._typed.get(name, ())), "")

    def kept(self, name: str) -> str:
        """What to show in the field again; nothing of a secret."""
        return "" if name in SECRET else self.raw(name)

    def all_kept(self, name: str) -> tuple[str, ...]:
        return tuple(self._typed.get(name, ()))

    def carried(self) -> list[tuple[str, str]]:
        """Everything but secrets, for a page that has to ask something else first."""
        left_out = SECRET | PROVING
        return [(name, value) for name, values in self._typed.items() if name not in left_out for value in values]

    @property
    def has_secrets(self) -> bool:
        """Was something typed that cannot be carried along?"""
        return any(name in SECRET and name != "form_token" for name in self._typed)

    def fault(self, name: str, sentence: str, **values: object) -> None:
        """Say what is wrong with a field.  The first fault of a field stays."""
        self.faults.setdefault(name, self._say(sentence, **values))

    def text(self, name: str, *, most: int = TEXT_MAX_CHARS, needed: bool = True) -> str:
        """One line of any script.  Marks that turn the direction and control characters are left out."""
        given = one_line(self.raw(name))
        if needed and not given:
            self.fault(name, NEEDED)
        elif len(given) > most:
            self.fault(name, TOO_LONG, most=most)
        return given

    def choice(self, name: str, among: Iterable[str]) -> str:
        """One of these, or a fault."""
        given = self.raw(name)
        if given not in set(among):
            self.fault(name, NOT_THERE)
        return given

    def digits(self, name: str, least: int, most: int) -> int:
        """A whole number within its bounds; `least`, and a fault, where none was typed."""
        number = whole_number(self.raw(name))
        if number is None or not least <= number <= most:
            self.fault(name, NUMBER, least=least, most=most)
            return least
        return number

    def several(self, name: str, among: Iterable[str]) -> tuple[str, ...]:
        """Those of `among` that were ticked, in that order.  A value that nobody offered is a fault."""
        given, offered = self._typed.get(name, ()), list(among)
        if not set(given) <= set(offered):
            self.fault(name, NOT_THERE)
        return tuple(each for each in offered if each in given)

    def ticked(self, name: str) -> bool:
        return self.raw(name) != ""

    def differs(self, now: Mapping[str, str], version: str) -> bool:
        """Has somebody else changed the record since it was read?  Then what stands there now is kept to be shown.

        `now`: by field, as the form would show it; fields that hold what was typed anyway are not in conflict.
        """
        if self.seen == version:
            return False
        apart = {name: value for name, value in now.items() if value != ", ".join(self.all_kept(name))}
        self.meanwhile = apart or {"seen": ""}
        return True


def whole_number(typed: str) -> int | None:
    """What was typed, if it is a number of at most five digits."""
    typed = typed.strip()
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else None


def read_form(body: bytes, say: Say) -> Form:
    """A posted form.  Raises ValueError where it has more fields than any of ours."""
    return Form(parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=FORM_FIELDS_MAX), say)


def filled(values: Mapping[str, str | Sequence[str]], say: Say) -> Form:
    """A form as it is first shown, with what stands in the record."""
    return Form({name: [value] if isinstance(value, str) else list(value) for name, value in values.items()}, say)


def version_of(*records: Any) -> str:
    """A short name of exactly this state of these records."""
    return hashlib.sha256(msgspec.msgpack.encode(records, order="deterministic")).hexdigest()[:16]


def one_line(value: str) -> str:
    """Any script, in its composed form, without what cannot be seen; line breaks become blanks."""
    shown = "".join(" " if sign in "\n\r\t" else sign for sign in value if sign in "\n\r\t" or not _hidden(sign))
    return unicodedata.normalize("NFC", " ".join(shown.split()))


def _hidden(sign: str) -> bool:
    return sign in TURNS or unicodedata.category(sign) in ("Cc", "Cs")
