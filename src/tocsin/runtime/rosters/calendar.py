"""A roster as an iCalendar file: who is on for each event, series worked out with their exceptions and zones.

Theory of operation
-------------------
Each event is read alone and then worked out with those of its series (its UID): the rule, further dates, dates taken
out, single ones moved or called off.  `guard` stops what takes too long, for a rule can be written that has no end of
work in it; rules of hours and less are refused unread.  A time without a zone, and a whole day, is the site's.  A zone
that nobody knows, and the file does not explain, is said: an hour wrong is somebody missing.

Who is on: those invited, by their addresses; where nobody is invited, those whom the title names, and where it names
nobody, the description.  In a title several people stand apart by commas and the like, and words before a colon, behind
a dash or in brackets may be anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import recurring_ical_events
from icalendar import Calendar

from tocsin.runtime.rosters.calendar_text import Event, Parts, alone, parts_of
from tocsin.runtime.rosters.gathering import EPOCH, MILLISECOND, Gathering
from tocsin.runtime.rosters.people import People
from tocsin.runtime.rosters.shapes import NotRead, Why

Guard = Callable[[], AbstractContextManager[object]]
Component = Any  # An event of the library: what its properties are, depends on what somebody wrote.
Found = tuple[str, ...]
LINE = "X-TOCSIN-LINE"
TIMES = ("DTSTART", "DTEND", "DURATION", "RDATE", "EXDATE", "RECURRENCE-ID")
SLOW_RULES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
ONCE_A_DAY_MAX = 24  # Beginnings in a day of one series.
AROUND = timedelta(days=2)  # What is near an end of the window is sorted out by instants afterwards.
DESCRIPTION_LINES_MAX = 50
SEVERAL = re.compile(r"[,;/&+\n]")
AND = re.compile(r"\s(?:and|y)\s")
LABELS = re.compile(r"[:()|]|\s[-\u2013\u2014]\s")
NO_PEOPLE = ("ROOM", "RESOURCE")


def read_calendar(gathering: Gathering, people: People, text: str, guard: Guard = nullcontext) -> None:
    """Gather what its events say.  Raises Nothing."""
    parts = parts_of(text)
    series: dict[str, list[Component]] = {}
    for index, event in enumerate(parts.events):
        try:
            with guard():
                component = _read(parts, event)
        except NotRead as no:
            gathering.not_read(event.line, no.what or _title(event), no.why)
        except TimeoutError:
            gathering.not_read(event.line, _title(event), Why.TOO_HARD)
        else:
            series.setdefault(str(component.get("UID", "")) or f"\0{index}", []).append(component)
    for components in series.values():
        _gather(gathering, people, components, guard, parts)


def _title(event: Event) -> str:
    return next((line for line in event.text.split("\r\n") if line.upper().startswith("SUMMARY")), "BEGIN:VEVENT")


def _read(parts: Parts, event: Event) -> Component:
    """The event as the library has it.  Raises NotRead."""
    if event.long:
        raise NotRead(Why.LONG_LINE)
    if not event.closed:
        raise NotRead(Why.NOT_AN_EVENT)
    try:
        calendar = Calendar.from_ical(alone(parts, event))
        component = calendar.walk("VEVENT")[0]
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, RecursionError):
        raise NotRead(Why.NOT_AN_EVENT) from None
    _check(component)
    component.add(LINE, str(event.line))
    return component


def _check(component: Component) -> None:
    """Raises NotRead: what it says of time cannot be used."""
    for name, what in component.errors:
        if name is None or name in (*TIMES, "RRULE"):
            raise NotRead(Why.NO_SUCH_RULE if name == "RRULE" else Why.NOT_A_TIME, f"{name}: {what}")
    if "DTSTART" not in component:
        raise NotRead(Why.NO_START)
    for name in ("DTSTART", "DTEND"):
        value = component.get(name)
        if isinstance(value, list):
            raise NotRead(Why.NOT_AN_EVENT)
        if value is not None and _zoneless(value):
            raise NotRead(Why.UNKNOWN_ZONE, f"TZID={value.params['TZID']}")
    rules = component.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        _check_rule(rule)


def _zoneless(value: Any) -> bool:
    return "TZID" in value.params and isinstance(value.dt, datetime) and value.dt.tzinfo is None


def _check_rule(rule: Any) -> None:
    if [str(word).upper() for word in rule.get("FREQ", [])] not in [[word] for word in SLOW_RULES]:
        raise NotRead(Why.TOO_OFTEN)
    often = 1
    for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        often *= max(len(rule.get(name, [])), 1)
    if often > ONCE_A_DAY_MAX:
        raise NotRead(Why.TOO_OFTEN)


def _gather(gathering: Gathering, people: People, components: list[Component], guard: Guard, parts: Parts) -> None:
    """One series: each of its events is put down to the line that it comes from."""
    known: dict[int, Found] = {}
    line = int(components[0][LINE])
    try:
        with guard():
            found = list(_occurrences(gathering, components, parts))
    except (
        NotRead,
        TimeoutError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as no:
        why = no.why if isinstance(no, NotRead) else Why.TOO_HARD if isinstance(no, TimeoutError) else Why.NO_SUCH_RULE
        gathering.not_read(line, str(components[0].get("SUMMARY", "")), why)
        return
    told: set[tuple[int, Why]] = set()  # What is wrong with a series is wrong every day, and is said once.
    for component in found:
        line = int(component[LINE])
        if str(component.get("STATUS", "")).upper() == "CANCELLED":
            gathering.cancelled += 1
            continue
        try:
            starts_ms, ends_ms = _times(gathering, component, line)
            if "RRULE" in components[0] and starts_ms >= gathering.job.until_ms:
                continue  # It goes on for ever; a single event that far ahead would be a slip.
            if line not in known and ends_ms > gathering.job.from_ms:
                known[line] = tuple(dict.fromkeys(_who(gathering, people, component, line)))
            gathering.add(known.get(line, ()), starts_ms, ends_ms)
        except NotRead as no:
            if (line, no.why) not in told:
                told.add((line, no.why))
                gathering.not_read(line, no.what or str(component.get("SUMMARY", "")), no.why)


def _occurrences(gathering: Gathering, components: list[Component], parts: Parts) -> Iterable[Component]:
    """The series worked out for the window; what is no series is left as it is."""
    if len(components) == 1 and not {"RRULE", "RDATE", "RECURRENCE-ID"}.intersection(components[0]):
        return components
    calendar = Calendar.from_ical(alone(parts))
    for component in components:
        calendar.add_component(component)
    begin, end = (EPOCH + ms * MILLISECOND for ms in (gathering.job.from_ms, gathering.job.until_ms))
    found: list[Any] = recurring_ical_events.of(calendar).between(begin - AROUND, end + AROUND)
    return found


def _times(gathering: Gathering, component: Component, line: int) -> tuple[int, int]:
    """Raises NotRead."""
    begin = component["DTSTART"].dt
    if "DTEND" in component:
        end = component["DTEND"].dt
    elif "DURATION" in component:
        end = begin + component["DURATION"].dt
    elif isinstance(begin, datetime):
        raise NotRead(Why.NO_END)
    else:
        end = begin + timedelta(days=1)
    return gathering.starts(_moment(begin), line), gathering.ends(_moment(end), line)


def _moment(when: date) -> datetime:
    """A whole day begins at midnight of the site."""
    if isinstance(when, datetime):
        return when.astimezone(UTC) if when.tzinfo is UTC else when
    return datetime.combine(when, time(0))


# Who -------------------------------------------------------------------------------------------------------------


def _who(gathering: Gathering, people: People, component: Component, line: int) -> Iterator[str]:
    """Whom it names; whoever cannot be told is put down as unread.  Raises NotRead: nobody at all."""
    found = list(_invited(gathering, people, component, line))
    if not found:
        found = list(_titled(gathering, people, str(component.get("SUMMARY", "")), line))
    if not found:
        lines = str(component.get("DESCRIPTION", "")).splitlines()[:DESCRIPTION_LINES_MAX]
        found = [member for text in lines for member in _in(people, text)]
    if not found:
        raise NotRead(Why.NAMES_NOBODY)
    yield from found


def _invited(gathering: Gathering, people: People, component: Component, line: int) -> Iterator[str]:
    invited = component.get("ATTENDEE", [])
    for one in invited if isinstance(invited, list) else [invited]:
        params = getattr(one, "params", {})
        if str(params.get("CUTYPE", "")).upper() in NO_PEOPLE:
            continue
        if str(params.get("PARTSTAT", "")).upper() == "DECLINED":
            gathering.not_read(line, str(one), Why.DECLINED)
            continue
        try:
            yield people.find(str(one)) or people.one(str(params.get("CN", "")) or str(one))
        except NotRead as no:
            gathering.not_read(line, no.what, no.why)


def _titled(gathering: Gathering, people: People, title: str, line: int) -> Iterator[str]:
    """Whom a title names.  Where a piece of it names some of several, the others are put down.  Raises NotRead."""
    for piece in _pieces(title):
        whole = people.find(piece)
        named = [(piece, whole)] if whole else list(_each(people, piece))
        if any(found for _, found in named):
            for item, found in named:
                if found:
                    yield found
                else:
                    gathering.not_read(line, item, Why.UNKNOWN_PERSON)


def _each(people: People, piece: str) -> Iterator[tuple[str, str | None]]:
    """Several people in a row: commas and their like first, for a name may have an *and* in it."""
    for item in SEVERAL.split(piece):
        found = people.find(item)
        if found is not None or not AND.search(item):
            yield item, found
        else:
            yield from ((part, people.find(part)) for part in AND.split(item))


def _pieces(text: str) -> list[str]:
    """All of it, or what is left when it is cut at what sets words apart from names."""
    return [piece.strip() for piece in LABELS.split(text) if piece.strip()]


def _in(people: People, text: str) -> list[str]:
    """Whom a line of a description names.  Raises NotRead."""
    return [member for piece in _pieces(text) for _, member in _each(people, piece) if member is not None]
