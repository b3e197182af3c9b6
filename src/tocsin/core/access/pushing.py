"""A phone is subscribed, proven and let go; whatever ends its phone ends its pushes in the same decision.

Theory of operation
-------------------
`Subscribe` repeated with the same address and keys is the same subscription; with others it takes the place of the
phone's older one.  Its contact is not verified, so nobody is rung by it, until the receipt of a test has come back
(`PushProven`): a push service that takes messages for a phone in a drawer proves nothing.

A test is only what makes a receipt possible; it goes past the outbox, is sent once, and where it is lost the phone's
page asks for another.  `follow` looks at what a decision changed: a contact that a push service has called dead ends
its subscription, an ended phone takes its contact along.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from tocsin.core.access.permissions import May
from tocsin.core.access.permit import refused
from tocsin.core.access.push_commands import AskPushTest, PushGone, PushProven, Subscribe, Unsubscribe
from tocsin.core.access.push_record import CONTACT, PushEnded, PushState, Subscription, contact_of, ended, pushes_of
from tocsin.core.access.record import SYSTEM
from tocsin.core.commands import Done, Reply
from tocsin.core.directory import Contact, Device, Directory, Member
from tocsin.core.docket import Docket
from tocsin.core.limits import DAY_MS, PUSH_TEST_EVERY_MS
from tocsin.core.refusals import NO_SUCH_RECORD
from tocsin.core.words import Channel, Reason

DONE, KNOWN = Done(), Done(known=True)


# What a phone asks ---------------------------------------------------------------------------------------------------


def subscribe(docket: Docket, command: Subscribe) -> Reply:
    """`Done.known`: it was subscribed so before.  Else a test is wanted now: nothing is rung by it until it came."""
    declined = refused(docket, command.by, May.KEEP_PUSH)
    if declined is not None:
        return declined
    device = docket.directory.devices[command.by.credential]
    before = _open_one(docket, device)
    if before is not None and _same(before, command):
        if docket.now_ms - before.seen_ms >= DAY_MS:
            docket.keep(replace(before, seen_ms=docket.now_ms))
        return KNOWN
    if before is not None:
        docket.keep(ended(before, PushEnded.REPLACED))
    _take_from_others(docket, command)
    _begin(docket, device, command)
    return DONE


def _same(known: Subscription, command: Subscribe) -> bool:
    return (known.endpoint, known.p256dh, known.auth) == (command.endpoint, command.p256dh, command.auth)


def _take_from_others(docket: Docket, command: Subscribe) -> None:
    """A browser in which somebody else was enrolled before must not go on showing what is theirs."""
    same = [one for one in docket.all_kept(Subscription).values() if one.endpoint == command.endpoint]
    for one in same:
        _over(docket, one.id, PushEnded.REPLACED)
        _forget(docket, docket.directory.devices[one.device])


def _begin(docket: Docket, device: Device, command: Subscribe) -> None:
    made = Subscription(
        id=docket.id(),
        member=device.member,
        device=device.id,
        endpoint=command.endpoint,
        p256dh=command.p256dh,
        auth=command.auth,
        made_ms=docket.now_ms,
        seen_ms=docket.now_ms,
    )
    docket.keep(made)
    contact = Contact(contact_of(device.id), Channel.PUSH, made.id, asked_ms=docket.now_ms)
    others = _without(docket.directory.members[device.member], contact.id)
    docket.change_member(device.member, contacts=(*others, contact))
    docket.act(command.by, "push_subscribed", about=device.member, subject=device.id)


def unsubscribe(docket: Docket, command: Unsubscribe) -> Reply:
    """Like an opt-out it never waits; what has no subscription is answered alike."""
    declined = refused(docket, command.by, May.KEEP_PUSH)
    if declined is not None:
        return declined
    device = docket.directory.devices[command.by.credential]
    known = _open_one(docket, device)
    if known is not None:
        docket.keep(ended(known, PushEnded.TAKEN_BACK))
        docket.act(command.by, "push_ended", about=device.member, subject=device.id, detail=PushEnded.TAKEN_BACK)
    _forget(docket, device)
    return DONE


def ask_test(docket: Docket, command: AskPushTest) -> Reply:
    """Its receipt will be awaited.  `Done.known`: one went out a moment ago, and no other shall."""
    declined = refused(docket, command.by, May.KEEP_PUSH)
    if declined is not None:
        return declined
    device = docket.directory.devices[command.by.credential]
    contact = contact_in(docket.directory, device)
    if contact is None or _open_one(docket, device) is None:
        return NO_SUCH_RECORD
    if contact.asked_ms is not None and docket.now_ms - contact.asked_ms < PUSH_TEST_EVERY_MS:
        return KNOWN
    docket.change_contact(docket.directory.members[device.member], contact.id, asked_ms=docket.now_ms)
    return DONE


# What comes back -----------------------------------------------------------------------------------------------------


def push_proven(docket: Docket, command: PushProven) -> Reply:
    """From now on it counts as reach.  The receipt of an older test than the last, or a second one, changes nothing."""
    found = _of(docket, command.subscription)
    if found is None:
        return NO_SUCH_RECORD
    member, contact = found
    if contact.asked_ms != command.asked_ms:
        return KNOWN
    if contact.verified and contact.answered_ms is not None and contact.answered_ms >= command.asked_ms:
        return KNOWN
    docket.change_contact(member, contact.id, verified=True, answered_ms=docket.now_ms)
    if not contact.verified:
        docket.act(SYSTEM, "push_proven", about=member.id, subject=contact.id.removeprefix(CONTACT))
    return DONE


def push_gone(docket: Docket, command: PushGone) -> Reply:
    """As where a ring hears it: the contact is dead, which `follow` takes further."""
    found = _of(docket, command.subscription)
    if found is None:
        return NO_SUCH_RECORD
    member, contact = found
    docket.change_contact(member, contact.id, dead=Reason.ADDRESS_DEAD.value)
    return DONE


def _of(docket: Docket, id: str) -> tuple[Member, Contact] | None:
    """Whose it is, as long as it lasts."""
    known = docket.kept(Subscription, id)
    if known is None or not known.open:
        return None
    member = docket.directory.members[known.member]
    return next(((member, contact) for contact in pushes_of(member) if contact.to == id), None)


# What other decisions do to it ---------------------------------------------------------------------------------------


def follow(docket: Docket) -> None:
    """Whatever was decided: what was called dead, and what has lost its phone or its member, takes no push any more."""
    for member in list(docket.members):
        for contact in pushes_of(docket.directory.members.get(member.id)):
            if contact.dead is not None:
                _over(docket, contact.to, PushEnded.GONE)
    for device in [device for device in docket.devices if device.revoked]:
        held = contact_in(docket.directory, device)
        if held is not None:
            _over(docket, held.to, PushEnded.PHONE_ENDED)
            _forget(docket, device)
    before = docket.world.directory(docket.org).members
    for id in docket.removed_members:
        for contact in pushes_of(before.get(id)):
            _over(docket, contact.to, PushEnded.PHONE_ENDED)


def _over(docket: Docket, id: str, why: PushEnded) -> None:
    known = docket.kept(Subscription, id)
    if known is not None and known.open:
        docket.keep(ended(known, why))
        docket.act(SYSTEM, "push_ended", about=known.member, subject=known.device, detail=why)


def _forget(docket: Docket, device: Device) -> None:
    member = docket.directory.members.get(device.member)
    if member is not None and contact_in(docket.directory, device) is not None:
        docket.change_member(member.id, contacts=tuple(_without(member, contact_of(device.id))))


# Looking -------------------------------------------------------------------------------------------------------------


def contact_in(directory: Directory, device: Device) -> Contact | None:
    """The contact that stands for this phone's subscription."""
    theirs = pushes_of(directory.members.get(device.member))
    return next((contact for contact in theirs if contact.id == contact_of(device.id)), None)


def state_of(directory: Directory, device: Device) -> tuple[PushState, int | None]:
    """What the phone is told of its own subscription, and when it was last proven."""
    contact = contact_in(directory, device)
    if contact is None:
        return PushState.NONE, None
    if contact.dead is not None:
        return PushState.ENDED, contact.answered_ms
    return (PushState.PROVEN if contact.verified else PushState.UNPROVEN), contact.answered_ms


def _open_one(docket: Docket, device: Device) -> Subscription | None:
    contact = contact_in(docket.directory, device)
    known = None if contact is None else docket.kept(Subscription, contact.to)
    return known if known is not None and known.open else None


def _without(member: Member, contact: str) -> Iterable[Contact]:
    return (known for known in member.contacts if known.id != contact)
