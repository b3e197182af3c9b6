"""Two vendors: what one cannot bring the other does, at once, once, and never against a person's own word."""

from __future__ import annotations

import pytest
from carrier import Mood, news
from msgspec.structs import replace
from people import NUMBERS, ORG, directory
from town import Town
from vendors import Vendors, two_vendors

from tocsin.core import commands as c
from tocsin.core.directory import Contact
from tocsin.core.limits import SENDS_MAX
from tocsin.core.ring import reference
from tocsin.core.words import Answer, Channel, DeliveryState, Phase, Purpose, Reason

S = DeliveryState
TWO_DAYS_S = 2 * 24 * 3_600
Two = tuple[Town, Vendors]


@pytest.fixture(params=[False, True], ids=["runs", "restarts"])
def two(request: pytest.FixtureRequest) -> Two:
    return two_vendors(restarts=request.param)


def route_of(town: Town, name: str) -> str | None:
    return town.member(name).contacts[0].route


@pytest.mark.parametrize("mood", [Mood.FILTERED, Mood.DOWN, Mood.VANISHES])
def test_what_the_first_vendor_refuses_or_leaves_in_doubt_goes_to_the_second_at_once(two: Two, mood: Mood) -> None:
    town, vendors = two
    vendors.at["twilio", "teo"] = mood
    town.press()
    town.expect("ring teo bo ines")
    assert vendors.taken("teo") == ["twilio", "vonage"] and vendors.taken("bo") == ["twilio"]
    town.at(5)
    (message,) = town.messages("teo")
    assert (message.state, message.route, message.attempts) == (S.DELIVERED, "vonage", 2)


def test_the_text_by_the_second_vendor_has_the_same_reference_and_says_that_it_comes_again(two: Two) -> None:
    town, vendors = two
    vendors.at["twilio", "teo"] = Mood.VANISHES
    town.press()
    town.expect("ring teo bo ines")
    (message,) = town.messages("teo")
    assert town.texts["teo"].endswith(f"#{reference(message.id)} AGAIN")
    assert not town.texts["bo"].endswith("AGAIN")


def test_a_block_that_is_told_only_by_callback_goes_to_the_second_vendor(two: Two) -> None:
    town, vendors = two
    vendors.at["twilio", "teo"] = Mood.BLOCKED
    town.press()
    town.expect("ring bo ines")
    town.at(0.8)
    town.expect("ring teo")
    town.at(5)
    (message,) = town.messages("teo")
    assert (message.state, message.tried, message.lost) == (S.DELIVERED, ("twilio",), (1,))
    assert town.alert().people["teo"].unreachable is None


def test_the_way_that_worked_is_remembered_and_goes_first_from_then_on(two: Two) -> None:
    town, vendors = two
    vendors.at["twilio", "teo"] = Mood.BLOCKED
    town.press()
    town.at(5)
    assert (route_of(town, "teo"), route_of(town, "bo")) == ("vonage", None)
    vendors.taken("teo")
    town.at(30)
    assert vendors.taken("teo") == ["vonage"], "no detour for the repeat"
    vendors.at.clear()
    vendors.at["vonage", "teo"] = Mood.BLOCKED
    town.at(65)
    assert vendors.taken("teo") == ["vonage", "twilio"] and route_of(town, "teo") == "twilio", "and unlearned"
    town.expect_only("ring")


@pytest.mark.parametrize("mood", [Mood.DOWN, Mood.VANISHES])
def test_what_is_true_of_the_vendor_is_not_remembered_of_the_number(two: Two, mood: Mood) -> None:
    town, vendors = two
    vendors.at["twilio", "teo"] = mood
    town.press()
    town.at(5)
    assert town.messages("teo")[0].state is S.DELIVERED and route_of(town, "teo") is None
    town.expect("ring teo bo ines")


def test_a_way_is_remembered_of_a_number_and_not_of_the_one_after_it(two: Two) -> None:
    town, vendors = two
    vendors.at["twilio", "teo"] = Mood.BLOCKED
    town.press()
    town.at(5)
    again = directory()
    town.founded(again)
    assert route_of(town, "teo") == "vonage", "the same number: kept"
    contact = Contact("teo/sms", Channel.SMS, "+12025550199", verified=True)
    moved = replace(again.members["teo"], contacts=(contact,))
    town.founded(replace(again, members={**again.members, "teo": moved}))
    assert route_of(town, "teo") is None
    town.expect_only("ring")


