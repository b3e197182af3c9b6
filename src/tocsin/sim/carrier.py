"""A carrier that loses, delays, repeats, reorders and lies, and the phones behind it.

Theory of operation
-------------------
`send` is the channel the system sees.  What really becomes of a message is arranged outside the system's process, so
that it happens whether or not the system lives to hear of it.  Callbacks and texts from phones go to the node like a
vendor's web hooks; a vendor tries a hook again a few times, and then never.
"""

from __future__ import annotations

from collections.abc import Callable

from tocsin import ports
from tocsin.core import commands as c
from tocsin.core.limits import SEND_DEADLINE_MS
from tocsin.core.words import Reason
from tocsin.runtime.loop import Unavailable
from tocsin.sim.climate import Climate, Mishap, chance_of
from tocsin.sim.journal import Called, Journal, Sent
from tocsin.sim.node import NoAnswer, Node
from tocsin.wire.twilio import SEQ

HOOK_TRIES, HOOK_AGAIN_S = 4, 15.0
REPEATS = 10
Result = ports.Accepted | ports.Refused | ports.Unknown


class SimCarrier:
    """`ports.Channel`.  `phones`: what happens when a message arrives at a number."""

    def __init__(self, node: Node, climate: Climate, journal: Journal, org: str) -> None:
        self._node, self._climate, self._journal, self._org = node, climate, journal, org
        self._loop, self._chance = node.loop, chance_of(climate.seed, "carrier")
        self.phones: dict[str, Callable[[str, str], None]] = {}
        self.dead: set[str] = set()
        self.stopped: set[str] = set()
        self.off: set[str] = set()
        self.down = self.suspended = False
        self._texts = 0

    # Out ---------------------------------------------------------------------------------------------------------

    async def send(self, message: ports.Message) -> Result:
        sent = Sent(message.reference, message.to, message.text, self._loop.now_ms, self._node.lives)
        self._journal.sends.append(sent)
        self._journal.trace("send", message.reference, message.to, message.text)
        sent.result = await self._answered(message, f"SM{len(self._journal.sends)}")
        sent.ended_ms = self._loop.now_ms
        self._journal.trace("sent", message.reference, type(sent.result).__name__)
        return sent.result

    async def close(self) -> None:
        """Nothing is open."""

    async def _answered(self, message: ports.Message, ref: str) -> Result:
        happens = self._climate.happens
        refused = self._refused(message)
        if refused is not None:
            await self._loop.pause(self._chance.uniform(0.02, 0.4))
            return refused
        if happens(Mishap.TIMEOUT_UNSENT):
            await self._loop.pause(SEND_DEADLINE_MS / 1_000)
            return ports.Unknown("time-out")
        taken_s = self._chance.uniform(0.01, 0.3)
        early = happens(Mishap.CALLBACK_EARLY)
        self._arrange(taken_s * self._chance.random() if early else taken_s, lambda: self._carry(message, ref))
        if happens(Mishap.TIMEOUT_THOUGH_SENT):
            await self._loop.pause(SEND_DEADLINE_MS / 1_000)
            return ports.Unknown("time-out")
        await self._loop.pause(taken_s + (1.0 if early else 0.0))
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
        return None

    def _arrange(self, delay_s: float, act: Callable[[], None]) -> None:
        self._loop.call_later(delay_s, act, context=self._node.outside)

    def _carry(self, message: ports.Message, ref: str) -> None:
        """The network has it now; what it tells us about it is another matter."""
        if message.to in self.dead:
            self._news(message, ref, [(0.5, c.Moved.UNDELIVERED, Reason.NUMBER_DEAD)])
        elif message.to in self.off:
            self._news(message, ref, [(0.2, c.Moved.ACCEPTED, None), (30, c.Moved.UNDELIVERED, Reason.PHONE_OFF)])
        elif not self._climate.happens(Mishap.SMS_LOST):
            after_s = self._chance.uniform(0.3, 4)
            self._arrange(after_s, lambda: self._arrive(message))
            news: list[News] = [(0.2, c.Moved.ACCEPTED, None), (after_s + 0.1, c.Moved.DELIVERED, None)]
            if self._climate.happens(Mishap.LATE_UNDELIVERED):
                news.append((after_s + self._chance.uniform(0, 60), c.Moved.UNDELIVERED, Reason.FILTERED))
            self._news(message, ref, news)

    def _arrive(self, message: ports.Message) -> None:
        phone = self.phones.get(message.to)
        self._journal.trace("arrived", message.reference)
        if phone is not None:
            phone(message.reference.partition("/")[0], message.text)

    # Callbacks ---------------------------------------------------------------------------------------------------

    def _news(self, message: ports.Message, ref: str, news: list[News]) -> None:
        if self._climate.happens(Mishap.CALLBACK_REORDERED):
            times = [after_s for after_s, _, _ in news]
            self._chance.shuffle(times)
            news = [(after_s, moved, reason) for after_s, (_, moved, reason) in zip(times, news, strict=True)]
        for after_s, moved, reason in news:
            if self._climate.happens(Mishap.CALLBACK_LOST):
                continue
            again = REPEATS if self._climate.happens(Mishap.CALLBACK_REPEATED, often=0.3) else 1
            for _ in range(again):
                self._arrange(after_s, lambda m=moved, r=reason: self._call(message, ref, m, r))  # type: ignore[misc]
                after_s += self._chance.uniform(0, 2)

    def _call(self, message: ports.Message, ref: str, moved: c.Moved, reason: Reason | None) -> None:
        alert, _, delivery = message.reference.partition("/")
        seq = SEQ[{c.Moved.DELIVERED: "delivered", c.Moved.UNDELIVERED: "undelivered"}.get(moved, "sent")]
        report = c.Report(
            org=self._org, delivery=delivery, alert=alert, moved=moved, reason=reason, provider_ref=ref, seq=seq
        )
        self._loop.create_task(self._called(report), context=self._node.outside)

    async def _called(self, report: c.Report) -> None:
        if isinstance(await self._hook(report), c.Done):
            assert report.provider_ref is not None
            self._journal.calls.append(Called(report.delivery, report.provider_ref, report.moved, self._loop.now_ms))

    async def _hook(self, command: c.Command) -> c.Reply | None:
        """None when the vendor has given up."""
        for _ in range(HOOK_TRIES):
            try:
                return await self._node.ask(command)
            except (NoAnswer, Unavailable):
                await self._loop.pause(HOOK_AGAIN_S)
        return None

    # In ----------------------------------------------------------------------------------------------------------

    async def text(self, sender: str, text: str, opt_out: str | None = None) -> c.Done | None:
        """A phone texts us.  None when the vendor could not bring it to us."""
        if opt_out == "STOP":
            self.stopped.add(sender)
        self._texts += 1
        command = c.TextIn(
            org=self._org, vendor="sim", message=f"IN{self._texts}", sender=sender, text=text, opt_out=opt_out
        )
        await self._loop.pause(self._chance.uniform(0.2, 3))
        if self._climate.happens(Mishap.TEXT_REPEATED, often=2):
            self._loop.create_task(self._again(command), context=self._node.outside)
        reply = await self._hook(command)
        assert reply is None or isinstance(reply, c.Done)
        return reply

    async def _again(self, command: c.TextIn) -> None:
        await self._loop.pause(self._chance.uniform(0, 5))
        await self._hook(command)

    def heal(self) -> None:
        """The vendor is well and every phone is on.  Numbers that are dead, and STOPs, stay."""
        self.down = self.suspended = False
        self.off.clear()


News = tuple[float, c.Moved, Reason | None]
