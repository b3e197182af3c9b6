"""A text is answered once, by a text that keeps nobody waiting and is forgotten where it fails."""

from __future__ import annotations

import asyncio

from tocsin.core.words import Reason
from tocsin.ports import Accepted, Message, Refused, Unknown
from tocsin.runtime.replies import REPLIES_MAX, Replies
from tocsin.sim.clock import VirtualTimeLoop


class Way:
    """A vendor that says `result` once the gate is open."""

    def __init__(self) -> None:
        self.result: Accepted | Refused | Unknown = Accepted("ref")
        self.gate, self.sent = asyncio.Event(), list[Message]()

    async def send(self, message: Message) -> Accepted | Refused | Unknown:
        self.sent.append(message)
        await self.gate.wait()
        return self.result

    async def close(self) -> None:
        """Nothing is open."""


async def test_a_reply_goes_once_without_a_reference(loop: VirtualTimeLoop) -> None:
    way = Way()
    replies = Replies(way)
    replies.say("+12025550111", "Received.")
    way.gate.set()
    await replies.stop()
    (sent,) = way.sent
    assert (sent.reference, sent.to, sent.text) == ("", "+12025550111", "Received.")
    assert (replies.sent, replies.failed) == (1, 0)
    await replies.stop()


async def test_one_that_fails_is_counted_and_not_tried_again(loop: VirtualTimeLoop) -> None:
    way = Way()
    way.gate.set()
    replies = Replies(way)
    for way.result in (Refused(Reason.VENDOR_DOWN), Unknown("time-out")):
        replies.say("+12025550111", "Received.")
        await replies.stop()
    assert (replies.sent, replies.failed, len(way.sent)) == (0, 2, 2)


async def test_a_flood_takes_no_more_than_its_share(loop: VirtualTimeLoop) -> None:
    way = Way()
    replies = Replies(way)
    for _ in range(REPLIES_MAX + 5):
        replies.say("+12025550111", "Received.")
    await loop.pause(0)
    assert len(way.sent) == REPLIES_MAX and replies.failed == 5
    way.gate.set()
    await replies.stop()
    assert replies.sent == REPLIES_MAX
