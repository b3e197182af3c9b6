"""Recipients: found anew for each rung from the roster of that instant; nobody barred or opted out is rung."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import msgspec
from msgspec import Struct

from tocsin.core import events as e
from tocsin.core.attendance import Attendance, AttendancePhase
from tocsin.core.directory import Directory, Member, Rung, Shift
from tocsin.core.events import Event
from tocsin.core.words import Purpose
from tocsin.sim.promises.scene import CLOCK_MS, Scene

CUT_MS = 5_000  # I20: what a suspension is given to take effect everywhere.
_event = msgspec.msgpack.Decoder(Event)
_member = msgspec.msgpack.Decoder(Member)
_directory = msgspec.msgpack.Decoder(Directory)
_attendance = msgspec.msgpack.Decoder(Attendance)


class Roster(Struct):
    """Who works here and who is on, as the record tells it so far."""

    members: dict[str, Member] = {}
    shifts: tuple[Shift, ...] = ()
    words: dict[str, Attendance] = {}

    def take(self, stream: str, type: str, body: bytes) -> None:
        kind, _, id = stream.partition("/")
        if kind == "organisation":
            self.shifts = _directory.decode(body).shifts
        elif kind == "attendance":
            self.words[id] = _attendance.decode(body)
        elif kind == "member" and type.endswith("Removed"):
            self.members.pop(id, None)
        elif kind == "member":
            self.members[id] = _member.decode(body)

    def on(self, site: str, at_ms: int, *, watched: bool) -> set[str]:
        """By the roster, and by what they said of being here; besides it, for somebody watched, from the next shift."""
        there = [shift for shift in self.shifts if shift.site == site and shift.starts_ms <= at_ms]
        planned = {name for shift in there if at_ms < shift.ends_ms for name in shift.members}
        said = {id: word for id, word in self.words.items() if word.since_ms <= at_ms < word.until_ms and word.open}
        here = {id for id, word in said.items() if word.phase is AttendancePhase.HERE and word.site == site}
        late = {id for id in here - planned if not any(shift.starts_ms > said[id].since_ms for shift in there)}
        return (planned - said.keys() | here) - (late if watched else set())

    def meant(self, rung: Rung, site: str, about: str, at_ms: int, *, watched: bool) -> set[str] | None:
        """Whom these words mean at that moment; None where they are none of a plan's own."""
        known = self.members.get(about)
        on = self.on(site, at_ms, watched=watched or (known is not None and known.watch_window))
        found: set[str] = set()
        for word in rung.audience:
            kind, _, name = word.partition(":")
            if kind == "on_shift":
                found |= on
            elif kind == "role":
                found |= {id for id in on if id in self.members and name in self.members[id].roles}
            elif kind == "member":
                found.add(name)
            else:
                return None
        return {id for id in found if self.may_be_told(id, about)}

    def may_be_told(self, id: str, about: str) -> bool:
        member = self.members.get(id)
        return member is not None and id != about and not member.suspended and about not in member.not_told_about


def recipients_are_those_of_the_moment(scene: Scene) -> Iterator[str]:
    plans: dict[str, e.Raised] = {}
    roster = Roster({})
    for at_ms, facts in groupby(scene.record.facts, key=lambda fact: fact.at_ms):
        moment, rosters = list(facts), [roster]
        for fact in moment:
            if fact.stream.startswith(("member/", "organisation/", "attendance/")):
                roster = Roster(dict(roster.members), roster.shifts, dict(roster.words))
                roster.take(fact.stream, fact.type, fact.body or b"")
                rosters.append(roster)
        for fact in moment:  # A change of people, and what it rings, are one moment: any roster of it may be meant.
            if fact.stream.startswith("alert/"):
                event = _event.decode(fact.body or b"")
                if isinstance(event, e.Raised):
                    plans[fact.stream] = event
                elif isinstance(event, e.Rang) and event.rung is not None:
                    yield from _rang(plans[fact.stream], event, rosters, at_ms)


def _rang(raised: e.Raised, event: e.Rang, rosters: list[Roster], at_ms: int) -> Iterator[str]:
    assert event.rung is not None
    rung, rang = raised.plan.rungs[event.rung], {*event.asked, *event.answered}
    watched = raised.watch_window
    meant = [roster.meant(rung, raised.site, raised.member, at_ms, watched=watched) for roster in rosters]
    if None not in meant and rang not in meant:
        yield f"rung {event.rung} of {raised.id} rang {sorted(rang)} at {at_ms}; the roster said {meant[-1]}"


States = list[tuple[int, Member | None]]
"""What was said of one member, and when; None from when they are gone."""


def states_of(scene: Scene) -> dict[str, States]:
    found: dict[str, States] = {}
    for fact in scene.record.facts:
        kind, _, id = fact.stream.partition("/")
        if kind == "member":
            gone = fact.type.endswith("Removed")
            found.setdefault(id, []).append((fact.at_ms, None if gone else _member.decode(fact.body or b"")))
    return found


def nobody_barred_is_rung(scene: Scene) -> Iterator[str]:
    """I20, and the ties: what was sent went only to those who may be told."""
    states, about = states_of(scene), {story.id: story.alert.member for story in scene.record.stories}
    for sent in scene.journal.sends:
        delivery = scene.record.deliveries.get(sent.delivery)
        if delivery is None or delivery.purpose is Purpose.REPLY or sent.alert not in about:
            continue
        from_ms, until_ms = sent.begun_ms - CUT_MS - scene.journal.lag_ms, sent.begun_ms + CLOCK_MS
        if _barred_all_along(states.get(delivery.member, []), about[sent.alert], from_ms, until_ms):
            yield f"{delivery.member}, who may not be told, was sent {delivery.purpose} {delivery.id} at {until_ms}"


def _barred_all_along(states: States, about: str, from_ms: int, until_ms: int) -> bool:
    earlier = [member for at_ms, member in states if at_ms <= from_ms][-1:]
    between = [member for at_ms, member in states if from_ms < at_ms <= until_ms]
    return bool(earlier) and all(
        member is None or member.suspended or about in member.not_told_about for member in (*earlier, *between)
    )


def nobody_who_said_stop_is_texted(scene: Scene) -> Iterator[str]:
    """I14: until START comes from that number."""
    for sent in scene.journal.sends:
        said = [stop for at_ms, number, stop in scene.journal.opted if number == sent.to and at_ms <= sent.begun_ms]
        old = any(number == sent.to and at_ms <= sent.begun_ms - CUT_MS for at_ms, number, _ in scene.journal.opted)
        if said and said[-1] and old:
            yield f"{sent.reference} went to a number that had said STOP"
