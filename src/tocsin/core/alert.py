"""One alert, from the press until it is closed: what is true after each event.

Theory of operation
-------------------
An open alert climbs: every rung adds people, and nobody's word alone stops that.  An answer is a loan.  The climb
pauses only while at least `needed` different people owe us *coming* or *with them*; when a loan lapses the climb
goes on.  Only the climb pauses: whoever has not answered keeps ringing.  After the backstop the ladder starts over.

Two people close it, or the worker's PIN where that may be.  Where it may not, and after the duress PIN, the worker's
devices are shown the *shadow*: an alert that looks closed, while this one lives on.  What a device sees of a shadow
is decided in `sight.py`; here is only when it began.

Somebody may run it (`run_by`): a word for people, which gives no power and silences nothing.

The machine is TRANSITIONS plus `evolve`.  It decides nothing: `raising`, `ringing`, `answering`, `closing` do.

The invariant that matters: an open alert always has a wake-up, at most WAKE_MAX_MS away.  A person in danger is
never behind an alert that nothing is going to look at again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from tocsin.core import events as e
from tocsin.core.alert_parts import (
    BESIDES_THE_LADDER,
    Fresh,
    Handover,
    Note,
    Person,
    PoliceCall,
    Proposal,
    Shadow,
    Spot,
)
from tocsin.core.alert_state import Alert as Alert
from tocsin.core.limits import NOTES_SHOWN_MAX, PASS_MIN_MS, SECOND_MS
from tocsin.core.words import Answer, Outcome, Phase, PlaceKind, Undone


class IllegalTransition(Exception):
    """This event cannot happen to an alert in this phase; the alert is unchanged."""


OPEN_ANY = frozenset({Phase.CLIMBING, Phase.PAUSED})
STAYS_CLOSED = frozenset({Phase.CLOSED})
_CLIMBING_ONLY = frozenset({Phase.CLIMBING})
_LIVING: dict[type[e.Event], frozenset[Phase]] = {
    e.PressedAgain: _CLIMBING_ONLY,
    e.Answered: OPEN_ANY,
    e.LoanLapsed: OPEN_ANY,
    e.Withdrawn: OPEN_ANY,
    e.Closed: STAYS_CLOSED,
}
_SAME = (
    e.Rang, e.PlaceReported, e.Noted, e.PoliceWasCalled, e.CloseProposed, e.CloseConfirmed, e.CloseUndone, e.SaidSafe,
    e.DuressSignalled, e.ShadowClosed, e.PinMissed, e.NumberMissed, e.NotReached, e.ReachedAgain, e.ReachesNobody,
    e.Linked, e.Audited, e.HandedOver, e.TakenOver,
)  # fmt: skip

TRANSITIONS: Mapping[Phase, Mapping[type[e.Event], frozenset[Phase]]] = MappingProxyType(
    {
        Phase.CLIMBING: MappingProxyType({**_LIVING, **dict.fromkeys(_SAME, frozenset({Phase.CLIMBING}))}),
        Phase.PAUSED: MappingProxyType({**_LIVING, **dict.fromkeys(_SAME, frozenset({Phase.PAUSED}))}),
        Phase.CLOSED: MappingProxyType({e.Noted: STAYS_CLOSED, e.PoliceWasCalled: STAYS_CLOSED}),
    }
)


_OF_THE_PRESS = (
    "id", "org", "kind", "member", "site", "silent", "drill", "came", "device", "watch_window", "suspended", "plan",
    "occurred_at_ms", "after_drill", "buddy", "was_down", "unseen",
)  # fmt: skip


def raised(event: e.Raised | Alert, at_ms: int) -> Alert:
    """The alert that a `Raised` begins; or one that is raised as this alert was, with nothing of what became of it."""
    begins = ("raised_ms", "looked_ms", "pressed_ms", "pass_started_ms", "next_rung_ms")
    times: dict[str, Any] = dict.fromkeys(begins, at_ms)
    return Alert(**{name: getattr(event, name) for name in _OF_THE_PRESS}, **times)


def evolve(alert: Alert | None, event: e.Event, at_ms: int) -> Alert:
    """What is true after `event`.  Raises IllegalTransition, and changes nothing, if it may not happen."""
    if isinstance(event, e.Raised):
        if alert is not None:
            raise IllegalTransition("Raised of an alert that exists")
        return raised(event, at_ms)
    if alert is None:
        raise IllegalTransition(f"{type(event).__name__} of no alert")
    allowed = TRANSITIONS[alert.phase].get(type(event))
    if allowed is None:
        raise IllegalTransition(f"{type(event).__name__} while {alert.phase}")
    after = _APPLY[type(event)](alert, event, at_ms)
    after = after if after.looked_ms >= at_ms else replace(after, looked_ms=at_ms)
    assert after.phase in allowed, f"{type(event).__name__} led from {alert.phase} to {after.phase}"
    assert (after.wake_at_ms is None) == (not after.open)
    return after


def looked(alert: Alert, at_ms: int) -> Alert:
    """Time was looked at and nothing was due: only the watchdog's own wake-up moves on."""
    return replace(alert, looked_ms=max(alert.looked_ms, at_ms))


