"""Ring people: make one message for each usable contact of each person asked.

Theory of operation
-------------------
Whom, by which ways and on which rung is `ladder.py`; here it becomes messages.

`ring` is the only place that makes ring messages.  A message that still waits to be sent, or to be tried again, is
joined, not doubled: what it will say is composed when it goes out, so it carries the newest news anyway; and because
it is not begun anew, a phone that cannot be reached is known as such after SENDS_MAX tries, however often it rings.

A drill takes nobody from a real alert: whomever one has rung gets no message of a drill, and what waited for them is
taken back.  The drill itself does not know it: it asks them, waits for them and climbs as it would have, so that
nobody who watches it learns that somewhere somebody is in danger (ADR 10).
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from tocsin.core import events as e
from tocsin.core import ladder
from tocsin.core.alert_parts import Person
from tocsin.core.commands import Moved
from tocsin.core.delivery import Delivery
from tocsin.core.directory import Contact, Rung
from tocsin.core.docket import Draft
from tocsin.core.escalation import barred
from tocsin.core.ladder import Ringing, rang
from tocsin.core.limits import PUSH_VALID_MS, SECOND_MS, SMS_VALID_MS, VOICE_VALID_MS
from tocsin.core.numbers import answer_numbers
from tocsin.core.words import Answer, Channel, DeliveryState, Purpose, Reason, Why

RINGS = frozenset({Purpose.RING})
VALID_MS = {Channel.VOICE: VOICE_VALID_MS, Channel.PUSH: PUSH_VALID_MS}


def climb(draft: Draft, why: Why) -> None:
    """The next rung, and past those that reach nobody."""
    _ring_all(draft, ladder.climb(draft, why))


def tend(draft: Draft) -> None:
    """What holds after anything that happened: no dead rung is waited for, enough people remain, or somebody knows."""
    if draft.alert.open:
        _ring_all(draft, ladder.tend(draft))
        mind_reach(draft)


def _ring_all(draft: Draft, ringings: Iterable[Ringing]) -> None:
    for ringing in ringings:
        _ring(draft, ringing)


def mind_reach(draft: Draft) -> None:
    """Say aloud, once, that this alert reaches nobody, or nobody who has not said *cannot*."""
    if not draft.alert.reaches_nobody and not ladder.may_anybody_come(draft):
        draft.record(e.ReachesNobody())
        draft.docket.pages.append("alert_reaches_nobody")


def ring(draft: Draft, members: Iterable[str], why: Why) -> None:
    """Ring these people now, whatever they have answered."""
    _ring(draft, Ringing(members, why))


def _ring(draft: Draft, ringing: Ringing) -> None:
    found = rang(draft, ringing, _answered)
    if found is None:
        return
    event, ways = found
    deliveries = [d for m in event.asked for d in _messages(draft, m, *ways[m])]
    joined = tuple(replace(summons, numbers=_numbers(draft, summons.member)) for summons in event.joined)
    sendings = tuple(e.Sending(d.id, d.member, d.channel, d.contact, d.to) for d in deliveries)
    event = replace(event, joined=joined, sendings=sendings)
    draft.record(event)
    for delivery in deliveries:
        draft.put(delivery)
    take_from_drills(draft, event.asked)
    new = {summons.member for summons in joined}
    for member, reason in event.unreachable:
        if member in new:
            draft.put(_unreachable(draft, member, reason))


def _answered(person: Person) -> bool:
    """Has this person said something that still stands?  (*cannot* stands; a lapsed loan does not.)"""
    if person.answer is None or person.next_ring_ms is not None:
        return False
    return person.answer is Answer.CANNOT or person.loan_until_ms is not None


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
