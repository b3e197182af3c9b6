"""A moment as people at a site write it, through the hours that come twice and those that never come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Local(Struct, frozen=True):
    """`twice`: clocks go back, and this hour comes a second time.  `never`: they go forward over it."""

    ms: int
    twice: bool = False
    never: bool = False


def written(at_ms: int, zone: str) -> str:
    """As a field for date and time has it, to the minute."""
    return (EPOCH + timedelta(milliseconds=at_ms)).astimezone(_zone(zone)).strftime("%Y-%m-%dT%H:%M")


def read(text: str, zone: str, *, second: bool = False) -> Local | None:
    """The instant; None where it is no date and time.  `second`: of an hour that comes twice, the later one."""
    try:
        naive = datetime.fromisoformat(text)
    except ValueError:
        return None
    if naive.tzinfo is not None or not 1970 < naive.year < 9000:
        return None
    first, later = (_ms(naive.replace(tzinfo=_zone(zone), fold=fold)) for fold in (0, 1))
    never = written(first, zone) != naive.strftime("%Y-%m-%dT%H:%M")
    return Local(later if second and later > first else first, twice=later > first and not never, never=never)


def _ms(at: datetime) -> int:
    return round((at - EPOCH).total_seconds() * 1000)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return ZoneInfo("UTC")
