"""What a check may look at, and the bounds that several of them share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from tocsin.core.words import Channel
from tocsin.sim.journal import Journal
from tocsin.sim.record import Record

if TYPE_CHECKING:
    from tocsin.sim.node import Node


PACE_MS = 1_000  # What a healthy system is given to act.
CLOCK_MS = 50  # I5.


class Scene(Struct):
    """All that a check may look at."""

    journal: Journal
    record: Record
    node: Node
    moved: frozenset[str] = frozenset()  # Who has another number than at the start.

    @property
    def vendors(self) -> int:
        """Of text messages."""
        return len(self.node.ways[Channel.SMS])

    @property
    def announcing(self) -> set[str]:
        """Messages of announcements that are not out of date: they wait for their turn, or for word of an arrival."""
        now_ms = self.node.clock.now_ms() - PACE_MS
        return {id for id, message in self.record.announced.items() if message.valid_until_ms >= now_ms}

    def works(self, start_ms: int, end_ms: int) -> bool:
        """Was the system up, with a disk that took everything, all this time?"""
        return not any(
            outage.start_ms <= end_ms and (outage.end_ms is None or outage.end_ms + 5_000 >= start_ms)
            for outage in self.journal.outages
        )
