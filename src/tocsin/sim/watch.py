"""Looks at every commit and every start while a history runs: what is only true for a moment cannot be read later."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tocsin import ports
from tocsin.core import events as e
from tocsin.core.limits import WAKE_MAX_MS
from tocsin.runtime import ledger
from tocsin.sim.centre import ORG
from tocsin.sim.journal import Decided, Journal, Stepped
from tocsin.sim.node import Node
from tocsin.sim.promises.walk_views import wrongly_known, wrongly_shown
from tocsin.sim.record import EVERY

_duress = msgspec.msgpack.Decoder(e.DuressSignalled)
LOOK_EVERY_S = 20.0
LATE_MS = 6_000  # What a restart is given to catch up.


class Watch:
    def __init__(self, node: Node, journal: Journal) -> None:
        self._node, self._journal = node, journal
        node.checks.append(self.committed)
        node.on_start.append(self.started)

    def committed(self, changes: Sequence[ports.Change]) -> None:
        now_ms, said_ms = self._journal.now_ms, self._node.clock.now_ms()
        self._journal.committed(now_ms, said_ms)
        for change in changes:
            self._journal.trace("commit", *(f"{fact.stream}:{fact.version}:{fact.type}" for fact in change.facts))
            self._of_access(change, now_ms)
            self._steps(change, now_ms, said_ms)
            self._of_duress(change, now_ms)
            for snapshot in change.snapshots:
                if snapshot.kind == "alert":
                    self._alert(snapshot, change, said_ms)
                elif snapshot.kind == "walk":
                    self._walk(snapshot, change)

    def _of_access(self, change: ports.Change, now_ms: int) -> None:
        """What the checks of access replay, in the order in which it became durable."""
        facts = tuple(fact for fact in change.facts if not fact.stream.startswith(("alert/", "delivery/", "walk/")))
        if facts:
            self._journal.decided.append(Decided(now_ms, facts))

    def _of_duress(self, change: ports.Change, now_ms: int) -> None:
        for fact in change.facts:
            event = _duress.decode(fact.body) if fact.type == e.DuressSignalled.__name__ else None
            if event is not None and event.hides:
                self._journal.hidden_ms.setdefault(fact.stream.partition("/")[2], now_ms)

    def _found_again(self) -> None:
        """What a failed disk or a power cut left unknown, and the disk has kept: it was decided after all.

        Each by itself, however many there were in the one millisecond in which a machine woke up: they are not one.
        """
        doubted, self._node.in_doubt = self._node.in_doubt, []
        kept = {fact.leaf for fact in self._node.store.facts(ORG, 0, EVERY)} if doubted else set()
        for tried_ms, said_ms, change in doubted:
            if all(fact.leaf in kept for fact in change.facts):
                self._of_access(change, tried_ms)
                self._steps(change, tried_ms, said_ms)

    def _steps(self, change: ports.Change, now_ms: int, said_ms: int) -> None:
        for snapshot in change.snapshots:
            if snapshot.kind == "walk":
                facts = tuple(fact for fact in change.facts if fact.stream == snapshot.stream)
                self._journal.stepped.append(Stepped(now_ms, said_ms, snapshot.stream.partition("/")[2], facts))

    def _alert(self, snapshot: ports.Snapshot, change: ports.Change, said_ms: int) -> None:
        """I4: an open alert always has a near wake-up."""
        for wrong in wrongly_known(ledger.read_alert(snapshot), self._node.world.directory(ORG)):
            self._journal.found("I11", wrong)
        wake = next((wake for wake in change.wakes if wake.stream == snapshot.stream), None)
        if not snapshot.open:
            closed_ms = ledger.read_alert(snapshot).closed_ms or 0
            self._journal.closed_ms.setdefault(snapshot.stream.partition("/")[2], self._journal.now_ms)
            if closed_ms > said_ms:
                self._journal.found("I5", "an alert closed before its time")
        elif wake is None or wake.due_at_ms is None or wake.due_at_ms > said_ms + WAKE_MAX_MS:
            self._journal.found("I4", f"{snapshot.stream} was stored open with the wake-up {wake}")

    def _walk(self, snapshot: ports.Snapshot, change: ports.Change) -> None:
        """I6: an open walk always has a wake-up, no later than what is due next; and who is shown what of it."""
        walk, now_ms = ledger.read_walk(snapshot), self._journal.now_ms
        wake = next((wake for wake in change.wakes if wake.stream == snapshot.stream), None)
        if walk.open and (wake is None or wake.due_at_ms is None or wake.due_at_ms > walk.raises_ms):
            self._journal.found("I6", f"{snapshot.stream} was stored open with the wake-up {wake}")
        for wrong in wrongly_shown(walk, self._node.world, now_ms):
            self._journal.found("I11, I19", wrong)

    def started(self) -> None:
        """I1: every acknowledged press is in the store again, and its alert with it."""
        self._found_again()
        for pressed in self._journal.presses.values():
            for _, reply in pressed.acked:
                known = self._node.store.receipt(ORG, pressed.credential, pressed.key)
                if known is None or known.receipt != reply.receipt:
                    self._journal.found("I1", f"press {pressed.key} was acknowledged and is not in the store")

    def look(self) -> None:
        """I4, between commits: every open alert of the store has a wake-up in the process too, and a near one."""
        if self._node.life is None or self._node.stopping or self._journal.outage_now():
            return
        now_ms, bell = self._node.clock.now_ms(), self._node.bell
        for snapshot in list(self._node.store.snapshots(ORG, "alert", only_open=True)):
            at_ms = bell.wakes.at_ms(f"alert/{ORG}/{snapshot.stream.partition('/')[2]}")
            far = at_ms is None or not now_ms - LATE_MS <= at_ms <= now_ms + WAKE_MAX_MS
            if far and not bell.busy:
                self._journal.found("I4", f"{snapshot.stream} is open and its wake-up is {at_ms} at {now_ms}")
