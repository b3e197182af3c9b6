"""The after-action report of one alert as a PDF: what the page of the same reader shows, and nothing else."""

from __future__ import annotations

from typing import Any

import msgspec

from tocsin.web.history import report_map
from tocsin.web.history.report_map import Map
from tocsin.web.history.told import Told, Tongue, days_of
from tocsin.web.speaking import Say, words
from tocsin.web.typesetting import Typesetter

PAPER = {"en": "us-letter", "es": "us-letter"}
PAPERS = ("us-letter", "a4")


class Printer(Typesetter):
    """Makes reports."""

    async def pdf(
        self, told: Told, tongue: Tongue, reader: str, at_ms: int, plan: Map | None = None, paper: str = ""
    ) -> bytes:
        """`reader`: who has it made, as it says on it.  `at_ms`: the date it bears.  `plan`: what of its places this
        reader may see drawn.  `paper`: one of PAPERS; else the usual one of the language.  Raises NotMade."""
        return await self("report", data_of(told, tongue, reader, plan, paper), at_ms)


def data_of(told: Told, tongue: Tongue, reader: str, plan: Map | None = None, paper: str = "") -> dict[str, Any]:
    """All that the template is given: values, never anything that it would carry out."""
    days = [{"day": day, "lines": [msgspec.to_builtins(line) for line in lines]} for day, lines in days_of(told.lines)]
    return {
        "told": msgspec.to_builtins(told),
        "days": days,
        "plan": None if plan is None else msgspec.to_builtins(plan),
        "words": _words(tongue.say, told, reader),
        "language": tongue.language,
        "paper": paper if paper in PAPERS else PAPER.get(tongue.language, "a4"),
    }


_TITLES = {
    "alert": words("The alert"),
    "failed": words("What failed first"),
    "warnings": words("Warnings"),
    "figures": words("Figures"),
    "places": words("Where"),
    "no_place": words("No place is known."),
    "map": words("Plan of the site"),
    "no_map": words("No plan of this site is part of this report."),
    "people": words("Who was rung, and answered"),
    "nobody": words("Nobody."),
    "timeline": words("What happened"),
    "more_events": words("More happened than fits here; this is how it began."),
    "messages": words("Messages"),
    "no_message": words("None was sent."),
    "more_messages": words("More were sent than fit here; these were the first."),
    "police": words("Police"),
    "no_police": words("Nobody wrote down a call to the police."),
    "notes": words("Notes"),
    "no_note": words("None."),
    "drill": words("DRILL"),
    "practice": words("This was practice. Nobody was in danger."),
    "page": words("Page"),
}
_HEADS = {
    "people_head": (words("Who"), words("When"), words("Answer")),
    "messages_head": (words("To"), words("What"), words("What became of it")),
    "timeline_head": (words("Time"), words("After"), words("What")),
}


def _words(say: Say, told: Told, reader: str) -> dict[str, Any]:
    titles: dict[str, Any] = {name: say(title) for name, title in _TITLES.items()}
    heads = {name: [say(word) for word in head] for name, head in _HEADS.items()}
    made_for = say("As %(who)s may read it. Whoever may know more is given more.", who=reader)
    key = {name: say(sentence) for name, sentence in report_map.WORDS.items()}
    return {**titles, **heads, "key": key, "times": say("Times of %(zone)s", zone=told.zone), "reader": made_for}
