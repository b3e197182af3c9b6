"""The gaps of the coming week, found in a thread of their own and kept for a while.

A week of ten thousand people takes a fraction of a second to walk through, and no press may wait behind it.  What was
found holds while the organisation is the very same value, and for some minutes: what has begun meanwhile is left out.
"""

from __future__ import annotations

from msgspec import Struct

from tocsin.core.directory import Directory
from tocsin.core.gaps import Gap, gaps
from tocsin.core.limits import DAY_MS
from tocsin.core.words import Channel
from tocsin.runtime.thinking import thought

WEEK_MS = 7 * DAY_MS
FRESH_MS = 300_000


class Found(Struct, frozen=True):
    """`directory`: for which value of the organisation; compared by identity."""

    directory: Directory
    channels: frozenset[Channel]
    from_ms: int
    gaps: list[Gap]


class Watch:
    """What was found of late, by site."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Found] = {}

    async def of(self, directory: Directory, site: str, now_ms: int, channels: frozenset[Channel]) -> list[Gap]:
        """The gaps of the seven days from now."""
        known = self._found.get((directory.id, site))
        fresh = known is not None and known.directory is directory and known.channels == channels
        if known is None or not fresh or not 0 <= now_ms - known.from_ms < FRESH_MS:
            walked = await thought(gaps, directory, site, now_ms, now_ms + WEEK_MS, channels)
            known = self._found[directory.id, site] = Found(directory, channels, now_ms, walked)
        return [gap for gap in known.gaps if gap.ends_ms > now_ms]
