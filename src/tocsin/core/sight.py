"""Who may see an alert, and how much of it: the one module that hands an alert to a reader.

Theory of operation
-------------------
Need to know.  The worker sees their own alert; everyone it rang sees all of it but the messages; supervisors,
coordinators and auditors of the organisation see the messages too (an auditor can do nothing about it: it has not rung
them).  `barred` comes first: whoever may never be told about this person gets nothing, not even that there is
something.  A dead credential, a suspended member and a stranger see nothing of anything.

The worker's own view is another matter: it may have to show what is not so (`shadow.py`).  So may that of a wallboard
or a desk, which is public, and that of an administrator or a program, who only run the system (`screen_sight.py`): an
alert that hides is not there for them.  An administrator whom it rang is somebody whom it rang.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from tocsin.core.access.permissions import LINES, May, Reach, may_of, reach_of
from tocsin.core.access.words import Via
from tocsin.core.alert import Alert
from tocsin.core.alert_parts import Handover, Person, Proposal
from tocsin.core.delivery import Delivery
from tocsin.core.directory import Directory, Member
from tocsin.core.escalation import barred
from tocsin.core.handover import still_open
from tocsin.core.limits import DELIVERIES_SHOWN_MAX, NUMBER_MISSES_TOLD
from tocsin.core.roster import closers, may_close
from tocsin.core.screen_sight import public_lives, public_view, running_view, shown_lives
from tocsin.core.scripts import instruction, phrase
from tocsin.core.shadow import MAY as WORKER_MAY
from tocsin.core.shadow import life_of, lives_of, next_change_ms, worker_view
from tocsin.core.shown_parts import Fixes, answer_view, answered, place_view, who
from tocsin.core.views import (
    AlertView,
    ClosingView,
    DeliveryView,
    HandoverView,
    MissesView,
    NoteView,
    PoliceView,
    ScriptView,
    UnreachedView,
    Who,
    You,
    moment,
    moment_or_none,
)
from tocsin.core.words import REACHING, Duty, Reason


class Reader(Struct, frozen=True):
    """Who asks, by what.  `raise_only`: a revoked device, or one of a suspended or removed member.

    `site`: of a wallboard or a desk.  `running`: of a program's key, whether it may read alerts at all.  `alert`: of a
    link, the one that it is to, by the id under which its holder knows it.
    """

    member: str
    device: str
    raise_only: bool = False
    via: Via = Via.DEVICE
    site: str = ""
    running: bool = False
    alert: str = ""


class Standing(StrEnum):
    """What a reader is to an alert."""

    WORKER = "worker"
    RUNG = "rung"
    OVERSEER = "overseer"
    RUNNING = "running"
    PUBLIC = "public"


FOR_SCREENS = frozenset({Standing.RUNNING, Standing.PUBLIC})
SHOWN_LIVES = frozenset({Standing.WORKER, *FOR_SCREENS})  # To whom a shadow looks like an alert of its own.


def standing(alert: Alert, directory: Directory, reader: Reader) -> Standing | None:
    """None: for this reader the alert does not exist."""
    if reader.raise_only:
        return None
    match reader.via:
        case Via.KEY:
            return _if_shown(alert, Standing.RUNNING) if reader.running else None
        case Via.WALLBOARD:
            return _on_the_wall(alert, directory, reader.site)
        case Via.LINK:
            return _by_link(alert, directory, reader)
        case _:
            return _of_member(alert, directory, reader)


def _of_member(alert: Alert, directory: Directory, reader: Reader) -> Standing | None:
    member = directory.members.get(reader.member)
    if member is None or member.suspended:
        return None
    if alert.member == reader.member:
        return Standing.WORKER
    if reader.via is Via.DESK:
        return _on_the_wall(alert, directory, reader.site)
    if barred(directory, alert.member, reader.member):
        return None
    reach = reach_of(member.roles, May.READ_ALERTS, reader.via)
    person = alert.people.get(reader.member)
    if reach is Reach.ALL:
        return Standing.OVERSEER
    if person is not None and not person.withdrawn and reach is not Reach.NONE:
        return Standing.RUNG
    return _if_shown(alert, Standing.RUNNING) if reach is Reach.RUNNING else None


def _by_link(alert: Alert, directory: Directory, reader: Reader) -> Standing | None:
    """That one alert, as whoever it rang and never more; and what was raised by this very link."""
    what = _of_member(alert, directory, reader)
    if what is Standing.WORKER:
        return what if _of_this_link(alert, reader) else None
    person = alert.people.get(reader.member)
    called = alert.id == reader.alert and person is not None and not person.withdrawn
    return Standing.RUNG if called and what in (Standing.RUNG, Standing.OVERSEER) else None


def _of_this_link(alert: Alert, reader: Reader) -> bool:
    return alert.device == reader.device or reader.alert in lives_of(alert)


def runs_to(alert: Alert, directory: Directory, reader: Reader) -> bool:
    """Is this somebody whom it calls, while it calls?  What is around its places is theirs to see, by a link too."""
    return alert.open and standing(alert, directory, reader) is Standing.RUNG


def _on_the_wall(alert: Alert, directory: Directory, site: str) -> Standing | None:
    return Standing.PUBLIC if any(public_lives(alert, directory, site)) else None


def _if_shown(alert: Alert, what: Standing) -> Standing | None:
    """An alert that hides in all its lives is not there."""
    return what if any(shown_lives(alert)) else None


def shown_ids(alert: Alert, directory: Directory, reader: Reader) -> tuple[str, ...]:
    """Under which ids this reader knows the alert: none, its own, or those of its shadows."""
    what = standing(alert, directory, reader)
    if what is None:
        return ()
    if what is Standing.PUBLIC:
        return tuple(life.id for life in public_lives(alert, directory, reader.site))
    if what is Standing.RUNNING:
        return tuple(life.id for life in shown_lives(alert))
    return _lives_of(alert, reader) if what is Standing.WORKER else (alert.id,)


def _lives_of(alert: Alert, reader: Reader) -> tuple[str, ...]:
    """By a link from the worker's own text: the life that it is to, alone."""
    lives = lives_of(alert)
    return (reader.alert,) if reader.via is Via.LINK and reader.alert in lives else lives


