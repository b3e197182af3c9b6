"""Who is on, as a reader who may read rosters gets it.

A suspended person is on nowhere.  Nothing here depends on ties or on an alert: whoever may read the roster reads all
of it, and the times at which somebody clocked in or goes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from msgspec import Struct

from tocsin.core.attendance import AttendancePhase
from tocsin.core.directory import Directory
from tocsin.core.limits import DAY_MS
from tocsin.core.roster import on_shift, rostered
from tocsin.core.shown_parts import who
from tocsin.core.views import Who, moment

YEAR_MS = 366 * DAY_MS
Span = tuple[int, int]


class OnShift(Struct, frozen=True):
    """`rostered`: the roster says so.  `clocked_in`: they said so.  `until`: None: not within a year."""

    member: Who
    rostered: bool
    clocked_in: bool
    since: str | None
    until: str | None


def on_shift_views(directory: Directory, site: str, at_ms: int) -> list[OnShift]:
    """Those who are on at this site and moment, in roster order, then those who came in besides."""
    return first_on_shift(directory, site, at_ms, len(directory.members))[0]


def first_on_shift(directory: Directory, site: str, at_ms: int, most: int) -> tuple[list[OnShift], int]:
    """The first of them, and how many there are: of two thousand a page names some dozens."""
    planned = set(rostered(directory, site, at_ms))
    here = [id for id in on_shift(directory, site, at_ms) if not directory.members[id].suspended]
    shown = here[:most]
    spans = _spans(directory, site, at_ms, set(shown))
    return [_view(directory, id, at_ms, spans[id], planned=id in planned) for id in shown], len(here)


def _spans(directory: Directory, site: str, at_ms: int, here: set[str]) -> Mapping[str, list[Span]]:
    """When each of these is rostered there from now on: found in one look at the roster, for there may be thousands."""
    found: dict[str, list[Span]] = defaultdict(list)
    for shift in directory.shifts:
        if shift.site == site and shift.ends_ms > at_ms:
            span = (shift.starts_ms, shift.ends_ms)
            for id in here.intersection(shift.members):
                found[id].append(span)
    return found


def _view(directory: Directory, id: str, at_ms: int, spans: list[Span], *, planned: bool) -> OnShift:
    word = directory.attendance.get(id)
    until_ms, since = at_ms, None
    for starts_ms, ends_ms in sorted(spans) if planned else ():
        until_ms = max(until_ms, ends_ms) if starts_ms <= until_ms else until_ms
    if word is not None and word.holds(at_ms):
        until_ms, since = max(until_ms, word.until_ms), moment(word.since_ms)
    until = moment(until_ms) if until_ms < at_ms + YEAR_MS else None
    return OnShift(who(directory, id), planned, since is not None, since, until)


def gone_early(directory: Directory, site: str, at_ms: int) -> list[Who]:
    """Those whom the roster has on then, and who have gone, or are at another site."""
    away = (word for word in directory.attendance.values() if word.holds(at_ms))
    elsewhere = {word.id for word in away if word.phase is AttendancePhase.GONE or word.site != site}
    return [who(directory, id) for id in rostered(directory, site, at_ms) if id in elsewhere]
