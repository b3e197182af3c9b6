"""The parts an alert is made of: people rung, places reported, notes, police calls, proposals, a handover, shadows."""

from __future__ import annotations

from msgspec import Struct

from tocsin.core.directory import Plan
from tocsin.core.limits import RUNGS_MAX
from tocsin.core.words import HELPS, Answer, Channel, Kind, Outcome, PlaceKind, Reason, StillOpen

BESIDES_THE_LADDER = RUNGS_MAX  # As a rung: of a walk's buddy whom no rung of the plan has asked for.
NOTHING_TO_TRY = frozenset({Reason.NO_CONTACT, Reason.OPTED_OUT, Reason.NUMBER_DEAD})


class Person(Struct, frozen=True, gc=False):
    """Somebody this alert has rung.  `rung` is the last that asked for them: it says by which channels, and how often.

    `loan_until_ms` is None when nothing is owed: no answer, *cannot*, or lapsed (`lapsed_ms`: when that was).
    `joined_rung` is the first rung that asked, `helping_since_ms` when the help that still runs was first promised (a
    renewal does not move it), `failed_ms` when it was first learned that nothing reaches them, since the newest life of
    the alert began, and when next after their last answer: while they are tried again they count as reachable.
    """

    member: str
    rung: int
    numbers: tuple[str, str, str]
    first_rung_ms: int
    rung_ms: int
    next_ring_ms: int | None
    answer: Answer | None = None
    answered_ms: int | None = None
    eta_s: int | None = None
    counts: bool = False
    loan_until_ms: int | None = None
    unreachable: Reason | None = None
    withdrawn: bool = False
    number_misses: int = 0
    joined_rung: int = 0
    helping_since_ms: int | None = None
    lapsed_ms: int | None = None
    failed_ms: tuple[int, ...] = ()

    @property
    def helping(self) -> bool:
        return self.counts and self.answer in HELPS and self.loan_until_ms is not None and not self.withdrawn

    @property
    def reachable(self) -> bool:
        return self.unreachable is None and not self.withdrawn

    def still_unreachable(self) -> Reason | None:
        """Asked again: there is something to try for them now.  Whose carrier failed is not reached by trying."""
        return None if self.unreachable in NOTHING_TO_TRY else self.unreachable


class Spot(Struct, frozen=True, gc=False):
    """The newest report of one kind.  `at_ms` is what its sender said."""

    kind: PlaceKind
    at_ms: int
    by: str
    label: str | None = None
    fix: str | None = None
    radius_m: float | None = None


class Note(Struct, frozen=True, gc=False):
    by: str
    at_ms: int
    text: str


class PoliceCall(Struct, frozen=True, gc=False):
    by: str
    who: str
    number: str
    at_ms: int


class Proposal(Struct, frozen=True, gc=False):
    """Somebody says it is over.  `by_worker`: the real PIN said so, and one untied rung person confirms."""

    by: str
    device: str
    outcome: Outcome
    at_ms: int
    note: str | None = None
    by_worker: bool = False
    lapses_at_ms: int | None = None
    confirmed_by: str | None = None
    commits_at_ms: int | None = None


class Handover(Struct, frozen=True, gc=False):
    """Asked, and not taken yet."""

    by: str
    to: str
    at_ms: int
    still_open: tuple[StillOpen, ...] = ()
    text: str | None = None


class Shadow(Struct, frozen=True, gc=False):
    """A life of this alert as the worker's devices believe it: the first has the alert's own id, if they ever saw it.

    `buddies`: of the walks that presses in this life took along.  `site`, `plan`, `watch_window`, `channels`: those
    that a fresh alert would have been raised with; `plan` is None where that is the alert's own, and of a life that is
    not fresh there are no `channels`.  `outcome`: of a close by two people that only these devices see; None where a
    PIN closed it, or the alert's own end.
    """

    id: str
    raised_ms: int
    closed_ms: int | None = None
    kind: Kind = Kind.SOS
    silent: bool = False
    buddies: tuple[str, ...] = ()
    site: str = ""
    plan: Plan | None = None
    watch_window: bool = False
    outcome: Outcome | None = None
    channels: tuple[Channel, ...] = ()


class Fresh(Struct, frozen=True, gc=False):
    """Of a press from the shadow: what an alert that it had really raised would have been raised with (`Shadow`)."""

    site: str
    plan: Plan | None
    watch_window: bool
    channels: tuple[Channel, ...] = ()
