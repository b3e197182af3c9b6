"""Whom an alert may ring, whom a rung means, and by which contacts: asked anew each time a message is made or sent.

Theory of operation
-------------------
Nobody stands on a list.  A rung names an audience in words (*on_shift*, *role:supervisor*, *member:ID* …) and the
people are found when it rings, from the roster of that instant.  `barred` is the one place that says who may never be
told: the person in danger, the suspended, those marked as not to be told about that person.

If fewer than `needed` people, or nobody who may close, would remain, or all of them said *cannot*, every untied
supervisor and coordinator of the organisation joins.  Only people who can be reached count: an opted-out phone is no
helper.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from tocsin.core.alert import Alert
from tocsin.core.alert_parts import NOTHING_TO_TRY, Person
from tocsin.core.directory import Contact, Directory, Member, Plan, Rung
from tocsin.core.limits import NEEDED_MIN
from tocsin.core.roster import closers, coordinators, duty_supervisors, may_close, on_shift
from tocsin.core.words import REACHING, Answer, Channel, Kind, Reason

EVERY_CHANNEL = ((Channel.PUSH, Channel.SMS, Channel.VOICE),)
OWN_RUNG = Rung(0, ("duty_supervisor", "coordinators"), EVERY_CHANNEL)
NO_PLAN = Plan(
    site="",
    kind=Kind.SOS,
    needed=NEEDED_MIN,
    rungs=(Rung(0, ("on_shift",), EVERY_CHANNEL), Rung(30, ("closers",), EVERY_CHANNEL)),
    version=0,
)


class Barred(StrEnum):
    """Why somebody may never be told about an alert."""

    IN_DANGER = "in_danger"
    SUSPENDED = "suspended"
    TIED = "tied"
    NOBODY = "nobody"  # Unknown here, or the seat of a desk.


def barred(directory: Directory, about: str, member_id: str) -> bool:
    """May this member never be told about alerts of `about`?  Unknown people are told nothing, nor is a desk's seat."""
    return why_barred(directory, about, member_id) is not None


def why_barred(directory: Directory, about: str, member_id: str) -> Barred | None:
    """The same with its reason, which is for those who may know of ties; None: they may be told."""
    member = directory.members.get(member_id)
    if member is None or member.seat:
        return Barred.NOBODY
    if member.id == about:
        return Barred.IN_DANGER
    if member.suspended:
        return Barred.SUSPENDED
    return Barred.TIED if about in member.not_told_about else None


def audience(directory: Directory, site: str, rung: Rung, now_ms: int, *, watched: bool = False) -> list[str]:
    """The member ids a rung means now, each once, barred ones included.  `watched`: as in `on_shift`."""
    found: list[str] = []
    for words in rung.audience:
        found.extend(_named(directory, site, words, now_ms, watched))
    return list(dict.fromkeys(found))


def _named(directory: Directory, site: str, words: str, now_ms: int, watched: bool) -> Iterable[str]:
    (kind, _, name), members = words.partition(":"), directory.members
    match kind:
        case "on_shift":
            return on_shift(directory, site, now_ms, watched=watched)
        case "role":
            here = on_shift(directory, site, now_ms, watched=watched)
            return [m for m in here if name in members[m].roles]
        case "member":
            return [name] if name in members else []
        case "site":
            return on_shift(directory, name, now_ms, watched=watched)
        case "duty_supervisor":
            return duty_supervisors(directory, site, now_ms)
        case "coordinators":
            return coordinators(directory)
        case _:
            return [member.id for member in closers(directory)]


def reach(member: Member, channels: frozenset[Channel], wanted: Iterable[Iterable[Channel]]) -> list[list[Contact]]:
    """The usable contacts of a member, in the groups of the rung (each group at once)."""
    groups = []
    for group in wanted:
        kinds = channels.intersection(group)
        groups.append([contact for contact in member.contacts if contact.usable and contact.kind in kinds])
    return groups


def why_unreachable(member: Member, channels: frozenset[Channel]) -> Reason:
    """The word for a member without a usable contact."""
    theirs = [contact for contact in member.contacts if contact.kind in channels & REACHING]
    if any(contact.opted_out for contact in theirs):
        return Reason.OPTED_OUT
    return Reason.NUMBER_DEAD if any(contact.dead for contact in theirs) else Reason.NO_CONTACT


