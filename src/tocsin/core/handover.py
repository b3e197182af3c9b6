"""Who runs an open alert, and how it passes from one shift to the next.

Theory of operation
-------------------
To run an alert is a word among people: it gives no power, takes none from anybody, and silences nothing.  Whoever was
rung and may close may take an alert that nobody runs, or hand it to another supervisor or coordinator, who is rung
for it as for any other news, with their own answer numbers.  Until that other person says that they have it, whoever
handed it over runs it still: a handover that nobody takes is shown as such, and can be handed to somebody else.
However often it is handed to and fro, nobody is rung for that more than once in HANDOVER_RINGS_MS; what is handed to
them meanwhile rings then, so that no handover goes unheard.

What is not done yet is written into the handover, so that nobody can say later that they were not told.  Whoever is
suspended, tied or removed runs nothing from that moment, and a handover from or to them is void.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tocsin.core import events as e
from tocsin.core.alert import Alert
from tocsin.core.alert_parts import Handover
from tocsin.core.commands import Declined, Done, HandOver, Problem, Reply, TakeOver
from tocsin.core.docket import Draft
from tocsin.core.escalation import barred
from tocsin.core.limits import HANDOVER_RINGS_MS
from tocsin.core.refusals import ALERT_CLOSED
from tocsin.core.ringing import ring, rung_person
from tocsin.core.roster import may_close
from tocsin.core.words import PlaceKind, StillOpen, Why

DONE = Done()
_OPEN: Mapping[StillOpen, Callable[[Alert], bool]] = {
    StillOpen.NOBODY_WITH_THEM: lambda alert: not alert.attended,
    StillOpen.TOO_FEW_COMING: lambda alert: sum(p.helping for p in alert.people.values()) < alert.plan.needed,
    StillOpen.PLACE_NOT_KNOWN: lambda alert: not alert.places.keys() - {PlaceKind.PLANNED},
    StillOpen.POLICE_NOT_CALLED: lambda alert: not (alert.police or alert.drill),  # Nobody calls them for practice.
    StillOpen.SOMEBODY_NOT_REACHED: lambda alert: any(p.unreachable for p in alert.people.values() if not p.withdrawn),
    StillOpen.HELPER_SILENT: lambda alert: alert.silent_helper is not None,
    StillOpen.CLOSE_PROPOSED: lambda alert: alert.proposal is not None and not alert.proposal.by_worker,
    StillOpen.SAYS_SAFE: lambda alert: alert.said_safe,
    StillOpen.UNDER_DURESS: lambda alert: alert.under_duress,
}


def still_open(alert: Alert) -> tuple[StillOpen, ...]:
    """What is not done yet, in the order in which it should be looked at."""
    return tuple(what for what, holds in _OPEN.items() if holds(alert))


def hand_over(draft: Draft, command: HandOver) -> Reply:
    """Ask somebody to run it; they are rung, at once, or HANDOVER_RINGS_MS after the last time.

    What stands already is said again without a trace: a handover is never refused for having been asked before.
    """
    problem = _may_run(draft, command.member) or _may_be_asked(draft, command)
    if problem is not None:
        return problem
    open_now, rings_ms = still_open(draft.alert), _rings_ms(draft, command.to)
    stands = draft.alert.handover
    asked = e.HandedOver(by=command.member, to=command.to, still_open=open_now, text=command.text, rings_ms=rings_ms)
    if rings_ms > draft.now_ms and stands is not None and _same(stands, asked):
        return DONE
    draft.record(asked)
    if rings_ms == draft.now_ms:
        ring(draft, [command.to], Why.HANDED_OVER)
    return DONE


def _rings_ms(draft: Draft, member: str) -> int:
    """When they are rung for it: now, or as soon after the last time as may be."""
    last_ms = draft.alert.handed.get(member)
    if last_ms is None or rung_person(draft, member) is None:
        return draft.now_ms
    return last_ms if last_ms > draft.now_ms else max(draft.now_ms, last_ms + HANDOVER_RINGS_MS)


def _same(stands: Handover, asked: e.HandedOver) -> bool:
    known = (stands.by, stands.to, stands.still_open, stands.text)
    return known == (asked.by, asked.to, asked.still_open, asked.text)


def take_over(draft: Draft, command: TakeOver) -> Reply:
    """It is mine now.  Said again by whoever runs it, it is the same word and nothing is written."""
    alert = draft.alert
    problem = _may_run(draft, command.member)
    if problem is not None:
        return problem
    asked = alert.handover is not None and alert.handover.to == command.member
    if alert.run_by == command.member and not asked:
        return DONE
    if alert.run_by is not None and not asked:
        return Declined(problem=Problem.RUN_BY_ANOTHER)
    draft.record(e.TakenOver(by=command.member, before=alert.run_by))
    return DONE


def _may_run(draft: Draft, member: str) -> Declined | None:
    if rung_person(draft, member) is None:
        return Declined(problem=Problem.NOT_RUNG)
    if not draft.alert.open:
        return ALERT_CLOSED
    return None if may_close(draft.directory.members[member]) else Declined(problem=Problem.NEEDS_A_CLOSER)


def _may_be_asked(draft: Draft, command: HandOver) -> Declined | None:
    """One word for everybody who cannot: that somebody is tied is not told by being refused."""
    able = not barred(draft.directory, draft.alert.member, command.to) and command.to != command.member
    if able and may_close(draft.directory.members[command.to]):
        return None
    return Declined(problem=Problem.CANNOT_TAKE_IT)
