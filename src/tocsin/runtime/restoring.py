"""What a data directory that is being replaced still tells of people who were cut off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from tocsin.core.access.closed_numbers import closed_in
from tocsin.core.access.commands import Restore
from tocsin.core.access.feed_record import Feed
from tocsin.core.access.place_record import PlaceCode
from tocsin.core.access.record import OPERATOR, REGISTER, ClosedNumber, Desk, Kept, Passkey, Wallboard
from tocsin.ports import Store
from tocsin.runtime import ledger

K = TypeVar("K", bound=Kept)


def nothing_known(org: str) -> Restore:
    """The directory is gone, or cannot be read."""
    return Restore(org=org, by=OPERATOR)


def cut_off_since(store: Store, org: str) -> Restore:
    """Everything of this store that cuts somebody off.  Raises StoreError where it cannot be read."""
    directory = ledger.read_directory(store, org)
    members = directory.members.values()
    return Restore(
        org=org,
        by=OPERATOR,
        suspended=tuple(member.id for member in members if member.suspended),
        watched=tuple(member.id for member in members if member.watch_window),
        ties=tuple((member.id, about) for member in members for about in member.not_told_about),
        devices=tuple(device.id for device in directory.devices.values() if device.revoked),
        passkeys=_ended(store, org, Passkey),
        screens=_ended(store, org, Wallboard) + _ended(store, org, Desk),
        closed=closed_in(directory, _records(store, org, ClosedNumber)),
        feeds=_ended(store, org, Feed),
        codes=_ended(store, org, PlaceCode),
        attendance=tuple(word for word in directory.attendance.values() if word.open),
        replayed=True,
    )


def _ended(store: Store, org: str, kind: type[Kept]) -> tuple[str, ...]:
    return tuple(record.id for record in _records(store, org, kind) if not record.open)


def _records(store: Store, org: str, kind: type[K]) -> Iterator[K]:
    return (ledger.read_kept(kind, row) for row in store.snapshots(org, REGISTER[kind]))