def can_be_reached(directory: Directory, alert: Alert, member_id: str, channels: frozenset[Channel]) -> bool:
    """Is anything left to try for this person, as far as we know now?"""
    person = alert.people.get(member_id)
    if person is not None and not person.reachable:
        return False
    member = directory.members[member_id]
    return any(contact.reaches and contact.kind in channels for contact in member.contacts)


def may_still_come(directory: Directory, alert: Alert, member_id: str, channels: frozenset[Channel]) -> bool:
    """Can this person be reached, and have they not said *cannot*?  Whoever has is no longer rung."""
    person = alert.people.get(member_id)
    refused = person is not None and _refused(person)
    return not refused and can_be_reached(directory, alert, member_id, channels)


def _refused(person: Person) -> bool:
    return person.counts and person.answer is Answer.CANNOT


def recipients(directory: Directory, alert: Alert, rung: Rung, now_ms: int) -> list[str]:
    """Whom this rung rings now; nobody barred is among them."""
    watched = is_watched(directory, alert)
    meant = audience(directory, alert.site, rung, now_ms, watched=watched)
    return [m for m in meant if not barred(directory, alert.member, m)]


def is_watched(directory: Directory, alert: Alert) -> bool:
    """Was, or is, the one in danger in a watch window?"""
    member = directory.members.get(alert.member)
    return alert.watch_window or (member is not None and member.watch_window)


def joining(directory: Directory, alert: Alert, channels: frozenset[Channel]) -> list[str]:
    """Who joins because too few of those rung so far remain; empty while enough do."""
    if _enough_remain(directory, alert, channels):
        return []
    new = (m.id for m in closers(directory) if m.id not in alert.people or _has_another_way(m, alert, channels))
    return [id for id in new if not barred(directory, alert.member, id)]


def _enough_remain(directory: Directory, alert: Alert, channels: frozenset[Channel]) -> bool:
    """As many as are needed, one who may close, and one who has not said *cannot*.

    It ends as soon as it knows, and asks of nobody what it need not: it is asked whenever one of thousands can not be
    reached.
    """
    members, needed, closing, coming = directory.members, alert.plan.needed, False, False
    for id, person in alert.people.items():
        if person.unreachable is not None or person.withdrawn or id not in members:
            continue
        closes, comes = not closing and may_close(members[id]), not coming and not _refused(person)
        if not (needed > 0 or closes or comes) or not _remains(directory, alert, id, channels):
            continue
        needed, closing, coming = needed - 1, closing or closes, coming or comes
        if needed <= 0 and closing and coming:
            return True
    return False


def _remains(directory: Directory, alert: Alert, id: str, channels: frozenset[Channel]) -> bool:
    return not barred(directory, alert.member, id) and can_be_reached(directory, alert, id, channels)


def _has_another_way(member: Member, alert: Alert, channels: frozenset[Channel]) -> bool:
    """Did the steps that asked for them have no way to them, though there is one?"""
    untried = alert.people[member.id].unreachable in NOTHING_TO_TRY
    return untried and any(contact.reaches and contact.kind in channels for contact in member.contacts)


def plan_for(directory: Directory, site: str, kind: Kind) -> Plan:
    """The plan of the site for this kind, else its SOS plan, else one that rings whoever there is."""
    plans = [plan for plan in directory.plans if plan.site == site]
    for wanted in (kind, Kind.SOS):
        for plan in plans:
            if plan.kind is wanted:
                return plan
    return NO_PLAN


def plan_besides(plan: Plan, *, suspended: bool) -> Plan:
    """The plan of a press that came by a dead credential: besides the rungs, or instead of them (suspended)."""
    if suspended:
        return Plan(plan.site, plan.kind, plan.needed, (OWN_RUNG, Rung(30, ("closers",), EVERY_CHANNEL)), plan.scripts)
    first = plan.rungs[0]
    rung = Rung(0, (*first.audience, *OWN_RUNG.audience), first.channels, first.repeat_s, first.stagger_s)
    return Plan(plan.site, plan.kind, plan.needed, (rung, *plan.rungs[1:]), plan.scripts, plan.version)
