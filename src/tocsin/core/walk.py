"""One walk: somebody has left, and is looked for when they do not say in time that they are home.

Theory of operation
-------------------
The timer is ours, not the phone's: a dead phone, a closed page and a restarted server change nothing of it.  Only our
clock counts.  Before the time is over the worker is reminded, when it is over they are asked, and after the grace the
walk is *overdue*: in the same decision an alert is raised with all that is known, and the walk is *raised*.  That is
never undone: a late *home* is a note on the alert, and people find out.  A press takes the walk along in the same way.

*Extended*, a walk is out again.  *Home* and *cancelled* end it, and whoever has to may do so with a PIN (`walking.py`).

The state is what the worker's own devices are shown.  After the duress PIN that is not so: the walk seems to do what
was asked, and beside it there is an alert (`alert`, `under_duress`) of which those devices are told nothing.  So what
they are shown is made of the very same fields, and cannot differ; whoever may see the alert is shown *raised*
(`walk_sight.py`).

The invariant that matters: an open walk always has a wake-up, and the last of them raises.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from tocsin.core import walk_events as e
from tocsin.core.alert import IllegalTransition
from tocsin.core.alert_parts import Spot
from tocsin.core.limits import MINUTE_MS, WALK_EXTEND_MAX_MIN
from tocsin.core.words import Destination, PlaceKind, WalkState


class Walk(Struct, frozen=True, gc=False, kw_only=True):
    """Everything the machine knows.  A hundred thousand of them are in memory at once, so it is kept small.

    `begun_ms`: when it began, or was extended last.  `remind_ms`, `due_ms`: when the worker is reminded, and when the
    time is over.  `shown`: the id of its alert as the worker's devices know it; `alert` is the alert's own.
    `extended_min`: minutes added so far, of WALK_EXTEND_MAX_MIN.
    """

    id: str
    org: str
    member: str
    site: str
    destination: Destination
    minutes: int
    started_ms: int
    begun_ms: int
    remind_ms: int
    due_ms: int
    remind_before_ms: int
    grace_ms: int
    state: WalkState = WalkState.OUT
    bay: str = ""
    way: str = ""
    buddy: str | None = None
    device: str | None = None
    extended_min: int = 0
    places: Mapping[PlaceKind, Spot] = {}
    pin_misses: int = 0
    service_was_down: bool = False
    ended_ms: int | None = None
    alert: str | None = None
    shown: str | None = None
    under_duress: bool = False
    late_home_ms: int | None = None

    @property
    def open(self) -> bool:
        return self.ended_ms is None

    @property
    def raises_ms(self) -> int:
        """When it is overdue, if nothing is heard until then."""
        return self.due_ms + self.grace_ms

    @property
    def extend_left_min(self) -> int:
        return WALK_EXTEND_MAX_MIN - self.extended_min

    @property
    def wake_at_ms(self) -> int | None:
        """When time next changes something (in the past: at once); None only when it has ended."""
        match self.state:
            case WalkState.OUT:
                return self.remind_ms
            case WalkState.REMINDED:
                return self.due_ms
            case WalkState.DUE | WalkState.OVERDUE:
                return self.raises_ms
        return None


_S = WalkState
_SAME = (e.CheckedIn, e.WalkPlaced, e.PinMissedOnWalk, e.WalkDuress)
_ENDED = frozenset({_S.HOME, _S.CANCELLED})
_ALWAYS: dict[type[e.WalkEvent], frozenset[WalkState]] = {
    e.WalkOverdue: frozenset({_S.OVERDUE}),
    e.WalkRaised: frozenset({_S.RAISED}),
    e.WalkExtended: frozenset({_S.OUT}),
    e.WalkEnded: _ENDED,
}


def _running(state: WalkState, **more: WalkState) -> Mapping[type[e.WalkEvent], frozenset[WalkState]]:
    steps = {getattr(e, name): frozenset({after}) for name, after in more.items()}
    return MappingProxyType({**_ALWAYS, **steps, **dict.fromkeys(_SAME, frozenset({state}))})


TRANSITIONS: Mapping[WalkState, Mapping[type[e.WalkEvent], frozenset[WalkState]]] = MappingProxyType(
    {
        _S.OUT: _running(_S.OUT, WalkReminded=_S.REMINDED, WalkDue=_S.DUE),
        _S.REMINDED: _running(_S.REMINDED, WalkDue=_S.DUE),
        _S.DUE: _running(_S.DUE),
        _S.OVERDUE: MappingProxyType({e.WalkRaised: frozenset({_S.RAISED})}),
        _S.RAISED: MappingProxyType(dict.fromkeys((e.LateHome, e.PinMissedOnWalk), frozenset({_S.RAISED}))),
        _S.HOME: MappingProxyType({e.WalkDuress: frozenset({_S.HOME})}),
        _S.CANCELLED: MappingProxyType({e.WalkDuress: frozenset({_S.CANCELLED})}),
    }
)


def reminds_ms(from_ms: int, due_ms: int, before_ms: int) -> int:
    """When to remind of a time that began at `from_ms`: never in its first half."""
    return max(due_ms - before_ms, from_ms + (due_ms - from_ms) // 2)


def started(event: e.WalkStarted, at_ms: int) -> Walk:
    """The walk that a `WalkStarted` begins."""
    due_ms = at_ms + event.minutes * MINUTE_MS
    return Walk(
        id=event.id,
        org=event.org,
        member=event.member,
        site=event.site,
        destination=event.destination,
        minutes=event.minutes,
        started_ms=at_ms,
        begun_ms=at_ms,
        remind_ms=reminds_ms(at_ms, due_ms, event.remind_before_ms),
        due_ms=due_ms,
        remind_before_ms=event.remind_before_ms,
        grace_ms=event.grace_ms,
        bay=event.bay,
        way=event.way,
        buddy=event.buddy,
        device=event.device,
    )


def evolve(walk: Walk | None, event: e.WalkEvent, at_ms: int) -> Walk:
    """What is true after `event`.  Raises IllegalTransition, and changes nothing, if it may not happen."""
    if isinstance(event, e.WalkStarted):
        if walk is not None:
            raise IllegalTransition("WalkStarted of a walk that exists")
        return started(event, at_ms)
    if walk is None:
        raise IllegalTransition(f"{type(event).__name__} of no walk")
    allowed = TRANSITIONS[walk.state].get(type(event))
    if allowed is None:
        raise IllegalTransition(f"{type(event).__name__} while {walk.state}")
    after = _APPLY[type(event)](walk, event, at_ms)
    assert after.state in allowed, f"{type(event).__name__} led from {walk.state} to {after.state}"
    assert (after.wake_at_ms is None) == (not after.open)
    return after


def _reminded(walk: Walk, _: e.WalkReminded, __: int) -> Walk:
    return replace(walk, state=_S.REMINDED)


def _due(walk: Walk, _: e.WalkDue, __: int) -> Walk:
    return replace(walk, state=_S.DUE)


def _overdue(walk: Walk, event: e.WalkOverdue, _: int) -> Walk:
    return replace(walk, state=_S.OVERDUE, service_was_down=event.service_was_down)


def _raised(walk: Walk, event: e.WalkRaised, at_ms: int) -> Walk:
    return replace(walk, state=_S.RAISED, ended_ms=at_ms, alert=event.alert, shown=event.shown)


def _extended(walk: Walk, event: e.WalkExtended, at_ms: int) -> Walk:
    return replace(
        walk,
        state=_S.OUT,
        begun_ms=at_ms,
        extended_min=walk.extended_min + event.minutes,
        due_ms=event.due_ms,
        remind_ms=reminds_ms(at_ms, event.due_ms, walk.remind_before_ms),
    )


def _checked_in(walk: Walk, _: e.CheckedIn, __: int) -> Walk:
    return walk


def _placed(walk: Walk, event: e.WalkPlaced, at_ms: int) -> Walk:
    known = walk.places.get(event.kind)
    if known is not None and known.at_ms > event.at_ms:
        return walk
    spot = Spot(event.kind, event.at_ms, walk.member, event.label, event.fix, event.radius_m)
    return replace(walk, places={**walk.places, event.kind: spot})


def _ended(walk: Walk, event: e.WalkEnded, at_ms: int) -> Walk:
    return replace(walk, state=e.ENDED_AS[event.how], ended_ms=at_ms)


def _duress(walk: Walk, event: e.WalkDuress, _: int) -> Walk:
    return replace(walk, alert=event.alert, under_duress=True)


def _pin_missed(walk: Walk, event: e.PinMissedOnWalk, _: int) -> Walk:
    return replace(walk, pin_misses=event.misses)


def _late_home(walk: Walk, _: e.LateHome, at_ms: int) -> Walk:
    return replace(walk, late_home_ms=at_ms)


_APPLY: Mapping[type[e.WalkEvent], Callable[[Walk, Any, int], Walk]] = MappingProxyType(
    {
        e.WalkReminded: _reminded,
        e.WalkDue: _due,
        e.WalkOverdue: _overdue,
        e.WalkRaised: _raised,
        e.WalkExtended: _extended,
        e.CheckedIn: _checked_in,
        e.WalkPlaced: _placed,
        e.WalkEnded: _ended,
        e.WalkDuress: _duress,
        e.PinMissedOnWalk: _pin_missed,
        e.LateHome: _late_home,
    }
)
