"""WALK, EXTEND and HOME by SMS: what is a command, with what in it, and what is a call for help all the same."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tocsin.core.reading import (
    AnythingIsSos,
    Context,
    NoteFromHelper,
    NoteOnOwnAlert,
    NotUnderstood,
    SosWord,
    WalkCommand,
    WalkWord,
    names_a_walk,
    read,
)

PLACES = {
    "lot-b": "Lot B",
    "exit": "Emergency exit",
    "4a": "Bay 4, Lot A",
    "4b": "Bay 4, Lot B",
    "car-hall": "Car hall",
}
MEMBER = Context(known_member=True, places=PLACES)
WALKER = replace(MEMBER, anything_rings=True)
IN_DANGER = replace(MEMBER, own_alert_open=True)
HELPER = replace(MEMBER, rung_for=2)
START, EXTEND, HOME = WalkWord.START, WalkWord.EXTEND, WalkWord.HOME


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("WALK 15 LOT B", WalkCommand(START, 15, place="lot-b")),
        ("walk 15min lot b.", WalkCommand(START, 15, place="lot-b")),
        ("Walk 15 minutes Lot-B", WalkCommand(START, 15, place="lot-b")),
        ("\uff37\uff21LK\u3000\uff11\uff15 lot b", WalkCommand(START, 15, place="lot-b")),
        ("walk 15: car, lot b", WalkCommand(START, 15, "car", "lot-b")),
        ("walk lot b", WalkCommand(START, place="lot-b")),
        ("walk 15 car lot b", WalkCommand(START, 15, "car", "lot-b")),
        ("walk 15 car hall", WalkCommand(START, 15, place="car-hall")),
        ("walk 15 bay 4 lot a", WalkCommand(START, 15, place="4a")),
        ("walk 15 emergency exit", WalkCommand(START, 15, place="exit")),
        ("walk 20 transit", WalkCommand(START, 20, "transit")),
        ("walk home", WalkCommand(START, to="home")),
        ("walk", WalkCommand(START)),
        ("walk 0", WalkCommand(START, 0)),
        ("walk 100000", WalkCommand(START, 100_000)),
        ("extend", WalkCommand(EXTEND)),
        ("Extend 10 min!", WalkCommand(EXTEND, 10)),
        ("home.", WalkCommand(HOME)),
    ],
)
def test_a_walk_command_says_how_long_and_where(text: str, asked: WalkCommand) -> None:
    for context in (MEMBER, WALKER, IN_DANGER, HELPER):
        assert read(text, context) == asked


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("walk 15 the Row by Olga's café", "the Row by Olga's café"),
        ("walk 15 car behind Gate 7", "behind Gate 7"),
        ("walk 15 bay 4", "bay 4"),
        ("walk 15 Kate\u00b4s row", "KATE S ROW"),
    ],
)
def test_words_about_where_that_name_no_place_are_kept_as_they_were_written(text: str, way: str) -> None:
    reading = read(text, MEMBER)
    assert isinstance(reading, WalkCommand) and reading.way == way and reading.place is None


def test_to_whoever_may_be_in_danger_other_words_behind_walk_are_no_command() -> None:
    text = "walk 15 he is behind me"
    assert read(text, WALKER) == AnythingIsSos(text)
    assert read(text, IN_DANGER) == NoteOnOwnAlert(text)
    assert read(text, HELPER) == NoteFromHelper(text)
    assert read("walk with me to lot b", MEMBER) == NotUnderstood(), "no minutes: that is for a person to read"


@pytest.mark.parametrize(
    ("text", "rest", "word"),
    [
        ("walk 15 lot b help", "walk 15 lot b", "HELP"),
        ("walk 911", "walk", "911"),
        ("walk 911 lot b", "walk lot b", "911"),
        ("extend 911", "extend", "911"),
        ("walk sos", "walk", "SOS"),
    ],
)
def test_a_word_of_help_behind_walk_rings(text: str, rest: str, word: str) -> None:
    for context in (MEMBER, WALKER, IN_DANGER, HELPER):
        assert read(text, context) == SosWord(rest, word)


@pytest.mark.parametrize("text", ["walking 15", "walk15", "walk -5", "extend ten", "extend 10 lot b", "home soon"])
def test_what_is_only_like_a_command_is_none(text: str) -> None:
    assert read(text, MEMBER) == NotUnderstood() and read(text, WALKER) == AnythingIsSos(text)


def test_only_a_text_that_may_start_a_walk_needs_the_places() -> None:
    assert names_a_walk(" walk 15 lot b") and not names_a_walk("sos lot b") and not names_a_walk("")


def test_a_number_that_nobody_knows_starts_no_walk() -> None:
    assert read("walk 15 lot b", Context(places=PLACES)) == NotUnderstood()
