"""The server's side of mass sending: whatever it asks of the process beside it, and what that process tells it.

Theory of operation
-------------------
The server never waits for the process beside it where an SOS could wait behind: a press asks nothing of it, and what
an alert needs to know of a drill (whom it has told, which numbers it awaits) stands in `Practising`, in memory.

`wanted` asks for the process; it is started by the first round, and with the server where an earlier one has left its
file.  While it is away a carrier's word and a person's answer are not acknowledged (they come again), and everything
else goes on.  When it comes back it says all it knows, so nothing here need be kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

import structlog

from tocsin.core import commands as c
from tocsin.core.limits import ROUND_VALID_MS, SECOND_MS
from tocsin.core.raising import loud
from tocsin.core.round import Round, RoundKind
from tocsin.core.round_commands import BeginRound, EndRound, HearContacts, HearRoll, PracticeAnswer
from tocsin.runtime.loop import Unavailable
from tocsin.runtime.outbox import Outbox
from tocsin.runtime.rounds import frames as f
from tocsin.runtime.watchers import Watcher
from tocsin.runtime.world import World

ANSWER_MAX_S = 2.5  # Then a carrier, or whoever answers, is told that it was not stored.
PERSON_MAX_S = 20.0  # Whoever leads a drill waits rather than hear that it was lost, and it has begun all the same.
CALM_EVERY_S = 0.25
LOST = "lost"
log = structlog.get_logger("tocsin.rounds")


class Refused(Exception):
    """The process beside says no, and why."""


class Away(Unavailable):
    """The process that sends to many is not there; it is being started."""

    what = "The process that sends to many people does not answer."
    remedy = "Nothing was changed. Try again in a moment, and see readyz."


class Ring(Protocol):
    @property
    def world(self) -> World: ...

    @property
    def outbox(self) -> Outbox: ...

    async def submit(self, command: c.Command) -> c.Reply: ...

    def tell(self, command: c.Command) -> None: ...

    def subscribe(self, watcher: Watcher) -> Callable[[], None]: ...


class Front:
    """`wanted` is set as soon as there is anything for the process to do."""

    def __init__(self, ring: Ring) -> None:
        self._ring, self.wanted = ring, asyncio.Event()
        self._writer: asyncio.StreamWriter | None = None
        self._there = asyncio.Event()
        self._waiting: dict[int, tuple[asyncio.Future[f.Told], float]] = {}
        self._patient: dict[int, tuple[asyncio.Future[f.Told], float]] = {}
        self._seq = 0
        self._beat: asyncio.TimerHandle | None = None
        self._seen: dict[str, object] = {}
        self._beginning: set[str] = set()
        self._called_off: dict[tuple[str, str], float] = {}  # Until when people of a site may be told that it was.
        ring.subscribe(self._look)

    # The line ---------------------------------------------------------------------------------------------------

    @property
    def there(self) -> bool:
        return self._there.is_set()

    async def attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Speak with the process until it goes.  It says first what it knows."""
        self._writer = writer
        try:
            await f.each(reader, f.MESSAGES, self._hear)
        finally:
            self._gone()

    def _gone(self) -> None:
        self._writer = None
        self._there.clear()
        self._ring.world.practising.clear()
        self._give_up(float("inf"))
        self.stop()

    def _give_up(self, now: float) -> None:
        """Whoever has waited too long hears so; each kind stands in the order in which they asked."""
        for waiting in (self._waiting, self._patient):
            for future, until in waiting.values():
                if until > now:
                    break
                if not future.done():
                    future.set_exception(Away())

    def stop(self) -> None:
        if self._beat is not None:
            self._beat.cancel()
            self._beat = None

    def _say(self, order: f.Order) -> None:
        if self._writer is not None:
            self._writer.write(f.framed(order))

    async def _asked(self, order: Callable[[int], f.Order], *, by_person: bool = False) -> f.Told:
        """No timer of its own for each: a carrier's twenty thousand words must cost the server next to nothing."""
        waits_s, waiting = (PERSON_MAX_S, self._patient) if by_person else (ANSWER_MAX_S, self._waiting)
        if not self.there and not await self.ready(waits_s):
            raise Away()
        seq = self._seq = self._seq + 1
        loop = asyncio.get_running_loop()
        future: asyncio.Future[f.Told] = loop.create_future()
        waiting[seq] = future, loop.time() + waits_s
        self._say(order(seq))
        try:
            told = await future
        finally:
            waiting.pop(seq, None)
        if told.refusal is not None:
            raise Refused(told.refusal)
        return told

    # Asking -----------------------------------------------------------------------------------------------------

    async def ready(self, wait_s: float) -> bool:
        """Start the process if need be, and wait for it."""
        self.wanted.set()
        try:
            await asyncio.wait_for(self._there.wait(), wait_s)
        except TimeoutError:
            return False
        return True

    async def begin(self, now: Round) -> c.Reply:
        """In the record first, then with whoever sends.  Raises Refused or Away, and nobody is told anything."""
        self._beginning.add(now.id)
        try:
            return await self._begun(now)
        finally:
            self._beginning.discard(now.id)

    async def _begun(self, now: Round) -> c.Reply:
        recorded = await self._ring.submit(_recorded(now))
        if isinstance(recorded, c.Declined):
            return recorded
        try:
            await self._asked(lambda seq: f.Begin(seq, now), by_person=True)
        except (Refused, Away):
            self._ring.tell(EndRound(org=now.org, round=now.id, how=LOST))
            raise
        self._look_at_all(now.org)  # An alert that came between the record and the round ends it now.
        return recorded

    async def hold(self, round: str, what: str, by: str) -> None:
        await self._asked(lambda seq: f.Hold(seq, round, what, by), by_person=True)

    async def status(self, round: str, *, rows: bool = True) -> dict[str, Any]:
        told = await self._asked(lambda seq: f.Ask(seq, round, rows), by_person=True)
        assert told.result is not None
        return told.result

    async def news(self, report: c.Report) -> None:
        """Returns when it is durable."""
        await self._asked(lambda seq: f.News(seq, report))

    async def answer(self, said: PracticeAnswer) -> None:
        """Returns when it is durable."""
        await self._asked(lambda seq: f.Answer(seq, said.round, said.member, said.number))

    # Hearing ----------------------------------------------------------------------------------------------------

    def _hear(self, frame: f.Message) -> None:
        practising = self._ring.world.practising
        match frame:
            case f.Told(seq=seq):
                waiting = self._waiting.get(seq) or self._patient.get(seq)
                if waiting is not None and not waiting[0].done():
                    waiting[0].set_result(frame)
            case f.Asking(org, site, round, drill, rows):
                practising.asking(org, site, round, rows, drill=drill)
            case f.Finished(org, site, round, how, tally):
                practising.over(org, site, round)
                counts = {name: getattr(tally, name) for name in tally.__struct_fields__ if name != "recipients"}
                self._end(EndRound(org=org, round=round, how=how, **counts))
            case f.Heard(org, heard):
                self._ring.tell(HearContacts(org=org, heard=heard))
            case f.HeardRoll(org, round, rows):
                self._ring.tell(HearRoll(org=org, round=round, heard=rows))
            case f.Ready(open):
                self._is_there({round for _, round in open})

    def _is_there(self, open: set[str]) -> None:
        self._there.set()
        self._seen.clear()
        for (org, _), record in list(self._ring.world.rounds.items()):
            if record.open and record.id not in {*open, *self._beginning}:
                log.error("round_lost")
                self._ring.tell(EndRound(org=org, round=record.id, how=LOST))
        for org in self._ring.world.directories:
            self._look_at_all(org)
        self._tick()

    def _end(self, command: EndRound) -> None:
        known = self._ring.world.round(command.org, command.round)
        if known is not None and known.open:
            self._ring.tell(command)

    # Real alerts and changes ------------------------------------------------------------------------------------

    def _look_at_all(self, org: str) -> None:
        self._look(org, frozenset(alert.id for alert in self._ring.world.open_alerts(org)), 0)

    def _look(self, org: str, alerts: frozenset[str], _: int) -> None:
        """A loud real alert ends the drills of its site.  Of a silent one nothing is said: nothing may betray it."""
        if not self.there:
            return
        for id in alerts:
            alert = self._ring.world.alert(org, id)
            if alert is not None and loud(alert) and self._concerns(org, alert.shown_site):
                self._say(f.RealAlert(org, alert.shown_site, id, tuple(alert.people)))

    def _concerns(self, org: str, site: str) -> bool:
        """Is a drill open here, or was it called off so lately that people may yet be told so?"""
        now = asyncio.get_running_loop().time()
        if self._drilled(org, site):
            self._called_off[org, site] = now + ROUND_VALID_MS / SECOND_MS
        return self._called_off.get((org, site), now) > now

    def _drilled(self, org: str, site: str) -> bool:
        """Is a drill of many people open here?"""
        rounds = self._ring.world.rounds.items()
        return any(key[0] == org and r.open and (r.site, r.kind) == (site, RoundKind.DRILL) for key, r in rounds)

    def _tick(self) -> None:
        """What changed is said once; and that no live message waits, as often as it is so."""
        world = self._ring.world
        for org, directory in world.directories.items():
            if self._seen.get(org) is not directory:
                self._seen[org] = directory
                self._say(f.Changed())
        if self._ring.outbox.oldest_ms is None:
            self._say(f.Calm())
        self._give_up(asyncio.get_running_loop().time())
        self._beat = asyncio.get_running_loop().call_later(CALM_EVERY_S, self._tick)


def _recorded(now: Round) -> BeginRound:
    return BeginRound(
        org=now.org,
        round=now.id,
        kind=now.kind.value,
        site=now.site,
        by=now.by,
        why=now.why,
        recipients=len(now.targets),
    )
