"""What happened to an alert: frozen facts in the past tense, each one row of the record and one leaf of the ledger.

An event holds everything that was decided (who was rung, on which number, until when a loan runs), so that `evolve`
in `alert.py` needs nothing else to say what is true afterwards.  Its time is the fact's own `at_ms`.
"""

from __future__ import annotations

from msgspec import Struct

from tocsin.core.alert_parts import Fresh, Proposal
from tocsin.core.directory import Plan
from tocsin.core.words import Answer, Came, Channel, Kind, Outcome, PlaceKind, Reason, StillOpen, Undone, Why


class Raised(Struct, frozen=True, gc=False, kw_only=True, tag=True):
    """One act, one record.  `plan` is the version this alert keeps, `after_drill` who was just being drilled.

    `buddy`: of the walk that this press ends.  `was_down`: it was overdue, and nobody looked in time.  `unseen`: the
    worker's devices are not shown that there is this alert.
    """

    id: str
    org: str
    kind: Kind
    member: str
    site: str
    silent: bool
    drill: bool
    came: Came
    plan: Plan
    device: str | None = None
    occurred_at_ms: int | None = None
    watch_window: bool = False
    suspended: bool = False
    after_drill: tuple[str, ...] = ()
    receipt: str = ""
    buddy: str | None = None
    was_down: bool = False
    unseen: bool = False


class PressedAgain(Struct, frozen=True, gc=False, kw_only=True, tag=True):
    """`shadow`: the id that a device which believes the alert closed was given instead.

    `kind`, `silent` and `fresh` are those of this press: what such a device must find in its fresh alert.
    """

    came: Came
    kind: Kind = Kind.SOS
    silent: bool = False
    device: str | None = None
    occurred_at_ms: int | None = None
    shadow: str | None = None
    receipt: str = ""
    buddy: str | None = None
    was_down: bool = False
    fresh: Fresh | None = None


class Summons(Struct, frozen=True, gc=False, array_like=True):
    """A person who joins the alert, with the three numbers that are theirs alone: coming, with them, cannot."""

    member: str
    numbers: tuple[str, str, str]


class Sending(Struct, frozen=True, gc=False, array_like=True):
    """One message that this ringing makes."""

    delivery: str
    member: str
    channel: Channel
    contact: str
    to: str


class Rang(Struct, frozen=True, gc=False, kw_only=True, tag=True):
    """One ringing: of a rung (`rung` set, perhaps of nobody), or of people already part of it (`rung` None).

    `asked` is everyone rung now, `answered` those of the rung left in peace, `joined` those rung for the first time,
    `sendings` the messages made, `unreachable` those asked for whom no usable contact exists, with why.
    """

    why: Why
    asked: tuple[str, ...]
    rung: int | None = None
    answered: tuple[str, ...] = ()
    joined: tuple[Summons, ...] = ()
    sendings: tuple[Sending, ...] = ()
    unreachable: tuple[tuple[str, Reason], ...] = ()


class Answered(Struct, frozen=True, kw_only=True, tag=True):
    """`lapses_at_ms` is None for *cannot*, the only answer that is no loan."""

    member: str
    answer: Answer
    eta_s: int | None = None
    counts: bool = True
    lapses_at_ms: int | None = None


class LoanLapsed(Struct, frozen=True, kw_only=True, tag=True):
    member: str
    answer: Answer


class PlaceReported(Struct, frozen=True, gc=False, kw_only=True, tag=True):
    """`fix` names the row that holds the coordinates, which is erased in time; the label stays."""

    kind: PlaceKind
    at_ms: int
    by: str
    label: str | None = None
    fix: str | None = None
    radius_m: float | None = None


class Noted(Struct, frozen=True, kw_only=True, tag=True):
    by: str
    text: str


class PoliceWasCalled(Struct, frozen=True, kw_only=True, tag=True):
    by: str
    who: str
    number: str
    called_at_ms: int


class CloseProposed(Struct, frozen=True, kw_only=True, tag=True):
    by: str
    device: str
    outcome: Outcome
    note: str | None = None
    lapses_at_ms: int


class CloseConfirmed(Struct, frozen=True, kw_only=True, tag=True):
    by: str
    device: str
    commits_at_ms: int


class CloseUndone(Struct, frozen=True, kw_only=True, tag=True):
    why: Undone
    by: str | None = None


class SaidSafe(Struct, frozen=True, kw_only=True, tag=True):
    """The real PIN on an alert that one PIN may not close: the device sees the shadow, the responders *says safe*."""

    device: str


class DuressSignalled(Struct, frozen=True, kw_only=True, tag=True):
    """The duress PIN: the device sees the shadow, the alert lives on.

    Not `hides`: it was typed where nothing would close (on a walk), and the device sees the alert as before.  `shows`:
    a proposal that it saw, and goes on seeing.
    """

    device: str
    hides: bool = True
    shows: Proposal | None = None


class ShadowClosed(Struct, frozen=True, kw_only=True, tag=True):
    """A PIN on a shadow's own alert: it looks closed, and nothing else happens.

    With an `outcome` (and no device) it was no PIN: the close came true that duress had undone.
    """

    shadow: str
    device: str
    outcome: Outcome | None = None


class PinMissed(Struct, frozen=True, kw_only=True, tag=True):
    device: str
    misses: int


class NumberMissed(Struct, frozen=True, kw_only=True, tag=True):
    member: str
    misses: int


class NotReached(Struct, frozen=True, kw_only=True, tag=True):
    """No channel of this person is left."""

    member: str
    reason: Reason


class ReachedAgain(Struct, frozen=True, kw_only=True, tag=True):
    member: str


class ReachesNobody(Struct, frozen=True, kw_only=True, tag=True):
    """Not one person of this alert can be reached: the operator is paged and the console says so."""


class Withdrawn(Struct, frozen=True, kw_only=True, tag=True):
    """A person was suspended, tied or removed in mid-alert: their word counts no more and nobody rings them."""

    member: str


class Linked(Struct, frozen=True, kw_only=True, tag=True):
    """Another alert is open in the same place."""

    other: str


class Audited(Struct, frozen=True, kw_only=True, tag=True):
    """A check found something broken; the alert is made louder."""

    finding: str


class HandedOver(Struct, frozen=True, kw_only=True, tag=True):
    """`by` asks `to` to run this alert from now on.  `still_open`: what was not done yet at that moment.

    `rings_ms`: they are rung for it then; later than now if they were rung for one just now.
    """

    by: str
    to: str
    still_open: tuple[StillOpen, ...] = ()
    text: str | None = None
    rings_ms: int | None = None


class TakenOver(Struct, frozen=True, kw_only=True, tag=True):
    """`by` runs this alert now; `before` did, if anybody."""

    by: str
    before: str | None = None


class Closed(Struct, frozen=True, kw_only=True, tag=True):
    """`by` names who closed it; empty when a real alert ended a drill (`ended_by`)."""

    outcome: Outcome
    by: tuple[str, ...] = ()
    note: str | None = None
    ended_by: str | None = None


Event = (
    Raised
    | PressedAgain
    | Rang
    | Answered
    | LoanLapsed
    | PlaceReported
    | Noted
    | PoliceWasCalled
    | CloseProposed
    | CloseConfirmed
    | CloseUndone
    | SaidSafe
    | DuressSignalled
    | ShadowClosed
    | PinMissed
    | NumberMissed
    | NotReached
    | ReachedAgain
    | ReachesNobody
    | Withdrawn
    | Linked
    | Audited
    | HandedOver
    | TakenOver
    | Closed
)
