"""The push services, and the phones behind them: addresses that are gone, a key of ours refused, receipts that lie.

Theory of operation
-------------------
All services go by one name, as in the product.  An address that is gone stays so.  What a service has taken the phone
may never open; what it opened, it says by a receipt: late, ten times, or never.
"""

from __future__ import annotations

from collections.abc import Iterator

from tocsin import ports
from tocsin.core import commands as c
from tocsin.core.access.push_commands import PushProven
from tocsin.core.access.push_record import Subscription
from tocsin.core.limits import SEND_DEADLINE_MS
from tocsin.core.words import Purpose, Reason
from tocsin.runtime.push_proofs import WAY
from tocsin.sim.carriers.hooks import LATE_S, REPEATS, Hooks
from tocsin.sim.carriers.phones import By, Phones
from tocsin.sim.carriers.sms import Result, noted
from tocsin.sim.climate import Climate, Mishap, chance_of
from tocsin.sim.journal import Called, Journal
from tocsin.sim.node import Node
from tocsin.wire.push import proof_in, reason_of

OPENED_S, SAID_S = (0.06, 2.0), (0.02, 0.5)  # From the service to the phone, and from there to us.
GONE, SHUT, SLOWER, DOWN = (404, 410), (401, 403), 429, (500, 502, 503)


class SimPush:
    """`ports.Channel`.  `gone`: addresses that are no more.  `shut`: no service takes our signature now."""

    def __init__(self, node: Node, climate: Climate, journal: Journal, org: str, phones: Phones) -> None:
        self.name, self.phones, self.hooks = WAY, phones, Hooks(node, climate, journal, org, WAY)
        self._node, self._climate, self._journal, self._org = node, climate, journal, org
        self._loop, self._chance = node.loop, chance_of(climate.seed, f"carrier {WAY}")
        self.gone: set[str] = set()
        self.shut = False

    async def send(self, message: ports.Message) -> Result:
        """A test that proves the way is no message of anybody's, and stands in no book."""
        if message.purpose is Purpose.REACH_TEST:
            return await self._answered(message, message.reference)
        return await noted(self._node, self._journal, self.name, message, self._answered)

    async def close(self) -> None:
        """Nothing is open."""

    async def _answered(self, message: ports.Message, ref: str) -> Result:
        happens, to = self._climate.happens, self._node.world.kept(self._org, Subscription, message.to)
        if to is None or not to.open:
            return ports.Refused(Reason.NO_CONTACT)
        if self._node.network.outbound_cut or happens(Mishap.PUSH_TIMEOUT_UNSENT, often=0.5):
            await self._loop.pause(SEND_DEADLINE_MS / 1_000)
            return ports.Unknown("time-out")
        status = next(self._refusals(to.endpoint), None)
        await self._loop.pause(self._chance.uniform(0.02, 0.3))
        if status is not None:
            waits_ms = self._chance.choice((None, 1_000, 5_000)) if status == SLOWER else None
            return ports.Refused(Reason(reason_of(status) or ""), str(status), waits_ms)
        self.hooks.arrange(self._chance.uniform(*OPENED_S), lambda: self._open(message, to.endpoint, ref))
        if happens(Mishap.PUSH_TIMEOUT_THOUGH_TAKEN):
            await self._loop.pause(SEND_DEADLINE_MS / 1_000)
            return ports.Unknown("time-out")
        return ports.Accepted(ref)

    def _refusals(self, endpoint: str) -> Iterator[int]:
        """The status of whatever is against it, the worst first."""
        happens = self._climate.happens
        if self.shut:
            yield self._chance.choice(SHUT)
        if endpoint in self.gone or happens(Mishap.PUSH_GONE, often=0.5):
            self.gone.add(endpoint)
            yield self._chance.choice(GONE)
        if happens(Mishap.PUSH_RATE_LIMITED):
            yield SLOWER
        if happens(Mishap.PUSH_SERVICE_ERROR):
            yield self._chance.choice(DOWN)

    # The phone ---------------------------------------------------------------------------------------------------

    def _open(self, message: ports.Message, endpoint: str, ref: str) -> None:
        """Its service worker shows it, and says so."""
        if self._climate.happens(Mishap.PUSH_LOST):
            return
        self._journal.trace("opened", message.reference)
        if message.purpose is not Purpose.REACH_TEST:
            self.phones.ring(endpoint, message.reference, message.text, By.PUSH)
        happens, after_s = self._climate.happens, self._chance.uniform(*SAID_S)
        if happens(Mishap.PUSH_RECEIPT_LOST):
            return
        if happens(Mishap.PUSH_RECEIPT_LATE):
            after_s += self._chance.uniform(*LATE_S)
        for _ in range(REPEATS if happens(Mishap.PUSH_RECEIPT_REPEATED) else 1):
            self.hooks.arrange(after_s, lambda: self._say(message, ref))
            after_s += self._chance.uniform(0, 2)

    def _say(self, message: ports.Message, ref: str) -> None:
        self._loop.create_task(self._said(message, ref), context=self._node.outside)

    async def _said(self, message: ports.Message, ref: str) -> None:
        """The edge has seen the secret that lay in it, and knows of which send it is."""
        alert, _, delivery = message.reference.partition("/")
        proof = proof_in(delivery)
        if proof is not None:
            await self.hooks.hook(PushProven(org=self._org, subscription=proof[0], asked_ms=proof[1]))
            return
        called = Called(delivery, ref, c.Moved.DELIVERED, self._loop.now_ms)
        self._journal.calls.append(called)
        news = c.Report(
            org=self._org, delivery=delivery, alert=alert, moved=called.moved, route=self.name, send=message.send
        )
        if isinstance(await self.hooks.hook(news), c.Done):
            called.acked_ms = self._loop.now_ms

    def heal(self) -> None:
        """The services are well.  Addresses that are gone stay so."""
        self.shut = False
