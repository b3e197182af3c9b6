"""What a node counts of itself: plain whole numbers, added to where things happen, read when somebody scrapes.

Nothing here waits, formats or asks: what is counted on the way of a press must cost it nothing.  Only words of the
domain are counted by; nothing that anybody wrote, and no id (I25).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence

from tocsin import ports
from tocsin.core import commands as c
from tocsin.core.delivery import Delivery
from tocsin.core.docket import Docket
from tocsin.core.events import PressedAgain, Raised
from tocsin.core.words import Came, Channel, DeliveryState, Reason

# Around what is promised: a bare commit is a quarter of a millisecond, a phone gives up after seconds.
LATENCY_NS = tuple(
    round(ms * 1_000_000) for ms in (0.25, 0.5, 1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 10_000)
)
LATENESS_MS = (1, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000, 15_000)  # A timer may be a second late (I6).
BATCH_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Spread:
    """How often a value fell between which bounds.  `counts` has one place more: above the last bound."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: Sequence[int]) -> None:
        self.bounds, self.counts, self.total = tuple(bounds), [0] * (len(bounds) + 1), 0

    def add(self, value: int) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


class Tally:
    """Of one node, since it started.  `elapsed_ns` never goes back."""

    def __init__(self, elapsed_ns: Callable[[], int]) -> None:
        self.elapsed_ns = elapsed_ns
        self.commits = Spread(LATENCY_NS)
        self.presses_accepted = Spread(LATENCY_NS)
        self.texts_accepted = Spread(LATENCY_NS)
        self.batches = Spread(BATCH_SIZES)
        self.presses: Counter[Came] = Counter()
        self.deliveries: Counter[tuple[Channel, str, DeliveryState, Reason | None]] = Counter()
        self.sends: Counter[tuple[Channel, str, str]] = Counter()
        self.refusals: Counter[str] = Counter()

    def accepted(self, command: c.Command, began_ns: int) -> None:
        """This command was durable, and its sender told, just now."""
        if isinstance(command, c.Press):
            self.presses_accepted.add(self.elapsed_ns() - began_ns)
        elif isinstance(command, c.TextIn):
            self.texts_accepted.add(self.elapsed_ns() - began_ns)

    def committed(self, docket: Docket) -> None:
        """What one decision brought about, once it is durable."""
        for draft in docket.drafts.values():
            for event in draft.events:
                if isinstance(event, Raised | PressedAgain):
                    self.presses[event.came] += 1
            self.deliveries.update(map(_standing, draft.changed.values()))

    def sent(self, channel: Channel, vendor: str, result: ports.Accepted | ports.Refused | ports.Unknown) -> None:
        """One physical send ended like this."""
        match result:
            case ports.Accepted():
                self.sends[channel, vendor, "accepted"] += 1
            case ports.Refused(reason):
                self.sends[channel, vendor, reason.value] += 1
            case ports.Unknown():
                self.sends[channel, vendor, "unknown"] += 1


def _standing(delivery: Delivery) -> tuple[Channel, str, DeliveryState, Reason | None]:
    return delivery.channel, delivery.route or "", delivery.state, delivery.reason