def test_news_of_an_old_number_is_not_believed_of_the_new_one(two: Two) -> None:
    town, vendors = two
    vendors.at["twilio", "teo"] = Mood.MUTE
    town.press()
    town.expect("ring teo bo ines")
    (message,) = town.messages("teo")
    wanted = directory()
    contact = Contact("teo/sms", Channel.SMS, "+12025550199", verified=True)
    moved = replace(wanted.members["teo"], contacts=(contact,))
    town.founded(replace(wanted, members={**wanted.members, "teo": moved}))
    dead = vendors.of(message, news(message, ORG, c.Moved.UNDELIVERED, Reason.NUMBER_DEAD), "twilio")
    assert town.do(dead) == c.Done()
    assert town.member("teo").contacts[0].usable


def test_an_opt_out_never_goes_to_another_vendor(two: Two) -> None:
    town, vendors = two
    vendors.at["twilio", "teo"] = Mood.OPTED_OUT
    town.press()
    town.at(120)
    assert vendors.taken("teo") == ["twilio"]
    assert town.member("teo").contacts[0].opted_out
    assert town.alert().people["teo"].unreachable is Reason.OPTED_OUT
    town.expect_only("ring")


def test_an_opt_out_told_by_a_send_that_was_given_up_holds_too(two: Two) -> None:
    town, vendors = two
    vendors.at["twilio", "teo"] = Mood.VANISHES
    town.press()
    town.settle()
    (message,) = town.messages("teo")
    first = replace(message, attempts=1)
    told = vendors.of(first, news(first, ORG, c.Moved.UNDELIVERED, Reason.OPTED_OUT), "twilio")
    town.do(told)
    assert town.member("teo").contacts[0].opted_out, "the person's word, whoever brings it"
    assert town.messages("teo")[0].state is S.HANDED_OVER, "what is with the other vendor may still arrive"
    town.text("teo", "START", opt_out="START")
    assert town.do(told) == c.Done(known=True)
    assert not town.member("teo").contacts[0].opted_out, "the same callback again is no news"
    town.expect_only("ring")


def test_an_older_message_is_not_sent_again_once_a_newer_one_rings(two: Two) -> None:
    town, vendors = two
    vendors.at["twilio", "teo"] = Mood.MUTE
    town.press()
    town.at(31)
    older, newer = town.messages("teo")
    vendors.taken("teo")
    town.do(vendors.of(older, news(older, ORG, c.Moved.UNDELIVERED, Reason.FILTERED), "twilio"))
    assert vendors.taken("teo") == [] and town.messages("teo")[0].state is S.FAILED
    town.do(vendors.of(newer, news(newer, ORG, c.Moved.UNDELIVERED, Reason.FILTERED), "twilio"))
    town.settle()
    assert vendors.taken("teo") == ["vonage"], "the newest one is"
    town.expect_only("ring")


@pytest.mark.parametrize("reason", [Reason.FILTERED, Reason.VENDOR_DOWN, Reason.PHONE_OFF])
def test_after_the_close_nothing_is_sent_again_by_anybody(two: Two, reason: Reason) -> None:
    town, vendors = two
    vendors.at["twilio", "teo"] = Mood.MUTE
    town.press()
    town.at(5)
    (message,) = town.messages("teo")
    town.pin(c.PinMatch.REAL)
    town.expect("ring teo bo ines", "all_clear teo bo ines")
    town.do(vendors.of(message, news(message, ORG, c.Moved.UNDELIVERED, reason), "twilio"))
    town.at(60)
    town.expect()
    assert town.messages("teo")[0].state is S.FAILED, "I9"


def test_the_all_clear_itself_may_go_by_the_second_vendor(two: Two) -> None:
    town, vendors = two
    town.press()
    town.at(5)
    vendors.at["twilio", "*"] = Mood.DOWN
    town.pin(c.PinMatch.REAL)
    town.expect("ring teo bo ines", "all_clear teo bo ines")
    assert {m.attempts for m in town.deliveries() if m.purpose is Purpose.ALL_CLEAR} == {2}


@pytest.mark.parametrize("reason", [Reason.FILTERED, Reason.OPTED_OUT, Reason.NUMBER_DEAD])
def test_an_undelivered_two_days_late_reopens_and_sends_nothing_old(two: Two, reason: Reason) -> None:
    town, vendors = two
    town.press()
    town.at(5)
    (message,) = town.messages("teo")
    town.pin(c.PinMatch.REAL)
    town.at(TWO_DAYS_S)
    town.expect("ring teo bo ines", "all_clear teo bo ines")
    town.do(vendors.of(message, news(message, ORG, c.Moved.UNDELIVERED, reason), "twilio"))
    town.at(TWO_DAYS_S + 60)
    town.expect()
    assert town.messages("teo")[0].state is S.FAILED
    assert town.member("teo").contacts[0].usable, "what was said of the number then is history"


