"""What follows from a frozen value, worked out once and held as long as that is the value that is asked about.

An organisation is never changed in place, and the next one shares with it whatever stayed the same.  So what was found
in ten thousand people holds for as long as they are the very same mapping, and no press looks through them again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

V = TypeVar("V")
A = TypeVar("A")
HELD = 4  # Values at a time: the organisation as it is, as it was a moment ago, and one on paper.


class Held(Generic[V, A]):
    """`work` must be pure; its answer is for all who ask about the same value, compared by identity."""

    def __init__(self, work: Callable[[V], A]) -> None:
        self._work = work
        self._known: tuple[tuple[V, A], ...] = ()

    def of(self, value: V) -> A:
        for known, answer in self._known:
            if known is value:
                return answer
        answer = self._work(value)
        self._known = ((value, answer), *self._known[: HELD - 1])  # In one step: threads may ask at once.
        return answer
