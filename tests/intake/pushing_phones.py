"""A centre that sends pushes, and the phones in it that say where they take them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from outside import ORG, PUBLIC_URL, SECRET, Answer, Centre
from tocsin.core.directory import Contact
from tocsin.core.words import Channel, DeliveryState
from tocsin.intake.hooks import Hooks
from tocsin.intake.http import build_app
from tocsin.intake.pushes import PushService
from tocsin.wire.push import encoded, proof_id, receipt_of

KEY = bytes(range(32))
SUBSCRIPTIONS, RECEIPTS, TEST = (f"/api/v1/push/{name}" for name in ("subscriptions", "receipts", "test"))
ENDPOINT = "https://push.example.org/send/4f2a"
POINT = (
    ec.derive_private_key(7, ec.SECP256R1()).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
)
KEYS = {"p256dh": encoded(POINT), "auth": encoded(bytes(16))}
GOOD = {"endpoint": ENDPOINT, "expirationTime": None, "keys": KEYS}
Story = Callable[["Pushing"], Coroutine[Any, Any, None]]


class Pushing(Centre):
    """A centre that sends pushes; `proofs` are the tests that it was to send."""

    def __init__(self, *, clear: bool = False, off: bool = False) -> None:
        super().__init__()
        self.proofs: list[tuple[str, str, int, str]] = []
        self.ring.world.routes = {Channel.SMS: ("twilio",), Channel.PUSH: ("push",)}
        service = PushService("our key", KEY, ("push.example.org",), clear, lambda *proof: self.proofs.append(proof))
        hooks = Hooks(PUBLIC_URL, SECRET, SECRET)
        self.app = build_app(
            self.ring, hooks=hooks, readiness=self.readiness, leaving=self.leaving, pushes=None if off else service
        )

    def facts(self) -> int:
        return len(self.ring.store.content.facts)

    def contact(self, who: str = "teo") -> Contact:
        theirs = self.ring.world.directory(ORG).members[who].contacts
        return next(contact for contact in theirs if contact.kind is Channel.PUSH)

    async def receipt(self, delivery: str, receipt: str) -> Answer:
        return await self.call("POST", RECEIPTS, None, {"delivery": delivery, "receipt": receipt})

    async def proven(self, who: str = "teo") -> None:
        assert (await self.call("POST", SUBSCRIPTIONS, who, GOOD)).status == 201
        _, subscription, asked_ms, _ = self.proofs[-1]
        id = proof_id(subscription, asked_ms)
        assert (await self.receipt(id, receipt_of(KEY, id, 1))).status == 200

    async def pushed(self) -> str:
        """Noor presses; the id of the push that rings Teo."""
        alert = (await self.press()).json["id"]
        sent = self.ring.world.deliveries(ORG, alert).values()
        return next(one.id for one in sent if one.channel is Channel.PUSH)

    def state(self, delivery: str) -> DeliveryState:
        row = self.ring.store.delivery(ORG, delivery)
        assert row is not None
        return DeliveryState(row.state)


def told(story: Story, **how: bool) -> None:
    asyncio.run(story(Pushing(**how)))
