"""Scheduled reach tests: a few at a time, by day, never while an alert is open."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace
from rig import ORG, Rig, pressing

from tocsin.core import commands as c
from tocsin.core.directory import Member, Site
from tocsin.core.limits import REACH_LOOK_EVERY_S
from tocsin.core.round import RoundKind, Target
from tocsin.core.round_commands import BeginRound
from tocsin.intake.reaching import Awake, Reaching
from tocsin.runtime.rounds.front import Front
from tocsin.sim.clock import VirtualTimeLoop

NOON_MS = round(datetime(2026, 11, 22, 12, 30, tzinfo=UTC).timestamp() * 1_000)


class Noon:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.ms = NOON_MS

    def now_ms(self) -> int:
        return self.ms


class Bench:
    def __init__(self, rig: Rig, every_days: int = 30) -> None:
        self.rig, self.clock = rig, Noon()
        self.front = Front(rig.bell)
        self.reaching = Reaching(self.front, rig.bell.world, self.clock, rig.chance, every_days)


@pytest.fixture
def bench(rig: Rig, loop: VirtualTimeLoop) -> Bench:
    made: list[Bench] = []

    async def make() -> None:
        made.append(Bench(rig))

    loop.run_until_complete(make())
    return made[0]


async def test_by_day_a_few_at_a_time_are_asked(bench: Bench) -> None:
    now = bench.reaching.wanted(ORG)
    assert now is not None and (now.kind, now.by, now.site) == (RoundKind.REACH, "tocsin", "")
    assert now.targets == (Target("noor", "noor/sms"),)


@pytest.mark.parametrize("hour", [0, 3, 8, 18, 23])
async def test_at_night_nobody_is(bench: Bench, hour: int) -> None:
    bench.clock.ms = NOON_MS + (hour - 12) * 3_600_000
    assert bench.reaching.wanted(ORG) is None


@pytest.mark.parametrize("silent", [True, False])
async def test_not_while_an_alert_is_open(bench: Bench, silent: bool) -> None:
    await bench.rig.bell.submit(replace(pressing(), silent=silent))
    assert bench.reaching.wanted(ORG) is None


async def test_the_hours_are_those_of_the_site_and_an_unknown_zone_sleeps(bench: Bench) -> None:
    people = bench.rig.bell.world.directory(ORG)

    def awake(zone: str) -> bool:
        sites = {site.id: Site(site.id, site.name, zone) for site in people.sites.values()}
        return Awake(replace(people, sites=sites), NOON_MS)(people.members["teo"])

    assert awake("UTC") and not awake("America/Los_Angeles") and not awake("No/Where") and not awake("")
    assert not Awake(replace(people, sites={}, shifts=()), NOON_MS)(Member("x", "x"))


async def test_every_now_and_then_a_look_is_taken_and_a_process_that_is_away_is_no_harm(bench: Bench) -> None:
    bench.reaching.start()
    over = asyncio.Event()
    asyncio.get_running_loop().call_later(REACH_LOOK_EVERY_S + 60, over.set)
    await over.wait()
    records = list(bench.rig.bell.world.rounds.values())
    assert [(known.kind, known.how, known.why) for known in records] == [("reach", "lost", "scheduled")]
    bench.reaching.stop()


async def test_one_test_at_a_time(bench: Bench) -> None:
    now = bench.reaching.wanted(ORG)
    assert now is not None
    begun = await bench.rig.bell.submit(
        BeginRound(org=ORG, round=now.id, kind="reach", site="", by="ines", why="", recipients=1)
    )
    assert begun == c.Done() and bench.reaching.wanted(ORG) is None


async def test_nobody_is_tested_where_it_is_not_wanted(rig: Rig) -> None:
    bench = Bench(rig, every_days=0)
    bench.reaching.start()
    bench.reaching.stop()
    assert bench.reaching._timer is None
