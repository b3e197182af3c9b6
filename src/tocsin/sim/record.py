"""What the store says at the end of a history, read without the help of the world that wrote it."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from tocsin.core.alert import Alert
from tocsin.core.delivery import Delivery
from tocsin.core.events import Event
from tocsin.core.walk import Walk
from tocsin.core.walk_events import WalkEvent
from tocsin.ports import Store, StoredFact
from tocsin.runtime import ledger

_event = msgspec.msgpack.Decoder(Event)
_step = msgspec.msgpack.Decoder(WalkEvent)
EVERY = 1_000_000


class Happened(Struct, frozen=True):
    at_ms: int
    event: Event


class Story(Struct):
    """One alert: its facts in order, its snapshot, its messages."""

    id: str
    facts: list[StoredFact]
    happened: list[Happened]
    alert: Alert
    deliveries: dict[str, Delivery]


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
        return Story(id, facts, happened, ledger.read_alert(snapshot), {row.id: row for row in rows})

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
