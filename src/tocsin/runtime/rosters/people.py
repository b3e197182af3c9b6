"""Whom a roster means: by id, e-mail, telephone number or name, in that order; never by a guess.

A name is compared without case, accents and the order of *Last, First*.  Two people of one name are nobody: whoever
wrote the roster says which by an id or an address.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from tocsin.runtime.rosters.shapes import NotRead, Person, Why

NAME_MAX_CHARS = 200
TWO = ""  # Of what two people are known by.


class People:
    """Everybody who may be on."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._ids: dict[str, str] = {}
        self._mails: dict[str, str] = {}
        self._numbers: dict[str, str] = {}
        self._names: dict[str, str] = {}
        for person in people:
            _put(self._ids, person.id.casefold(), person.id)
            _put(self._names, folded(person.name), person.id)
            for mail in person.mails:
                _put(self._mails, mail.casefold(), person.id)
            for number in person.numbers:
                _put(self._numbers, number, person.id)

    def find(self, text: str) -> str | None:
        """The member whom this names, or None.  Raises NotRead: it names two."""
        text = text.strip()
        if not text or len(text) > NAME_MAX_CHARS:
            return None
        for known, key in ((self._ids, text.casefold()), (self._mails, _mail(text)), (self._numbers, _number(text))):
            if key and known.get(key):
                return known[key]
        return self._named(text)

    def _named(self, text: str) -> str | None:
        last, comma, first = text.partition(",")
        names = [folded(text), *([folded(f"{first} {last}")] if comma else [])]
        found = {self._names[name] for name in names if name in self._names}
        if TWO in found or len(found) > 1:
            raise NotRead(Why.TWO_OF_ONE_NAME, text)
        return next(iter(found), None)

    def one(self, text: str) -> str:
        """The member whom this names.  Raises NotRead."""
        found = self.find(text)
        if found is None:
            raise NotRead(Why.UNKNOWN_PERSON, text)
        return found


def _put(known: dict[str, str], key: str, id: str) -> None:
    known[key] = id if known.get(key, id) == id else TWO


def _mail(text: str) -> str:
    return text.casefold().removeprefix("mailto:") if "@" in text else ""


def _number(text: str) -> str:
    """A telephone number as it is kept, if it is written with its country's code."""
    digits = "".join(sign for sign in text if sign.isdecimal())
    if text.lstrip().startswith("+"):
        return f"+{digits}"
    return f"+{digits[2:]}" if digits.startswith("00") else ""


def folded(text: str) -> str:
    """A name as it is compared."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(sign for sign in apart if not unicodedata.combining(sign)).split())
