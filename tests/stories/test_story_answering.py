"""Answering: every answer is a loan, nobody silences another, and no single word pauses the climb."""

from __future__ import annotations

import pytest
from people import ORG, SITE, directory
from town import Town

from tocsin.core import commands as c
from tocsin.core.words import Answer, DeliveryState, Phase, Why

LOANS = [(0, 30), (20, 50), (89, 119), (90, 120), (600, 120), (-5, 30), (None, 120)]


def paused(town: Town) -> None:
    """Teo comes, Ines is with Noor."""
    town.press()
    town.expect("ring teo bo ines")
    town.say("teo", Answer.COMING)
    town.say("ines", Answer.WITH_THEM)
    assert town.phase is Phase.PAUSED and town.alert().attended


def test_an_answer_never_silences_another_person(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")
    town.say("teo", Answer.WITH_THEM)
    town.at(30)
    town.expect("ring bo ines")


def test_no_single_answer_pauses_the_climb(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")
    for answer in (Answer.COMING, Answer.WITH_THEM, Answer.COMING, Answer.WITH_THEM):
        town.say("ines", answer)
        assert town.phase is Phase.CLIMBING
    town.at(45)
    assert town.rung == 1
    town.expect("ring teo bo", "ring wale")


def test_one_colluding_friend_who_says_with_them_stops_nothing(town: Town) -> None:
    town.founded(directory(on=("noor", "bo")))
    town.press()
    town.expect_only("ring")
    for seconds in range(0, 300, 20):
        town.at(seconds)
        town.say("bo", Answer.WITH_THEM)
        assert town.phase is Phase.CLIMBING
    assert {"ines", "wale", "hana"} <= town.expect_only("ring")
    assert town.alert().ladder_pass >= 3


def test_two_different_helpers_pause_the_climb(town: Town) -> None:
    paused(town)
    town.at(89)
    assert town.rung == 0
    town.expect("ring bo bo")


def test_only_the_climb_pauses_and_whoever_has_not_answered_keeps_ringing(town: Town) -> None:
    paused(town)
    town.at(60)
    town.expect("ring bo bo")


def test_seen_and_cannot_help_nobody(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")
    town.say("teo", Answer.COMING)
    town.say("bo", Answer.SEEN)
    town.say("ines", Answer.CANNOT)
    assert town.phase is Phase.CLIMBING


def test_a_tied_or_suspended_helper_counts_no_more(town: Town) -> None:
    paused(town)
    town.suspend("ines")
    assert town.phase is Phase.CLIMBING and town.alert().people["ines"].withdrawn
    assert town.say("ines", Answer.WITH_THEM) == c.Declined(problem=c.Problem.NOT_RUNG)
    town.expect("ring wale hana")  # Nobody who may close would remain.


def test_a_seen_is_a_loan_of_sixty_seconds(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")
    town.say("teo", Answer.SEEN)
    assert town.alert().people["teo"].loan_until_ms == town.now_ms + 60_000
    town.at(59)
    assert "teo" not in town.expect_only("ring")
    town.at(60)
    assert "teo" in town.expect_only("ring")


@pytest.mark.parametrize(("eta_s", "loan_s"), LOANS)
def test_coming_is_a_loan_of_the_eta_and_thirty_seconds_and_never_over_two_minutes(
    town: Town, eta_s: int | None, loan_s: int
) -> None:
    town.press()
    town.expect("ring teo bo ines")
    town.say("teo", Answer.COMING, eta_s=eta_s)
    assert town.alert().people["teo"].loan_until_ms == town.now_ms + loan_s * 1_000


def test_a_tap_renews_a_loan(town: Town) -> None:
    paused(town)
    town.at(100)
    town.say("teo", Answer.COMING)
    town.say("ines", Answer.WITH_THEM)
    town.at(219)
    assert town.phase is Phase.PAUSED and town.rung == 0
    assert town.expect_only("ring") == {"bo"}


def test_a_lapsed_coming_asks_that_person_again_and_the_climb_goes_on(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")
    town.say("teo", Answer.COMING, eta_s=5)
    town.say("bo", Answer.COMING)
    town.say("ines", Answer.CANNOT)
    town.at(34)
    town.expect()
    town.at(35)
    town.expect("ring teo")
    assert town.phase is Phase.CLIMBING
    town.at(45)
    assert town.rung == 1
    town.expect("ring wale")


def test_a_lapse_after_the_rung_was_due_climbs_at_once(town: Town) -> None:
    paused(town)
    town.at(119)
    assert town.rung == 0
    town.expect_only("ring")
    town.at(120)
    assert town.rung == 2, "a lapse never delays the next rung"
    assert {"wale", "hana"} <= town.expect_only("ring")


def test_a_helper_who_falls_silent_beside_them_rings_everyone(town: Town) -> None:
    paused(town)
    town.at(100)
    town.say("teo", Answer.COMING)
    town.say("bo", Answer.COMING)
    town.expect_only("ring")
    town.at(119)
    town.expect()
    town.at(120)
    town.expect("ring teo bo ines")
    assert (
        "Ines" in town.texts["teo"] and town.alert().silent_helper == "ines" and town.alert().why is Why.HELPER_SILENT
    )
    assert town.phase is Phase.PAUSED, "the other two still hold their loans"


def test_seen_never_takes_back_a_coming(town: Town) -> None:
    paused(town)
    assert town.say("teo", Answer.SEEN) == c.Done()
    assert town.phase is Phase.PAUSED and town.alert().people["teo"].answer is Answer.COMING


def test_cannot_takes_back_a_coming_and_the_climb_goes_on(town: Town) -> None:
    paused(town)
    town.say("teo", Answer.CANNOT)
    assert town.phase is Phase.CLIMBING
    town.at(45)
    assert town.rung == 1
    town.expect_only("ring")


def test_a_late_answer_to_a_closed_alert_changes_nothing(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")
    town.pin(c.PinMatch.REAL)
    before = town.alert()
    assert town.say("teo", Answer.COMING) == c.Declined(problem=c.Problem.ALERT_CLOSED)
    assert town.alert() == before
    town.expect("all_clear teo bo ines")


def test_a_press_ends_loans_and_not_records(town: Town) -> None:
    paused(town)
    town.press(key="again")
    assert town.alert().people["teo"].answer is Answer.COMING
    assert town.alert().people["teo"].loan_until_ms is None
    town.expect("ring teo bo ines")


def test_somebody_whose_suspension_is_lifted_is_rung_and_heard_again(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")
    town.suspend("bo")
    town.at(31)
    town.expect("ring teo ines")
    town.suspend("bo", lifted=True)
    assert town.text("bo", town.number("bo", Answer.COMING)) is not None
    assert town.alert().people["bo"].answer is None, "not rung again yet"
    town.at(125)
    assert "bo" in town.expect_only("ring")
    assert town.say("bo", Answer.COMING) == c.Done()
    assert town.alert().people["bo"].helping


def test_whom_it_never_rang_cannot_answer(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")
    for name in ("noor", "hana", "nobody"):
        assert town.say(name, Answer.COMING) == c.Declined(problem=c.Problem.NOT_RUNG)
    missing = c.Say(org=ORG, alert="nowhere", member="teo", answer=Answer.COMING)
    assert town.do(missing) == c.Declined(problem=c.Problem.NO_SUCH_ALERT)


def test_receipts_and_opened_links_are_not_answers(town: Town) -> None:
    town.press()
    town.at(5)
    assert {m.state for m in town.deliveries()} == {DeliveryState.DELIVERED}
    assert all(person.answer is None for person in town.alert().people.values())
    town.expect("ring teo bo ines")


def test_an_answer_marks_what_was_sent_and_stops_what_was_not(town: Town) -> None:
    town.press()
    town.say("teo", Answer.SEEN)
    assert [m.state for m in town.messages("teo")] == [DeliveryState.SUPERSEDED]
    town.expect("ring bo ines")
    town.say("bo", Answer.SEEN)
    assert [m.state for m in town.messages("bo")] == [DeliveryState.ANSWERED]


def test_a_person_calls_the_police_and_tocsin_records_it(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")
    call = c.PoliceCalled(org=ORG, alert=town.id(), member="teo", who="county", number="911", at_ms=town.now_ms)
    assert town.do(call) == c.Done()
    stranger = c.PoliceCalled(org=ORG, alert=town.id(), member="hana", who="x", number="911", at_ms=town.now_ms)
    assert town.do(stranger) == c.Declined(problem=c.Problem.NOT_RUNG)
    assert [(said.by, said.who) for said in town.alert().police] == [("teo", "county")]
    assert not [m for m in town.deliveries() if m.to == "911"], "Tocsin never dials"


def test_notes_are_taken_from_those_who_take_part_also_after_the_close(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")
    for name in ("noor", "teo"):
        assert town.do(c.AddNote(org=ORG, alert=town.id(), member=name, text="at the fence")) == c.Done()
    refused = town.do(c.AddNote(org=ORG, alert=town.id(), member="hana", text="curious"))
    assert refused == c.Declined(problem=c.Problem.NOT_RUNG)
    town.pin(c.PinMatch.REAL)
    town.do(c.AddNote(org=ORG, alert=town.id(), member="teo", text="she is home"))
    assert [note.by for note in town.alert().notes] == ["noor", "teo", "teo"]
    town.expect("all_clear teo bo ines")


def test_a_note_that_comes_again_because_its_answer_was_lost_stands_once(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")

    def noted(by: str, text: str, key: str | None) -> c.Reply:
        return town.do(c.AddNote(org=ORG, alert=town.id(), member=by, text=text, key=key))

    assert noted("teo", "at the gate", "one") == c.Done()
    assert noted("teo", "at the gate", "one") == c.Done(known=True)
    for by, key in (("teo", "two"), ("bo", "one"), ("teo", None), ("teo", None)):
        assert noted(by, "at the gate", key) == c.Done(), "other words, or somebody else's"
    town.pin(c.PinMatch.REAL)
    assert noted("teo", "at the gate", "one") == c.Done(known=True)
    assert [note.by for note in town.alert().notes] == ["teo", "teo", "bo", "teo", "teo"]
    town.expect("all_clear teo bo ines")


def test_climbing_a_closed_alert_is_declined(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")
    town.pin(c.PinMatch.REAL)
    assert town.do(c.Climb(org=ORG, alert=town.id(), member="teo")) == c.Declined(problem=c.Problem.ALERT_CLOSED)
    assert town.alert().site == SITE
    town.expect("all_clear teo bo ines")
