"""A press: never refused, never lost, never folded into a drill.

Theory of operation
-------------------
One press per (organisation, credential, key), for ever.  A press with a new key on one's own open alert wakes everyone
rung so far and ends every pause; from a device that believes the alert closed (a shadow) it is, to that device only,
a fresh alert with an id of its own.  A loud real alert ends the drills of its site.  One that hides ends none: it only
takes those whom it rings (`ringing.take_from_drills`), and for everybody else the drill goes on as it would have.

A dead credential still raises, and learns only *received*; its alert goes to the duty supervisor and the coordinators
besides the plan's rungs, or instead of them when the member is suspended.

A drill is no call for help: it is declined while a loud real alert is open at its site, because it would take people
from it.  A silent alert, and one that looks closed after a PIN, decline nothing: whoever asks for a drill must not
learn from the answer that there is one.
"""

from __future__ import annotations

from collections.abc import Iterable

from tocsin.core import events as e
from tocsin.core.alert import Alert
from tocsin.core.alert_parts import Fresh
from tocsin.core.closing import all_clear, close, undo
from tocsin.core.commands import Declined, PlaceReport, Press, PressTaken, Problem
from tocsin.core.directory import Plan
from tocsin.core.docket import Docket, Draft, place_key
from tocsin.core.escalation import audience, plan_besides, plan_for
from tocsin.core.fresh_ladder import climbed, plan_of
from tocsin.core.limits import LINKS_MAX, SECOND_MS
from tocsin.core.ringing import climb, ring
from tocsin.core.roster import closers, site_of
from tocsin.core.shadow import phase_of
from tocsin.core.walk_known import OWN_DANGER, raised_with, taken_along, with_walk
from tocsin.core.words import Came, Outcome, PlaceKind, Purpose, Undone, Why

REAL_ALERT_OPEN = Declined(problem=Problem.REAL_ALERT_OPEN)


def press(docket: Docket, command: Press) -> PressTaken | Declined:
    """Take a press; the reply says which alert it is, as far as this presser may know.  Only a drill is declined."""
    known = docket.world.known_press(command.org, command.credential, command.key)
    if known is not None:
        draft = docket.find(known.alert)
        assert draft is not None, "a receipt names an alert that is not in the store"
        return _taken(draft, known.alert, known.receipt, command, known=True)
    if command.drill and drill_must_wait(docket, _site(docket, command)):
        return REAL_ALERT_OPEN
    receipt, walking = docket.id(), taken_along(docket, command)
    if walking is not None:
        command = with_walk(docket, command, walking.walk)
    own = docket.open_drafts(lambda alert: _folds(alert, command), f"member/{command.member}")
    draft = _again(own[0], command, receipt) if own else _new(docket, command, receipt)
    shown = draft.alert.shadows[-1].id if draft.alert.shadows else draft.alert.id
    docket.presses.append((command.credential, command.key, receipt, shown))
    if walking is not None:
        raised_with(walking, draft.alert.id, shown)
    return _taken(draft, shown, receipt, command, known=False)


def drill_must_wait(docket: Docket, site: str) -> bool:
    """Is a real alert open at this site, and known to whoever is there?"""
    return any(loud(alert) and alert.shown_site == site for alert in docket.world.open_alerts(docket.org))


def loud(alert: Alert) -> bool:
    """A real alert that is open and hides from nobody.  One hides that is silent, or looks closed to its worker."""
    life = alert.shadows[-1] if alert.shadows else None
    hides = alert.silent if life is None else life.silent or life.closed_ms is not None
    return alert.open and not (alert.drill or hides)


def _taken(draft: Draft, shown: str, receipt: str, command: Press, *, known: bool) -> PressTaken:
    return PressTaken(
        alert=shown,
        receipt=receipt,
        state=phase_of(draft.alert, shown, draft.directory, draft.now_ms),
        known=known,
        received_only=command.came is Came.REVOKED,
        warnings=command.warnings,
    )


def _folds(alert: Alert, command: Press) -> bool:
    """Is this another press on one's own open alert?  A drill and a real alert are never one."""
    if alert.member != command.member or alert.drill != command.drill:
        return False
    return alert.kind == command.kind or {alert.kind, command.kind} <= OWN_DANGER


def _again(draft: Draft, command: Press, receipt: str) -> Draft:
    begins = draft.alert.looks_closed and not command.unseen
    shadow = None if command.unseen else _shadow_for(draft)
    draft.record(
        e.PressedAgain(
            came=command.came,
            kind=command.kind,
            silent=command.silent,
            device=command.device,
            occurred_at_ms=command.occurred_at_ms,
            shadow=shadow,
            receipt=receipt,
            buddy=command.buddy,
            was_down=command.was_down,
            fresh=_fresh(draft, command) if begins else None,
        )
    )
    undo(draft, Undone.PRESSED_AGAIN)
    _tell_more(draft, command)
    more = [*_besides(draft), *(_meant_by_fresh(draft) if begins else ())]
    ring(draft, list(dict.fromkeys((*draft.alert.people, *more))), Why.PRESSED_AGAIN)
    end_drills(draft, _drills(draft.docket, command, draft.alert.shown_site))
    return draft


