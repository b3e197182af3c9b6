"""A roster on paper: the people of a small centre, and what is read of a file about them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tocsin.runtime.rosters.reading import read
from tocsin.runtime.rosters.shapes import Job, Person, Read, Unread, Unreadable, Why

ZONE = "America/Chicago"
PEOPLE = (
    Person("noor", "Noor Invented", ("noor@example.org",), ("+12025550110",)),
    Person("teo", "Teo Núñez", ("teo@example.org",), ("+12025550111",)),
    Person("ines", "Inés Ortega y Ruiz", ("ines@example.org",)),
    Person("ana-1", "Ana Twice"),
    Person("ana-2", "Ana Twice"),
)


def at(text: str) -> int:
    """Milliseconds of this time in Chicago."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)).timestamp() * 1000)


NOW = at("2026-10-30T12:00")


def job(content: bytes | str, **more: Any) -> Job:
    fields: dict[str, Any] = {
        "content": content.encode() if isinstance(content, str) else content,
        "site": "centre",
        "site_name": "Dispatch Centre",
        "time_zone": ZONE,
        "people": PEOPLE,
        "from_ms": NOW,
        "until_ms": NOW + 400 * 86_400_000,
        **more,
    }
    return Job(**fields)


def reading(content: bytes | str, **more: Any) -> Read:
    told = read(job(content, **more))
    assert isinstance(told, Read), told
    return told


def nothing(content: bytes | str, **more: Any) -> Unreadable:
    told = read(job(content, **more))
    assert isinstance(told, Unreadable), told
    return told


def who(told: Read) -> list[tuple[tuple[str, ...], str, str]]:
    """Who is on from when to when, in Chicago."""
    return [(shift.members, _clock(shift.starts_ms), _clock(shift.ends_ms)) for shift in told.shifts]


def _clock(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, ZoneInfo(ZONE)).strftime("%m-%d %H:%M")


def whys(lines: tuple[Unread, ...]) -> list[tuple[int, Why]]:
    return [(one.line, one.why) for one in lines]
