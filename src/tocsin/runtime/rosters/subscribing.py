"""Roster feeds, read again and again: fetched, read apart, and told to the core, which decides what comes of it.

Theory of operation
-------------------
Which feeds there are is a record in the store; when each is next read is kept in memory alone.  So a restart loses
nothing: every feed is read soon after it, and the reading changes only what its source has changed since the one that
the record knows.  Readings are spread by a little chance, two at a time, so that fifty feeds are no flood for anybody.

A server that says *the same as before* is believed for some hours and while the organisation's people are the same:
whom a feed names may be found today who was nobody yesterday, and two months from now begin a day later tomorrow.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from functools import partial

import structlog
from msgspec import Struct

from tocsin.core.access.feed_record import Feed, FeedCame, FeedFault, FeedLine
from tocsin.core.access.feeds import roster_wanted, span_of
from tocsin.core.access.roster_commands import FeedRead, HearFeed
from tocsin.core.access.rosters import judged_roster
from tocsin.core.commands import Declined, Problem
from tocsin.core.dice import Dice
from tocsin.core.directory import Directory
from tocsin.core.limits import FEED_AHEAD_MS, FEED_LINES_SHOWN_MAX, SECOND_MS
from tocsin.core.planning import no_full_number
from tocsin.ports import Entropy
from tocsin.runtime.loop import Unavailable
from tocsin.runtime.node import Node
from tocsin.runtime.rosters.jobs import ReadRoster, job_of
from tocsin.runtime.rosters.shapes import No, Read, Unreadable
from tocsin.runtime.thinking import thought

LOOK_EVERY_S = 10.0
AT_ONCE_MAX = 2
BELIEVED_MS = 6 * 3_600 * SECOND_MS
FAULTS = {No.TOO_HARD: FeedFault.TOO_HARD, No.TOO_LARGE: FeedFault.HUGE, No.TOO_MANY: FeedFault.HUGE}
Fetch = Callable[[str, str, str], Awaitable[FeedCame | FeedFault]]
log = structlog.get_logger("tocsin.rosters")


class _Seen(Struct):
    """What was last fetched: what its server calls it, and for which people it was read."""

    etag: str
    modified: str
    members: object
    at_ms: int


class Feeds:
    """`every_ms`: how often each is read, give or take a tenth."""

    def __init__(self, node: Node, entropy: Entropy, fetch: Fetch, read: ReadRoster, every_ms: int) -> None:
        self._node, self._entropy, self._fetch, self._read, self._every_ms = node, entropy, fetch, read, every_ms
        self._next: dict[str, int] = {}
        self._tried: dict[str, int] = {}
        self._seen: dict[str, _Seen] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._reading: dict[str, asyncio.Task[None]] = {}

    def start(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(LOOK_EVERY_S, self._look)

    def stop(self) -> None:
        """Nothing is read any more; what is being read changes nothing."""
        if self._timer is not None:
            self._timer.cancel()
        for task in self._reading.values():
            task.cancel()

    def _look(self) -> None:
        self.start()
        for org, feed in self.due():
            if len(self._reading) >= AT_ONCE_MAX:
                return
            task = asyncio.ensure_future(self.read(org, feed))
            self._reading[feed.id] = task
            task.add_done_callback(partial(self._ended, feed.id))

    def _ended(self, feed: str, _: asyncio.Task[None]) -> None:
        self._reading.pop(feed, None)

    def due(self) -> Iterator[tuple[str, Feed]]:
        """Those whose time has come, or which somebody wants read now."""
        now_ms = self._node.clock.now_ms()
        for org in self._node.world.directories:
            for feed in self._node.world.all_kept(org, Feed).values():
                wanted = feed.asked_ms > self._tried.get(feed.id, -1) or now_ms >= self._next.get(feed.id, 0)
                if wanted and feed.id not in self._reading:
                    yield org, feed

    async def read(self, org: str, feed: Feed) -> None:
        """Once, now.  Whatever comes of it is told to the core."""
        now_ms = self._node.clock.now_ms()
        self._tried[feed.id], self._next[feed.id] = now_ms, now_ms + self._spread()
        try:
            reply = await self._node.submit(await self._heard(org, feed, now_ms))
            if isinstance(reply, Declined) and reply.problem is Problem.STALE:
                self._next[feed.id] = now_ms  # Something else changed while it was weighed.
                self._seen.pop(feed.id, None)
        except Unavailable:
            self._seen.pop(feed.id, None)
            log.warning("feed_not_stored")
        except Exception as error:
            self._seen.pop(feed.id, None)
            log.error("feed_failed", error=type(error).__name__)

    def _spread(self) -> int:
        tenth = max(self._every_ms // 10, 1)
        return self._every_ms - tenth + Dice(self._entropy.seed()).below(2 * tenth)

    async def _heard(self, org: str, feed: Feed, now_ms: int) -> HearFeed:
        directory = self._node.world.directory(org)
        etag, modified = self._believed(feed, directory.members, now_ms)
        came = await self._fetch(feed.url, etag, modified)
        if isinstance(came, FeedFault):
            return HearFeed(org=org, feed=feed.id, told=came)
        if came.content is None:
            return HearFeed(org=org, feed=feed.id, told=None)
        site = directory.sites.get(feed.site)
        if site is None:
            return HearFeed(org=org, feed=feed.id, told=FeedFault.NO_ROSTER)
        read = await self._read(job_of(directory, site, came.content, now_ms, FEED_AHEAD_MS, feed=True))
        if isinstance(read, Unreadable):
            return HearFeed(org=org, feed=feed.id, told=FAULTS.get(read.why, FeedFault.NO_ROSTER))
        self._seen[feed.id] = _Seen(came.etag, came.modified, directory.members, now_ms)
        return await thought(heard, self._node.world.directory(org), feed, read, now_ms)

    def _believed(self, feed: Feed, members: object, now_ms: int) -> tuple[str, str]:
        seen = self._seen.get(feed.id)
        if seen is None or seen.members != members or now_ms - seen.at_ms > BELIEVED_MS:
            return "", ""
        return seen.etag, seen.modified


def heard(directory: Directory, feed: Feed, read: Read, now_ms: int) -> HearFeed:
    """What the core is told of a reading, weighed beforehand: slow, for a thread of its own."""
    lines = tuple(FeedLine(one.line, one.what, one.why) for one in read.unread[:FEED_LINES_SHOWN_MAX])
    span = span_of(feed.site, now_ms, now_ms + FEED_AHEAD_MS)
    told = FeedRead(span=span, shifts=read.shifts, unread=read.unread_count, lines=lines)
    judged = judged_roster(directory, span, roster_wanted(directory, feed, told), now_ms, no_full_number)
    return HearFeed(org=directory.id, feed=feed.id, told=told, judged=judged)
