"""A reply for whoever waits for help to be told: in time, or the truth that there is none."""

from __future__ import annotations

import asyncio

from tocsin.core.commands import Command, Reply
from tocsin.core.limits import PRESS_ANSWERED_MAX_S
from tocsin.runtime.loop import Unavailable
from tocsin.runtime.node import Takes


async def submitted(ring: Takes, command: Command) -> Reply:
    """The reply, once it is durable.  Raises Unavailable within PRESS_ANSWERED_MAX_S, so that they can call instead.

    Should a disk that stalled store it after all, it rings: nobody minds.
    """
    try:
        async with asyncio.timeout(PRESS_ANSWERED_MAX_S):
            return await ring.submit(command)
    except TimeoutError:
        raise Unavailable() from None
