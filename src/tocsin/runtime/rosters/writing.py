"""A roster written down so that it can be changed elsewhere and read again: as a table, and as a calendar."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress

from tocsin.core.directory import Shift
from tocsin.runtime.rosters.gathering import EPOCH, MILLISECOND

LAST_MS = 253_370_000_000_000  # In 9998: what a calendar's year has digits for.


def as_table(shifts: Iterable[Shift], time_zone: str) -> str:
    """One line for each person on each shift, in the site's own time, with the offset so that no hour comes twice.

    People stand there by their ids, which no spreadsheet takes for a formula.
    """
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(("member", "starts", "ends", "site"))
    zone = ZoneInfo(time_zone)
    for shift in shifts:
        span = [_local(at_ms, zone).isoformat(timespec="minutes") for at_ms in (shift.starts_ms, shift.ends_ms)]
        table.writerows((member, *span, shift.site) for member in shift.members)
    return out.getvalue()


def as_calendar(shifts: Iterable[Shift], mails: Mapping[str, str]) -> bytes:
    """One event for each shift, in universal time, so that no hour comes twice.

    `mails`: of those who have an address; where one of a shift has none, all stand in the title by their ids.
    """
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", "-//Tocsin//roster//EN")
    for shift in shifts:
        invited = all(member in mails for member in shift.members)
        calendar.add_component(_event(shift, mails if invited else {}))
    written: bytes = calendar.to_ical()
    return written


def _event(shift: Shift, mails: Mapping[str, str]) -> Event:
    event = Event()
    event.add("UID", f"{shift.site}-{shift.starts_ms}-{shift.ends_ms}")
    event.add("DTSTAMP", _at(shift.starts_ms))
    event.add("DTSTART", _at(shift.starts_ms))
    event.add("DTEND", _at(shift.ends_ms))
    event.add("SUMMARY", ", ".join(shift.members))
    for member in shift.members:
        if member in mails:
            event.add("ATTENDEE", vCalAddress(f"mailto:{mails[member]}"))
    return event


def _local(at_ms: int, zone: ZoneInfo) -> datetime:
    return _at(at_ms).astimezone(zone)


def _at(at_ms: int) -> datetime:
    return EPOCH + min(at_ms, LAST_MS) * MILLISECOND
