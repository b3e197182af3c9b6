"""Long thoughts apart from the loop: previews, gaps, the cover of a day, the weighing of rosters.

They have two threads of their own, however many people look.  The threads that everything else borrows (looking up a
carrier's address, hashing a code) are never full of them.
"""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")
THREADS = 2
SWITCH_S = 0.0005  # So long a thought keeps the interpreter from the loop, which gives it up a dozen times in a press.
_THOUGHTS = ThreadPoolExecutor(THREADS, thread_name_prefix="tocsin-thought")


def give_way() -> None:
    """From now on whoever thinks in this process lets the loop go on after SWITCH_S; by itself it is ten times that."""
    sys.setswitchinterval(SWITCH_S)


async def thought(work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
    """What `work` makes of it.  It must be pure: nobody waits for it when the loop goes on without it."""
    return await asyncio.get_running_loop().run_in_executor(_THOUGHTS, lambda: work(*given, **named))


async def pause() -> None:
    """Let the loop do what waits, a press first of all: between the parts of something long that must stay on it."""
    done = asyncio.Event()
    asyncio.get_running_loop().call_soon(done.set)
    await done.wait()


class Turnstile:
    """Lets one after the other go on, each in a turn of the loop of its own: a press goes between any two of them."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None  # Of those who wait; None: nobody does.
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def passed(self) -> None:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop, self._waiting = loop, deque()
            loop.call_soon(self._turn, loop)
        turn: asyncio.Future[None] = loop.create_future()
        self._waiting.append(turn)
        await turn

    def _turn(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._waiting and self._waiting[0].done():
            self._waiting.popleft()  # They hung up in the queue.
        if not self._waiting:
            self._loop = None
            return
        self._waiting.popleft().set_result(None)
        loop.call_soon(self._turn, loop)
