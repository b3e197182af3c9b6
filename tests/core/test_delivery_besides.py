"""What only tells besides: handed over for good, and patient with a server that puts it off."""

from __future__ import annotations

import pytest

from tocsin.core.commands import Moved, Report
from tocsin.core.delivery import Delivery, step
from tocsin.core.limits import RETRY_AFTER_MAX_MS, RETRY_BESIDES_MAX_MS, SMS_VALID_MS
from tocsin.core.words import Channel, DeliveryState, Purpose, Reason

NOW = 1_700_000_000_000


def delivery(channel: Channel) -> Delivery:
    return Delivery(
        id="d",
        alert="a",
        member="teo",
        channel=channel,
        contact="c",
        to="x",
        purpose=Purpose.RING,
        ringing=1,
        drill=False,
        created_at_ms=NOW,
        valid_until_ms=NOW + SMS_VALID_MS,
        due_at_ms=NOW,
    )


def report(moved: Moved, reason: Reason | None = None, retry_after_ms: int | None = None, send: int = 1) -> Report:
    return Report(
        org="o", delivery="d", alert="a", moved=moved, reason=reason, retry_after_ms=retry_after_ms, send=send
    )


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.OTHER, Channel.WEBHOOK])
def test_what_was_handed_over_stays_so_because_nobody_will_ever_say_more(channel: Channel) -> None:
    taken = step(delivery(channel), report(Moved.ACCEPTED), NOW)
    early = step(taken, report(Moved.DUE), NOW + SMS_VALID_MS - 1)
    assert early == taken
    late = step(taken, report(Moved.DUE), NOW + SMS_VALID_MS)
    assert (late.state, late.due_at_ms, late.reason) == (DeliveryState.HANDED_OVER, None, None)


def test_a_text_that_nobody_confirmed_has_failed_at_the_end_of_its_validity() -> None:
    taken = step(delivery(Channel.SMS), report(Moved.ACCEPTED), NOW)
    assert step(taken, report(Moved.DUE), NOW + SMS_VALID_MS).state is DeliveryState.FAILED


def test_a_mail_never_sent_in_its_time_has_failed() -> None:
    late = step(delivery(Channel.EMAIL), report(Moved.DUE), NOW + SMS_VALID_MS)
    assert (late.state, late.reason) == (DeliveryState.FAILED, Reason.EXPIRED)


def test_a_mail_that_is_put_off_comes_again_twice_and_then_has_failed() -> None:
    mail, now = delivery(Channel.EMAIL), NOW
    for send in (1, 2):
        mail = step(mail, report(Moved.REFUSED, Reason.DEFERRED, send=send), now)
        assert (mail.state, mail.due_at_ms) == (DeliveryState.QUEUED, now + RETRY_BESIDES_MAX_MS)
        now += RETRY_BESIDES_MAX_MS
    mail = step(mail, report(Moved.REFUSED, Reason.DEFERRED, send=3), now)
    assert (mail.state, mail.reason) == (DeliveryState.FAILED, Reason.DEFERRED)


def test_a_receiver_may_ask_for_a_longer_wait_than_a_carrier_of_texts() -> None:
    asked = report(Moved.REFUSED, Reason.RATE_LIMITED, retry_after_ms=60_000)
    assert step(delivery(Channel.WEBHOOK), asked, NOW).due_at_ms == NOW + 60_000
    assert step(delivery(Channel.SMS), asked, NOW).due_at_ms == NOW + RETRY_AFTER_MAX_MS
