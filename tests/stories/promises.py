"""What must hold after every step of every story, read from the record and from the world side by side."""

from __future__ import annotations

from msgspec.structs import replace
from people import ORG

from tocsin.core.alert import Alert
from tocsin.core.delivery import Delivery
from tocsin.core.escalation import barred
from tocsin.core.limits import SENDS_MAX, WAKE_MAX_MS
from tocsin.core.words import HELPS, DeliveryState, Phase, Purpose
from tocsin.runtime import ledger
from tocsin.runtime.recall import load_deliveries
from tocsin.runtime.world import World
from tocsin.store.memory import MemoryStore

SAID_AFTER_CLOSE = frozenset({Purpose.ALL_CLEAR, Purpose.DRILL_OVER})


def check_promises(store: MemoryStore, world: World, now_ms: int) -> None:
    for snapshot in store.snapshots(ORG, "alert"):
        alert = ledger.read_alert(snapshot)
        deliveries = list(load_deliveries(store, ORG, alert.id).values())
        known = world.alert(ORG, alert.id)
        assert known is not None
        the_record_tells_the_same(store, alert, known)
        an_open_alert_has_a_near_wake(known, now_ms)
        a_pause_is_a_loan_by_enough_people(world, alert)
        nobody_barred_is_asked(world, alert)
        nothing_new_after_the_close(alert, deliveries)
        for delivery in deliveries:
            assert delivery.attempts <= SENDS_MAX
    check_walks(store, world)


def check_walks(store: MemoryStore, world: World) -> None:
    """Snapshot = replay = memory, and an open walk has the wake-up that it needs, in the store."""
    wakes = {wake.stream: wake.due_at_ms for wake in store.wakes(ORG)}
    open_ones: dict[str, str] = {}
    for snapshot in store.snapshots(ORG, "walk"):
        walk = ledger.read_walk(snapshot)
        assert ledger.replayed_walk(store.stream(ORG, snapshot.stream)) == walk == world.walk(ORG, walk.id)
        assert wakes.get(snapshot.stream) == walk.wake_at_ms and snapshot.open is walk.open
        if walk.open:
            assert walk.wake_at_ms is not None and open_ones.setdefault(walk.member, walk.id) == walk.id
            assert world.walk_of(ORG, walk.member) == walk
    assert {walk.id for walk in world.open_walks(ORG)} == set(open_ones.values())


def the_record_tells_the_same(store: MemoryStore, kept: Alert, known: Alert) -> None:
    """Snapshot = replay = what is in memory."""
    told = ledger.replayed(store.stream(ORG, f"alert/{kept.id}"))
    assert told == kept
    assert replace(known, looked_ms=kept.looked_ms) == kept


def an_open_alert_has_a_near_wake(alert: Alert, now_ms: int) -> None:
    assert (alert.wake_at_ms is None) == (alert.phase is Phase.CLOSED)
    if alert.wake_at_ms is not None:
        assert alert.wake_at_ms <= now_ms + WAKE_MAX_MS, "I4: the next wake-up is too far away"


def a_pause_is_a_loan_by_enough_people(world: World, alert: Alert) -> None:
    if alert.phase is not Phase.PAUSED:
        return
    helping = [p for p in alert.people.values() if p.counts and p.answer in HELPS and p.loan_until_ms is not None]
    untied = [p for p in helping if not barred(world.directory(ORG), alert.member, p.member)]
    assert len(untied) >= max(alert.plan.needed, 2), "I4: a pause without enough people"


def nobody_barred_is_asked(world: World, alert: Alert) -> None:
    for person in alert.people.values():
        if alert.open and barred(world.directory(ORG), alert.member, person.member):
            assert person.withdrawn and person.next_ring_ms is None, f"{person.member} is barred and still asked"


def nothing_new_after_the_close(alert: Alert, deliveries: list[Delivery]) -> None:
    """I9, and once at the most for each person."""
    if alert.closed_ms is None:
        return
    late = [d for d in deliveries if d.state is DeliveryState.QUEUED and d.purpose not in SAID_AFTER_CLOSE]
    assert not late, "I9: a message waits to be sent after the close"
    for purpose in SAID_AFTER_CLOSE:
        told = [d.member for d in deliveries if d.purpose is purpose]
        assert len(told) == len(set(told)), "I9: somebody was told twice that it is over"
