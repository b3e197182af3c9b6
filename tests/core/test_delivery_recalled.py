"""One call that is asked back from its vendor: what its callbacks say then, in whatever order they come."""

from __future__ import annotations

from itertools import chain, combinations, permutations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from msgspec.structs import replace

from one_message import NEW as ONE_TEXT
from tocsin.core.commands import Moved, Report
from tocsin.core.delivery import Delivery, step
from tocsin.core.limits import CALL_HEARD_MS, SENDS_MAX, VOICE_VALID_MS
from tocsin.core.words import Channel, DeliveryState, Reason

S, M = DeliveryState, Moved
NEW = replace(ONE_TEXT, channel=Channel.VOICE, contact="teo/voice", valid_until_ms=VOICE_VALID_MS)


def news(moved: Moved, reason: Reason | None = None, send: int | None = 1) -> Report:
    ref = None if send is None else f"CA{send}"
    return Report(org="alder", delivery="d", alert="a", moved=moved, reason=reason, provider_ref=ref, send=send)


def ours(moved: Moved, reason: Reason | None = None) -> Report:
    return Report(org="alder", delivery="d", alert="a", moved=moved, reason=reason)


def told(delivery: Delivery, *reports: Report, at_ms: int = 1_000) -> Delivery:
    for report in reports:
        delivery = step(delivery, report, at_ms)
    return delivery


TAKEN = told(NEW, news(M.ACCEPTED))
BACK = told(TAKEN, ours(M.WITHDRAWN, Reason.ALERT_CLOSED))


def test_a_call_that_is_withdrawn_stays_with_the_vendor_and_says_why_it_is_asked_back() -> None:
    assert (BACK.state, BACK.recalled, BACK.due_at_ms) == (S.HANDED_OVER, Reason.ALERT_CLOSED, VOICE_VALID_MS)
    assert told(BACK, ours(M.WITHDRAWN, Reason.NO_LONGER_A_RECIPIENT)) == BACK
    assert told(TAKEN, ours(M.WITHDRAWN)).recalled is Reason.NEWER_MESSAGE


def test_one_that_is_answered_elsewhere_is_asked_back_and_one_that_was_heard_is_not() -> None:
    assert told(TAKEN, ours(M.ANSWERED)).recalled is Reason.ANSWERED_MEANWHILE
    heard = told(TAKEN, news(M.DELIVERED))
    assert told(heard, ours(M.ANSWERED)).recalled is None
    assert told(heard, ours(M.WITHDRAWN, Reason.ALERT_CLOSED)) == heard


@pytest.mark.parametrize("channel", [channel for channel in Channel if channel is not Channel.VOICE])
def test_nothing_but_a_call_can_be_asked_back(channel: Channel) -> None:
    other = told(replace(NEW, channel=channel), news(M.ACCEPTED))
    assert told(other, ours(M.WITHDRAWN, Reason.ALERT_CLOSED)) == other
    assert told(other, ours(M.ANSWERED)).recalled is None


def test_what_was_never_sent_is_not_asked_back() -> None:
    for moved in (M.WITHDRAWN, M.ANSWERED):
        assert told(NEW, ours(moved)).recalled is None


@pytest.mark.parametrize("reason", [Reason.NO_ANSWER, Reason.VOICEMAIL, Reason.VENDOR_DOWN, Reason.CUT_OFF, None])
def test_that_it_was_not_heard_is_as_was_wished(reason: Reason | None) -> None:
    over = step(BACK, news(M.UNDELIVERED, reason), 2_000, ("twilio", "another"))
    assert (over.state, over.reason, over.attempts, over.due_at_ms) == (S.SUPERSEDED, Reason.ALERT_CLOSED, 1, None)


def test_one_that_ended_is_not_made_again_and_waits_for_the_word_that_it_was_heard() -> None:
    ended = told(BACK, news(M.ENDED, Reason.CUT_OFF))
    assert ended == BACK
    assert told(ended, news(M.DELIVERED)).state is S.DELIVERED


