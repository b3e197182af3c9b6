"""What was thought of late, kept while it still holds.

A long thought (`thinking.py`) about an organisation holds as long as that is the very same value, for the next one is
another; and, where it is about the time from now on, for a while.  However many ask for the same at once, it is thought
once.  Of each thing asked about the last answer is kept, and no other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from typing import Generic, NamedTuple, TypeVar

from tocsin.runtime.thinking import thought

A = TypeVar("A")


class _Thought(NamedTuple, Generic[A]):
    """`answer`: perhaps it is still being thought."""

    of: object
    also: Hashable
    at_ms: int
    answer: asyncio.Future[A]


class Lately(Generic[A]):
    """`lasts_ms`: how long an answer holds at the most."""

    def __init__(self, lasts_ms: int) -> None:
        self._lasts_ms = lasts_ms
        self._known: dict[Hashable, _Thought[A]] = {}

    async def answer(
        self, about: Hashable, now_ms: int, work: Callable[[], A], *, of: object, also: Hashable = ()
    ) -> A:
        """What `work` makes of it, now or of late.  It must be pure.

        `about`: what is asked about.  `of`: the frozen value that it is made of, compared by identity; `also`: what
        else it depends on, compared by value.  What `work` raises is raised here, and thought anew the next time.
        """
        known = self._known.get(about)
        if known is None or not self._holds(known, now_ms, of, also):
            known = _Thought(of, also, now_ms, asyncio.ensure_future(thought(work)))
            self._known[about] = known
        try:
            return await asyncio.shield(known.answer)  # Whoever goes away takes the answer from nobody.
        except Exception:
            if self._known.get(about) is known:
                del self._known[about]
            raise

    def _holds(self, known: _Thought[A], now_ms: int, of: object, also: Hashable) -> bool:
        return known.of is of and known.also == also and 0 <= now_ms - known.at_ms < self._lasts_ms
