"""A reach test that somebody asks for on a page: whom it asks, and what is said when it asks nobody."""

from __future__ import annotations

import asyncio

import pytest

from rostered import SITE, Rostered
from tocsin.app.reach_testing import ReachTesting
from tocsin.core.commands import Done, Reply
from tocsin.core.limits import REACH_AGAIN_MS
from tocsin.core.raising import REAL_ALERT_OPEN
from tocsin.core.round import Round, RoundKind
from tocsin.runtime.rounds.front import Away, Refused
from tocsin.web.office.reach_tests import ReachAsked


class Line:
    """The line to the process that sends.  `there`: is it?  `says`: its answer, or what it raises."""

    def __init__(self, says: Reply | Exception, *, there: bool = True) -> None:
        self.says, self.there = says, there
        self.begun: list[Round] = []

    async def ready(self, wait_s: float) -> bool:
        return self.there

    async def begin(self, now: Round) -> Reply:
        self.begun.append(now)
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


DONE = Done()


def ask(known: Rostered, line: Line, member: str = "") -> ReachAsked:
    testing = ReachTesting(line, known.world, known.clock, known)
    return asyncio.run(testing("alder", member=member, site=SITE, by="teo"))


def test_everybody_on_shift_is_asked_on_each_way_that_can_answer() -> None:
    known, line = Rostered(), Line(DONE)
    known.change("noor", suspended=True)
    assert ask(known, line) is ReachAsked.ASKED
    (made,) = line.begun
    assert (made.kind, made.by) == (RoundKind.REACH, "teo")
    assert {target.member for target in made.targets} == {"teo", "ana"}


def test_one_member_is_asked_on_shift_or_not() -> None:
    known, line = Rostered(), Line(DONE)
    assert ask(known, line, "bo") is ReachAsked.ASKED
    assert [target.member for target in line.begun[0].targets] == ["bo"]


def test_whoever_was_asked_a_moment_ago_is_not_asked_again_and_who_has_no_way_is_not_asked() -> None:
    known, line = Rostered(), Line(DONE)
    contact = known.directory.members["bo"].contacts[0]
    for asked_ms, said in ((known.clock.ms - REACH_AGAIN_MS + 1, ReachAsked.JUST_ASKED), (None, ReachAsked.ASKED)):
        known.change("bo", contacts=(type(contact)(contact.id, contact.kind, contact.to, True, asked_ms=asked_ms),))
        assert ask(known, line, "bo") is said
    known.change("bo", contacts=())
    assert ask(known, line, "bo") is ReachAsked.NOBODY and ask(known, line, "zebra") is ReachAsked.NOBODY


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (Line(REAL_ALERT_OPEN), ReachAsked.REAL_ALERT),
        (Line(Refused("no")), ReachAsked.AWAY),
        (Line(Away()), ReachAsked.AWAY),
        (Line(DONE, there=False), ReachAsked.AWAY),
    ],
)
def test_where_nobody_can_be_asked_it_is_said_why(line: Line, said: ReachAsked) -> None:
    assert ask(Rostered(), line) is said
