"""Whose a telephone number is: found at once, because every text and every call that comes in asks.

Theory of operation
-------------------
An organisation is a frozen value, and the next one shares with it whoever did not change.  So the book is brought from
the one that it was made of to the one that is asked about by looking at those people only who are another value.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import compress
from operator import is_not

from tocsin.core.directory import Directory, Member
from tocsin.core.words import Channel

PHONES = frozenset({Channel.SMS, Channel.VOICE})
Members = Mapping[str, Member]


class Phonebook:
    """Of one organisation.  `looked_at`: people, until now."""

    def __init__(self) -> None:
        self._members: Members = {}
        self._of: dict[str, tuple[str, ...]] = {}
        self.looked_at = 0

    def members_of(self, directory: Directory, number: str) -> tuple[str, ...]:
        """The ids of all who have this number, sorted: two people may share a phone."""
        if directory.members is not self._members:
            self._turn_to(directory.members)
            self._members = directory.members
        return self._of.get(number, ())

    def _turn_to(self, members: Members) -> None:
        changed = _changed(self._members, members)
        for id in changed:
            for number in _numbers(self._members.get(id)):
                self._take_out(number, id)
        for id in changed:
            for number in _numbers(members.get(id)):
                self._of[number] = tuple(sorted({*self._of.get(number, ()), id}))
        self.looked_at += len(changed)

    def _take_out(self, number: str, id: str) -> None:
        left = tuple(other for other in self._of[number] if other != id)
        if left:
            self._of[number] = left
        else:
            del self._of[number]


def _changed(before: Members, after: Members) -> list[str]:
    """Who is another value, or only in one of them.  Mostly the same people stand there in the same order."""
    if list(before) == list(after):
        return list(compress(after, map(is_not, before.values(), after.values())))
    gone = [id for id in before if id not in after]
    return gone + [id for id, member in after.items() if before.get(id) is not member]


def _numbers(member: Member | None) -> set[str]:
    return set() if member is None else {contact.to for contact in member.contacts if contact.kind in PHONES}
