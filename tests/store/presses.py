"""What the stories of the store write and read, and how its disk is made to fail."""

from __future__ import annotations

from tocsin.ports import Change, Fact, Snapshot
from tocsin.sim.disk import Act, Disk, Fault, Operation
from tocsin.store.sqlite import SqliteStore

ORG = "centre"


def press(number: int, *, size: int = 200) -> Change:
    """An alert that is raised: one fact, one state."""
    stream = f"alert/{number:06}"
    return Change(
        ORG,
        facts=(Fact(stream, 1, "raised", number, b"b" * size, b"s" * 16, b"l" * 32),),
        snapshots=(Snapshot(stream, "alert", 1, True, b"state"),),
    )


def kept(store: SqliteStore) -> list[str]:
    return [fact.stream for fact in store.facts(ORG, 0, 100_000)]


def on(disk: Disk, *, checkpoint_pages: int = 1_000) -> SqliteStore:
    return SqliteStore(disk.path("tocsin.db"), vfs=disk.name, files=disk.files, checkpoint_pages=checkpoint_pages)


def fails(disk: Disk, fault: Fault, act: Act, ending: str) -> None:
    """From now on, every such operation on such a file fails so."""

    def rule(number: int, operation: Operation) -> Fault | None:
        return fault if operation.act is act and operation.name.endswith(ending) else None

    disk.rule = rule
