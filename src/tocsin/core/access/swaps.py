"""A shift, or part of one, that a member asks another to take: cover, or a swap for one of theirs.

Theory of operation
-------------------
The *giver* asks, the *taker* accepts or declines; nobody is put on a shift who did not say yes.  Accepted, the roster
changes as one: at once where nothing is weaker by it, else when the change that waits for a second person has been
agreed (*waiting*).  Then the swap is *made*.  If that change is refused, withdrawn or lapses, the swap is *refused*.

The giver may withdraw until it is made.  At the first instant of what is given (or taken in return) it has *lapsed*:
whoever is rostered then, is on.  Where the roster is no longer as it was when it was asked, or one of the two is here
no more, it is *overtaken*: nobody agreed to that.  What is over never begins again; it is asked for anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from tocsin.core.access.edits import ShiftKey
from tocsin.core.access.words import Via


class SwapPhase(StrEnum):
    ASKED = "asked"
    WAITING = "waiting"
    MADE = "made"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    LAPSED = "lapsed"
    OVERTAKEN = "overtaken"


UNDER_WAY = frozenset({SwapPhase.ASKED, SwapPhase.WAITING})


class Stretch(Struct, frozen=True):
    """Part of a shift, or all of it, from `from_ms` (included) to `until_ms` (not included)."""

    shift: ShiftKey
    from_ms: int
    until_ms: int


class Swap(Struct, frozen=True, gc=False, kw_only=True):
    """`gives`: of the giver's.  `in_return`: of the taker's; None: cover.  `change`: what waits for a second person.

    `via`, `credential`: by what the giver asked.
    """

    id: str
    giver: str
    taker: str
    gives: Stretch
    in_return: Stretch | None
    why: str
    asked_ms: int
    via: Via
    credential: str
    phase: SwapPhase = SwapPhase.ASKED
    change: str = ""
    ended_ms: int | None = None

    @property
    def open(self) -> bool:
        return self.phase in UNDER_WAY

    @property
    def starts_ms(self) -> int:
        """The first instant that would be another's."""
        return min(stretch.from_ms for stretch in (self.gives, self.in_return) if stretch is not None)


class Accepted(Struct, frozen=True):
    """`change`: what waits; empty: the roster has changed."""

    change: str = ""


class Made(Struct, frozen=True):
    """The change that waited was agreed, and the roster has changed."""


class Declined(Struct, frozen=True):
    """The taker said no."""


class Withdrawn(Struct, frozen=True):
    """The giver wants it no more."""


class Refused(Struct, frozen=True):
    """The change that waited will not be made."""


class Lapsed(Struct, frozen=True):
    """The shift begins."""


class Overtaken(Struct, frozen=True):
    """The roster is another one now, or one of the two is here no more."""


SwapEvent = Accepted | Made | Declined | Withdrawn | Refused | Lapsed | Overtaken


class IllegalSwapEvent(Exception):
    """This event cannot happen to a swap in this phase; the swap is unchanged."""


_S = SwapPhase
TRANSITIONS: Mapping[SwapPhase, Mapping[type, frozenset[SwapPhase]]] = MappingProxyType(
    {
        _S.ASKED: {
            Accepted: frozenset({_S.MADE, _S.WAITING}),
            Declined: frozenset({_S.DECLINED}),
            Withdrawn: frozenset({_S.WITHDRAWN}),
            Lapsed: frozenset({_S.LAPSED}),
            Overtaken: frozenset({_S.OVERTAKEN}),
        },
        _S.WAITING: {
            Made: frozenset({_S.MADE}),
            Withdrawn: frozenset({_S.WITHDRAWN}),
            Refused: frozenset({_S.REFUSED}),
            Lapsed: frozenset({_S.LAPSED}),
            Overtaken: frozenset({_S.OVERTAKEN}),
        },
        **{phase: {} for phase in _S if phase not in UNDER_WAY},
    }
)


def evolve(now: Swap, event: SwapEvent, at_ms: int) -> Swap:
    """After this event.  Raises IllegalSwapEvent where the table has no such line."""
    if type(event) not in TRANSITIONS[now.phase]:
        raise IllegalSwapEvent(f"{type(event).__name__} while {now.phase}")
    after = _APPLY[type(event)](now, event)
    return after if after.open else replace(after, ended_ms=at_ms)


def _to(phase: SwapPhase) -> Callable[[Swap, Any], Swap]:
    return lambda now, event: replace(now, phase=phase)


def _accepted(now: Swap, event: Accepted) -> Swap:
    return replace(now, phase=_S.WAITING if event.change else _S.MADE, change=event.change)


_APPLY: Mapping[type, Callable[[Swap, Any], Swap]] = MappingProxyType(
    {
        Accepted: _accepted,
        Made: _to(_S.MADE),
        Declined: _to(_S.DECLINED),
        Withdrawn: _to(_S.WITHDRAWN),
        Refused: _to(_S.REFUSED),
        Lapsed: _to(_S.LAPSED),
        Overtaken: _to(_S.OVERTAKEN),
    }
)
