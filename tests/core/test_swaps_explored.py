"""Whatever is asked of a week and answered: as many are on as were, and no asking outlives its shift."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from msgspec.structs import replace
from swapping_week import Week
from ward import HOUR, ORG

from tocsin.core.access.changes import Change
from tocsin.core.access.sheet import numbered
from tocsin.core.access.swaps import Swap, SwapPhase

WHO = st.sampled_from(("noor", "bo", "teo", "ines", "ada"))


class AnySwaps(RuleBasedStateMachine):
    """Whatever is asked and answered: as many are on as were, no record is open past its start, memory is the store."""

    def __init__(self) -> None:
        super().__init__()
        self.week = Week()

    @rule(giver=WHO, taker=WHO, second=st.booleans(), cut=st.integers(0, 7), back=st.booleans())
    def ask(self, giver: str, taker: str, second: bool, cut: int, back: bool) -> None:
        keys = list(numbered(self.week.directory.shifts))
        theirs = [key for key in keys if giver in numbered(self.week.directory.shifts)[key].members]
        others = [key for key in keys if taker in numbered(self.week.directory.shifts)[key].members]
        if theirs:
            key = theirs[-1 if second else 0]
            whole = self.week.whole(key)
            from_ms = min(whole.from_ms + cut * HOUR, whole.until_ms)
            self.week.ask(
                giver, taker, replace(whole, from_ms=from_ms), self.week.whole(others[0]) if back and others else None
            )

    @rule(which=st.integers(0, 5), accepts=st.booleans())
    def answer(self, which: int, accepts: bool) -> None:
        swaps = sorted(self.week.world.all_kept(ORG, Swap).values(), key=lambda swap: swap.id)
        if swaps:
            swap = swaps[which % len(swaps)]
            self.week.answer(swap.taker, swap.id, accepts=accepts)

    @rule(which=st.integers(0, 5))
    def withdraw(self, which: int) -> None:
        swaps = sorted(self.week.world.all_kept(ORG, Swap).values(), key=lambda swap: swap.id)
        if swaps:
            swap = swaps[which % len(swaps)]
            self.week.withdraw(swap.giver, swap.id)

    @rule(hours=st.sampled_from((1, 20, 30)))
    def wait(self, hours: int) -> None:
        self.week.wait(hours * HOUR)

    @rule(name=WHO)
    def mute(self, name: str) -> None:
        self.week.change(name, contacts=())

    @rule()
    def restart(self) -> None:
        self.week.restart()

    @invariant()
    def as_many_are_on_as_were(self) -> None:
        for key in (self.week.first, self.week.second):
            for at_ms in range(key[1], key[2], HOUR // 2):
                on = [
                    id
                    for shift in self.week.directory.shifts
                    if shift.starts_ms <= at_ms < shift.ends_ms
                    for id in shift.members
                ]
                assert len(on) == 4 == len(set(on)), (at_ms, on)

    @invariant()
    def nothing_is_open_past_its_start(self) -> None:
        for swap in self.week.world.all_kept(ORG, Swap).values():
            assert self.week.now_ms < swap.starts_ms
            if swap.phase is SwapPhase.WAITING:
                change = self.week.world.kept(ORG, Change, swap.change)
                assert change is not None and change.open


AnySwaps.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestAnySwaps = pytest.mark.slow(AnySwaps.TestCase)
