"""What may be asked of pushes.  Each but the receipt says who asks (`by`), always by a phone of their own."""

from __future__ import annotations

from msgspec import Struct

from tocsin.core.access.record import By


class Subscribe(Struct, frozen=True, kw_only=True):
    """This phone takes pushes there from now on.  The edge has looked at the address and at the keys."""

    org: str
    by: By
    endpoint: str
    p256dh: str
    auth: str


class Unsubscribe(Struct, frozen=True, kw_only=True):
    """This phone takes no pushes any more."""

    org: str
    by: By


class AskPushTest(Struct, frozen=True, kw_only=True):
    """A push that proves the way is about to be sent to this phone."""

    org: str
    by: By


class PushProven(Struct, frozen=True, kw_only=True):
    """The phone says that the test of `asked_ms` came; the edge has seen the secret that lay in it."""

    org: str
    subscription: str
    asked_ms: int


class PushGone(Struct, frozen=True, kw_only=True):
    """The push service says that there is no such subscription."""

    org: str
    subscription: str


PushCommand = Subscribe | Unsubscribe | AskPushTest | PushProven | PushGone
