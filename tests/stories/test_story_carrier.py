"""Carriers lose, delay and lie: what that does to a message, to a person, and to the climb."""

from __future__ import annotations

from itertools import permutations

import pytest
from carrier import Mood, news
from msgspec.structs import replace
from people import NUMBERS, ORG, directory
from town import Town

from tocsin.core import commands as c
from tocsin.core.access.record import SYSTEM
from tocsin.core.delivery import Delivery
from tocsin.core.limits import SMS_VALID_MS
from tocsin.core.message import text_of
from tocsin.core.words import Answer, DeliveryState, Phase, Purpose, Reason


def test_an_opted_out_responder_is_shown_and_never_rung_by_sms_again(town: Town) -> None:
    town.carrier.moods["teo"] = Mood.OPTED_OUT
    town.press()
    town.expect("ring bo ines")
    assert [m.state for m in town.messages("teo")] == [DeliveryState.UNDELIVERABLE]
    assert town.alert().people["teo"].unreachable is Reason.OPTED_OUT
    assert town.member("teo").contacts[0].opted_out, "everywhere, at once"
    town.at(30)
    town.expect("ring bo ines")
    assert len(town.messages("teo")) == 1


def test_a_dead_number_is_dead_until_it_is_verified_again(town: Town) -> None:
    town.carrier.moods["teo"] = Mood.DEAD
    town.press()
    town.expect("ring bo ines")
    contact = town.member("teo").contacts[0]
    assert contact.dead == "number_dead" and not contact.usable
    town.carrier.moods.clear()
    verified = c.SetContact(
        org=ORG, by=SYSTEM, member="teo", contact=contact.__class__(contact.id, contact.kind, contact.to, True)
    )
    assert town.do(verified) == c.Done()
    town.at(30)
    town.expect("ring teo bo ines")
    assert town.alert().people["teo"].unreachable is None


def test_a_contact_of_nobody_is_declined(town: Town) -> None:
    contact = town.member("teo").contacts[0]
    reply = town.do(c.SetContact(org=ORG, by=SYSTEM, member="nobody", contact=contact))
    assert reply == c.Declined(problem=c.Problem.NO_SUCH_MEMBER)


def test_the_vendor_down_is_tried_three_times_and_climbed_past(town: Town) -> None:
    town.carrier.moods["*"] = Mood.DOWN
    town.press()
    town.settle()
    assert {m.state for m in town.deliveries()} == {DeliveryState.QUEUED}
    town.at(5)
    assert set(town.carrier.sent.values()) == {1, 3} and town.rung == 1
    town.at(10)
    assert town.rung == 2, "and the next rung, five seconds later"
    town.at(15)
    assert max(town.carrier.sent.values()) == 3, "I8"
    assert {m.state for m in town.deliveries()} == {DeliveryState.UNDELIVERABLE}
    assert town.alert().reaches_nobody and "alert_reaches_nobody" in town.pages
    assert {m.reason for m in town.deliveries()} == {Reason.VENDOR_DOWN}


def test_when_the_vendor_is_back_the_ladder_rings_on(town: Town) -> None:
    town.carrier.moods["*"] = Mood.DOWN
    town.press()
    town.at(50)
    town.carrier.moods.clear()
    town.at(70)
    assert {"teo", "bo", "ines"} <= town.expect_only("ring")
    assert not town.alert().reaches_nobody
    assert all(person.unreachable is None for person in town.alert().people.values())


def test_a_press_joins_a_message_that_waits_for_another_try(town: Town) -> None:
    town.carrier.moods["teo"] = Mood.DOWN
    town.press()
    town.expect("ring bo ines")
    town.press(key="again")
    assert [m.attempts for m in town.messages("teo")] == [2]
    town.expect("ring bo ines")
    town.carrier.moods.clear()
    town.at(1)
    town.expect("ring teo")


def test_pressing_again_and_again_does_not_hide_that_nobody_can_be_reached(town: Town) -> None:
    town.carrier.moods["*"] = Mood.DOWN
    for second in range(0, 20, 2):
        town.at(second)
        town.press(key=f"press {second}")
    assert town.alert().reaches_nobody and town.rung == 2


def test_nobody_knows_is_tried_again_and_then_said(town: Town) -> None:
    town.carrier.moods["teo"] = Mood.VANISHES
    town.press()
    town.at(10)
    assert [(m.state, m.reason, m.attempts) for m in town.messages("teo")] == [
        (DeliveryState.UNDELIVERABLE, Reason.NOBODY_KNOWS, 3)
    ]
    assert town.alert().people["teo"].unreachable is Reason.NOBODY_KNOWS
    town.expect("ring bo ines")


def test_a_refusal_for_good_is_not_tried_again(town: Town) -> None:
    town.carrier.moods["teo"] = Mood.FILTERED
    town.press()
    town.at(10)
    assert [m.attempts for m in town.messages("teo")] == [1]
    assert town.member("teo").contacts[0].usable, "the message was filtered, not the number"
    town.expect("ring bo ines")


