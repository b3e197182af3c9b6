"""Read the world back from the store: all that is open at start, and what is long closed when somebody asks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from tocsin import ports
from tocsin.core.access.announcement import Announcement
from tocsin.core.access.record import REGISTER
from tocsin.core.delivery import Delivery
from tocsin.core.docket import FixKept, KnownPress
from tocsin.core.reading import SOS_WORDS
from tocsin.core.sent import Sent
from tocsin.core.words import Channel
from tocsin.runtime import ledger
from tocsin.runtime.remembered import KeptRow, Recalled, RecalledWalk, Replied
from tocsin.runtime.world import World

RECENT_ALERTS = 200  # Closed alerts whose answer numbers are still recognised after a restart.


def world_of(
    store: ports.Store, routes: Mapping[Channel, tuple[str, ...]], sos_words: tuple[str, ...] = SOS_WORDS
) -> World:
    """An empty world that remembers through this store."""

    def recall(org: str, id: str) -> Recalled | None:
        return load_alert(store, org, id)

    def recall_press(org: str, credential: str, key: str) -> KnownPress | None:
        known = store.receipt(org, credential, key)
        return None if known is None else KnownPress(known.alert, known.receipt)

    def recall_reply(org: str, number: str) -> Replied | None:
        known = store.snapshot(org, f"caller/{number}")
        return None if known is None else Replied(ledger.read_caller(known), known.version)

    def recall_kept(org: str, kind: type[Any], id: str) -> KeptRow | None:
        known = store.snapshot(org, f"{REGISTER[kind]}/{id}")
        return None if known is None else KeptRow(ledger.read_kept(kind, known), known.version)

    def recall_walk(org: str, id: str) -> RecalledWalk | None:
        known = store.snapshot(org, f"walk/{id}")
        if known is None:
            return None
        messages, fixes = load_deliveries(store, org, id), load_fixes(store, org, id)
        return RecalledWalk(ledger.read_walk(known), messages, fixes, known.version)

    return World(
        routes=routes,
        sos_words=sos_words,
        recall=recall,
        recall_press=recall_press,
        recall_reply=recall_reply,
        recall_kept=recall_kept,
        recall_walk=recall_walk,
    )


def load_world(store: ports.Store, world: World) -> None:
    """Every organisation, every open alert with its messages; what was known before is forgotten."""
    world.clear()
    for org in store.organisations():
        world.directories[org] = ledger.read_directory(store, org)
        world.known_by_number(org, "")  # The first who calls for help by telephone does not wait for the book.
        for kind in ("member", "device", "organisation"):
            for snapshot in store.snapshots(org, kind):
                world.versions[org, snapshot.stream] = snapshot.version
        for snapshot in store.snapshots(org, "alert", only_open=True):
            _know(store, world, org, snapshot)
        words: dict[Any, Any] = {id: id for id in (org, *world.directories[org].members)}
        same = partial(_first, words)
        for snapshot in store.snapshots(org, "walk", only_open=True):
            world.walks.open_at_start(ledger.read_walk(snapshot), snapshot.version, same)
        for snapshot in store.snapshots(org, "shadow"):
            world.aliases[snapshot.stream.partition("/")[2]] = ledger.read_shadow(snapshot)
        for snapshot in reversed(store.recent(org, "alert", None, RECENT_ALERTS)):
            world.take_numbers(ledger.read_alert(snapshot))
        for snapshot in store.snapshots(org, "round", only_open=True):
            known = ledger.read_round(snapshot)
            world.versions[org, snapshot.stream], world.rounds[org, known.id] = snapshot.version, known
        for register, name in REGISTER.items():
            for snapshot in store.snapshots(org, name, only_open=True):
                world.versions[org, snapshot.stream] = snapshot.version
                world.know(org, ledger.read_kept(register, snapshot))
        for id in world.all_kept(org, Announcement):
            world.sent[id] = Sent(load_deliveries(store, org, id))
        world.strangers.update({(org, stranger.id): stranger for stranger in ledger.read_strangers(store, org)})


def _first(words: dict[Any, Any], word: Any) -> Any:
    """The first of those that are equal, so that it is in memory once."""
    return words.setdefault(word, word)


def latest_ms(store: ports.Store) -> int:
    """The last moment of which an open alert or walk tells, or a message that is not over; 0 if there is none."""
    found = [0]
    for org in store.organisations():
        found += [ledger.read_alert(alert).looked_ms for alert in store.snapshots(org, "alert", only_open=True)]
        found += [ledger.read_walk(walk).begun_ms for walk in store.snapshots(org, "walk", only_open=True)]
        found += [ledger.read_delivery(row).changed_at_ms for row in store.due_deliveries(org)]
    return max(found)


def _know(store: ports.Store, world: World, org: str, snapshot: ports.Snapshot) -> None:
    alert = ledger.read_alert(snapshot)
    world.versions[org, snapshot.stream] = snapshot.version
    world.keep(alert)
    world.take_numbers(alert)
    world.sent[alert.id] = Sent(load_deliveries(store, org, alert.id))
    world.fixes[alert.id] = load_fixes(store, org, alert.id)


def load_alert(store: ports.Store, org: str, id: str) -> Recalled | None:
    """A closed alert with its messages, by its own id or by a shadow's."""
    snapshot = store.snapshot(org, f"alert/{id}")
    if snapshot is None:
        shadow = store.snapshot(org, f"shadow/{id}")
        if shadow is None:
            return None
        return load_alert(store, org, ledger.read_shadow(shadow))
    return Recalled(
        ledger.read_alert(snapshot), load_deliveries(store, org, id), load_fixes(store, org, id), snapshot.version
    )


def load_deliveries(store: ports.Store, org: str, alert: str) -> dict[str, Delivery]:
    rows = (ledger.read_delivery(row) for row in store.deliveries(org, alert))
    return {delivery.id: delivery for delivery in rows}


def load_fixes(store: ports.Store, org: str, alert: str) -> dict[str, FixKept]:
    """The coordinates of an alert that still exist, by their id."""
    kept = store.fixes(org, alert)
    return {f.id: FixKept(f.id, f.alert, f.lat, f.lon, f.radius_m, f.at_ms) for f in kept}
