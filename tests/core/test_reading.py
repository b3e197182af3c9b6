"""What a text that came in means, step by step; the order of the steps is the law."""

# ruff: noqa: RUF001 - look-alike letters are what these tests are about.
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tocsin.core.reading import (
    SOS_WORDS,
    AnswerNumber,
    AnythingIsSos,
    Context,
    EnrolmentOrReachReply,
    NoteFromHelper,
    NoteOnOwnAlert,
    NotUnderstood,
    NumberMiss,
    PlainAnswer,
    SosWord,
    WalkCommand,
    read,
    sos_word,
)

MEMBER = Context(known_member=True)
HELPER = Context(
    known_member=True, live_numbers=frozenset({"4711", "8822"}), expired_numbers=frozenset({"3093"}), rung_for=1
)
WALKER = Context(known_member=True, anything_rings=True)
IN_DANGER = Context(known_member=True, own_alert_open=True, anything_rings=True)
STRANGER = Context()


# Step 2: answer numbers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["4711", " 4711 ", "4711.", "(4711)", "\n4711!", "４７１１", "٤٧١١", "#4711", "\u200e4711"]
)
def test_blanks_and_punctuation_around_a_number_are_ignored(text: str) -> None:
    assert read(text, HELPER) == AnswerNumber("4711", expired=False)


def test_a_number_of_a_closed_alert_is_still_an_answer() -> None:
    assert read("3093", HELPER) == AnswerNumber("3093", expired=True)
    assert read("3093", replace(HELPER, anything_rings=True)) == AnswerNumber("3093", expired=True)


def test_an_answer_number_comes_before_everything_else() -> None:
    everything = replace(HELPER, own_alert_open=True, anything_rings=True, words=("4711",))
    assert read("4711", everything) == AnswerNumber("4711", expired=False)


def test_a_number_inside_other_text_is_a_note() -> None:
    assert read("4711 in two minutes", HELPER) == NoteFromHelper("4711 in two minutes")


@pytest.mark.parametrize(("text", "choice"), [("1", 1), (" 2.", 2), ("(3)", 3)])
def test_somebody_rung_for_exactly_one_alert_may_type_one_two_three(text: str, choice: int) -> None:
    assert read(text, HELPER) == PlainAnswer(choice)
    assert read(text, replace(HELPER, rung_for=2)) == NoteFromHelper(text)
    assert read(text, MEMBER) == NotUnderstood()


def test_four_digits_that_are_nobodys_are_a_miss() -> None:
    assert read("9999", HELPER) == NumberMiss("9999")
    assert read("9999", STRANGER) == NumberMiss("9999")


def test_a_mistyped_number_from_a_walker_is_louder_than_a_miss() -> None:
    assert read("9999", replace(HELPER, anything_rings=True)) == AnythingIsSos("9999")


# Step 3: commands ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["HOME", "home.", "walk", "Walk 20", "walk 20 min", "WALK 20 CAR", "extend 15"])
def test_the_whole_text_may_be_a_walk_command(text: str) -> None:
    assert isinstance(read(text, WALKER), WalkCommand)
    assert read(text, STRANGER) == NotUnderstood()


def test_a_command_with_more_in_it_is_no_command() -> None:
    assert read("walk home help", WALKER) == SosWord("walk home", "HELP")
    assert read("home soon", WALKER) == AnythingIsSos("home soon")


def test_a_reply_that_was_asked_for_is_recognised() -> None:
    assert read("ab-12 cd", replace(WALKER, awaited=frozenset({"AB-12 CD"}))) == EnrolmentOrReachReply("AB-12 CD")
    assert read("", replace(MEMBER, awaited=frozenset({""}))) == NotUnderstood()


# Step 4: SOS words -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", SOS_WORDS)
@pytest.mark.parametrize("context", [STRANGER, MEMBER, HELPER, WALKER, IN_DANGER])
def test_an_sos_word_rings_whoever_sends_it(word: str, context: Context) -> None:
    assert read(f"{word.lower()} lot b", context) == SosWord("lot b", word)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("sos,lot b", "lot b"),
        ("S.O.S", ""),
        ("S.O.S,lot b", "lot b"),
        ("s o s lot b", "lot b"),
        ("S. O. S. at the gate", "at the gate"),
        ("ＳＯＳ　lot b", "lot b"),
        ("sós", ""),
        ("S\u0301OS", ""),
        ("s\u200bo\u200bs lot b", "lot b"),
        ("🆘", ""),
        ("lot b🆘now", "lot b now"),
        ("🅂🄾🅂 lot b", "lot b"),
        ("СОС", ""),
        ("_SOS_", ""),
        ("sos sos sos lot b", "lot b"),
        ("lot b sos!!!", "lot b"),
        ("sos: Café Ñandú, 2º", "Café Ñandú, 2º"),
        ("sos我在 B", "我在 B"),
        ("sos (lot b)", "lot b"),
    ],
)
def test_a_garbled_sos_is_an_sos_and_the_rest_is_the_place_as_it_was_written(text: str, rest: str) -> None:
    assert read(text, STRANGER) == SosWord(rest, "SOS")


