"""What the worker's own devices are shown: the truth, or the shadow, in the same bytes.

Theory of operation
-------------------
Somebody else may hold the worker's phone.  After a PIN on an alert that one PIN may not close, the phone must look as
it would had the alert closed for good, then and later, whatever the responders do.  So a life of an alert that looks
closed shows nothing but what stood fixed when it closed; and that is all a really closed one shows either.

A press from the shadow begins a new life of the same alert, which must look like a fresh one: only what was said since
counts, and only the people whom a fresh ladder would have rung by now (`fresh_ladder.py`).  Where somebody may be
looking over the worker's shoulder (a silent alert, a watch window) colleagues are counted, never named.  Notes are for
responders: one written into a life that looks closed is kept, and must not turn up in the next.

Duress undoes a proposal to close.  Typed where the real PIN closes nothing, it must not show: those devices go on
seeing the proposal (`pretended`) for as long as it would have stood, and the close that it would have come to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from msgspec import UNSET

from tocsin.core.alert import Alert, own_life
from tocsin.core.alert_parts import Person, Proposal, Shadow, Spot
from tocsin.core.directory import Directory
from tocsin.core.fresh_ladder import climbed, plan_of
from tocsin.core.shown_parts import Fixes, answer_view, answered, place_view, who
from tocsin.core.views import AlertView, AnswerView, ClosingView, Who, You, moment, moment_or_none
from tocsin.core.words import Answer, Outcome, Phase, PlaceKind

SOMEBODY = {"en": "A colleague", "es": "Alguien del equipo"}
MAY = ("note", "place", "press", "safe")


def lives_of(alert: Alert) -> tuple[str, ...]:
    """The ids under which the worker's devices know this alert, the oldest first."""
    return tuple(shadow.id for shadow in alert.shadows) or (() if alert.unseen else (alert.id,))


def life_of(alert: Alert, shown_id: str) -> Shadow | None:
    """The life that the worker's devices know by this id; an alert that was never shadowed has one, itself.

    One that they have never been shown (`unseen`) has none, until they press.
    """
    if not alert.shadows and not alert.unseen and shown_id == alert.id:
        return own_life(alert)
    return next((shadow for shadow in alert.shadows if shadow.id == shown_id), None)


def next_change_ms(alert: Alert, directory: Directory, now_ms: int) -> int | None:
    """When time alone changes what the worker is shown: the next rung of a pretended ladder, a pretended lapse."""
    times = [] if alert.pretended is None else [alert.pretended.lapses_at_ms]
    for life in alert.shadows[-1:]:
        if life.closed_ms is None:
            times.append(climbed(alert, life, directory, now_ms).climbs_ms)
    return min((at_ms for at_ms in times if at_ms is not None and at_ms > now_ms), default=None)


def worker_view(alert: Alert, life: Shadow, directory: Directory, fixes: Fixes, now_ms: int) -> AlertView:
    """The alert as its own worker gets it in this life."""
    if life.closed_ms is not None:
        return _closed(alert, life, directory, now_ms)
    _, people, met = summoned(alert, life, directory, now_ms)
    quiet = looks_on(alert, life, directory)
    said = (person for person in answered(people) if _since(life, person.answered_ms))
    answers = tuple(_answer(alert, directory, person, met if quiet else None) for person in said)
    helping = [person for person in people if person.helping]
    return AlertView(
        id=life.id,
        kind=life.kind,
        state=phase_shown(alert, life, len(helping)),
        drill=alert.drill,
        silent=life.silent,
        member=who(directory, alert.member),
        raised_at=moment(life.raised_ms),
        closed_at=None,
        outcome=None,
        attended=any(person.answer is Answer.WITH_THEM for person in helping),
        closing=UNSET if quiet else _closing(alert, now_ms),
        places=tuple(place_view(spot, fixes) for spot in places_shown(alert).values() if spot.by == alert.member),
        people_rung=sum(person.reachable for person in people),
        answers=answers,
        you=You(alert.member, MAY),
        server_now=moment(now_ms),
    )


