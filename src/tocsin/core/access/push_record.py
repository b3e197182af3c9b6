"""A subscription: where a phone's own push service takes messages for it, and the keys that only that phone can open.

Theory of operation
-------------------
A phone has one subscription at a time.  What people and plans see of it is a contact of kind push, whose `to` is the
subscription's id: the address itself is worth money to whoever sends advertisements, so no reader gets it.  The
contact is *verified* once a push has got through to the phone and was acknowledged by it, and by nothing else.  It ends
with the phone, with a newer subscription of that phone, by its owner, or when the push service says that there is
none; what has ended stays so.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from tocsin.core.directory import Contact, Member
from tocsin.core.words import Channel

CONTACT = "push-"  # Before the id of the device: the id of its contact.


class PushEnded(StrEnum):
    """Why nothing goes to a subscription any more."""

    GONE = "gone"  # Its push service says so.
    REPLACED = "replaced"
    TAKEN_BACK = "taken_back"  # By whoever has the phone.
    PHONE_ENDED = "phone_ended"


class PushState(StrEnum):
    """What a phone is told of its own subscription."""

    NONE = "none"
    UNPROVEN = "unproven"
    PROVEN = "proven"
    ENDED = "ended"


class Subscription(Struct, frozen=True, gc=False, kw_only=True):
    """`endpoint`: an address of the push service.  `p256dh`, `auth`: the phone's keys, base64url.

    `seen_ms`: when its page last said that it is still this one, to the day.
    """

    id: str
    member: str
    device: str
    endpoint: str
    p256dh: str
    auth: str
    made_ms: int
    seen_ms: int
    ended: PushEnded | None = None

    @property
    def open(self) -> bool:
        return self.ended is None


class IllegalEnd(Exception):
    """A subscription that has ended does not end for another reason; it is unchanged."""


def ended(subscription: Subscription, why: PushEnded) -> Subscription:
    """The subscription after its end.  Raises IllegalEnd for one that has ended before."""
    if not subscription.open:
        raise IllegalEnd(f"{why} after {subscription.ended}")
    return replace(subscription, ended=why)


def contact_of(device: str) -> str:
    """The id of the contact that stands for this phone's subscription."""
    return CONTACT + device


def pushes_of(member: Member | None) -> Iterator[Contact]:
    """The phones by which this member takes pushes."""
    return (contact for contact in (member.contacts if member else ()) if contact.kind is Channel.PUSH)