def test_a_late_undelivered_of_an_open_alert_reopens_the_obligation(two: Two) -> None:
    """I13, when it is too late for another vendor."""
    town, vendors = two
    town.press()
    town.at(5)
    for name in ("bo", "ines"):
        town.say(name, Answer.COMING, eta_s=600)
    assert town.phase is Phase.PAUSED
    message = town.messages("teo")[0]
    late = vendors.of(message, news(message, ORG, c.Moved.UNDELIVERED, Reason.PHONE_OFF), "twilio")
    town.do(late)
    assert town.alert().people["teo"].unreachable is Reason.PHONE_OFF
    town.expect_only("ring")


def test_a_callback_that_comes_again_does_not_make_a_person_reachable_again(two: Two) -> None:
    town, vendors = two
    town.press()
    town.at(5)
    (first,) = town.messages("teo")
    vendors.at["twilio", "teo"] = vendors.at["vonage", "teo"] = Mood.PHONE_OFF
    town.at(32)
    assert town.alert().people["teo"].unreachable is Reason.PHONE_OFF
    for _ in range(10):
        town.do(vendors.of(first, news(first, ORG, c.Moved.DELIVERED), "twilio"))
    assert town.alert().people["teo"].unreachable is Reason.PHONE_OFF
    town.expect_only("ring")


def test_news_of_a_send_that_was_never_made_or_under_another_name_is_nobody_s(two: Two) -> None:
    town, vendors = two
    town.press()
    town.at(5)
    (message,) = town.messages("teo")
    undelivered = vendors.of(message, news(message, ORG, c.Moved.UNDELIVERED, Reason.FILTERED), "twilio")
    for odd in (replace(undelivered, send=7), replace(undelivered, send=0), replace(undelivered, provider_ref="SMx")):
        assert town.do(odd) == c.Declined(problem=c.Problem.NO_SUCH_DELIVERY)
    assert town.messages("teo") == [message]
    town.expect("ring teo bo ines")


def test_a_send_in_doubt_that_arrived_reaches_a_person_whom_nothing_else_did(two: Two) -> None:
    town, vendors = two
    vendors.at["twilio", "teo"], vendors.at["vonage", "teo"] = Mood.VANISHES, Mood.DEAD
    town.press()
    town.at(2)
    (message,) = town.messages("teo")
    assert message.state is S.UNDELIVERABLE and town.alert().people["teo"].unreachable is Reason.NUMBER_DEAD
    first = replace(message, attempts=1)
    town.do(vendors.of(first, news(first, ORG, c.Moved.DELIVERED), "twilio"))
    assert town.messages("teo")[0].state is S.DELIVERED and town.alert().people["teo"].unreachable is None
    assert route_of(town, "teo") is None, "an arrival of the first way says nothing for the second"
    town.do(vendors.of(first, news(first, ORG, c.Moved.UNDELIVERED, Reason.PHONE_OFF), "twilio"))
    assert town.messages("teo")[0].state is S.UNDELIVERABLE
    assert town.alert().people["teo"].unreachable is not None, "and is taken back with it"
    town.expect("ring bo ines")


# Whole alerts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vendor", ["twilio", "vonage"])
@pytest.mark.parametrize("mood", [Mood.DOWN, Mood.VANISHES, Mood.FILTERED, Mood.BLOCKED])
def test_a_whole_alert_ends_well_with_any_one_vendor_out(two: Two, vendor: str, mood: Mood) -> None:
    town, vendors = two
    vendors.at[vendor, "*"] = mood
    town.press()
    town.at(10)
    town.expect("ring teo bo ines")
    town.text("teo", town.number("teo", Answer.COMING))
    town.text("ines", town.number("ines", Answer.WITH_THEM))
    assert town.phase is Phase.PAUSED and not town.pages
    town.propose("ines")
    town.confirm("teo")
    town.at(75)
    assert not town.alert().open
    assert {m.state for m in town.deliveries()} <= {S.DELIVERED, S.ANSWERED, S.SUPERSEDED}
    assert all(m.attempts <= SENDS_MAX for m in town.deliveries())
    assert {"teo", "bo", "ines"} <= {who for purpose, who in town.unheard if purpose is Purpose.ALL_CLEAR}


@pytest.mark.parametrize("mood", [Mood.DOWN, Mood.VANISHES, Mood.FILTERED, Mood.BLOCKED])
def test_with_all_vendors_out_it_is_said_within_a_minute(two: Two, mood: Mood) -> None:
    town, vendors = two
    vendors.at["twilio", "*"] = vendors.at["vonage", "*"] = mood
    town.press()
    town.at(60)
    assert town.alert().reaches_nobody and "alert_reaches_nobody" in town.pages
    assert all(person.unreachable is not None for person in town.alert().people.values())
    assert max(vendors.sent.values()) <= SENDS_MAX, "I8"
    vendors.at.clear()
    town.at(120)
    assert not town.alert().reaches_nobody, "and when they are back it rings on"
    assert {"teo", "bo", "ines"} <= town.expect_only("ring")
    assert {who for _, who in vendors.went} <= set(NUMBERS)
