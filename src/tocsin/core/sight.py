"""Who may see an alert, and how much of it: the one module that hands an alert to a reader.

Theory of operation
-------------------
Need to know.  The worker sees their own alert; everyone it rang sees all of it but the messages; supervisors and
coordinators of the organisation see the messages too.  `barred` comes first: whoever may never be told about this
person gets nothing, not even that there is something.  A dead credential, a suspended member and a stranger see
nothing of anything.

The worker's own view is another matter: it may have to show what is not so (`shadow.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import UNSET, Struct

from tocsin.core.alert import Alert
from tocsin.core.alert_parts import Person, Proposal
from tocsin.core.delivery import Delivery
from tocsin.core.directory import Directory, Member
from tocsin.core.escalation import barred
from tocsin.core.limits import DELIVERIES_SHOWN_MAX, NUMBER_MISSES_TOLD
from tocsin.core.roster import may_close
from tocsin.core.shadow import life_of, lives_of, worker_view
from tocsin.core.shown_parts import Fixes, answer_view, answered, place_view, who
from tocsin.core.views import (
    AlertView,
    ClosingView,
    DeliveryView,
    MissesView,
    NoteView,
    PoliceView,
    UnreachedView,
    Who,
    You,
    moment,
    moment_or_none,
)
from tocsin.core.words import REACHING, Reason


class Reader(Struct, frozen=True):
    """Who asks.  `raise_only`: a revoked device, or one of a suspended or removed member."""

    member: str
    device: str
    raise_only: bool = False


class Standing(StrEnum):
    """What a reader is to an alert."""

    WORKER = "worker"
    RUNG = "rung"
    OVERSEER = "overseer"


def standing(alert: Alert, directory: Directory, reader: Reader) -> Standing | None:
    """None: for this reader the alert does not exist."""
    member = directory.members.get(reader.member)
    if reader.raise_only or member is None or member.suspended:
        return None
    if alert.member == reader.member:
        return Standing.WORKER
    if barred(directory, alert.member, reader.member):
        return None
    if may_close(member):
        return Standing.OVERSEER
    person = alert.people.get(reader.member)
    return Standing.RUNG if person is not None and not person.withdrawn else None


def shown_ids(alert: Alert, directory: Directory, reader: Reader) -> tuple[str, ...]:
    """Under which ids this reader knows the alert: none, its own, or to the worker those of its shadows."""
    what = standing(alert, directory, reader)
    if what is None:
        return ()
    return lives_of(alert) if what is Standing.WORKER else (alert.id,)


def looks_open(alert: Alert, shown_id: str, directory: Directory, reader: Reader) -> bool:
    """Is it open as far as this reader can tell?"""
    if standing(alert, directory, reader) is not Standing.WORKER:
        return alert.open
    life = life_of(alert, shown_id)
    return life is not None and life.closed_ms is None


def alert_view(
    alert: Alert,
    shown_id: str,
    directory: Directory,
    deliveries: Mapping[str, Delivery],
    fixes: Fixes,
    reader: Reader,
    now_ms: int,
    linked: Iterable[Alert] = (),
) -> AlertView | None:
    """The alert as this reader gets it under `shown_id`, or None: then it does not exist for them.

    `fixes`: coordinates by the id of the fix, those that are not erased.  `linked`: the alerts it names.
    """
    what = standing(alert, directory, reader)
    if what is Standing.WORKER:
        life = life_of(alert, shown_id)
        return None if life is None else worker_view(alert, life, directory, fixes, now_ms)
    if what is None or shown_id != alert.id:
        return None
    return _whole(alert, directory, deliveries if what is Standing.OVERSEER else None, fixes, reader, now_ms, linked)


def _whole(
    alert: Alert,
    directory: Directory,
    deliveries: Mapping[str, Delivery] | None,
    fixes: Fixes,
    reader: Reader,
    now_ms: int,
    linked: Iterable[Alert],
) -> AlertView:
    people = [person for person in alert.people.values() if not person.withdrawn]
    return AlertView(
        id=alert.id,
        kind=alert.kind,
        state=alert.phase,
        drill=alert.drill,
        silent=alert.silent,
        member=who(directory, alert.member),
        raised_at=moment(alert.raised_ms),
        closed_at=moment_or_none(alert.closed_ms),
        outcome=alert.outcome,
        attended=alert.attended,
        closing=_closing(directory, alert.proposal),
        says_safe=alert.said_safe,
        under_duress=alert.under_duress,
        came=alert.came,
        occurred_at=moment_or_none(alert.occurred_at_ms),
        places=tuple(place_view(spot, fixes) for spot in alert.places.values()),
        rung=alert.rung,
        next_rung_at=moment(alert.next_rung_ms) if alert.open else None,
        people_rung=sum(person.reachable for person in people),
        reaches_nobody=alert.reaches_nobody,
        answers=tuple(answer_view(p, who(directory, p.member)) for p in answered(alert.people.values())),
        deliveries=UNSET if deliveries is None else _deliveries(alert, directory, deliveries),
        unreached=UNSET if deliveries is None else _unreached(directory, people, now=alert.open),
        number_misses=_misses(directory, alert.people.values()),
        notes=tuple(NoteView(_author(directory, note.by), note.text, moment(note.at_ms)) for note in alert.notes),
        police=tuple(PoliceView(who(directory, p.by), p.who, p.number, moment(p.at_ms)) for p in alert.police),
        linked=tuple(other.id for other in linked if standing(other, directory, reader) is not None),
        warnings=alert.findings,
        you=You(reader.member, _may(alert, reader)),
        server_now=moment(now_ms),
    )


def _author(directory: Directory, member: str) -> Who | None:
    return who(directory, member) if member in directory.members else None


def _may(alert: Alert, reader: Reader) -> tuple[str, ...]:
    person = alert.people.get(reader.member)
    if person is None or person.withdrawn:
        return ()
    if not alert.open:
        return ("note", "police")
    standing_proposal = alert.proposal
    closing: tuple[str, ...] = ("close",)
    if standing_proposal is not None:
        confirmable = standing_proposal.confirmed_by is None and standing_proposal.by != reader.member
        own_word = standing_proposal.by_worker and standing_proposal.confirmed_by is None
        closing = (*(("close",) if own_word else ()), *(("confirm",) if confirmable else ()), "object")
    return ("answer", "place", "note", "climb", "police", *closing)


def _closing(directory: Directory, proposal: Proposal | None) -> ClosingView | None:
    if proposal is None:
        return None
    return ClosingView(
        outcome=proposal.outcome,
        commits_at=moment_or_none(proposal.commits_at_ms),
        lapses_at=moment_or_none(proposal.lapses_at_ms),
        by=who(directory, proposal.by),
        by_worker=proposal.by_worker,
        confirmed_by=None if proposal.confirmed_by is None else who(directory, proposal.confirmed_by),
        note=proposal.note,
    )


def _deliveries(alert: Alert, directory: Directory, deliveries: Mapping[str, Delivery]) -> tuple[DeliveryView, ...]:
    """The newest, oldest of them first.  Replies to the worker's own texts are no deliveries of this alert."""
    theirs = [delivery for _, delivery in sorted(deliveries.items()) if delivery.member != alert.member]
    return tuple(
        DeliveryView(
            d.id, who(directory, d.member), d.channel, d.to, d.purpose, d.state, d.reason, d.attempts,
            moment(d.changed_at_ms),
        )
        for d in theirs[-DELIVERIES_SHOWN_MAX:]
    )  # fmt: skip


def _unreached(directory: Directory, people: Iterable[Person], *, now: bool) -> tuple[UnreachedView, ...]:
    """`now`: by their contacts as they are, too; a STOP that came after the last message counts at once (I14)."""
    found = (
        (person, person.unreachable or (_cut_off(directory.members.get(person.member)) if now else None))
        for person in people
    )
    return tuple(UnreachedView(who(directory, person.member), reason) for person, reason in found if reason)


def _cut_off(member: Member | None) -> Reason | None:
    """Why no contact of theirs wakes them; None while one does."""
    if member is None or any(contact.reaches for contact in member.contacts):
        return None
    waking = [contact for contact in member.contacts if contact.kind in REACHING]
    if any(contact.opted_out for contact in waking):
        return Reason.OPTED_OUT
    return next((Reason(contact.dead) for contact in waking if contact.dead), Reason.NO_CONTACT)


def _misses(directory: Directory, people: Iterable[Person]) -> tuple[MissesView, ...]:
    many = (person for person in people if person.number_misses >= NUMBER_MISSES_TOLD)
    return tuple(MissesView(who(directory, person.member), person.number_misses) for person in many)
