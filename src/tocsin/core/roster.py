"""Who is on at an instant.  Shifts arrive as resolved instants; nothing here knows a time zone."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.core.directory import Directory, Member, Shift
from tocsin.core.words import MAY_CLOSE, Role


def on_shift(directory: Directory, site: str, now_ms: int) -> list[str]:
    """The members on shift at `site`, each once, in roster order."""
    running = (shift for shift in directory.shifts if shift.site == site and _runs(shift, now_ms))
    return list(dict.fromkeys(member for shift in running for member in shift.members if member in directory.members))


def site_of(directory: Directory, member: str, now_ms: int) -> str:
    """Where this member is taken to be: the site of the shift that runs, else of the nearest, else the first site."""
    theirs = [shift for shift in directory.shifts if member in shift.members]
    if theirs:
        return min(theirs, key=lambda shift: _distance_ms(shift, now_ms)).site
    return next(iter(directory.sites), "")


def duty_supervisors(directory: Directory, site: str, now_ms: int) -> list[str]:
    """The supervisors on shift at the site, else those of the nearest shift that has one."""
    shifts = sorted((s for s in directory.shifts if s.site == site), key=lambda shift: _distance_ms(shift, now_ms))
    for distance_ms in dict.fromkeys(_distance_ms(shift, now_ms) for shift in shifts):
        level = [s for s in shifts if _distance_ms(s, now_ms) == distance_ms]
        found = [m for shift in level for m in shift.members if _is(directory, m, Role.SUPERVISOR)]
        if found:
            return list(dict.fromkeys(found))
    return []


def coordinators(directory: Directory) -> list[str]:
    return [member.id for member in directory.members.values() if Role.COORDINATOR in member.roles]


def closers(directory: Directory) -> Iterator[Member]:
    """Every supervisor and coordinator of the organisation, on shift or not."""
    return (member for member in directory.members.values() if may_close(member))


def may_close(member: Member) -> bool:
    return bool(MAY_CLOSE.intersection(member.roles))


def _runs(shift: Shift, now_ms: int) -> bool:
    return shift.starts_ms <= now_ms < shift.ends_ms


def _distance_ms(shift: Shift, now_ms: int) -> int:
    return max(shift.starts_ms - now_ms, now_ms - shift.ends_ms + 1, 0)


def _is(directory: Directory, member: str, role: Role) -> bool:
    return member in directory.members and role in directory.members[member].roles
