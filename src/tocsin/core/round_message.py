"""One message of a round: to whom and on what, its number, its words, and what became of it.  Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from tocsin.core.commands import Moved, Report
from tocsin.core.composer import drill_over_text, drill_round_text, reach_test_text, roll_call_text
from tocsin.core.delivery import FOR_EVER, Delivery, step
from tocsin.core.directory import Contact, Directory
from tocsin.core.limits import ROUND_VALID_MS
from tocsin.core.round import Round, RoundKind, Target
from tocsin.core.round_commands import ContactHeard, RollHeard
from tocsin.core.words import Channel, DeliveryState, Purpose, Reason

PURPOSES = {
    RoundKind.DRILL: Purpose.RING,
    RoundKind.REACH: Purpose.REACH_TEST,
    RoundKind.ROLL_CALL: Purpose.ANNOUNCEMENT,
}
ANSWERABLE = frozenset({Channel.SMS})  # What a number can be sent back on.


class RoundMessage(Struct, frozen=True, gc=False, kw_only=True):
    """A delivery, the number that answers it, and when what happened.  Times are the round's own clock."""

    delivery: Delivery
    number: str
    handed_over_ms: int | None = None
    delivered_ms: int | None = None
    answered_ms: int | None = None

    @property
    def to_send(self) -> bool:
        return self.delivery.state is DeliveryState.QUEUED

    @property
    def told(self) -> bool:
        """Has this person heard of the round, as far as anybody knows?"""
        return self.handed_over_ms is not None or self.answered_ms is not None

    @property
    def awaited(self) -> bool:
        """May an answer still come?"""
        states = (DeliveryState.QUEUED, DeliveryState.HANDED_OVER, DeliveryState.DELIVERED)
        return self.answered_ms is None and self.delivery.state in states


def contact_of(directory: Directory, target: Target, channels: frozenset[Channel]) -> Contact | Reason:
    """The contact by which this target may be told now, or why there is none."""
    member = directory.members.get(target.member)
    if member is None or member.suspended:
        return Reason.NO_LONGER_A_RECIPIENT
    theirs = [contact for contact in member.contacts if contact.kind in ANSWERABLE & channels]
    theirs = [contact for contact in theirs if target.contact in ("", contact.id)]
    for contact in theirs:
        if contact.usable:
            return contact
    return _why(theirs)


def _why(contacts: Sequence[Contact]) -> Reason:
    if any(contact.opted_out for contact in contacts):
        return Reason.OPTED_OUT
    return Reason.NUMBER_DEAD if any(contact.dead for contact in contacts) else Reason.NO_CONTACT


def message_to(now: Round, target: Target, found: Contact | Reason, id: str, number: str, at_ms: int) -> RoundMessage:
    """The message of this target, to be sent at once; one that cannot be sent says why and is over."""
    delivery = Delivery(
        id=id,
        alert=now.id,
        member=target.member,
        channel=Channel.SMS,
        contact=target.contact,
        to="",
        purpose=PURPOSES[now.kind],
        ringing=1,
        drill=now.kind is not RoundKind.ROLL_CALL,
        created_at_ms=at_ms,
        valid_until_ms=at_ms + ROUND_VALID_MS,
        due_at_ms=at_ms,
        changed_at_ms=at_ms,
    )
    if isinstance(found, Contact):
        delivery = replace(delivery, channel=found.kind, contact=found.id, to=found.to)
        return RoundMessage(delivery=delivery, number=number)
    barred = found is Reason.NO_LONGER_A_RECIPIENT
    state = DeliveryState.SUPERSEDED if barred else DeliveryState.UNDELIVERABLE
    return RoundMessage(delivery=replace(delivery, state=state, reason=found, due_at_ms=None, attempts=0), number="")


def over_message(told: RoundMessage, id: str, at_ms: int) -> RoundMessage:
    """What somebody who was told of a drill hears when something more important ended it."""
    delivery = replace(
        told.delivery,
        id=id,
        purpose=Purpose.DRILL_OVER,
        created_at_ms=at_ms,
        valid_until_ms=at_ms + ROUND_VALID_MS,
        due_at_ms=at_ms,
        state=DeliveryState.QUEUED,
        reason=None,
        attempts=1,
        provider_ref=None,
        provider_seq=0,
        changed_at_ms=at_ms,
        route=None,
        tried=(),
        lost_refs=(),
        version=0,
    )
    return RoundMessage(delivery=delivery, number="")


