"""Hundreds of swaps under way, and somebody who clocks in: no press waits while each is weighed again."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

from swapping_week import DAY, Week
from ward import HOUR, ORG, SITE

from tocsin.core.access.clock_commands import ClockIn
from tocsin.core.access.swaps import Stretch, Swap
from tocsin.core.access.words import Via
from tocsin.core.directory import Shift

SHIFTS = 200


def month(swaps: int) -> Week:
    """With so many nights, all of them Noor's, and of so many she has asked Bo."""
    week = Week()
    nights = [(week.now_ms + number * DAY, week.now_ms + number * DAY + HOUR) for number in range(1, SHIFTS + 1)]
    week.roster(*(Shift(SITE, ("noor", "bo", "teo", "ines"), *night) for night in nights))
    week.put(*(_swap(number, nights[number]) for number in range(swaps)))
    return week


def _swap(number: int, night: tuple[int, int]) -> Swap:
    gives = Stretch((SITE, *night, 0), *night)
    via, id = Via.SESSION, f"swap {number}"
    return Swap(
        id=id, giver="noor", taker="bo", gives=gives, in_return=None, why="", asked_ms=0, via=via, credential=""
    )


def steps_of_coming(week: Week) -> int:
    """How many lines are run to let Wale in, a loop's as often as it goes round: a measure that no machine changes."""
    steps = 0

    def count(frame: FrameType, event: str, about: object) -> Any:
        nonlocal steps
        steps += event == "line"
        return count

    before = sys.gettrace()  # Coverage may be watching, too.
    sys.settrace(count)
    try:
        week.do(ClockIn(org=ORG, by=week.bys["wale"], member="wale", site=SITE))
    finally:
        sys.settrace(before)
    return steps


def test_somebody_who_comes_in_costs_no_look_through_the_roster_for_every_swap_that_is_open() -> None:
    assert steps_of_coming(month(swaps=60)) - steps_of_coming(month(swaps=10)) < 50 * SHIFTS / 4
