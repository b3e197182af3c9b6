"""Bytes into a roster: what kind of file it is, and all that it says.  Pure, and as slow as the file is long."""

from __future__ import annotations

from contextlib import nullcontext
from zoneinfo import ZoneInfo

from tocsin.core.limits import ROSTER_FILE_MAX_BYTES
from tocsin.runtime.rosters.calendar import Guard, read_calendar
from tocsin.runtime.rosters.gathering import Gathering, shifts_of
from tocsin.runtime.rosters.people import People
from tocsin.runtime.rosters.shapes import Job, No, Nothing, Read, Unreadable
from tocsin.runtime.rosters.table import decoded, read_table


def read(job: Job, guard: Guard = nullcontext) -> Read | Unreadable:
    """The roster, with every line that could not be read; or why nothing of it can.  Never raises for what is in it.

    `guard`: stops what takes too long of one event, by TimeoutError.
    """
    try:
        return _read(job, guard)
    except Nothing as nothing:
        return Unreadable(nothing.why, nothing.detail)


def _read(job: Job, guard: Guard) -> Read:
    if len(job.content) > ROSTER_FILE_MAX_BYTES:
        raise Nothing(No.TOO_LARGE, str(ROSTER_FILE_MAX_BYTES // 1_048_576))
    if not job.content.strip():
        raise Nothing(No.EMPTY)
    try:
        gathering = Gathering(job, ZoneInfo(job.time_zone))
    except (KeyError, ValueError, OSError):
        raise Nothing(No.NO_ZONE, job.time_zone) from None
    text, encoding = decoded(job.content)
    people, separator, kind = People(job.people), "", "table"
    if text.lstrip("\ufeff \t\r\n")[:15].upper() == "BEGIN:VCALENDAR":
        kind = "calendar"
        read_calendar(gathering, people, text.lstrip("\ufeff"), guard)
    else:
        separator = read_table(gathering, people, text)
    return Read(
        kind=kind,
        shifts=shifts_of(gathering.entries, job.site),
        unread=tuple(sorted(gathering.unread, key=lambda one: one.line)),
        unread_count=gathering.unread_count,
        noted=tuple(gathering.noted),
        entries=len(gathering.entries),
        over=gathering.over,
        cancelled=gathering.cancelled,
        encoding=encoding,
        separator=separator,
    )
