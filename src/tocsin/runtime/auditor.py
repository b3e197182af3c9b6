"""Somebody looks over our own shoulder: an open alert without a near wake-up is found and made louder.

It walks the open alerts only, so it costs the same with a million closed ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tocsin.core.commands import Audit
from tocsin.core.limits import SECOND_MS, WAKE_MAX_MS
from tocsin.core.walk_commands import LookWalk
from tocsin.runtime.loop import Bell
from tocsin.runtime.walk_timers import unwatched

AUDIT_EVERY_MS = 15 * SECOND_MS
LATE_MS = 5 * SECOND_MS  # A wake-up this long overdue was lost.


def findings(bell: Bell) -> Iterator[Audit]:
    """One for each open alert that nothing is going to look at in time."""
    now_ms = bell.clock.now_ms()
    for alert in tuple(bell.world.open.values()):
        at_ms = bell.wakes.at_ms(f"alert/{alert.org}/{alert.id}")
        if at_ms is None and concerned_with(bell, alert.id):
            continue  # Its wake-up has just rung and waits in the queue.
        if at_ms is None or at_ms > now_ms + WAKE_MAX_MS + LATE_MS or at_ms < now_ms - LATE_MS:
            yield Audit(org=alert.org, alert=alert.id, finding="no_near_wake_up")


def concerned_with(bell: Bell, id: str) -> bool:
    """Does a command about this alert or walk wait, or is it being written?"""
    return any(id in (getattr(command, "alert", None), getattr(command, "walk", None)) for command in bell.busy_with)


def audit(bell: Bell) -> int:
    """Make every alert that was found louder, and look at every walk that was; how many there were."""
    now_ms = bell.clock.now_ms()
    walks = unwatched(bell.world, bell.wakes, partial(concerned_with, bell), now_ms, now_ms // AUDIT_EVERY_MS)
    found: list[Audit | LookWalk] = [*findings(bell), *walks]
    for command in found:
        bell.tell(command)
    return len(found)
