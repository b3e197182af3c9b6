"""What the worker's own devices are shown: the truth, or the shadow, in the same bytes.

Theory of operation
-------------------
Somebody else may hold the worker's phone.  After a PIN on an alert that one PIN may not close, the phone must look as
it would had the alert closed for good, then and later, whatever the responders do.  So a life of an alert that looks
closed shows nothing but what stood fixed when it closed; and that is all a really closed one shows either.

A press from the shadow begins a new life of the same alert, which must look like a fresh one: only what was said since
counts, and only the people whom a fresh ladder would have rung by now.  Where somebody may be looking over the
worker's shoulder (a silent alert, a watch window) colleagues are counted, never named.  Notes are for responders: one
written into a life that looks closed is kept, and must not turn up in the next.
"""

from __future__ import annotations

from msgspec import UNSET

from tocsin.core.alert import Alert
from tocsin.core.alert_parts import Person, Shadow, Spot
from tocsin.core.directory import Directory
from tocsin.core.limits import SECOND_MS
from tocsin.core.shown_parts import Fixes, answer_view, answered, place_view, who
from tocsin.core.views import AlertView, AnswerView, ClosingView, Who, You, moment, moment_or_none
from tocsin.core.words import Answer, Outcome, Phase

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
        return Shadow(alert.id, alert.raised_ms, alert.closed_ms, alert.kind, alert.silent)
    return next((shadow for shadow in alert.shadows if shadow.id == shown_id), None)


def next_change_ms(alert: Alert, now_ms: int) -> int | None:
    """When time alone changes what the worker is shown: the next rung of the ladder that a shadow pretends."""
    if not alert.shadows or alert.shadows[-1].closed_ms is not None:
        return None
    begun_ms = alert.shadows[-1].raised_ms
    times = (begun_ms + rung.after_s * SECOND_MS for rung in alert.plan.rungs)
    return min((at_ms for at_ms in times if at_ms > now_ms), default=None)


def worker_view(alert: Alert, life: Shadow, directory: Directory, fixes: Fixes, now_ms: int) -> AlertView:
    """The alert as its own worker gets it in this life."""
    if life.closed_ms is not None:
        return _closed(alert, life, directory, now_ms)
    people = summoned(alert, life, now_ms)
    quiet = looks_on(alert, life, directory)
    answers = tuple(_answer(alert, directory, p, quiet=quiet) for p in answered(people) if _since(life, p.answered_ms))
    helping = [person for person in people if person.helping]
    return AlertView(
        id=life.id,
        kind=life.kind,
        state=Phase.PAUSED if len(helping) >= alert.plan.needed else Phase.CLIMBING,
        drill=alert.drill,
        silent=life.silent,
        member=who(directory, alert.member),
        raised_at=moment(life.raised_ms),
        closed_at=None,
        outcome=None,
        attended=any(person.answer is Answer.WITH_THEM for person in helping),
        closing=UNSET if quiet else _closing(alert),
        places=tuple(
            place_view(spot, fixes)
            for spot in alert.places.values()
            if spot.by == alert.member and heard_in(alert, life, spot)
        ),
        people_rung=sum(person.reachable for person in people),
        answers=answers,
        you=You(alert.member, MAY),
        server_now=moment(now_ms),
    )


def outcome_shown(alert: Alert, life: Shadow) -> Outcome | None:
    """How a life that looks closed ended, to its worker."""
    by_pin = bool(alert.shadows) and life.closed_ms != alert.closed_ms
    return Outcome.SAFE if by_pin else alert.outcome


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


def heard_in(alert: Alert, life: Shadow, spot: Spot) -> bool:
    """Was this said in the life that looks open, or before?"""
    return spot.heard_ms >= life.raised_ms and spot.lives == len(alert.shadows)


def _since(life: Shadow, at_ms: int | None) -> bool:
    return at_ms is not None and at_ms >= life.raised_ms


def summoned(alert: Alert, life: Shadow, now_ms: int) -> list[Person]:
    """Whom a fresh ladder would have rung by now; for an alert without shadows simply whom it rang."""
    people = [person for person in alert.people.values() if not person.withdrawn]
    if not alert.shadows:
        return people
    last = len(alert.plan.rungs) - 1
    climbed_ms = min(now_ms, _paused_ms(alert, people) or now_ms) - life.raised_ms
    reached = max(n for n, rung in enumerate(alert.plan.rungs) if n == 0 or rung.after_s * SECOND_MS <= climbed_ms)
    while reached < last and not any(person.reachable for person in people if person.joined_rung <= reached):
        reached += 1
    return [person for person in people if person.joined_rung <= reached or person.member in life.buddies]


def _paused_ms(alert: Alert, people: list[Person]) -> int | None:
    """Since when enough people have been helping for a ladder to pause; None while it climbs."""
    since = sorted(person.helping_since_ms or 0 for person in people if person.helping)
    return since[alert.plan.needed - 1] if len(since) >= alert.plan.needed else None


def looks_on(alert: Alert, life: Shadow, directory: Directory) -> bool:
    """May somebody be looking over the worker's shoulder?  Then colleagues are counted, never named."""
    member = directory.members.get(alert.member)
    return life.silent or alert.watch_window or (member is not None and member.watch_window)


def _answer(alert: Alert, directory: Directory, person: Person, *, quiet: bool) -> AnswerView:
    if not quiet:
        return answer_view(person, who(directory, person.member))
    worker = directory.members.get(alert.member)
    name = SOMEBODY.get(worker.language if worker else "en", SOMEBODY["en"])
    return answer_view(person, Who(f"colleague-{list(alert.people).index(person.member) + 1}", name))


def _closing(alert: Alert) -> ClosingView | None:
    """That two people want to close it: a press undoes that.  Not who."""
    proposal = alert.proposal
    if proposal is None or proposal.by_worker:
        return None
    return ClosingView(proposal.outcome, moment_or_none(proposal.commits_at_ms), moment_or_none(proposal.lapses_at_ms))
