"""What was decided of people, plans and access, decision by decision, in the order in which it became durable.

It is told from the record's own facts, without the rules that made them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tocsin.core.access.announcement import Announcement
from tocsin.core.access.changes import Change
from tocsin.core.access.push_record import Subscription
from tocsin.core.access.record import Act, Desk, Key, Passkey, Session, Wallboard
from tocsin.core.access.swaps import Swap
from tocsin.core.directory import Device, Directory, Member
from tocsin.core.words import REACHING
from tocsin.sim.centre import ORG
from tocsin.sim.journal import Journal
from tocsin.sim.promises.scene import CLOCK_MS

CUT_OFF = frozenset({"suspended", "person_ended"})  # By one word all that they hold.
SCREENS = {"desk": Desk, "wallboard": Wallboard, "key": Key, "session": Session}
_READ = {
    name: msgspec.msgpack.Decoder(kind)
    for name, kind in {
        "announcement": Announcement,
        "member": Member, "organisation": Directory, "device": Device, "act": Act, "change": Change, "passkey": Passkey,
        "subscription": Subscription, "swap": Swap, **SCREENS,
    }.items()
}  # fmt: skip


class Told(Struct, frozen=True):
    """One fact of a decision: which record, and as what it stands from now on; None: it is gone."""

    kind: str
    id: str
    type: str
    value: Any


class Step(Struct, frozen=True):
    """One decision.  `at_ms`: when it was durable; `said_ms`: when it was made, by the system's own clock."""

    at_ms: int
    said_ms: int
    told: tuple[Told, ...]
    before: Directory
    after: Directory

    def of(self, kind: str) -> list[Any]:
        return [told.value for told in self.told if told.kind == kind and told.value is not None]


def steps(journal: Journal) -> Iterator[Step]:
    now = Directory(ORG, ORG)
    for decided in journal.decided:
        told = tuple(_told(fact.stream, fact.type, fact.body or b"") for fact in decided.facts)
        after = _after(now, told)
        yield Step(decided.at_ms, decided.facts[0].at_ms, told, now, after)
        now = after


def _told(stream: str, type: str, body: bytes) -> Told:
    kind, _, id = stream.partition("/")
    gone = type.endswith("Removed")
    read = _READ.get(kind)
    return Told(kind, id, type, None if gone or read is None else read.decode(body))


def _after(now: Directory, told: tuple[Told, ...]) -> Directory:
    for one in told:
        if one.kind == "organisation":
            now = replace(one.value, members=now.members, devices=now.devices)
        elif one.kind == "member" and one.value is None:
            now = replace(now, members={id: member for id, member in now.members.items() if id != one.id})
        elif one.kind == "member":
            now = replace(now, members={**now.members, one.id: one.value})
    return now


class Past:
    """Who was what at which true time, and which credential had ended."""

    def __init__(self, journal: Journal) -> None:
        self.members: dict[str, list[tuple[int, Member | None]]] = {}
        self.ended_ms: dict[str, int] = {}
        self._theirs: dict[str, list[str]] = {}
        for step in steps(journal):
            for one in step.told:
                self._take(one, step.at_ms)
            for act in step.of("act"):
                for id in self._theirs.get(act.about, ()) if act.what in CUT_OFF else ():
                    self.ended_ms.setdefault(id, step.at_ms)

    def _take(self, one: Told, at_ms: int) -> None:
        if one.kind == "member":
            self.members.setdefault(one.id, []).append((at_ms, one.value))
        elif _ends(one):
            self.ended_ms.setdefault(one.id, at_ms)
        elif one.kind in ("device", "session") and one.value is not None:
            self._theirs.setdefault(one.value.member, []).append(one.id)

    def lately(self, member: str, at_ms: int) -> list[Member | None]:
        """What they were at that moment, and in the blink before it."""
        states = self.members.get(member, [])
        earlier = [state for since_ms, state in states if since_ms <= at_ms - CLOCK_MS][-1:]
        return earlier + [state for since_ms, state in states if at_ms - CLOCK_MS < since_ms <= at_ms]

    def unwakeable(self, member: str, at_ms: int, for_ms: int) -> bool:
        """Has nothing that reaches them been verified, alive and not opted out, for so long?"""
        states = self.members.get(member, [])
        earlier = [state for since_ms, state in states if since_ms <= at_ms - for_ms][-1:]
        states_meant = earlier + [state for since_ms, state in states if at_ms - for_ms < since_ms <= at_ms]
        return bool(earlier) and not any(_wakes(state) for state in states_meant)

    def had_ended(self, credential: str, at_ms: int) -> bool:
        return self.ended_ms.get(credential, at_ms) < at_ms - CLOCK_MS

    def barred(self, member: str, about: str, at_ms: int) -> bool:
        """Suspended, gone, or not to be told about this person, all this blink long?"""
        states = self.lately(member, at_ms)
        return bool(states) and all(s is None or s.suspended or about in s.not_told_about for s in states)


def _ends(one: Told) -> bool:
    if one.kind == "device":
        return one.value is not None and one.value.revoked
    return one.kind in SCREENS and one.value is not None and one.value.ended is not None


def _wakes(member: Member | None) -> bool:
    contacts = () if member is None else member.contacts
    return any(one.verified and not one.opted_out and one.dead is None and one.kind in REACHING for one in contacts)
