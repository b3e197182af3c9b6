"""Threads for calls that block and may never come back: a bound on how many, a deadline for each, nobody held at exit.

Theory of operation
-------------------
Each call has a thread of its own and one of `places`.  A call that outlasts its deadline is given up, but keeps its
place until it returns, since its thread is still there; when all places are held so, the next call is told at its
deadline that it was never begun.  The threads are daemons: a stuck one does not keep the process from ending.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")


class NotBegun(TimeoutError):
    """No place came free before the deadline: nothing was done."""


class Workers:
    """`name` is what the threads are called."""

    def __init__(self, places: int, name: str) -> None:
        self._free, self._name = asyncio.Semaphore(places), name
        self.stuck = 0  # Calls that were given up and have not come back.

    async def run(self, work: Callable[[], T], deadline_s: float) -> T:
        """What `work` returns or raises.  NotBegun: it never ran; TimeoutError: it may still be running."""
        done: asyncio.Future[T] | None = None
        try:
            async with asyncio.timeout(deadline_s):
                await self._free.acquire()
                done = self._begin(work)
                return await asyncio.shield(done)
        except TimeoutError:
            if done is None:
                raise NotBegun("no worker came free") from None
            if not done.done():
                self.stuck += 1
                done.add_done_callback(self._came_back)
            raise

    def _begin(self, work: Callable[[], T]) -> asyncio.Future[T]:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        thread = Thread(target=_work, args=(work, loop, done, self._free), name=self._name, daemon=True)
        try:
            thread.start()
        except RuntimeError:  # The system has no thread left.
            self._free.release()
            raise NotBegun("no thread can be started") from None
        return done

    def _came_back(self, done: asyncio.Future[Any]) -> None:
        self.stuck -= 1
        if not done.cancelled():
            done.exception()  # Looked at, so that nobody complains that it was not.


def _work(
    work: Callable[[], Any], loop: asyncio.AbstractEventLoop, done: asyncio.Future[Any], free: asyncio.Semaphore
) -> None:
    """In the thread."""
    result, error = None, None
    try:
        result = work()
    except Exception as raised:  # Whatever the work raises is raised again where it is awaited.
        error = raised
    with contextlib.suppress(RuntimeError):  # The loop has ended meanwhile; nobody waits.
        loop.call_soon_threadsafe(_ended, done, free, result, error)


def _ended(done: asyncio.Future[Any], free: asyncio.Semaphore, result: Any, error: Exception | None) -> None:
    free.release()
    if done.done():
        return
    if error is None:
        done.set_result(result)
    else:
        done.set_exception(error)
