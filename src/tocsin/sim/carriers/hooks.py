"""What carriers tell us by their hooks: about messages, in any order, twice, late or never; and texts from phones."""

from __future__ import annotations

from collections.abc import Callable

from tocsin import ports
from tocsin.core import commands as c
from tocsin.core.words import Reason
from tocsin.runtime.loop import Unavailable
from tocsin.sim.climate import Climate, Mishap, chance_of
from tocsin.sim.journal import Called, Forged, Journal
from tocsin.sim.network import NoAnswer
from tocsin.sim.node import Node
from tocsin.wire.twilio import SEQ

HOOK_TRIES, HOOK_AGAIN_S = 4, 15.0
REPEATS = 10
LATE_S = (60.0, 240.0)
STRANGER = "another-account"
News = tuple[float, c.Moved, Reason | None]


class Hooks:
    """The way back of one vendor.  `days_late`: callbacks that come two days after everything."""

    def __init__(self, node: Node, climate: Climate, journal: Journal, org: str, route: str) -> None:
        self._node, self._climate, self._journal, self._org, self._route = node, climate, journal, org, route
        self._loop, self._chance = node.loop, chance_of(climate.seed, f"hooks {route}")
        self.days_late: list[c.Report] = []

    def arrange(self, delay_s: float, act: Callable[[], None]) -> None:
        """Whether or not the system lives to hear of it."""
        self._loop.call_later(delay_s, act, context=self._node.outside)

    def news(self, message: ports.Message, ref: str, news: list[News]) -> None:
        """Bring these pieces of news, each so many seconds from now, as well as the weather lets."""
        happens = self._climate.happens
        if happens(Mishap.CALLBACK_REORDERED):
            times = [after_s for after_s, _, _ in news]
            self._chance.shuffle(times)
            news = [(after_s, moved, reason) for after_s, (_, moved, reason) in zip(times, news, strict=True)]
        for after_s, moved, reason in news:
            report = self._report(message, ref, moved, reason)
            if happens(Mishap.CALLBACK_LOST):
                continue
            if happens(Mishap.CALLBACK_DAYS_LATE, often=0.3):
                self.days_late.append(report)
                continue
            if happens(Mishap.CALLBACK_LATE, often=0.3):
                after_s += self._chance.uniform(*LATE_S)
            for _ in range(REPEATS if happens(Mishap.CALLBACK_REPEATED, often=0.3) else 1):
                self.arrange(after_s, lambda r=report: self.call(r))  # type: ignore[misc]
                after_s += self._chance.uniform(0, 2)
            if happens(Mishap.CALLBACK_FORGED, often=0.3):
                self.arrange(after_s + 5, lambda r=report: self._forge(r))  # type: ignore[misc]

    def _report(self, message: ports.Message, ref: str, moved: c.Moved, reason: Reason | None) -> c.Report:
        alert, _, delivery = message.reference.partition("/")
        seq = SEQ[{c.Moved.DELIVERED: "delivered", c.Moved.UNDELIVERED: "undelivered"}.get(moved, "sent")]
        return c.Report(
            org=self._org,
            delivery=delivery,
            alert=alert,
            moved=moved,
            reason=reason,
            provider_ref=ref,
            seq=seq,
            route=self._route,
        )

    def call(self, report: c.Report) -> None:
        self._loop.create_task(self._called(report), context=self._node.outside)

    async def _called(self, report: c.Report) -> None:
        assert report.provider_ref is not None
        called = Called(report.delivery, report.provider_ref, report.moved, self._loop.now_ms, reason=report.reason)
        self._journal.calls.append(called)
        if isinstance(await self.hook(report), c.Done):
            called.acked_ms = self._loop.now_ms

    async def hook(self, command: c.Command) -> c.Reply | None:
        """None when the vendor has given up."""
        for _ in range(HOOK_TRIES):
            try:
                return await self._node.ask(command)
            except (NoAnswer, Unavailable):
                await self._loop.pause(HOOK_AGAIN_S)
        return None

    # Forged ------------------------------------------------------------------------------------------------------

    def _forge(self, report: c.Report) -> None:
        """Somebody knows how a callback looks, and some ids: one of them is always wrong."""
        wrong = self._chance.choice(
            (
                {"org": STRANGER},
                {"alert": "00000000-0000-7000-8000-000000000000"},
                {"delivery": "00000000-0000-7000-8000-000000000000"},
            )
        )
        moved = self._chance.choice((c.Moved.DELIVERED, c.Moved.UNDELIVERED, c.Moved.ENDED))
        fields = {name: getattr(report, name) for name in report.__struct_fields__}
        forged = c.Report(**{**fields, "moved": moved, "reason": Reason.OPTED_OUT, **wrong})
        self._loop.create_task(self._forged(forged), context=self._node.outside)

    async def _forged(self, report: c.Report) -> None:
        reply = await self.hook(report)
        self._journal.forged.append(Forged(report.delivery, reply is None or isinstance(reply, c.Declined)))
