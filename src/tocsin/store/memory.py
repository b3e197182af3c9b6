"""The store in memory: it says what the words of `ports.Store` mean, and the others must agree with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

import msgspec
from msgspec import Struct

from tocsin.core.listed import ALL, Listed
from tocsin.ports import (
    Change,
    Conflict,
    DeliveryRow,
    Fact,
    Fix,
    Receipt,
    Snapshot,
    Stored,
    StoredFact,
    Wake,
)

Pair = tuple[str, str]
Row = TypeVar("Row")


class Content(Struct):
    """Everything there is, by organisation and id; facts by stream and version too, to find a conflict."""

    facts: list[StoredFact] = []
    versions: dict[tuple[str, str, int], int] = {}
    snapshots: dict[Pair, Snapshot] = {}
    deliveries: dict[Pair, DeliveryRow] = {}
    wakes: dict[Pair, Wake] = {}
    receipts: dict[tuple[str, str, str], Receipt] = {}
    fixes: dict[Pair, Fix] = {}
    listed: dict[tuple[str, str, str, str], Listed] = {}
    listed_from: dict[str, str] = {}


class MemoryStore:
    """Forgets everything when it goes.  For tests, and as the measure of the others."""

    def __init__(self, content: Content | None = None) -> None:
        self.content = content or Content()

    @classmethod
    def restored(cls, path: str) -> MemoryStore:
        """The store that `backup` wrote."""
        with open(path, "rb") as file:
            return cls(msgspec.msgpack.decode(file.read(), type=Content))

    def append(self, changes: Sequence[Change]) -> list[Stored | Conflict]:
        return [self._appended(change) for change in changes]

    def _appended(self, change: Change) -> Stored | Conflict:
        if what := self._conflict(change):
            return Conflict(what)
        positions = [self._keep_fact(change.org, fact) for fact in change.facts]
        self._keep_state(change)
        self._keep_evidence(change)
        return Stored(positions[-1] if positions else 0)

    def _conflict(self, change: Change) -> str | None:
        """The first thing that exists already, in the store or earlier in the change itself."""
        wanted: list[tuple[str, object, bool]] = [
            *(
                ("fact", _version(change.org, fact), _version(change.org, fact) in self.content.versions)
                for fact in change.facts
            ),
            *(
                ("receipt", _receipt(change.org, receipt), _receipt(change.org, receipt) in self.content.receipts)
                for receipt in change.receipts
            ),
            *(("fix", fix.id, self._outlives(change, fix.id)) for fix in change.fixes),
        ]
        seen: set[tuple[str, object]] = set()
        for what, key, exists in wanted:
            if exists or (what, key) in seen:
                return what
            seen.add((what, key))
        return None

    def _outlives(self, change: Change, fix_id: str) -> bool:
        """Whether a fix of this id is there, and stays there: what a change erases goes before it brings anything."""
        there = self.content.fixes.get((change.org, fix_id))
        return there is not None and there.alert not in change.erase_fixes_of

    def _keep_fact(self, org: str, fact: Fact) -> int:
        position = len(self.content.facts) + 1
        self.content.versions[_version(org, fact)] = position
        self.content.facts.append(StoredFact(position, org, **msgspec.structs.asdict(fact)))
        return position

    def _keep_state(self, change: Change) -> None:
        for snapshot in change.snapshots:
            self.content.snapshots[change.org, snapshot.stream] = snapshot
        for row in change.deliveries:
            self.content.deliveries[change.org, row.id] = row
        for wake in change.wakes:
            self.content.wakes[change.org, wake.stream] = wake
            if wake.due_at_ms is None:
                del self.content.wakes[change.org, wake.stream]

    def _keep_evidence(self, change: Change) -> None:
        for receipt in change.receipts:
            self.content.receipts[_receipt(change.org, receipt)] = receipt
        for alert in change.erase_fixes_of:
            for fix in self.fixes(change.org, alert):
                del self.content.fixes[change.org, fix.id]
        for fix in change.fixes:
            self.content.fixes[change.org, fix.id] = fix
        for line in change.listed:
            self.content.listed[change.org, line.list, line.shelf, line.id] = line
        if change.listed_from is not None:
            self.content.listed_from[change.org] = change.listed_from

    def receipt(self, org: str, credential: str, key: str) -> Receipt | None:
        return self.content.receipts.get((org, credential, key))

    def snapshot(self, org: str, stream: str) -> Snapshot | None:
        return self.content.snapshots.get((org, stream))

    def snapshots(self, org: str, kind: str, *, only_open: bool = False) -> Iterator[Snapshot]:
        rows = _of(org, self.content.snapshots)
        return iter([row for row in rows if row.kind == kind and (row.open or not only_open)])

    def organisations(self) -> list[str]:
        return sorted({org for org, _ in self.content.snapshots})

    def recent(self, org: str, kind: str, before: str | None, limit: int) -> list[Snapshot]:
        rows = [row for row in self.snapshots(org, kind) if before is None or row.stream < before]
        return rows[::-1][:limit]

    def delivery(self, org: str, id: str) -> DeliveryRow | None:
        return self.content.deliveries.get((org, id))

    def deliveries(self, org: str, alert: str, limit: int | None = None) -> list[DeliveryRow]:
        return [row for row in _of(org, self.content.deliveries) if row.alert == alert][:limit]

    def due_deliveries(self, org: str) -> list[DeliveryRow]:
        return [row for row in _of(org, self.content.deliveries) if row.due_at_ms is not None]

    def wakes(self, org: str) -> list[Wake]:
        return sorted(_of(org, self.content.wakes), key=lambda wake: wake.due_at_ms or 0)

    def fixes(self, org: str, alert: str) -> list[Fix]:
        return [fix for fix in _of(org, self.content.fixes) if fix.alert == alert]

    def shelves(self, org: str, name: str) -> list[str]:
        return sorted({line.shelf for line in self._lines(org, name)})

    def on_shelf(self, org: str, name: str, shelf: str, above: str, below: str | None, limit: int) -> list[Listed]:
        lines = [line for line in self._lines(org, name) if line.shelf == shelf]
        return _newest(lines, above, below)[:limit]

    def listed_of(self, org: str, member: str, above: str, below: str | None, limit: int) -> list[Listed]:
        lines = [line for line in self._lines(org, ALL) if line.member == member]
        return _newest(lines, above, below)[:limit]

    def _lines(self, org: str, name: str) -> list[Listed]:
        return [line for (owner, *_), line in self.content.listed.items() if (owner, line.list) == (org, name)]

    def listed_from(self, org: str) -> str | None:
        return self.content.listed_from.get(org)

    def facts(self, org: str, after: int, limit: int) -> list[StoredFact]:
        return [fact for fact in self.content.facts if fact.org == org and fact.position > after][:limit]

    def stream(self, org: str, stream: str, limit: int | None = None) -> list[StoredFact]:
        facts = [fact for fact in self.content.facts if (fact.org, fact.stream) == (org, stream)]
        return sorted(facts, key=lambda fact: fact.version)[:limit]

    def backup(self, path: str) -> None:
        with open(path, "xb") as file:
            file.write(msgspec.msgpack.encode(self.content))

    def close(self) -> None:
        """Nothing to let go of."""


def _newest(lines: list[Listed], above: str, below: str | None) -> list[Listed]:
    between = [line for line in lines if line.id >= above and (below is None or line.id < below)]
    return sorted(between, key=lambda line: (line.id, line.shelf), reverse=True)


def _version(org: str, fact: Fact) -> tuple[str, str, int]:
    return org, fact.stream, fact.version


def _receipt(org: str, receipt: Receipt) -> tuple[str, str, str]:
    return org, receipt.credential, receipt.key


def _of(org: str, rows: dict[Pair, Row]) -> list[Row]:
    return [row for (owner, _), row in sorted(rows.items(), key=lambda item: item[0]) if owner == org]
