"""The stores agree: whatever is written, in whatever order, every read of every store says the same."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tocsin.core.listed import Listed
from tocsin.ports import Change, DeliveryRow, Fact, Fix, Receipt, Snapshot, Store, Wake
from tocsin.store.memory import MemoryStore
from tocsin.store.sqlite import SqliteStore

ORGS = ("centre", "hospital")
KINDS = ("alert", "walk")
STREAMS = tuple(f"{kind}/{name}" for kind in KINDS for name in ("1", "2", "10", "é"))
ALERTS = ("1", "2")
IDS = ("a", "b", "c", "\U0001f514")
LISTS, SHELVES = ("all", "own/a"), ("sos/real/safe/centre", "sos/drill//", "é")
MOMENTS = st.integers(0, 2**48)
BODIES = st.binary(max_size=40)


def fact(stream: str, version: int, body: bytes) -> Fact:
    salt = b"s" * 16
    return Fact(stream, version, "rung", version * 10, body, salt, hashlib.sha256(b"\0" + salt + body).digest())


def snapshot(stream: str, version: int, is_open: bool, body: bytes) -> Snapshot:
    return Snapshot(stream, stream.partition("/")[0], version, is_open, body)


streams, alerts, ids = st.sampled_from(STREAMS), st.sampled_from(ALERTS), st.sampled_from(IDS)
changes = st.builds(
    Change,
    org=st.sampled_from(ORGS),
    facts=st.lists(st.builds(fact, streams, st.integers(1, 4), BODIES), max_size=3).map(tuple),
    snapshots=st.lists(st.builds(snapshot, streams, st.integers(1, 9), st.booleans(), BODIES), max_size=3).map(tuple),
    deliveries=st.lists(
        st.builds(DeliveryRow, ids, alerts, st.sampled_from(("queued", "failed")), st.none() | MOMENTS, BODIES),
        max_size=3,
    ).map(tuple),
    wakes=st.lists(st.builds(Wake, streams, st.none() | MOMENTS), max_size=2).map(tuple),
    receipts=st.lists(st.builds(Receipt, ids, ids, ids, alerts, MOMENTS), max_size=2).map(tuple),
    fixes=st.lists(
        st.builds(Fix, ids, alerts, st.floats(-90, 90), st.floats(-180, 180), st.none() | st.floats(0, 9e3), MOMENTS),
        max_size=2,
    ).map(tuple),
    erase_fixes_of=st.lists(alerts, max_size=1).map(tuple),
    listed=st.lists(
        st.builds(Listed, st.sampled_from(LISTS), st.sampled_from(SHELVES), ids, alerts, ids, ids), max_size=3
    ).map(tuple),
    listed_from=st.none() | alerts,
)


def every_read(store: Store) -> dict[str, Any]:
    """What each read of the port answers, for every argument that could matter."""
    told: dict[str, Any] = {"organisations": store.organisations()}
    for org in (*ORGS, "nobody"):
        told[f"{org} whole"] = store.facts(org, 0, 1_000), store.wakes(org), store.due_deliveries(org)
        told[f"{org} paged"] = store.facts(org, 2, 2)
        for kind in (*KINDS, "case"):
            told[f"{org} {kind}"] = list(store.snapshots(org, kind)), list(store.snapshots(org, kind, only_open=True))
            told[f"{org} {kind} recent"] = store.recent(org, kind, None, 3), store.recent(org, kind, f"{kind}/2", 9)
        for stream in STREAMS:
            told[f"{org} {stream}"] = store.snapshot(org, stream), store.stream(org, stream)
            told[f"{org} {stream} begins"] = store.stream(org, stream, 1)
        for id in IDS:
            told[f"{org} {id}"] = store.delivery(org, id), [store.receipt(org, id, key) for key in IDS]
        told[f"{org} lists"] = store.listed_from(org), [store.shelves(org, name) for name in (*LISTS, "nobody's")]
        for name in LISTS:
            for shelf in SHELVES:
                every, some = (
                    store.on_shelf(org, name, shelf, "", None, 9),
                    store.on_shelf(org, name, shelf, "b", "c", 1),
                )
                told[f"{org} {name} {shelf}"] = every, some
        for id in IDS:
            told[f"{org} in danger {id}"] = store.listed_of(org, id, "", None, 9), store.listed_of(org, id, "b", "c", 1)
        for alert in ALERTS:
            told[f"{org} of {alert}"] = store.deliveries(org, alert), store.fixes(org, alert)
            told[f"{org} first of {alert}"] = store.deliveries(org, alert, 1)
    return told


class Stores(RuleBasedStateMachine):
    """The memory store is the measure; SQLite must say the same, also after it was closed and opened."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.mkdtemp()
        self.memory, self.backups = MemoryStore(), 0
        self.path = f"{self.folder}/tocsin.db"
        self.sqlite = SqliteStore(self.path, checkpoint_pages=3)

    @rule(batch=st.lists(changes, max_size=4))
    def append(self, batch: list[Change]) -> None:
        assert self.memory.append(batch) == self.sqlite.append(batch)

    @rule()
    def restart(self) -> None:
        self.sqlite.close()
        self.sqlite = SqliteStore(self.path, checkpoint_pages=3)

    @rule()
    def go_on_with_a_backup(self) -> None:
        self.backups += 1
        measure, self.path = f"{self.folder}/{self.backups}.memory", f"{self.folder}/{self.backups}.db"
        self.memory.backup(measure)
        self.sqlite.backup(self.path)
        self.memory = MemoryStore.restored(measure)
        self.restart()

    @invariant()
    def every_read_agrees(self) -> None:
        assert every_read(self.memory) == every_read(self.sqlite)

    def teardown(self) -> None:
        self.memory.close()
        self.sqlite.close()
        shutil.rmtree(self.folder)


TestStores = Stores.TestCase
TestStores.settings = settings(
    max_examples=30, stateful_step_count=12, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
