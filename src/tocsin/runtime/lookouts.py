"""What `readyz` looks at each time it is asked: the clock, the disk, alerts that reach nobody.

Each look answers at once from what is at hand; none waits for anybody.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from tocsin.core.access.feed_record import Feed
from tocsin.core.access.feeds import is_late
from tocsin.core.access.many_ended import many_ended_within_the_hour
from tocsin.core.access.record import Ender, Suspension
from tocsin.core.access.suspension import many_within_the_hour
from tocsin.core.limits import SECOND_MS
from tocsin.ports import Clock
from tocsin.runtime.readiness import NotReady, Watch
from tocsin.runtime.world import World

JUMP_SHOWN_MS = 2 * SECOND_MS  # Time servers correct less than a second by themselves; this somebody has set.
DISK_LOW_BYTES = 256 * 1_048_576  # Some two hundred thousand alerts: days to act in.
DISK_LOW_SHARE = 0.05  # On a small disk that would always be red.


class JumpingClock(Protocol):
    @property
    def jump_ms(self) -> int: ...


class Space(Protocol):
    """Bytes free to us, and in all; None where the disk does not say."""

    def __call__(self) -> tuple[int, int] | None: ...


def space_at(folder: Path) -> Space:
    def space() -> tuple[int, int] | None:
        try:
            disk = os.statvfs(folder)
        except OSError:
            return None
        return disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize

    return space


def clock_watch(clock: JumpingClock) -> Watch:
    """Is the wall clock what we count by?  If not, somebody set it; times that people see are off.

    Only a reboot lets the clock that timers run by believe the wall clock again (`system.py`).
    """

    def look() -> Iterator[NotReady]:
        apart_s = clock.jump_ms // SECOND_MS
        if abs(clock.jump_ms) > JUMP_SHOWN_MS:
            what = f"The machine's clock was set: it is {apart_s} s apart from the one that timers run by."
            remedy = "Set the machine's clock right; if it is right now, reboot the machine while no alert is open."
            yield NotReady("clock", what, remedy)

    return look


def disk_watch(space: Space) -> Watch:
    def look() -> Iterator[NotReady]:
        found = space()
        if found is None:
            yield NotReady("disk", "The data directory's disk does not answer.", "Replace it and restore a backup.")
        elif found[0] < min(DISK_LOW_BYTES, found[1] * DISK_LOW_SHARE):
            what = f"The data directory's disk has {found[0] // 1_048_576} MB left."
            yield NotReady("disk", what, "Free space: when there is none, presses are refused.")

    return look


def alerts_watch(world: World) -> Watch:
    """Red for as long as a live alert reaches nobody, however long ago the page went out."""

    def look() -> Iterator[NotReady]:
        if any(alert.reaches_nobody for alert in world.open.values() if not alert.drill):
            remedy = "Call people by other means; then see which contacts failed."
            yield NotReady("alerts", "An open alert reaches nobody.", remedy)

    return look


def suspensions_watch(world: World, clock: Clock) -> Watch:
    """Red for an hour after more people were suspended at once than are likely to have deserved it."""

    def look() -> Iterator[NotReady]:
        now_ms = clock.now_ms()
        if any(_many(world, org, now_ms) for org in world.directories):
            what = (
                "More than three people were suspended, or cut off by one person, within ten minutes, in the last hour."
            )
            yield NotReady("access", what, "See the audit trail and ask whoever did it, by voice.")

    return look


def feeds_watch(world: World, clock: Clock) -> Watch:
    """Red for as long as a roster feed has not been read for a day: the last good roster may be another one by now."""

    def look() -> Iterator[NotReady]:
        now_ms = clock.now_ms()
        late = sum(is_late(feed, now_ms) for org in world.directories for feed in world.all_kept(org, Feed).values())
        if late:
            what = f"Roster feeds that have not been read for more than a day: {late}."
            yield NotReady("feeds", what, "See in the office why; the last good roster stays until then.")

    return look


def _many(world: World, org: str, now_ms: int) -> bool:
    suspended = many_within_the_hour(world.all_kept(org, Suspension).values(), now_ms)
    return suspended or many_ended_within_the_hour(world.all_kept(org, Ender).values(), now_ms)
