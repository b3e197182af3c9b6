"""A round: one message to each of many people, without a ladder; a drill, a reach test, or a roll call's.

Theory of operation
-------------------
A round is *sending* until every target has had its one message or cannot have one, then it is *listening* for answers
until LISTEN_MS have passed or nobody is left to answer, and then it has *ended*.  A person may pause it and go on, or
stop it for good; a real alert at its site stops it too.  What is stopped or ended never begins again.

A round of a roll call (`access/roll_calls.py`) is for real: no alert ends it, and it ends nothing.

The targets are named when the round begins, because the record says whom it was for; whether each may still be told,
and on what, is asked anew when the message is made (`contact_of`), and again when it is sent.

Each message is a `Delivery` of its own (`delivery.py`), so it moves by the same table, and is tried as often, as any
message of the bell.  The round itself holds none of them: ten thousand would be written with every change of phase.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from tocsin.core.limits import ROUND_LISTEN_MS

PREFIX = "round-"  # What the id of every round begins with, so that a carrier's word for one is known at sight.


def is_round(id: str | None) -> bool:
    """Is this the id of a round, and not of an alert?"""
    return id is not None and id.startswith(PREFIX)


class RoundKind(StrEnum):
    DRILL = "drill"
    REACH = "reach"
    ROLL_CALL = "roll_call"


class RoundPhase(StrEnum):
    SENDING = "sending"
    PAUSED = "paused"
    LISTENING = "listening"
    STOPPED = "stopped"
    ENDED = "ended"


class Target(Struct, frozen=True, array_like=True):
    """Whom the round is for.  `contact` empty: the first of theirs that can be answered on."""

    member: str
    contact: str = ""


class Round(Struct, frozen=True, kw_only=True):
    """`site` is where a real alert ends it; `ended_by` is that alert.  `listens_until_ms`: None while sending."""

    id: str
    org: str
    kind: RoundKind
    site: str
    by: str
    why: str
    targets: tuple[Target, ...]
    began_ms: int
    phase: RoundPhase = RoundPhase.SENDING
    listens_until_ms: int | None = None
    over_ms: int | None = None
    ended_by: str | None = None
    rung: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        return self.phase not in OVER


OVER = frozenset({RoundPhase.STOPPED, RoundPhase.ENDED})


class Paused(Struct, frozen=True, kw_only=True):
    by: str


class Resumed(Struct, frozen=True, kw_only=True):
    by: str


class AllSent(Struct, frozen=True):
    """Nothing is left to send, nor to send again."""


class StoppedByHand(Struct, frozen=True, kw_only=True):
    by: str


class StoppedByAlert(Struct, frozen=True, kw_only=True):
    """`rung`: those of the drill whom the alert rings; they are told REAL ALERT, and not that the drill is over."""

    alert: str
    rung: tuple[str, ...] = ()


class HeardOut(Struct, frozen=True):
    """Nobody is left to answer, or the time for it is over."""


RoundEvent = Paused | Resumed | AllSent | StoppedByHand | StoppedByAlert | HeardOut


class IllegalRoundEvent(Exception):
    """This event cannot happen to a round in this phase; the round is unchanged."""


_P = RoundPhase
_ANY_STOP: dict[type, frozenset[RoundPhase]] = {
    StoppedByHand: frozenset({_P.STOPPED}),
    StoppedByAlert: frozenset({_P.STOPPED}),
}
TRANSITIONS: Mapping[RoundPhase, Mapping[type, frozenset[RoundPhase]]] = MappingProxyType(
    {
        _P.SENDING: MappingProxyType({**_ANY_STOP, Paused: frozenset({_P.PAUSED}), AllSent: frozenset({_P.LISTENING})}),
        _P.PAUSED: MappingProxyType({**_ANY_STOP, Resumed: frozenset({_P.SENDING})}),
        _P.LISTENING: MappingProxyType({**_ANY_STOP, HeardOut: frozenset({_P.ENDED})}),
        _P.STOPPED: MappingProxyType({}),
        _P.ENDED: MappingProxyType({}),
    }
)


def evolve(now: Round, event: RoundEvent, at_ms: int) -> Round:
    """What is true after `event`.  Raises IllegalRoundEvent, and changes nothing, if it may not happen."""
    allowed = TRANSITIONS[now.phase].get(type(event))
    if allowed is None:
        raise IllegalRoundEvent(f"{type(event).__name__} while {now.phase}")
    after = _APPLY[type(event)](now, event, at_ms)
    assert after.phase in allowed, f"{type(event).__name__} led from {now.phase} to {after.phase}"
    return after


def may(now: Round, event: type[RoundEvent]) -> bool:
    """Can this happen to the round as it is?"""
    return event in TRANSITIONS[now.phase]


def _paused(now: Round, event: Paused, at_ms: int) -> Round:
    return replace(now, phase=RoundPhase.PAUSED)


def _resumed(now: Round, event: Resumed, at_ms: int) -> Round:
    return replace(now, phase=RoundPhase.SENDING)


def _all_sent(now: Round, event: AllSent, at_ms: int) -> Round:
    return replace(now, phase=RoundPhase.LISTENING, listens_until_ms=at_ms + ROUND_LISTEN_MS)


def _stopped_by_hand(now: Round, event: StoppedByHand, at_ms: int) -> Round:
    return replace(now, phase=RoundPhase.STOPPED, over_ms=at_ms)


def _stopped_by_alert(now: Round, event: StoppedByAlert, at_ms: int) -> Round:
    return replace(now, phase=RoundPhase.STOPPED, over_ms=at_ms, ended_by=event.alert, rung=event.rung)


def _heard_out(now: Round, event: HeardOut, at_ms: int) -> Round:
    return replace(now, phase=RoundPhase.ENDED, over_ms=at_ms)


_APPLY: Mapping[type, Callable[[Round, Any, int], Round]] = MappingProxyType(
    {
        Paused: _paused,
        Resumed: _resumed,
        AllSent: _all_sent,
        StoppedByHand: _stopped_by_hand,
        StoppedByAlert: _stopped_by_alert,
        HeardOut: _heard_out,
    }
)
