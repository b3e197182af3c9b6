"""Scheduled reach tests: a few contacts every now and then, by day, never while an alert is open.

So many at a time that everybody has had their turn once in the set number of days, spread over working hours: no
carrier sees a flood and no two colleagues compare telephones.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import structlog

from tocsin.core.dice import Dice
from tocsin.core.directory import Directory, Member
from tocsin.core.limits import REACH_FROM_HOUR, REACH_LOOK_EVERY_S, REACH_TO_HOUR, SECOND_MS
from tocsin.core.reach import can_answer, due
from tocsin.core.roster import site_of
from tocsin.core.round import PREFIX, Round, RoundKind
from tocsin.ports import Clock, Entropy
from tocsin.runtime.loop import Unavailable
from tocsin.runtime.rounds.front import Front, Refused
from tocsin.runtime.world import World

LOOKS_A_DAY = (REACH_TO_HOUR - REACH_FROM_HOUR) * 3_600 / REACH_LOOK_EVERY_S
log = structlog.get_logger("tocsin.rounds")


class Reaching:
    """`every_days`: 0 tests nobody."""

    def __init__(self, front: Front, world: World, clock: Clock, entropy: Entropy, every_days: int) -> None:
        self._front, self._world, self._clock, self._entropy = front, world, clock, entropy
        self._every_days = every_days
        self._timer: asyncio.TimerHandle | None = None
        self._testing: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        if self._every_days:
            self._timer = asyncio.get_running_loop().call_later(REACH_LOOK_EVERY_S, self._look)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        for task in self._testing:
            task.cancel()

    def _look(self) -> None:
        self.start()
        for org in self._world.directories:
            now = self.wanted(org)
            if now is not None:
                task = asyncio.ensure_future(self._test(now))
                self._testing.add(task)  # The loop keeps only a weak reference to it.
                task.add_done_callback(self._testing.discard)

    async def _test(self, now: Round) -> None:
        try:
            await self._front.begin(now)
        except (Refused, Unavailable) as error:
            log.warning("reach_test_failed", error=type(error).__name__)

    def wanted(self, org: str) -> Round | None:
        """The test to make now; None where nobody is due or it is no time for one."""
        busy = any(not alert.drill for alert in self._world.open_alerts(org))
        testing = any(known.open and known.kind == RoundKind.REACH for known in self._world.rounds.values())
        if busy or testing:
            return None
        directory, now_ms = self._world.directory(org), self._clock.now_ms()
        targets = due(directory, now_ms, self._every_days, self._at_once(directory), Awake(directory, now_ms))
        if not targets:
            return None
        return Round(
            id=PREFIX + Dice(self._entropy.seed()).uuid7(now_ms),
            org=org,
            kind=RoundKind.REACH,
            site="",
            by="tocsin",
            why="scheduled",
            targets=targets,
            began_ms=now_ms,
        )

    def _at_once(self, directory: Directory) -> int:
        contacts = sum(1 for member in directory.members.values() for _ in can_answer(member))
        return int(contacts / (self._every_days * LOOKS_A_DAY)) + 1


class Awake:
    """Is it daytime where this member works?  A site whose zone nobody knows sleeps."""

    def __init__(self, directory: Directory, now_ms: int) -> None:
        self._directory, self._now_ms = directory, now_ms
        self._sites = {site.id: _daytime(site.time_zone, now_ms) for site in directory.sites.values()}

    def __call__(self, member: Member) -> bool:
        return self._sites.get(site_of(self._directory, member.id, self._now_ms), False)


def _daytime(time_zone: str, now_ms: int) -> bool:
    try:
        zone = ZoneInfo(time_zone)
    except (KeyError, ValueError, OSError):
        return False
    return REACH_FROM_HOUR <= datetime.fromtimestamp(now_ms / SECOND_MS, UTC).astimezone(zone).hour < REACH_TO_HOUR