def _with_person(alert: Alert, person: Person) -> Alert:
    return replace(alert, people={**alert.people, person.member: person})


def _pressed_again(alert: Alert, event: e.PressedAgain, at_ms: int) -> Alert:
    people = {name: _lapsed(person, at_ms) for name, person in alert.people.items()}
    shadows, fresh_places = alert.shadows, alert.fresh_places
    if event.shadow is not None and all(shadow.id != event.shadow for shadow in shadows):
        shadows, fresh_places = (*shadows, _fresh_life(alert, event, at_ms)), {}
        people = {name: _untried(person) for name, person in people.items()}
    if event.buddy is not None and event.shadow is not None:
        life = shadows[-1]
        shadows = (*shadows[:-1], replace(life, buddies=tuple(dict.fromkeys((*life.buddies, event.buddy)))))
    return replace(
        alert,
        presses=alert.presses + 1,
        pressed_ms=at_ms,
        people=people,
        shadows=shadows,
        fresh_places=fresh_places,
        buddy=event.buddy or alert.buddy,
        was_down=alert.was_down or event.was_down,
    )


def _fresh_life(alert: Alert, event: e.PressedAgain, at_ms: int) -> Shadow:
    assert event.shadow is not None
    fresh = event.fresh or Fresh(alert.site, None, alert.watch_window)
    seen = {name: getattr(fresh, name) for name in ("site", "plan", "watch_window", "channels")}
    return Shadow(event.shadow, at_ms, None, event.kind, event.silent, **seen)


def _untried(person: Person) -> Person:
    """A fresh alert tries everybody."""
    return replace(person, unreachable=None, failed_ms=())


def _rang(alert: Alert, event: e.Rang, at_ms: int) -> Alert:
    people = dict(alert.people)
    unreachable = dict(event.unreachable)
    rung = alert.rung if event.rung is None else event.rung
    for summons in event.joined:
        joined = BESIDES_THE_LADDER if event.rung is None and summons.member == alert.buddy else rung
        people[summons.member] = Person(summons.member, rung, summons.numbers, at_ms, at_ms, None, joined_rung=joined)
    for member in (*event.asked, *event.answered) if event.rung is not None else ():
        if people[member].joined_rung == BESIDES_THE_LADDER:
            people[member] = replace(people[member], joined_rung=event.rung)
    for member in event.asked:
        person = people[member]
        asked_by = person.rung if event.rung is None else event.rung
        people[member] = replace(
            person,
            rung=asked_by,
            rung_ms=at_ms,
            next_ring_ms=at_ms + alert.plan.rungs[asked_by].repeat_s * SECOND_MS,
            unreachable=unreachable.get(member) or person.still_unreachable(),
            withdrawn=False,
        )
    alert = replace(alert, people=people, ringing=alert.ringing + 1, why=event.why)
    return alert if event.rung is None else _on_rung(alert, event, at_ms)


def _on_rung(alert: Alert, event: e.Rang, at_ms: int) -> Alert:
    assert event.rung is not None
    first = event.rung == 0
    started = at_ms if first and alert.ladder_pass > 0 else alert.pass_started_ms
    rungs = alert.plan.rungs
    if event.rung + 1 < len(rungs):
        following = started + rungs[event.rung + 1].after_s * SECOND_MS
    else:
        following = max(at_ms + rungs[-1].repeat_s * SECOND_MS, started + PASS_MIN_MS)
    return replace(
        alert,
        ladder_pass=alert.ladder_pass + first,
        pass_started_ms=started,
        rung=event.rung,
        rung_asked=(*event.asked, *event.answered),
        next_rung_ms=following,
    )


