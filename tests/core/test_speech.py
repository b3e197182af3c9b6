"""What a call says: whole sentences, digits apart, any name and place readable, and a drill that never sounds real."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from texts import anything, languages

from tocsin.core.commands import PlaceReport
from tocsin.core.directory import Script
from tocsin.core.ring import Saying
from tocsin.core.scripts import LANGUAGES
from tocsin.core.speech import (
    all_clear_speech,
    closing_speech,
    drill_over_speech,
    readable,
    ring_speech,
)
from tocsin.core.spoken_words import ALARMS, INSTRUCTIONS_SPOKEN, PLACES, SPOKEN, aloud
from tocsin.core.words import Came, Duty, Kind, Outcome, PlaceKind, Why

NOW = 1_800_000_000_000
HEARD_MAX_CHARS = 1_300  # Twice this, with the keys and the addresses, is what one request of the carrier's holds.
REAL_WORDS = re.compile(r"\b(?:SOS|calls for help|pide ayuda|SIGHTING|AVISTAMIENTO|ASSET|REAL|help|ayuda)\b")


def saying(**fields: Any) -> Saying:
    return Saying(**{"who": "Maya Lindqvist", "numbers": ("", "", ""), "reference": "delivery", **fields})


def speech(**fields: Any) -> str:
    return ring_speech(saying(**fields), NOW)


def place(kind: PlaceKind, label: str | None, ago_s: int = 120, **fields: Any) -> PlaceReport:
    return PlaceReport(kind, NOW - ago_s * 1_000, label, **fields)


def fix(radius_m: float | None = 17.2, ago_s: int = 8) -> PlaceReport:
    return place(PlaceKind.FIX, None, ago_s, lat=30.123456, lon=-97.5, radius_m=radius_m)


def test_a_call_says_who_where_with_source_and_age_what_to_do_and_which_keys_answer() -> None:
    assert speech(places=(place(PlaceKind.ZONE, "Lot B"),), duties=(Duty.DOOR,)) == (
        "SOS. Maya Lindqvist calls for help. The place is Lot B, known from the zone, 2 minutes ago. "
        "Lock the doors. Admit nobody but police. "
        "Press 1 if you are coming. Press 2 if you are with them. Press 3 if you cannot. Press 9 to hear this again."
    )


def test_a_call_says_it_in_spanish_to_whoever_speaks_spanish() -> None:
    assert speech(places=(place(PlaceKind.ZONE, "Lote B"),), duties=(Duty.DOOR,), language="es-MX") == (
        "SOS. Maya Lindqvist pide ayuda. El lugar es Lote B, según la zona, hace 2 minutos. "
        "Cierre las puertas. No deje entrar a nadie más que a la policía. "
        "Marque 1 si va. Marque 2 si está a su lado. Marque 3 si no puede. Marque 9 para oír esto otra vez."
    )


@pytest.mark.parametrize("duty", Duty)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_duty_hears_its_own_instruction(duty: Duty, language: str) -> None:
    assert INSTRUCTIONS_SPOKEN[language][duty] in speech(duties=(duty,), language=language)


def test_whoever_has_no_duty_stays_inside() -> None:
    assert "Do not go out. Move inside. Do not call their phone." in speech()


def test_the_plan_s_own_text_is_said_instead_in_whole_sentences() -> None:
    own = Script(Duty.DOOR, "en", "Lock door 214. Wait " + "for them " * 60 + "there. Go out only with police.")
    said = speech(duties=(Duty.DOOR,), scripts=(own,))
    assert "Lock door 2 1 4. Press" in said and "Admit" not in said


def test_one_endless_sentence_of_a_plan_is_cut() -> None:
    own = Script(Duty.DOOR, "en", "lock " * 200)
    assert "lock lock. Press" in speech(duties=(Duty.DOOR,), scripts=(own,))


def test_digits_of_a_longer_number_are_spoken_one_by_one() -> None:
    assert readable("Bay 14, room 3, +12025550111", 80) == "Bay 1 4, room 3, +1 2 0 2 5 5 5 0 1 1 1"


def test_an_unknown_place_is_said_as_unknown_and_nobody_is_told_to_call() -> None:
    assert "The place is not known. Find it out without calling them." in speech()


def test_a_position_without_words_is_read_digit_by_digit() -> None:
    assert (
        "The position by GPS, 8 seconds ago, to within 18 meters. "
        "Latitude 3 0 point 1 2 3 5, longitude minus 9 7 point 5 0 0 0." in speech(places=(fix(),))
    )


def test_beside_words_for_the_place_nobody_must_listen_to_coordinates() -> None:
    said = speech(places=(fix(None), place(PlaceKind.SPOKEN, "by the gate", 1), place(PlaceKind.PLANNED, "north door")))
    assert "The place in their own words, just now: by the gate. The position by GPS, 8 seconds ago, how" in said
    assert "Latitude" not in said and "north door" not in said


def test_a_planned_way_is_said_where_nothing_better_is_known() -> None:
    assert "The way they planned, one hour ago: north door to bay 1 4." in speech(
        places=(place(PlaceKind.PLANNED, "north door to bay 14", 3_600),)
    )


def test_a_position_that_is_none_is_what_its_words_say() -> None:
    odd = PlaceReport(PlaceKind.FIX, NOW, "near the river", lat=900.0, lon=0.0)
    assert "The place in their own words, just now: near the river." in speech(places=(odd,))


@pytest.mark.parametrize("ahead_s", [3_600])
def test_a_clock_far_ahead_is_said_to_be_unclear(ahead_s: int) -> None:
    assert "at a time that is unclear" in speech(places=(place(PlaceKind.ZONE, "Lot B", -ahead_s),))


NEWS = [
    ({"why": Why.PRESSED_AGAIN}, "They have pressed again."),
    ({"why": Why.HELPER_SILENT, "silent_helper": "Teo Marsh"}, "Teo Marsh was with them, does not answer and may be"),
    ({"why": Why.HELPER_SILENT}, "A helper was with them"),
    ({"suspended": True}, "DO NOT APPROACH."),
    ({"under_duress": True, "says_safe": True}, "They are UNDER DURESS. Never call them. The place"),
    ({"says_safe": True}, "They say that they are safe. See them face to face."),
    ({"was_down": True}, "The service was down."),
    ({"came": Came.REVOKED}, "It came by a revoked login."),
    ({"came": Came.SMS}, "It came by text message."),
    ({"came": Came.CALL}, "It came by telephone."),
    ({"occurred_at_ms": NOW - 86_400_000 * 3}, "It was pressed 3 days ago."),
    ({"again": True}, "You may have had this call before."),
    ({"kind": Kind.OVERDUE}, "SOS. Maya Lindqvist has not arrived and does not answer."),
]


@pytest.mark.parametrize(("fields", "words"), NEWS)
def test_what_could_get_somebody_killed_if_it_were_not_said_is_said(fields: dict[str, Any], words: str) -> None:
    assert words in speech(**fields)


def test_a_press_that_came_at_once_has_no_age() -> None:
    assert "It was pressed" not in speech(occurred_at_ms=NOW - 5_000)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_drill_begins_with_drill_and_never_sounds_real(language: str) -> None:
    places = (place(PlaceKind.ZONE, "Lot B"),)
    for said in (
        speech(drill=True, language=language, places=places, duties=(Duty.DISPATCHER,), kind=Kind.SOS),
        speech(drill=True, language=language, came=Came.DRILL, why=Why.PRESSED_AGAIN, suspended=True),
        all_clear_speech("Maya Lindqvist", language, drill=True),
        closing_speech("Maya Lindqvist", "Teo", Outcome.SAFE, language, drill=True),
        drill_over_speech(language),
    ):
        assert said.startswith("DRILL") and not REAL_WORDS.search(said), said


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_real_alert_never_begins_as_a_drill_and_after_one_says_so(kind: Kind, language: str) -> None:
    assert not speech(kind=kind, language=language).startswith("DRILL")
    assert speech(kind=kind, language=language, after_drill=True).startswith("REAL ALERT.")


def test_the_all_clear_and_a_proposal_to_close_name_people() -> None:
    assert all_clear_speech("Noor 214", "en") == "ALL CLEAR. The alert for Noor 2 1 4 is over."
    assert closing_speech("Noor {by}", "Teo", Outcome.FALSE_ALARM, "en") == (
        "CLOSING. Teo says that the alert for Noor {by} is over: false alarm. "
        "If that is wrong, object on your page now."
    )


@pytest.mark.parametrize(
    ("name", "heard"),
    [
        ("Ñandú Ólafur", "Ñandú Ólafur"),
        ("Ольга", "Olga"),
        ("Бар\u202eт\u043e", "Barto"),
        ("\u0000\u200b", "Somebody whose name cannot be read aloud"),
        ("???", "Somebody whose name cannot be read aloud"),
        ("٢١٤", "2 1 4"),
    ],
)
def test_a_name_in_any_script_is_read_in_letters_that_the_voice_knows(name: str, heard: str) -> None:
    assert f"SOS. {heard} calls for help." in speech(who=name)


def test_a_place_that_cannot_be_read_is_said_to_be_so() -> None:
    assert "The place is a name that cannot be read aloud" in speech(places=(place(PlaceKind.ZONE, "..!?"),))


@settings(max_examples=60, deadline=None)
@given(who=anything, label=anything, text=anything, language=languages, drill=st.booleans())
def test_whatever_people_are_called_the_place_is_said_and_it_can_be_listened_to(
    who: str, label: str, text: str, language: str, drill: bool
) -> None:
    scripts = (Script(Duty.DOOR, "en", text or "x"),)
    places = (place(PlaceKind.ZONE, label), place(PlaceKind.SPOKEN, label * 9), fix())
    said = speech(who=who, places=places, language=language, duties=(Duty.DOOR,), scripts=scripts, drill=drill)
    assert len(said) <= HEARD_MAX_CHARS and said.startswith("DRILL") == drill
    assert said.isprintable()


def test_both_languages_have_the_same_phrases() -> None:
    assert SPOKEN["en"].keys() == SPOKEN["es"].keys()
    for table in (ALARMS, PLACES, INSTRUCTIONS_SPOKEN):
        assert table["en"].keys() == table["es"].keys()
    for key, phrase in SPOKEN["en"].items():
        assert set(re.findall(r"\{\w+\}", phrase)) == set(re.findall(r"\{\w+\}", SPOKEN["es"][key])), key
    assert aloud("fr", "received") == "Received."
