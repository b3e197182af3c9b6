"""Answers to texts, by vendors that take no answer in the reply to their webhook.

A reply is no ring: it is sent once, after what it answers is durable, and forgotten where it fails.  At most
REPLIES_MAX are under way, so that a flood of texts from strangers takes nothing from those who are rung.
"""

from __future__ import annotations

import asyncio

import structlog

from tocsin.core.limits import REPLY_VALID_MS, SECOND_MS
from tocsin.ports import Accepted, Channel, Message

REPLIES_MAX = 64
log = structlog.get_logger("tocsin.replies")


class Replies:
    """`sent` and `failed` count, for metrics; what was said to whom is nowhere."""

    def __init__(self, channel: Channel) -> None:
        self._channel, self.sent, self.failed = channel, 0, 0
        self._under_way: set[asyncio.Task[None]] = set()

    def say(self, to: str, text: str) -> None:
        """Send it when the loop comes to it.  Never raises."""
        if len(self._under_way) >= REPLIES_MAX:
            self._lost("too_many")
            return
        task = asyncio.get_running_loop().create_task(self._send(to, text))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def stop(self) -> None:
        """What is under way ends (its channel has a deadline)."""
        if self._under_way:
            await asyncio.wait(self._under_way)

    async def _send(self, to: str, text: str) -> None:
        result = await self._channel.send(Message("", to, text, REPLY_VALID_MS // SECOND_MS))
        if isinstance(result, Accepted):
            self.sent += 1
        else:
            self._lost(type(result).__name__)

    def _lost(self, why: str) -> None:
        self.failed += 1
        log.warning("reply_not_sent", why=why)
