"""A vendor of text messages that loses, delays, repeats and lies.

Theory of operation
-------------------
`send` is the channel the system sees.  What really becomes of a message is arranged outside the system's process, so
that it happens whether or not the system lives to hear of it.  Two such vendors have weather of their own and the
same phones at the far end.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tocsin import ports
from tocsin.core import commands as c
from tocsin.core.limits import SEND_DEADLINE_MS
from tocsin.core.words import Reason
from tocsin.sim.carriers.hooks import Hooks, News
from tocsin.sim.carriers.phones import By, Phones
from tocsin.sim.climate import Climate, Mishap, chance_of
from tocsin.sim.journal import Journal, Sent
from tocsin.sim.node import Node

LOSES = 0.8  # Of its messages, while a vendor is losing them.
Result = ports.Accepted | ports.Refused | ports.Unknown
Answered = Callable[[ports.Message, str], Awaitable[Result]]


class SimSms:
    """`ports.Channel`.  `down`, `suspended`, `losing`: the weather of the moment.  `stopped`: who texted STOP to it."""

    def __init__(self, node: Node, climate: Climate, journal: Journal, org: str, name: str, phones: Phones) -> None:
        self.name, self.phones, self.hooks = name, phones, Hooks(node, climate, journal, org, name)
        self._node, self._climate, self._journal, self._org = node, climate, journal, org
        self._loop, self._chance = node.loop, chance_of(climate.seed, f"carrier {name}")
        self.stopped: set[str] = set()
        self.down = self.suspended = self.losing = False
        self._texts = 0

    # Out ---------------------------------------------------------------------------------------------------------

    async def send(self, message: ports.Message) -> Result:
        return await noted(self._node, self._journal, self.name, message, self._answered)

    async def close(self) -> None:
        """Nothing is open."""

    async def _answered(self, message: ports.Message, ref: str) -> Result:
        happens = self._climate.happens
        if self._node.network.outbound_cut:
            await self._loop.pause(SEND_DEADLINE_MS / 1_000)
            return ports.Unknown("time-out")
        refused = self._refused(message)
        if refused is not None:
            await self._loop.pause(self._chance.uniform(0.02, 0.4))
            return refused
        if happens(Mishap.TIMEOUT_UNSENT):
            await self._loop.pause(SEND_DEADLINE_MS / 1_000)
            return ports.Unknown("time-out")
        taken_s = self._chance.uniform(0.01, 0.3)
        early = happens(Mishap.CALLBACK_EARLY)
        self.hooks.arrange(taken_s * self._chance.random() if early else taken_s, lambda: self._carry(message, ref))
        if happens(Mishap.TIMEOUT_THOUGH_SENT):
            await self._loop.pause(SEND_DEADLINE_MS / 1_000)
            return ports.Unknown("time-out")
        drips = happens(Mishap.SLOW_DRIP)
        await self._loop.pause(taken_s + (1.0 if early else 0.0) + (self._chance.uniform(3, 9) if drips else 0.0))
        return ports.Unknown("unreadable") if happens(Mishap.GARBAGE_REPLY) else ports.Accepted(ref)

    def _refused(self, message: ports.Message) -> ports.Refused | None:
        if message.to in self.stopped:
            return ports.Refused(Reason.OPTED_OUT)
        if self.suspended:
            return ports.Refused(Reason.SENDER_SUSPENDED)
        if self.down:
            return ports.Refused(Reason.VENDOR_DOWN)
        if self._climate.happens(Mishap.RATE_LIMITED):
            return ports.Refused(Reason.RATE_LIMITED, retry_after_ms=self._chance.choice((None, 500, 3_000)))
        if self._climate.happens(Mishap.VENDOR_ERROR):
            return ports.Refused(Reason.VENDOR_DOWN)
        if self._climate.happens(Mishap.NUMBER_BLOCKED, often=0.3):
            return ports.Refused(self._chance.choice((Reason.FILTERED, Reason.DESTINATION_BLOCKED)))
        return None

    def _carry(self, message: ports.Message, ref: str) -> None:
        """The network has it now; what it tells us about it is another matter."""
        lost = self.losing and self._chance.random() < LOSES
        if message.to in self.phones.dead:
            self.hooks.news(message, ref, [(0.5, c.Moved.UNDELIVERED, Reason.NUMBER_DEAD)])
        elif message.to in self.phones.off:
            news: list[News] = [(0.2, c.Moved.ACCEPTED, None), (30, c.Moved.UNDELIVERED, Reason.PHONE_OFF)]
            self.hooks.news(message, ref, news)
        elif not lost and not self._climate.happens(Mishap.SMS_LOST):
            after_s = self._chance.uniform(0.3, 4)
            self.hooks.arrange(after_s, lambda: self._arrive(message))
            news = [(0.2, c.Moved.ACCEPTED, None), (after_s + 0.1, c.Moved.DELIVERED, None)]
            if self._climate.happens(Mishap.LATE_UNDELIVERED):
                news.append((after_s + self._chance.uniform(0, 60), c.Moved.UNDELIVERED, Reason.FILTERED))
            self.hooks.news(message, ref, news)

    def _arrive(self, message: ports.Message) -> None:
        self._journal.trace("arrived", message.reference)
        self.phones.ring(message.to, message.reference, message.text, By.TEXT)

    # In ----------------------------------------------------------------------------------------------------------

    async def text(self, sender: str, text: str, opt_out: str | None = None) -> c.Done | None:
        """A phone texts us.  None when the vendor could not bring it to us."""
        if opt_out == "STOP":
            self.stopped.add(sender)
        elif opt_out == "START":
            self.stopped.discard(sender)
        self._texts += 1
        id = f"IN{self._texts}"
        command = c.TextIn(org=self._org, vendor=self.name, message=id, sender=sender, text=text, opt_out=opt_out)
        await self._loop.pause(self._chance.uniform(0.2, 3))
        if self._climate.happens(Mishap.TEXT_REPEATED, often=2):
            self._loop.create_task(self._again(command), context=self._node.outside)
        reply = await self.hooks.hook(command)
        assert reply is None or isinstance(reply, c.Done)
        return reply

    async def _again(self, command: c.TextIn) -> None:
        await self._loop.pause(self._chance.uniform(0, 5))
        await self.hooks.hook(command)

    def heal(self) -> None:
        """The vendor is well.  Numbers that are dead, and STOPs, stay."""
        self.down = self.suspended = self.losing = False


class ProbedSms(SimSms):
    """A vendor that can be asked whether it is well, without a message."""

    async def probe(self) -> ports.Accepted | ports.Refused:
        await self._loop.pause(self._chance.uniform(0.02, 0.4))
        if self.suspended:
            return ports.Refused(Reason.SENDER_SUSPENDED)
        return ports.Refused(Reason.VENDOR_DOWN) if self.down else ports.Accepted("well")


async def noted(node: Node, journal: Journal, route: str, message: ports.Message, answered: Answered) -> Result:
    """One physical send, written into the journal before and after."""
    ref = f"{route}-{len(journal.sends) + 1}"
    sent = Sent(message.reference, message.to, message.text, node.loop.now_ms, node.lives, route, ref)
    journal.sends.append(sent)
    journal.trace("send", message.reference, route, message.to, message.text)
    sent.result = await answered(message, ref)
    sent.ended_ms = node.loop.now_ms
    journal.trace("sent", message.reference, type(sent.result).__name__)
    return sent.result
