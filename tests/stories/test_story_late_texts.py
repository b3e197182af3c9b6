"""Texts that the vendor could not bring and we fetched later: an SOS rings with its age, an answer is only a note."""

from __future__ import annotations

import pytest
from people import NUMBERS, ORG
from town import START_MS, Town

from tocsin.core import commands as c
from tocsin.core.limits import LATE_ANSWER_MS, TEXT_RINGS_MS
from tocsin.core.words import Answer, Came

STRANGER = "+12025550199"


def fetched(
    town: Town, name: str, text: str, *, ago_s: float, message: str = "SMlate", opt_out: str | None = None,
    opt_out_only: bool = False,
) -> c.Done:  # fmt: skip
    """This text was written so long ago, and comes only now."""
    done = town.do(
        c.TextIn(
            org=ORG, vendor="twilio", message=message, sender=NUMBERS.get(name, name), text=text, opt_out=opt_out,
            sent_at_ms=town.now_ms - round(ago_s * 1_000), opt_out_only=opt_out_only,
        )
    )  # fmt: skip
    assert isinstance(done, c.Done)
    return done


def opened(town: Town) -> int:
    return len(list(town.world.open_alerts(ORG)))


def test_a_lost_sos_text_still_rings_and_says_how_old_it_is(town: Town) -> None:
    town.at(4_000)
    fetched(town, "noor", "SOS lot b", ago_s=3_600)
    alert = next(iter(town.world.open_alerts(ORG)))
    assert alert.came is Came.SMS and alert.occurred_at_ms == town.now_ms - 3_600_000
    town.expect("ring teo bo ines")
    assert "Lot b" in town.texts["teo"] or "lot b" in town.texts["teo"]
    assert "60 min" in town.texts["teo"] or "1 h" in town.texts["teo"]


def test_fetched_twice_or_after_it_came_by_itself_it_does_nothing_again(town: Town) -> None:
    town.text("noor", "SOS", message="SM1")
    town.expect("ring teo bo ines")
    assert fetched(town, "noor", "SOS", ago_s=10, message="SM1").known
    assert not fetched(town, "noor", "the stairs", ago_s=5, message="SM2").known
    assert fetched(town, "noor", "the stairs", ago_s=5, message="SM2").known
    assert opened(town) == 1


@pytest.mark.parametrize("older_ms", [0, 1])
def test_after_a_day_a_text_counts_for_its_opt_out_and_rings_nobody(town: Town, older_ms: int) -> None:
    ago_s = (TEXT_RINGS_MS - 1 + older_ms) / 1_000
    fetched(town, "bo", "STOP", ago_s=ago_s, message="SM2", opt_out="STOP")
    fetched(town, "noor", "SOS", ago_s=ago_s)
    assert town.member("bo").contacts[0].opted_out
    assert opened(town) == (0 if older_ms else 1)
    if not older_ms:
        town.expect("ring teo ines")


def test_a_lost_stop_and_a_lost_start_are_applied(town: Town) -> None:
    fetched(town, "teo", " stop ", ago_s=90_000, opt_out="STOP")
    assert not town.member("teo").contacts[0].usable
    fetched(town, "teo", "Start", ago_s=80_000, message="SM2", opt_out="START")
    assert town.member("teo").contacts[0].usable


def test_what_says_only_that_a_number_is_opted_out_never_rings(town: Town) -> None:
    directory = town.directory
    member = directory.members["noor"]
    assert fetched(town, "noor", "", ago_s=1, opt_out="STOP", opt_out_only=True) == c.Done()
    assert town.member("noor").contacts[0].opted_out and not member.contacts[0].opted_out
    fetched(town, STRANGER, "SOS", ago_s=1, message="SM2", opt_out="STOP", opt_out_only=True)
    assert opened(town) == 0 and not town.world.strangers


def test_an_answer_that_is_late_is_a_note_and_no_loan(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")
    number = town.number("teo", Answer.WITH_THEM)
    town.at(LATE_ANSWER_MS / 1_000 + 10)
    town.expect_only("ring")
    fetched(town, "teo", number, ago_s=LATE_ANSWER_MS / 1_000)
    fetched(town, "ines", "1", ago_s=LATE_ANSWER_MS / 1_000, message="SM2")
    fetched(town, "bo", "9999", ago_s=LATE_ANSWER_MS / 1_000, message="SM3")
    people, notes = town.alert().people, [note.text for note in town.alert().notes]
    assert people["teo"].answer is None and people["ines"].answer is None and people["bo"].number_misses == 0
    assert [note.partition(" (")[0] for note in notes] == ["with them", "coming"] and "min" in notes[0]
    fetched(town, "teo", number, ago_s=LATE_ANSWER_MS / 1_000 - 1, message="SM4")
    assert people != town.alert().people and town.alert().people["teo"].answer is Answer.WITH_THEM


def test_a_late_number_of_an_alert_that_is_over_says_nothing(town: Town) -> None:
    town.press()
    town.expect("ring teo bo ines")
    number = town.number("teo", Answer.COMING)
    town.pin(c.PinMatch.REAL)
    town.expect("all_clear teo bo ines")
    assert fetched(town, "teo", number, ago_s=600).reply is None
    assert town.alert().people["teo"].answer is None


def test_a_stranger_s_late_text_is_shown_if_it_calls_for_help_and_answered_never(town: Town) -> None:
    assert fetched(town, STRANGER, "hello", ago_s=300).reply is None
    assert town.world.replied_ms(ORG, STRANGER) is None
    fetched(town, STRANGER, "SOS", ago_s=300, message="SM2")
    assert [stranger.sender for stranger in town.world.strangers.values()] == [STRANGER]
    assert town.pages == ["unverified_sos"]


def test_a_text_from_the_future_is_taken_as_of_now(town: Town) -> None:
    fetched(town, "noor", "SOS", ago_s=-86_400)
    assert opened(town) == 1 and town.now_ms == START_MS
    town.expect("ring teo bo ines")
