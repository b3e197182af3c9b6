"""What may be asked of walks.  Who may ask at all is decided in `walking.py`, like everything else."""

from __future__ import annotations

from msgspec import Struct

from tocsin.core.access.record import By
from tocsin.core.particulars import PinMatch, PlaceReport
from tocsin.core.words import Destination, WalkState


class StartWalk(Struct, frozen=True, kw_only=True):
    """Somebody leaves.  `credential` and `key` name this start for ever, as they do a press.

    `by`: the worker, or a supervisor for them.  `device`: the worker's, None by SMS or for somebody.  `bay`: the id of
    a place of the site.  `site`: None where it is to be found out.
    """

    org: str
    by: By
    credential: str
    key: str
    member: str
    destination: Destination
    minutes: int
    device: str | None = None
    way: str | None = None
    bay: str | None = None
    buddy: str | None = None
    site: str | None = None


class CheckIn(Struct, frozen=True, kw_only=True):
    """I am still here, and this is where.  It moves no time."""

    org: str
    walk: str
    member: str
    place: PlaceReport | None = None
    device: str | None = None


class ExtendWalk(Struct, frozen=True, kw_only=True):
    """It takes longer.  `match`: of the PIN, where one was typed.

    `device` and `key` name this extension of this walk for ever; None: it does not come again.
    """

    org: str
    walk: str
    member: str
    minutes: int
    device: str | None = None
    match: PinMatch | None = None
    key: str | None = None


class HomeWalk(Struct, frozen=True, kw_only=True):
    """I am home.  `device`: by which; None by SMS."""

    org: str
    walk: str
    member: str
    device: str | None = None
    match: PinMatch | None = None


class CancelWalk(Struct, frozen=True, kw_only=True):
    """I am not going after all."""

    org: str
    walk: str
    member: str
    device: str | None = None
    match: PinMatch | None = None


class LookWalk(Struct, frozen=True, kw_only=True):
    """A wake-up is due: what has time done to this walk?"""

    org: str
    walk: str


WalkCommand = StartWalk | CheckIn | ExtendWalk | HomeWalk | CancelWalk | LookWalk


class WalkTaken(Struct, frozen=True, kw_only=True):
    """Durable.  `state` as the worker's devices are shown it.  `known`: this was so before (200, not 201)."""

    walk: str
    state: WalkState
    known: bool = False
