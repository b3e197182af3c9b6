"""From a decision to the rows that hold it, and back: every change a fact with a salted leaf, and a snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from tocsin import ports
from tocsin.core.access.record import REGISTER, Act, Kept
from tocsin.core.alert import Alert, evolve, looked
from tocsin.core.attendance import Attendance
from tocsin.core.delivery import Delivery
from tocsin.core.directory import Device, Directory, Member
from tocsin.core.docket import Docket, Draft, Stranger
from tocsin.core.events import Event
from tocsin.core.limits import FIX_KEPT_MS
from tocsin.core.listed import Listed
from tocsin.core.listing import lines_of
from tocsin.core.round_record import RoundRecord
from tocsin.core.walk import Walk
from tocsin.core.walk import evolve as evolve_walk
from tocsin.core.walk_draft import WalkDraft
from tocsin.core.walk_events import WalkEvent
from tocsin.evidence.leaf import leaf_hash
from tocsin.runtime.world import World

SALT_BYTES = 16
K = TypeVar("K", bound=Kept)
_encode = msgspec.msgpack.Encoder().encode
_alert = msgspec.msgpack.Decoder(Alert)
_delivery = msgspec.msgpack.Decoder(Delivery)
_event = msgspec.msgpack.Decoder(Event)
_member = msgspec.msgpack.Decoder(Member)
_device = msgspec.msgpack.Decoder(Device)
_directory = msgspec.msgpack.Decoder(Directory)
_round = msgspec.msgpack.Decoder(RoundRecord)
_stranger = msgspec.msgpack.Decoder(Stranger)
_walk = msgspec.msgpack.Decoder(Walk)
_walk_event = msgspec.msgpack.Decoder(WalkEvent)
_kept: dict[type[Kept], msgspec.msgpack.Decoder[Any]] = {kind: msgspec.msgpack.Decoder(kind) for kind in REGISTER}


class _Pen:
    """Writes the rows of one docket, counting versions as it goes."""

    def __init__(self, docket: Docket, world: World) -> None:
        self.docket, self.world = docket, world
        self.facts: list[ports.Fact] = []
        self.snapshots: list[ports.Snapshot] = []
        self.wakes: list[ports.Wake] = []
        self.listed: list[Listed] = list(docket.listed)
        self.versions: dict[tuple[str, str], int] = {}

    def fact(self, stream: str, type: str, body: bytes) -> int:
        key = (self.docket.org, stream)
        version = self.versions.get(key, self.world.version(*key)) + 1
        self.versions[key] = version
        self._append(stream, version, type, body)
        return version

    def _append(self, stream: str, version: int, type: str, body: bytes) -> None:
        salt = self.docket.dice.bytes(SALT_BYTES)
        self.facts.append(ports.Fact(stream, version, type, self.docket.now_ms, body, salt, leaf_hash(salt, body)))

    def moved(self, delivery: Delivery, body: bytes) -> None:
        """A message counts its own versions, so that nothing of it need be kept in memory."""
        self._append(f"delivery/{delivery.id}", delivery.version, "DeliveryMoved", body)

    def state(self, kind: str, id: str, value: Any, *, open: bool = True, gone: bool = False) -> None:
        """A whole new state as one fact, and as the snapshot."""
        body, stream = _encode(value), f"{kind}/{id}"
        version = self.fact(stream, f"{type(value).__name__}{'Removed' if gone else 'Set'}", body)
        self.snapshots.append(ports.Snapshot(stream, kind, version, open and not gone, body))

    def record(self, record: Kept) -> None:
        """A record of access.  One that had ended is out of memory, and its version too: it goes on from the store's.

        A line of the audit trail is written once, so nothing is looked up for it.
        """
        kind = type(record)
        if kind is not Act:
            self.world.kept(self.docket.org, kind, record.id)
        self.state(REGISTER[kind], record.id, record, open=record.open)

    def alert(self, draft: Draft) -> None:
        stream, version = f"alert/{draft.alert.id}", 0
        for event in draft.events:
            version = self.fact(stream, type(event).__name__, _encode(event))
        if draft.events:
            alert = draft.alert
            self.snapshots.append(ports.Snapshot(stream, "alert", version, alert.open, _encode(alert)))
            self.wakes.append(ports.Wake(stream, alert.wake_at_ms))
            if alert.closed_ms == self.docket.now_ms:
                self.wakes.append(ports.Wake(f"fixes/{alert.id}", erase_at_ms(alert)))
                self.listed.extend(lines_of(alert))

    def walk(self, draft: WalkDraft) -> None:
        walk, version = draft.walk, 0
        for event in draft.events:
            version = self.fact(f"walk/{walk.id}", type(event).__name__, _encode(event))
        if draft.events:
            self.snapshots.append(ports.Snapshot(f"walk/{walk.id}", "walk", version, walk.open, _encode(walk)))
            self.wakes.append(ports.Wake(f"walk/{walk.id}", walk.wake_at_ms))
            if forgets_now(walk, self.docket.now_ms):
                self.wakes.append(ports.Wake(f"fixes/{walk.id}", self.docket.now_ms + FIX_KEPT_MS))


def change(docket: Docket, world: World) -> ports.Change | None:
    """All the rows of this decision, or None if it writes nothing.  Versions are counted on in `world`.

    If it raises, `world` is as it was.
    """
    pen = _Pen(docket, world)
    for draft in docket.drafts.values():
        pen.alert(draft)
    for walking in docket.walks.values():
        pen.walk(walking)
    _write_people(pen)
    changed = [delivery for draft in docket.drafts.values() for delivery in draft.changed.values()]
    deliveries = tuple(_delivery_row(pen, delivery) for delivery in (*changed, *docket.announced.values()))
    receipts = tuple(
        ports.Receipt(credential, key, receipt, alert, docket.now_ms)
        for credential, key, receipt, alert in docket.presses
    )
    for id in docket.erase_fixes_of:
        pen.wakes.append(ports.Wake(f"fixes/{id}", None))
    written = ports.Change(
        org=docket.org,
        facts=tuple(pen.facts),
        snapshots=tuple(pen.snapshots),
        deliveries=deliveries,
        wakes=tuple(pen.wakes),
        receipts=receipts,
        fixes=tuple(ports.Fix(f.id, f.alert, f.lat, f.lon, f.radius_m, f.at_ms) for f in docket.fixes),
        erase_fixes_of=tuple(docket.erase_fixes_of),
        listed=tuple(pen.listed),
        listed_from=docket.listed_from,
    )
    world.versions.update(pen.versions)
    return None if written == ports.Change(org=docket.org) else written


def _write_people(pen: _Pen) -> None:
    docket = pen.docket
    if docket.rules is not None:
        pen.state("organisation", docket.org, replace(docket.rules, members={}, devices={}, attendance={}))
    for member in {member.id: member for member in docket.members}.values():
        pen.state("member", member.id, member)
    for id in docket.removed_members:
        pen.state("member", id, docket.world.directory(docket.org).members[id], gone=True)
    for device in docket.devices:
        pen.state("device", device.id, device)
    for shadow, alert in docket.shadows:
        pen.state("shadow", shadow, alert)
    for stranger in docket.strangers:
        pen.state("stranger", stranger.id, stranger)
    for known in docket.rounds:
        pen.state("round", known.id, known, open=known.open)
    for record in docket.records.values():
        pen.record(record)
    pen.wakes.extend(ports.Wake(stream, due_at_ms) for stream, due_at_ms in docket.wakes.items())
    for number in docket.replied:
        pen.state("caller", number, docket.now_ms)


def _delivery_row(pen: _Pen, delivery: Delivery) -> ports.DeliveryRow:
    body = _encode(delivery)
    if delivery.version > 0:  # Its making is part of the ringing's, or the announcement's, own fact.
        pen.moved(delivery, body)
    return ports.DeliveryRow(delivery.id, delivery.alert, delivery.state, delivery.due_at_ms, body)


def looked_at(alert: Alert, now_ms: int) -> Alert:
    """Time was looked at and nothing was due; not part of the record."""
    return looked(alert, now_ms)


def forgets_now(walk: Walk, now_ms: int) -> bool:
    """Has it just ended, with positions that are to be erased in time?"""
    return walk.ended_ms == now_ms and any(spot.fix is not None for spot in walk.places.values())


def erase_at_ms(alert: Alert) -> int:
    """When the coordinates of a closed alert go."""
    assert alert.closed_ms is not None
    return alert.closed_ms + FIX_KEPT_MS


# Reading back ----------------------------------------------------------------------------------------------------


def read_alert(snapshot: ports.Snapshot) -> Alert:
    return _alert.decode(snapshot.body)


def read_walk(snapshot: ports.Snapshot) -> Walk:
    return _walk.decode(snapshot.body)


def read_delivery(row: ports.DeliveryRow) -> Delivery:
    return _delivery.decode(row.body)


def read_event(body: bytes) -> Event:
    event: Event = _event.decode(body)
    return event


def read_shadow(snapshot: ports.Snapshot) -> str:
    return msgspec.msgpack.decode(snapshot.body, type=str)


def read_strangers(store: ports.Store, org: str) -> Iterator[Stranger]:
    return (_stranger.decode(snapshot.body) for snapshot in store.snapshots(org, "stranger", only_open=True))


def read_round(snapshot: ports.Snapshot) -> RoundRecord:
    return _round.decode(snapshot.body)


def read_kept(kind: type[K], snapshot: ports.Snapshot) -> K:
    record: K = _kept[kind].decode(snapshot.body)
    return record


def read_caller(snapshot: ports.Snapshot) -> int:
    """When this unknown number last got a neutral reply."""
    return msgspec.msgpack.decode(snapshot.body, type=int)


def read_directory(store: ports.Store, org: str) -> Directory:
    """The organisation as the snapshots tell it."""
    rules = store.snapshot(org, f"organisation/{org}")
    directory = Directory(org, org) if rules is None else _directory.decode(rules.body)
    members = [_member.decode(s.body) for s in store.snapshots(org, "member", only_open=True)]
    devices = [_device.decode(s.body) for s in store.snapshots(org, "device", only_open=True)]
    here = [read_kept(Attendance, s) for s in store.snapshots(org, "attendance", only_open=True)]
    return replace(
        directory,
        members={member.id: member for member in members},
        devices={device.id: device for device in devices},
        attendance={word.id: word for word in here},
    )


def replayed(facts: list[ports.StoredFact]) -> Alert | None:
    """The alert that the record alone tells (its watchdog's own looks are not part of the record)."""
    alert: Alert | None = None
    for fact in facts:
        assert fact.body is not None, "an erased fact cannot be replayed"
        alert = evolve(alert, read_event(fact.body), fact.at_ms)
    return alert


def replayed_walk(facts: list[ports.StoredFact]) -> Walk | None:
    """The walk that the record alone tells."""
    walk: Walk | None = None
    for fact in facts:
        assert fact.body is not None, "an erased fact cannot be replayed"
        walk = evolve_walk(walk, _walk_event.decode(fact.body), fact.at_ms)
    return walk
