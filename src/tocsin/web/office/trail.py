"""The audit trail: who did what to whom and why, by person, act and day; and as a table for auditors.

A cell of the table that a spreadsheet would take for a formula begins with an apostrophe: names and reasons are typed
by people, and the table is opened by somebody else.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime, time
from itertools import groupby
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel.dates import format_date
from litestar import Response
from msgspec import Struct

from tocsin.core.access.acts import SENTENCES
from tocsin.core.access.people_sight import ActView
from tocsin.core.access.permissions import May
from tocsin.core.limits import DAY_MS, EXPORTED_MAX
from tocsin.runtime.access.reading import Asked, Trail
from tocsin.runtime.thinking import pause
from tocsin.web.forms import Form, filled
from tocsin.web.office.lines import Line, lines, sentence
from tocsin.web.office.people import Pages, is_called, staff
from tocsin.web.office.rooms import Answer, Office
from tocsin.web.office.saying import folded
from tocsin.web.speaking import words

FIELDS = ("person", "act", "since", "until")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
# Behind a semicolon the spreadsheets of many countries begin another cell; full-width signs count as well.
INSIDE = re.compile(r"(;\s*)(?=[=+\-@|%\uff1d\uff0b\uff0d\uff20])")
NOBODY_SO_CALLED = words("Nobody here is called so.")
SEVERAL_SO_CALLED = words("Several people are called so. Write the whole name, or what they are known as.")
NO_DAY = words("Write a day like 2026-06-30.")


class Day(Struct, frozen=True):
    words: str
    lines: list[Line]


async def trail_page(office: Office) -> Answer:
    office.must(May.READ_TRAIL)
    visit = office.visit
    asked, form = _asked(office)
    visit.form = form
    found = _found(office, asked, visit.asked.query.get("before"))
    return office.show(
        "trail",
        heading=_heading(office, form, asked),
        lead="",
        export_url=f"/office/trail.csv?{_query(form)}",
        act_options=[("", visit._("Everything")), *sorted(_acts(office), key=lambda one: folded(one[1]))],
        narrowed=bool(_query(form)),
        days=list(_days(office, lines(office, found.acts))),
        pages=_pages(office, form, found),
    )


def _asked(office: Office) -> tuple[Asked | None, Form]:
    """What is looked for; None where it could not be read."""
    visit = office.visit
    form = filled({name: visit.asked.query.get(name, "")[:200] for name in FIELDS}, visit._)
    member = _member(office, form)
    from_ms, to_ms = _day_ms(office, form, "since"), _day_ms(office, form, "until")
    what = form.kept("act") if form.kept("act") in SENTENCES else ""
    asked = Asked(member, what, from_ms, None if to_ms is None else to_ms + DAY_MS)
    return (None if form.faults else asked), form


def _found(office: Office, asked: Asked | None, before: str | None) -> Trail:
    return Trail([], None) if asked is None else office.records.trail(office.visit.signed_in, asked, before or None)


def _member(office: Office, form: Form) -> str:
    """The id of the person whose name or id was typed.  One who has left is found by their id."""
    typed = form.kept("person").strip()
    if not typed:
        return ""
    people = staff(office)
    exact = [m.id for m in people if typed == m.id or folded(typed) == folded(m.name)]
    found = exact or [m.id for m in people if all(is_called(m, part) for part in folded(typed).split())]
    if len(found) == 1:
        return found[0]
    form.fault("person", SEVERAL_SO_CALLED if found else NOBODY_SO_CALLED)
    return ""


def _day_ms(office: Office, form: Form, name: str) -> int | None:
    """When this day begins at the reader's site."""
    typed = form.kept(name).strip()
    if not typed:
        return None
    try:
        begins = datetime.combine(date.fromisoformat(typed), time(), ZoneInfo(office.visit.time_zone))
        return round(begins.timestamp() * 1000)
    except (ValueError, OverflowError):
        form.fault(name, NO_DAY)
        return None


def _heading(office: Office, form: Form, asked: Asked | None) -> str:
    say, typed = office.visit._, form.kept("person")
    if asked is None:
        return say("Nothing was looked up")
    if asked.member:
        known = office.records.member(office.visit.signed_in, asked.member)
        return say("What %(name)s did, and what was done to them", name=known.name if known else typed)
    return say("What was done, by whom and why")


def _acts(office: Office) -> Iterator[tuple[str, str]]:
    return ((what, sentence(office, what)) for what in SENTENCES)


def _query(form: Form) -> str:
    return urlencode({name: form.kept(name) for name in FIELDS if form.kept(name)}, errors="replace")


def _days(office: Office, found: list[Line]) -> Iterator[Day]:
    zone, language = ZoneInfo(office.visit.time_zone), office.visit.language
    for day, those in groupby(found, key=lambda line: datetime.fromtimestamp(line.at_ms / 1000, zone).date()):
        yield Day(format_date(day, "full", locale=language), list(those))


def _pages(office: Office, form: Form, found: Trail) -> Pages:
    if found.next is None:
        return Pages()
    kept = f"{_query(form)}&" if _query(form) else ""
    return Pages(after=f"/office/trail?{kept}{urlencode({'before': found.next})}", after_words=office.visit._("Older"))


# The table -------------------------------------------------------------------------------------------------------


async def trail_table(office: Office) -> Answer:
    """Everything that was looked for, newest first, as comma-separated values in UTC."""
    office.must(May.READ_TRAIL)
    asked, _ = _asked(office)
    if asked is None:
        return await trail_page(office)
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(["at", "what", "sentence", "by", "by_name", "via", "about", "about_name", "detail", "why"])
    async for acts in _all(office, asked):
        table.writerows(map(_row, acts))
    headers = {"Content-Disposition": 'attachment; filename="trail.csv"', "Cache-Control": "no-store"}
    return Response(written.getvalue(), media_type="text/csv", headers=headers)


async def _all(office: Office, asked: Asked) -> AsyncIterator[list[ActView]]:
    """Some at a time, and whatever else waits in between: of fifty thousand lines nobody's press waits for the last."""
    before: str | None = None
    count = 0
    while count < EXPORTED_MAX:
        found = office.records.trail(office.visit.signed_in, asked, before)
        yield found.acts
        await pause()
        count += len(found.acts)
        if found.next is None:
            return
        before = found.next


def _row(act: ActView) -> list[str]:
    by, about = act.by, act.about
    cells = [act.at, act.what, SENTENCES.get(act.what, ""), by.id if by else "", by.name if by else "", act.via]
    cells += [about.id if about else "", about.name if about else "", act.detail, act.why]
    return [harmless(cell) for cell in cells]


def harmless(cell: str) -> str:
    """The cell as a spreadsheet shows it, and never computes it."""
    cell = INSIDE.sub(r"\1'", cell)
    plain = unicodedata.normalize("NFKC", cell)
    return f"'{cell}" if cell.startswith(FORMULA) or plain.lstrip().startswith(FORMULA) else cell
