"""Lets those who only look go on one by one, and none of them while somebody calls for help.

Theory of operation
-------------------
To draw a page takes longer than a press may wait for several of them, and whatever one turn of the loop has begun, a
press waits for.  So each page begins in a turn of its own.  A press takes several turns, between which the disk is
waited for; while any is on its way nobody else is let on, so it waits for the page that was being drawn when it came
and for no other.  However many press, nobody who looks is held back for longer than HELD_MAX_S because of that.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple
from weakref import WeakKeyDictionary

HELD_MAX_S = 0.1  # A page that comes later than that looks like one that does not come.
SOON_S = 0.001  # A timer may go off that much before its time, and is not set for so little.


class _Turn(NamedTuple):
    """Somebody who waits, and until when calls for help may hold them back."""

    until_s: float
    granted: asyncio.Future[None]


class Turnstile:
    """Of one loop: see `turnstile`."""

    def __init__(self) -> None:
        self._waiting, self._calls = deque[_Turn](), 0
        self._next: asyncio.Handle | None = None  # When the next one is looked at; None: nobody waits.

    @contextmanager
    def ahead(self) -> Iterator[None]:
        """A call for help: while the block lasts, nobody is let on."""
        self._calls += 1
        try:
            yield
        finally:
            self._calls -= 1
            if self._waiting and not self._calls:
                self._look_soon()

    async def passed(self) -> None:
        """Returns when it is one's turn; in that turn of the loop nobody else is let on."""
        until_s = asyncio.get_running_loop().time() + HELD_MAX_S
        await self._granted(until_s, self._waiting.append)
        while self._held(until_s):  # Somebody has called between the granting and now.
            await self._granted(until_s, self._waiting.appendleft)

    async def _granted(self, until_s: float, queue: Callable[[_Turn], None]) -> None:
        turn = _Turn(until_s, asyncio.get_running_loop().create_future())
        queue(turn)
        if self._next is None:
            self._look_soon()
        await turn.granted

    def _held(self, until_s: float) -> bool:
        return self._calls > 0 and asyncio.get_running_loop().time() < until_s - SOON_S

    def _look_soon(self) -> None:
        if self._next is not None:
            self._next.cancel()
        self._next = asyncio.get_running_loop().call_soon(self._look)

    def _look(self) -> None:
        self._next = None
        while self._waiting and self._waiting[0].granted.done():
            self._waiting.popleft()  # They hung up in the queue.
        if not self._waiting:
            return
        if self._held(self._waiting[0].until_s):
            self._next = asyncio.get_running_loop().call_at(self._waiting[0].until_s, self._look)
        else:
            self._waiting.popleft().granted.set_result(None)
            self._look_soon()


_TURNSTILES: WeakKeyDictionary[asyncio.AbstractEventLoop, Turnstile] = WeakKeyDictionary()


def turnstile() -> Turnstile:
    """The one of the running loop: whatever stands on it waits for the same turns."""
    loop = asyncio.get_running_loop()
    known = _TURNSTILES.get(loop)
    if known is None:
        known = _TURNSTILES[loop] = Turnstile()
    return known
