"""Dates and times of day as people and programs write them in tables.

Theory of operation
-------------------
2026-11-03 and 3.11.2026 say which number is the day.  3/11/2026 does not: it is the file as a whole that tells, where
any of its dates has a number above twelve; where none has, the reader is asked and nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import NamedTuple

from tocsin.runtime.rosters.shapes import NotRead, Why

TEXT_MAX_CHARS = 60
DAY_MIN = 24 * 60
YEAR = r"(?P<{0}y>\d{{4}})"
DATE = (
    r"(?:(?P<iy>\d{4})[-/.](?P<im>\d{1,2})[-/.](?P<id>\d{1,2})"
    r"|(?P<by>\d{4})(?P<bm>\d{2})(?P<bd>\d{2})"
    r"|(?P<dd>\d{1,2})\.(?P<dm>\d{1,2})\.(?P<dy>\d{4}|\d{2})"
    r"|(?P<s1>\d{1,2})[/-](?P<s2>\d{1,2})[/-](?P<sy>\d{4}|\d{2}))"
)
HALF = r"\s*(?P<half>[ap])\s?\.?\s?m\.?"
TIME = (
    rf"(?:(?P<h>\d{{1,2}})[:.h](?P<m>\d{{2}})(?:[:.](?P<s>\d{{2}})(?:\.\d{{1,9}})?)?(?:{HALF})?"
    rf"|(?P<h2>\d{{1,2}})(?:{HALF.replace('half', 'half2')}|\s?h)|(?P<h4>\d{{2}})(?P<m4>\d{{2}}))"
)
ZONE = r"\s*(?P<zone>z|[+-]\d{2}:?\d{2})"
WHOLE = re.compile(rf"(?:{DATE})?(?:[\st,]+)?(?:{TIME}(?:{ZONE})?)?", re.IGNORECASE | re.ASCII)


class Written(NamedTuple):
    """A cell.  `minutes`: since midnight, 1440 for 24:00; `apart`: the two numbers and the year of 3/11/2026."""

    day: tuple[int, int, int] | None
    apart: tuple[int, int, int] | None
    minutes: int | None
    offset: timedelta | None


def written(text: str) -> Written:
    """What is written there.  Raises NotRead."""
    text = " ".join(text.split())
    found = WHOLE.fullmatch(text) if text and len(text) <= TEXT_MAX_CHARS else None
    if found is None:
        raise NotRead(Why.NOT_A_TIME, text)
    given = {name: value for name, value in found.groupdict().items() if value is not None}
    return Written(_day(given), _apart(given), _minutes(given, text), _offset(given.get("zone")))


def _day(given: dict[str, str]) -> tuple[int, int, int] | None:
    for kind in ("i", "b", "d"):
        if f"{kind}y" in given:
            return _year(given[f"{kind}y"]), int(given[f"{kind}m"]), int(given[f"{kind}d"])
    return None


def _apart(given: dict[str, str]) -> tuple[int, int, int] | None:
    return (int(given["s1"]), int(given["s2"]), _year(given["sy"])) if "sy" in given else None


def _year(text: str) -> int:
    return int(text) + (2000 if len(text) == 2 else 0)


def _minutes(given: dict[str, str], text: str) -> int | None:
    hour = next((int(given[name]) for name in ("h", "h2", "h4") if name in given), None)
    if hour is None:
        return None
    minute, half = int(given.get("m", given.get("m4", "0"))), given.get("half", given.get("half2", "")).lower()
    if half and not 1 <= hour <= 12:
        raise NotRead(Why.NOT_A_TIME, text)
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    if minute > 59 or hour * 60 + minute > DAY_MIN:
        raise NotRead(Why.NOT_A_TIME, text)
    return hour * 60 + minute


def _offset(text: str | None) -> timedelta | None:
    if text is None:
        return None
    if text in "zZ":
        return timedelta(0)
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 14 or minutes > 59:
        raise NotRead(Why.NOT_A_TIME, text)
    return timedelta(hours=hours, minutes=minutes) * (-1 if text[0] == "-" else 1)


def day_first(cells: Iterable[Written]) -> bool | None:
    """How this file writes 3/11/2026; None where nothing in it tells, or it does both."""
    pairs = [one.apart for one in cells if one.apart is not None]
    day_ahead, month_ahead = any(first > 12 for first, _, _ in pairs), any(second > 12 for _, second, _ in pairs)
    return None if day_ahead == month_ahead else day_ahead


def date_of(one: Written, first: bool | None) -> date | None:
    """The day of a cell; None: it has none.  Raises NotRead."""
    day = one.day
    if one.apart is not None:
        low, high, year = one.apart
        if first is None:
            raise NotRead(Why.DAY_OR_MONTH)
        day = (year, high, low) if first else (year, low, high)
    try:
        return None if day is None else date(*day)
    except ValueError:
        raise NotRead(Why.NO_SUCH_DAY) from None


def moment_of(day: date, one: Written) -> datetime:
    """This time of this day, with a zone if one was written.  Raises NotRead."""
    zone = None if one.offset is None else (UTC if not one.offset else timezone(one.offset))
    try:
        return datetime.combine(day, time(0), zone) + timedelta(minutes=one.minutes or 0)
    except OverflowError:
        raise NotRead(Why.NO_SUCH_DAY) from None
