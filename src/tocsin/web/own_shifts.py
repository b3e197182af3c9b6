"""One's own shifts as pages list them, and how a form carries one of them."""

from __future__ import annotations

from msgspec import Struct

from tocsin.core.access.edits import ShiftKey
from tocsin.core.access.sheet import numbered
from tocsin.core.limits import DAY_MS
from tocsin.web.frame import Visit
from tocsin.web.office.local_time import Zone
from tocsin.web.refusals import PageRefusal

AHEAD_MS = 28 * DAY_MS
SHIFTS_SHOWN = 60


class Mine(Struct, frozen=True):
    """`id`: the shift, as a form carries it.  `begun`: what is left of it can be given."""

    id: str
    when: str
    site: str
    begun: bool


def own_shifts(visit: Visit, zone: Zone) -> list[Mine]:
    """Those of whoever looks in the next four weeks, the first ones first."""
    directory, me, now_ms = visit.directory, visit.member.id, visit.now_ms
    theirs = [
        (key, shift)
        for key, shift in numbered(directory.shifts).items()
        if me in shift.members and now_ms < shift.ends_ms and shift.starts_ms < now_ms + AHEAD_MS
    ]
    return [
        Mine(
            id=spelled(key),
            when=zone.span(shift.starts_ms, min(shift.ends_ms, now_ms + 366 * DAY_MS), visit._),
            site=directory.sites[shift.site].name,
            begun=shift.starts_ms <= now_ms,
        )
        for key, shift in sorted(theirs, key=lambda one: one[1].starts_ms)[:SHIFTS_SHOWN]
    ]


def spelled(key: ShiftKey) -> str:
    site, starts_ms, ends_ms, number = key
    return f"{starts_ms}.{ends_ms}.{number}.{site}"


def key_of(text: str) -> ShiftKey:
    """Raises PageRefusal where it is none."""
    parts = text.split(".", 3)
    if len(parts) != 4 or not all(part.lstrip("-").isdecimal() and len(part) < 18 for part in parts[:3]):
        raise PageRefusal("no_such_record")
    return (parts[3], int(parts[0]), int(parts[1]), int(parts[2]))
