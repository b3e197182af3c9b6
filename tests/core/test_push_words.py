"""What stands on a locked screen: a call for help says what it is, everything else says nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from texts import anything, languages

from tocsin.core.commands import PlaceReport
from tocsin.core.mailing import parted
from tocsin.core.push_words import action_words, proof_words, push_text
from tocsin.core.ring import Saying
from tocsin.core.words import Answer, Duty, PlaceKind, Purpose

NOW = 1_800_000_000_000
NUMBERS = ("4711", "8822", "3093")
CALLS = (Purpose.RING, Purpose.REAL_ALERT)


def pushed(purpose: Purpose = Purpose.RING, **fields: Any) -> tuple[str, str]:
    lot = PlaceReport(PlaceKind.ZONE, NOW - 120_000, "Lot B")
    saying = Saying(
        **{"who": "Maya Lindqvist", "numbers": NUMBERS, "reference": "delivery", "places": (lot,), **fields}
    )
    return parted(push_text(saying, purpose, NOW))


@pytest.mark.parametrize("purpose", CALLS)
def test_a_call_says_in_its_first_line_who_and_then_where_and_what_to_do(purpose: Purpose) -> None:
    title, body = pushed(purpose, duties=(Duty.DOOR,))
    assert title == "SOS: Maya Lindqvist"
    assert body.split("\n")[0].startswith("Lot B (") and body.split("\n")[1].startswith("Lock doors.")
    assert not any(number in title + body for number in NUMBERS), "it is answered by its buttons"


@pytest.mark.parametrize("purpose", [one for one in Purpose if one not in CALLS])
@pytest.mark.parametrize("language", ["en", "es"])
def test_whatever_is_no_call_names_nobody_no_place_and_no_alarm(purpose: Purpose, language: str) -> None:
    title, body = pushed(purpose, language=language)
    assert title == "Tocsin" and body
    assert not any(word in body for word in ("Maya", "Lindqvist", "Lot", "SOS", *NUMBERS))


@pytest.mark.parametrize("purpose", [Purpose.RING, Purpose.ALL_CLEAR])
def test_a_drill_is_one_from_its_first_word_on_and_a_real_call_never_looks_like_one(purpose: Purpose) -> None:
    assert "DRILL" in pushed(purpose, drill=True)[0] and "SOS" not in pushed(purpose, drill=True)[0]
    assert "DRILL" not in pushed(purpose)[0]


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_a_push_that_only_proves_the_way_says_so_and_nothing_else(language: str) -> None:
    title, body = parted(proof_words(language))
    assert title == "Tocsin" and "\n" not in body and ("tel" in body or "phone" in body)


def test_each_button_is_an_answer_and_none_says_that_somebody_is_with_them() -> None:
    for language in ("en", "es"):
        assert list(action_words(language)) == [Answer.COMING, Answer.CANNOT]
    assert action_words("es") != action_words("en")


@given(who=anything, label=anything, language=languages)
def test_any_name_and_any_place_leave_a_title_of_one_line(who: str, label: str, language: str) -> None:
    title, body = pushed(who=who, language=language, places=(PlaceReport(PlaceKind.SPOKEN, NOW, label),))
    assert title.startswith("SOS: ") or title.startswith("SOS:"), title
    assert "\n" not in title and body
