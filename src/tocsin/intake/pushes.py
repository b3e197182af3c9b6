"""A phone says where it takes pushes, asks for a test, and acknowledges what came.

Theory of operation
-------------------
What a browser hands over is not believed: the address must be one of the push services of the settings, the keys must
be keys.  A receipt needs no credential: it is a secret that lay inside of an encrypted push, so whoever has it opened
that push.  It says that the message came, never that anybody has answered; said ten times, it is said once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cryptography.hazmat.primitives.asymmetric import ec
from litestar import Response, delete, get, post
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from tocsin.core import commands as c
from tocsin.core.access.permissions import May
from tocsin.core.access.push_commands import AskPushTest, PushCommand, PushProven, Subscribe, Unsubscribe
from tocsin.core.access.push_record import PushState, Subscription
from tocsin.core.access.pushing import contact_in, state_of
from tocsin.core.limits import PUSH_ENDPOINT_MAX_CHARS
from tocsin.core.views import moment
from tocsin.intake.acts import read
from tocsin.intake.answers import AnyRequest, told
from tocsin.intake.credentials import Pass
from tocsin.intake.problems import Trouble, accepted
from tocsin.intake.ring import Ring
from tocsin.runtime.access.reading import Records
from tocsin.runtime.push_proofs import WAY
from tocsin.wire.push import decoded, is_auth, is_listed, is_point, place_of, proof_in, send_in

PATH = "/api/v1/push"


class PushKeys(Struct, frozen=True):
    """Of the phone, base64url: its public key, and the secret that it shares with us."""

    p256dh: str
    auth: str


class Subscribing(Struct, frozen=True):
    """As `PushSubscription.toJSON()` of the browser gives it; `expirationTime` is not needed."""

    endpoint: str
    keys: PushKeys


class Receiving(Struct, frozen=True):
    """`delivery` and `receipt`: the `id` and the `receipt` that lay in the push."""

    delivery: str
    receipt: str


class PushSeen(Struct, frozen=True):
    """How this phone stands.  `key`: what its browser subscribes with; null where this server sends no pushes."""

    state: PushState
    proven_at: str | None
    key: str | None


class Received(Struct, frozen=True):
    received: bool = True


class PushService(Struct, frozen=True):
    """What a server has that sends pushes.  `key`: ours, public.  `secret` signs receipts.  `hosts`: push services.

    `clear`: may http be spoken, to networks of our own?  `prove` sends the test of (organisation, subscription, when
    it was asked for, language).
    """

    key: str
    secret: bytes
    hosts: Sequence[str]
    clear: bool
    prove: Callable[[str, str, int, str], None]


class Pushes:
    """On one ring.  Every method raises Trouble, and Unavailable where nothing could be stored."""

    def __init__(self, ring: Ring, records: Records, service: PushService | None) -> None:
        self._ring, self._records, self._service = ring, records, service

    def seen(self, who: Pass) -> PushSeen:
        if not self._records.may(who, May.KEEP_PUSH):
            raise Trouble("not_allowed")
        directory = self._ring.world.directory(who.org)
        state, proven_ms = state_of(directory, directory.devices[who.credential])
        key = self._service.key if self._service else None
        return PushSeen(state, None if proven_ms is None else moment(proven_ms), key)

    async def subscribe(self, who: Pass, body: bytes) -> tuple[PushSeen, bool]:
        """How it stands, and whether it is new: then a test is on its way, whose receipt proves it."""
        service = self._on(who)
        given = read(body, Subscribing)
        _look_at(given, service)
        keys = given.keys
        command = Subscribe(
            org=who.org, by=who.by, endpoint=given.endpoint, p256dh=_bare(keys.p256dh), auth=_bare(keys.auth)
        )
        made = not (await self._done(command)).known
        if made:
            self._prove(who, service)
        return self.seen(who), made

    async def unsubscribe(self, who: Pass) -> PushSeen:
        """Taken back, also where pushes are off: it is an opt-out."""
        self.seen(who)
        await self._done(Unsubscribe(org=who.org, by=who.by))
        return self.seen(who)

    async def test(self, who: Pass) -> PushSeen:
        service = self._on(who)
        if not (await self._done(AskPushTest(org=who.org, by=who.by))).known:
            self._prove(who, service)
        return self.seen(who)

    async def receive(self, body: bytes) -> Received:
        """Durable: this message came."""
        service = self._service
        if service is None:
            raise Trouble("not_served")
        given = read(body, Receiving)
        send = send_in(service.secret, given.delivery, given.receipt)
        if send is None:
            raise Trouble("bad_receipt")
        proof = proof_in(given.delivery)
        command = self._report(given.delivery, send) if proof is None else self._proven(*proof)
        accepted(await self._ring.submit(command))
        return Received()

    def _proven(self, subscription: str, asked_ms: int) -> PushProven:
        for org in self._ring.world.directories:
            if self._ring.world.kept(org, Subscription, subscription) is not None:
                return PushProven(org=org, subscription=subscription, asked_ms=asked_ms)
        raise Trouble("no_such_record")

    def _report(self, delivery: str, send: int) -> c.Report:
        for org in self._ring.world.directories:
            row = self._ring.store.delivery(org, delivery)
            if row is not None:
                moved = c.Moved.DELIVERED
                return c.Report(org=org, delivery=delivery, alert=row.alert, moved=moved, route=WAY, send=send)
        raise Trouble("no_such_delivery")

    def _on(self, who: Pass) -> PushService:
        self.seen(who)
        if self._service is None:
            raise Trouble("not_served")
        return self._service

    def _prove(self, who: Pass, service: PushService) -> None:
        directory = self._ring.world.directory(who.org)
        contact = contact_in(directory, directory.devices[who.credential])
        if contact is not None and contact.asked_ms is not None:
            service.prove(who.org, contact.to, contact.asked_ms, directory.members[who.reader.member].language)

    async def _done(self, command: PushCommand) -> c.Done:
        reply = accepted(await self._ring.submit(command))
        assert isinstance(reply, c.Done)
        return reply


def _look_at(given: Subscribing, service: PushService) -> None:
    """Raises Trouble for an address that nothing of ours would go to, and for keys that nothing can be sealed with."""
    place = place_of(given.endpoint) if len(given.endpoint) <= PUSH_ENDPOINT_MAX_CHARS else None
    if place is None or (place.scheme == "http" and not service.clear):
        raise Trouble("bad_field", "endpoint: the https address that the browser gave was expected")
    if not is_listed(place, service.hosts):
        raise Trouble("push_host")
    if not is_point(given.keys.p256dh) or not _on_curve(given.keys.p256dh):
        raise Trouble("bad_field", "keys.p256dh: a public key of 65 bytes was expected, in base64url")
    if not is_auth(given.keys.auth):
        raise Trouble("bad_field", "keys.auth: 16 bytes were expected, in base64url")


def _bare(text: str) -> str:
    """Browsers differ in the padding; the same key shall be the same text."""
    return text.rstrip("=")


def _on_curve(p256dh: str) -> bool:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(p256dh) or b"")
    except ValueError:
        return False
    return True


def push_handlers(pushes: Pushes, reader: Callable[[AnyRequest], Pass]) -> list[HTTPRouteHandler]:
    """`reader`: whose credential a request shows; raises Trouble."""

    @get(f"{PATH}/subscriptions", name="push state")
    async def seen(request: AnyRequest) -> Response[bytes]:
        return told(pushes.seen(reader(request)))

    @post(f"{PATH}/subscriptions", name="push subscribe")
    async def subscribe(request: AnyRequest) -> Response[bytes]:
        now, made = await pushes.subscribe(reader(request), await request.body())
        return told(now, 201 if made else 200)

    @delete(f"{PATH}/subscriptions", status_code=200, name="push unsubscribe")
    async def unsubscribe(request: AnyRequest) -> Response[bytes]:
        return told(await pushes.unsubscribe(reader(request)))

    @post(f"{PATH}/test", status_code=200, name="push test")
    async def prove(request: AnyRequest) -> Response[bytes]:
        return told(await pushes.test(reader(request)))

    @post(f"{PATH}/receipts", status_code=200, name="push receipt")
    async def receive(request: AnyRequest) -> Response[bytes]:
        return told(await pushes.receive(await request.body()))

    return [seen, subscribe, unsubscribe, prove, receive]