def test_its_validity_ends_it_and_not_before() -> None:
    assert told(BACK, ours(M.DUE), at_ms=VOICE_VALID_MS - 1) == BACK
    assert told(BACK, ours(M.DUE), at_ms=VOICE_VALID_MS).state is S.SUPERSEDED


def test_a_call_that_waited_too_long_at_the_vendor_has_failed_and_is_asked_back() -> None:
    late = told(TAKEN, ours(M.DUE), at_ms=VOICE_VALID_MS)
    assert (late.state, late.reason, late.recalled) == (S.FAILED, Reason.EXPIRED, Reason.EXPIRED)
    assert told(NEW, ours(M.DUE), at_ms=VOICE_VALID_MS).recalled is None


def test_a_call_that_was_dialled_is_soon_over_and_one_that_waits_may_wait() -> None:
    dialled = told(TAKEN, news(M.ACCEPTED), at_ms=50_000)
    assert dialled.due_at_ms == 50_000 + CALL_HEARD_MS and TAKEN.due_at_ms == VOICE_VALID_MS
    assert told(dialled, news(M.ACCEPTED), at_ms=60_000) == dialled
    assert told(dialled, ours(M.DUE), at_ms=50_000 + CALL_HEARD_MS - 1) == dialled
    over = told(dialled, ours(M.DUE), at_ms=50_000 + CALL_HEARD_MS)
    assert (over.state, over.reason) == (S.FAILED, Reason.EXPIRED)
    late = told(TAKEN, news(M.ACCEPTED), at_ms=VOICE_VALID_MS - 1)
    assert late.due_at_ms == VOICE_VALID_MS


def test_a_second_call_under_one_that_was_heard_is_asked_back_too() -> None:
    doubt = told(NEW, news(M.UNKNOWN))
    both = told(doubt, news(M.ACCEPTED, send=2), news(M.DELIVERED, send=1))
    assert both.state is S.DELIVERED and both.beneath is not None
    assert told(both, ours(M.WITHDRAWN, Reason.ALERT_CLOSED)).recalled is Reason.ALERT_CLOSED
    assert told(both, ours(M.ANSWERED)).recalled is Reason.ANSWERED_MEANWHILE


CALLBACKS = (news(M.ACCEPTED), news(M.ENDED, Reason.CUT_OFF), news(M.DELIVERED), news(M.UNDELIVERED, Reason.VOICEMAIL))


@pytest.mark.parametrize("size", range(1, len(CALLBACKS) + 1))
def test_callbacks_of_a_call_that_was_asked_back_end_alike_in_every_order(size: int) -> None:
    for some in combinations(CALLBACKS, size):
        ends = {told(BACK, *order).state for order in permutations(some)}
        twice = {told(BACK, *chain.from_iterable((each, each) for each in order)).state for order in permutations(some)}
        assert len(ends) == 1 and ends == twice, "I12"


class AnyCall(RuleBasedStateMachine):
    """Any news, in any order, and at some time it is not wanted any more."""

    def __init__(self) -> None:
        super().__init__()
        self.now_ms, self.delivery = 0, NEW

    @rule(
        moved=st.sampled_from(Moved),
        reason=st.none() | st.sampled_from(Reason),
        send=st.none() | st.integers(1, 3),
        dt_ms=st.integers(0, 60_000),
    )
    def something_is_heard(self, moved: Moved, reason: Reason | None, send: int | None, dt_ms: int) -> None:
        before, self.now_ms = self.delivery, self.now_ms + dt_ms
        self.delivery = step(before, news(moved, reason, send), self.now_ms, ("twilio",))
        if before.recalled is not None:
            assert self.delivery.recalled is before.recalled and self.delivery.attempts == before.attempts, (
                "never again"
            )

    @invariant()
    def sends_are_bounded_and_failures_have_reasons(self) -> None:
        assert 1 <= self.delivery.attempts <= SENDS_MAX
        if self.delivery.state in (S.FAILED, S.SUPERSEDED):
            assert self.delivery.reason is not None


TestAnyCall = AnyCall.TestCase
