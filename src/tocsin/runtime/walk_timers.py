"""The wake-ups of walks: set after each commit, looked after like those of alerts, and loud when a decision fails.

Theory of operation
-------------------
A wake-up is a row; the heap only mirrors it.  Should one be lost from the heap, `unwatched` finds it: in turn, because
a hundred thousand walks looked through at once would hold a press.  Should a look at a walk that is overdue fail again
and again, the call for help is made without looking at the walk (`bare_press`): it has the walk's own id as its key, so
it is the very same press, and there is never a second.  What the walk knows follows with the next look that succeeds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from tocsin.core.commands import Press
from tocsin.core.docket import Docket
from tocsin.core.limits import FIX_KEPT_MS, SECOND_MS
from tocsin.core.walk_commands import LookWalk
from tocsin.core.walking import overdue_press
from tocsin.runtime.ledger import forgets_now
from tocsin.runtime.wakes import Wakes
from tocsin.runtime.world import World

AUDITED_MAX = 10_000  # Walks looked at in one audit: some four milliseconds.
LATE_MS = 5 * SECOND_MS  # A wake-up this long overdue was lost.


def set_wakes(wakes: Wakes, docket: Docket) -> frozenset[str]:
    """After a commit; returns the walks to which something happened."""
    for draft in docket.walks.values():
        walk = draft.walk
        wakes.set(f"walk/{walk.org}/{walk.id}", walk.wake_at_ms)
        if draft.events and forgets_now(walk, docket.now_ms):
            wakes.set(f"fixes/{walk.org}/{walk.id}", docket.now_ms + FIX_KEPT_MS)
    return frozenset(draft.walk.id for draft in docket.walks.values() if draft.events)


def unwatched(
    world: World, wakes: Wakes, concerned_with: Callable[[str], bool], now_ms: int, turn: int
) -> Iterator[LookWalk]:
    """Open walks that nothing is going to look at in time, of those whose turn it is."""
    for walk in world.walks.some(turn, AUDITED_MAX):
        at_ms = wakes.at_ms(f"walk/{walk.org}/{walk.id}")
        due_ms = walk.wake_at_ms
        if at_ms is None and concerned_with(walk.id):
            continue  # Its wake-up has just rung and waits in the queue.
        if at_ms is None or due_ms is None or at_ms > due_ms or at_ms < now_ms - LATE_MS:
            yield LookWalk(org=walk.org, walk=walk.id)


def bare_press(world: World, command: object, now_ms: int) -> Iterator[Press]:
    """A decision failed: if it was a look at a walk that is overdue, the call for help without the walk."""
    walk = world.walk(command.org, command.walk) if isinstance(command, LookWalk) else None
    if walk is not None and walk.open and now_ms >= walk.raises_ms:
        yield replace(overdue_press(walk, now_ms), bare=True, site=walk.site)
