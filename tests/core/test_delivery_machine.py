"""One message: every state and every piece of news, told as short stories, then explored."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from msgspec.structs import replace

from one_message import NEW, VALID_MS
from tocsin.core.commands import Moved, Report
from tocsin.core.delivery import FOR_EVER, PASSING, TERMINAL, TRANSITIONS, Delivery, step
from tocsin.core.limits import RETRY_AFTER_MAX_MS, RETRY_AFTER_MS, SENDS_MAX
from tocsin.core.words import DeliveryState, Reason


def news(moved: Moved, reason: Reason | None = None, **more: object) -> Report:
    return replace(Report(org="alder", delivery="d", alert="a", moved=moved, reason=reason), **more)


def told(delivery: Delivery, *moves: Moved, at_ms: int = 0) -> Delivery:
    for moved in moves:
        delivery = step(delivery, news(moved), at_ms)
    return delivery


IN_STATE = {
    DeliveryState.QUEUED: NEW,
    DeliveryState.HANDED_OVER: told(NEW, Moved.ACCEPTED),
    DeliveryState.DELIVERED: told(NEW, Moved.ACCEPTED, Moved.DELIVERED),
    DeliveryState.ANSWERED: told(NEW, Moved.ACCEPTED, Moved.ANSWERED),
    DeliveryState.SUPERSEDED: told(NEW, Moved.WITHDRAWN),
    DeliveryState.FAILED: told(NEW, Moved.UNDELIVERED),
    DeliveryState.UNDELIVERABLE: told(NEW, Moved.UNDELIVERED, Moved.LAST),
}


@pytest.mark.parametrize("state", DeliveryState)
def test_every_state_can_be_reached(state: DeliveryState) -> None:
    assert IN_STATE[state].state is state


@pytest.mark.parametrize("state", DeliveryState)
@pytest.mark.parametrize("moved", Moved)
def test_news_a_state_has_no_use_for_changes_nothing(state: DeliveryState, moved: Moved) -> None:
    before = IN_STATE[state]
    after = step(before, news(moved, seq=4), VALID_MS)
    allowed = TRANSITIONS[state].get(moved)
    assert after == before if allowed is None else after == before or after.state in allowed


@pytest.mark.parametrize("state", sorted(TERMINAL))
def test_what_is_over_is_over_but_for_the_word_that_it_was_the_last(state: DeliveryState) -> None:
    changed = {moved for moved in Moved if step(IN_STATE[state], news(moved), 1) != IN_STATE[state]}
    assert changed == ({Moved.LAST} if state is DeliveryState.FAILED else set())
    assert IN_STATE[state].due_at_ms is None and not IN_STATE[state].live


def test_every_change_counts_a_version_and_says_when() -> None:
    after = step(NEW, news(Moved.ACCEPTED, provider_ref="SM1"), 7)
    assert (after.version, after.changed_at_ms, after.provider_ref) == (1, 7, "SM1")
    assert step(after, news(Moved.ACCEPTED, provider_ref="SM1"), 9) == after


@pytest.mark.parametrize("seq", [0, 3, 4, 100])
def test_an_undelivered_after_a_delivered_is_believed_whatever_number_the_carrier_gives_it(seq: int) -> None:
    delivered = step(NEW, news(Moved.DELIVERED, seq=seq), 1)
    late = step(delivered, news(Moved.UNDELIVERED, Reason.PHONE_OFF, seq=seq), 2)
    assert (late.state, late.reason) == (DeliveryState.FAILED, Reason.PHONE_OFF)
    assert step(late, news(Moved.DELIVERED, seq=seq), 3) == late


@pytest.mark.parametrize("moved", [Moved.REFUSED, Moved.UNKNOWN])
def test_what_may_pass_is_tried_three_times_in_all(moved: Moved) -> None:
    delivery, now_ms = NEW, 0
    for wait_ms in RETRY_AFTER_MS:
        delivery = step(delivery, news(moved, Reason.VENDOR_DOWN), now_ms)
        assert (delivery.state, delivery.due_at_ms) == (DeliveryState.QUEUED, now_ms + wait_ms)
        now_ms += wait_ms
    assert delivery.attempts == SENDS_MAX
    ended = step(delivery, news(moved, Reason.VENDOR_DOWN), now_ms)
    assert (ended.state, ended.attempts) == (DeliveryState.FAILED, SENDS_MAX)


def test_the_vendor_s_own_wait_is_kept_and_never_past_the_validity() -> None:
    slow = step(NEW, news(Moved.REFUSED, Reason.RATE_LIMITED, retry_after_ms=9_000), 0)
    assert slow.due_at_ms == 9_000
    slower = step(NEW, news(Moved.REFUSED, Reason.RATE_LIMITED, retry_after_ms=3_600_000), 0)
    assert slower.due_at_ms == RETRY_AFTER_MAX_MS
    never = step(NEW, news(Moved.REFUSED, Reason.RATE_LIMITED), VALID_MS - 1_000)
    assert (never.state, never.reason) == (DeliveryState.FAILED, Reason.RATE_LIMITED)


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason not in PASSING])
def test_any_other_refusal_ends_it_at_once(reason: Reason) -> None:
    ended = step(NEW, news(Moved.REFUSED, reason), 0)
    assert (ended.state, ended.reason, ended.due_at_ms) == (DeliveryState.FAILED, reason, None)
    assert FOR_EVER.isdisjoint(PASSING)


def test_a_refusal_and_a_failure_without_a_reason_get_one() -> None:
    assert step(NEW, news(Moved.REFUSED), 0).reason is Reason.NOBODY_KNOWS
    assert step(NEW, news(Moved.UNDELIVERED), 0).reason is Reason.VENDOR_REFUSED
    assert step(NEW, news(Moved.UNKNOWN), 0).reason is Reason.NOBODY_KNOWS


@pytest.mark.parametrize("state", [DeliveryState.QUEUED, DeliveryState.HANDED_OVER])
def test_the_end_of_its_validity_ends_it_and_not_before(state: DeliveryState) -> None:
    before = IN_STATE[state]
    assert step(before, news(Moved.DUE), VALID_MS - 1) == before
    ended = step(before, news(Moved.DUE), VALID_MS)
    assert (ended.state, ended.reason) == (DeliveryState.FAILED, Reason.EXPIRED)


def test_an_answer_supersedes_what_was_not_sent_and_marks_what_was() -> None:
    assert step(NEW, news(Moved.ANSWERED), 0).reason is Reason.ANSWERED_MEANWHILE
    assert step(IN_STATE[DeliveryState.DELIVERED], news(Moved.ANSWERED), 0).state is DeliveryState.ANSWERED


def test_what_was_sent_cannot_be_withdrawn() -> None:
    for state in (DeliveryState.HANDED_OVER, DeliveryState.DELIVERED):
        assert step(IN_STATE[state], news(Moved.WITHDRAWN, Reason.ALERT_CLOSED), 0) == IN_STATE[state]


def test_a_callback_that_overtakes_the_reply_gives_the_message_its_name() -> None:
    early = step(NEW, news(Moved.DELIVERED, provider_ref="SM1"), 1)
    assert (early.state, early.provider_ref) == (DeliveryState.DELIVERED, "SM1")
    assert step(early, news(Moved.ACCEPTED, provider_ref="SM1"), 2) == early


def test_an_end_that_names_no_send_is_believed_once() -> None:
    ended = news(Moved.ENDED, Reason.RATE_LIMITED)
    once = step(NEW, ended, 0)
    assert (once.lost, once.attempts) == ((1,), 2)
    assert step(once, ended, 0) == once
    assert step(once, news(Moved.ENDED, Reason.RATE_LIMITED, send=2), 0).lost == (1, 2)


class AnyCarrier(RuleBasedStateMachine):
    """Any news, in any order, at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.now_ms, self.delivery = 0, NEW

    @rule(
        moved=st.sampled_from(Moved),
        reason=st.none() | st.sampled_from(Reason),
        seq=st.integers(0, 101),
        wait_ms=st.none() | st.integers(1, VALID_MS),
        ref=st.none() | st.sampled_from(["SM1", "SM2"]),
        dt_ms=st.integers(0, 60_000),
    )
    def something_is_heard(
        self, moved: Moved, reason: Reason | None, seq: int, wait_ms: int | None, ref: str | None, dt_ms: int
    ) -> None:
        before, self.now_ms = self.delivery, self.now_ms + dt_ms
        report = news(moved, reason, seq=seq, retry_after_ms=wait_ms, provider_ref=ref)
        self.delivery = step(before, report, self.now_ms)
        assert step(self.delivery, report, self.now_ms) == self.delivery or moved in (Moved.REFUSED, Moved.UNKNOWN)
        assert self.delivery.version == before.version + (self.delivery != before)
        if before.state is DeliveryState.ANSWERED:
            assert self.delivery == before, "I10"

    @invariant()
    def a_send_is_counted_and_bounded(self) -> None:
        assert 1 <= self.delivery.attempts <= SENDS_MAX, "I8"

    @invariant()
    def what_can_still_change_by_time_has_a_time(self) -> None:
        waits = self.delivery.state in (DeliveryState.QUEUED, DeliveryState.HANDED_OVER)
        assert (self.delivery.due_at_ms is not None) == waits
        if self.delivery.due_at_ms is not None:
            assert self.delivery.due_at_ms <= self.delivery.valid_until_ms

    @invariant()
    def a_failure_has_a_reason(self) -> None:
        if self.delivery.state in (DeliveryState.FAILED, DeliveryState.UNDELIVERABLE, DeliveryState.SUPERSEDED):
            assert self.delivery.reason is not None


TestAnyCarrier = AnyCarrier.TestCase
