"""The call for help as one GSM-7 segment, whatever names, places and plans contain.

Theory of operation
-------------------
A ring is a row of named parts in reading order: who, how it came, where, what this duty does, how to answer.  When
they do not fit, the cuts below are made one after the other, the least important first, until they do.  The answer
numbers and the reference are never cut; source and age of the place neither; its words last of all, and only when
nothing else is left to give.

A real ring begins with SOS (or REAL ALERT), a drill with DRILL and with no other alarm word, so that neither can
be taken for the other from the first words on a locked screen.  A drill tells nobody to send or to lock anything.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from tocsin.core.commands import PlaceReport
from tocsin.core.directory import Script
from tocsin.core.gsm7 import fit, fit_name, has_letters, latin, septets
from tocsin.core.limits import GSM7_SEGMENT, SECOND_MS
from tocsin.core.scripts import KINDS, instruction, override, phrase, shortest, spoken
from tocsin.core.whereabouts import Said, age, said
from tocsin.core.words import Came, Duty, Kind, Why

OCCURRED_LABELLED_MS = 60_000  # An SOS that took longer than this to reach us says so.
NAME_SHORT, NAME_SHORTER, NAME_LAST = 20, 12, 8
LABEL_LONG, LABEL_SHORT = 64, 40  # A place longer than this is a story; its beginning names the place.
REFERENCE_LETTERS = "bcdfghjkmnpqrstvwxz"  # No vowels: no words.  No digits: nothing to confuse with the answers.


BLANK_NUMBERS = ("ΔΔΦΦ", "ΓΓΛΛ", "ΩΩΠΠ")  # As wide as answer numbers, and in no Latin text.
BLANK_REFERENCE = "blank"


class Saying(Struct, frozen=True, kw_only=True):
    """All that one ring says to one person.

    `numbers`: coming, with them, cannot.  `reference`: the delivery's id.  `again`: this very message was perhaps sent
    before.  `silent_helper`: the name behind a HELPER_SILENT.  `suspended`: of the person in danger.  `was_down`: the
    service was, when this should have rung.  `link`: to the page on which they answer; said where it fits.
    """

    who: str
    numbers: tuple[str, str, str]
    reference: str
    kind: Kind = Kind.SOS
    places: tuple[PlaceReport, ...] = ()
    language: str = "en"
    duties: tuple[Duty, ...] = ()
    scripts: tuple[Script, ...] = ()
    why: Why = Why.RAISED
    came: Came = Came.DEVICE
    again: bool = False
    drill: bool = False
    after_drill: bool = False
    silent_helper: str | None = None
    says_safe: bool = False
    under_duress: bool = False
    suspended: bool = False
    was_down: bool = False
    occurred_at_ms: int | None = None
    link: str = ""


def ring_text(saying: Saying, now_ms: int) -> str:
    """The call for help to one person: at most 160 septets of GSM-7, always with a place and all three numbers.

    Two hundred people are told the same but for their numbers, so what is the same is composed once.
    """
    blank_saying = replace(saying, numbers=BLANK_NUMBERS, reference=BLANK_REFERENCE, link="")
    form = _composed(blank_saying, now_ms // SECOND_MS * SECOND_MS)
    blanks = (*BLANK_NUMBERS, f"#{reference(BLANK_REFERENCE)}")
    for blank, filling in zip(blanks, (*saying.numbers, f"#{reference(saying.reference)}"), strict=True):
        assert form.count(blank) == 1  # Everything else in it is Latin letters.
        form = form.replace(blank, filling)
    return with_link(form, saying.link)


def with_link(text: str, link: str, before: str = "") -> str:
    """The text and the link behind it, introduced if that fits too; the text alone where a segment holds no more."""
    for words in (before, ""):
        whole = " ".join(filter(None, (text, words, link)))
        if link and latin(link) == link and septets(whole) <= GSM7_SEGMENT:
            return whole
    return text


def ring_lines(saying: Saying, now_ms: int) -> list[str]:
    """What a ring says before its answer numbers, uncut: for ways on which nothing has to fit into a segment."""
    return _lines(_parts(saying, said(saying.places, now_ms, saying.language), now_ms))


def first_words(saying: Saying) -> str:
    """What a ring is, beyond mistaking, and nothing of whom or where: fit for a subject line."""
    return _alarm(saying)


@lru_cache(maxsize=512)
def _composed(saying: Saying, now_ms: int) -> str:
    places = said(saying.places, now_ms, saying.language)
    parts = _parts(saying, places, now_ms)
    for name, shorter in _cuts(saying, places, now_ms):
        if septets(_joined(parts)) <= GSM7_SEGMENT:
            return _joined(parts)
        parts[name] = min(parts[name], shorter, key=septets)
    room = GSM7_SEGMENT - septets(_joined(parts | {"where": "?"})) + 1
    return _joined(parts | {"where": fit(parts["where"], room)})


def real_alert_text(saying: Saying, now_ms: int) -> str:
    """The same ring to somebody who was in a drill until now: it begins with REAL ALERT."""
    return ring_text(replace(saying, after_drill=True, drill=False), now_ms)


# The parts of a ring, in reading order ---------------------------------------------------------------------------


def _parts(saying: Saying, places: tuple[Said, ...], now_ms: int) -> dict[str, str]:
    return {
        "head": _head(saying),
        "who": name_text(saying.who, saying.language),
        "care": _care(saying, short=False),
        "how": _how(saying, now_ms, short=False),
        "where": places[0].words if places else _say(saying, "no_place"),
        "source": f"({places[0].source})" if places else "",
        "also": "; ".join(place.whole for place in places[1:]),
        "do": _instructions(saying)[0],
        "answer": _say(saying, "answer"),
        "numbers": _numbers(saying),
        "reference": f"#{reference(saying.reference)}" + (f" {_say(saying, 'again')}" if saying.again else ""),
    }


def _joined(parts: dict[str, str]) -> str:
    answers = (parts["answer"], parts["numbers"], parts["reference"])
    return " ".join([*_lines(parts), *filter(None, answers)])


def _lines(parts: dict[str, str]) -> list[str]:
    lines = (
        f"{parts['head']} {parts['who']}",
        parts["care"],
        parts["how"],
        "; ".join(filter(None, (f"{parts['where']} {parts['source']}".strip(), parts["also"]))),
        parts["do"],
    )
    return [_sentence(line) for line in lines if line]


def _sentence(text: str) -> str:
    return text if text[-1] in ".!?" else text + "."


def _cuts(saying: Saying, places: tuple[Said, ...], now_ms: int) -> list[tuple[str, str]]:
    """(part, what it becomes), the least important first."""
    name = name_text(saying.who, saying.language)
    instructions = [("do", text) for text in _instructions(saying)[1:]]
    return [
        *_fewer_places(places),
        ("who", fit_name(name, NAME_SHORT)),
        *instructions[:-1],
        ("answer", ""),
        ("how", _how(saying, now_ms, short=True)),
        *[("where", fit(place.words, LABEL_LONG)) for place in places[:1]],
        *instructions[-1:],
        ("care", _care(saying, short=True)),
        ("head", _short_head(saying)),
        ("who", fit_name(name, NAME_SHORTER)),
        ("how", _late(saying, now_ms)),
        *[("where", place.brief or fit(place.words, LABEL_SHORT)) for place in places[:1]],
        ("do", ""),
        ("how", ""),
        ("who", fit(name, NAME_LAST)),
    ]


def _fewer_places(places: tuple[Said, ...]) -> list[tuple[str, str]]:
    second = places[1:2]
    return [
        *[("also", place.whole) for place in second],
        *[("also", f"{place.brief} ({place.source})") for place in second if place.brief],
        ("also", ""),
    ]


def _head(saying: Saying) -> str:
    if saying.why is Why.HELPER_SILENT:
        helper = fit_name(latin(saying.silent_helper or ""), NAME_SHORT) or _say(saying, "a_helper")
        return f"{_alarm(saying)}: {_say(saying, 'helper_silent').format(name=helper)}. {_say(saying, 'for')}"
    return f"{_alarm(saying)}{_pressed(saying)}:"


def _short_head(saying: Saying) -> str:
    silent = f" {_say(saying, 'helper_silent_short')}" if saying.why is Why.HELPER_SILENT else ""
    return f"{_short_alarm(saying)}{silent}{_pressed(saying)}:"


def _pressed(saying: Saying) -> str:
    return f" {_say(saying, 'pressed_again')}" if saying.why is Why.PRESSED_AGAIN else ""


def _alarm(saying: Saying) -> str:
    """The first words: what this is, beyond mistaking."""
    if saying.drill:
        return _say(saying, "drill")
    kind = latin(KINDS[spoken(saying.language)][saying.kind])
    return f"{_say(saying, 'real_alert')}: {kind}" if saying.after_drill else kind


def _short_alarm(saying: Saying) -> str:
    if saying.drill:
        return _say(saying, "drill_short")
    return _say(saying, "real_alert_short") if saying.after_drill else _alarm(saying)


def _care(saying: Saying, *, short: bool) -> str:
    """What could get somebody killed if it were not said."""
    safe = saying.says_safe and not saying.under_duress
    flags = {"do_not_approach": saying.suspended, "under_duress": saying.under_duress, "says_safe": safe}
    return _flags(saying, flags, short)


def _how(saying: Saying, now_ms: int, *, short: bool) -> str:
    flags = {
        "was_down": saying.was_down,
        "revoked": saying.came is Came.REVOKED,
        "by_sms": saying.came is Came.SMS and not short,
        "by_call": saying.came is Came.CALL and not short,
    }
    return ", ".join(filter(None, (_late(saying, now_ms), _flags(saying, flags, short))))


def _late(saying: Saying, now_ms: int) -> str:
    """The age of a press that took long to reach us."""
    then_ms = saying.occurred_at_ms
    if then_ms is None or abs(now_ms - then_ms) <= OCCURRED_LABELLED_MS:
        return ""
    return _say(saying, "occurred").format(age=age(then_ms, now_ms, saying.language))


_SHORT = {"under_duress": "under_duress_short", "says_safe": "says_safe_short", "revoked": "revoked_short"}


def _flags(saying: Saying, flags: dict[str, bool], short: bool) -> str:
    keys = [key for key, raised in flags.items() if raised]
    return ", ".join(_say(saying, _SHORT.get(key, key) if short else key) for key in keys)


def _instructions(saying: Saying) -> list[str]:
    """The instruction, then ever fewer of its whole sentences, then the shortest default; never half a sentence.

    Half of "go out only with police" would send people out.
    """
    if saying.drill:
        return [_say(saying, "drill_do")]
    text = latin(instruction(saying.duties, saying.language, saying.scripts))
    brief = [latin(shortest(saying.duties, saying.language))]
    if override(saying.duties, saying.language, saying.scripts) is None:
        return [text, *brief]
    sentences = re.split(r"(?<=[.!?]) ", text)
    return [" ".join(sentences[:count]) for count in range(len(sentences), 0, -1)] + brief


def _numbers(saying: Saying) -> str:
    words = [_say(saying, key) for key in ("coming", "with_them", "cannot")]
    return " ".join(f"{number}={word}" for number, word in zip(saying.numbers, words, strict=True))


def _say(saying: Saying, key: str) -> str:
    return latin(phrase(saying.language, key))


def name_text(name: str, language: str) -> str:
    """A person's name in GSM-7, or words that say why there is none."""
    written = latin(name)
    return written if has_letters(written) else latin(phrase(language, "no_name"))


def reference(delivery: str) -> str:
    """Three letters that stay the same for every physical send of one delivery."""
    digest = hashlib.sha256(delivery.encode("utf-8", "surrogatepass")).digest()
    return "".join(REFERENCE_LETTERS[byte % len(REFERENCE_LETTERS)] for byte in digest[:3])
