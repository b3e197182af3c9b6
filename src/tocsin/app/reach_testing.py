"""A reach test that somebody asks for on a page: of one member, or of everybody on shift."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from tocsin.core.commands import Declined, Reply
from tocsin.core.dice import Dice
from tocsin.core.directory import Directory, Member
from tocsin.core.limits import REACH_AGAIN_MS
from tocsin.core.reach import can_answer
from tocsin.core.roster import on_shift
from tocsin.core.round import PREFIX, Round, RoundKind, Target
from tocsin.ports import Clock, Entropy
from tocsin.runtime.rounds.front import Away, Refused
from tocsin.runtime.world import World
from tocsin.web.office.reach_tests import ReachAsked

START_MAX_S = 60.0  # The process that sends may have to be started first.


class Sending(Protocol):
    """The line to the process that sends, as far as a test needs it."""

    async def ready(self, wait_s: float) -> bool: ...

    async def begin(self, now: Round) -> Reply: ...


class ReachTesting:
    """On one node; the page asks, the process of rounds sends."""

    def __init__(self, front: Sending, world: World, clock: Clock, entropy: Entropy) -> None:
        self._front, self._world, self._clock, self._entropy = front, world, clock, entropy

    async def __call__(self, org: str, *, member: str, site: str, by: str) -> ReachAsked:
        """Asked when this returns ASKED; else nobody was."""
        directory, now_ms = self._world.directory(org), self._clock.now_ms()
        people = [member] if member else on_shift(directory, site, now_ms)
        ways = list(_ways(directory, people))
        targets = tuple(target for target, asked_ms in ways if now_ms - asked_ms >= REACH_AGAIN_MS)
        if not targets:
            return ReachAsked.JUST_ASKED if ways else ReachAsked.NOBODY
        id = PREFIX + Dice(self._entropy.seed()).uuid7(now_ms)
        wish = Round(
            id=id,
            org=org,
            kind=RoundKind.REACH,
            site="",
            by=by,
            why="asked_on_a_page",
            targets=targets,
            began_ms=now_ms,
        )
        return await self._begun(wish)

    async def _begun(self, now: Round) -> ReachAsked:
        if not await self._front.ready(START_MAX_S):
            return ReachAsked.AWAY
        try:
            reply = await self._front.begin(now)
        except (Refused, Away):
            return ReachAsked.AWAY
        return ReachAsked.REAL_ALERT if isinstance(reply, Declined) else ReachAsked.ASKED


def _ways(directory: Directory, people: list[str]) -> Iterator[tuple[Target, int]]:
    """Every contact that can answer, and when it was last asked."""
    known: list[Member] = [directory.members[id] for id in people if id in directory.members]
    for member in known:
        if not member.suspended:
            yield from ((Target(member.id, contact.id), contact.asked_ms or 0) for contact in can_answer(member))
