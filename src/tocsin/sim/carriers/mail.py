"""A mail server: puts strangers off at first, as greylisting does, then takes the letter, and never says more."""

from __future__ import annotations

from tocsin import ports
from tocsin.core.words import Reason
from tocsin.sim.carriers.phones import By, Phones
from tocsin.sim.carriers.sms import Result, noted
from tocsin.sim.climate import Climate, Mishap, chance_of
from tocsin.sim.journal import Journal
from tocsin.sim.node import Node


class SimMail:
    """`ports.Channel`."""

    def __init__(self, node: Node, climate: Climate, journal: Journal, name: str, phones: Phones) -> None:
        self.name, self.phones = name, phones
        self._node, self._climate, self._journal = node, climate, journal
        self._loop, self._chance = node.loop, chance_of(climate.seed, f"carrier {name}")
        self._put_off: set[str] = set()

    async def send(self, message: ports.Message) -> Result:
        return await noted(self._node, self._journal, self.name, message, self._answered)

    async def close(self) -> None:
        """Nothing is open."""

    async def _answered(self, message: ports.Message, ref: str) -> Result:
        await self._loop.pause(self._chance.uniform(0.05, 1.5))
        if message.reference not in self._put_off and self._climate.happens(Mishap.MAIL_PUT_OFF):
            self._put_off.add(message.reference)
            return ports.Refused(Reason.DEFERRED, retry_after_ms=self._chance.choice((None, 2_000, 30_000)))
        if self._climate.happens(Mishap.MAIL_ADDRESS_DEAD, often=0.3):
            return ports.Refused(Reason.ADDRESS_DEAD)
        self._loop.call_later(self._chance.uniform(1, 30), lambda: self._arrive(message), context=self._node.outside)
        return ports.Accepted(ref)

    def _arrive(self, message: ports.Message) -> None:
        self.phones.ring(message.to, message.reference, message.text, By.MAIL)