def _answered(alert: Alert, event: e.Answered, at_ms: int) -> Alert:
    person = replace(
        alert.people[event.member],
        answer=event.answer,
        answered_ms=at_ms,
        helping_since_ms=alert.people[event.member].helping_since_ms if alert.people[event.member].helping else at_ms,
        eta_s=event.eta_s,
        counts=event.counts,
        loan_until_ms=event.lapses_at_ms,
        lapsed_ms=None,
        next_ring_ms=None if event.counts else alert.people[event.member].next_ring_ms,
        unreachable=None if event.counts else alert.people[event.member].unreachable,
    )
    return replace(_with_person(alert, person), reaches_nobody=alert.reaches_nobody and not event.counts)


def _loan_lapsed(alert: Alert, event: e.LoanLapsed, at_ms: int) -> Alert:
    person = alert.people[event.member]
    silent = event.member if event.answer is Answer.WITH_THEM else alert.silent_helper
    alert = replace(alert, silent_helper=silent)
    return _with_person(alert, _lapsed(person, at_ms))


def _lapsed(person: Person, at_ms: int) -> Person:
    """Their word counts no more."""
    lapsed_ms = person.lapsed_ms if person.loan_until_ms is None else at_ms
    return replace(person, loan_until_ms=None, counts=False, lapsed_ms=lapsed_ms)


def _place_reported(alert: Alert, event: e.PlaceReported, at_ms: int) -> Alert:
    spot = Spot(event.kind, event.at_ms, event.by, event.label, event.fix, event.radius_m)
    fresh = _with_spot(alert.fresh_places, spot) if alert.shadows and not alert.looks_closed else alert.fresh_places
    return replace(alert, places=_with_spot(alert.places, spot), fresh_places=fresh)


def _with_spot(places: Mapping[PlaceKind, Spot], spot: Spot) -> Mapping[PlaceKind, Spot]:
    """The newest of each kind; what was said later of an earlier time tells nothing new."""
    known = places.get(spot.kind)
    return places if known is not None and known.at_ms > spot.at_ms else {**places, spot.kind: spot}


def _noted(alert: Alert, event: e.Noted, at_ms: int) -> Alert:
    return replace(alert, notes=(*alert.notes, Note(event.by, at_ms, event.text))[-NOTES_SHOWN_MAX:])


def _police_was_called(alert: Alert, event: e.PoliceWasCalled, at_ms: int) -> Alert:
    return replace(alert, police=(*alert.police, PoliceCall(event.by, event.who, event.number, event.called_at_ms)))


def _close_proposed(alert: Alert, event: e.CloseProposed, at_ms: int) -> Alert:
    proposal = Proposal(event.by, event.device, event.outcome, at_ms, event.note, lapses_at_ms=event.lapses_at_ms)
    return replace(alert, proposal=proposal)


def _close_confirmed(alert: Alert, event: e.CloseConfirmed, at_ms: int) -> Alert:
    assert alert.proposal is not None
    confirmed = replace(alert.proposal, lapses_at_ms=None, confirmed_by=event.by, commits_at_ms=event.commits_at_ms)
    return replace(alert, proposal=confirmed)


def _close_undone(alert: Alert, event: e.CloseUndone, at_ms: int) -> Alert:
    if not alert.said_safe or event.why is Undone.PRESSED_AGAIN:
        return replace(alert, proposal=None, said_safe=False, pretended=None)
    # The worker's own word stands; somebody else may still go and look, and confirm it.
    standing = Proposal(alert.member, alert.device or "", Outcome.SAFE, at_ms, by_worker=True)
    return replace(alert, proposal=standing)


def own_life(alert: Alert) -> Shadow:
    """Itself, as the worker's devices know one that was never shadowed."""
    seen = (alert.site, None, alert.watch_window)
    return Shadow(alert.id, alert.raised_ms, alert.closed_ms, alert.kind, alert.silent, (), *seen)


def _shadow_all(alert: Alert, at_ms: int, outcome: Outcome | None = None) -> tuple[Shadow, ...]:
    shadows = alert.shadows or (() if alert.unseen else (own_life(alert),))
    over = {"closed_ms": at_ms, "outcome": outcome}
    return tuple(shadow if shadow.closed_ms is not None else replace(shadow, **over) for shadow in shadows)


def _said_safe(alert: Alert, event: e.SaidSafe, at_ms: int) -> Alert:
    proposal = Proposal(alert.member, event.device, Outcome.SAFE, at_ms, by_worker=True)
    return replace(alert, said_safe=True, proposal=proposal, shadows=_shadow_all(alert, at_ms))


