"""Gaps in words: when an alert would find too few, and what is missing then."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from tocsin.core.gaps import Gap, Lack
from tocsin.core.limits import GAPS_FRESH_MS
from tocsin.web.kinds import KINDS
from tocsin.web.office.gap_watch import WEEK_MS
from tocsin.web.office.local_time import Zone
from tocsin.web.office.rooms import Office
from tocsin.web.speaking import words

LACKS: Mapping[Lack, str] = {
    Lack.REACHES_NOBODY: words("an alert would reach nobody at all"),
    Lack.NOBODY: words("nobody is on who can be reached"),
    Lack.TOO_FEW: words("too few to help"),
    Lack.NO_CLOSER: words("nobody who may close"),
}


class GapLine(Struct, frozen=True):
    when: str
    lacks: str
    now: bool


def lines(office: Office, zone: Zone, found: list[Gap], now_ms: int) -> list[GapLine]:
    """In the order of time; of which alerts is said where it is not all of them."""
    kinds = {kind for gap in found for kind in gap.kinds}
    return [_line(office, zone, gap, now_ms, whole=set(gap.kinds) == kinds) for gap in found]


def _line(office: Office, zone: Zone, gap: Gap, now_ms: int, *, whole: bool) -> GapLine:
    say = office.visit._
    now, last = gap.starts_ms <= now_ms, gap.ends_ms >= now_ms + WEEK_MS - GAPS_FRESH_MS
    lacks = ", ".join(say(LACKS[lack]) for lack in gap.lacks)
    if not whole:
        lacks = say("%(lacks)s (%(kinds)s)", lacks=lacks, kinds=", ".join(say(KINDS[kind]) for kind in gap.kinds))
    if now and last:
        return GapLine(say("All the coming week"), lacks, now)
    if now:
        return GapLine(say("Now, until %(ends)s", ends=zone.moment(gap.ends_ms)), lacks, now)
    if last:
        return GapLine(say("From %(begins)s on", begins=zone.moment(gap.starts_ms)), lacks, now)
    return GapLine(zone.span(gap.starts_ms, gap.ends_ms, say), lacks, now)


def heading(office: Office, found: list[Gap]) -> str:
    if not found:
        return office.visit._("No gap in the next 7 days")
    return office.ngettext("%(num)s gap in the next 7 days", "%(num)s gaps in the next 7 days", len(found))
