"""A push service in a box, and the phones that it serves: takes pushes on loopback, opens them, acknowledges them.

Written from RFC 8030, 8291 and 8292 and apart from `wire/push.py` on purpose, as `dialect.py` is.  What a phone's
browser does is done here too: it makes the keys of a subscription, and its service worker sends the receipt.  Faults
are by phone: `refused` is the HTTP status of the answer; *lost* is taken and never opened.
"""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

import http_ece
import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec import Struct, field

from tocsin.core.dice import Dice
from tocsin.ports import Clock
from tocsin.sandbox.faults import Fault, Weather
from tocsin.sandbox.hooks import Answer, HttpHooks

PUSH_MAX_BYTES = 4_096  # RFC 8030: no service needs to take more.
SIGNED_MAX_S = 24 * 3_600  # RFC 8292.
TESTS = "reach_test"  # What only proves the way is shown without a sound, and here not at all.
OPENED_MS = 60  # From the service to the phone.
TOPIC = re.compile(r"[A-Za-z0-9_-]{1,32}")
SIGNED = re.compile(r"vapid t=([\w.-]+), ?k=([\w-]+)")
Headers = Mapping[str, str]


class JsonHooks(HttpHooks):
    """What a page of the product sends: JSON, by whoever has the token."""

    def _headers(self, signature: str) -> dict[str, str]:
        return {"Content-Type": "application/json", **({"Authorization": signature} if signature else {})}


class Pushed(Struct, frozen=True):
    """One push that the service took: when (loop seconds), its headers, and what lay in it."""

    at_s: float
    headers: dict[str, str]
    payload: dict[str, Any]


class PushPhone(Struct):
    """A browser on a phone.  `key`: the public key that it was subscribed with; others may not push to it."""

    id: str
    number: str
    key: str
    private: Any
    auth: bytes
    taken: list[Pushed] = field(default_factory=list)


Shown = Callable[[str, str, str], None]  # Number of the phone, id, words.
Begin = Callable[[Coroutine[Any, Any, None]], None]


class PushBox:
    """`show` puts words on a phone; `wait` and `begin` are the box's own time.  `product`: where receipts go."""

    def __init__(
        self, dice: Dice, clock: Clock, show: Shown, wait: Callable[[int], Awaitable[None]], begin: Begin
    ) -> None:
        self._dice, self._clock, self._show, self._wait, self._begin = dice, clock, show, wait, begin
        self.phones: dict[str, PushPhone] = {}
        self.weather, self.hooks = Weather(), JsonHooks()
        self.product, self.receipts = "", list[int]()

    # The browser -------------------------------------------------------------------------------------------------

    def subscribe(self, base_url: str, number: str, key: str) -> dict[str, Any]:
        """What `pushManager.subscribe` gives a page, as JSON; `key`: base64url, of whoever may push there."""
        secret = int.from_bytes(self._dice.bytes(31), "big") + 1
        phone = PushPhone(
            self._dice.bytes(16).hex(), number, key, ec.derive_private_key(secret, ec.SECP256R1()), self._dice.bytes(16)
        )
        self.phones[phone.id] = phone
        point = phone.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": _encoded(point), "auth": _encoded(phone.auth)}
        return {"endpoint": f"{base_url}/push/{phone.id}", "expirationTime": None, "keys": keys}

    async def enrol(self, base_url: str, number: str, token: str) -> Answer:
        """Do on a phone with this token what its page does: ask for the key, subscribe, tell the product."""
        subscriptions = f"{self.product}/api/v1/push/subscriptions"
        _, body = await self.hooks.get(subscriptions, f"Bearer {token}")
        key = msgspec.json.decode(body)["key"] if body else None
        if not key:
            return 0, b""
        given = msgspec.json.encode(self.subscribe(base_url, number, key))
        return await self.hooks.post(subscriptions, given, f"Bearer {token}")

    def fault(self, number: str | None, fault: Fault) -> None:
        """Weather for one phone, or for the whole service."""
        self.weather.set(number, fault)

    # The service -------------------------------------------------------------------------------------------------

    async def take(self, id: str, origin: str, headers: Headers, body: bytes) -> int | None:
        """The status to answer with; None where the sender shall wait in vain."""
        phone = self.phones.get(id)
        fault = self.weather.over(phone.number if phone else "")
        status = self._taken(phone, fault, origin, headers, body)
        if fault.slow_ms:
            await self._wait(fault.slow_ms)
        return None if fault.hang else status

    def _taken(self, phone: PushPhone | None, fault: Fault, origin: str, headers: Headers, body: bytes) -> int:
        """Open it on the phone, unless something is against it; the status."""
        status = self._declined(phone, fault, origin, headers, body)
        if status is not None or phone is None:
            return status or 404
        payload = self._opened(phone, body)
        if payload is None:
            return 400
        phone.taken.append(Pushed(asyncio.get_running_loop().time(), dict(headers), payload))
        if not fault.lost:
            self._begin(self._arrive(phone, payload, fault))
        return 201

    def _declined(
        self, phone: PushPhone | None, fault: Fault, origin: str, headers: Headers, body: bytes
    ) -> int | None:
        if fault.down:
            return 503
        if fault.refused is not None:
            return fault.refused
        if phone is None:
            return 404
        if len(body) > PUSH_MAX_BYTES:
            return 413
        plain = headers.get("content-encoding") == "aes128gcm" and headers.get("ttl", "").isdecimal()
        topic = headers.get("topic")
        if not plain or (topic is not None and not TOPIC.fullmatch(topic)):
            return 400
        return None if self._may(phone, origin, headers.get("authorization", "")) else 403

    def _may(self, phone: PushPhone, origin: str, signed: str) -> bool:
        """Did whoever the phone was subscribed for sign this, for this very service, and not too long ahead?"""
        found = SIGNED.fullmatch(signed)
        if found is None or found[2] != phone.key:
            return False
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decoded(phone.key))
        try:
            said = jwt.decode(found[1], public, ["ES256"], {"verify_exp": False}, audience=origin)
        except jwt.InvalidTokenError:
            return False
        now_s = self._clock.now_ms() // 1_000
        return now_s < said.get("exp", 0) <= now_s + SIGNED_MAX_S and ":" in str(said.get("sub", ""))

    def _opened(self, phone: PushPhone, body: bytes) -> dict[str, Any] | None:
        try:
            text = http_ece.decrypt(body, private_key=phone.private, auth_secret=phone.auth, version="aes128gcm")
            return msgspec.json.decode(text, type=dict[str, Any])
        except Exception:  # Whatever a stranger sent: it is none.
            return None

    # The phone ---------------------------------------------------------------------------------------------------

    async def _arrive(self, phone: PushPhone, payload: dict[str, Any], fault: Fault) -> None:
        """Its service worker shows a notification, always, and sends the receipt."""
        await self._wait(OPENED_MS)
        if payload.get("purpose") != TESTS:
            self._show(phone.number, payload["id"], f"{payload['title']}\n{payload['body']}")
        if fault.unheard:
            return
        if fault.late_ms:
            await self._wait(fault.late_ms)
        for _ in range(fault.repeats):
            self.receipts.append(await self.acknowledge(payload["id"], payload["receipt"]))

    async def acknowledge(self, delivery: str, receipt: str) -> int:
        """The status with which the product answered; 0: it was not there."""
        body = msgspec.json.encode({"delivery": delivery, "receipt": receipt})
        status, _ = await self.hooks.post(f"{self.product}/api/v1/push/receipts", body, "")
        return status


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
