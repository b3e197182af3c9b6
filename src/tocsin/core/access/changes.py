"""A change that weakens protection, and so waits: for a second person, and for a while in which anybody may object.

Theory of operation
-------------------
A change is *waiting* until somebody else, who may, agrees; then it is *agreed* until its time has come, and is then
*applied*.  The delay counts from the asking, because then the supervisors were told.  Three different people, two
supervisors and a coordinator or the duty chief, make it due at once; whoever asked may be one of the three.  One
supervisor or coordinator refuses it for good, agreed or not; whoever asked may withdraw it.  Nobody's agreement within
CHANGE_LAPSES_MS: it has *lapsed*.

What was agreed is looked at again when it is due.  An agreement counts only while whoever gave it may still give it:
their suspension, a tie, or the loss of their role takes it away, and without any the change waits again.  Where the
value is no longer the one from which it was to be changed, or the result would be no valid organisation, it is
*overtaken*: nobody has agreed to that.  What is over never begins again; it is asked for anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from tocsin.core.access.edits import Edit
from tocsin.core.access.weakens import Weakens
from tocsin.core.access.words import Via


class ChangePhase(StrEnum):
    WAITING = "waiting"
    AGREED = "agreed"
    APPLIED = "applied"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    OVERTAKEN = "overtaken"


OVER = frozenset(ChangePhase) - {ChangePhase.WAITING, ChangePhase.AGREED}


class Change(Struct, frozen=True, gc=False, kw_only=True):
    """`more`: further edits, asked for in the same act; all are agreed to, refused, made or overtaken as one.

    `asker`: the member, empty for the operator, who asked by `via`.  `agreed`: who, in their order.

    `ended_by`: who refused or withdrew it; empty where time did it.  `detail`: why it was overtaken or withdrawn.
    """

    id: str
    edit: Edit
    weakens: tuple[Weakens, ...]
    asker: str
    via: Via
    why: str
    asked_ms: int
    due_ms: int
    lapses_ms: int
    phase: ChangePhase = ChangePhase.WAITING
    agreed: tuple[str, ...] = ()
    ended_by: str = ""
    ended_ms: int | None = None
    detail: str = ""
    more: tuple[Edit, ...] = ()

    @property
    def edits(self) -> tuple[Edit, ...]:
        return (self.edit, *self.more)

    @property
    def open(self) -> bool:
        return self.phase not in OVER

    @property
    def wake_ms(self) -> int:
        """When time does something to it."""
        return self.lapses_ms if self.phase is ChangePhase.WAITING else self.due_ms


class Agreed(Struct, frozen=True):
    by: str


class AgreementsLost(Struct, frozen=True):
    """Of those who agreed, only these still may."""

    left: tuple[str, ...]


class Applied(Struct, frozen=True):
    """It is so now."""


class Refused(Struct, frozen=True):
    by: str


class Withdrawn(Struct, frozen=True):
    """By whoever asked; or because they are no longer here, or want the former value again (`detail`)."""

    by: str
    detail: str = ""


class Lapsed(Struct, frozen=True):
    """Nobody agreed in time."""


class Overtaken(Struct, frozen=True):
    """What it was to change is no longer as it was, or it cannot be any more."""

    detail: str


ChangeEvent = Agreed | AgreementsLost | Applied | Refused | Withdrawn | Lapsed | Overtaken


class IllegalChangeEvent(Exception):
    """This event cannot happen to a change in this phase; the change is unchanged."""


_C = ChangePhase
_ANY_TIME: dict[type, frozenset[ChangePhase]] = {
    Agreed: frozenset({_C.AGREED}),
    Refused: frozenset({_C.REFUSED}),
    Withdrawn: frozenset({_C.WITHDRAWN}),
    Overtaken: frozenset({_C.OVERTAKEN}),
}
_NOTHING: Mapping[type, frozenset[ChangePhase]] = MappingProxyType({})
TRANSITIONS: Mapping[ChangePhase, Mapping[type, frozenset[ChangePhase]]] = MappingProxyType(
    {
        _C.WAITING: MappingProxyType({**_ANY_TIME, Lapsed: frozenset({_C.LAPSED})}),
        _C.AGREED: MappingProxyType(
            {
                **_ANY_TIME,
                AgreementsLost: frozenset({_C.WAITING, _C.AGREED}),
                Applied: frozenset({_C.APPLIED}),
            }
        ),
        **dict.fromkeys((_C.APPLIED, _C.REFUSED, _C.WITHDRAWN, _C.LAPSED, _C.OVERTAKEN), _NOTHING),
    }
)


def evolve(now: Change, event: ChangeEvent, at_ms: int) -> Change:
    """What is true after `event`.  Raises IllegalChangeEvent, and changes nothing, if it may not happen."""
    allowed = TRANSITIONS[now.phase].get(type(event))
    if allowed is None:
        raise IllegalChangeEvent(f"{type(event).__name__} while {now.phase}")
    after = _APPLY[type(event)](now, event)
    assert after.phase in allowed, f"{type(event).__name__} led from {now.phase} to {after.phase}"
    return after if after.open else replace(after, ended_ms=at_ms)


def _agreed(now: Change, event: Agreed) -> Change:
    return replace(now, phase=ChangePhase.AGREED, agreed=(*now.agreed, event.by))


def _agreements_lost(now: Change, event: AgreementsLost) -> Change:
    return replace(now, phase=ChangePhase.AGREED if event.left else ChangePhase.WAITING, agreed=event.left)


def _applied(now: Change, event: Applied) -> Change:
    return replace(now, phase=ChangePhase.APPLIED)


def _refused(now: Change, event: Refused) -> Change:
    return replace(now, phase=ChangePhase.REFUSED, ended_by=event.by)


def _withdrawn(now: Change, event: Withdrawn) -> Change:
    return replace(now, phase=ChangePhase.WITHDRAWN, ended_by=event.by, detail=event.detail)


def _lapsed(now: Change, event: Lapsed) -> Change:
    return replace(now, phase=ChangePhase.LAPSED)


def _overtaken(now: Change, event: Overtaken) -> Change:
    return replace(now, phase=ChangePhase.OVERTAKEN, detail=event.detail)


_APPLY: Mapping[type, Callable[[Change, Any], Change]] = MappingProxyType(
    {
        Agreed: _agreed,
        AgreementsLost: _agreements_lost,
        Applied: _applied,
        Refused: _refused,
        Withdrawn: _withdrawn,
        Lapsed: _lapsed,
        Overtaken: _overtaken,
    }
)
