"""What is sent besides the call for help: one segment each, and never a word that a carrier acts on."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from texts import anything, languages, one_segment

from tocsin.core.composer import (
    ReplyKind,
    all_clear_text,
    closing_text,
    drill_over_text,
    follow_up_text,
    reference,
    reply_text,
)
from tocsin.core.gsm7 import latin
from tocsin.core.scripts import INSTRUCTIONS, LANGUAGES, PHRASES
from tocsin.core.words import Duty, Outcome

FORBIDDEN = {"STOP", "CANCEL", "END", "QUIT", "YES", "START", "UNSUBSCRIBE"}


def test_an_all_clear_names_the_person_and_nothing_else() -> None:
    assert all_clear_text("Maya", "en", "d") == f"ALL CLEAR: Maya. The alert is over. #{reference('d')}"
    assert all_clear_text("Maya", "es", "d", drill=True).startswith("DRILL SIMULACRO, no es real: FIN DE ALERTA: Maya")


def test_the_end_of_a_drill_does_not_say_why() -> None:
    assert drill_over_text("en", "d") == f"DRILL OVER. Nothing more to do. #{reference('d')}"
    assert drill_over_text("es", "d").startswith("DRILL OVER.")


def test_a_proposal_to_close_asks_for_objections() -> None:
    assert closing_text("Maya", "Teo", Outcome.SAFE, "en", "d").startswith(
        "CLOSING (safe): Teo says the alert for Maya is over. Wrong? Object on your page now."
    )
    text = closing_text("Maya", "Teo", Outcome.MEDICAL, "es", "d", confirmed_by="Ines", commits_in_s=60)
    assert text.startswith("CIERRE (médico) en 60 s: Teo, Ines, por Maya.")
    assert closing_text("Maya", "Teo", Outcome.SAFE, "en", "d", drill=True).startswith("DRILL, not real: CLOSING")


def test_a_name_that_looks_like_a_blank_stays_a_name() -> None:
    assert "{who} says the alert for {by} is over" in closing_text("{by}", "{who}", Outcome.SAFE, "en", "d")


def test_the_person_in_danger_hears_who_is_coming_where_that_may_be_said() -> None:
    assert follow_up_text(["Noor", "Teo"], 5, "en", "https://example.org/a") == (
        "Your alert is live, 5 rung. On the way: Noor, Teo. https://example.org/a"
    )
    assert follow_up_text([], 5, "es") == "Su alerta esta activa, 5 avisados. Nadie viene todavia."


def test_the_neutral_reply_is_one_word() -> None:
    assert reply_text(ReplyKind.RECEIVED, "en") == "Received."
    assert reply_text(ReplyKind.RECEIVED, "es") == "Recibido."
    assert reply_text(ReplyKind.HELP, "en") == "To call for help, text SOS and where you are."


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reply_is_one_segment(language: str) -> None:
    for kind in ReplyKind:
        assert one_segment(reply_text(kind, language))


@pytest.mark.slow
@given(anything, anything, st.none() | anything, st.sampled_from(Outcome), languages, st.booleans(), st.data())
def test_any_other_message_is_one_segment(
    who: str, by: str, other: str | None, outcome: Outcome, language: str, drill: bool, data: st.DataObject
) -> None:
    assert one_segment(all_clear_text(who, language, by, drill=drill))
    assert one_segment(drill_over_text(language, who))
    assert one_segment(closing_text(who, by, outcome, language, "d", confirmed_by=other, commits_in_s=60, drill=drill))
    names = data.draw(st.lists(anything, max_size=6))
    assert one_segment(
        follow_up_text(names, 100_000, language, data.draw(st.sampled_from([None, "https://example.org/r"])))
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_holds_a_word_that_carriers_act_on(language: str) -> None:
    texts = [*PHRASES[language].values(), *(text for pair in INSTRUCTIONS[language].values() for text in pair)]
    for text in texts:
        assert not FORBIDDEN & set(re.findall(r"\w+", latin(text).upper()))


def test_both_languages_say_the_same_things() -> None:
    assert PHRASES["en"].keys() == PHRASES["es"].keys()
    assert all(INSTRUCTIONS[language].keys() == set(Duty) for language in LANGUAGES)
