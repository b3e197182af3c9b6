"""What a world asks its store for when something is not in memory, and what it gets; without a store, nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from msgspec import Struct

from tocsin.core.access.record import Kept
from tocsin.core.alert import Alert
from tocsin.core.delivery import Delivery
from tocsin.core.docket import FixKept, KnownPress
from tocsin.core.walk import Walk


class Recalled(Struct, frozen=True):
    """A closed alert as the store knows it."""

    alert: Alert
    deliveries: Mapping[str, Delivery]
    fixes: Mapping[str, FixKept]
    version: int


class Replied(NamedTuple):
    """When an unknown number last got a neutral reply, as the store knows it."""

    at_ms: int
    version: int


class KeptRow(NamedTuple):
    """A record of access that has ended, as the store knows it."""

    record: Kept
    version: int


class RecalledWalk(Struct, frozen=True):
    """A walk as the store knows it."""

    walk: Walk
    deliveries: Mapping[str, Delivery]
    fixes: Mapping[str, FixKept]
    version: int


RecallKept = Callable[[str, type[Any], str], KeptRow | None]
Recall = Callable[[str, str], Recalled | None]
RecallPress = Callable[[str, str, str], KnownPress | None]
RecallWalk = Callable[[str, str], RecalledWalk | None]
RecallReply = Callable[[str, str], Replied | None]


def nothing_recalled(org: str, id: str) -> None:
    """The memory of a world without a store."""


def no_press_recalled(org: str, credential: str, key: str) -> None:
    """The memory of a world without a store."""


def nothing_kept(org: str, kind: type[Any], id: str) -> None:
    """The memory of a world without a store."""


def no_reply_recalled(org: str, number: str) -> None:
    """The memory of a world without a store."""


def no_walk_recalled(org: str, id: str) -> None:
    """The memory of a world without a store."""
