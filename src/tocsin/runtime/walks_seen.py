"""The walks that one reader may see, assembled from what the node knows; the rules are in `core/walk_sight.py`."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nsmallest

from tocsin.core.access.permissions import May, Reach, reach_of
from tocsin.core.limits import WALKS_SHOWN_MAX
from tocsin.core.shown_parts import Fixes
from tocsin.core.walk import Walk
from tocsin.core.walk_sight import WalkView, walk_view
from tocsin.runtime.node import HasWorld
from tocsin.runtime.passes import Pass


class WalksSeen:
    """Reads, and changes nothing."""

    def __init__(self, node: HasWorld) -> None:
        self._node = node

    def under_way(self, who: Pass) -> list[WalkView]:
        """The first to end first, WALKS_SHOWN_MAX at the most.  How many more there are is told to nobody: it would
        tell of those that a reader may not see."""
        looked_at = 2 * WALKS_SHOWN_MAX  # Of these most are shown: nobody is tied to half of a shift.
        walks = nsmallest(looked_at, self._nearby(who), key=lambda walk: (walk.due_ms, walk.id))
        views = (view for walk in walks if (view := self.view(who, walk)) is not None)
        return [view for view, _ in zip(views, range(WALKS_SHOWN_MAX), strict=False)]

    def _nearby(self, who: Pass) -> Iterator[Walk]:
        """Those that may be shown to this reader; of a hundred thousand a worker has one, and no press waits for it."""
        world, me = self._node.world, who.reader.member
        member = world.directory(who.org).members.get(me)
        roles = () if member is None else member.roles
        if reach_of(roles, May.READ_WALKS, who.via) is Reach.ALL:
            return world.open_walks(who.org)
        return (walk for walk in world.open_walks(who.org) if me in (walk.member, walk.buddy))

    def find(self, who: Pass, id: str) -> WalkView | None:
        """None: to this reader there is none."""
        walk = self._node.world.walk(who.org, id)
        return None if walk is None else self.view(who, walk)

    def view(self, who: Pass, walk: Walk) -> WalkView | None:
        world = self._node.world
        fixes = self._fixes_of(walk) if walk.member == who.reader.member else {}  # Nobody else is shown any.
        alert = None if walk.alert is None else world.alert(who.org, walk.alert)
        return walk_view(walk, world.directory(who.org), fixes, who.reader, self._node.clock.now_ms(), alert)

    def _fixes_of(self, walk: Walk) -> Fixes:
        return {fix.id: (fix.lat, fix.lon) for fix in self._node.world.fixes_of(walk.id).values()}
