"""An iCalendar file cut into its parts by its own lines, so that one broken event breaks nothing but itself.

Lines that begin with a blank continue the one before (RFC 5545, 3.1).  What lies around the events, time zones above
all, is kept for each of them; alarms within an event, and tasks and journals beside it, are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tocsin.runtime.rosters.shapes import No, Nothing

LINE_MAX_CHARS = 20_000  # Unfolded; a description may be long.
EVENTS_MAX = 50_000
ZONES_MAX = 200
HEAD, TAIL = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:tocsin\r\n", "END:VCALENDAR\r\n"


class Event(NamedTuple):
    """`text`: the event alone; `long`: one of its lines is longer than any of a roster, and was left out."""

    line: int
    text: str
    long: bool
    closed: bool


class Parts(NamedTuple):
    """The calendar's own properties and zones, as text, and its events."""

    around: str
    events: list[Event]


class _Line(NamedTuple):
    number: int
    text: str


def parts_of(text: str) -> Parts:
    """Raises Nothing: it is no calendar, or far too many events."""
    around: list[str] = []
    events: list[Event] = []
    open_ones: list[str] = []
    event: list[str] = []
    began, long, seen, zones = 0, False, False, 0
    for number, line in _unfolded(text):
        name, _, value = line.upper().partition(":")
        value = value.strip()
        if name == "BEGIN":
            if value == "VEVENT":
                if "VEVENT" in open_ones:  # One that was never closed is as broken as it is.
                    events.append(Event(began, "\r\n".join(event), long, False))
                    open_ones = ["VCALENDAR"]
                event, began, long = [], number, False
            zones += value == "VTIMEZONE"
            seen = seen or value == "VCALENDAR"
            open_ones.append(value)
        inside = next((one for one in open_ones if one != "VCALENDAR"), "")
        if inside == "VEVENT" and open_ones[-1] == "VEVENT":
            long = long or len(line) > LINE_MAX_CHARS
            event += [line] if len(line) <= LINE_MAX_CHARS else []
        elif (inside == "VTIMEZONE" and zones <= ZONES_MAX) or (not inside and name.startswith("X-WR-TIMEZONE")):
            around.append(line[:LINE_MAX_CHARS])
        if name == "END" and value in open_ones:
            while open_ones.pop() != value:
                pass
            if value == "VEVENT":
                events.append(Event(began, "\r\n".join(event), long, True))
        if len(events) > EVENTS_MAX:
            raise Nothing(No.TOO_MANY, str(EVENTS_MAX))
    if not seen:
        raise Nothing(No.NO_CALENDAR)
    if "VEVENT" in open_ones:
        events.append(Event(began, "\r\n".join(event), long, False))
    return Parts("".join(f"{line}\r\n" for line in around), events)


def _unfolded(text: str) -> Iterator[_Line]:
    number, first, pieces = 0, 1, [""]
    for number, raw in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        if raw[:1] in (" ", "\t"):
            pieces.append(raw[1:])
            continue
        if number > 1:
            yield _Line(first, "".join(pieces))
        first, pieces = number, [raw]
    yield _Line(first, "".join(pieces))


def alone(parts: Parts, *events: Event) -> str:
    """A calendar of these events and nothing else."""
    return "".join((HEAD, parts.around, *(f"{event.text}\r\n" for event in events), TAIL))
