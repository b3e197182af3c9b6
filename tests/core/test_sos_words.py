"""Words that an installation adds to those that call for help: which may be, and that they count like the others."""

from __future__ import annotations

import pytest
from hypothesis import given
from texts import anything

from tocsin.core.limits import SOS_WORD_MAX_CHARS, SOS_WORD_MIN_CHARS
from tocsin.core.reading import SOS_WORDS, Context, SosWord, WalkCommand, read, sos_word
from tocsin.core.sos_words import HELP, STARTS, STOPS, Unfit, unfit, words_with

UNFIT = {
    Unfit.NOTHING: ("", "  ", "!?", "\N{SPARKLES}", "\u6551\u547d"),
    Unfit.NUMBER: ("1", "112", "4711", "9 1 1"),
    Unfit.WORDS: ("code red", "get the  police"),
    Unfit.SHORT: ("ok", "n.o."),
    Unfit.LONG: ("x" * (SOS_WORD_MAX_CHARS + 1),),
    Unfit.CARRIER: ("Stop", "\uff39\uff25\uff33", "info", "Unstop", *sorted(STOPS | STARTS)),
    Unfit.COMMAND: ("walk", "EXTEND", "home"),
    Unfit.OURS: ("coming", "Police", "simulacro", "sighting"),
}


@pytest.mark.parametrize(("why", "word"), [(why, word) for why, words in UNFIT.items() for word in words])
def test_what_somebody_writes_who_is_well_may_not_call_for_help(why: Unfit, word: str) -> None:
    assert unfit(word) is why
    assert words_with([word]) == SOS_WORDS


def test_an_added_word_is_folded_and_found_like_the_others() -> None:
    words = words_with(["h\u00edlfe", "May-Day", "\u043c\u0430\u043c\u0430", "Rot" * 2], help_rings=True)
    assert words == (*SOS_WORDS, "HILFE", "MAMA", "ROTROT")
    context = Context(known_member=True, words=words)
    assert read("hilfe! bay 4", context) == SosWord("bay 4", "HILFE")
    assert read("H.I.L.F.E lot b", context) == SosWord("lot b", "HILFE")
    assert read("\u041c\u0430\u043c\u0430, lot b", context) == SosWord("lot b", "MAMA")
    assert not isinstance(read("hilfestellung", context), SosWord)
    assert isinstance(read("WALK 15 LOT B", context), WalkCommand)


def test_help_alone_can_be_left_out() -> None:
    words = words_with(["HELP"], help_rings=False)
    assert set(SOS_WORDS) - set(words) == {HELP} and unfit(HELP) is Unfit.CARRIER
    assert not isinstance(read("help me", Context(words=words)), SosWord)
    assert isinstance(read("help, sos", Context(words=words)), SosWord)


@given(anything)
def test_whatever_is_added_is_one_word_that_is_found_in_itself(word: str) -> None:
    for added in words_with([word])[len(SOS_WORDS) :]:
        assert added.isalnum() and SOS_WORD_MIN_CHARS <= len(added) <= SOS_WORD_MAX_CHARS
        assert sos_word(word, (added,)) is not None
