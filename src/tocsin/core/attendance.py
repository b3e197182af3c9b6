"""Who is here though the roster does not say so, or has gone though it does: one record for each member.

Theory of operation
-------------------
The roster says who should be on; attendance says who is.  Without a record the roster alone counts.  *Here*: the member
is on at `site` and nowhere else, rostered or not, until they clock out or `until_ms`.  *Gone*: the member is on nowhere
until `until_ms`, the end of the rostered hours that they left, or CLOCK_OUT_MAX_MS if that is sooner.  Whatever they
said lapses then, so that a person who forgets to clock out is not counted on all night, and one who went home ill is on
again with their next shift.

Time alone ends a word: every reader compares `until_ms` with now (`holds`), and the wake-up that closes the record
only tidies.  So no late wake-up, and no restart, puts anybody on or off.  A suspension closes the record: they are on
nowhere.  Clocking out when one is not on is no event at all; whoever decides (`access/clocking.py`) answers that it is
so already.

Who was rung stays rung: attendance says whom an alert would ring, and takes nobody out of one that did.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from msgspec import Struct
from msgspec.structs import replace


class AttendancePhase(StrEnum):
    HERE = "here"
    GONE = "gone"
    OVER = "over"  # The roster alone counts.


class Attendance(Struct, frozen=True, gc=False, kw_only=True):
    """The word of one member (`id`), from `since_ms` (included) to `until_ms` (not included).

    `site`: where they are; of somebody gone, the site that they left.
    """

    id: str
    site: str
    since_ms: int
    until_ms: int
    phase: AttendancePhase = AttendancePhase.OVER

    @property
    def open(self) -> bool:
        return self.phase is not AttendancePhase.OVER

    def holds(self, at_ms: int) -> bool:
        """Does it count at this moment?"""
        return self.open and self.since_ms <= at_ms < self.until_ms


class ClockedIn(Struct, frozen=True):
    site: str
    until_ms: int


class ClockedOut(Struct, frozen=True):
    """`until_ms`: the end of the rostered hours they left; None: nothing was rostered, and the record is over."""

    site: str
    until_ms: int | None


class Lapsed(Struct, frozen=True):
    """`until_ms` has come."""


class CutOff(Struct, frozen=True):
    """They were suspended, or are here no more."""


AttendanceEvent = ClockedIn | ClockedOut | Lapsed | CutOff


class IllegalAttendanceEvent(Exception):
    """This event cannot happen in this phase; the attendance is unchanged."""


_P = AttendancePhase
TRANSITIONS: Mapping[AttendancePhase, Mapping[type, frozenset[AttendancePhase]]] = MappingProxyType(
    {
        _P.OVER: {ClockedIn: frozenset({_P.HERE}), ClockedOut: frozenset({_P.GONE})},
        _P.HERE: {
            ClockedIn: frozenset({_P.HERE}),
            ClockedOut: frozenset({_P.GONE, _P.OVER}),
            Lapsed: frozenset({_P.OVER}),
            CutOff: frozenset({_P.OVER}),
        },
        _P.GONE: {
            ClockedIn: frozenset({_P.HERE}),
            Lapsed: frozenset({_P.OVER}),
            CutOff: frozenset({_P.OVER}),
        },
    }
)


def unknown(member: str) -> Attendance:
    """Of whom nothing was ever said."""
    return Attendance(id=member, site="", since_ms=0, until_ms=0)


def evolve(now: Attendance, event: AttendanceEvent, at_ms: int) -> Attendance:
    """After this event.  Raises IllegalAttendanceEvent where the table has no such line."""
    allowed = TRANSITIONS[now.phase].get(type(event))
    if allowed is None:
        raise IllegalAttendanceEvent(f"{type(event).__name__} while {now.phase}")
    after = _APPLY[type(event)](now, event, at_ms)
    if after.phase not in allowed:
        raise IllegalAttendanceEvent(f"{type(event).__name__} led from {now.phase} to {after.phase}")
    return after


def _clocked_in(now: Attendance, event: ClockedIn, at_ms: int) -> Attendance:
    """Whoever says again that they are here is here since the first time."""
    stays = now.phase is _P.HERE and now.site == event.site and now.holds(at_ms)
    since_ms = now.since_ms if stays else at_ms
    return replace(now, phase=_P.HERE, site=event.site, since_ms=since_ms, until_ms=event.until_ms)


def _clocked_out(now: Attendance, event: ClockedOut, at_ms: int) -> Attendance:
    if event.until_ms is None:
        return replace(now, phase=_P.OVER, until_ms=at_ms)
    return replace(now, phase=_P.GONE, site=event.site, since_ms=at_ms, until_ms=event.until_ms)


def _over(now: Attendance, event: Lapsed | CutOff, at_ms: int) -> Attendance:
    return replace(now, phase=_P.OVER, until_ms=min(now.until_ms, at_ms))


_APPLY: Mapping[type, Callable[[Attendance, Any, int], Attendance]] = MappingProxyType(
    {ClockedIn: _clocked_in, ClockedOut: _clocked_out, Lapsed: _over, CutOff: _over}
)
