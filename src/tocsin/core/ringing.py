"""Ring people: make one message for each usable contact of each person asked, and climb when a rung reaches nobody.

Theory of operation
-------------------
`ring` is the only place that makes ring messages.  A message that still waits to be sent, or to be tried again, is
joined, not doubled: what it will say is composed when it goes out, so it carries the newest news anyway; and because
it is not begun anew, a phone that cannot be reached is known as such after SENDS_MAX tries, however often it rings.

A drill takes nobody from a real alert: whomever one has rung gets no message of a drill, and what waited for them is
taken back.  The drill itself does not know it: it asks them, waits for them and climbs as it would have, so that
nobody who watches it learns that somewhere somebody is in danger (ADR 10).

`climb` goes to the next rung and on past every rung that can reach nobody, at once.  Rung times count from the first
press of a pass; skipping ahead never moves the later rungs back.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from tocsin.core import events as e
from tocsin.core.alert_parts import Person
from tocsin.core.commands import Moved
from tocsin.core.delivery import Delivery
from tocsin.core.directory import Contact, Rung
from tocsin.core.docket import Draft
from tocsin.core.escalation import barred, can_be_reached, joining, may_still_come, reach, recipients, why_unreachable
from tocsin.core.limits import PUSH_VALID_MS, SECOND_MS, SMS_VALID_MS, VOICE_VALID_MS
from tocsin.core.numbers import answer_numbers
from tocsin.core.roster import may_close
from tocsin.core.words import REACHING, Answer, Channel, DeliveryState, Phase, Purpose, Reason, Why

RINGS = frozenset({Purpose.RING})
VALID_MS = {Channel.VOICE: VOICE_VALID_MS, Channel.PUSH: PUSH_VALID_MS}


def climb(draft: Draft, why: Why) -> None:
    """The next rung, and past those that reach nobody; after the backstop the ladder waits for its next pass."""
    rungs = draft.alert.plan.rungs
    while True:
        index = (draft.alert.rung + 1) % len(rungs)
        if index == 0 and draft.alert.ladder_pass > 0:
            why = Why.LADDER_REPEATS
        asked = recipients(draft.directory, draft.alert, rungs[index], draft.now_ms)
        ring(draft, asked, why, rung=index)
        if any(_reachable(draft, member) for member in asked) or index == len(rungs) - 1:
            break
        why = Why.RUNG_SKIPPED


def tend(draft: Draft) -> None:
    """What holds after anything that happened: no dead rung is waited for, enough people remain, or somebody knows."""
    if draft.alert.open:
        skip_dead_rung(draft)
        ring(draft, joining(draft.directory, draft.alert, draft.docket.world.channels), Why.TOO_FEW)
        mind_reach(draft)


def skip_dead_rung(draft: Draft) -> None:
    """Climb at once when nobody of the present rung is left to try; the backstop waits for the next pass."""
    alert = draft.alert
    last = alert.rung == len(alert.plan.rungs) - 1
    if alert.phase is Phase.CLIMBING and not last and not any(_reachable(draft, m) for m in alert.rung_asked):
        climb(draft, Why.RUNG_SKIPPED)


def mind_reach(draft: Draft) -> None:
    """Say aloud, once, that this alert reaches nobody, or nobody who has not said *cannot*."""
    if draft.alert.reaches_nobody:
        return
    left = (person.member for person in draft.alert.people.values() if person.reachable)
    if any(_may_still_come(draft, member) for member in left):
        return
    draft.record(e.ReachesNobody())
    draft.docket.pages.append("alert_reaches_nobody")


def ring(draft: Draft, members: Iterable[str], why: Why, rung: int | None = None) -> None:
    """Ring these people now.  On a rung, whoever has answered is left in peace; otherwise all of them are rung."""
    directory, before = draft.directory, draft.alert
    wanted = [m for m in members if not barred(directory, before.member, m)]
    answered = [m for m in wanted if _answered(before.people.get(m))] if rung is not None else []
    asked = [m for m in wanted if m not in answered] if answered else wanted
    if rung is None and not asked:
        return
    joined = [m for m in asked if m not in before.people]
    ways = {m: _ways(draft, m, rung) for m in asked}
    deliveries = [d for m in asked for d in _messages(draft, m, *ways[m])]
    unreachable = [m for m in asked if not _reaching(ways[m][1])]
    event = e.Rang(
        why=why,
        rung=rung,
        asked=tuple(asked),
        answered=tuple(answered),
        joined=tuple(e.Summons(m, _numbers(draft, m)) for m in joined),
        sendings=tuple(e.Sending(d.id, d.member, d.channel, d.contact, d.to) for d in deliveries),
        unreachable=tuple((m, why_unreachable(directory.members[m], draft.docket.world.channels)) for m in unreachable),
    )
    draft.record(event)
    for delivery in deliveries:
        draft.put(delivery)
    take_from_drills(draft, asked)
    for member, reason in event.unreachable:
        if member in joined:
            draft.put(_unreachable(draft, member, reason))


def take_from_drills(draft: Draft, members: Iterable[str]) -> None:
    """These are rung for real: what a drill still had to say to them is not said."""
    if draft.alert.drill:
        return
    for drill in draft.docket.open_drafts(lambda alert: True, "drill"):
        for delivery in [d for member in members for d in drill.messages_to(member)]:
            drill.move(delivery, Moved.WITHDRAWN, Reason.NEWER_MESSAGE)


def rung_for_real(draft: Draft, member: str) -> bool:
    """Is this the message of a drill to somebody whom a real alert has rung?"""
    if not draft.alert.drill:
        return False
    docket = draft.docket
    alerts = (docket.drafts[a.id].alert if a.id in docket.drafts else a for a in docket.world.open_alerts(docket.org))
    people = (alert.people.get(member) for alert in alerts if alert.open and not alert.drill)
    return any(person is not None and not person.withdrawn for person in people)


def _numbers(draft: Draft, member: str) -> tuple[str, str, str]:
    return answer_numbers(draft.docket.dice, draft.docket.numbers_taken(member), drill=draft.alert.drill)


def ring_everyone(draft: Draft, why: Why) -> None:
    """All who were ever rung, whatever they answered."""
    ring(draft, draft.alert.people, why)


def rung_person(draft: Draft, member: str) -> Person | None:
    """The person, if this alert rang them and they may still be told about it."""
    person = draft.alert.people.get(member)
    if person is None or person.withdrawn or barred(draft.directory, draft.alert.member, member):
        return None
    return person


def messages(draft: Draft, member: str, contacts: Iterable[Contact], purpose: Purpose, valid_ms: int) -> list[Delivery]:
    """One message of this purpose for each of these contacts."""
    if rung_for_real(draft, member):
        return []
    return [_delivery(draft, member, contact, purpose, draft.now_ms, valid_ms) for contact in contacts]


def _messages(draft: Draft, member: str, rung: Rung, groups: list[list[Contact]]) -> list[Delivery]:
    made: list[Delivery] = []
    if rung_for_real(draft, member):
        return made
    waiting = {d.contact for d in draft.messages_to(member) if d.purpose is Purpose.RING and _waits(d)}
    for number, group in enumerate(groups):
        at_ms = draft.now_ms + number * rung.stagger_s * SECOND_MS
        for contact in group:
            if contact.id not in waiting:
                made.append(_delivery(draft, member, contact, Purpose.RING, at_ms, _valid_ms(contact)))
    return made


def _waits(delivery: Delivery) -> bool:
    """Is it still to be sent, or a call under way: at their ear, or in the carrier's queue?"""
    calling = delivery.channel is Channel.VOICE and delivery.state is DeliveryState.HANDED_OVER
    return delivery.state is DeliveryState.QUEUED or (calling and delivery.recalled is None)


