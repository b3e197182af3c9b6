"""The machine of a walk: its table, what may not happen, and any life that it could have."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tocsin.core import walk_events as e
from tocsin.core.access.record import By
from tocsin.core.alert import IllegalTransition
from tocsin.core.limits import MINUTE_MS
from tocsin.core.walk import TRANSITIONS, Walk, evolve, reminds_ms
from tocsin.core.words import Destination, PlaceKind, WalkState

STARTED = e.WalkStarted(
    id="w",
    org="alder",
    member="noor",
    site="centre",
    by=By("noor"),
    destination=Destination.CAR,
    minutes=15,
    remind_before_ms=180_000,
    grace_ms=60_000,
)
EVENTS: tuple[e.WalkEvent, ...] = (
    e.WalkReminded(),
    e.WalkDue(),
    e.WalkOverdue(service_was_down=True),
    e.WalkRaised(alert="a", shown="s"),
    e.WalkExtended(minutes=10, due_ms=30 * MINUTE_MS),
    e.CheckedIn(),
    e.WalkPlaced(kind=PlaceKind.FIX, at_ms=5, fix="f", radius_m=3.0),
    e.WalkEnded(how=e.Ending.HOME),
    e.WalkEnded(how=e.Ending.CANCELLED),
    e.WalkDuress(alert="a"),
    e.PinMissedOnWalk(misses=1),
    e.LateHome(),
)
WAYS: dict[WalkState, tuple[e.WalkEvent, ...]] = {
    WalkState.OUT: (),
    WalkState.REMINDED: (EVENTS[0],),
    WalkState.DUE: (EVENTS[1],),
    WalkState.OVERDUE: (EVENTS[2],),
    WalkState.RAISED: (EVENTS[3],),
    WalkState.HOME: (EVENTS[7],),
    WalkState.CANCELLED: (EVENTS[8],),
}


def walk_in(state: WalkState) -> Walk:
    walk = evolve(None, STARTED, 0)
    for event in WAYS[state]:
        walk = evolve(walk, event, 1)
    assert walk.state is state
    return walk


@pytest.mark.parametrize("state", WalkState)
@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_what_is_not_in_the_table_cannot_happen_to_a_walk(state: WalkState, event: e.WalkEvent) -> None:
    walk = walk_in(state)
    allowed = TRANSITIONS[state].get(type(event))
    if allowed is None:
        with pytest.raises(IllegalTransition):
            evolve(walk, event, 2)
        assert walk == walk_in(state)
    else:
        assert evolve(walk, event, 2).state in allowed


def test_every_event_and_every_state_of_a_walk_is_in_the_table() -> None:
    named = {event for events in TRANSITIONS.values() for event in events}
    assert set(TRANSITIONS) == set(WalkState) and named == {type(event) for event in EVENTS}
    assert {type(event) for event in EVENTS} | {e.WalkStarted} == set(e.WalkEvent.__args__)


def test_home_after_overdue_un_raises_nothing() -> None:
    for state in (WalkState.OVERDUE, WalkState.RAISED):
        assert e.WalkEnded not in TRANSITIONS[state] and e.WalkExtended not in TRANSITIONS[state]
    late = evolve(walk_in(WalkState.RAISED), e.LateHome(), 9)
    assert late.state is WalkState.RAISED and late.alert == "a" and late.late_home_ms == 9


def test_a_walk_begins_once_and_nothing_happens_to_none() -> None:
    with pytest.raises(IllegalTransition):
        evolve(walk_in(WalkState.OUT), STARTED, 1)
    with pytest.raises(IllegalTransition):
        evolve(None, e.WalkDue(), 1)


def test_duress_changes_nothing_that_the_worker_is_shown() -> None:
    for state in (WalkState.OUT, WalkState.DUE, WalkState.HOME):
        before = walk_in(state)
        after = evolve(before, e.WalkDuress(alert="a"), 7)
        shown = [name for name in Walk.__struct_fields__ if name not in ("alert", "under_duress")]
        assert [getattr(after, name) for name in shown] == [getattr(before, name) for name in shown]
        assert after.under_duress and after.alert == "a"


@pytest.mark.parametrize(
    ("begins", "due", "before", "at"),
    [(0, 900, 180, 720), (0, 120, 180, 60), (0, 60, 180, 30), (600, 1_500, 30, 1_470), (0, 14_400, 900, 13_500)],
)
def test_when_to_remind(begins: int, due: int, before: int, at: int) -> None:
    assert reminds_ms(begins, due, before) == at


def test_an_older_place_does_not_take_the_place_of_a_newer_one() -> None:
    walk = evolve(walk_in(WalkState.OUT), EVENTS[6], 6)
    older = evolve(walk, e.WalkPlaced(kind=PlaceKind.FIX, at_ms=4, fix="g"), 7)
    assert older.places[PlaceKind.FIX].fix == "f"


class AnyWalk(RuleBasedStateMachine):
    """Whatever the worker does and however time passes: an open walk is looked at again, and what is raised stays."""

    def __init__(self) -> None:
        super().__init__()
        self.now_ms = 0
        self.walk = evolve(None, STARTED, 0)
        self.raised = False

    def happens(self, event: e.WalkEvent) -> None:
        self.walk = evolve(self.walk, event, self.now_ms)

    @precondition(lambda self: self.walk.open)
    @rule(share=st.floats(0, 1))
    def time_passes_until_the_next_wake_up_at_the_most(self, share: float) -> None:
        assert self.walk.wake_at_ms is not None
        self.now_ms += round(max(self.walk.wake_at_ms - self.now_ms, 0) * share)
        if self.now_ms >= self.walk.raises_ms:
            self.happens(e.WalkOverdue())
            self.happens(e.WalkRaised(alert="a", shown="a"))
            self.raised = True
        elif self.now_ms >= self.walk.due_ms and self.walk.state is not WalkState.DUE:
            self.happens(e.WalkDue())
        elif self.now_ms >= self.walk.remind_ms and self.walk.state is WalkState.OUT:
            self.happens(e.WalkReminded())

    @precondition(lambda self: self.walk.open and self.walk.extend_left_min > 0)
    @rule(minutes=st.integers(1, 60))
    def it_takes_longer(self, minutes: int) -> None:
        minutes = min(minutes, self.walk.extend_left_min)
        until_ms = max(self.walk.due_ms, self.now_ms) + minutes * MINUTE_MS
        self.happens(e.WalkExtended(minutes=minutes, due_ms=until_ms))

    @rule(event=st.sampled_from(EVENTS))
    def something_else_is_tried(self, event: e.WalkEvent) -> None:
        if isinstance(event, e.WalkOverdue | e.WalkReminded | e.WalkDue | e.WalkExtended):
            return  # Those are time's, above.
        if type(event) not in TRANSITIONS[self.walk.state]:
            with pytest.raises(IllegalTransition):
                self.happens(event)
            return
        self.happens(event)
        self.raised = self.raised or isinstance(event, e.WalkRaised)

    @invariant()
    def an_open_walk_is_looked_at_again_before_it_is_overdue(self) -> None:
        assert (self.walk.wake_at_ms is None) == (not self.walk.open) == (self.walk.ended_ms is not None)
        if self.walk.wake_at_ms is not None:
            assert self.now_ms <= self.walk.wake_at_ms <= self.walk.raises_ms

    @invariant()
    def what_was_raised_stays_raised(self) -> None:
        assert self.raised == (self.walk.state is WalkState.RAISED)
        assert not self.raised or self.walk.alert == "a"

    @invariant()
    def it_ends_within_an_hour_of_what_was_said(self) -> None:
        assert self.walk.due_ms <= max(STARTED.minutes, 0) * MINUTE_MS + 60 * MINUTE_MS + self.walk.grace_ms


TestAnyWalk = pytest.mark.slow(AnyWalk.TestCase)