@pytest.mark.parametrize("text", ["soss", "sosa", "asos", "sos1", "mayday2", "helper", "9110", "1911", "so s", "he lp"])
def test_only_whole_words_ring(text: str) -> None:
    assert sos_word(text) is None


@pytest.mark.parametrize("text", ["911", "9-1-1", "9.1.1", "９１１"])
def test_911_rings_and_is_never_an_answer_number(text: str) -> None:
    assert read(text, HELPER) == SosWord("", "911")


def test_a_place_that_is_called_emergency_stays_in_the_place() -> None:
    assert read("sos emergency room", MEMBER) == SosWord("emergency room", "SOS")
    assert read("emergency room, help", MEMBER) == SosWord("emergency room", "HELP")
    assert read("emergency lot b", MEMBER) == SosWord("lot b", "EMERGENCY")


def test_the_words_are_a_setting() -> None:
    context = replace(MEMBER, words=("code red", "Hilfe", "", "!"))
    assert read("CODE-RED ward 3", context) == SosWord("ward 3", "code red")
    assert read("hilfe", context) == SosWord("", "Hilfe")
    assert read("sos", context) == NotUnderstood()


def test_an_sos_during_ones_own_alert_is_a_press_and_no_note() -> None:
    assert read("sos now in lot c", IN_DANGER) == SosWord("now in lot c", "SOS")


# Steps 5 to 7 ----------------------------------------------------------------------------------------------------


def test_text_during_ones_own_alert_is_a_note_on_it() -> None:
    assert read("he has a knife", IN_DANGER) == NoteOnOwnAlert("he has a knife")
    assert read("", IN_DANGER) == NoteOnOwnAlert("")


@pytest.mark.parametrize("text", ["STOP", "k", "", "...", "\x00\ufeff", "wher", "1", "12345"])
def test_anything_at_all_from_a_walker_is_an_sos(text: str) -> None:
    assert isinstance(read(text, WALKER), AnythingIsSos)


def test_other_text_of_somebody_rung_is_a_note() -> None:
    assert read("two minutes away", HELPER) == NoteFromHelper("two minutes away")
    assert read("  ", HELPER) == NotUnderstood()


def test_otherwise_one_is_told_how_to_call_for_help() -> None:
    assert read("hello", MEMBER) == NotUnderstood()
    assert read("", STRANGER) == NotUnderstood()


# Any text --------------------------------------------------------------------------------------------------------

SIGNS = st.text(" .,;:!?-_*/()\"'\n", max_size=4)


@given(st.text(max_size=200), st.sampled_from([STRANGER, MEMBER, HELPER, WALKER, IN_DANGER]))
def test_every_text_has_a_reading(text: str, context: Context) -> None:
    reading = read(text, context)
    assert reading == read(text, context)
    assert isinstance(reading, NotUnderstood | NumberMiss) is False or not context.anything_rings


@pytest.mark.slow
@given(st.sampled_from(SOS_WORDS), st.lists(SIGNS.filter(lambda s: " " not in s and "\n" not in s), min_size=12), SIGNS)
def test_signs_anywhere_in_and_around_a_word_never_hide_it(word: str, between: list[str], around: str) -> None:
    garbled = "".join(char + sign for char, sign in zip(word.lower(), [*between, *[""] * 12], strict=False))
    assert isinstance(read(f"lot b {around}{garbled}{around}", MEMBER), SosWord)


@given(st.text(max_size=60), st.sampled_from(SOS_WORDS), st.text(max_size=60))
def test_an_sos_word_between_blanks_always_rings(before: str, word: str, after: str) -> None:
    assert isinstance(read(f"{before} {word} {after}", MEMBER), SosWord)


@pytest.mark.slow
def test_a_long_hostile_text_is_read_in_no_time() -> None:
    assert isinstance(read("s" + "." * 60_000 + "o", MEMBER), NotUnderstood)
    assert isinstance(read("s." * 30_000, MEMBER), NotUnderstood)