def _valid_ms(contact: Contact) -> int:
    return VALID_MS.get(contact.kind, SMS_VALID_MS)


def _delivery(draft: Draft, member: str, contact: Contact, purpose: Purpose, at_ms: int, valid_ms: int) -> Delivery:
    alert, now_ms = draft.alert, draft.now_ms
    return Delivery(
        id=draft.docket.id(),
        alert=alert.id,
        member=member,
        channel=contact.kind,
        contact=contact.id,
        to=contact.to,
        purpose=purpose,
        ringing=alert.ringing + 1,
        drill=alert.drill,
        created_at_ms=now_ms,
        valid_until_ms=at_ms + valid_ms,
        due_at_ms=at_ms,
        changed_at_ms=now_ms,
    )


def _unreachable(draft: Draft, member: str, reason: Reason) -> Delivery:
    """The row that shows a person that nothing could even be tried."""
    return Delivery(
        id=draft.docket.id(),
        alert=draft.alert.id,
        member=member,
        channel=Channel.SMS,
        contact="",
        to="",
        purpose=Purpose.RING,
        ringing=draft.alert.ringing,
        drill=draft.alert.drill,
        created_at_ms=draft.now_ms,
        valid_until_ms=draft.now_ms,
        due_at_ms=None,
        state=DeliveryState.UNDELIVERABLE,
        reason=reason,
        attempts=0,
        changed_at_ms=draft.now_ms,
    )