def test_handed_over_and_unconfirmed_is_no_failure_until_its_validity_ends(town: Town) -> None:
    town.founded(directory(on=("noor", "teo", "ines", "bo")))
    town.carrier.moods["*"] = Mood.MUTE
    town.press()
    town.at(SMS_VALID_MS / 1_000 - 1)
    assert {m.state for m in town.deliveries()} == {DeliveryState.HANDED_OVER}
    assert all(person.unreachable is None for person in town.alert().people.values())
    first = town.messages("teo")[0].id
    town.at(SMS_VALID_MS / 1_000)
    ended = next(m for m in town.messages("teo") if m.id == first)
    assert (ended.state, ended.reason) == (DeliveryState.FAILED, Reason.EXPIRED)
    assert town.alert().people["teo"].unreachable is None, "newer ones are still on their way"
    town.expect_only("ring")


def test_a_newer_message_that_fails_does_not_write_off_one_still_on_its_way(town: Town) -> None:
    town.carrier.moods["teo"] = Mood.MUTE
    town.press()
    town.at(29)
    town.carrier.moods["teo"] = Mood.FILTERED
    town.at(31)
    assert [m.state for m in town.messages("teo")] == [DeliveryState.HANDED_OVER, DeliveryState.FAILED]
    assert town.alert().people["teo"].unreachable is None
    town.expect_only("ring")


def test_a_late_undelivered_reopens_the_obligation(town: Town) -> None:
    town.press()
    town.at(5)
    delivered = town.messages("teo")[0]
    assert delivered.state is DeliveryState.DELIVERED
    town.do(news(delivered, ORG, c.Moved.UNDELIVERED, Reason.PHONE_OFF))
    assert town.messages("teo")[0].state is DeliveryState.UNDELIVERABLE
    assert town.alert().people["teo"].unreachable is Reason.PHONE_OFF
    town.at(30)
    town.expect("ring teo bo ines", "ring teo bo ines")
    assert town.alert().people["teo"].unreachable is None, "reached again"


def test_a_late_undelivered_of_somebody_who_answered_reopens_nothing(town: Town) -> None:
    town.press()
    town.at(5)
    town.say("teo", Answer.COMING)
    town.do(news(town.messages("teo")[0], ORG, c.Moved.UNDELIVERED, Reason.PHONE_OFF))
    assert town.messages("teo")[0].state is DeliveryState.ANSWERED
    assert town.alert().people["teo"].helping
    town.expect("ring teo bo ines")


def test_a_rung_that_dies_after_it_was_rung_is_climbed_at_once(town: Town) -> None:
    town.carrier.moods.update({"teo": Mood.PHONE_OFF, "bo": Mood.PHONE_OFF, "ines": Mood.PHONE_OFF})
    town.press()
    town.at(0.7)
    assert town.rung == 0
    town.at(0.8)
    assert town.rung == 1
    assert "wale" in town.expect_only("ring")


def test_a_rung_that_died_during_a_pause_is_climbed_when_the_pause_ends(town: Town) -> None:
    town.press()
    town.at(5)
    town.say("teo", Answer.COMING)
    town.say("ines", Answer.COMING)
    for name in ("teo", "bo", "ines"):
        town.do(c.TextIn(org=ORG, vendor="v", message=name, sender=NUMBERS[name], text="STOP", opt_out="STOP"))
    assert town.alert().phase is Phase.PAUSED and town.rung == 0
    town.say("teo", Answer.CANNOT)
    assert town.phase is Phase.CLIMBING and town.rung >= 1
    assert {"wale", "hana"} <= town.expect_only("ring")


CALLBACKS = (
    (c.Moved.ACCEPTED, None),
    (c.Moved.ACCEPTED, None),
    (c.Moved.DELIVERED, None),
    (c.Moved.UNDELIVERED, Reason.PHONE_OFF),
)


@pytest.mark.parametrize("with_failure", [False, True])
def test_callbacks_in_any_order_lost_or_repeated_end_in_the_same_state(with_failure: bool) -> None:
    """I12, for each permutation, each callback also twice, on the message, on the person and on the climb."""
    ends = set()
    for order in permutations(CALLBACKS[: 3 + with_failure]):
        town = Town()
        town.carrier.moods["*"] = Mood.HOLDS
        town.press()
        message = town.messages("teo")[0]
        for moved, reason in (*order, *order):
            town.do(news(message, ORG, moved, reason))
        after, person = town.messages("teo")[0], town.alert().people["teo"]
        ends.add((after.state, after.reason, after.provider_ref, after.due_at_ms, person.unreachable, town.rung))
    assert len(ends) == 1
    assert next(iter(ends))[0] is (DeliveryState.UNDELIVERABLE if with_failure else DeliveryState.DELIVERED)


