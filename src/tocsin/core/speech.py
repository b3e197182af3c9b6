"""What a call says, as text for a voice to read: whole sentences in any script, never a segment's hurry.

Theory of operation
-------------------
The order is that of the text message: what it is, who, what could get somebody killed if it were not said, how it
came, where, what this duty does, which keys answer.  Digits of a longer number are spoken one by one, and a name in
letters that the voice cannot read is written in Latin ones.  A drill begins with DRILL and has no word of a real alert
of ours in it; a real one never begins so.

Names, places and instructions are cut to what can be listened to; the place itself is always said, with its source and
its age.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from msgspec.structs import replace

from tocsin.core.commands import PlaceReport
from tocsin.core.gsm7 import has_letters, latin
from tocsin.core.limits import SECOND_MS
from tocsin.core.ring import OCCURRED_LABELLED_MS, Saying
from tocsin.core.scripts import OUTCOMES, duty_of, override, spoken
from tocsin.core.spoken_words import AGES, ALARMS, INSTRUCTIONS_SPOKEN, PLACES, aloud
from tocsin.core.whereabouts import RADIUS_MAX_M, age_in, in_order, is_fix
from tocsin.core.words import Came, Outcome, PlaceKind, Why

NAME_HEARD_MAX, LABEL_HEARD_MAX, INSTRUCTION_HEARD_MAX = 80, 160, 400  # Characters; longer nobody remembers.
PLACES_HEARD_MAX = 2
COORDINATE_DIGITS = 4  # About ten metres.
_INNER_DIGIT = re.compile(r"\d(?=\d)")


def ring_speech(saying: Saying, now_ms: int, *, answerable: bool = True) -> str:
    """The call for help to one person; `answerable`: with the keys that answer it."""
    return _composed(replace(saying, numbers=("", "", ""), reference=""), now_ms // SECOND_MS * SECOND_MS, answerable)


@lru_cache(maxsize=512)
def _composed(saying: Saying, now_ms: int, answerable: bool) -> str:
    """Two hundred people are told the same, so it is composed once."""
    language = saying.language
    told = _drill(saying, now_ms) if saying.drill else _real(saying, now_ms)
    again = [aloud(language, "again")] if saying.again else []
    offer = [aloud(language, "offer")] if answerable else []
    return " ".join([*told, *again, *offer])


def all_clear_speech(who: str, language: str, *, drill: bool = False) -> str:
    """The alert is over; spoken once to each person reached by a call."""
    return aloud(language, "drill_all_clear" if drill else "all_clear").replace("{who}", _name(who, language))


def drill_over_speech(language: str) -> str:
    """A drill was ended by something more important; never says by what."""
    return aloud(language, "drill_over")


def reminder_speech(minutes: int, language: str, *, again: bool = False) -> str:
    """To whoever is on a walk: so much of their time is left; 0: none is.  A bystander hears no more than that."""
    key = ("walk_up", "walk_left_one")[minutes] if minutes < 2 else "walk_left"
    told = aloud(language, key).replace("{n}", str(minutes))
    return f"{told} {aloud(language, 'again')}" if again else told


def closing_speech(who: str, by: str, outcome: Outcome, language: str, *, drill: bool = False) -> str:
    """Somebody proposes to close: anyone rung may object."""
    parts = {"who": _name(who, language), "by": _name(by, language), "outcome": OUTCOMES[spoken(language)][outcome]}
    return _filled(aloud(language, "drill_closing" if drill else "closing"), parts)


def readable(text: str, limit: int) -> str:
    """`text` as a voice can read it: one line, Latin letters where it has others, digits apart, cut to `limit`."""
    clean = " ".join("".join(sign for sign in unicodedata.normalize("NFC", text) if _audible(sign)).split())
    if not all(_of_latin_script(sign) for sign in clean):
        clean = latin(clean)
    return _INNER_DIGIT.sub(r"\g<0> ", clean[:limit].rstrip())


# The sentences of a ring -----------------------------------------------------------------------------------------


def _drill(saying: Saying, now_ms: int) -> list[str]:
    language = saying.language
    about = aloud(language, "drill_for").replace("{who}", _name(saying.who, language))
    places = _places(saying, now_ms)
    where = [aloud(language, "drill_place"), *places] if places else []
    return [aloud(language, "drill"), about, *where, aloud(language, "drill_do")]


def _real(saying: Saying, now_ms: int) -> list[str]:
    language = saying.language
    alarm = ALARMS[spoken(language)][saying.kind].replace("{who}", _name(saying.who, language))
    return [
        *([aloud(language, "real_alert")] if saying.after_drill else []),
        alarm,
        *_news(saying),
        *_flags(saying, now_ms),
        *(_places(saying, now_ms) or [aloud(language, "no_place")]),
        _instruction(saying),
    ]


def _news(saying: Saying) -> list[str]:
    if saying.why is Why.HELPER_SILENT:
        helper = readable(saying.silent_helper or "", NAME_HEARD_MAX) or aloud(saying.language, "a_helper")
        return [aloud(saying.language, "helper_silent").replace("{name}", helper)]
    return [aloud(saying.language, "pressed_again")] if saying.why is Why.PRESSED_AGAIN else []


def _flags(saying: Saying, now_ms: int) -> list[str]:
    flags = {
        "do_not_approach": saying.suspended,
        "under_duress": saying.under_duress,
        "says_safe": saying.says_safe and not saying.under_duress,
        "was_down": saying.was_down,
        "revoked": saying.came is Came.REVOKED,
        "by_sms": saying.came is Came.SMS,
        "by_call": saying.came is Came.CALL,
    }
    then_ms = saying.occurred_at_ms
    late = then_ms is not None and abs(now_ms - then_ms) > OCCURRED_LABELLED_MS
    said = [aloud(saying.language, key) for key, raised in flags.items() if raised]
    if late and then_ms is not None:
        said.append(aloud(saying.language, "occurred").replace("{age}", _age(then_ms, now_ms, saying.language)))
    return said


def _instruction(saying: Saying) -> str:
    own = override(saying.duties, saying.language, saying.scripts)
    default = INSTRUCTIONS_SPOKEN[spoken(saying.language)][duty_of(saying.duties)]
    return _sentence(_whole_sentences(own, INSTRUCTION_HEARD_MAX)) if own else default


def _whole_sentences(text: str, limit: int) -> str:
    """The first whole sentences that fit: half of "go out only with police" would send people out."""
    said = ""
    for sentence in re.split(r"(?<=[.!?])\s+", readable(text, len(text))):
        if len(said) + len(sentence) > limit:
            break
        said = f"{said} {sentence}".strip()
    return said or readable(text, limit)


def _sentence(text: str) -> str:
    return text if text[-1:] in ".!?" else text + "."


# Where -----------------------------------------------------------------------------------------------------------


def _places(saying: Saying, now_ms: int) -> list[str]:
    """The most useful places, each a sentence; coordinates only where no words for the place are known."""
    known = in_order(saying.places, now_ms)[:PLACES_HEARD_MAX]
    said = [_place(report, now_ms, saying.language) for report in known]
    only_fix = [report for report in known if is_fix(report)] if all(map(is_fix, known)) else []
    return said + [_coordinates(report, saying.language) for report in only_fix]


def _place(report: PlaceReport, now_ms: int, language: str) -> str:
    parts = {"age": _age(report.at_ms, now_ms, language), "label": "", "within": ""}
    if is_fix(report):
        parts["within"] = _within(report.radius_m, language)
        return _filled(PLACES[spoken(language)][PlaceKind.FIX], parts)
    label = readable(report.label or "", LABEL_HEARD_MAX).rstrip(".!? ")
    parts["label"] = label if _heard(label) else aloud(language, "no_label")
    kind = PlaceKind.SPOKEN if report.kind is PlaceKind.FIX else report.kind
    return _filled(PLACES[spoken(language)][kind], parts)


def _within(radius_m: float | None, language: str) -> str:
    if radius_m is None or not 0 <= radius_m <= RADIUS_MAX_M:
        return aloud(language, "within_unsure")
    return aloud(language, "within").replace("{n}", str(-int(-radius_m // 1)))


def _coordinates(report: PlaceReport, language: str) -> str:
    assert report.lat is not None and report.lon is not None
    parts = {"lat": _digits(report.lat, language), "lon": _digits(report.lon, language)}
    return _filled(aloud(language, "coordinates"), parts)


def _digits(value: float, language: str) -> str:
    """A coordinate, digit by digit."""
    written = f"{abs(value):.{COORDINATE_DIGITS}f}".replace(".", f" {aloud(language, 'point')} ")
    minus = f"{aloud(language, 'minus')} " if value < 0 else ""
    return minus + _INNER_DIGIT.sub(r"\g<0> ", written)


def _age(then_ms: int, now_ms: int, language: str) -> str:
    unit, count = age_in(then_ms, now_ms)
    one, several = AGES[spoken(language)][unit]
    return one if count == 1 else several.replace("{n}", str(count))


# Letters ---------------------------------------------------------------------------------------------------------


def _filled(text: str, parts: dict[str, str]) -> str:
    """Every blank filled at once: braces in a name are a name's own."""
    return re.sub(r"\{(\w+)\}", lambda blank: parts[blank[1]], text)


def _name(name: str, language: str) -> str:
    said = readable(name, NAME_HEARD_MAX).rstrip(". ")
    return said if _heard(said) else aloud(language, "no_name")


def _heard(text: str) -> bool:
    return has_letters(text)


def _audible(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn")


def _of_latin_script(sign: str) -> bool:
    """Letters and digits of ours, and signs that are nobody's."""
    if sign.isalpha():
        return unicodedata.name(sign, "").startswith("LATIN") or sign in "ªº"
    return not sign.isdecimal() or sign.isascii()