def _rung_of(draft: Draft, member: str, rung: int | None) -> Rung:
    """The rung that says by which channels: the one that rings now, else the last that asked for this person."""
    person = draft.alert.people.get(member)
    last = person.rung if person is not None else draft.alert.rung
    return draft.alert.plan.rungs[last if rung is None else rung]


def _ways(draft: Draft, member: str, rung: int | None) -> tuple[Rung, list[list[Contact]]]:
    asking = _rung_of(draft, member, rung)
    groups = _groups(draft, member, asking)
    if _reaching(groups):
        return asking, groups
    other = _another(draft, member, rung, asking)
    return other, _groups(draft, member, other)


def _another(draft: Draft, member: str, rung: int | None, asking: Rung) -> Rung:
    """The rung by whose ways this person is rung to whom that which asks has none: an earlier one, if it had one.

    Each rung adds people and ways; none takes back what reached somebody.  The supervisors and coordinators of the
    backstop, and those who join because too few remain, are the net below all plans: rung by whatever they have.
    """
    person = draft.alert.people.get(member)
    earlier = draft.alert.plan.rungs[person.joined_rung : person.rung + 1] if person is not None else ()
    for one in reversed(earlier):
        if _reaching(_groups(draft, member, one)):
            return _besides(one, asking)
    net = rung is None or rung == len(draft.alert.plan.rungs) - 1
    if net and may_close(draft.directory.members[member]):
        return _besides(replace(asking, channels=(tuple(sorted(REACHING)),)), asking)
    return asking


def _besides(one: Rung, asking: Rung) -> Rung:
    """By the ways of the one; and what the other only tells besides, such as by mail, it tells all the same."""
    known = {channel for group in one.channels for channel in group}
    more = tuple(channel for group in asking.channels for channel in group if channel not in known)
    return replace(one, channels=(*one.channels, more)) if more else one


def _groups(draft: Draft, member: str, rung: Rung) -> list[list[Contact]]:
    return reach(draft.directory.members[member], draft.docket.world.channels, rung.channels)


def _reaching(groups: list[list[Contact]]) -> bool:
    return any(contact.reaches for group in groups for contact in group)


def _reachable(draft: Draft, member: str) -> bool:
    if barred(draft.directory, draft.alert.member, member):
        return False
    return can_be_reached(draft.directory, draft.alert, member, draft.docket.world.channels)


def _may_still_come(draft: Draft, member: str) -> bool:
    if barred(draft.directory, draft.alert.member, member):
        return False
    return may_still_come(draft.directory, draft.alert, member, draft.docket.world.channels)


def _answered(person: Person | None) -> bool:
    """Has this person said something that still stands?  (*cannot* stands; a lapsed loan does not.)"""
    if person is None or person.answer is None:
        return False
    return person.next_ring_ms is None and (person.answer is Answer.CANNOT or person.loan_until_ms is not None)
