"""One message of a round: to whom it may go, what it says, and what becomes of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from texts import anything, languages, one_segment

from tocsin.core.commands import Moved, Report
from tocsin.core.composer import drill_round_text, reach_test_text, reference, roll_call_text
from tocsin.core.directory import Contact, Directory, Member, Site
from tocsin.core.reading import SOS_WORDS, Context, SosWord, read
from tocsin.core.round import Round, RoundKind, Target
from tocsin.core.round_commands import ContactHeard
from tocsin.core.round_message import (
    RoundMessage,
    advance,
    answered,
    contact_of,
    heard_of,
    message_to,
    over_message,
    still_wanted,
    text_of_round,
)
from tocsin.core.scripts import KINDS
from tocsin.core.words import Channel, DeliveryState, Purpose, Reason

SMS = frozenset({Channel.SMS, Channel.VOICE})
PHONE = Contact("teo/sms", Channel.SMS, "+12025550112", verified=True)
VOICE = Contact("teo/voice", Channel.VOICE, "+12025550112", verified=True)
TEO = Member("teo", "Teo", language="es", contacts=(VOICE, PHONE))
DRILL = Round(id="round-1", org="alder", kind=RoundKind.DRILL, site="centre", by="ines", why="", targets=(), began_ms=0)
REACH = replace(DRILL, kind=RoundKind.REACH, site="")


def people(teo: Member = TEO) -> Directory:
    return Directory("alder", "Alder dispatch", members={"teo": teo}, sites={"centre": Site("centre", "Centre", "UTC")})


def made(now: Round = DRILL) -> RoundMessage:
    return message_to(now, Target("teo"), PHONE, "d", "9123", 10)


def news(moved: Moved, reason: Reason | None = None) -> Report:
    return Report(org="alder", delivery="d", alert="round-1", moved=moved, reason=reason)


def test_a_person_is_told_on_what_can_be_answered_by_number() -> None:
    assert contact_of(people(), Target("teo"), SMS) == PHONE
    assert contact_of(people(), Target("teo", "teo/sms"), SMS) == PHONE
    assert contact_of(people(), Target("teo", "teo/voice"), SMS) is Reason.NO_CONTACT
    assert contact_of(people(), Target("teo"), frozenset({Channel.VOICE})) is Reason.NO_CONTACT


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"opted_out": True}, Reason.OPTED_OUT),
        ({"dead": "number_dead"}, Reason.NUMBER_DEAD),
        ({"verified": False}, Reason.NO_CONTACT),
    ],
)
def test_whoever_cannot_be_told_is_shown_with_the_reason(change: dict[str, object], reason: Reason) -> None:
    broken = replace(TEO, contacts=(replace(PHONE, **change),))
    found = contact_of(people(broken), Target("teo"), SMS)
    assert found is reason
    message = message_to(DRILL, Target("teo"), found, "d", "9123", 10)
    assert (message.delivery.state, message.delivery.reason) == (DeliveryState.UNDELIVERABLE, reason)
    assert not message.to_send and not message.awaited and message.delivery.attempts == 0 and message.number == ""


def test_the_suspended_and_the_unknown_get_nothing_and_are_no_failure() -> None:
    suspended = people(replace(TEO, suspended=True))
    assert contact_of(suspended, Target("teo"), SMS) is Reason.NO_LONGER_A_RECIPIENT
    assert contact_of(people(), Target("nobody"), SMS) is Reason.NO_LONGER_A_RECIPIENT
    message = message_to(DRILL, Target("teo"), Reason.NO_LONGER_A_RECIPIENT, "d", "9123", 10)
    assert message.delivery.state is DeliveryState.SUPERSEDED


def test_asked_again_when_it_is_sent() -> None:
    assert still_wanted(people(), made(), SMS) == PHONE
    moved = replace(TEO, contacts=(replace(PHONE, to="+12025550113"),))
    assert still_wanted(people(moved), made(), SMS) is Reason.NO_CONTACT, "not to a number it was not made for"
    assert still_wanted(people(replace(TEO, suspended=True)), made(), SMS) is Reason.NO_LONGER_A_RECIPIENT


def test_times_are_kept_of_each_first_step_and_an_answer_counts_once() -> None:
    handed = advance(made(), news(Moved.ACCEPTED), 20, ())
    delivered = advance(handed, news(Moved.DELIVERED), 30, ())
    said = answered(delivered, 40)
    assert (said.handed_over_ms, said.delivered_ms, said.answered_ms) == (20, 30, 40)
    assert said.delivery.state is DeliveryState.ANSWERED and not said.awaited and said.told
    assert answered(said, 50) == said and advance(said, news(Moved.DELIVERED), 60, ()) == said


def test_a_delivered_that_comes_first_is_a_handing_over_too() -> None:
    assert advance(made(), news(Moved.DELIVERED), 30, ()).handed_over_ms == 30


def test_a_message_that_failed_was_the_only_one() -> None:
    lost = advance(made(), news(Moved.REFUSED, Reason.NUMBER_DEAD), 20, ())
    assert (lost.delivery.state, lost.delivery.reason) == (DeliveryState.UNDELIVERABLE, Reason.NUMBER_DEAD)
    assert not lost.told and answered(lost, 30).told, "whoever answers was told, whatever the carrier says"


def test_who_was_told_hears_that_it_is_over_in_a_message_of_its_own() -> None:
    told = advance(made(), news(Moved.ACCEPTED), 20, ())
    over = over_message(told, "e", 50)
    assert (over.delivery.id, over.delivery.purpose, over.delivery.attempts) == ("e", Purpose.DRILL_OVER, 1)
    assert over.to_send and over.number == "" and over.delivery.provider_ref is None
    assert text_of_round(DRILL, over, people()).startswith("DRILL OVER.")


def test_the_record_learns_that_a_contact_was_asked_and_answered_or_that_it_is_no_good() -> None:
    assert heard_of(made()) is None and heard_of(made(REACH)) is None, "nobody was told yet"
    asked = advance(made(REACH), news(Moved.ACCEPTED), 20, ())
    assert heard_of(asked) == ContactHeard("teo", "teo/sms", asked_ms=20, to="+12025550112")
    assert heard_of(answered(asked, 40)) == ContactHeard(
        "teo", "teo/sms", asked_ms=20, answered_ms=40, to="+12025550112"
    )
    assert heard_of(advance(made(), news(Moved.ACCEPTED), 20, ())) is None, "a drill is no test"
    dead = advance(made(), news(Moved.REFUSED, Reason.NUMBER_DEAD), 20, ())
    assert heard_of(dead) == ContactHeard("teo", "teo/sms", reason=Reason.NUMBER_DEAD, to="+12025550112")
    busy = advance(made(), news(Moved.REFUSED, Reason.RATE_LIMITED), 20, ())
    assert heard_of(busy) is None
    known = message_to(DRILL, Target("teo", "teo/sms"), Reason.OPTED_OUT, "d", "9123", 10)
    assert heard_of(known) is None, "that is no news"


# Words -----------------------------------------------------------------------------------------------------------


def test_a_drill_says_so_first_and_in_full() -> None:
    text = text_of_round(DRILL, made(), people(replace(TEO, language="en")))
    assert text == f"DRILL, not real: Centre. Only answer. Call nobody. Answer 9123. #{reference('d')}"
    assert text_of_round(DRILL, made(), people()).startswith("DRILL SIMULACRO, no es real: Centre.")
    assert text_of_round(replace(DRILL, site="gone"), made(), Directory("alder", "Alder")).startswith(
        "DRILL, not real: Al"
    )


def test_a_roll_call_asks_one_thing_and_says_what_to_do_in_danger_and_is_no_drill() -> None:
    message = made(replace(DRILL, kind=RoundKind.ROLL_CALL))
    assert not message.delivery.drill and heard_of(message) is None
    english = people(replace(TEO, language="en"))
    text = text_of_round(replace(DRILL, kind=RoundKind.ROLL_CALL), message, english)
    assert text.startswith("Roll call, Centre: are you safe? If so, send only 9123. In danger, raise the alarm.")
    spanish = text_of_round(replace(DRILL, kind=RoundKind.ROLL_CALL), message, people())
    assert spanish.startswith("Recuento, Centre: ¿esta a salvo? Si es asi, envie solo 9123. En peligro, dé la alarma.")


@given(anything, languages)
def test_a_roll_call_is_one_segment_whatever_the_place_is_called(name: str, language: str) -> None:
    text = roll_call_text(name, "9123", language, "d", again=True)
    assert one_segment(text) and "9123" in text and "DRILL" not in text.split(":")[-1]


def test_a_reach_test_says_who_asks_and_that_nothing_is_wrong() -> None:
    text = text_of_round(REACH, made(REACH), people(replace(TEO, language="en")))
    assert text.startswith("Test from Alder dispatch. Nothing is wrong. Answer 9123 to show that texts reach you.")
    again = replace(made(REACH), delivery=replace(made(REACH).delivery, attempts=2))
    assert " REPETIDO #" in text_of_round(REACH, again, people())


@given(anything, languages)
def test_no_round_s_text_can_be_taken_for_a_real_alert(name: str, language: str) -> None:
    drill = drill_round_text(name, "9123", language, "d", again=True)
    reach = reach_test_text(name, "9123", language, "d", again=True)
    assert one_segment(drill) and one_segment(reach)
    assert drill.startswith("DRILL") and "9123" in drill and "9123" in reach
    alarms = {*SOS_WORDS, "DRILL", "SIMULACRO", "REAL", *(word for kinds in KINDS.values() for word in kinds.values())}
    said = reach_test_text("Alder", "9123", language, "d")
    assert not any(alarm in said.upper().split() for alarm in alarms)
    for text in (drill, reach):
        assert not isinstance(read(text, Context()), SosWord), "sent back as it is, it is no call for help"


@given(st.sampled_from(SOS_WORDS), languages)
def test_a_name_that_is_an_alarm_word_is_left_out(word: str, language: str) -> None:
    assert word not in reach_test_text(f"Alder {word} Dispatch", "9123", language, "d")


def test_who_answers_is_there_whatever_the_carrier_said_before() -> None:
    """They sent START, and then the number: an old refusal is not told again."""
    refused = advance(made(), news(Moved.UNDELIVERED, Reason.OPTED_OUT), 20, ())
    told = heard_of(refused)
    assert told is not None and told.reason is Reason.OPTED_OUT
    assert heard_of(answered(refused, 30)) is None
