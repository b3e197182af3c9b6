"""Drills of many people and reach tests, as the record and a press know them."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from people import NUMBERS, ORG, SITE
from town import Town

from tocsin.core import commands as c
from tocsin.core.practice import recalled
from tocsin.core.round import RoundKind
from tocsin.core.round_commands import BeginRound, ContactHeard, EndRound, HearContacts, PracticeAnswer
from tocsin.core.words import Reason
from tocsin.runtime.practising import Asked

ROUND = "round-1"
BEGIN = BeginRound(org=ORG, round=ROUND, kind="drill", site=SITE, by="ines", why="yearly", recipients=3)
END = EndRound(org=ORG, round=ROUND, how="ended", handed_over=3, delivered=2, answered=1)


def asked(town: Town, *names: str, kind: RoundKind = RoundKind.DRILL) -> None:
    """The process that sends is about to write to these people."""
    rows = [Asked(name, NUMBERS[name], f"91{index}5") for index, name in enumerate(names)]
    town.world.practising.asking(ORG, SITE, ROUND, rows, drill=kind is RoundKind.DRILL)


# The record ------------------------------------------------------------------------------------------------------


def test_a_round_is_in_the_record_with_who_and_why_and_what_it_came_to(town: Town) -> None:
    assert town.do(BEGIN) == c.Done()
    known = town.world.round(ORG, ROUND)
    assert known is not None and known.open and (known.by, known.why, known.recipients) == ("ines", "yearly", 3)
    assert town.do(END) == c.Done()
    facts = [fact.type for fact in town.store.stream(ORG, f"round/{ROUND}")]
    assert facts == ["RoundRecordSet", "RoundRecordSet"]
    snapshot = town.store.snapshot(ORG, f"round/{ROUND}")
    assert snapshot is not None and not snapshot.open


def test_what_a_round_came_to_is_said_once() -> None:
    town = Town()
    town.do(BEGIN)
    town.do(END)
    assert town.do(replace(END, how="stopped", answered=3)) == c.Done()
    known = town.world.round(ORG, ROUND)
    assert known is not None and (known.how, known.answered) == ("ended", 1)


def test_nobody_ends_a_round_that_never_began(town: Town) -> None:
    assert town.do(END) == c.Declined(problem=c.Problem.NO_SUCH_ROUND)


def test_no_round_begins_at_a_site_with_a_loud_real_alert(town: Town) -> None:
    town.press("noor")
    town.expect("ring teo bo ines")
    assert town.do(BEGIN) == c.Declined(problem=c.Problem.REAL_ALERT_OPEN)
    assert town.do(replace(BEGIN, site="elsewhere")) == c.Done(), "another site's alert does not stop it"
    everywhere = replace(BEGIN, kind="reach", site="")
    assert town.do(everywhere) == c.Declined(problem=c.Problem.REAL_ALERT_OPEN), (
        "a test of everybody is of this site too"
    )


# Answers ---------------------------------------------------------------------------------------------------------


def test_the_number_of_a_round_is_thanked_for_and_told_to_that_round_once_for_each_text(town: Town) -> None:
    asked(town, "teo")
    text = c.TextIn(org=ORG, vendor="twilio", message="SM7", sender=NUMBERS["teo"], text=" 9105. ")
    said = PracticeAnswer(ROUND, "teo", "9105")
    assert town.do(text) == c.Done(reply="Thank you, noted.", practice=said)
    assert town.do(text) == c.Done(known=True, practice=said), "until the carrier has heard that it is stored"


def test_only_from_the_number_that_was_asked(town: Town) -> None:
    asked(town, "teo")
    assert town.text("bo", "9105") != "Thank you, noted."
    town.world.practising.forget(ROUND)
    assert town.text("teo", "9105") != "Thank you, noted."


def test_a_live_answer_to_a_real_alert_comes_before_any_round(town: Town) -> None:
    town.press("noor")
    town.expect("ring teo bo ines")
    number = town.alert().people["teo"].numbers[0]
    town.world.practising.asking(ORG, SITE, ROUND, [Asked("teo", NUMBERS["teo"], number)], drill=True)
    assert town.text("teo", number) != "Thank you, noted."
    assert town.alert().people["teo"].helping


def test_an_ordinary_text_says_nothing_to_any_round() -> None:
    assert recalled("") is None and recalled("0198-alert") is None


# A real alert ----------------------------------------------------------------------------------------------------


def test_whoever_was_just_told_of_a_drill_hears_that_this_is_real() -> None:
    town = Town()
    asked(town, "teo", "hana", "noor")
    town.press("noor")
    town.expect("ring teo bo ines")
    assert town.texts["teo"].startswith("REAL ALERT") and not town.texts["bo"].startswith("REAL ALERT")
    assert set(town.alert().after_drill) == {"teo", "hana", "noor"}


def test_a_reach_test_and_a_drill_that_is_over_make_no_alert_louder() -> None:
    town = Town()
    asked(town, "teo", kind=RoundKind.REACH)
    town.world.practising.asking(ORG, SITE, "round-2", [Asked("bo", NUMBERS["bo"], "9300")], drill=True)
    town.world.practising.over(ORG, SITE, "round-2")
    town.press("noor")
    town.expect("ring teo bo ines")
    assert town.alert().after_drill == ()


def test_a_drill_press_is_told_nothing_of_a_drill_of_many() -> None:
    town = Town()
    asked(town, "teo")
    town.press("hana", drill=True)
    assert town.alert().after_drill == ()
    town.expect_only("ring")


def test_when_whoever_sends_has_gone_its_tables_go_too() -> None:
    town = Town()
    asked(town, "teo")
    town.world.practising.clear()
    assert not town.world.practice(ORG, NUMBERS["teo"]) and not town.world.practised(ORG, SITE)
    town.world.practising.forget("nobody knows it")
    assert town.do(BEGIN) == c.Done()


# Contacts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "opted_out", "dead"),
    [(None, False, None), (Reason.OPTED_OUT, True, None), (Reason.NUMBER_DEAD, False, "number_dead")],
)
def test_what_a_round_learned_of_a_contact_is_kept(
    town: Town, reason: Reason | None, opted_out: bool, dead: str | None
) -> None:
    heard = (
        ContactHeard("teo", "teo/sms", asked_ms=500, answered_ms=900, reason=reason),
        ContactHeard("teo", "teo/sms", asked_ms=400),
        ContactHeard("teo", "no such contact", asked_ms=1),
        ContactHeard("nobody", "x", asked_ms=1),
    )
    assert town.do(HearContacts(org=ORG, heard=heard)) == c.Done()
    contact = town.member("teo").contacts[0]
    assert (contact.asked_ms, contact.answered_ms, contact.opted_out, contact.dead) == (500, 900, opted_out, dead)


def test_one_fact_for_each_member_and_none_where_nothing_is_new(town: Town) -> None:
    heard = tuple(ContactHeard(name, f"{name}/sms", asked_ms=500) for name in ("teo", "bo"))
    before = len(town.store.facts(ORG, 0, 10_000))
    town.do(HearContacts(org=ORG, heard=heard))
    assert len(town.store.facts(ORG, 0, 10_000)) == before + 2
    town.do(HearContacts(org=ORG, heard=heard))
    assert len(town.store.facts(ORG, 0, 10_000)) == before + 2


def test_a_drill_that_found_a_dead_number_tests_nobody() -> None:
    town = Town()
    town.do(HearContacts(org=ORG, heard=(ContactHeard("teo", "teo/sms", reason=Reason.NUMBER_DEAD),)))
    contact = town.member("teo").contacts[0]
    assert (contact.dead, contact.asked_ms, contact.answered_ms) == ("number_dead", None, None)


def test_a_number_that_changed_hands_since_it_was_asked_is_the_new_owner_s() -> None:
    town = Town()
    town.world.practising.asking(ORG, SITE, ROUND, [Asked("teo", NUMBERS["bo"], "9105")], drill=True)
    town.world.practising.asking(ORG, SITE, ROUND, [Asked("gone", NUMBERS["bo"], "9205")], drill=True)
    assert town.text("bo", "sos") == "Received."
    assert town.alert(next(iter(town.world.open_alerts(ORG))).id).member == "bo"
    town.expect_only("ring")
