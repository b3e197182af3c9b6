"""What readers are handed: the shapes of the public API, spelled once.

A field that its reader may not have is UNSET, and then it is not in the JSON at all.  Times are RFC 3339 in UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from msgspec import UNSET, Struct, UnsetType

from tocsin.core.words import (
    Answer,
    Channel,
    DeliveryState,
    Duty,
    Kind,
    Outcome,
    Phase,
    PlaceKind,
    Purpose,
    Reason,
    StillOpen,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=16_384)  # A change is told to hundreds of consoles at once, each time with the same moments in it.
def moment(at_ms: int) -> str:
    """RFC 3339 in UTC with milliseconds, exact for every instant a calendar can write."""
    return (_EPOCH + timedelta(milliseconds=at_ms)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment_or_none(at_ms: int | None) -> str | None:
    return None if at_ms is None else moment(at_ms)


class Who(Struct, frozen=True):
    """A member.  Where the reader may not know who, `id` only tells one person from the next."""

    id: str
    name: str


class PlaceView(Struct, frozen=True):
    """Coordinates are null where none were sent, and once they were erased."""

    kind: PlaceKind
    label: str | None
    lat: float | None
    lon: float | None
    radius_m: float | None
    at: str


class AnswerView(Struct, frozen=True):
    """`lapses_at` lies in the past once the loan has ended; null for *cannot*, which is none."""

    member: Who
    answer: Answer
    eta_s: int | None
    at: str
    lapses_at: str | None
    counts: bool


class DeliveryView(Struct, frozen=True):
    id: str
    member: Who
    channel: Channel
    contact: str
    purpose: Purpose
    state: DeliveryState
    reason: Reason | None
    attempts: int
    at: str


class ClosingView(Struct, frozen=True):
    """Somebody says it is over.  It commits at `commits_at`, if nobody objects."""

    outcome: Outcome
    commits_at: str | None
    lapses_at: str | None
    by: Who | UnsetType = UNSET
    by_worker: bool | UnsetType = UNSET
    confirmed_by: Who | UnsetType | None = UNSET
    note: str | UnsetType | None = UNSET


class ScriptView(Struct, frozen=True):
    """What one duty does, in the reader's language, to be said to whoever has it."""

    duty: Duty
    text: str


class HandoverView(Struct, frozen=True):
    """Asked, and not taken yet.  `still_open`: what was not done when it was asked."""

    by: Who
    to: Who
    at: str
    still_open: tuple[StillOpen, ...]
    text: str | None


class NoteView(Struct, frozen=True):
    """`member` is null for what Tocsin itself noted."""

    member: Who | None
    text: str
    at: str


class PoliceView(Struct, frozen=True):
    member: Who
    who: str
    number: str
    at: str


class MissesView(Struct, frozen=True):
    """Somebody, or somebody with their phone, sent this many wrong answer numbers."""

    member: Who
    misses: int


class UnreachedView(Struct, frozen=True):
    """Nothing wakes this person any more, whatever their last message came to."""

    member: Who
    reason: Reason


class You(Struct, frozen=True):
    """The reader, and what this reader may do here now.  `do`: what their duty does, for somebody whom it rang."""

    member: str
    may: tuple[str, ...]
    do: str | UnsetType = UNSET


class AlertView(Struct, frozen=True, kw_only=True):
    """An alert as one reader gets it.  `coming`: on public screens, how many say that they come or are there.

    `needed`: so many must be on their way, or with them, before the climb pauses.
    `site`: its id, for whoever sees it whole, so that its places are looked for on the plan of that site and no other.
    """

    id: str
    kind: Kind
    state: Phase
    drill: bool
    silent: bool
    member: Who
    raised_at: str
    closed_at: str | None
    outcome: Outcome | None
    site: str | UnsetType = UNSET
    attended: bool | UnsetType = UNSET
    closing: ClosingView | UnsetType | None = UNSET
    run_by: Who | UnsetType | None = UNSET
    handover: HandoverView | UnsetType | None = UNSET
    still_open: tuple[StillOpen, ...] | UnsetType = UNSET
    can_take: tuple[Who, ...] | UnsetType = UNSET
    scripts: tuple[ScriptView, ...] | UnsetType = UNSET
    says_safe: bool | UnsetType = UNSET
    under_duress: bool | UnsetType = UNSET
    came: str | UnsetType = UNSET
    occurred_at: str | UnsetType | None = UNSET
    places: tuple[PlaceView, ...] | UnsetType = UNSET
    rung: int | UnsetType = UNSET
    needed: int | UnsetType = UNSET
    next_rung_at: str | UnsetType | None = UNSET
    people_rung: int | UnsetType = UNSET
    coming: int | UnsetType = UNSET
    reaches_nobody: bool | UnsetType = UNSET
    answers: tuple[AnswerView, ...] | UnsetType = UNSET
    deliveries: tuple[DeliveryView, ...] | UnsetType = UNSET
    unreached: tuple[UnreachedView, ...] | UnsetType = UNSET
    number_misses: tuple[MissesView, ...] | UnsetType = UNSET
    notes: tuple[NoteView, ...] | UnsetType = UNSET
    police: tuple[PoliceView, ...] | UnsetType = UNSET
    linked: tuple[str, ...] | UnsetType = UNSET
    warnings: tuple[str, ...] | UnsetType = UNSET
    you: You
    server_now: str


class StrangerView(Struct, frozen=True):
    """An SOS word from a number that nobody has enrolled."""

    id: str
    sender: str
    text: str
    at: str