def still_wanted(directory: Directory, message: RoundMessage, channels: frozenset[Channel]) -> Contact | Reason:
    """Asked when it is sent: may this very contact still be told?"""
    delivery = message.delivery
    found = contact_of(directory, Target(delivery.member, delivery.contact), channels)
    if isinstance(found, Contact) and found.to != delivery.to:
        return Reason.NO_CONTACT
    return found


def advance(message: RoundMessage, report: Report, now_ms: int, routes: Sequence[str]) -> RoundMessage:
    """The message after this news.  A message that failed was the only one this person had here."""
    after = step(message.delivery, report, now_ms, routes)
    if after == message.delivery:
        return message
    if after.state is DeliveryState.FAILED:
        after = step(after, replace(report, moved=Moved.LAST, reason=after.reason), now_ms)
    handed, delivered = message.handed_over_ms, message.delivered_ms
    if handed is None and after.state in (DeliveryState.HANDED_OVER, DeliveryState.DELIVERED):
        handed = now_ms
    if delivered is None and after.state is DeliveryState.DELIVERED:
        delivered = now_ms
    return replace(message, delivery=after, handed_over_ms=handed, delivered_ms=delivered)


def answered(message: RoundMessage, now_ms: int) -> RoundMessage:
    """Its number came back.  The first time counts; whatever the carrier says of the message, it did arrive."""
    if message.answered_ms is not None:
        return message
    news = Report(org="", delivery=message.delivery.id, alert=message.delivery.alert, moved=Moved.ANSWERED, reason=None)
    return replace(advance(message, news, now_ms, ()), answered_ms=now_ms)


def heard_of(message: RoundMessage) -> ContactHeard | None:
    """What this says of the contact, for the record: that it was asked and answered, or that it is no good.

    Whoever has answered since is there, whatever a carrier said before.
    """
    delivery = message.delivery
    no_good = delivery.reason in FOR_EVER and delivery.attempts and not message.to_send
    reason = delivery.reason if no_good and message.answered_ms is None else None
    tests = delivery.purpose is Purpose.REACH_TEST and message.handed_over_ms is not None
    if reason is None and not tests:
        return None
    asked_ms, answered_ms = (message.handed_over_ms, message.answered_ms) if tests else (None, None)
    return ContactHeard(delivery.member, delivery.contact, asked_ms, answered_ms, reason, delivery.to)


def roll_heard_of(message: RoundMessage) -> RollHeard | None:
    """Does the message of a roll call reach its member, as far as anybody knows?  None: nobody knows yet.

    One that a carrier took is no failure until its validity ends, and whoever has answered was reached.
    """
    delivery = message.delivery
    if message.answered_ms is not None or delivery.state in (DeliveryState.HANDED_OVER, DeliveryState.DELIVERED):
        return RollHeard(delivery.member)
    if delivery.state is DeliveryState.UNDELIVERABLE:
        return RollHeard(delivery.member, delivery.reason or Reason.NOBODY_KNOWS)
    return None


def text_of_round(now: Round, message: RoundMessage, directory: Directory) -> str:
    """The words, from what is known at the moment of sending; one GSM-7 segment."""
    delivery = message.delivery
    member, site = directory.members.get(delivery.member), directory.sites.get(now.site)
    language = member.language if member else "en"
    if delivery.purpose is Purpose.DRILL_OVER:
        return drill_over_text(language, delivery.id)
    again = delivery.attempts > 1
    if now.kind is RoundKind.REACH:
        return reach_test_text(directory.name, message.number, language, delivery.id, again=again)
    name = site.name if site else directory.name
    if now.kind is RoundKind.ROLL_CALL:
        return roll_call_text(name, message.number, language, delivery.id, again=again)
    return drill_round_text(name, message.number, language, delivery.id, again=again)
