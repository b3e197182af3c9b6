"""Rosters as calendars: series with their exceptions and zones, and what of them cannot be used, by line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from paper_roster import job, nothing, reading, who, whys
from tocsin.runtime.rosters import calendar_text, gathering
from tocsin.runtime.rosters.reading import read
from tocsin.runtime.rosters.shapes import No, Read, Unreadable, Why

NIGHT = "DTSTART;TZID=America/Chicago:20261103T190000\nDTEND;TZID=America/Chicago:20261104T070000\n"


def event(*lines: str, uid: str = "one") -> str:
    return (
        "BEGIN:VEVENT\n"
        + (f"UID:{uid}\n" if uid else "")
        + "".join(f"{line.rstrip()}\n" for line in lines)
        + "END:VEVENT\n"
    )


def calendar(*events: str, around: str = "") -> str:
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{around}{''.join(events)}END:VCALENDAR\n"


def test_a_series_is_worked_out_with_what_is_taken_out_added_moved_and_called_off() -> None:
    told = reading(
        calendar(
            event(
                NIGHT,
                "RRULE:FREQ=DAILY;COUNT=5",
                "EXDATE;TZID=America/Chicago:20261104T190000",
                "RDATE;TZID=America/Chicago:20261120T190000",
                "SUMMARY:noor",
            ),
            event(
                "RECURRENCE-ID;TZID=America/Chicago:20261105T190000",
                "DTSTART;TZID=America/Chicago:20261105T200000",
                "DTEND;TZID=America/Chicago:20261106T080000",
                "SUMMARY:teo",
            ),
            event("RECURRENCE-ID;TZID=America/Chicago:20261106T190000", NIGHT, "STATUS:CANCELLED", "SUMMARY:noor"),
        )
    )
    assert who(told) == [
        (("noor",), "11-03 19:00", "11-04 07:00"),
        (("teo",), "11-05 20:00", "11-06 08:00"),
        (("noor",), "11-07 19:00", "11-08 07:00"),
        (("noor",), "11-20 19:00", "11-21 07:00"),
    ]
    assert told.cancelled == 1 and told.unread == () and told.kind == "calendar"


def test_a_series_stays_at_its_hour_when_the_clocks_change_and_a_night_is_an_hour_longer() -> None:
    lines = (
        "DTSTART;TZID=Central Standard Time:20261030T190000",
        "DTEND;TZID=Central Standard Time:20261031T070000",
        "RRULE:FREQ=DAILY;UNTIL=20261102T120000Z",
    )
    told = reading(calendar(event(*lines, "SUMMARY:noor")))
    assert [span[1:] for span in who(told)] == [
        ("10-30 19:00", "10-31 07:00"),
        ("10-31 19:00", "11-01 07:00"),
        ("11-01 19:00", "11-02 07:00"),
    ]
    assert [(shift.ends_ms - shift.starts_ms) // 3_600_000 for shift in told.shifts] == [12, 13, 12]


def test_floating_times_and_whole_days_are_the_sites_own() -> None:
    told = reading(
        calendar(
            event("DTSTART:20261103T070000", "DURATION:PT12H", "SUMMARY:noor"),
            event("DTSTART;VALUE=DATE:20261104", "SUMMARY:teo", uid="two"),
            event("DTSTART;VALUE=DATE:20261105", "DTEND;VALUE=DATE:20261107", "SUMMARY:ines", uid=""),
            event("DTSTART:20261108T010000Z", "DTEND:20261108T020000Z", "SUMMARY:noor", uid=""),
        )
    )
    assert who(told) == [
        (("noor",), "11-03 07:00", "11-03 19:00"),
        (("teo",), "11-04 00:00", "11-05 00:00"),
        (("ines",), "11-05 00:00", "11-07 00:00"),
        (("noor",), "11-07 19:00", "11-07 20:00"),
    ]


def test_a_zone_that_the_file_explains_is_known_and_another_is_not() -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Own Zone\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
        "TZOFFSETFROM:+0000\nTZOFFSETTO:+0000\nEND:STANDARD\nEND:VTIMEZONE\n"
    )
    own = event("DTSTART;TZID=Own Zone:20261103T130000", "DURATION:PT1H", "SUMMARY:noor")
    other = event("DTSTART;TZID=Their Zone:20261103T130000", "DURATION:PT1H", "SUMMARY:noor", uid="two")
    told = reading(calendar(own, other, around=zone))
    assert who(told) == [(("noor",), "11-03 07:00", "11-03 08:00")]
    assert [why for _, why in whys(told.unread)] == [Why.UNKNOWN_ZONE]


@pytest.mark.parametrize(
    ("lines", "people", "unread"),
    [
        (
            ("SUMMARY:Day", "ATTENDEE;CN=x:mailto:NOOR@example.org", "ATTENDEE:mailto:teo@example.org"),
            ["noor", "teo"],
            [],
        ),
        (("SUMMARY:Day", "ATTENDEE;CN=Noor Invented:invalid:nomail"), ["noor"], []),
        (("SUMMARY:Day", "ATTENDEE;CUTYPE=ROOM:mailto:room@example.org", "DESCRIPTION:With:\\nTeo Nunez"), ["teo"], []),
        (
            ("SUMMARY:noor", "ATTENDEE;PARTSTAT=DECLINED:mailto:teo@example.org"),
            ["noor"],
            [Why.DECLINED],
        ),
        (
            ("SUMMARY:Day", "ATTENDEE:mailto:noor@example.org", "ATTENDEE:mailto:who@example.org"),
            ["noor"],
            [Why.UNKNOWN_PERSON],
        ),
        (("SUMMARY:Night shift: Noor Invented\\, Teo Núñez",), ["noor", "teo"], []),
        (("SUMMARY:Inés Ortega y Ruiz & noor and teo - nights",), ["ines", "noor", "teo"], []),
        (("SUMMARY:Invented\\, Noor (night)",), ["noor"], []),
        (("SUMMARY:noor / Bo",), ["noor"], [Why.UNKNOWN_PERSON]),
        (("SUMMARY:Team meeting",), [], [Why.NAMES_NOBODY]),
        (("SUMMARY:Ana Twice",), [], [Why.TWO_OF_ONE_NAME]),
        ((), [], [Why.NAMES_NOBODY]),
    ],
)
def test_who_is_on_is_whom_it_invites_or_names(lines: tuple[str, ...], people: list[str], unread: list[Why]) -> None:
    told = reading(calendar(event(NIGHT, *lines)))
    assert [member for shift in told.shifts for member in shift.members] == people
    assert whys(told.unread) == [(4, why) for why in unread]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (("DTSTART:2026bad", "DURATION:PT1H"), Why.NOT_A_TIME),
        (("DTSTART:20261103T190000", "DTEND:soon"), Why.NOT_A_TIME),
        (("DTSTART:20261103T190000",), Why.NO_END),
        (("DTEND:20261103T190000",), Why.NO_START),
        (("DTSTART:20261103T190000", "DTEND:20261103T180000"), Why.ENDS_FIRST),
        (("DTSTART:20261103T190000", "DURATION:P30D"), Why.TOO_LONG),
        (("DTSTART:20361103T190000", "DURATION:PT1H"), Why.TOO_FAR_AHEAD),
        ((NIGHT, "RRULE:FREQ=NEVER"), Why.NO_SUCH_RULE),
        ((NIGHT, "RRULE:FREQ=WEEKLY;BYDAY=QQ"), Why.NO_SUCH_RULE),
        ((NIGHT, "RRULE:FREQ=SECONDLY;COUNT=1000000000"), Why.TOO_OFTEN),
        ((NIGHT, "RRULE:FREQ=HOURLY"), Why.TOO_OFTEN),
        ((NIGHT, "RRULE:FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=1,2,3,4,5"), Why.TOO_OFTEN),
        ((NIGHT, "RRULE:FREQ=DAILY", "EXDATE:2026bad"), Why.NOT_A_TIME),
        ((NIGHT, "DTSTART:20261103T190000"), Why.NOT_AN_EVENT),
        ((NIGHT, "DESCRIPTION:" + "x" * 1_000_000), Why.LONG_LINE),
    ],
)
def test_an_event_that_cannot_be_used_costs_itself_and_nothing_else(lines: tuple[str, ...], why: Why) -> None:
    told = reading(calendar(event(*lines, "SUMMARY:teo"), event(NIGHT, "SUMMARY:noor", uid="two")))
    assert whys(told.unread) == [(4, why)]
    assert who(told) == [(("noor",), "11-03 19:00", "11-04 07:00")]


def test_an_event_within_an_event_and_one_that_never_ends_are_named() -> None:
    text = calendar("BEGIN:VEVENT\nSUMMARY:teo\n", event(NIGHT, "SUMMARY:noor"), "BEGIN:VEVENT\nSUMMARY:ines\n")
    told = reading(text.removesuffix("END:VCALENDAR\n"))
    assert [why for _, why in whys(told.unread)] == [Why.NOT_AN_EVENT, Why.NOT_AN_EVENT]
    assert who(told) == [(("noor",), "11-03 19:00", "11-04 07:00")]


def test_what_stands_beside_the_events_is_no_roster() -> None:
    alarm = "BEGIN:VALARM\nTRIGGER:-PT5M\nEND:VALARM\n"
    told = reading(calendar("BEGIN:VTODO\nSUMMARY:noor\nEND:VTODO\n", event(NIGHT, alarm, "SUMMARY:no\n or")))
    assert who(told) == [(("noor",), "11-03 19:00", "11-04 07:00")]


def test_a_calendar_without_shifts_says_so_by_having_none() -> None:
    assert reading(calendar()).shifts == ()
    assert nothing("BEGIN:VCALENDA\n").why is No.NO_HEADING


def test_a_feed_that_goes_on_for_ever_ends_with_its_window() -> None:
    told = reading(calendar(event(NIGHT, "RRULE:FREQ=DAILY", "SUMMARY:noor")), until_is_a_fault=False)
    assert 390 < len(told.shifts) <= 400 and told.unread == ()


def test_a_series_of_a_file_that_goes_on_for_ever_ends_with_its_window_too() -> None:
    told = reading(calendar(event(NIGHT, "RRULE:FREQ=DAILY", "SUMMARY:noor")))
    assert 390 < len(told.shifts) <= 401 and told.unread == ()


def test_what_is_wrong_with_every_day_of_a_series_is_said_once() -> None:
    told = reading(calendar(event(NIGHT, "RRULE:FREQ=DAILY", "SUMMARY:Trainee: somebody else")))
    assert whys(told.unread) == [(4, Why.NAMES_NOBODY)] and told.unread_count == 1


def test_what_takes_too_long_of_one_event_or_of_one_series_is_named_and_left_out() -> None:
    turns: list[int] = []

    @contextmanager
    def guard() -> Iterator[None]:
        turns.append(1)
        if len(turns) in (1, 3):  # The first event alone, and then the series of the second.
            raise TimeoutError
        yield

    text = calendar(*(event(NIGHT, "RRULE:FREQ=DAILY;COUNT=2", "SUMMARY:noor", uid=uid) for uid in ("one", "two")))
    told = read(job(text), guard)
    assert isinstance(told, Read)
    assert whys(told.unread) == [(4, Why.TOO_HARD), (11, Why.TOO_HARD)] and told.shifts == ()


def test_far_too_many_events_or_entries_are_refused_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    night = event(NIGHT, "RRULE:FREQ=DAILY;COUNT=4", "SUMMARY:noor\\, teo")
    monkeypatch.setattr(gathering, "ROSTER_PLACES_MAX", 8)
    assert reading(calendar(night)).entries == 8
    monkeypatch.setattr(gathering, "ROSTER_PLACES_MAX", 7)
    assert nothing(calendar(night)).why is No.TOO_MANY
    monkeypatch.setattr(calendar_text, "EVENTS_MAX", 2)
    assert nothing(calendar(night, night, night)) == Unreadable(No.TOO_MANY, "2")
