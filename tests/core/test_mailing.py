"""What mail, services and webhooks are told: no names where others see them, and never the numbers of an answer."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from texts import anything, languages

from tocsin.core.commands import PlaceReport
from tocsin.core.mailing import letter_text, parted
from tocsin.core.ring import Saying
from tocsin.core.words import Duty, Kind, PlaceKind, Purpose, Why

NOW = 1_800_000_000_000
NUMBERS = ("4711", "8822", "3093")


def letter(purpose: Purpose = Purpose.RING, **fields: Any) -> tuple[str, str]:
    lot = PlaceReport(PlaceKind.ZONE, NOW - 120_000, "Lot B")
    saying = Saying(
        **{"who": "Maya Lindqvist", "numbers": NUMBERS, "reference": "delivery", "places": (lot,), **fields}
    )
    return parted(letter_text(saying, purpose, NOW))


def test_a_call_says_who_where_and_what_to_do_and_how_to_answer_elsewhere() -> None:
    heading, text = letter(duties=(Duty.DOOR,))
    assert heading == "SOS"
    lines = text.split("\n")
    assert lines[0] == "SOS: Maya Lindqvist." and lines[1].startswith("Lot B (")
    assert "Lock doors. Admit nobody but police." in lines
    assert "Answer on the Tocsin page" in text and lines[-1].startswith("#")
    assert not any(number in text for number in NUMBERS)


@pytest.mark.parametrize("purpose", [Purpose.ALL_CLEAR, Purpose.CLOSING, Purpose.DRILL_OVER, Purpose.REPLY])
@pytest.mark.parametrize("language", ["en", "es"])
def test_whatever_is_no_call_names_nobody_and_no_place(purpose: Purpose, language: str) -> None:
    heading, text = letter(purpose, language=language)
    assert heading == "Tocsin"
    assert not any(word in text for word in ("Maya", "Lindqvist", "Lot", "SOS", *NUMBERS))


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("purpose", [Purpose.RING, Purpose.ALL_CLEAR, Purpose.CLOSING])
def test_a_drill_says_so_in_its_heading_and_a_real_call_never_does(purpose: Purpose, language: str) -> None:
    words = ("DRILL", "SIMULACRO")
    assert any(word in letter(purpose, language=language, drill=True)[0] for word in words)
    assert not any(word in letter(purpose, language=language)[0] for word in words)
    assert "SOS" not in letter(purpose, language=language, drill=True)[0]


def test_a_real_alert_after_a_drill_and_a_helper_who_fell_silent_name_nobody_in_the_heading() -> None:
    assert letter(after_drill=True)[0] == "REAL ALERT, not a drill: SOS"
    heading, text = letter(why=Why.HELPER_SILENT, silent_helper="Teo Marsh")
    assert heading == "SOS" and "Teo Marsh silent, may be hurt" in text


def test_a_repeat_says_that_it_may_be_one() -> None:
    assert "twice" in letter(again=True)[1] and "twice" not in letter()[1]


@given(who=anything, label=anything, language=languages)
def test_no_words_of_anybody_come_into_the_heading(who: str, label: str, language: str) -> None:
    places = (PlaceReport(PlaceKind.SPOKEN, NOW, label),)
    fields: dict[str, Any] = {
        "language": language,
        "silent_helper": who,
        "why": Why.HELPER_SILENT,
        "kind": Kind.OVERDUE,
    }
    plain, named = letter(Purpose.RING, **fields)[0], letter(Purpose.RING, who=who, places=places, **fields)[0]
    assert plain == named and "\n" not in named


@given(anything)
def test_every_text_has_a_heading_and_a_letter(text: str) -> None:
    heading, said = parted(text)
    assert "\n" not in heading and (text in (said, f"{heading}\n\n{said}"))
