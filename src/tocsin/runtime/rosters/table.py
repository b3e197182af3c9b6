"""A roster as a table: lines of cells under a heading, as spreadsheets write them.

Theory of operation
-------------------
The heading says what the columns are, in English or Spanish, in any order; columns nobody knows are left alone.  The
separator is the one with which the heading makes the most sense.  Each line is read by itself, so that one that cannot
be read costs nothing but itself: a quote that is never closed does not swallow the rest of the file.

A line is one person for one time: a day with a start and an end, where an end that is not later is on the next day; or
a start and an end that have a day each, where an end that is not later is a slip.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from tocsin.runtime.rosters.gathering import Gathering
from tocsin.runtime.rosters.moments import Written, date_of, day_first, moment_of, written
from tocsin.runtime.rosters.people import People, folded
from tocsin.runtime.rosters.shapes import No, Nothing, NotRead, Why

LINE_MAX_CHARS = 4_000  # A line of a roster has eighty.
QUOTE_LINES_MAX = 20  # A remark in quotes may go over some lines.
SEPARATORS = (",", ";", "\t", "|")
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
SEPARATOR_SAID = re.compile(r"\s*sep=.\s*", re.IGNORECASE)  # What some spreadsheets put above the heading.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": (
        *("id", "member id", "staff id", "employee id", "member", "person", "staff", "who", "employee"),
        *("miembro", "persona", "quien", "empleado", "empleada"),
    ),
    "mail": ("e-mail", "email", "mail", "e-mail address", "email address", "correo", "correo electronico"),
    "number": ("number", "phone", "mobile", "telephone", "phone number", "telefono", "numero", "movil"),
    "name": ("name", "full name", "nombre", "nombre completo", "nombre y apellidos"),
    "day": ("date", "day", "start date", "fecha", "dia", "fecha de inicio", "fecha inicio"),
    "starts": (
        *("starts", "start", "begins", "begin", "from", "start time", "starts at"),
        *("inicio", "empieza", "desde", "entrada", "hora de inicio", "hora inicio", "comienzo"),
    ),
    "end day": ("end date", "fecha de fin", "fecha fin"),
    "ends": (
        *("ends", "end", "until", "to", "end time", "ends at"),
        *("fin", "termina", "hasta", "salida", "hora de fin", "hora fin"),
    ),
    "site": ("site", "sede", "centro"),
}
KNOWN = {word: column for column, words in COLUMNS.items() for word in words}
PERSON = ("id", "mail", "number", "name")


class Row(NamedTuple):
    """A line, and its cells by column."""

    line: int
    text: str
    cells: dict[str, str]


def decoded(content: bytes) -> tuple[str, str]:
    """The text, and in which encoding it was written.  Raises Nothing: it is no text."""
    encoding = next((encoding for mark, encoding in MARKS if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding), encoding.removesuffix("-sig")
    except UnicodeDecodeError:
        if encoding != "utf-8" or content.count(0) * 20 > len(content):
            raise Nothing(No.NOT_TEXT) from None
    return content.decode("cp1252", "replace"), "windows-1252"


def read_table(gathering: Gathering, people: People, text: str) -> str:
    """Gather what its lines say; returns the separator.  Raises Nothing."""
    lines = _lines(text)
    heading, separator, columns = _heading(lines)
    rows = list(_rows(gathering, lines, heading, separator, columns))
    first = gathering.job.day_first
    if first is None:
        first = day_first(_dates(rows))
    for row in rows:
        try:
            _row(gathering, people, row, first)
        except NotRead as no:
            gathering.not_read(row.line, no.what or row.text, no.why)
    return separator


def _lines(text: str) -> list[str]:
    """Ended in any of the three ways, and in no other: line 7 is what an editor calls line 7."""
    return re.split(r"\r\n|\r|\n", text)


def _heading(lines: Sequence[str]) -> tuple[int, str, list[str]]:
    """Which line it is, what separates its cells, and the column of each.  Raises Nothing."""
    written_on = (index for index, line in enumerate(lines) if line.strip() and not SEPARATOR_SAID.fullmatch(line))
    number = next(written_on, None)
    if number is None:
        raise Nothing(No.EMPTY)
    line = lines[number]
    found = max(
        ((_columns(line, separator), separator) for separator in SEPARATORS), key=lambda one: sum(map(bool, one[0]))
    )
    columns, separator = found
    if not set(PERSON).intersection(columns) or not {"starts", "ends"} <= set(columns):
        raise Nothing(No.NO_HEADING)
    return number, separator, columns


def _columns(line: str, separator: str) -> list[str]:
    if len(line) > LINE_MAX_CHARS:
        return []
    try:
        cells = next(csv.reader([line], delimiter=separator, strict=True), [])
    except csv.Error:
        return []
    columns = [KNOWN.get(folded(cell.replace("_", " ")), "") for cell in cells]
    return [column if column not in columns[:index] else "" for index, column in enumerate(columns)]


def _rows(
    gathering: Gathering, lines: Sequence[str], heading: int, separator: str, columns: Sequence[str]
) -> Iterator[Row]:
    """Every line below the heading that can be cut into cells."""
    index = heading + 1
    while index < len(lines):
        number, text, taken = index + 1, lines[index], 1
        why = _flaw(text)
        cells = None if why or not text.strip() else _cut(text, separator)
        while why is None and text.strip() and cells is None and taken < QUOTE_LINES_MAX and index + taken < len(lines):
            text, taken = f"{text}\n{lines[index + taken]}", taken + 1
            cells = None if _flaw(text) else _cut(text, separator)
        index += taken if cells is not None else 1
        if why is None and cells is None and text.strip():
            why = Why.OPEN_QUOTE
        if why is not None:
            gathering.not_read(number, lines[number - 1], why)
        elif cells is not None and any(cell.strip() for cell in cells):
            named = {column: cell.strip() for column, cell in zip(columns, cells, strict=False) if column}
            yield Row(number, separator.join(cells), named)


def _flaw(text: str) -> Why | None:
    if len(text) > LINE_MAX_CHARS:
        return Why.LONG_LINE
    return Why.NOT_TEXT if "\0" in text else None


def _cut(text: str, separator: str) -> list[str] | None:
    """None: a quote in it is not closed."""
    try:
        return next(csv.reader(text.splitlines(keepends=True), delimiter=separator, strict=True), [])
    except csv.Error:
        return None


def _dates(rows: Sequence[Row]) -> Iterator[Written]:
    for row in rows:
        for column in ("day", "end day", "starts", "ends"):
            try:
                yield written(row.cells.get(column, ""))
            except NotRead:
                continue


def _row(gathering: Gathering, people: People, row: Row, first: bool | None) -> None:
    """Raises NotRead."""
    site = row.cells.get("site", "")
    if site and folded(site) not in (folded(gathering.job.site), folded(gathering.job.site_name)):
        raise NotRead(Why.OTHER_SITE, site)
    member = _who(people, row.cells)
    starts, ends = _cell(row, "starts", Why.NO_START), _cell(row, "ends", Why.NO_END)
    day = date_of(starts, first) or _day(row, "day", first)
    if day is None or starts.minutes is None:
        raise NotRead(Why.NO_START)
    if ends.minutes is None:
        raise NotRead(Why.NO_END)
    end_day = date_of(ends, first) or _day(row, "end day", first) or _same_or_next(day, starts, ends)
    starts_ms = gathering.starts(moment_of(day, starts), row.line)
    gathering.add([member], starts_ms, gathering.ends(moment_of(end_day, ends), row.line))


def _same_or_next(day: date, starts: Written, ends: Written) -> date:
    """An end that is not later than the start is on the next day."""
    assert starts.minutes is not None and ends.minutes is not None
    if ends.minutes > starts.minutes:
        return day
    try:
        return day + timedelta(days=1)
    except OverflowError:
        raise NotRead(Why.NO_SUCH_DAY) from None


def _cell(row: Row, column: str, missing: Why) -> Written:
    text = row.cells.get(column, "")
    if not text:
        raise NotRead(missing)
    return written(text)


def _day(row: Row, column: str, first: bool | None) -> date | None:
    text = row.cells.get(column, "")
    return date_of(written(text), first) if text else None


def _who(people: People, cells: Mapping[str, str]) -> str:
    """By the first of the columns that names somebody.  Raises NotRead."""
    given = [cells[column] for column in PERSON if cells.get(column)]
    if not given:
        raise NotRead(Why.NO_PERSON)
    for text in given[:-1]:
        found = people.find(text)
        if found is not None:
            return found
    return people.one(given[-1])
