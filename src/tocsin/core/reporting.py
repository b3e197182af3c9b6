"""News of a delivery: what it does to the message, to the person, and to the climb.

News that changes nothing of its message changes nothing at all: a callback that comes ten times is one.  What a vendor
says of a number is believed of that number only, and not once it is old: STOP and START may have come since.

A person is *not reached* when no message of theirs is left that may still arrive; that is shown at once, and a rung of
whom nobody is left is climbed.  A late *undelivered* re-opens the obligation: it takes back what looked delivered.
"""

from __future__ import annotations

from tocsin.core import events as e
from tocsin.core.access.closed_numbers import PHONES, refused
from tocsin.core.alert_parts import Person
from tocsin.core.busy_line import mind_the_line
from tocsin.core.closing import WITHDRAWN_AT_CLOSE, all_clear
from tocsin.core.commands import Declined, Done, Moved, Problem, Reply, Report
from tocsin.core.delivery import BLOCKED, FOR_EVER, Delivery, of_a_former_send, step
from tocsin.core.directory import Contact
from tocsin.core.docket import Docket, Draft
from tocsin.core.limits import SECOND_MS
from tocsin.core.words import REACHING, DeliveryState, Purpose, Reason

BELIEVED_MS = 3_600 * SECOND_MS  # What a vendor says of a number this long after the message's end is history.
UNDER_WAY = frozenset({DeliveryState.QUEUED, DeliveryState.HANDED_OVER})
OVER = frozenset({DeliveryState.FAILED, DeliveryState.UNDELIVERABLE})
ARRIVED = frozenset({Moved.ACCEPTED, Moved.DELIVERED})
WANTS_ANOTHER = frozenset({Moved.REFUSED, Moved.UNKNOWN, Moved.UNDELIVERED, Moved.ENDED})  # A vendor, perhaps.
UNHEARD_OF = frozenset({DeliveryState.ANSWERED, DeliveryState.SUPERSEDED})  # Such a message takes no news itself.


def report(draft: Draft, news: Report) -> Reply:
    """Take the news; a delivery unknown here is somebody else's callback."""
    before = draft.delivery(news.delivery)
    if before is None or of_another_send(before, news):
        return Declined(problem=Problem.NO_SUCH_DELIVERY)
    routes = _routes(draft, before) if news.moved in WANTS_ANOTHER else ()
    after = step(before, news, draft.now_ms, routes, final=_final(draft, before))
    changed = after != before
    if changed:
        draft.put(after)
        _mind_route(draft, before, after, news)
    if changed or before.state in UNHEARD_OF:
        mind_contact(draft.docket, after, news)
    if after.purpose is Purpose.RING and after.channel in REACHING:
        _mind_person(draft, after, news, changed)
    mind_the_line(draft, before, after, news)
    return Done(known=not changed)


def of_another_send(delivery: Delivery, news: Report) -> bool:
    """Does this speak of a send that we never made?  Where news does not say of which: one that we do not believe."""
    if news.send is not None and news.send != delivery.attempts:
        return news.send > delivery.attempts or news.send < 1
    if news.provider_ref is None or delivery.provider_ref in (None, news.provider_ref):
        return False
    return news.send is not None or delivery.attempts == 1 or news.moved in (Moved.UNDELIVERED, Moved.ENDED)


def _final(draft: Draft, delivery: Delivery) -> bool:
    """After the close no send begins but of what is said at the close (I9)."""
    return not draft.alert.open and delivery.purpose in WITHDRAWN_AT_CLOSE


def _routes(draft: Draft, delivery: Delivery) -> tuple[str, ...]:
    """The vendors this message may still be given to; none once a newer one rings the same contact.

    Asked only where it may matter: it looks at all that this person was sent.
    """
    theirs = (d for d in draft.messages_to(delivery.member) if d.contact == delivery.contact)
    if any(d.ringing > delivery.ringing and d.purpose is delivery.purpose for d in theirs):
        return ()
    return draft.docket.world.routes.get(delivery.channel, ())


def _mind_route(draft: Draft, before: Delivery, after: Delivery, news: Report) -> None:
    """A number that one vendor could not reach and another did is rung by that other from now on."""
    if news.moved is not Moved.DELIVERED or of_a_former_send(before, news):
        return
    if after.tried and after.reason in BLOCKED and _contact(draft.docket, after) is not None:
        draft.docket.change_contact(draft.directory.members[after.member], after.contact, route=after.route)


def mind_contact(docket: Docket, delivery: Delivery, news: Report) -> None:
    """What the carrier says of the number itself holds everywhere, at once."""
    reason = news.reason
    if reason is None or reason not in FOR_EVER or docket.now_ms >= delivery.valid_until_ms + BELIEVED_MS:
        return
    if delivery.channel in PHONES:
        refused(docket, delivery.channel, delivery.to, reason)
    elif _contact(docket, delivery) is not None:
        theirs = {"opted_out": True} if reason is Reason.OPTED_OUT else {"dead": reason.value}
        docket.change_contact(docket.directory.members[delivery.member], delivery.contact, **theirs)


def _contact(docket: Docket, delivery: Delivery) -> Contact | None:
    """The contact this went to, if it still is that number."""
    member = docket.directory.members.get(delivery.member)
    theirs = member.contacts if member else ()
    return next((known for known in theirs if known.id == delivery.contact and known.to == delivery.to), None)


def _mind_person(draft: Draft, delivery: Delivery, news: Report, changed: bool) -> None:
    person = draft.alert.people[delivery.member]
    if not draft.alert.open:
        _late_arrival(draft, person, delivery, news)
    elif not changed:
        return
    elif news.moved in ARRIVED and delivery.live:
        if person.unreachable is not None or draft.alert.reaches_nobody:
            draft.record(e.ReachedAgain(member=person.member))
    elif delivery.state in OVER:
        _failed(draft, person, delivery)


def _late_arrival(draft: Draft, person: Person, delivery: Delivery, news: Report) -> None:
    """Sent while the alert closed: whoever was rung after all is told that it is over."""
    if news.moved in ARRIVED and not draft.alert.drill:
        all_clear(draft, person, contact=delivery.contact)


def _failed(draft: Draft, person: Person, delivery: Delivery) -> None:
    theirs = [d for d in draft.messages_to(person.member) if d.purpose is Purpose.RING and d.channel in REACHING]
    newest = max(d.ringing for d in theirs)
    if any(d.live for d in theirs if d.ringing == newest or d.state in UNDER_WAY):
        return
    draft.move(delivery, Moved.LAST)
    if person.unreachable is None and _owes_nothing(person):
        draft.record(e.NotReached(member=person.member, reason=delivery.reason or Reason.VENDOR_REFUSED))


def _owes_nothing(person: Person) -> bool:
    return person.answer is None or not person.counts
