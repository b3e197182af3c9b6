"""Who is on at an instant: by the roster, and by what people said of being here (`attendance.py`).

Shifts arrive as resolved instants; nothing here knows a time zone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tocsin.core.attendance import AttendancePhase
from tocsin.core.directory import Directory, Member, Shift
from tocsin.core.held import Held
from tocsin.core.words import MAY_CLOSE, Role


def on_shift(directory: Directory, site: str, now_ms: int, *, watched: bool = False) -> list[str]:
    """The members on shift at `site`, each once, in roster order; then those who came in besides.

    `watched`: for somebody in a watch window.  Whoever came in besides the roster counts for them from the next shift,
    so that nobody comes in because of them.
    """
    planned = rostered(directory, site, now_ms)
    said = {id: word for id, word in directory.attendance.items() if word.holds(now_ms)}
    if not said:
        return planned
    here = [id for id, word in said.items() if word.phase is AttendancePhase.HERE and word.site == site]
    stayed = [id for id in planned if id not in said or id in here]
    besides = (id for id in here if id in directory.members and id not in planned)
    if watched:
        besides = (id for id in besides if _shift_began_since(directory, site, said[id].since_ms, now_ms))
    return [*stayed, *besides]


def rostered(directory: Directory, site: str, now_ms: int) -> list[str]:
    """Who should be on, each once, in roster order."""
    running = (shift for shift in directory.shifts if shift.site == site and _runs(shift, now_ms))
    return list(dict.fromkeys(member for shift in running for member in shift.members if member in directory.members))


def shifts_of(directory: Directory, member: str) -> tuple[Shift, ...]:
    """Every shift that has this member, in roster order.  Looked for once in each roster: every press asks."""
    known = _SHIFTS_OF.of(directory.shifts)
    if member not in known:
        known[member] = tuple(shift for shift in directory.shifts if member in shift.members)
    return known[member]


def rostered_until_ms(directory: Directory, member: str, at_ms: int, site: str | None = None) -> int | None:
    """When the hours end for which this member is rostered at `at_ms`, from one shift to the next; None: not rostered.

    `site`: only of shifts there.
    """
    theirs = [shift for shift in shifts_of(directory, member) if site in (None, shift.site)]
    until_ms = at_ms
    while running := [shift.ends_ms for shift in theirs if _runs(shift, until_ms)]:
        until_ms = max(running)
    return until_ms if until_ms > at_ms else None


def _shift_began_since(directory: Directory, site: str, since_ms: int, now_ms: int) -> bool:
    return any(shift.site == site and since_ms < shift.starts_ms <= now_ms for shift in directory.shifts)


def site_of(directory: Directory, member: str, now_ms: int) -> str:
    """Where this member is taken to be: where they said they are, else the site of the shift that runs, else of the
    nearest, else the first site."""
    said = directory.attendance.get(member)
    if said is not None and said.holds(now_ms) and said.phase is AttendancePhase.HERE:
        return said.site
    theirs = shifts_of(directory, member)
    if theirs:
        return min(theirs, key=lambda shift: _distance_ms(shift, now_ms)).site
    return next(iter(directory.sites), "")


def duty_supervisors(directory: Directory, site: str, now_ms: int) -> list[str]:
    """The supervisors on shift at the site, else those of the nearest shift that has one."""
    here = [id for id in on_shift(directory, site, now_ms) if _is(directory, id, Role.SUPERVISOR)]
    if here:
        return here
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
    return iter(_CLOSERS.of(directory.members))


def may_close(member: Member) -> bool:
    return bool(MAY_CLOSE.intersection(member.roles))


def _runs(shift: Shift, now_ms: int) -> bool:
    return shift.starts_ms <= now_ms < shift.ends_ms


def _distance_ms(shift: Shift, now_ms: int) -> int:
    return max(shift.starts_ms - now_ms, now_ms - shift.ends_ms + 1, 0)


def _is(directory: Directory, member: str, role: Role) -> bool:
    return member in directory.members and role in directory.members[member].roles


def _who_may_close(members: Mapping[str, Member]) -> tuple[Member, ...]:
    return tuple(member for member in members.values() if may_close(member))


def _nobodys_yet(shifts: tuple[Shift, ...]) -> dict[str, tuple[Shift, ...]]:
    return {}


_CLOSERS: Held[Mapping[str, Member], tuple[Member, ...]] = Held(_who_may_close)
_SHIFTS_OF: Held[tuple[Shift, ...], dict[str, tuple[Shift, ...]]] = Held(_nobodys_yet)
