"""A vendor of calls: nobody picks up, a machine does, a fax does, the line is cut, or somebody listens."""

from __future__ import annotations

from tocsin import ports
from tocsin.core import commands as c
from tocsin.core.limits import SEND_DEADLINE_MS
from tocsin.core.words import Reason
from tocsin.sim.carriers.hooks import Hooks, News
from tocsin.sim.carriers.phones import By, Phones
from tocsin.sim.carriers.sms import Result, noted
from tocsin.sim.climate import Climate, Mishap, chance_of
from tocsin.sim.journal import Journal
from tocsin.sim.node import Node

UNHEARD = (
    (Mishap.CALL_UNANSWERED, 25.0, c.Moved.UNDELIVERED, Reason.NO_ANSWER),
    (Mishap.CALL_TO_VOICEMAIL, 18.0, c.Moved.UNDELIVERED, Reason.VOICEMAIL),
    (Mishap.CALL_TO_FAX, 6.0, c.Moved.UNDELIVERED, Reason.VOICEMAIL),
    (Mishap.CALL_CUT_OFF, 5.0, c.Moved.ENDED, Reason.CUT_OFF),
)
DIALS_EVERY_MS = 3_000  # Slow, so that a rung stands in its queue when an alert closes.


class SimVoice:
    """`ports.Channel`.  `down`: the vendor takes no calls."""

    def __init__(self, node: Node, climate: Climate, journal: Journal, org: str, name: str, phones: Phones) -> None:
        self.name, self.phones, self.hooks = name, phones, Hooks(node, climate, journal, org, name)
        self._node, self._climate, self._journal = node, climate, journal
        self._loop, self._chance = node.loop, chance_of(climate.seed, f"carrier {name}")
        self.down = False
        self.taken_back: set[str] = set()
        self._dials_ms = 0

    async def send(self, message: ports.Message) -> Result:
        return await noted(self._node, self._journal, self.name, message, self._answered)

    async def withdraw(self, provider_ref: str) -> bool:
        """A phone that does not ring yet will not, one that rings stops; a talk goes on.  The request may be lost."""
        if self._node.network.outbound_cut:
            await self._loop.pause(SEND_DEADLINE_MS / 1_000)
        else:
            await self._loop.pause(self._chance.uniform(0.05, 0.5))
        if self._node.network.outbound_cut or self.down:
            self._journal.unasked.append(self._loop.now_ms)
            return False
        self._journal.trace("taken back", provider_ref)
        self.taken_back.add(provider_ref)
        return True

    async def close(self) -> None:
        """Nothing is open."""

    async def _answered(self, message: ports.Message, ref: str) -> Result:
        if self._node.network.outbound_cut or self._climate.happens(Mishap.TIMEOUT_UNSENT, often=0.3):
            await self._loop.pause(SEND_DEADLINE_MS / 1_000)
            return ports.Unknown("time-out")
        await self._loop.pause(self._chance.uniform(0.05, 0.5))
        if self.down or self._climate.happens(Mishap.VENDOR_ERROR, often=0.5):
            return ports.Refused(Reason.VENDOR_DOWN)
        self.hooks.arrange(self._turn_s(), lambda: self._call(message, ref))
        return ports.Accepted(ref)

    def _turn_s(self) -> float:
        """Seconds until this call is dialled: one after the other, as calls are at a vendor."""
        now_ms = self._loop.now_ms
        self._dials_ms = max(now_ms + int(self._chance.uniform(1, 4) * 1_000), self._dials_ms + DIALS_EVERY_MS)
        return (self._dials_ms - now_ms) / 1_000

    def _call(self, message: ports.Message, ref: str) -> None:
        """It rings, somewhere, unless it was taken back."""
        if self._taken_back(message, ref):
            return
        self._journal.rang(message.reference)
        for mishap, after_s, moved, reason in UNHEARD:
            if self._climate.happens(mishap):
                self.hooks.news(message, ref, [(after_s, moved, reason)])
                return
        if message.to in self.phones.dead:
            news: list[News] = [(1, c.Moved.UNDELIVERED, Reason.NUMBER_DEAD)]
        elif message.to in self.phones.off:
            news = [(20, c.Moved.UNDELIVERED, Reason.VOICEMAIL)]
        else:
            self.hooks.arrange(self._chance.uniform(2, 8), lambda: self._heard(message, ref))
            return
        self.hooks.news(message, ref, news)

    def _heard(self, message: ports.Message, ref: str) -> None:
        if self._taken_back(message, ref):
            return
        self._journal.trace("heard", message.reference)
        self.phones.ring(message.to, message.reference, message.text, By.CALL)
        self.hooks.news(message, ref, [(12, c.Moved.DELIVERED, None)])

    def _taken_back(self, message: ports.Message, ref: str) -> bool:
        if ref in self.taken_back:
            self.hooks.news(message, ref, [(0.1, c.Moved.UNDELIVERED, Reason.NO_ANSWER)])
        return ref in self.taken_back

    def heal(self) -> None:
        self.down = False
