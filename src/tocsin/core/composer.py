"""Every text message of the bell.  Each is one GSM-7 segment and a pure function of what it is given.

The ring itself is in `ring.py`.  No text here asks for STOP, CANCEL, END, QUIT, YES or START: carriers act on those.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from tocsin.core.gsm7 import fit, fit_name, latin, septets
from tocsin.core.limits import GSM7_SEGMENT
from tocsin.core.reading import sos_word
from tocsin.core.ring import Saying, name_text, real_alert_text, reference, ring_text, with_link
from tocsin.core.scripts import OUTCOMES, phrase, spoken
from tocsin.core.words import Outcome

__all__ = [
    "ReplyKind",
    "Saying",
    "all_clear_text",
    "announcement_text",
    "answered_text",
    "closing_text",
    "drill_over_text",
    "drill_round_text",
    "follow_up_text",
    "linked_reply_text",
    "reach_test_text",
    "real_alert_text",
    "reference",
    "reply_text",
    "ring_text",
    "roll_call_text",
    "walk_text",
]

NAME_MAX = 30  # Septets of one name where several stand in a text.


class ReplyKind(StrEnum):
    """What a text message is answered with; the words are in `scripts.py` under the same name."""

    RECEIVED = "received"
    HELP = "help"
    UNKNOWN = "unknown"
    NOTE_TAKEN = "note_taken"
    TOOK_COMING = "took_coming"
    TOOK_WITH_THEM = "took_with_them"
    TOOK_CANNOT = "took_cannot"
    PLAIN = "plain"
    ALERT_OVER = "alert_over"
    MISS = "miss"
    WALK_BY_SMS = "walk_by_sms"
    WALK_TIME = "walk_time"
    WALK_ALREADY = "walk_already"
    WALK_NONE = "walk_none"
    WALK_ENOUGH = "walk_enough"
    TOOK_ROUND = "took_round"


def reply_text(kind: ReplyKind, language: str) -> str:
    """The answer to a text message.  RECEIVED is the neutral one: it betrays nothing to whoever holds the phone."""
    return latin(phrase(language, kind.value))


def linked_reply_text(reply: str, language: str, link: str, *, own: bool) -> str:
    """The same answer with the link behind it, where both fit.  `own`: to the person in danger, who says where."""
    return with_link(reply, link, latin(phrase(language, "show_place" if own else "page")))


def answered_text(language: str, delivery: str, link: str, *, drill: bool = False) -> str:
    """After an answer on a call: the page that nobody can read aloud.  Empty where a segment does not hold it."""
    text = latin(phrase(language, "answered_call"))
    told = f"{latin(phrase(language, 'drill_short'))}: {text}" if drill else text
    whole = with_link(f"{told} #{reference(delivery)}", link)
    return whole if link and whole.endswith(link) else ""


def all_clear_text(who: str, language: str, delivery: str, *, drill: bool = False) -> str:
    """The alert is over; sent once to each person reached."""
    text = phrase(language, "all_clear")
    return _segment(f"{phrase(language, 'drill')}: {text}" if drill else text, language, delivery, {"who": who})


def drill_over_text(language: str, delivery: str) -> str:
    """A drill was ended by something more important; never says by what."""
    return _segment(phrase(language, "drill_over"), language, delivery, {})


def drill_round_text(name: str, number: str, language: str, delivery: str, *, again: bool = False) -> str:
    """One message of a drill of many: what it is first, beyond mistaking, then the number that says it came."""
    frame = phrase(language, "drill_round").replace("{drill}", phrase(language, "drill"))
    return _of_round(frame.replace("{drill_do}", phrase(language, "drill_do")), name, number, language, delivery, again)


def reach_test_text(name: str, number: str, language: str, delivery: str, *, again: bool = False) -> str:
    """Asks for a number back.  Says who asks and that nothing is wrong; no word of it can be read as an alarm."""
    return _of_round(phrase(language, "reach_test"), name, number, language, delivery, again)


def roll_call_text(name: str, number: str, language: str, delivery: str, *, again: bool = False) -> str:
    """It is real, and asks one thing.  Sent back whole it rings nobody, so no SOS word is in it; whoever sends anything
    else is told the word."""
    return _of_round(phrase(language, "roll_call"), name, number, language, delivery, again)


def _of_round(frame: str, name: str, number: str, language: str, delivery: str, again: bool) -> str:
    """A name with an SOS word in it ("… Emergency Dispatch", or one that a cut leaves) is left out: no practice looks
    like a call for help, and nobody who sends it back calls for one."""
    text = frame.replace("{number}", number) + (f" {phrase(language, 'again')}" if again else "")
    told = _segment(text, language, delivery, {"name": name})
    return _segment(text, language, delivery, {"name": phrase(language, "workplace")}) if sos_word(told) else told


def announcement_text(address: str, language: str, delivery: str, *, again: bool = False) -> str:
    """There is something to look at, and where; an address that does not fit, or that sent back would call for help,
    is left out, for members know it."""
    text = phrase(language, "announcement") + (f" {phrase(language, 'again')}" if again else "")
    whole = _segment(text, language, delivery, {})
    front, _, tail = whole.rpartition(" ")
    told = f"{front} {address} {tail}" if address else whole
    fits = latin(told) == told and septets(told) <= GSM7_SEGMENT
    return told if fits and not sos_word(told) else whole


def walk_text(key: str, language: str, delivery: str, *, minutes: int = 0, again: bool = False) -> str:
    """What is told because of a walk: neutral words, without a name or a place."""
    text = phrase(language, key).replace("{n}", str(minutes))
    return _segment(text + (f" {phrase(language, 'again')}" if again else ""), language, delivery, {})


def closing_text(
    who: str,
    by: str,
    outcome: Outcome,
    language: str,
    delivery: str,
    *,
    confirmed_by: str | None = None,
    commits_in_s: int = 0,
    drill: bool = False,
) -> str:
    """Somebody proposes to close (or two people do, and it commits in `commits_in_s`): anyone rung may object."""
    text = phrase(language, "closing" if confirmed_by is None else "closing_confirmed")
    text = f"{phrase(language, 'drill')}: {text}" if drill else text
    text = text.replace("{outcome}", OUTCOMES[spoken(language)][outcome]).replace("{n}", str(commits_in_s))
    return _segment(text, language, delivery, {"who": who, "by": by, "other": confirmed_by or ""})


def follow_up_text(coming: Sequence[str], rung: int, language: str, link: str | None = None) -> str:
    """Who is on the way, told to the person in danger.

    Only for an alert that is neither silent, nor under duress, nor in a watch window: the caller decides.
    """
    text = phrase(language, "follow_up" if coming else "follow_up_nobody").replace("{n}", str(rung))
    tail = f" {latin(link)}" if link else ""
    room = GSM7_SEGMENT - septets(tail)
    names = ", ".join(fit_name(name_text(name, language), NAME_MAX) for name in coming)
    names = fit(names, max(0, room - septets(latin(text).replace("{names}", ""))))
    return fit(latin(text).replace("{names}", names), room) + tail


def _segment(text: str, language: str, delivery: str, names: dict[str, str]) -> str:
    """`text` with its names, each cut to an even share of the room, and the delivery's reference behind it."""
    tail = f" #{reference(delivery)}"
    frame = latin(text)
    bare = frame
    for key in names:
        bare = bare.replace("{" + key + "}", "")
    share = (GSM7_SEGMENT - septets(tail) - septets(bare)) // max(1, len(names))
    parts = {key: fit_name(name_text(name, language), share) for key, name in names.items()}
    return re.sub(r"\{(\w+)\}", lambda blank: parts[blank[1]], frame) + tail
