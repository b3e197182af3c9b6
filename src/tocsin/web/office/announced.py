"""Whom an announcement reached: of the newest acts that all supervisors are told of, and who can be told nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from tocsin.core.access.announced_sight import AnnouncedView, HeardView
from tocsin.core.access.permissions import May
from tocsin.core.views import Who
from tocsin.web.history.record_words import REASONS, SHAPES, STATES
from tocsin.web.office.lines import Line, line
from tocsin.web.office.people import Named, named
from tocsin.web.office.rooms import Answer, Office
from tocsin.web.speaking import words

NO_WAY = words("No mail address and no number for texts that works.")


class Heard(Struct, frozen=True):
    """What became of it for one person.  `why`: in words, of what failed."""

    person: Named
    state: str
    shape: str
    mark: str
    why: str


class Announced(Struct, frozen=True):
    """One act.  `summary`: for how many a carrier took it.  `missed`: whom it did not reach."""

    line: Line
    known_ms: int
    settled: bool
    summary: str
    missed: list[Heard]
    went: list[Heard]


async def announced_page(office: Office) -> Answer:
    """Raises NotAllowed."""
    office.must(May.READ_MEMBERS)
    views = office.records.announced(office.visit.signed_in)
    unheard = office.records.unheard(office.visit.signed_in)
    return office.show(
        "announced",
        heading=_heading(office, _missed_last(views), unheard),
        announced=[_announced(office, view) for view in views],
        unheard=[named(one, office.visit._) for one in unheard],
        no_way=office.visit._(NO_WAY),
    )


def _missed_last(views: Iterable[AnnouncedView]) -> set[str]:
    """Whom the newest thing that they were told of did not reach."""
    last: dict[str, bool] = {}
    for view in views:
        for heard in view.heard:
            last.setdefault(heard.member.id, heard.went)
    return {id for id, went in last.items() if not went}


def _heading(office: Office, missed: set[str], unheard: Sequence[Who]) -> str:
    count = len(missed | {one.id for one in unheard})
    if not count:
        return office.visit._("What was announced went out to everybody")
    return office.ngettext(
        "%(num)s person is not reached by what is announced",
        "%(num)s people are not reached by what is announced",
        count,
    )


def _announced(office: Office, view: AnnouncedView) -> Announced:
    heard = [(_heard(office, one), one.went) for one in view.heard]
    return Announced(
        line(office, view.act),
        view.known_ms,
        view.settled,
        _summary(office, view),
        [one for one, went in heard if not went],
        [one for one, went in heard if went],
    )


def _summary(office: Office, view: AnnouncedView) -> str:
    went, count = sum(one.went for one in view.heard), len(view.heard)
    if not count:
        return office.visit._("Nobody was there to be told.")
    if went == count:
        return office.ngettext("It went out to %(num)s person.", "It went out to all %(num)s.", went)
    return office.ngettext("It went out to %(num)s of %(all)s.", "It went out to %(num)s of %(all)s.", went, all=count)


def _heard(office: Office, one: HeardView) -> Heard:
    say = office.visit._
    shape, mark = SHAPES[one.state]
    why = "" if one.reason is None else say(REASONS[one.reason])
    return Heard(named(one.member, say), say(STATES[one.state]), shape, mark, why)
