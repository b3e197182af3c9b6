"""The record: one leaf for each fact, a snapshot that its facts tell, a clock that keeps time."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from tocsin.evidence.leaf import leaf_hash
from tocsin.runtime import ledger
from tocsin.sim.promises.scene import CLOCK_MS, Scene


def one_leaf_per_fact(scene: Scene) -> Iterator[str]:
    for fact in scene.record.facts:
        if fact.body is None or fact.salt is None or leaf_hash(fact.salt, fact.body) != fact.leaf:
            yield f"the leaf of fact {fact.position} is not that of its body"
    positions = [fact.position for fact in scene.record.facts]
    if len(set(positions)) != len(positions) or positions != sorted(positions):
        yield "facts are not in one order"
    for stream, facts in scene.record.streams.items():
        versions = [fact.version for fact in facts]
        rising = versions == sorted(set(versions))
        if not rising or (versions[-1] != len(facts) and not stream.startswith("delivery/")):
            yield f"{stream} has the versions {versions}"
    for delivery in scene.record.deliveries.values():
        facts = scene.record.streams.get(f"delivery/{delivery.id}", [])
        if (facts[-1].version if facts else 0) != delivery.version:  # One fact may stand for two steps of a message.
            yield f"message {delivery.id} is at {delivery.version}, and its facts are not"


def the_snapshot_is_the_replay(scene: Scene) -> Iterator[str]:
    for story in scene.record.stories:
        replayed = ledger.replayed(story.facts)
        assert replayed is not None
        if replace(replayed, looked_ms=0) != replace(story.alert, looked_ms=0):
            yield f"{story.id} is not what its facts tell"


def the_clock_keeps_time(scene: Scene) -> Iterator[str]:
    for true_ms, said_ms in scene.journal.commits:
        if not -CLOCK_MS <= true_ms - said_ms <= CLOCK_MS + scene.journal.lag_ms:
            yield f"at {true_ms} the system's clock said {said_ms}"
