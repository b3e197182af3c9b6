"""All that is known of one alert, and what follows from that alone; how it changes is `alert.py`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from msgspec import Struct

from tocsin.core.alert_parts import Handover, Note, Person, PoliceCall, Proposal, Shadow, Spot
from tocsin.core.directory import Plan
from tocsin.core.held import Held
from tocsin.core.limits import WAKE_MAX_MS
from tocsin.core.words import Answer, Came, Kind, Outcome, Phase, PlaceKind, Why


class Alert(Struct, frozen=True, gc=False, kw_only=True):
    """Everything the machine knows; small enough to print in a failing test."""

    id: str
    org: str
    kind: Kind
    member: str
    site: str
    silent: bool
    drill: bool
    came: Came
    device: str | None
    watch_window: bool
    suspended: bool
    plan: Plan
    raised_ms: int
    occurred_at_ms: int | None
    looked_ms: int
    after_drill: tuple[str, ...] = ()
    presses: int = 1
    pressed_ms: int = 0
    ladder_pass: int = 0
    pass_started_ms: int = 0
    rung: int = -1
    rung_asked: tuple[str, ...] = ()
    next_rung_ms: int = 0
    ringing: int = 0
    why: Why = Why.RAISED
    silent_helper: str | None = None
    people: Mapping[str, Person] = {}
    places: Mapping[PlaceKind, Spot] = {}
    fresh_places: Mapping[PlaceKind, Spot] = {}  # Those that were reported in the newest of its lives (`shadow.py`).
    notes: tuple[Note, ...] = ()
    police: tuple[PoliceCall, ...] = ()
    proposal: Proposal | None = None
    pretended: Proposal | None = None  # Duress undid it, and the worker's devices go on seeing it (`shadow.py`).
    run_by: str | None = None
    handover: Handover | None = None
    shadows: tuple[Shadow, ...] = ()
    said_safe: bool = False
    under_duress: bool = False
    pin_misses: int = 0
    reaches_nobody: bool = False
    handed: Mapping[str, int] = {}  # Who was asked to run it, and when they were, or will be, rung for that last.
    linked: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    buddy: str | None = None  # Of the walk that it ended.
    was_down: bool = False
    unseen: bool = False  # The worker's devices were never shown it: all that they know are its shadows.
    closed_ms: int | None = None
    outcome: Outcome | None = None
    closed_by: tuple[str, ...] = ()

    @property
    def phase(self) -> Phase:
        if self.closed_ms is not None:
            return Phase.CLOSED
        return Phase.PAUSED if _OWED.of(self.people).helping >= self.plan.needed else Phase.CLIMBING

    @property
    def open(self) -> bool:
        return self.closed_ms is None

    @property
    def attended(self) -> bool:
        return any(person.helping and person.answer is Answer.WITH_THEM for person in self.people.values())

    @property
    def looks_closed(self) -> bool:
        """Is it open, and do the worker's devices believe that it is over, or know of none?"""
        return self.shadows[-1].closed_ms is not None if self.shadows else self.unseen

    @property
    def seen_open(self) -> bool:
        """Is it open, and do the worker's devices show it so?"""
        return self.open and not self.looks_closed

    @property
    def shown_site(self) -> str:
        """Where those believe it to be to whom it may have looked closed in between."""
        return self.shadows[-1].site if self.shadows else self.site

    @property
    def wake_at_ms(self) -> int | None:
        """When time next changes something (in the past: at once); None only when closed."""
        if not self.open:
            return None
        times = [self.looked_ms + WAKE_MAX_MS, *_proposal_times(self.proposal)]
        if self.pretended is not None and self.pretended.commits_at_ms is not None:
            times.append(self.pretended.commits_at_ms)
        if self.phase is Phase.CLIMBING:
            times.append(self.next_rung_ms)
        return min(times + _OWED.of(self.people).first_ms)


class Owed(NamedTuple):
    """How many people help now, and when the first loan lapses and the first ring is due again, if any does."""

    helping: int
    first_ms: list[int]


def _owed(people: Mapping[str, Person]) -> Owed:
    loans = [person.loan_until_ms for person in people.values() if person.loan_until_ms is not None]
    rings = [person.next_ring_ms for person in people.values() if person.next_ring_ms is not None]
    helping = sum(person.helping for person in people.values() if person.counts)
    return Owed(helping, [min(times) for times in (loans, rings) if times])


_OWED: Held[Mapping[str, Person], Owed] = Held(_owed)  # Each event asks several times about the very same people.


def _proposal_times(proposal: Proposal | None) -> list[int]:
    if proposal is None:
        return []
    return [at for at in (proposal.lapses_at_ms, proposal.commits_at_ms) if at is not None]
