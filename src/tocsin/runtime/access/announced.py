"""The newest acts that all supervisors were told of, and the announcements since, as the store has them.

An announcement that is over is in no memory.  They are read backwards, and where there are more than LIST_SCANNED_MAX,
acts from before those that were read are left out: of them nobody could say whom they reached.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from tocsin.core.access.announced_sight import AnnouncedView, announced_views, shows
from tocsin.core.access.announcement import Announcement
from tocsin.core.access.record import REGISTER, Act
from tocsin.core.delivery import Delivery
from tocsin.core.directory import Directory
from tocsin.core.limits import ANNOUNCED_SHOWN_MAX, LIST_SCANNED_MAX, LISTED_MAX
from tocsin.ports import Store
from tocsin.runtime.ledger import read_delivery, read_kept

K = TypeVar("K", Act, Announcement)


def newest_announced(store: Store, directory: Directory, now_ms: int) -> list[AnnouncedView]:
    """Newest first, ANNOUNCED_SHOWN_MAX of them at the most."""
    acts = _newest_acts(store, directory.id)
    if not acts:
        return []
    announcements, whole = _since(store, directory.id, acts[-1].at_ms)
    if not whole:
        acts = [act for act in acts if act.at_ms > announcements[-1].made_ms]
    kept: dict[str, list[Delivery]] = {}

    def messages_of(id: str) -> Sequence[Delivery]:
        if id not in kept:
            kept[id] = [read_delivery(row) for row in store.deliveries(directory.id, id)]
        return kept[id]

    return announced_views(directory, acts, announcements[::-1], messages_of, now_ms)


def _newest_acts(store: Store, org: str) -> list[Act]:
    found: list[Act] = []
    for act in _newest(store, org, Act):
        found += [act] if shows(act) else []
        if len(found) == ANNOUNCED_SHOWN_MAX:
            break
    return found


def _since(store: Store, org: str, since_ms: int) -> tuple[list[Announcement], bool]:
    """Newest first, and whether these are all."""
    found: list[Announcement] = []
    for one in _newest(store, org, Announcement):
        if one.made_ms < since_ms:
            return found, True
        found.append(one)
    return found, len(found) < LIST_SCANNED_MAX


def _newest(store: Store, org: str, kind: type[K]) -> Iterator[K]:
    before = None
    for _ in range(0, LIST_SCANNED_MAX, LISTED_MAX):
        rows = store.recent(org, REGISTER[kind], before, LISTED_MAX)
        for row in rows:
            before = row.stream
            yield read_kept(kind, row)
        if len(rows) < LISTED_MAX:
            return
