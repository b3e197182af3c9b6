"""The live stream: every change that a reader may see, in order, and a beat in between.

Theory of operation
-------------------
A line keeps no queue of messages but a set of alerts and walks that changed: a slow reader gets the latest state of
each, and never costs more memory than there are of them.  What a reader was told last is kept, and the same is not told
again: so nothing reaches a device because of something it may not see, not even a repetition.

A commit that changes people or access is heard too: whoever may look no longer is cut off at once, with nothing said,
and whoever sees another set of alerts than before (a role, a tie) is told so.

For the same reason an event's id is the server's time and not the position in the record: gaps between positions would
tell that something happens elsewhere.  A reader who comes back with an id is told what is open and what has changed
since.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterable

import msgspec

from tocsin.core.directory import Member
from tocsin.core.limits import LIVE_BEAT_MS, STREAMS_MAX
from tocsin.core.listing import Sought
from tocsin.core.sight import changes_by_itself_ms
from tocsin.core.views import AlertView, moment
from tocsin.core.walk_sight import WalkView
from tocsin.core.words import Phase
from tocsin.intake.credentials import Credentials, Pass
from tocsin.intake.lookout import OPEN, Lookout
from tocsin.intake.ring import Ring
from tocsin.runtime.walks_seen import WalksSeen

BEAT = b": beat\n\n"
JUST_CLOSED = Sought(states=frozenset({Phase.CLOSED}))
_encode = msgspec.json.Encoder().encode
_NOW_BYTES = len(_encode({"server_now": moment(0)}))  # With the brace that closes it: the view's last field.


class Line:
    """One open stream: what may have changed since it last spoke."""

    def __init__(self, who: Pass, member: Member | None) -> None:
        self.who, self.member = who, member
        self.wake = asyncio.Event()
        self.changed: dict[str, None] = {}
        self.strangers = False
        self.over = False
        self.beat = False
        self.told: dict[str, bytes] = {}
        self.walks: set[str] = set()  # Of what was told, the walks.
        self.walked: dict[str, None] = {}  # Walks that may have changed.
        self.timers: dict[str, asyncio.TimerHandle] = {}

    def mark(self, alerts: Iterable[str]) -> None:
        self.changed.update(dict.fromkeys(alerts))
        self.wake.set()

    def mark_walks(self, walks: Iterable[str]) -> None:
        self.walked.update(dict.fromkeys(sorted(walks)))
        self.wake.set()


class Live:
    """All open streams of this node, fed by its commits.  Ends every one of them when `leaving` is set."""

    def __init__(self, ring: Ring, credentials: Credentials, lookout: Lookout, leaving: asyncio.Event) -> None:
        self._ring, self._credentials, self._lookout, self._leaving = ring, credentials, lookout, leaving
        self._walks = WalksSeen(ring)
        self._lines: dict[Line, None] = {}  # The oldest first.
        self._stranger: tuple[str, str] | None = None  # The newest of whom lines were told.
        self._timer: asyncio.TimerHandle | None = None
        self._farewell: asyncio.Task[None] | None = None
        ring.subscribe(self._heard)
        ring.subscribe_walks(self._heard_walks)

    @property
    def lines(self) -> int:
        return len(self._lines)

    async def follow(self, who: Pass, last_id: str | None) -> AsyncIterator[bytes]:
        """The bytes of one stream, until the reader goes, loses their access, or the server stops."""
        line = Line(who, self._ring.world.directory(who.org).members.get(who.reader.member))
        self._begin(line)
        try:
            yield self._event("hello", _encode({"server_now": moment(self._ring.clock.now_ms())}))
            for frame in self._first(line, last_id):
                yield frame
            while await self._waited(line):
                for frame in self._frames(line):
                    yield frame
        finally:
            self._end(line)

    async def _waited(self, line: Line) -> bool:
        """Wait until there may be something to say.  False: there is no more to say to this reader."""
        await line.wake.wait()
        line.wake.clear()
        return not (line.over or self._leaving.is_set()) and self._credentials.still_reads(line.who)

    async def _say_farewell(self) -> None:
        await self._leaving.wait()
        for line in self._lines:
            line.wake.set()

    # What happens ------------------------------------------------------------------------------------------------

    def _heard(self, org: str, alerts: frozenset[str], position: int) -> None:
        newest = next(reversed(self._ring.world.strangers), None)
        news = newest != self._stranger
        self._stranger = newest
        for line in self._lines:
            if line.who.org == org:
                line.strangers = line.strangers or news
                self._look(line, alerts, news=news)

    def _heard_walks(self, org: str, walks: frozenset[str], position: int) -> None:
        for line in self._lines:
            if line.who.org == org:
                line.mark_walks(walks)

    def _look(self, line: Line, alerts: frozenset[str], *, news: bool) -> None:
        """Wake it where there may be something to say, or nothing more to say to this reader."""
        member = self._ring.world.directory(line.who.org).members.get(line.who.reader.member)
        if member is not line.member:
            line.member = member
            alerts |= {alert.id for alert in self._ring.world.open_alerts(line.who.org)}
            line.mark_walks({view.id for view in self._walks.under_way(line.who)} | set(line.walks))
        if alerts or news:
            line.mark(sorted(alerts))
        elif not self._credentials.still_reads(line.who):
            line.wake.set()

    def _begin(self, line: Line) -> None:
        """One more.  Who opens them without end loses the oldest: each keeps a descriptor that a press may need."""
        who = line.who
        mine = [other for other in self._lines if (other.who.org, other.who.credential) == (who.org, who.credential)]
        for oldest in mine[: max(len(mine) + 1 - STREAMS_MAX, 0)]:
            oldest.over = True
            oldest.wake.set()
        self._lines[line] = None
        if self._farewell is None:
            self._farewell = asyncio.ensure_future(self._say_farewell())
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LIVE_BEAT_MS / 1_000, self._beat)

    def _end(self, line: Line) -> None:
        self._lines.pop(line, None)
        for timer in line.timers.values():
            timer.cancel()
        if not self._lines and self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._lines and self._farewell is not None:
            self._farewell.cancel()
            self._farewell = None

    def _beat(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(LIVE_BEAT_MS / 1_000, self._beat)
        for line in self._lines:
            line.beat = True
            line.wake.set()

    # What is said ------------------------------------------------------------------------------------------------

    def _first(self, line: Line, last_id: str | None) -> list[bytes]:
        """What is open; and what was closed since, for a reader who was here before."""
        missed: list[AlertView] = []
        if since := _moment_of(last_id):
            closed = self._lookout.page(line.who, JUST_CLOSED, None).views
            missed = [view for view in reversed(closed) if view.closed_at is not None and view.closed_at >= since]
        alerts = sorted(self._ring.world.open_alerts(line.who.org), key=lambda alert: alert.id)
        views = [view for alert in alerts for view in self._lookout.views(line.who, alert) if view.state in OPEN]
        for alert in alerts:
            self._look_later(line, alert.id)
        told = [self._tell(line, view) for view in (*missed, *views)]
        return told + [self._tell_walk(line, view) for view in self._walks.under_way(line.who)] + self._unverified(line)

    def _frames(self, line: Line) -> list[bytes]:
        changed, line.changed = line.changed, {}
        walked, line.walked = line.walked, {}
        frames = [frame for id in changed for frame in self._changes(line, id)]
        frames += [frame for id in walked for frame in self._walk_changes(line, id)]
        if line.strangers:
            line.strangers = False
            frames.extend(self._unverified(line))
        if line.beat:
            line.beat = False
            frames.append(BEAT)
        return frames

    def _changes(self, line: Line, id: str) -> list[bytes]:
        alert = self._ring.world.alert(line.who.org, id)
        if alert is None:
            return []
        self._look_later(line, id)
        views = self._lookout.views(line.who, alert)
        if not views and line.told.pop(id, None) is not None:
            return [self._event("gone", _encode({"id": id}))]
        return [frame for view in views if _may_be_news(line, view) and (frame := self._tell(line, view))]

    def _walk_changes(self, line: Line, id: str) -> list[bytes]:
        """One that is over is told once, to a line that knew it open; what happens to it later is no news."""
        view, known = self._walks.find(line.who, id), id in line.walks
        over = view is None or view.ended_at is not None
        if over and not known:
            return []
        told = self._event("gone", _encode({"id": id})) if view is None else self._tell_walk(line, view)
        if over:
            line.walks.discard(id)
            line.told.pop(id, None)
        return [told]

    def _look_later(self, line: Line, id: str) -> None:
        """A shadow that pretends to climb changes with time alone."""
        alert = self._ring.world.alert(line.who.org, id)
        if alert is None:
            return
        directory, now_ms = self._ring.world.directory(line.who.org), self._ring.clock.now_ms()
        at_ms = changes_by_itself_ms(alert, directory, line.who.reader, now_ms)
        if id in line.timers:
            line.timers.pop(id).cancel()
        if at_ms is not None:
            later = asyncio.get_running_loop().call_later
            line.timers[id] = later((at_ms - now_ms) / 1_000, line.mark, (id,))

    def _tell(self, line: Line, view: AlertView) -> bytes:
        """The event, or nothing where this reader was told the very same before."""
        return self._told(line, "alert", view)

    def _tell_walk(self, line: Line, view: WalkView) -> bytes:
        line.walks.add(view.id)
        return self._told(line, "walk", view)

    def _told(self, line: Line, name: str, view: AlertView | WalkView) -> bytes:
        data = _encode(view)
        lasting = hashlib.blake2b(data[:-_NOW_BYTES], digest_size=16).digest()  # A page stays open for months.
        if line.told.get(view.id) == lasting:
            return b""
        line.told[view.id] = lasting
        return self._event(name, data)

    def _unverified(self, line: Line) -> list[bytes]:
        news = [one for one in self._lookout.strangers(line.who) if one.id not in line.told]
        line.told.update((one.id, b"") for one in news)
        return [self._event("unverified", _encode(one)) for one in news]

    def _event(self, name: str, data: bytes) -> bytes:
        return b"id: %d\nevent: %s\ndata: %s\n\n" % (self._ring.clock.now_ms(), name.encode(), data)


def _may_be_news(line: Line, view: AlertView) -> bool:
    """To its worker an alert that is over is told once, by a line that knew it open; what happens later is no news.

    Nor to a screen, where nobody is named: what looks closed there may not be.
    """
    return view.state in OPEN or view.id in line.told or view.member.id not in ("", line.who.reader.member)


def _moment_of(last_id: str | None) -> str | None:
    """The time that an id of ours names; None for what was never one."""
    if last_id is None or not last_id.isascii() or not last_id.isdigit() or len(last_id) > 14:
        return None
    return moment(int(last_id))
