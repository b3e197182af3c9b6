"""What a text message that came in means: the steps of "SMS in", in their order, which is law.

Theory of operation
-------------------
Step 1 (a message id that was seen before) needs the store and is done by whoever calls.  Here are steps 2 to 7.  An
answer number comes before an SOS word, so that nobody's answer raises an alert; an SOS word comes before everything
that only a person at ease would write; and from a member on a walk anything at all is a call for help, a mistyped
number and STOP included.  What is left from somebody rung is a note for the other helpers.

A text is never changed for the record: matching happens on a folded copy whose letters remember where they came from.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from tocsin.core.gsm7 import letter

# The least noun-like first: the first one found is taken out of the text, and what is left is the spoken place
# ("sos emergency room" is an SOS from the emergency room).
SOS_WORDS = ("SOS", "911", "MAYDAY", "HELP", "AYUDA", "SOCORRO", "EMERGENCY")
SOS_SIGN = "\N{SQUARED SOS}"
NUMBER_DIGITS = 4
_MINUTES = r"(?: ([0-9]{1,9})(?: ?MIN(?:S|UTES?)?)?)?"
_WALK = re.compile(rf"WALK{_MINUTES}(?:[^\w\s]* (.+))?")
_EXTEND = re.compile(rf"EXTEND{_MINUTES}")
_TO = re.compile(r"(CAR|TRANSIT|HOME)(?:[^\w\s]* (.+))?")


class AnswerNumber(Struct, frozen=True):
    """One of this contact's own numbers.  `expired`: its alert is over."""

    number: str
    expired: bool


class PlainAnswer(Struct, frozen=True):
    """1, 2 or 3 from somebody rung for exactly one alert: shown, never counted."""

    choice: int


class WalkWord(StrEnum):
    """What a text asks of a walk; a PIN is never taken by SMS, so there is no more."""

    START = "start"
    EXTEND = "extend"
    HOME = "home"


class WalkCommand(Struct, frozen=True):
    """`minutes`: None where the text says none.  `to`: car, transit or home, where it says that.

    `place`: the id of the place that it names; `way`: other words about where, as they were written.
    """

    word: WalkWord
    minutes: int | None = None
    to: str | None = None
    place: str | None = None
    way: str | None = None


class EnrolmentOrReachReply(Struct, frozen=True):
    text: str


class SosWord(Struct, frozen=True):
    """A call for help.  `rest` is the spoken place (empty if nothing was left), `word` the one that was found."""

    rest: str
    word: str


class NoteOnOwnAlert(Struct, frozen=True):
    text: str


class AnythingIsSos(Struct, frozen=True):
    """Not a word of help in it, but it comes from somebody on a walk or in the first 72 h of a watch window."""

    rest: str


class NumberMiss(Struct, frozen=True):
    """Four digits that are nobody's: a slip, or somebody guessing."""

    number: str


class NoteFromHelper(Struct, frozen=True):
    """Other text of somebody rung."""

    text: str


class NotUnderstood(Struct, frozen=True):
    """To be answered with how to call for help."""


Reading = (
    AnswerNumber
    | PlainAnswer
    | WalkCommand
    | EnrolmentOrReachReply
    | SosWord
    | NoteOnOwnAlert
    | AnythingIsSos
    | NumberMiss
    | NoteFromHelper
    | NotUnderstood
)


class Context(Struct, frozen=True, kw_only=True):
    """What is known of the sender's number when the text is read.

    `live_numbers`, `expired_numbers`: of this contact only.  `anything_rings`: on a walk, or in the first 72 h of a
    watch window.  `rung_for`: open alerts the sender is rung for.  `awaited`: whole texts the system has asked this
    number for (an enrolment code, a reach-test reply).  `places`: what the site of the sender calls its places, by id.
    """

    known_member: bool = False
    live_numbers: frozenset[str] = frozenset()
    expired_numbers: frozenset[str] = frozenset()
    rung_for: int = 0
    own_alert_open: bool = False
    anything_rings: bool = False
    awaited: frozenset[str] = frozenset()
    places: Mapping[str, str] = {}
    words: tuple[str, ...] = SOS_WORDS


def read(text: str, context: Context) -> Reading:
    """What `text` asks for.  Total: any text has a reading, and the same text in the same context the same one."""
    whole = folded_whole(text)
    return (
        _answer(whole, context)
        or _command(text, whole, context)
        or sos_word(text, context.words)
        or _from_one_in_danger(text, context)
        or _left_over(text, whole, context)
    )


def _answer(whole: str, context: Context) -> AnswerNumber | PlainAnswer | None:
    if whole in context.live_numbers:
        return AnswerNumber(whole, expired=False)
    if whole in context.expired_numbers:
        return AnswerNumber(whole, expired=True)
    if whole in ("1", "2", "3") and context.rung_for == 1:
        return PlainAnswer(int(whole))
    return None


def _command(text: str, whole: str, context: Context) -> WalkCommand | EnrolmentOrReachReply | None:
    if context.known_member and (command := _of_walk(text, whole, context)) is not None:
        return command
    if whole and whole in {folded_whole(asked) for asked in context.awaited}:
        return EnrolmentOrReachReply(whole)
    return None