def phase_shown(alert: Alert, life: Shadow, helping: int) -> Phase:
    """Of a life that looks open, while so many help."""
    return Phase.PAUSED if helping >= plan_of(alert, life).needed else Phase.CLIMBING


def phase_of(alert: Alert, shown_id: str, directory: Directory, now_ms: int) -> Phase:
    """As those see it who know a life of it by this id."""
    life = life_of(alert, shown_id) if alert.shadows else None
    if life is None:
        return alert.phase
    if life.closed_ms is not None:
        return Phase.CLOSED
    return phase_shown(alert, life, sum(person.helping for person in summoned(alert, life, directory, now_ms).people))


def outcome_shown(alert: Alert, life: Shadow) -> Outcome | None:
    """How a life that looks closed ended, to its worker."""
    by_pin = bool(alert.shadows) and life.closed_ms != alert.closed_ms
    return life.outcome or (Outcome.SAFE if by_pin else alert.outcome)


def _closed(alert: Alert, life: Shadow, directory: Directory, now_ms: int) -> AlertView:
    return AlertView(
        id=life.id,
        kind=life.kind,
        state=Phase.CLOSED,
        drill=alert.drill,
        silent=life.silent,
        member=who(directory, alert.member),
        raised_at=moment(life.raised_ms),
        closed_at=moment_or_none(life.closed_ms),
        outcome=outcome_shown(alert, life),
        you=You(alert.member, ()),
        server_now=moment(now_ms),
    )


def places_shown(alert: Alert) -> Mapping[PlaceKind, Spot]:
    """What was reported in the life that looks open: a fresh alert knows of nothing that was said before."""
    return alert.fresh_places if alert.shadows else alert.places


def _since(life: Shadow, at_ms: int | None) -> bool:
    return at_ms is not None and at_ms >= life.raised_ms


class Summoned(NamedTuple):
    """The rung that a life seems to have reached, and the people it seems to have rung; `met`: and all it would have.

    Both in the order in which a fresh alert would have come to them.
    """

    rung: int
    people: list[Person]
    met: list[str]


def summoned(alert: Alert, life: Shadow, directory: Directory, now_ms: int) -> Summoned:
    """Of those whom it rang, whom a fresh ladder would have rung by now; all, where none is pretended."""
    rung, met = alert.rung, list(alert.people)
    if alert.shadows and alert.open:
        fresh = climbed(alert, life, directory, now_ms)
        rung, met = fresh.rung, list(fresh.met)
    people = (alert.people[member] for member in met if member in alert.people)
    return Summoned(rung, [person for person in people if not person.withdrawn], met)


def looks_on(alert: Alert, life: Shadow, directory: Directory) -> bool:
    """May somebody be looking over the worker's shoulder?  Then colleagues are counted, never named."""
    member = directory.members.get(alert.member)
    return life.silent or life.watch_window or (member is not None and member.watch_window)


def _answer(alert: Alert, directory: Directory, person: Person, met: list[str] | None) -> AnswerView:
    """`met`: they are not named but counted, among these."""
    if met is None:
        return answer_view(person, who(directory, person.member))
    worker = directory.members.get(alert.member)
    name = SOMEBODY.get(worker.language if worker else "en", SOMEBODY["en"])
    return answer_view(person, Who(f"colleague-{met.index(person.member) + 1}", name))


def proposal_shown(alert: Alert, now_ms: int) -> Proposal | None:
    """The proposal that the worker's devices see.

    While they are shown one that duress undid, a new one is seen from when it is confirmed: as if that one had been.
    """
    real, pretended = alert.proposal, alert.pretended
    if pretended is None or (pretended.lapses_at_ms is not None and pretended.lapses_at_ms <= now_ms):
        return real
    confirms = pretended.confirmed_by is None and real is not None and real.confirmed_by is not None
    return real if confirms else pretended


def _closing(alert: Alert, now_ms: int) -> ClosingView | None:
    """That two people want to close it: a press undoes that.  Not who."""
    proposal = proposal_shown(alert, now_ms)
    if proposal is None:
        return None
    return ClosingView(proposal.outcome, moment_or_none(proposal.commits_at_ms), moment_or_none(proposal.lapses_at_ms))
