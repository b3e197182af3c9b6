"""The alert machine: what may happen in which phase, that all else raises and changes nothing, and any life of it."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from tocsin.core import events as e
from tocsin.core.alert import TRANSITIONS, Alert, IllegalTransition, evolve, looked
from tocsin.core.directory import Plan, Rung
from tocsin.core.limits import NOTES_SHOWN_MAX, PASS_MIN_MS, WAKE_MAX_MS
from tocsin.core.words import Answer, Came, Channel, Kind, Outcome, Phase, PlaceKind, Reason, StillOpen, Undone, Why

PEOPLE = ("teo", "ines", "wale")
NUMBERS = ("1111", "2222", "3333")
PLAN = Plan("centre", Kind.SOS, 2, (Rung(0, PEOPLE[:2]), Rung(45, PEOPLE), Rung(90, PEOPLE, repeat_s=20)))
RAISED = e.Raised(
    id="a",
    org="alder",
    kind=Kind.SOS,
    member="noor",
    site="centre",
    silent=False,
    drill=False,
    came=Came.DEVICE,
    plan=PLAN,
    device="noor-phone",
)


def rang(*asked: str, rung: int | None = 0, joined: tuple[str, ...] = (), why: Why = Why.RAISED) -> e.Rang:
    return e.Rang(why=why, asked=asked, rung=rung, joined=tuple(e.Summons(name, NUMBERS) for name in joined))


def says(member: str, answer: Answer, *, until_ms: int | None = 120_000, counts: bool = True) -> e.Answered:
    return e.Answered(member=member, answer=answer, lapses_at_ms=until_ms, counts=counts)


def told(alert: Alert, *events: e.Event, at_ms: int = 0) -> Alert:
    for event in events:
        alert = evolve(alert, event, at_ms)
    return alert


CLIMBING = told(evolve(None, RAISED, 0), rang(*PEOPLE, joined=PEOPLE))
PAUSED = told(CLIMBING, says("teo", Answer.COMING), says("ines", Answer.WITH_THEM))
CLOSED = told(CLIMBING, e.Closed(outcome=Outcome.SAFE, by=("noor",)))
IN_PHASE = {Phase.CLIMBING: CLIMBING, Phase.PAUSED: PAUSED, Phase.CLOSED: CLOSED}
PROPOSED = e.CloseProposed(by="teo", device="d", outcome=Outcome.SAFE, lapses_at_ms=120_000)
EVENTS: tuple[e.Event, ...] = (
    RAISED,
    e.PressedAgain(came=Came.SMS),
    rang("teo", rung=None),
    says("wale", Answer.SEEN),
    e.LoanLapsed(member="wale", answer=Answer.SEEN),
    e.PlaceReported(kind=PlaceKind.ZONE, at_ms=1, by="teo", label="Lot B"),
    e.Noted(by="teo", text="red car"),
    e.PoliceWasCalled(by="teo", who="county", number="911", called_at_ms=1),
    PROPOSED,
    e.CloseConfirmed(by="ines", device="e", commits_at_ms=60_000),
    e.CloseUndone(why=Undone.OBJECTION),
    e.SaidSafe(device="noor-phone"),
    e.DuressSignalled(device="noor-phone"),
    e.ShadowClosed(shadow="s", device="noor-phone"),
    e.PinMissed(device="noor-phone", misses=1),
    e.NumberMissed(member="teo", misses=1),
    e.NotReached(member="wale", reason=Reason.PHONE_OFF),
    e.ReachedAgain(member="wale"),
    e.ReachesNobody(),
    e.Withdrawn(member="wale"),
    e.Linked(other="b"),
    e.Audited(finding="no wake"),
    e.HandedOver(by="teo", to="ines", still_open=(StillOpen.PLACE_NOT_KNOWN,)),
    e.TakenOver(by="ines", before="teo"),
    e.Closed(outcome=Outcome.OTHER),
)
CASES = [(phase, event) for phase in Phase for event in EVENTS]
NAMES = [f"{phase}-{type(event).__name__}" for phase, event in CASES]


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_can_be_reached(phase: Phase) -> None:
    assert IN_PHASE[phase].phase is phase


def test_every_event_is_tried() -> None:
    assert {type(event) for event in EVENTS} == set(get_args(e.Event))


@pytest.mark.parametrize(("phase", "event"), CASES, ids=NAMES)
def test_an_illegal_event_raises_and_changes_nothing(phase: Phase, event: e.Event) -> None:
    alert = told(IN_PHASE[phase], PROPOSED) if isinstance(event, e.CloseConfirmed) and phase != "closed" else None
    before = alert or IN_PHASE[phase]
    allowed = TRANSITIONS[phase].get(type(event))
    if allowed is None:
        with pytest.raises(IllegalTransition):
            evolve(before, event, 1)
        assert before == (alert or IN_PHASE[phase])
    else:
        assert evolve(before, event, 1).phase in allowed


@pytest.mark.parametrize("event", EVENTS[1:], ids=lambda event: type(event).__name__)
def test_nothing_happens_to_an_alert_that_does_not_exist(event: e.Event) -> None:
    with pytest.raises(IllegalTransition):
        evolve(None, event, 0)


def test_two_helpers_pause_it_and_one_does_not() -> None:
    one = told(CLIMBING, says("teo", Answer.WITH_THEM))
    assert one.phase is Phase.CLIMBING and one.attended
    assert told(one, says("teo", Answer.COMING)).phase is Phase.CLIMBING
    assert told(one, says("ines", Answer.COMING)).phase is Phase.PAUSED
    assert told(one, says("ines", Answer.COMING, counts=False)).phase is Phase.CLIMBING


def test_a_wake_is_the_next_thing_that_time_changes() -> None:
    assert CLIMBING.wake_at_ms == 30_000
    assert PAUSED.wake_at_ms == 30_000, "whoever has not answered keeps ringing"
    quiet = told(PAUSED, says("wale", Answer.CANNOT, until_ms=None))
    assert quiet.wake_at_ms == 120_000 and CLOSED.wake_at_ms is None
    assert told(quiet, PROPOSED, e.CloseConfirmed(by="ines", device="e", commits_at_ms=60_000)).wake_at_ms == 60_000


def test_an_open_alert_without_anything_due_is_looked_at_all_the_same() -> None:
    slow = Plan("centre", Kind.SOS, 2, (Rung(0, PEOPLE), Rung(600, PEOPLE)))
    alert = evolve(None, replace(RAISED, plan=slow), 0)
    alert = told(alert, rang(*PEOPLE, joined=PEOPLE), *(says(name, Answer.CANNOT, until_ms=None) for name in PEOPLE))
    assert alert.wake_at_ms == WAKE_MAX_MS
    assert looked(alert, 50_000).wake_at_ms == 50_000 + WAKE_MAX_MS
    assert looked(looked(alert, 50_000), 7).looked_ms == 50_000


def test_rung_times_count_from_the_first_press_of_a_pass() -> None:
    assert CLIMBING.next_rung_ms == 45_000
    second = told(CLIMBING, rang(*PEOPLE, rung=1), at_ms=10_000)
    assert second.next_rung_ms == 90_000, "skipping ahead moves no later rung"
    last = told(second, rang(*PEOPLE, rung=2), at_ms=12_000)
    assert last.next_rung_ms == 12_000 + 20_000
    soon = told(second, rang(*PEOPLE, rung=2), at_ms=5_000)
    assert soon.next_rung_ms == PASS_MIN_MS, "never sooner than thirty seconds after the last pass began"
    again = told(last, rang(*PEOPLE, rung=0), at_ms=32_000)
    assert (again.ladder_pass, again.pass_started_ms, again.next_rung_ms) == (2, 32_000, 77_000)


def test_an_older_place_never_replaces_a_newer_one() -> None:
    newer = told(CLIMBING, e.PlaceReported(kind=PlaceKind.FIX, at_ms=9, by="noor", fix="f2"))
    older = told(newer, e.PlaceReported(kind=PlaceKind.FIX, at_ms=8, by="noor", fix="f1"))
    assert older.places[PlaceKind.FIX].fix == "f2"


def test_the_newest_notes_are_shown_and_counters_never_end() -> None:
    alert = told(CLIMBING, *(e.Noted(by="teo", text=str(index)) for index in range(NOTES_SHOWN_MAX + 1)))
    assert len(alert.notes) == NOTES_SHOWN_MAX and alert.notes[0].text == "1"


def test_a_person_nothing_could_be_tried_for_is_reachable_once_something_is() -> None:
    lost = told(CLIMBING, e.Rang(why=Why.REPEAT, asked=("teo",), unreachable=(("teo", Reason.OPTED_OUT),)))
    assert lost.people["teo"].unreachable is Reason.OPTED_OUT
    sending = e.Sending("d", "teo", Channel.SMS, "teo/sms", "+12025550112")
    tried = told(lost, e.Rang(why=Why.REPEAT, asked=("teo",), sendings=(sending,)))
    assert tried.people["teo"].unreachable is None
    down = told(CLIMBING, e.NotReached(member="teo", reason=Reason.VENDOR_DOWN))
    assert told(down, e.Rang(why=Why.REPEAT, asked=("teo",), sendings=(sending,))).people["teo"].unreachable


class AnyRecord(RuleBasedStateMachine):
    """Any events in any order that the table allows; a refused one changes nothing."""

    @initialize()
    def somebody_presses(self) -> None:
        self.now_ms, self.alert = 0, CLIMBING

    @rule(event=st.sampled_from(EVENTS), dt_ms=st.integers(0, 40_000))
    def something_happens(self, event: e.Event, dt_ms: int) -> None:
        self.now_ms += dt_ms
        before = self.alert
        if isinstance(event, e.CloseConfirmed) and before.proposal is None:
            return
        if type(event) not in TRANSITIONS[before.phase]:
            with pytest.raises(IllegalTransition):
                evolve(before, event, self.now_ms)
            return
        self.alert = evolve(before, event, self.now_ms)
        assert self.alert.ladder_pass >= before.ladder_pass and self.alert.presses >= before.presses
        assert set(before.people) <= set(self.alert.people), "nobody is forgotten"

    @rule(
        who=st.sampled_from(PEOPLE),
        answer=st.sampled_from(Answer),
        counts=st.booleans(),
        for_ms=st.integers(1, 120_000),
    )
    @precondition(lambda self: self.alert.open)
    def somebody_answers(self, who: str, answer: Answer, counts: bool, for_ms: int) -> None:
        until_ms = None if answer is Answer.CANNOT else self.now_ms + for_ms
        self.alert = evolve(self.alert, says(who, answer, until_ms=until_ms, counts=counts), self.now_ms)

    @invariant()
    def an_open_alert_always_has_a_near_wake(self) -> None:
        if self.alert.open:
            assert self.alert.wake_at_ms is not None and self.alert.wake_at_ms <= self.now_ms + WAKE_MAX_MS
        else:
            assert self.alert.wake_at_ms is None

    @invariant()
    def a_pause_is_by_enough_helpers_who_count(self) -> None:
        helping = [p for p in self.alert.people.values() if p.helping]
        assert (self.alert.phase is Phase.PAUSED) == (self.alert.open and len(helping) >= PLAN.needed)


TestAnyRecord = AnyRecord.TestCase
