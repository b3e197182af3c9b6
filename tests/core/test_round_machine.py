"""The machine of a round: what may happen in which phase, that all else raises and changes nothing, any life of it."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tocsin.core.limits import ROUND_LISTEN_MS
from tocsin.core.round import (
    TRANSITIONS,
    AllSent,
    HeardOut,
    IllegalRoundEvent,
    Paused,
    Resumed,
    Round,
    RoundEvent,
    RoundKind,
    RoundPhase,
    StoppedByAlert,
    StoppedByHand,
    Target,
    evolve,
    is_round,
    may,
)

NEW = Round(
    id="round-1",
    org="alder",
    kind=RoundKind.DRILL,
    site="centre",
    by="ines",
    why="yearly",
    targets=(Target("teo"), Target("bo")),
    began_ms=0,
)
EVENTS: tuple[RoundEvent, ...] = (
    Paused(by="ines"),
    Resumed(by="ines"),
    AllSent(),
    StoppedByHand(by="ines"),
    StoppedByAlert(alert="a", rung=("teo",)),
    HeardOut(),
)
IN_PHASE = {
    RoundPhase.SENDING: NEW,
    RoundPhase.PAUSED: evolve(NEW, Paused(by="ines"), 1),
    RoundPhase.LISTENING: evolve(NEW, AllSent(), 1),
    RoundPhase.STOPPED: evolve(NEW, StoppedByHand(by="ines"), 1),
    RoundPhase.ENDED: evolve(evolve(NEW, AllSent(), 1), HeardOut(), 2),
}


@pytest.mark.parametrize("phase", RoundPhase)
@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_that_may_not_happen_raises_and_one_that_may_leads_where_the_table_says(
    phase: RoundPhase, event: RoundEvent
) -> None:
    before = IN_PHASE[phase]
    assert before.phase is phase and may(before, type(event)) == (type(event) in TRANSITIONS[phase])
    if may(before, type(event)):
        assert evolve(before, event, 5).phase in TRANSITIONS[phase][type(event)]
    else:
        with pytest.raises(IllegalRoundEvent, match=f"while {phase}"):
            evolve(before, event, 5)


def test_a_paused_round_goes_on_where_it_was() -> None:
    assert evolve(IN_PHASE[RoundPhase.PAUSED], Resumed(by="ines"), 9) == NEW


def test_when_all_is_sent_it_listens_for_a_while_and_then_ends() -> None:
    listening = evolve(NEW, AllSent(), 7)
    assert listening.open and listening.listens_until_ms == 7 + ROUND_LISTEN_MS
    ended = evolve(listening, HeardOut(), 9)
    assert not ended.open and ended.over_ms == 9 and ended.ended_by is None


def test_a_real_alert_stops_it_and_is_named() -> None:
    stopped = evolve(NEW, StoppedByAlert(alert="a", rung=("teo",)), 3)
    assert (stopped.phase, stopped.over_ms, stopped.ended_by, stopped.rung) == (RoundPhase.STOPPED, 3, "a", ("teo",))
    assert evolve(NEW, StoppedByHand(by="ines"), 3).ended_by is None


def test_a_round_is_told_from_an_alert_at_sight() -> None:
    assert is_round("round-0198") and not is_round("0198") and not is_round(None)


class AnyRound(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now, self.at_ms, self.ever_over = NEW, 0, False

    @rule(event=st.sampled_from(EVENTS))
    def something_happens(self, event: RoundEvent) -> None:
        self.at_ms += 1
        before = self.now
        try:
            self.now = evolve(before, event, self.at_ms)
        except IllegalRoundEvent:
            assert self.now is before
        assert not (self.ever_over and self.now.open), "what is over never begins again"
        self.ever_over = not self.now.open

    @invariant()
    def it_is_over_exactly_when_it_says_when(self) -> None:
        assert self.now.open == (self.now.over_ms is None)
        assert (self.now.id, self.now.targets, self.now.by) == (NEW.id, NEW.targets, NEW.by)


TestAnyRound = AnyRound.TestCase