def _duress_signalled(alert: Alert, event: e.DuressSignalled, at_ms: int) -> Alert:
    shadows = _shadow_all(alert, at_ms) if event.hides else alert.shadows
    return replace(alert, under_duress=True, said_safe=False, shadows=shadows, pretended=event.shows)


def _shadow_closed(alert: Alert, event: e.ShadowClosed, at_ms: int) -> Alert:
    return replace(alert, shadows=_shadow_all(alert, at_ms, event.outcome), pretended=None)


def _number_missed(alert: Alert, event: e.NumberMissed, at_ms: int) -> Alert:
    return _with_person(alert, replace(alert.people[event.member], number_misses=event.misses))


def _not_reached(alert: Alert, event: e.NotReached, at_ms: int) -> Alert:
    person = alert.people[event.member]
    return _with_person(alert, replace(person, unreachable=event.reason, failed_ms=_failed(person, at_ms)))


def _failed(person: Person, at_ms: int) -> tuple[int, ...]:
    """The first time, and the first after what they said last: that they failed again in between tells nothing new."""
    known = person.failed_ms
    again = bool(known) and person.answered_ms is not None and known[-1] <= person.answered_ms
    return (*known[:1], at_ms) if again or not known else known


def _reached_again(alert: Alert, event: e.ReachedAgain, at_ms: int) -> Alert:
    return replace(_with_person(alert, replace(alert.people[event.member], unreachable=None)), reaches_nobody=False)


def _withdrawn(alert: Alert, event: e.Withdrawn, at_ms: int) -> Alert:
    person = replace(alert.people[event.member], withdrawn=True, loan_until_ms=None, counts=False, next_ring_ms=None)
    return _with_person(_without(alert, event.member), person)


def _without(alert: Alert, member: str) -> Alert:
    """They run it no longer, and nobody waits for them to take it."""
    handover = alert.handover
    return replace(
        alert,
        run_by=None if alert.run_by == member else alert.run_by,
        handover=None if handover is not None and member in (handover.by, handover.to) else handover,
    )


def _handed_over(alert: Alert, event: e.HandedOver, at_ms: int) -> Alert:
    if event.rings_ms is not None:
        alert = replace(alert, handed={**alert.handed, event.to: event.rings_ms})
    if event.rings_ms is not None and event.rings_ms > at_ms:
        person = alert.people[event.to]
        soonest_ms = min(event.rings_ms, person.next_ring_ms or event.rings_ms)
        alert = _with_person(alert, replace(person, next_ring_ms=soonest_ms))
    return replace(alert, handover=Handover(event.by, event.to, at_ms, event.still_open, event.text))


def _closed(alert: Alert, event: e.Closed, at_ms: int) -> Alert:
    people = {
        name: replace(person, loan_until_ms=None, next_ring_ms=None, counts=False)
        for name, person in alert.people.items()
    }
    shadows = _shadow_all(alert, at_ms) if alert.shadows else ()
    return replace(
        alert,
        closed_ms=at_ms,
        outcome=event.outcome,
        closed_by=event.by,
        proposal=None,
        pretended=None,
        handover=None,
        people=people,
        shadows=shadows,
    )


_APPLY: Mapping[type[e.Event], Callable[[Alert, Any, int], Alert]] = MappingProxyType(
    {
        e.PressedAgain: _pressed_again,
        e.Rang: _rang,
        e.Answered: _answered,
        e.LoanLapsed: _loan_lapsed,
        e.PlaceReported: _place_reported,
        e.Noted: _noted,
        e.PoliceWasCalled: _police_was_called,
        e.CloseProposed: _close_proposed,
        e.CloseConfirmed: _close_confirmed,
        e.CloseUndone: _close_undone,
        e.SaidSafe: _said_safe,
        e.DuressSignalled: _duress_signalled,
        e.ShadowClosed: _shadow_closed,
        e.PinMissed: lambda alert, event, at_ms: replace(alert, pin_misses=event.misses),
        e.NumberMissed: _number_missed,
        e.NotReached: _not_reached,
        e.ReachedAgain: _reached_again,
        e.ReachesNobody: lambda alert, event, at_ms: replace(alert, reaches_nobody=True),
        e.Withdrawn: _withdrawn,
        e.Linked: lambda alert, event, at_ms: replace(alert, linked=(*alert.linked, event.other)),
        e.Audited: lambda alert, event, at_ms: replace(alert, findings=(*alert.findings, event.finding)),
        e.HandedOver: _handed_over,
        e.TakenOver: lambda alert, event, at_ms: replace(alert, run_by=event.by, handover=None),
        e.Closed: _closed,
    }
)
