"""What comes back: a member who sends one of our own texts back, whole or quoted, calls for help by that only where the
text has to name the way to call for it."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from texts import anything, languages, one_segment

from tocsin.core.composer import (
    ReplyKind,
    Saying,
    all_clear_text,
    announcement_text,
    closing_text,
    drill_over_text,
    drill_round_text,
    follow_up_text,
    reach_test_text,
    reply_text,
    ring_text,
    roll_call_text,
    walk_text,
)
from tocsin.core.reading import SOS_WORDS, Context, EnrolmentOrReachReply, NotUnderstood, read, sos_word
from tocsin.core.scripts import INSTRUCTIONS, KINDS, LANGUAGES, PHRASES
from tocsin.core.words import Kind, Outcome

NUMBER = "9123"
NUMBERS, NOW = ("4711", "8822", "3093"), 1_800_000_000_000
MEMBER = Context(known_member=True, awaited=frozenset({NUMBER}))

# Every phrase with an SOS word in it, in any language, and why it must stand there.
HOW = "it is what whoever cannot be understood is told: the word itself"
NOT_TAKEN = "the text before it was no answer that we know, and whoever wrote it may be in danger"
WALKING = "on a walk anything at all rings, the echo of a text without the word too"
NO_TIMER = "they believe that a timer runs, and none does: they need the way that needs no timer"
SAYS_IT = {
    "help": HOW,
    "unknown": "it goes to numbers that are nobody's here, whose echo is shown as unverified and rings nobody",
    "note_taken": NOT_TAKEN,
    "miss": NOT_TAKEN,
    "walk_on": WALKING,
    "walk_on_page": WALKING,
    "walk_already": WALKING,
    "walk_enough": WALKING,
    "walk_by_sms": WALKING,
    "walk_time": NO_TIMER,
    "walk_none": NO_TIMER,
}
WALK_NEWS = tuple(key for key in PHRASES["en"] if key.startswith("walk_") and key not in SAYS_IT)


def unasked(language: str) -> dict[str, str]:
    """Every text that asks a member for something, or comes without being asked for."""
    drill = Saying(who="Maya", numbers=NUMBERS, reference="d", language=language, drill=True)
    return {
        "roll call": roll_call_text("Alder House", NUMBER, language, "d", again=True),
        "drill": drill_round_text("Alder House", NUMBER, language, "d", again=True),
        "drill of one": ring_text(drill, NOW),
        "drill over": drill_over_text(language, "d"),
        "reach test": reach_test_text("Alder House", NUMBER, language, "d", again=True),
        "announcement": announcement_text("https://tocsin.example.org", language, "d", again=True),
        "all clear": all_clear_text("Maya Lindqvist", language, "d"),
        "closing": closing_text("Maya Lindqvist", "Teo Marsh", Outcome.SAFE, language, "d"),
        "on the way": follow_up_text(["Teo Marsh"], 6, language),
        "nobody yet": follow_up_text([], 6, language),
        **{key: walk_text(key, language, "d", minutes=12, again=True) for key in WALK_NEWS},
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_we_ask_or_say_unasked_rings_nobody_when_it_comes_back(language: str) -> None:
    for name, text in unasked(language).items():
        assert sos_word(text) is None, name
        assert read(text, MEMBER) == NotUnderstood(), name
        assert read(f"> {text}\nok", MEMBER) == NotUnderstood(), name
        assert read(f'"{text}" {NUMBER}', MEMBER) == NotUnderstood(), name
    assert read(f" {NUMBER}.", MEMBER) == EnrolmentOrReachReply(NUMBER), "the number alone is the answer, as ever"


@pytest.mark.parametrize("word", SOS_WORDS)
def test_an_sos_word_beside_what_is_quoted_still_rings(word: str) -> None:
    for text in unasked("en").values():
        found = sos_word(f"{word.lower()}! > {text}")
        assert found is not None and found.word == word


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_other_phrase_that_names_the_word_is_known_and_has_its_reason(language: str) -> None:
    """A new phrase with an SOS word in it fails here: take the word out, or write down why it must stand there."""
    filled = {key: re.sub(r"\{\w+\}", "x", text) for key, text in PHRASES[language].items()}
    assert {key for key, text in filled.items() if sos_word(text)} <= SAYS_IT.keys()
    assert not [text for pair in INSTRUCTIONS[language].values() for text in pair if sos_word(text)]


def test_no_reason_outlives_its_phrase() -> None:
    said = {key for texts in PHRASES.values() for key, text in texts.items() if sos_word(text)}
    assert SAYS_IT.keys() == said


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_that_took_something_names_no_word_and_one_that_did_not_does(language: str) -> None:
    for kind in ReplyKind:
        assert (sos_word(reply_text(kind, language)) is not None) <= (kind.value in SAYS_IT), kind


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_ring_is_known_by_its_first_word_and_may_say_sos(language: str) -> None:
    """It says the kind of the alert and the place in the caller's own words, and neither may be left out.  A helper's
    echo of it therefore rings: loud by mistake, and never silent by mistake."""
    assert {kind for kind, word in KINDS[language].items() if sos_word(word)} == {Kind.SOS, Kind.OVERDUE}


# Names that others chose ---------------------------------------------------------------------------------------------


@given(anything, languages)
@example("Harbour Emergency Dispatch", "en")
@example("\u0421\u041e\u0421", "es")
@example("x" * 55 + " Helpston", "en")
@example("x" * 60 + " Helpston", "es")
def test_no_place_s_name_makes_a_question_a_call_for_help(name: str, language: str) -> None:
    for text in (
        roll_call_text(name, NUMBER, language, "d", again=True),
        drill_round_text(name, NUMBER, language, "d"),
        reach_test_text(name, NUMBER, language, "d"),
    ):
        assert one_segment(text) and NUMBER in text and sos_word(text) is None


def test_an_address_with_the_word_in_it_is_left_out_of_an_announcement() -> None:
    assert "example" not in announcement_text("https://sos.example.org", "en", "d")
    assert "https://tocsin.example.org" in announcement_text("https://tocsin.example.org", "en", "d")
