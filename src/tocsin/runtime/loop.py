"""The heart: append, then acknowledge, then act.

Theory of operation
-------------------
Commands wait for their turn.  Whenever no batch is being written, those that wait are decided against a thin
layer above the committed world, and handed to the writer as one batch.  When it is durable the layer becomes the
world, the callers get their replies, and only then anything is sent, armed or shown.  When the store refuses, the
layer is dropped: nothing of it was ever true, and every caller is told so.

A decision that fails (a broken assertion) never silences anybody: the caller is told, the operator is paged, and the
alert it was about is made louder.  So it is with a failure after the commit: what one command brings about never keeps
the next one from being heard.

A stop takes nothing new from outside, but waits for what carriers still say of messages under way: what was sent in
good order is recorded as sent, and not sent again by the next process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import structlog

from tocsin.core import commands as c
from tocsin.core.access.announcement import Announcement
from tocsin.core.access.commands import LookAt
from tocsin.core.delivery import Delivery
from tocsin.core.docket import Docket
from tocsin.core.engine import Decision, decide
from tocsin.core.limits import SECOND_MS
from tocsin.ports import Change, Clock, Conflict, Entropy, Store, StoreBroken, Stored, StoreError
from tocsin.runtime import ledger
from tocsin.runtime.outbox import Outbox
from tocsin.runtime.recall import load_world
from tocsin.runtime.tally import Tally
from tocsin.runtime.turns import Asked, Turns
from tocsin.runtime.wakes import Wakes
from tocsin.runtime.walk_timers import bare_press, set_wakes
from tocsin.runtime.watchers import Watcher, Watchers
from tocsin.runtime.withdrawals import Withdrawals
from tocsin.runtime.world import World
from tocsin.runtime.writer import Verdicts, Writer

BATCH_MAX = 256  # Commands in one transaction: more would make the first wait for the last.
LINGER_S = 0.005  # News of our own sends waits this long for company: the next send goes out instead.
RETRY_MS = 1 * SECOND_MS  # After a refusal of the store, time is looked at again.
log = structlog.get_logger("tocsin.loop")


class Unavailable(Exception):
    """Nothing was stored.  The server's disk refused it; the caller shows *not sent* and tries elsewhere."""

    what = "The server could not store this."
    remedy = "Not sent: call by phone, and try again. The operator has been paged."


Decided = list[tuple[Asked, Decision | None, Change | None]]