def names_a_walk(text: str) -> bool:
    """May this text be one that starts a walk?  Only then its reader need know the places of the site."""
    return folded_whole(text).startswith("WALK")


def _of_walk(text: str, whole: str, context: Context) -> WalkCommand | None:
    """A number that is a word of help (911) counts no minutes: that text rings."""
    if whole == "HOME":
        return WalkCommand(WalkWord.HOME)
    found = _EXTEND.fullmatch(whole) or _WALK.fullmatch(whole)
    if found is None or (found[1] and sos_word(found[1], context.words)):
        return None
    minutes = int(found[1]) if found[1] else None
    if found.re is _EXTEND:
        return WalkCommand(WalkWord.EXTEND, minutes)
    start = WalkCommand(WalkWord.START, minutes)
    return start if found[2] is None else _whereto(start, found[2], text, whole, context)


def _whereto(start: WalkCommand, rest: str, text: str, whole: str, context: Context) -> WalkCommand | None:
    """The command with where it leads.  None: what follows is neither a place nor what somebody at ease would write."""
    if place := _place_called(rest, context.places):
        return replace(start, place=place)
    found = _TO.fullmatch(rest)
    if found is not None:
        start, rest = replace(start, to=found[1].lower()), found[2] or ""
        if not rest:
            return start
        if place := _place_called(rest, context.places):
            return replace(start, place=place)
    busy = context.anything_rings or context.own_alert_open or context.rung_for
    if busy or start.minutes is None or sos_word(rest, context.words):
        return None
    return replace(start, way=_as_written(rest, text, whole))


def _place_called(name: str, places: Mapping[str, str]) -> str | None:
    wanted = _flat(name)
    return next((id for id, label in places.items() if _flat(folded_whole(label)) == wanted), None)


def _flat(folded: str) -> str:
    """Without the signs inside: "BAY 4, LOT A" is "BAY 4 LOT A"."""
    return " ".join(re.sub(r"[\W_]+", " ", folded).split())


def _as_written(rest: str, text: str, whole: str) -> str:
    """The last words of the text, which are folded in `rest`."""
    written = _trimmed(text).split()
    return " ".join(written[-len(rest.split()) :]) if len(written) == len(whole.split()) else rest


def _from_one_in_danger(text: str, context: Context) -> NoteOnOwnAlert | AnythingIsSos | None:
    if context.own_alert_open:
        return NoteOnOwnAlert(text)
    return AnythingIsSos(_trimmed(text)) if context.anything_rings else None


def _left_over(text: str, whole: str, context: Context) -> NumberMiss | NoteFromHelper | NotUnderstood:
    if len(whole) == NUMBER_DIGITS and whole.isdecimal():
        return NumberMiss(whole)
    return NoteFromHelper(text) if context.rung_for and whole else NotUnderstood()


# Folding ---------------------------------------------------------------------------------------------------------


def _fold(char: str) -> str:
    """One character as capital Latin letters, digits, a blank, or other signs: no accents, no full width."""
    if char == SOS_SIGN:
        return " SOS "
    bare = "".join(letter(part) for part in unicodedata.normalize("NFKD", char))
    return "".join(part for part in unicodedata.normalize("NFD", bare) if not unicodedata.combining(part)).upper()


def folded_whole(text: str) -> str:
    """The folded text on one line, without blanks and signs around it."""
    return " ".join(_without_edges("".join(map(_fold, text))).split())


def _without_edges(text: str) -> str:
    spoken = [index for index, char in enumerate(text) if char.isalnum()]
    return text[spoken[0] : spoken[-1] + 1] if spoken else ""


def _trimmed(text: str) -> str:
    """A spoken place as it was written, without the blanks and signs the SOS word leaves around it."""
    return " ".join(_without_edges(text).split())


def sos_word(text: str, words: tuple[str, ...] = SOS_WORDS) -> SosWord | None:
    """The first of `words` (in their order) that stands in `text` as a whole word, all its repetitions taken out."""
    folded = [(part, index) for index, char in enumerate(text) for part in _fold(char)]
    flat = "".join(part for part, _ in folded)
    for word, pattern in _patterns(words):
        spans = [(folded[found.start()][1], folded[found.end() - 1][1] + 1) for found in pattern.finditer(flat)]
        if spans:
            return SosWord(_without(text, spans), word)
    return None


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    kept, at = [], 0
    for start, end in spans:
        kept.append(text[at:start])
        at = max(at, end)
    return _trimmed(" ".join([*kept, text[at:]]))


@lru_cache(maxsize=64)
def _patterns(words: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Signs inside a word count as nothing (S.O.S) and beside it as a blank (sos,lot b), in any mixture.

    A word spelled out with blanks between all its letters (S O S) counts too.
    """
    found = []
    for word in words:
        letters = [re.escape(part) for part in folded_whole(word).replace(" ", "")]
        if letters:
            inside, spelled = r"(?:[^\w\s]|_)*".join(letters), r"[\W_]+".join(letters)
            found.append((word, re.compile(rf"(?<![^\W_])(?:{inside}|{spelled})(?![^\W_])")))
    return tuple(found)