def test_news_of_an_unknown_or_another_s_message_changes_nothing(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")
    message = town.messages("teo")[0]
    unknown = c.Report(org=ORG, delivery="nobody's", alert=town.id(), moved=c.Moved.DELIVERED)
    foreign = c.Report(org=ORG, delivery=message.id, alert=town.id(), moved=c.Moved.UNDELIVERED, provider_ref="SMother")
    for report in (unknown, foreign):
        assert town.do(report) == c.Declined(problem=c.Problem.NO_SUCH_DELIVERY)
    assert town.messages("teo")[0] == message


def test_of_a_message_sent_twice_either_send_may_have_arrived(town: Town) -> None:
    town.carrier.moods["*"] = Mood.HOLDS
    town.press()
    message = town.messages("teo")[0]
    town.do(news(message, ORG, c.Moved.UNKNOWN))
    town.do(replace(news(message, ORG, c.Moved.ACCEPTED), provider_ref="SMsecond"))
    of_the_first = replace(news(message, ORG, c.Moved.UNDELIVERED, Reason.PHONE_OFF), provider_ref="SMfirst")
    assert town.do(of_the_first) == c.Declined(problem=c.Problem.NO_SUCH_DELIVERY)
    town.do(replace(news(message, ORG, c.Moved.DELIVERED), provider_ref="SMfirst"))
    assert town.messages("teo")[0].state is DeliveryState.DELIVERED


def test_news_of_somebody_who_was_removed_harms_nothing(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")
    message = town.messages("teo")[0]
    town.founded(directory(on=("noor", "bo", "ines"), people=("noor", "ines", "wale", "bo", "hana")))
    assert town.do(news(message, ORG, c.Moved.UNDELIVERED, Reason.NUMBER_DEAD)) == c.Done()
    assert "teo" not in town.directory.members


def test_a_message_to_somebody_who_was_removed_asks_of_them_what_everyone_does(town: Town) -> None:
    """It may be on its way by then."""
    town.press()
    town.expect("ring teo bo ines")
    message, alert = town.messages("teo")[0], town.alert()
    town.founded(directory(on=("noor", "bo", "ines"), people=("noor", "ines", "wale", "bo", "hana")))
    text = text_of(message, alert, town.directory, {}, town.now_ms)
    assert "SOS: Noor." in text and "Do not go out." in text


# Around the close ------------------------------------------------------------------------------------------------


def test_a_message_under_way_at_the_close_is_followed_by_its_all_clear(town: Town) -> None:
    town.carrier.moods["teo"] = Mood.HOLDS
    town.press()
    town.expect("ring bo ines")
    town.pin(c.PinMatch.REAL)
    town.expect("all_clear bo ines")
    town.carrier.moods.clear()
    town.release("teo")
    town.expect("ring teo", "all_clear teo")


def test_nothing_is_tried_again_after_the_close(town: Town) -> None:
    town.carrier.moods["teo"] = Mood.DOWN
    town.press()
    town.expect("ring bo ines")
    town.pin(c.PinMatch.REAL)
    town.carrier.moods.clear()
    town.at(60)
    town.expect("all_clear bo ines")


def test_news_after_the_close_sends_no_second_all_clear(town: Town) -> None:
    town.press()
    town.settle()
    town.pin(c.PinMatch.REAL)
    town.at(60)
    for message in town.deliveries():
        town.do(news(message, ORG, c.Moved.DELIVERED))
        town.do(news(message, ORG, c.Moved.UNDELIVERED, Reason.PHONE_OFF))
    town.at(120)
    town.expect("ring teo bo ines", "all_clear teo bo ines")


def test_who_answered_without_a_message_is_told_that_it_is_over(town: Town) -> None:
    town.carrier.moods["teo"] = Mood.DOWN
    town.press()
    town.settle()
    town.say("teo", Answer.SEEN)  # From the page in front of him.
    town.carrier.moods.clear()
    town.pin(c.PinMatch.REAL)
    town.expect("ring bo ines", "all_clear teo bo ines")


def test_nobody_suspended_is_told_that_it_is_over(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")
    town.suspend("teo")
    town.pin(c.PinMatch.REAL)
    town.expect("all_clear bo ines")


def test_a_drill_that_was_ended_tells_latecomers_nothing(town: Town) -> None:
    town.carrier.moods["teo"] = Mood.HOLDS
    town.press("hana", drill=True)
    town.expect("ring noor bo ines")
    town.press("noor", silent=True)
    held = next(m for m in town.carrier.under_way.values())
    town.carrier.moods.clear()
    town.carrier.under_way.clear()
    town.do(news(held, ORG, c.Moved.ACCEPTED))
    town.expect("ring teo bo ines")
    assert {m.purpose for m in town.deliveries()} == {Purpose.RING}


def attempts(delivery: Delivery) -> int:
    return delivery.attempts


def test_no_message_is_sent_more_than_three_times_whatever_happens(town: Town) -> None:
    town.carrier.moods.update({"teo": Mood.DOWN, "bo": Mood.VANISHES})
    town.press()
    for second in range(10, 200, 10):
        town.at(second)
        town.press(key=f"press {second}")
    assert max(map(attempts, town.deliveries())) == 3
    assert max(town.carrier.sent.values()) == 3
    town.expect_only("ring")
