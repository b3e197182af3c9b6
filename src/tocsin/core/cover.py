"""How many people an SOS would ring, hour by hour: the cover of the coming day at a site.

An hour is as good as its worst moment.  The counting is that of `gaps.py`, so the two never say different things, and
like it this leaves ties out.
"""

from __future__ import annotations

import itertools

from msgspec import Struct

from tocsin.core.directory import Directory
from tocsin.core.escalation import plan_for
from tocsin.core.gaps import Count, Lack, turns_of
from tocsin.core.limits import HOUR_MS
from tocsin.core.words import Channel, Kind


class Hour(Struct, frozen=True):
    """The worst moment of an hour.  `people`: whom an SOS would ring before the last step; `lacks`: what is missing."""

    at_ms: int
    people: int
    lacks: tuple[Lack, ...]


def cover(directory: Directory, site: str, from_ms: int, hours: int, channels: frozenset[Channel]) -> list[Hour]:
    """So many whole hours from the one in which `from_ms` lies; what has passed of that one does not count."""
    begins_ms = from_ms - from_ms % HOUR_MS
    marks = [begins_ms + number * HOUR_MS for number in range(hours + 1)]
    count = Count(directory, site, plan_for(directory, site, Kind.SOS), channels)
    turns = turns_of(directory, from_ms, marks[-1], count.sites)
    edges = sorted({from_ms, *marks[1:], *turns})
    worst: dict[int, Hour] = {}
    for at_ms, until_ms in itertools.pairwise(edges):
        count.take(turns.get(at_ms, {}))
        mark = at_ms - at_ms % HOUR_MS
        now = Hour(mark, count.people, count.lacks(at_ms))
        known = worst.get(mark)
        worst[mark] = now if known is None or _rank(now) < _rank(known) else known
        assert until_ms <= mark + HOUR_MS
    return [worst[mark] for mark in marks[:-1]]


def _rank(hour: Hour) -> tuple[int, int]:
    """The worst first: what is missing counts before how many there are."""
    order = list(Lack)
    return min((order.index(lack) for lack in hour.lacks), default=len(order)), hour.people
