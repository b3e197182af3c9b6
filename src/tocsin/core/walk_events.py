"""What happened to a walk: frozen facts in the past tense, each one row of the record and one leaf of the ledger.

As with alerts (`events.py`) an event holds all that was decided, so `evolve` in `walk.py` needs nothing else, and its
time is the fact's own `at_ms`.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from tocsin.core.access.record import By
from tocsin.core.words import Destination, PlaceKind, WalkState


class Ending(StrEnum):
    """How a walk ends that nobody has to look for."""

    HOME = "home"
    CANCELLED = "cancelled"


ENDED_AS = {Ending.HOME: WalkState.HOME, Ending.CANCELLED: WalkState.CANCELLED}


class WalkStarted(Struct, frozen=True, kw_only=True, tag=True):
    """`remind_before_ms` and `grace_ms` are those of the site at that moment; the walk keeps them.

    `bay`, `way`: what is said of them.  `by`: who started it, for themself or for a colleague.
    """

    id: str
    org: str
    member: str
    site: str
    by: By
    destination: Destination
    minutes: int
    remind_before_ms: int
    grace_ms: int
    bay: str = ""
    way: str = ""
    buddy: str | None = None
    device: str | None = None


class WalkReminded(Struct, frozen=True, kw_only=True, tag=True):
    """The time is nearly over."""


class WalkDue(Struct, frozen=True, kw_only=True, tag=True):
    """The time is over, and the grace runs."""


class WalkOverdue(Struct, frozen=True, kw_only=True, tag=True):
    """The grace is over too.  `service_was_down`: we should have said so sooner."""

    service_was_down: bool = False


class WalkRaised(Struct, frozen=True, kw_only=True, tag=True):
    """There is an alert: it was overdue, or a press took it along.  `shown`: its id as the worker's devices know it."""

    alert: str
    shown: str


class WalkExtended(Struct, frozen=True, kw_only=True, tag=True):
    """By so many minutes; it ends at `due_ms`.  By the duress PIN it is so on the screen, and an alert was raised."""

    minutes: int
    due_ms: int


class CheckedIn(Struct, frozen=True, kw_only=True, tag=True):
    """A sign of life; it moves no time."""


class WalkPlaced(Struct, frozen=True, kw_only=True, tag=True):
    """Where.  `fix` names the row that holds the coordinates, which is erased in time."""

    kind: PlaceKind
    at_ms: int
    label: str | None = None
    fix: str | None = None
    radius_m: float | None = None


class WalkEnded(Struct, frozen=True, kw_only=True, tag=True):
    """The worker says so."""

    how: Ending


class WalkDuress(Struct, frozen=True, kw_only=True, tag=True):
    """The duress PIN: beside what it seems to do there is now an alert, which the worker's devices are never shown."""

    alert: str


class PinMissedOnWalk(Struct, frozen=True, kw_only=True, tag=True):
    misses: int


class LateHome(Struct, frozen=True, kw_only=True, tag=True):
    """They say that they are home, and an alert was raised already.  It takes nothing back."""


WalkEvent = (
    WalkStarted
    | WalkReminded
    | WalkDue
    | WalkOverdue
    | WalkRaised
    | WalkExtended
    | CheckedIn
    | WalkPlaced
    | WalkEnded
    | WalkDuress
    | PinMissedOnWalk
    | LateHome
)
