"""The gaps of the coming week, found in a thread of their own and kept for a while.

A week of ten thousand people takes a fraction of a second to walk through, and no press may wait behind it.  What was
found holds while the organisation is the very same value, and for some minutes: what has begun meanwhile is left out.
"""

from __future__ import annotations

from functools import partial

from tocsin.core.directory import Directory
from tocsin.core.gaps import Gap, gaps
from tocsin.core.limits import DAY_MS, GAPS_FRESH_MS
from tocsin.core.words import Channel
from tocsin.runtime.lately import Lately

WEEK_MS = 7 * DAY_MS


class Watch:
    """What was found of late, by site."""

    def __init__(self) -> None:
        self._found = Lately[list[Gap]](GAPS_FRESH_MS)

    async def of(self, directory: Directory, site: str, now_ms: int, channels: frozenset[Channel]) -> list[Gap]:
        """The gaps of the seven days from now."""
        walk = partial(gaps, directory, site, now_ms, now_ms + WEEK_MS, channels)
        found = await self._found.answer((directory.id, site), now_ms, walk, of=directory, also=channels)
        return [gap for gap in found if gap.ends_ms > now_ms]
