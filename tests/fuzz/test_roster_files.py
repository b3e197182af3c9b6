"""Rosters from anybody: random and hostile bytes are refused line by line, and what we write we read as it was."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from paper_roster import NOW, PEOPLE, ZONE, job, reading
from tocsin.runtime.rosters.gathering import shifts_of
from tocsin.runtime.rosters.reading import read
from tocsin.runtime.rosters.shapes import Entry, Read, Unreadable
from tocsin.runtime.rosters.writing import as_calendar, as_table

MINUTE, DAY = 60_000, 86_400_000
MAILS = {"noor": "noor@example.org", "teo": "teo@example.org", "ines": "ines@example.org"}
IDS = st.sampled_from([person.id for person in PEOPLE])
ENTRIES = st.lists(
    st.builds(
        lambda member, start, length: Entry(member, start * MINUTE, (start + length) * MINUTE),
        IDS,
        st.integers(NOW // MINUTE + 1, (NOW + 200 * DAY) // MINUTE),
        st.integers(1, 4_000),
    ),
    max_size=12,
)
WORDS = st.sampled_from(
    [
        *(
            "member,date,start,end\n",
            "noor",
            "teo@example.org",
            "2026-11-03",
            "03/11/2026",
            "19:00",
            "7 p.m.",
            ",",
            ";",
        ),
        *('"', "\n", "\r", "\0", "\ufeff", "24:00", "+02:00", "Núñez, Teo", "9" * 30, "=1+1", "\t", "sep=,\n"),
    ]
)
PIECES = st.sampled_from(
    """UID:a
SUMMARY:noor
DTSTART:20261103T190000
DTEND:20261104T070000Z
DURATION:PT8H
DURATION:-PT8H
DTSTART;VALUE=DATE:20261103
RRULE:FREQ=DAILY;COUNT=3
RRULE:FREQ=SECONDLY
RRULE:
RRULE:FREQ=DAILY;INTERVAL=0
RRULE:FREQ=DAILY;COUNT=-1
RRULE:FREQ=YEARLY;BYMONTH=13
RRULE:FREQ=DAILY;UNTIL=x
RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=2
EXDATE:x
EXDATE:20261103T190000
RDATE:20261109T190000
RDATE;VALUE=DATE:20261109
RDATE;VALUE=PERIOD:20261109T190000/PT2H
RECURRENCE-ID:20261104T190000
RECURRENCE-ID;RANGE=THISANDFUTURE:20261104T190000Z
ATTENDEE:mailto:teo@example.org
ATTENDEE
DTSTART;TZID=
DTSTART;TZID=X:20261103T190000
DTSTART:20261103T190000Z
DTEND:99991231T235959
DTSTART:00010101T000000
STATUS:CANCELLED
 x
:
;
BEGIN:VALARM
END:VEVENT
BEGIN:VEVENT""".splitlines()
)
NIGHT = ["DTSTART:20261103T190000", "DURATION:PT12H", "UID:a"]


def stands(content: bytes) -> None:
    told = read(job(content))
    assert isinstance(told, Read | Unreadable)
    if isinstance(told, Read):
        known = {person.id for person in PEOPLE}
        assert all(set(shift.members) <= known and shift.starts_ms < shift.ends_ms for shift in told.shifts)
        assert all(one.line >= 1 and one.what.isprintable() and len(one.what) <= 80 for one in told.unread)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_roster_or_are_refused(content: bytes) -> None:
    stands(content)
    stands(b"member,date,start,end\n" + content)
    stands(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + content)


@given(st.lists(WORDS, max_size=40))
def test_any_table_is_read_line_by_line(words: list[str]) -> None:
    stands("".join(words).encode("utf-8"))


@given(st.lists(PIECES, max_size=8), st.lists(PIECES, max_size=8))
def test_any_calendar_is_read_event_by_event(one: list[str], other: list[str]) -> None:
    around = "BEGIN:VTIMEZONE\nTZID:X\nEND:VTIMEZONE\nX-WR-TIMEZONE:Nowhere"
    lines = [
        "BEGIN:VCALENDAR",
        around,
        "BEGIN:VEVENT",
        *NIGHT,
        *one,
        "END:VEVENT",
        "BEGIN:VEVENT",
        *other,
        "END:VEVENT",
    ]
    stands("\n".join(lines).encode())


@given(ENTRIES)
def test_a_roster_that_we_write_is_read_as_it_was(entries: list[Entry]) -> None:
    shifts = shifts_of(entries, "centre")
    for content in (as_table(shifts, ZONE).encode(), as_calendar(shifts, MAILS)):
        told = reading(content)
        assert (told.unread, told.noted) == ((), ())
        assert {(s.starts_ms, s.ends_ms, frozenset(s.members)) for s in told.shifts} == {
            (s.starts_ms, s.ends_ms, frozenset(s.members)) for s in shifts
        }
