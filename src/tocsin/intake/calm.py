"""What a watch shows while nothing happens, over HTTP: who is on, on whom one can rely, and the cover of a day.

The day of ten thousand people takes a fraction of a second to walk through, so it is done in a thread of its own and
kept while the organisation is the very same value, for some minutes at most: no press waits behind it.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from tocsin.core.access.calm_sight import CalmView, calm_view
from tocsin.core.cover import Hour, cover
from tocsin.core.directory import Directory
from tocsin.core.limits import GAPS_FRESH_MS, HOUR_MS
from tocsin.core.roster import site_of
from tocsin.intake.credentials import Pass
from tocsin.intake.problems import Trouble
from tocsin.intake.ring import Ring
from tocsin.runtime.access.reading import NotAllowed, Records
from tocsin.runtime.lately import Lately

HOURS = 24


class Calm:
    """On one ring.  Raises Trouble where the reader may not, or asks for a site that is none of theirs."""

    def __init__(self, ring: Ring, records: Records) -> None:
        self._ring, self._records = ring, records
        self._counted = Lately[list[Hour]](GAPS_FRESH_MS)

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
        channels = self._ring.world.channels
        walk, also = partial(cover, directory, site, now_ms, HOURS, channels), (channels, now_ms // HOUR_MS)
        return await self._counted.answer((directory.id, site), now_ms, walk, of=directory, also=also)
