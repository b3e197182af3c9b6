"""The words that call for help in a text: those that always do, and those that an installation may add.

Theory of operation
-------------------
An added word is folded as texts are and counts like the others.  It must be one that nobody writes by chance, because
whoever does rings everybody: no number (those are answers), nothing that a carrier acts on by itself, no command of a
walk, no short word, and none that stands in a text of ours, which people send back or quote.  `unfit` says why not.

One of the words that always count may be left out: HELP, where the vendor answers it by itself and the text is no call
for help to anybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import lru_cache

from tocsin.core.limits import SOS_WORD_MAX_CHARS, SOS_WORD_MIN_CHARS
from tocsin.core.reading import SOS_WORDS, folded_whole, sos_word
from tocsin.core.scripts import INSTRUCTIONS, KINDS, OUTCOMES, PHRASES, SOURCES

HELP = "HELP"
STOPS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
STARTS = frozenset({"START", "YES", "UNSTOP"})
ASKS = frozenset({HELP, "INFO"})
OF_WALKS = frozenset({"WALK", "EXTEND", "HOME"})
BLANK = re.compile(r"\{\w+\}")


class Unfit(StrEnum):
    """Why a word may not be one that calls for help."""

    NOTHING = "nothing"
    NUMBER = "number"
    WORDS = "words"
    SHORT = "short"
    LONG = "long"
    CARRIER = "carrier"
    COMMAND = "command"
    OURS = "ours"


def unfit(word: str) -> Unfit | None:
    """Why this may not be added; None: it may."""
    whole = folded_whole(word)
    spelled = _spelled(whole)
    if not spelled:
        return Unfit.NOTHING
    if spelled.isdecimal():
        return Unfit.NUMBER
    if " " in whole:
        return Unfit.WORDS
    if not SOS_WORD_MIN_CHARS <= len(spelled) <= SOS_WORD_MAX_CHARS:
        return Unfit.SHORT if len(spelled) < SOS_WORD_MIN_CHARS else Unfit.LONG
    if spelled in STOPS | STARTS | ASKS:
        return Unfit.CARRIER
    if spelled in OF_WALKS:
        return Unfit.COMMAND
    return Unfit.OURS if any(sos_word(text, (spelled,)) for text in _said_by_us()) else None


def words_with(added: Iterable[str], *, help_rings: bool = True) -> tuple[str, ...]:
    """All that counts here: what always does, then those `added` that may (`unfit`), each once."""
    always = (word for word in SOS_WORDS if help_rings or word != HELP)
    return tuple(dict.fromkeys((*always, *(_spelled(folded_whole(word)) for word in added if unfit(word) is None))))


def _spelled(whole: str) -> str:
    """Signs inside count as nothing, as in a text."""
    return "".join(char for char in whole if char.isalnum())


@lru_cache(maxsize=1)
def _said_by_us() -> tuple[str, ...]:
    """Every text of ours that calls nobody when it comes back."""
    return tuple(text for text in _every_text() if not sos_word(text))


def _every_text() -> Iterator[str]:
    for table in (PHRASES, KINDS, SOURCES, OUTCOMES):
        for texts in table.values():
            yield from (BLANK.sub(" ", text) for text in texts.values())
    for told in INSTRUCTIONS.values():
        for pair in told.values():
            yield from pair