class Bell:
    """One node: the world, the queue in front of it, and all that follows from a commit."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        entropy: Entropy,
        writer: Writer,
        world: World,
        outbox: Outbox,
        is_emergency: Callable[[str], bool],
        page: Callable[[str], None],
        broken: Callable[[], None],
        tally: Tally | None = None,
        withdrawals: Withdrawals | None = None,
        doubt_ms: int = 0,
    ) -> None:
        """`doubt_ms`: by how much it may be later than the clock knows, at a start without the time."""
        self.store, self.clock, self.world, self.outbox = store, clock, world, outbox
        self._withdrawals = withdrawals
        self._entropy, self._writer, self._is_emergency = entropy, writer, is_emergency
        self._page, self._broken, self._doubt_ms = page, broken, doubt_ms
        self.wakes = Wakes(clock, self._due)
        self.tally = tally or Tally(lambda: clock.now_ms() * 1_000_000)
        self.position = 0
        self._queue = Turns()
        self._batch: list[Asked] = []
        self._writing = False
        self._linger: asyncio.TimerHandle | None = None
        self._resting = False
        self._stopping = False
        self._idle = asyncio.Event()
        self._ended = False
        self._watchers, self._of_walks = Watchers(page), Watchers(page)

    # Asking -----------------------------------------------------------------------------------------------------

    async def submit(self, command: c.Command) -> c.Reply:
        """The reply, once what it says is durable.  Raises Unavailable when nothing was stored."""
        future: asyncio.Future[c.Reply] = asyncio.get_running_loop().create_future()
        began_ns = self.tally.elapsed_ns()
        self._ask(Asked(command, future, began_ns))
        reply = await future
        self.tally.accepted(command, began_ns)
        return reply

    def tell(self, command: c.Command) -> None:
        """A command of our own that nobody waits for."""
        self._ask(Asked(command, None, self.tally.elapsed_ns()))

    @property
    def waiting(self) -> int:
        """How many commands wait to be decided."""
        return len(self._queue)

    @property
    def waiting_since_ns(self) -> int | None:
        """Since when the oldest of them waits; None while none does."""
        return self._queue.since_ns

    @property
    def busy(self) -> bool:
        """Do commands wait, or is a batch being written?"""
        return self._writing or bool(self._queue)

    @property
    def busy_with(self) -> Iterator[c.Command]:
        """What waits or is being written, until it has been acted upon."""
        return (asked.command for asked in (*self._queue, *self._batch))

    def org_of(self, alert: str) -> str | None:
        """Whose alert, walk or announcement this is, if it is in memory."""
        known = self.world.alerts.get(alert) or self.world.walks.known.get(alert)
        told = (org for org in self.world.directories if alert in self.world.all_kept(org, Announcement))
        return next(told, None) if known is None else known.org

    def subscribe(self, watcher: Watcher) -> Callable[[], None]:
        """`watcher(org, alerts, position)` after each commit that touched alerts, people or access.

        With no alerts, somebody may have lost or gained the right to look.  Returns how to end it.
        """
        return self._watchers.add(watcher)

    def subscribe_walks(self, watcher: Watcher) -> Callable[[], None]:
        """`watcher(org, walks, position)` after each commit that touched walks.  Returns how to end it."""
        return self._of_walks.add(watcher)

    def _ask(self, asked: Asked) -> None:
        if self._ended or (self._stopping and asked.future is not None):
            _refuse(asked)
            return
        self._queue.append(asked)
        self._idle.clear()
        if self._writing:
            return
        if asked.future is None and isinstance(asked.command, c.Report):
            self._linger = self._linger or asyncio.get_running_loop().call_later(LINGER_S, self._begin)
        else:
            self._begin()

    def _begin(self) -> None:
        if self._linger is not None:
            self._linger.cancel()
            self._linger = None
        if not self._writing:
            self._writing = True
            asyncio.get_running_loop().call_soon(self._write)

    # Deciding and writing ---------------------------------------------------------------------------------------

    def _write(self) -> None:
        if not self._queue:
            self._writing = False
            self._idle.set()
            return
        layer = World(self.world)
        self._batch = self._queue.take(BATCH_MAX)
        decided = [self._decided(asked, layer) for asked in self._batch]
        changes = [change for _, _, change in decided if change is not None]
        if changes:
            self.tally.batches.add(len(decided))
            began_ns = self.tally.elapsed_ns()
            self._writer.write(changes, lambda verdicts: self._stored(decided, layer, verdicts, began_ns))
        else:
            self._written(decided, layer, [])

    def _decided(self, asked: Asked, layer: World) -> tuple[Asked, Decision | None, Change | None]:
        """One decision, taken into the layer.  A failed one leaves the layer as it was."""
        try:
            decision = decide(layer, asked.command, self.clock.now_ms(), self._entropy.seed(), self._is_emergency)
            change = ledger.change(decision.docket, layer)
        except Exception:
            log.exception("decision_failed", command=type(asked.command).__name__)
            self._louder(asked.command)
            return asked, None, None
        layer.absorb(decision.docket)
        return asked, decision, change

    def _louder(self, command: c.Command) -> None:
        """What cannot be decided must not be silent."""
        self._page("decision_failed")
        for instead in bare_press(self.world, command, self.clock.now_ms()):
            self.tell(instead)
        alert = getattr(command, "alert", None)
        if alert is not None and not isinstance(command, c.Audit):
            self.tell(c.Audit(org=command.org, alert=alert, finding="decision_failed"))

    def _stored(self, decided: Decided, layer: World, verdicts: Verdicts, began_ns: int) -> None:
        self.tally.commits.add(self.tally.elapsed_ns() - began_ns)
        self._written(decided, layer, verdicts)

    def _written(self, decided: Decided, layer: World, verdicts: Verdicts) -> None:
        if not isinstance(verdicts, StoreError) and not any(isinstance(verdict, Conflict) for verdict in verdicts):
            asyncio.get_running_loop().call_soon(self._acknowledged, decided)
            self._committed(decided, layer, verdicts)
            return
        self._batch = []
        asyncio.get_running_loop().call_soon(self._write)
        if isinstance(verdicts, StoreError):
            self._not_written(decided, verdicts)
        else:
            self._conflicted(decided)

    def _not_written(self, decided: Decided, error: StoreError) -> None:
        log.error("not_stored", error=type(error).__name__)
        self.tally.refusals[type(error).__name__] += 1
        self._page("store_refuses")
        for asked, _, _ in decided:
            _refuse(asked)
        if isinstance(error, StoreBroken):
            self._broken()
        else:
            self._look_again(decided)

    def _conflicted(self, decided: Decided) -> None:
        """Somebody else wrote: what we thought we knew is thrown away and read anew."""
        self._page("store_conflict")
        for asked, _, _ in decided:
            _refuse(asked)
        try:
            self.resume()
        except StoreError:
            log.exception("world_unreadable")
            self._broken()
        else:
            self._look_again(decided)

    def _look_again(self, decided: Decided) -> None:
        """Our own commands come back: time does not wait for a disk."""
        again_ms = self.clock.now_ms() + RETRY_MS
        for asked, _, _ in decided:
            match asked.command:
                case c.Look(org=org, alert=alert):
                    self.wakes.set(f"alert/{org}/{alert}", again_ms)
                case own if asked.future is None:
                    asyncio.get_running_loop().call_later(RETRY_MS / 1000, self.tell, own)
                case _:
                    pass

    def _committed(self, decided: Decided, layer: World, verdicts: list[Stored | Conflict]) -> None:
        layer.merge_down()
        for verdict in verdicts:
            assert isinstance(verdict, Stored)
            self.position = max(self.position, verdict.position)
        for asked, decision, _ in decided:
            if asked.future is not None and not asked.future.done():
                if decision is None:
                    asked.future.set_exception(Unavailable())
                else:
                    asked.future.set_result(decision.reply)

    def _acknowledged(self, decided: Decided) -> None:
        """In this turn of the loop the replies are written, at its end they leave; in the next one we act."""
        asyncio.get_running_loop().call_soon(self._act_on, decided)

    def _act_on(self, decided: Decided) -> None:
        """Until it is done the batch counts as being written: nothing else is decided, and no auditor wonders."""
        for asked, decision, _ in decided:
            if decision is not None:
                self._acted(asked.command, decision)
        self._batch = []
        self._write()

    def _acted(self, command: c.Command, decision: Decision) -> None:
        """Do what follows.  What cannot be done keeps nobody else waiting; the auditor finds an alert left without."""
        try:
            self._act(command, decision)
        except Exception:
            log.exception("act_failed", command=type(command).__name__)
            self._page("decision_failed")

    # Acting -----------------------------------------------------------------------------------------------------

    def _act(self, command: c.Command, decision: Decision) -> None:
        docket = decision.docket
        self.tally.committed(docket)
        for page in docket.pages:
            self._page(page)
        if self._resting:
            return
        if self._withdrawals is not None:
            self._withdrawals.after(command, docket, self.world)
        for stream, due_at_ms in docket.wakes.items():
            kind, _, id = stream.partition("/")
            self.wakes.set(f"{kind}/{docket.org}/{id}", due_at_ms)
        touched = [draft.alert for draft in docket.drafts.values() if draft.events or draft.changed]
        for draft in docket.drafts.values():
            if draft.changed:
                self.outbox.take(*draft.changed.values())
            if draft.events or not isinstance(command, c.Report):  # News of one message alone moves no wake-up.
                self._arm(draft.alert.org, draft.alert.id)
            if draft.alert.closed_ms == docket.now_ms:
                self.wakes.set(f"fixes/{docket.org}/{draft.alert.id}", ledger.erase_at_ms(draft.alert))
        self.outbox.take(*docket.announced.values())
        self._of_walks.show_any(docket.org, set_wakes(self.wakes, docket), self.position)
        if isinstance(command, c.Look) and not touched:
            self._looked(command)
        ids = frozenset(alert.id for alert in touched) | self._of_people(docket)
        if ids or docket.strangers or docket.moves_people:
            self._watchers.show(docket.org, ids, self.position)

    def _of_people(self, docket: Docket) -> frozenset[str]:
        """The open alerts that have rung somebody whose contacts, say, have changed: their pages show it too."""
        changed = {member.id for member in docket.members}
        alerts = self.world.open.values() if changed else ()
        return frozenset(a.id for a in alerts if a.org == docket.org and not changed.isdisjoint(a.people))

    def _looked(self, command: c.Look) -> None:
        """Nothing was due: the watchdog's own wake-up moves on."""
        alert = self.world.alert(command.org, command.alert)
        if alert is not None and alert.open:
            self.world.keep(ledger.looked_at(alert, self.clock.now_ms()))
            self._arm(command.org, alert.id)

    def _arm(self, org: str, id: str) -> None:
        alert = self.world.alert(org, id)
        if alert is not None:
            self.wakes.set(f"alert/{org}/{id}", alert.wake_at_ms)

    def _due(self, key: str) -> None:
        kind, org, id = key.split("/", 2)
        if kind == "alert":
            self.tell(c.Look(org=org, alert=id))
        elif kind == "walk":
            self.tell(c.LookWalk(org=org, walk=id))
        elif kind == "fixes":
            self.tell(c.EraseFixes(org=org, alert=id))
        else:
            self.tell(LookAt(org=org, kind=kind, id=id))

    # Life -------------------------------------------------------------------------------------------------------

    def resume(self) -> None:
        """Read the store and go on where whoever wrote it left off.  Also after a conflict."""
        self.wakes.stop()
        load_world(self.store, self.world)
        now_ms = self.clock.now_ms()
        for org in self.store.organisations():
            for wake in self.store.wakes(org):
                kind, _, id = wake.stream.partition("/")
                assert wake.due_at_ms is not None
                self.wakes.set(f"{kind}/{org}/{id}", wake.due_at_ms)
            for row in self.store.due_deliveries(org):
                self._resume_delivery(org, ledger.read_delivery(row), now_ms + self._doubt_ms)

    def rest(self) -> None:
        """Read the store, decide and store what is asked, and act on nothing: the next server rings and sends."""
        self._resting = True
        load_world(self.store, self.world)

    def _resume_delivery(self, org: str, delivery: Delivery, now_ms: int) -> None:
        """A message that was due when the last process died may have been sent: nobody knows."""
        self.world.remember(org, delivery.alert)  # Even if it is over: whoever sends it must find it in memory.
        if self._withdrawals is not None and delivery.recalled is not None and delivery.provider_ref is not None:
            self._withdrawals.ask(delivery.channel, delivery.route, delivery.provider_ref)
        if self.outbox.may_have_been_sent(delivery, now_ms):
            report = c.Report(org=org, delivery=delivery.id, alert=delivery.alert, moved=c.Moved.UNKNOWN)
            self.tell(report)
        else:
            self.outbox.take(delivery)

    async def stop(self) -> None:
        """Take nothing new, finish what is in flight and record its end, leave the rest in the store."""
        self._stopping = True
        self.wakes.stop()
        await self.outbox.stop()
        if self._withdrawals is not None:
            await self._withdrawals.stop()
        if self.busy:
            await self._idle.wait()
        self._ended = True
        self.wakes.stop()
        await asyncio.get_running_loop().run_in_executor(None, self._writer.stop)


def _refuse(asked: Asked) -> None:
    if asked.future is not None and not asked.future.done():
        asked.future.set_exception(Unavailable())
