"""One message and two vendors: when it goes to the other, and that the order of news between them changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, permutations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from msgspec.structs import replace

from one_message import NEW, VALID_MS
from tocsin.core.commands import Moved, Report
from tocsin.core.delivery import BLOCKED, ELSEWHERE, FOR_EVER, TERMINAL, Delivery, step
from tocsin.core.limits import SENDS_MAX
from tocsin.core.words import DeliveryState, Reason

ROUTES = ("twilio", "vonage")
S, M = DeliveryState, Moved


def news(moved: Moved, send: int | None, route: str | None = None, reason: Reason | None = None) -> Report:
    ref = None if moved in (M.REFUSED, M.UNKNOWN) or send is None else f"{route}-{send}"
    report = Report(org="alder", delivery="d", alert="a", moved=moved, reason=reason, provider_ref=ref)
    return replace(report, send=send, route=route)


def told(delivery: Delivery, *reports: Report, at_ms: int = 1_000, routes: Sequence[str] = ROUTES) -> Delivery:
    for report in reports:
        delivery = step(delivery, report, at_ms, routes)
    return delivery


# When it goes to the other ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", sorted(ELSEWHERE))
@pytest.mark.parametrize("moved", [M.REFUSED, M.UNDELIVERED])
def test_what_another_vendor_may_bring_goes_there_at_once(moved: Moved, reason: Reason) -> None:
    after = told(NEW, news(moved, 1, "twilio", reason))
    assert (after.state, after.due_at_ms, after.attempts) == (S.QUEUED, 1_000, 2)
    assert (after.tried, after.reason, after.route) == (("twilio",), reason, None)


@pytest.mark.parametrize("reason", sorted(set(Reason) - ELSEWHERE))
def test_what_is_true_of_the_person_goes_nowhere_else(reason: Reason) -> None:
    for moved in (M.REFUSED, M.UNDELIVERED):
        assert told(NEW, news(moved, 1, "twilio", reason)).tried in ((), ("twilio",))
        assert told(NEW, news(M.UNDELIVERED, 1, "twilio", reason)).state is S.FAILED
    assert FOR_EVER.isdisjoint(ELSEWHERE)


def test_a_send_of_which_nobody_knows_the_end_goes_to_the_other_at_once() -> None:
    after = told(NEW, news(M.UNKNOWN, 1, "twilio"))
    assert (after.state, after.due_at_ms, after.tried) == (S.QUEUED, 1_000, ("twilio",))
    assert after.reason is Reason.NOBODY_KNOWS


def test_a_block_without_a_reason_is_the_vendor_s_refusal() -> None:
    assert told(NEW, news(M.UNDELIVERED, 1, "twilio")).reason is Reason.VENDOR_REFUSED


def test_who_could_not_is_known_by_what_it_said_or_by_whom_it_was_given_to() -> None:
    taken = told(NEW, news(M.ACCEPTED, 1, "twilio"))
    assert taken.route == "twilio"
    assert told(taken, news(M.UNDELIVERED, 1, None, Reason.FILTERED)).tried == ("twilio",)
    crashed = told(NEW, news(M.UNKNOWN, None))
    assert (crashed.tried, crashed.attempts) == ((), 2), "nobody knows by whom: it waits, then goes again"


def test_when_both_have_failed_it_waits_and_goes_once_more_and_no_more() -> None:
    down = [news(M.REFUSED, send, route, Reason.VENDOR_DOWN) for send, route in ((1, "twilio"), (2, "vonage"))]
    both = told(NEW, *down)
    assert (both.state, both.due_at_ms, both.tried) == (S.QUEUED, 1_000 + 4_000, ROUTES)
    ended = told(both, news(M.REFUSED, 3, "twilio", Reason.VENDOR_DOWN), at_ms=5_000)
    assert (ended.state, ended.attempts, ended.reason) == (S.FAILED, SENDS_MAX, Reason.VENDOR_DOWN)


def test_three_sends_are_the_most_however_many_vendors_there_are() -> None:
    many = ("a", "b", "c", "d", "e")
    after = told(NEW, *(news(M.UNKNOWN, n, route) for n, route in enumerate(many, 1)), routes=many)
    assert (after.state, after.attempts) == (S.FAILED, SENDS_MAX)


@pytest.mark.parametrize("moved", [M.REFUSED, M.UNKNOWN, M.UNDELIVERED, M.ENDED])
def test_no_send_begins_when_none_may_or_when_it_is_too_late(moved: Moved) -> None:
    report = news(moved, 1, "twilio", Reason.VENDOR_DOWN)
    assert told(NEW, report, at_ms=VALID_MS).state is S.FAILED
    final = step(NEW, report, 1_000, ROUTES, final=True)
    assert (final.state, final.attempts, final.due_at_ms) == (S.FAILED, 1, None)


def test_with_one_vendor_it_is_tried_there_again() -> None:
    after = told(NEW, news(M.UNKNOWN, 1, "twilio"), routes=("twilio",))
    assert (after.state, after.due_at_ms, after.attempts) == (S.QUEUED, 2_000, 2)


# What a send that was given up still says ------------------------------------------------------------------------

DOUBT = told(NEW, news(M.UNKNOWN, 1, "twilio"))


def test_a_send_in_doubt_that_arrived_after_all_counts_and_the_next_one_is_not_begun() -> None:
    arrived = told(DOUBT, news(M.DELIVERED, 1, "twilio"))
    assert (arrived.state, arrived.due_at_ms, arrived.arrived) == (S.DELIVERED, None, (1,))
    assert told(arrived, news(M.DELIVERED, 1, "twilio")) == arrived


def test_what_a_send_in_doubt_takes_back_uncovers_the_newest() -> None:
    gone = news(M.UNDELIVERED, 1, "twilio", Reason.PHONE_OFF)
    back = told(DOUBT, news(M.DELIVERED, 1, "twilio"), gone)
    assert (back.state, back.due_at_ms, back.attempts) == (S.QUEUED, DOUBT.due_at_ms, 2)
    assert told(back, news(M.DELIVERED, 1, "twilio")) == back, "of two contradicting receipts the worse is believed"
    closed = step(told(DOUBT, news(M.DELIVERED, 1, "twilio")), gone, 2_000, (), final=True)
    assert (closed.state, closed.reason) == (S.FAILED, Reason.PHONE_OFF)


def test_the_newest_may_fail_while_a_former_send_has_arrived() -> None:
    arrived = told(DOUBT, news(M.DELIVERED, 1, "twilio"))
    failed = told(arrived, news(M.ACCEPTED, 2, "vonage"), news(M.UNDELIVERED, 2, "vonage", Reason.NUMBER_DEAD))
    assert (failed.state, failed.beneath) == (S.DELIVERED, (S.FAILED, None))
    assert told(failed, news(M.UNDELIVERED, 1, "twilio", Reason.PHONE_OFF)).state is S.FAILED


def test_of_two_former_sends_one_that_arrived_is_enough() -> None:
    third = told(DOUBT, news(M.UNKNOWN, 2, "vonage"))
    both = told(third, news(M.DELIVERED, 1, "twilio"), news(M.DELIVERED, 2, "vonage"))
    assert both.arrived == (1, 2)
    one = told(both, news(M.UNDELIVERED, 1, "twilio", Reason.PHONE_OFF))
    assert (one.state, one.arrived, one.lost) == (S.DELIVERED, (2,), (1,))


def test_nothing_revives_a_message_after_its_validity() -> None:
    assert told(DOUBT, news(M.DELIVERED, 1, "twilio"), at_ms=VALID_MS) == DOUBT


@pytest.mark.parametrize("moved", [M.ACCEPTED, M.REFUSED, M.UNKNOWN])
def test_how_the_request_of_a_former_send_ended_is_no_news(moved: Moved) -> None:
    assert told(DOUBT, news(moved, 1, "twilio", Reason.FILTERED)) == DOUBT


@pytest.mark.parametrize("moved", [M.ANSWERED, M.WITHDRAWN])
def test_an_answer_and_the_close_find_a_message_that_arrived(moved: Moved) -> None:
    after = told(DOUBT, news(M.DELIVERED, 1, "twilio"), news(moved, None))
    assert after.state is (S.ANSWERED if moved is M.ANSWERED else S.DELIVERED)
    later = told(after, news(M.UNDELIVERED, 1, "twilio", Reason.PHONE_OFF))
    assert later.state is (S.ANSWERED if moved is M.ANSWERED else S.QUEUED)


def test_news_that_names_no_send_is_told_apart_by_the_vendor_s_reference() -> None:
    taken = told(NEW, news(M.ACCEPTED, 1, "twilio"))
    moved_on = told(taken, news(M.UNDELIVERED, 1, "twilio", Reason.FILTERED))
    assert moved_on.lost_refs == ("twilio-1",) and moved_on.lost == (1,)
    late = replace(news(M.DELIVERED, None), provider_ref="twilio-1")
    assert told(moved_on, late) == moved_on


# I12: any order, repeated, lost ----------------------------------------------------------------------------------

A_OK, A_TAKEN = news(M.ACCEPTED, 1, "twilio"), news(M.ACCEPTED, 1, "twilio")
A_THERE = news(M.DELIVERED, 1, "twilio")
A_OFF = news(M.UNDELIVERED, 1, "twilio", Reason.PHONE_OFF)
A_BLOCKED = news(M.UNDELIVERED, 1, "twilio", Reason.FILTERED)
B_OK, B_THERE = news(M.ACCEPTED, 2, "vonage"), news(M.DELIVERED, 2, "vonage")
B_OFF = news(M.UNDELIVERED, 2, "vonage", Reason.PHONE_OFF)
B_BLOCKED = news(M.UNDELIVERED, 2, "vonage", Reason.FILTERED)


def seen(delivery: Delivery) -> tuple[object, ...]:
    return delivery.state, delivery.attempts, delivery.due_at_ms, sorted(delivery.arrived), delivery.tried


def ends(start: Delivery, reports: Sequence[Report]) -> set[tuple[object, ...]]:
    """Where every order of these ends, once as they are and once with every one of them repeated."""
    found = set()
    for order in permutations(reports):
        found.add(str(seen(told(start, *order))))
        found.add(str(seen(told(start, *order, *order))))
        found.add(str(seen(told(start, *(twice for report in order for twice in (report, report))))))
    return {(each,) for each in found}


def subsets(reports: Sequence[Report]) -> Iterator[Sequence[Report]]:
    for size in range(len(reports) + 1):
        yield from combinations(reports, size)


@pytest.mark.parametrize("a_gone", [A_OFF, A_BLOCKED])
@pytest.mark.parametrize("b_gone", [B_OFF, B_BLOCKED])
def test_after_a_send_in_doubt_the_news_of_both_vendors_ends_alike_in_any_order(a_gone: Report, b_gone: Report) -> None:
    for heard in subsets((A_TAKEN, A_THERE, a_gone, B_OK, B_THERE, b_gone)):
        assert len(ends(DOUBT, heard)) == 1, [report.moved for report in heard]


def test_after_a_doubt_and_a_wait_the_news_of_one_vendor_s_two_sends_ends_alike() -> None:
    again = told(NEW, news(M.UNKNOWN, 1, "twilio"), routes=("twilio",))
    second = [replace(report, route="twilio") for report in (B_OK, B_THERE, B_OFF)]
    for heard in subsets((A_TAKEN, A_THERE, A_OFF, *second)):
        assert len(ends(again, heard)) == 1, [report.moved for report in heard]


def orders(before: Sequence[Report], cause: Report, after: Sequence[Report]) -> Iterator[list[Report]]:
    """Every order in which `after` comes only once `cause` has: the other vendor is asked because of it."""
    for order in permutations([*before, cause, *after]):
        if all(order.index(cause) < order.index(report) for report in after):
            yield list(order)


@pytest.mark.parametrize("reply", [news(M.ACCEPTED, 1, "twilio"), news(M.UNKNOWN, 1, "twilio"), None])
@pytest.mark.parametrize("b_gone", [(), (B_OFF,), (B_BLOCKED,)])
def test_a_block_told_by_callback_ends_alike_also_when_it_overtakes_the_reply(
    reply: Report | None, b_gone: tuple[Report, ...]
) -> None:
    """The reply to the first request may come last of all, and may be that nobody knows."""
    first = (A_THERE,) if reply is None else (A_THERE, reply)
    found = set()
    for order in orders(first, A_BLOCKED, (B_OK, B_THERE, *b_gone)):
        if reply is not None and reply.moved is M.UNKNOWN and order.index(reply) < order.index(A_BLOCKED):
            continue  # Then the doubt is what sends it on: told above.
        found.add(str(seen(told(NEW, *order))))
        found.add(str(seen(told(NEW, *order, *order))))
    assert len(found) == 1


class AnyVendors(RuleBasedStateMachine):
    """Any news of any send, from any vendor, in any order and at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.now_ms, self.delivery = 0, NEW

    @rule(
        moved=st.sampled_from(Moved),
        reason=st.none() | st.sampled_from(Reason),
        back=st.none() | st.integers(0, 3),
        route=st.none() | st.sampled_from(ROUTES),
        final=st.booleans(),
        dt_ms=st.integers(0, 60_000),
    )
    def something_is_heard(
        self, moved: Moved, reason: Reason | None, back: int | None, route: str | None, final: bool, dt_ms: int
    ) -> None:
        before, self.now_ms = self.delivery, self.now_ms + dt_ms
        send = None if back is None else max(before.attempts - back, 1)
        report = news(moved, send, route, reason)
        self.delivery = step(before, report, self.now_ms, ROUTES, final=final)
        assert self.delivery.version == before.version + (self.delivery != before)
        if send is not None:
            assert step(self.delivery, report, self.now_ms, ROUTES, final=final) == self.delivery, "repeated"
        if final:
            assert self.delivery.attempts == before.attempts, "I9"
        if before.state in (S.ANSWERED, S.SUPERSEDED):
            assert self.delivery == before, "I10"

    @invariant()
    def a_send_is_counted_and_bounded(self) -> None:
        assert 1 <= self.delivery.attempts <= SENDS_MAX, "I8"
        assert set(self.delivery.tried) <= set(ROUTES) and len(set(self.delivery.tried)) == len(self.delivery.tried)

    @invariant()
    def what_can_still_change_by_time_has_a_time(self) -> None:
        waits = self.delivery.state in (S.QUEUED, S.HANDED_OVER)
        assert (self.delivery.due_at_ms is not None) == waits

    @invariant()
    def what_ended_says_why_and_what_arrived_did_not_fail(self) -> None:
        if self.delivery.state in TERMINAL - {S.ANSWERED}:
            assert self.delivery.reason is not None
        if self.delivery.state in (S.FAILED, S.UNDELIVERABLE):
            assert not self.delivery.arrived
        assert set(self.delivery.arrived).isdisjoint(self.delivery.lost)


TestAnyVendors = AnyVendors.TestCase


def test_blocks_are_what_another_vendor_may_know_a_way_around() -> None:
    assert BLOCKED < ELSEWHERE
