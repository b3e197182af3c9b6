"""What the store says at the end of a history, read without the help of the world that wrote it."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from tocsin.core.alert import Alert
from tocsin.core.delivery import Delivery
from tocsin.core.events import Event
from tocsin.core.walk import Walk
from tocsin.core.walk_events import WalkEvent
from tocsin.core.words import REACHING, DeliveryState, Purpose
from tocsin.ports import Store, StoredFact
from tocsin.runtime import ledger

_event = msgspec.msgpack.Decoder(Event)
_message = msgspec.msgpack.Decoder(Delivery)
_step = msgspec.msgpack.Decoder(WalkEvent)
EVERY = 1_000_000
UNDER_WAY = frozenset({DeliveryState.QUEUED, DeliveryState.HANDED_OVER})


class Happened(Struct, frozen=True):
    at_ms: int
    event: Event


class Story(Struct):
    """One alert: its facts in order, its snapshot, its messages.  `moves`: what became of each message, in order."""

    id: str
    facts: list[StoredFact]
    happened: list[Happened]
    alert: Alert
    deliveries: dict[str, Delivery]
    moves: dict[str, list[StoredFact]] = {}

    def under_way(self, member: str, at_ms: int) -> bool:
        """Was a ring to them then still to be sent, or taken by a carrier that had not said how it ended?"""
        rings = (d for d in self.deliveries.values() if d.member == member and d.purpose is Purpose.RING)
        return any(d.channel in REACHING and self._state(d, at_ms) in UNDER_WAY for d in rings)

    def _state(self, delivery: Delivery, at_ms: int) -> DeliveryState | None:
        """As which it stood then; None of one that was not made yet."""
        moved = [fact for fact in self.moves.get(delivery.id, ()) if fact.at_ms <= at_ms]
        if moved:
            return _message.decode(moved[-1].body or b"").state
        return DeliveryState.QUEUED if delivery.created_at_ms <= at_ms else None


class Step(Struct, frozen=True):
    at_ms: int
    event: WalkEvent


class Way(Struct):
    """One walk: its facts in order, as they read, and its snapshot."""

    id: str
    facts: list[StoredFact]
    steps: list[Step]
    walk: Walk


class Record:
    """All facts of the organisation, by stream, and the story of every alert and walk."""

    def __init__(self, store: Store, org: str) -> None:
        self.store, self.org = store, org
        self.facts = store.facts(org, 0, EVERY)
        self.streams: dict[str, list[StoredFact]] = {}
        for fact in self.facts:
            self.streams.setdefault(fact.stream, []).append(fact)
        self.stories = [self._story(snapshot.stream) for snapshot in store.snapshots(org, "alert")]
        self.ways = [self._way(snapshot.stream) for snapshot in store.snapshots(org, "walk")]
        self.deliveries = {id: delivery for story in self.stories for id, delivery in story.deliveries.items()}
        self.announced = self._announced()
        self.deliveries.update(self.announced)

    def _story(self, stream: str) -> Story:
        id = stream.partition("/")[2]
        facts = self.streams[stream]
        snapshot = self.store.snapshot(self.org, stream)
        assert snapshot is not None
        rows = [ledger.read_delivery(row) for row in self.store.deliveries(self.org, id)]
        happened = [Happened(fact.at_ms, _event.decode(fact.body or b"")) for fact in facts]
        moves = {row.id: self.streams.get(f"delivery/{row.id}", []) for row in rows}
        return Story(id, facts, happened, ledger.read_alert(snapshot), {row.id: row for row in rows}, moves)

    def _way(self, stream: str) -> Way:
        facts, snapshot = self.streams[stream], self.store.snapshot(self.org, stream)
        assert snapshot is not None
        steps = [Step(fact.at_ms, _step.decode(fact.body or b"")) for fact in facts]
        return Way(stream.partition("/")[2], facts, steps, ledger.read_walk(snapshot))

    def _announced(self) -> dict[str, Delivery]:
        """The messages of announcements and of walks, which are no alert's."""
        streams = (stream.partition("/") for stream in self.streams)
        rows = [self.store.deliveries(self.org, id) for kind, _, id in streams if kind in ("announcement", "walk")]
        return {row.id: ledger.read_delivery(row) for found in rows for row in found}

    def story(self, id: str) -> Story | None:
        return next((story for story in self.stories if story.id == id), None)
