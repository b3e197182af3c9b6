"""What is read of a roster is read in a process of its own: it may be stopped, and the server goes on."""

from __future__ import annotations

import asyncio

import pytest

from paper_roster import job, reading
from tocsin.runtime.rosters.apart import Apart
from tocsin.runtime.rosters.shapes import No, Read, Unreadable, Why

NEVER = "DTSTART:20260103T190000Z\nDURATION:PT12H\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\nSUMMARY:noor\n"
TABLE = "member,date,start,end\nnoor,2026-11-03,07:00,19:00\nbo,2026-11-03,07:00,19:00\n"


def bombs(count: int) -> str:
    events = (f"BEGIN:VEVENT\nUID:{number}\n{NEVER}END:VEVENT\n" for number in range(count))
    return f"BEGIN:VCALENDAR\n{''.join(events)}END:VCALENDAR\n"


@pytest.mark.slow
def test_what_is_read_apart_is_what_is_read_here() -> None:
    assert asyncio.run(Apart()(job(TABLE))) == reading(TABLE)


@pytest.mark.slow
def test_a_series_without_an_end_to_its_work_is_named_and_stopped() -> None:
    told = asyncio.run(Apart()(job(bombs(1))))
    assert isinstance(told, Read)
    assert [(one.line, one.why) for one in told.unread] == [(2, Why.TOO_HARD)]


@pytest.mark.slow
def test_a_file_of_nothing_but_work_is_given_up_at_the_deadline() -> None:
    assert asyncio.run(Apart(spent_max_s=2)(job(bombs(50)))) == Unreadable(No.TOO_HARD)