def _fresh(draft: Draft, command: Press) -> Fresh:
    """What this press would raise, if it were what it seems to be from a device that believes that nothing is open."""
    docket, member = draft.docket, draft.directory.members.get(command.member)
    site = _site(docket, command)
    plan = _plan(docket, command, site, suspended=member is not None and member.suspended)
    watched = member is not None and member.watch_window
    return Fresh(site, None if plan == draft.alert.plan else plan, watched, tuple(sorted(draft.channels)))


def _meant_by_fresh(draft: Draft) -> Iterable[str]:
    """Whoever will be counted there is rung: at once by rungs that are none of the ladder that is really climbed."""
    alert, life = draft.alert, draft.alert.shadows[-1]
    not_climbed = (rung.after_s for rung in plan_of(alert, life).rungs if rung not in alert.plan.rungs)
    until_ms = draft.now_ms + max(not_climbed, default=0) * SECOND_MS
    return climbed(alert, life, draft.directory, until_ms).met


def _besides(draft: Draft) -> list[str]:
    """The buddy of a walk, whom no rung may have asked for."""
    alert = draft.alert
    known = alert.buddy is not None and alert.buddy in draft.directory.members and alert.buddy not in alert.people
    return [alert.buddy] if known and alert.buddy is not None else []


def _shadow_for(draft: Draft) -> str | None:
    """The id this press has on the worker's device: None while nothing there looks closed."""
    if not draft.alert.looks_closed:
        return draft.alert.shadows[-1].id if draft.alert.shadows else None
    shadow = draft.docket.id()
    draft.docket.shadows.append((shadow, draft.alert.id))
    return shadow


def _new(docket: Docket, command: Press, receipt: str) -> Draft:
    directory = docket.directory
    member = directory.members.get(command.member)
    site = _site(docket, command)
    suspended = member is not None and member.suspended
    drills, plan = _drills(docket, command, site), _plan(docket, command, site, suspended=suspended)
    draft = docket.begin()
    draft.record(
        e.Raised(
            id=docket.id(),
            org=command.org,
            kind=command.kind,
            member=command.member,
            site=site,
            silent=command.silent,
            drill=command.drill,
            came=command.came,
            plan=plan,
            device=command.device,
            occurred_at_ms=command.occurred_at_ms,
            watch_window=member is not None and member.watch_window,
            suspended=suspended,
            after_drill=_practised(docket, command, site, plan, drills),
            receipt=receipt,
            buddy=command.buddy,
            was_down=command.was_down,
            unseen=command.unseen,
        )
    )
    docket.file(draft)
    _tell_more(draft, command)
    climb(draft, Why.RAISED)
    ring(draft, _besides(draft), Why.RAISED)
    end_drills(draft, drills)
    return draft


def _site(docket: Docket, command: Press) -> str:
    return command.site or site_of(docket.directory, command.member, docket.now_ms)


def _drills(docket: Docket, command: Press, site: str) -> list[Draft]:
    """Those that are open here, if this is real."""
    return [] if command.drill else docket.open_drafts(lambda alert: alert.site == site, "drill")


def _practised(docket: Docket, command: Press, site: str, plan: Plan, drills: list[Draft]) -> tuple[str, ...]:
    """Who was just being drilled, and of those whom a drill of many people has told, whoever this alert may ring."""
    told = dict.fromkeys(name for drill in drills for name in drill.alert.people)
    practised = docket.world.practised(docket.org, site)
    if practised and not command.drill:
        may_ring = [m for rung in plan.rungs for m in audience(docket.directory, site, rung, docket.now_ms)]
        may_ring += [member.id for member in closers(docket.directory)]
        told |= dict.fromkeys(name for name in may_ring if name in practised)
    return tuple(told)


def _plan(docket: Docket, command: Press, site: str, *, suspended: bool) -> Plan:
    plan = plan_for(docket.directory, site, command.kind)
    if suspended or command.came is Came.REVOKED:
        return plan_besides(plan, suspended=suspended)
    return plan


def _tell_more(draft: Draft, command: Press) -> None:
    for place in command.places:
        draft.docket.place(draft, place, command.member)
    if command.text:
        spoken = PlaceReport(PlaceKind.SPOKEN, draft.now_ms, label=command.text)
        draft.docket.place(draft, spoken, command.member)
    link_neighbours(draft)


def end_drills(real: Draft, drills: Iterable[Draft]) -> None:
    """What is unsent is taken back; who is not rung for real hears that it is over.  An alert that hides ends none."""
    if not loud(real.alert):
        return
    for drill in drills:
        close(drill, e.Closed(outcome=Outcome.OTHER, ended_by=real.alert.id))
        for person in drill.alert.people.values():
            if person.member not in real.alert.people:
                all_clear(drill, person, Purpose.DRILL_OVER)


def link_neighbours(draft: Draft) -> None:
    """Two alerts in one place are two records that name each other; of a crowd, the newest few."""
    for label in [spot.label for spot in draft.alert.places.values() if spot.label]:
        here = draft.docket.world.open_alerts(draft.alert.org, place_key(draft.alert, label))
        for other in [alert.id for alert in here if alert.id != draft.alert.id][-LINKS_MAX:]:
            _link(draft, other)


def _link(draft: Draft, id: str) -> None:
    other = draft.docket.find(id)
    assert other is not None
    if id in draft.alert.linked or not other.alert.open:
        return
    draft.record(e.Linked(other=id))
    if len(other.alert.linked) < LINKS_MAX:
        other.record(e.Linked(other=draft.alert.id))
