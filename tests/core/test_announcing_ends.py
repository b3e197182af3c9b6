"""What becomes of an announcement: taken, refused, lost, out of date; and what its news may and may not change."""

from __future__ import annotations

from announced import hear, mail, messages, office, one, reached_by
from msgspec.structs import replace
from ward import HOUR, ORG

from tocsin.core import commands as c
from tocsin.core.access import commands as a
from tocsin.core.access.announcement import Announcement
from tocsin.core.access.record import OPERATOR
from tocsin.core.limits import (
    ANNOUNCED_EVERY_MS,
    ANNOUNCED_TEXT_EVERY_MS,
    ANNOUNCED_TRIES_MAX,
    ANNOUNCED_VALID_MS,
)
from tocsin.core.words import Channel, DeliveryState, Reason

EVERYBODY = frozenset({"ada", "bo", "ines", "noor", "teo", "wale"})


def test_what_no_vendor_takes_is_told_again_by_every_way_until_a_day_is_over() -> None:
    ward = office()
    reached_by(ward, Channel.SMS, Channel.EMAIL)
    ward.change("bo", contacts=(*ward.member("bo").contacts, mail("bo")))
    message = one(ward)
    assert message.channel is Channel.EMAIL
    for send in (1, 2, 3):
        hear(ward, message, c.Moved.REFUSED, Reason.VENDOR_DOWN, send=send)
        ward.wait(5_000)
    assert len(messages(ward)) == 1
    ward.wait(ANNOUNCED_EVERY_MS)
    again = [later for later in messages(ward) if later.id != message.id]
    assert {later.channel for later in again} == {Channel.EMAIL, Channel.SMS} and len(again) == 2
    hear(ward, again[0], c.Moved.ACCEPTED)
    ward.wait(2 * ANNOUNCED_EVERY_MS)
    assert len(messages(ward)) == 3 and not ward.world.all_kept(ORG, Announcement)


def test_a_vendor_that_is_never_well_again_is_given_up_after_a_day() -> None:
    ward = office()
    one(ward)
    ward.wait((ANNOUNCED_TRIES_MAX + 10) * (ANNOUNCED_EVERY_MS + ANNOUNCED_TEXT_EVERY_MS))
    assert len(messages(ward)) == ANNOUNCED_TRIES_MAX + 1 and not ward.world.all_kept(ORG, Announcement)
    assert {message.state for message in messages(ward)} == {DeliveryState.FAILED}, "each has come to an end"


def test_a_phone_that_is_off_is_not_told_twice() -> None:
    ward = office()
    hear(ward, one(ward), c.Moved.ACCEPTED)
    ward.wait(2 * ANNOUNCED_EVERY_MS)
    assert len(messages(ward)) == 1


def test_time_that_comes_too_early_is_waited_for() -> None:
    ward = office()
    id = one(ward).alert
    ward.do(a.LookAt(org=ORG, kind="announcement", id=id))
    assert ward.world.all_kept(ORG, Announcement)
    ward.wait(2 * ANNOUNCED_EVERY_MS)
    before = len(messages(ward))
    ward.do(a.LookAt(org=ORG, kind="announcement", id=id))
    ward.do(a.LookAt(org=ORG, kind="announcement", id="unknown"))
    assert len(messages(ward)) == before


def test_a_stop_is_obeyed_and_an_arrival_proves_no_reach() -> None:
    ward = office()
    message = one(ward)
    hear(ward, message, c.Moved.ACCEPTED)
    hear(ward, message, c.Moved.DELIVERED)
    (contact,) = ward.member("bo").contacts
    assert contact.answered_ms is None and contact.asked_ms is None
    hear(ward, message, c.Moved.UNDELIVERED, Reason.OPTED_OUT)
    assert ward.member("bo").contacts[0].opted_out
    ward.wait(HOUR)
    ward.do(c.Enrol(org=ORG, by=OPERATOR, member="bo", device="other", token_hash="other"))
    assert len(messages(ward)) == 1


def test_what_is_said_of_a_mail_to_an_address_that_somebody_has_no_more_changes_nobody() -> None:
    ward = office()
    reached_by(ward, Channel.EMAIL)
    ward.change("bo", contacts=(mail("bo"),))
    message = one(ward)
    assert message.channel is Channel.EMAIL
    ward.change("bo", contacts=(replace(mail("bo"), to="bo.b@alder.example.org"),))
    hear(ward, message, c.Moved.REFUSED, Reason.ADDRESS_DEAD)
    assert ward.member("bo").contacts[0].dead is None


def test_news_of_a_message_comes_in_any_order_and_twice() -> None:
    ward = office()
    message = one(ward)
    assert hear(ward, message, c.Moved.DELIVERED) == c.Done()
    assert hear(ward, message, c.Moved.DELIVERED) == c.Done(known=True)
    assert hear(ward, message, c.Moved.ACCEPTED) == c.Done(known=True)
    assert messages(ward)[0].state is DeliveryState.DELIVERED


def test_news_that_is_nobody_s_changes_nothing() -> None:
    ward = office()
    message = one(ward)
    unknown = c.Declined(problem=c.Problem.NO_SUCH_DELIVERY)
    assert hear(ward, message, c.Moved.ACCEPTED, send=3) == unknown
    assert hear(ward, replace(message, id="another"), c.Moved.ACCEPTED) == unknown
    nothing = c.Declined(problem=c.Problem.NO_SUCH_ALERT)
    assert hear(ward, replace(message, alert="another"), c.Moved.ACCEPTED) == nothing
    ward.wait(3 * ANNOUNCED_EVERY_MS + ANNOUNCED_VALID_MS)
    assert hear(ward, replace(message, alert=message.alert), c.Moved.ACCEPTED) == nothing, "it is over"


def test_a_message_that_was_withdrawn_still_hears_of_a_dead_number() -> None:
    ward = office()
    message = one(ward)
    hear(ward, message, c.Moved.WITHDRAWN)
    hear(ward, message, c.Moved.UNDELIVERED, Reason.NUMBER_DEAD)
    assert ward.member("bo").contacts[0].dead == Reason.NUMBER_DEAD