def looks_open(alert: Alert, shown_id: str, directory: Directory, reader: Reader) -> bool:
    """Is it open as far as this reader can tell?"""
    if standing(alert, directory, reader) not in SHOWN_LIVES:
        return alert.open
    life = life_of(alert, shown_id)
    return life is not None and life.closed_ms is None


def changes_by_itself_ms(alert: Alert, directory: Directory, reader: Reader, now_ms: int) -> int | None:
    """When time alone, and nothing that happens, next changes what this reader is shown: of a shadow it does."""
    if not alert.open or standing(alert, directory, reader) not in SHOWN_LIVES:
        return None
    return next_change_ms(alert, directory, now_ms)


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
    if what is None or shown_id not in shown_ids(alert, directory, reader):
        return None
    if what in (Standing.OVERSEER, Standing.RUNG):
        told = deliveries if what is Standing.OVERSEER else None
        return _whole(alert, directory, told, fixes, reader, now_ms, linked)
    life = life_of(alert, shown_id)
    assert life is not None
    if what is Standing.WORKER:
        view = worker_view(alert, life, directory, fixes, now_ms)
        acts = _with(reader, WORKER_MAY if view.closed_at is None else ())
        return view if reader.via is not Via.LINK else replace(view, you=You(reader.member, acts))
    if what is Standing.PUBLIC:
        return public_view(alert, life, directory, now_ms)
    return running_view(alert, life, directory, deliveries, now_ms)


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
        run_by=None if alert.run_by is None else who(directory, alert.run_by),
        handover=_handover(directory, alert.handover),
        still_open=still_open(alert) if alert.open else (),
        can_take=_can_take(alert, directory, reader.member),
        scripts=_scripts(alert, directory.members[reader.member].language),
        says_safe=alert.said_safe,
        under_duress=alert.under_duress,
        came=alert.came,
        site=alert.site,
        occurred_at=moment_or_none(alert.occurred_at_ms),
        places=tuple(place_view(spot, fixes) for spot in alert.places.values()),
        rung=alert.rung,
        needed=alert.plan.needed,
        next_rung_at=moment(alert.next_rung_ms) if alert.open else None,
        people_rung=sum(person.reachable for person in people),
        reaches_nobody=alert.reaches_nobody,
        answers=tuple(answer_view(p, who(directory, p.member)) for p in answered(alert.people.values())),
        deliveries=UNSET if deliveries is None else _deliveries(alert, directory, deliveries),
        unreached=UNSET if deliveries is None else _unreached(directory, people, now=alert.open),
        number_misses=_misses(directory, alert.people.values()),
        notes=tuple(NoteView(_author(directory, note.by), note.text, moment(note.at_ms)) for note in alert.notes),
        police=tuple(PoliceView(who(directory, p.by), p.who, p.number, moment(p.at_ms)) for p in alert.police),
        linked=_linked(linked, directory, reader),
        warnings=alert.findings,
        you=You(reader.member, _with(reader, _may(alert, directory, reader)), _do(alert, directory, reader.member)),
        server_now=moment(now_ms),
    )


