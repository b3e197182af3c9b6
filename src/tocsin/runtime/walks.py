"""The walks of one layer of the world: the open ones, and those that ended of late.

There may be a hundred thousand of them, and most are never asked about before they end.  So of a walk that was open at
a start only the walk itself is in memory, and its version (`unread`); its messages and positions are read when they are
wanted.  What many walks say alike is in memory once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from msgspec.structs import replace

from tocsin.core.walk import Walk
from tocsin.runtime.remembered import RecalledWalk, RecallWalk

ALIKE = ("org", "member", "site", "bay", "way", "remind_before_ms", "grace_ms")
ENDED_KEPT = 1_000  # Walks that ended last: for late callbacks, and for their worker's list.


class Walks:
    """Reads fall through to `below`; the lowest layer asks the store (`recall`), and tells the world what it got.

    An upper layer has those that were written in it, and the lowest one those that are open or ended last.
    """

    def __init__(self, below: Walks | None, recall: RecallWalk, took: Callable[[RecalledWalk], None]) -> None:
        self._below, self._recall, self._took = below, recall, took
        self.known: dict[str, Walk] = {}
        self.unread: dict[str, int] = {}
        self._of: dict[tuple[str, str], str | None] = {}  # In an upper layer: None where it ended there.
        self._ended: deque[str] = deque()

    def get(self, org: str, id: str) -> Walk | None:
        """Open or ended."""
        found = self._in_memory(id)
        if found is None:
            recalled = self._from_store(org, id)
            found = None if recalled is None else recalled.walk
        return found if found is not None and found.org == org else None

    def has(self, org: str, id: str) -> bool:
        """Is it in memory?"""
        found = self._in_memory(id)
        return found is not None and found.org == org

    def of(self, org: str, member: str) -> Walk | None:
        """The open walk of this member."""
        key = (org, member)
        if key in self._of:
            id = self._of[key]
            return None if id is None else self.known[id]
        return None if self._below is None else self._below.of(org, member)

    def read(self, id: str) -> None:
        """Bring its messages and positions, of a walk that was open when we started."""
        if id in self.unread:
            recalled = self._from_store(self.known[id].org, id)
            assert recalled is not None, "an open walk is not in the store"

    def _in_memory(self, id: str) -> Walk | None:
        found = self.known.get(id)
        return self._below._in_memory(id) if found is None and self._below is not None else found

    def _from_store(self, org: str, id: str) -> RecalledWalk | None:
        if self._below is not None:
            return self._below._from_store(org, id)
        recalled = self._recall(org, id)
        if recalled is not None:
            self.unread.pop(id, None)
            self.keep(recalled.walk)
            self._took(recalled)
        return recalled

    def open_at_start(self, walk: Walk, version: int, same: Callable[[Any], Any]) -> None:
        """Of the lowest layer: as the store has it.  `same` gives the first of those that are equal."""
        shared = {name: same(getattr(walk, name)) for name in ALIKE}
        self.keep(replace(walk, **shared))
        self.unread[walk.id] = version

    # Writing ----------------------------------------------------------------------------------------------------

    def write(self, walk: Walk) -> None:
        """Of an upper layer: this is how the walk stands."""
        under_way = self.of(walk.org, walk.member)
        self.known[walk.id] = walk
        key = (walk.org, walk.member)
        if walk.open:
            self._of[key] = walk.id
        elif under_way is not None and under_way.id == walk.id:  # News of one that was over hides no other.
            self._of[key] = None

    def merge_into(self, below: Walks) -> None:
        for walk in self.known.values():
            below.keep(walk)

    def keep(self, walk: Walk) -> None:
        """Of the lowest layer: this is how the walk stands."""
        before, key = self.known.get(walk.id), (walk.org, walk.member)
        self.known[walk.id] = walk
        if walk.open:
            self._of[key] = walk.id
            return
        if self._of.get(key) == walk.id:
            del self._of[key]
        if before is None or before.open:
            self._ended.append(walk.id)

    # Looking through, and forgetting, in the lowest layer ---------------------------------------------------------

    def open_ones(self, org: str) -> Iterator[Walk]:
        return (self.known[id] for (whose, _), id in self._of.items() if whose == org and id is not None)

    def some(self, turn: int, most: int) -> Iterator[Walk]:
        """Of all open ones so many, others in each turn."""
        ids = [id for id in self._of.values() if id is not None]
        parts = -(-len(ids) // most) or 1
        return (self.known[id] for id in ids[turn % parts :: parts])

    def forget(self, under_way: Callable[[str], bool]) -> Iterator[Walk]:
        """Those beyond ENDED_KEPT, the oldest first, but for those of which a message is under way."""
        for _ in range(len(self._ended) - ENDED_KEPT):
            id = self._ended.popleft()
            if under_way(id):
                self._ended.append(id)
            else:
                self.unread.pop(id, None)
                yield self.known.pop(id)

    def clear(self) -> None:
        for known in (self.known, self.unread, self._of, self._ended):
            known.clear()
