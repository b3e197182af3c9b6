"""Who is on, as a reader who may read rosters gets it.

A suspended person is on nowhere.  Nothing here depends on ties or on an alert: whoever may read the roster reads all
of it, and the times at which somebody clocked in or goes.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tocsin.core.attendance import AttendancePhase
from tocsin.core.directory import Directory
from tocsin.core.limits import DAY_MS
from tocsin.core.roster import on_shift, rostered, rostered_until_ms
from tocsin.core.shown_parts import who
from tocsin.core.views import Who, moment

YEAR_MS = 366 * DAY_MS


class OnShift(Struct, frozen=True):
    """`rostered`: the roster says so.  `clocked_in`: they said so.  `until`: None: not within a year."""

    member: Who
    rostered: bool
    clocked_in: bool
    since: str | None
    until: str | None


def on_shift_views(directory: Directory, site: str, at_ms: int) -> list[OnShift]:
    """Those who are on at this site and moment, in roster order, then those who came in besides."""
    planned = set(rostered(directory, site, at_ms))
    return list(_views(directory, site, at_ms, planned))


def _views(directory: Directory, site: str, at_ms: int, planned: set[str]) -> Iterator[OnShift]:
    for id in on_shift(directory, site, at_ms):
        if directory.members[id].suspended:
            continue
        word = directory.attendance.get(id)
        said = word is not None and word.holds(at_ms)
        until_ms = rostered_until_ms(directory, id, at_ms, site) or at_ms
        if word is not None and said:
            until_ms = max(until_ms, word.until_ms) if id in planned else word.until_ms
        since = moment(word.since_ms) if word is not None and said else None
        until = moment(until_ms) if until_ms < at_ms + YEAR_MS else None
        yield OnShift(who(directory, id), id in planned, said, since, until)


def gone_early(directory: Directory, site: str, at_ms: int) -> list[Who]:
    """Those whom the roster has on then, and who have gone, or are at another site."""
    away = (word for word in directory.attendance.values() if word.holds(at_ms))
    elsewhere = {word.id for word in away if word.phase is AttendancePhase.GONE or word.site != site}
    return [who(directory, id) for id in rostered(directory, site, at_ms) if id in elsewhere]
