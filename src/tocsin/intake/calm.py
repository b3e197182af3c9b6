"""What a watch shows while nothing happens, over HTTP: who is on, on whom one can rely, and the cover of a day.

The day of ten thousand people takes a fraction of a second to walk through, so it is done in a thread of its own and
kept while the organisation is the very same value, for some minutes at most: no press waits behind it.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from tocsin.core.access.calm_sight import CalmView, calm_view
from tocsin.core.cover import Hour, cover
from tocsin.core.directory import Directory
from tocsin.core.limits import HOUR_MS
from tocsin.core.roster import site_of
from tocsin.core.words import Channel
from tocsin.intake.credentials import Pass
from tocsin.intake.problems import Trouble
from tocsin.intake.ring import Ring
from tocsin.runtime.access.reading import NotAllowed, Records
from tocsin.runtime.thinking import thought

HOURS = 24
FRESH_MS = 300_000


class Counted(Struct, frozen=True):
    """`directory`: for which value of the organisation; compared by identity."""

    directory: Directory
    channels: frozenset[Channel]
    from_ms: int
    hours: list[Hour]


class Calm:
    """On one ring.  Raises Trouble where the reader may not, or asks for a site that is none of theirs."""

    def __init__(self, ring: Ring, records: Records) -> None:
        self._ring, self._records = ring, records
        self._counted: dict[tuple[str, str], Counted] = {}

    async def of(self, who: Pass, asked: Any) -> CalmView:
        """`asked`: the query; `site` (where the reader is)."""
        try:
            directory = self._records.rostering(who)
        except NotAllowed:
            raise Trouble("not_allowed") from None
        now_ms = self._ring.clock.now_ms()
        site = asked.get("site") or site_of(directory, who.reader.member, now_ms)
        if site not in directory.sites:
            raise Trouble("bad_query", "site: the id of a site of yours")
        return calm_view(directory, site, now_ms, await self._cover(directory, site, now_ms))

    async def _cover(self, directory: Directory, site: str, now_ms: int) -> list[Hour]:
        known, channels = self._counted.get((directory.id, site)), self._ring.world.channels
        same = known is not None and known.directory is directory and known.channels == channels
        if known is None or not same or not _still(known.from_ms, now_ms):
            hours = await thought(cover, directory, site, now_ms, HOURS, channels)
            known = self._counted[directory.id, site] = Counted(directory, channels, now_ms, hours)
        return known.hours


def _still(from_ms: int, now_ms: int) -> bool:
    return 0 <= now_ms - from_ms < FRESH_MS and from_ms // HOUR_MS == now_ms // HOUR_MS