def _linked(linked: Iterable[Alert], directory: Directory, reader: Reader) -> tuple[str, ...]:
    """Those that this reader may see, but never their own: that it is named tells that it lives on after duress."""
    others = (other for other in linked if other.member != reader.member)
    return tuple(other.id for other in others if standing(other, directory, reader) is not None)


def _author(directory: Directory, member: str) -> Who | None:
    return who(directory, member) if member in directory.members else None


def _with(reader: Reader, granted: tuple[str, ...]) -> tuple[str, ...]:
    """Of all that this person may do here, what they may by this credential: a link closes nothing."""
    return (
        granted if reader.via is not Via.LINK else tuple(act for act in granted if reader.via in LINES[may_of(act)].by)
    )


def _may(alert: Alert, directory: Directory, reader: Reader) -> tuple[str, ...]:
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
    return ("answer", "place", "note", "climb", "police", *_running(alert, directory, reader.member), *closing)


def _do(alert: Alert, directory: Directory, member: str) -> str | UnsetType:
    """What their own duty does, in their language; of a drill what everybody does."""
    known, person = directory.members[member], alert.people.get(member)
    if person is None or person.withdrawn:
        return UNSET
    if alert.drill:
        return phrase(known.language, "drill_do")
    return instruction(known.duties, known.language, alert.plan.scripts)


def _running(alert: Alert, directory: Directory, member: str) -> tuple[str, ...]:
    """Hand it over, take it: for those who may close."""
    if not may_close(directory.members[member]):
        return ()
    handed = alert.handover is not None and alert.handover.to == member
    free = alert.run_by is None
    return ("handover", *(("handover/take",) if handed or free else ()))


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


def _can_take(alert: Alert, directory: Directory, member: str) -> tuple[Who, ...] | UnsetType:
    """Whom somebody who may hand it over may ask.  Those who are tied stand there too: their absence would tell it."""
    person = alert.people.get(member)
    if not alert.open or person is None or person.withdrawn or not may_close(directory.members[member]):
        return UNSET
    others = (one for one in closers(directory) if one.id not in (member, alert.member) and not one.suspended)
    return tuple(who(directory, one.id) for one in others)


def _scripts(alert: Alert, language: str) -> tuple[ScriptView, ...]:
    """What each duty does, those of nobody in particular first; of a drill only what everybody does."""
    if alert.drill:
        return (ScriptView(Duty.EVERYONE, phrase(language, "drill_do")),)
    duties = (Duty.EVERYONE, *(duty for duty in Duty if duty is not Duty.EVERYONE))
    return tuple(ScriptView(duty, instruction((duty,), language, alert.plan.scripts)) for duty in duties)


def _handover(directory: Directory, handover: Handover | None) -> HandoverView | None:
    if handover is None:
        return None
    by, to = who(directory, handover.by), who(directory, handover.to)
    return HandoverView(by, to, moment(handover.at_ms), handover.still_open, handover.text)


def _deliveries(alert: Alert, directory: Directory, deliveries: Mapping[str, Delivery]) -> tuple[DeliveryView, ...]:
    """The newest, oldest of them first.  Replies to the worker's own texts are no deliveries of this alert."""
    theirs = [delivery for _, delivery in sorted(deliveries.items()) if delivery.member != alert.member]
    return tuple(
        DeliveryView(
            d.id, who(directory, d.member), d.channel, d.shown_to, d.purpose, d.state, d.reason, d.attempts,
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
