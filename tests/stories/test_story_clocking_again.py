"""Told on the whole town: whoever was here and went comes again, as often as they like."""

from __future__ import annotations

from people import ORG, SITE, device_of
from town import Town

from tocsin.core import commands as c
from tocsin.core.access.clock_commands import ClockIn, ClockOut
from tocsin.core.access.record import By
from tocsin.core.access.words import Via
from tocsin.core.roster import on_shift

DONE = c.Done()
HANA = By("hana", Via.DEVICE, device_of("hana").id)


def comes(town: Town) -> None:
    assert town.do(ClockIn(org=ORG, by=HANA, member="hana", site=SITE)) == DONE
    assert "hana" in on_shift(town.world.directory(ORG), SITE, town.now_ms)


def goes(town: Town) -> None:
    assert town.do(ClockOut(org=ORG, by=HANA, member="hana")) == DONE
    assert "hana" not in on_shift(town.world.directory(ORG), SITE, town.now_ms)


def test_whoever_went_home_comes_again_as_often_as_they_like(town: Town) -> None:
    """What was said of them is over and out of memory; what is said next goes on from it in the record."""
    for _ in range(3):
        comes(town)
        goes(town)
    versions = [fact.version for fact in town.store.facts(ORG, 0, 1_000) if fact.stream == "attendance/hana"]
    assert versions == [1, 2, 3, 4, 5, 6]


def test_whoever_came_again_is_rung_like_everybody_who_is_on(town: Town) -> None:
    comes(town)
    goes(town)
    comes(town)
    town.press()
    town.expect("ring teo bo ines hana")
