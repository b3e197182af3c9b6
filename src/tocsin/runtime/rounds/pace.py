"""How many messages may be on their way at once, and how many begin in a second.

Theory of operation
-------------------
A queue at the carrier is one in which an SOS would stand too, and it brings nothing: the messages go out no faster.
So the number grows while a send takes about as long as the quickest one, and shrinks when sends take longer: then they
wait for each other.  A carrier far away is given hundreds, one that is busy a handful.  Ways get longer and shorter, so
now and then the quickest is measured anew, with few on their way.

A drill is in no hurry: ten thousand in ten seconds are enough.  So no more than PER_S begin in a second, evenly; what
it leaves of the processors, of the carrier and of the receipts' way back is there for an SOS.  BURST is what it may
catch up with after a moment in which it had no processor.
"""

from __future__ import annotations

from tocsin.core.limits import SECOND_MS

AT_LEAST, AT_MOST = 8, 256
FIRST = 32
STEP = 8
SLOWER = 3.0  # Times the quickest: more is a queue.
SLACK_MS = 10.0  # Below this nobody waits for anybody in any way that matters.
PER_S, BURST = 1_250, 64
MEASURED_EVERY = 50  # Windows; each is as many sends as may be on their way.


class Pace:
    """`most`: how many may be on their way now."""

    def __init__(self) -> None:
        self.most = FIRST
        self._quickest_ms = float("inf")
        self._sum_ms, self._count, self._windows = 0.0, 0, 0
        self._left, self._seen_ms = float(BURST), 0  # Of what may begin now, and when that was.
        self._after = 0  # What it was before it was lowered to measure; 0: it was not.

    def allows(self, flying: int, now_ms: int) -> bool:
        """May one more begin while so many are on their way?  If so, it is counted as begun."""
        self._left = min(BURST, self._left + max(0, now_ms - self._seen_ms) * PER_S / SECOND_MS)
        self._seen_ms = now_ms
        if flying >= self.most or self._left < 1:
            return False
        self._left -= 1
        return True

    def took(self, ms: float) -> None:
        """One send took so long."""
        self._quickest_ms = min(self._quickest_ms, max(ms, 1.0))
        self._sum_ms += ms
        self._count += 1
        if self._count >= self.most:
            mean_ms, self._sum_ms, self._count = self._sum_ms / self._count, 0.0, 0
            self._windows += 1
            self._adjust(mean_ms)

    def _adjust(self, mean_ms: float) -> None:
        if self._after:
            self.most, self._after = self._after, 0
        elif self._windows % MEASURED_EVERY == 0:
            self._after, self.most, self._quickest_ms = self.most, AT_LEAST, float("inf")
        elif mean_ms > max(self._quickest_ms * SLOWER, SLACK_MS):
            self.most = max(AT_LEAST, self.most * 3 // 4)
        else:
            self.most = min(AT_MOST, self.most + STEP)
