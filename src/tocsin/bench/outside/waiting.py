"""How the harness waits: on its own loop's clock, which no fault of the server can touch."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

LOOK_EVERY_S = 0.05


async def passed(seconds: float) -> None:
    """Return when so much time is over."""
    loop = asyncio.get_running_loop()
    over = loop.create_future()
    loop.call_later(seconds, over.set_result, None)
    await over


async def until(true: Callable[[], bool], seconds: float) -> bool:
    """Wait for it, so long at the most.  Was it?"""
    loop = asyncio.get_running_loop()
    end_s = loop.time() + seconds
    while not true() and loop.time() < end_s:
        await passed(LOOK_EVERY_S)
    return true()
