"""The push that proves a way: sent once, past the outbox, and forgotten where it fails.

It is no message of an alert, and nobody waits for it: the phone's page asks for another when no receipt has come.  At
most PROOFS_MAX are under way, so that a flood of them takes nothing from those who are rung.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from tocsin.core.access.push_commands import PushGone
from tocsin.core.limits import PUSH_VALID_MS, SECOND_MS
from tocsin.core.push_words import proof_words
from tocsin.core.words import Channel, Purpose, Reason
from tocsin.ports import Message, Refused
from tocsin.runtime.routes import Route, Routes
from tocsin.wire.push import proof_id

WAY = "push"  # The one name that all push services together go by.
PROOFS_MAX = 32
log = structlog.get_logger("tocsin.push")


class PushProofs:
    """`tell` is given what a push service says of a subscription."""

    def __init__(self, routes: Routes, tell: Callable[[PushGone], None]) -> None:
        self._routes, self._tell = routes, tell
        self._under_way: set[asyncio.Task[None]] = set()

    def send(self, org: str, subscription: str, asked_ms: int, language: str) -> None:
        """Send it when the loop comes to it.  Never raises."""
        channel = self._routes.way(Channel.PUSH, WAY)
        if channel is None or len(self._under_way) >= PROOFS_MAX:
            log.warning("proof_not_sent", why="off" if channel is None else "too_many")
            return
        work = self._send(Route(WAY, channel), org, subscription, _message(subscription, asked_ms, language))
        task = asyncio.get_running_loop().create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def stop(self) -> None:
        """What is under way ends (its channel has a deadline)."""
        if self._under_way:
            await asyncio.wait(self._under_way)

    async def _send(self, route: Route, org: str, subscription: str, message: Message) -> None:
        result = await self._routes.send(route, message, Channel.PUSH)
        if isinstance(result, Refused):
            log.warning("proof_not_sent", why=result.reason.value)
            if result.reason is Reason.ADDRESS_DEAD:
                self._tell(PushGone(org=org, subscription=subscription))


def _message(subscription: str, asked_ms: int, language: str) -> Message:
    return Message(
        reference=f"{WAY}/{proof_id(subscription, asked_ms)}",
        to=subscription,
        text=proof_words(language),
        valid_s=PUSH_VALID_MS // SECOND_MS,
        language=language,
        purpose=Purpose.REACH_TEST,
    )
