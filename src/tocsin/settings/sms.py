"""Texts: which vendors carry them, and which words in one call for help, of what was set."""

from __future__ import annotations

from collections.abc import Container, Mapping

from msgspec import Struct

from tocsin.core.limits import SOS_WORD_MAX_CHARS, SOS_WORD_MIN_CHARS, SOS_WORDS_ADDED_MAX
from tocsin.core.sos_words import Unfit, unfit, words_with
from tocsin.intake.tomltables import nearest, shown
from tocsin.settings.parts import VENDORS, PartProblem, Sms

PART = "sms"
WHY = {
    Unfit.NOTHING: "which has no letter that a text could bring",
    Unfit.NUMBER: "which is a number, and numbers are answers",
    Unfit.WORDS: "which is more than one word",
    Unfit.SHORT: f"which is shorter than {SOS_WORD_MIN_CHARS} letters",
    Unfit.LONG: f"which is longer than {SOS_WORD_MAX_CHARS} letters",
    Unfit.CARRIER: "which carriers act on by themselves",
    Unfit.COMMAND: "which is a command of a walk",
    Unfit.OURS: "which stands in a text that Tocsin sends, and would ring when somebody quotes it",
}
REMEDY = "choose one word that nobody writes by chance; until then it calls nobody"


def usable_words(sms: Sms, problems: list[PartProblem]) -> tuple[str, ...]:
    """Every word that calls for help here; a problem for each that was set and does not."""
    added = sms.sos_words[:SOS_WORDS_ADDED_MAX]
    if len(sms.sos_words) > len(added):
        what = f"sos_words has more than {SOS_WORDS_ADDED_MAX}, and only so many count"
        problems.append(PartProblem(PART, what, "take out those that nobody knows"))
    always = words_with((), help_rings=sms.help_rings)
    for word in added:
        why = None if word.upper() in always else unfit(word)
        if why is not None:
            problems.append(PartProblem(PART, f"sos_words has {shown(word)}, {WHY[why]}", REMEDY))
    return words_with(added, help_rings=sms.help_rings)


def usable_vendors(
    sms: Sms, parts: Mapping[str, Struct | None], named: Container[str], problems: list[PartProblem]
) -> tuple[str, ...]:
    """The vendors that are set up (`parts`), in their order.  `named`: the sections that somebody wrote."""
    wanted = sms.vendors or VENDORS
    for vendor in wanted:
        if vendor not in VENDORS:
            problems.append(PartProblem(PART, f"unknown vendor {shown(vendor)}", nearest(vendor, VENDORS)))
        elif sms.vendors and f"sms.{vendor}" not in named:
            what = "vendors names it and it is not set up"
            problems.append(PartProblem(f"sms.{vendor}", what, "set it up, or take it out"))
    good = tuple(dict.fromkeys(vendor for vendor in wanted if parts.get(vendor) is not None))
    if not good:
        what = "no vendor is set up; nobody is told by SMS"
        problems.append(PartProblem(PART, what, "set up sms.twilio and see its problems"))
    return good
