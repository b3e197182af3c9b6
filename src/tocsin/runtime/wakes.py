"""One heap of what is due next.  It only mirrors rows: a restart reads them again and nothing is lost."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable

from tocsin.ports import Clock
from tocsin.runtime.tally import LATENESS_MS, Spread

LOOK_MAX_S = 5.0  # The loop's timers stand still while the machine sleeps; the clock does not.


class Wakes:
    """Calls `due(key)` at the time set for the key, never before it, whatever the loop's timer says.

    One time for each key; setting None takes it away.  `lateness` (ms) is counted of each that rang.
    """

    def __init__(self, clock: Clock, due: Callable[[str], None]) -> None:
        self._clock, self._due = clock, due
        self._times: dict[str, int] = {}
        self._heap: list[tuple[int, str]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._timer_ms = 0
        self.lateness = Spread(LATENESS_MS)

    def __len__(self) -> int:
        return len(self._times)

    def at_ms(self, key: str) -> int | None:
        return self._times.get(key)

    def set(self, key: str, at_ms: int | None) -> None:
        if at_ms is None:
            self._times.pop(key, None)
        elif self._times.get(key) != at_ms:
            self._times[key] = at_ms
            heapq.heappush(self._heap, (at_ms, key))
            self._arm()

    def stop(self) -> None:
        self._times.clear()
        self._heap.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self) -> None:
        while self._heap and self._times.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        if not self._heap or (self._timer is not None and self._timer_ms <= self._heap[0][0]):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_ms = self._heap[0][0]
        wait_s = min(max(self._timer_ms - self._clock.now_ms(), 0) / 1000, LOOK_MAX_S)
        self._timer = asyncio.get_running_loop().call_later(wait_s, self._ring)

    def _ring(self) -> None:
        self._timer = None
        now_ms = self._clock.now_ms()
        while self._heap and self._heap[0][0] <= now_ms:
            at_ms, key = heapq.heappop(self._heap)
            if self._times.get(key) == at_ms:
                del self._times[key]
                self.lateness.add(now_ms - at_ms)
                self._due(key)
        self._arm()
