"""What has been recorded as intended goes out: newest live alert first, drills last, nothing throttled.

Theory of operation
-------------------
The outbox holds only what is in the store.  A queued message waits until it is due, then until one of `IN_FLIGHT_MAX`
places is free; a live alert's messages go before a drill's, and of two alerts the newer one's first.  Announcements
have a line of their own with a few places, and go when nothing else is waiting to go.  Each message
passes the stages in the order in which `app/node.py` lists them; a stage passes the parcel on or ends it with a report.
What the channel says comes back as a command, like everything else.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable, Sequence
from itertools import islice

import structlog
from msgspec.structs import replace

from tocsin.core.commands import Moved, Report
from tocsin.core.delivery import Delivery
from tocsin.core.limits import SECOND_MS
from tocsin.core.words import REACHING, DeliveryState, Purpose
from tocsin.ports import Clock
from tocsin.runtime.stages import Parcel, Stage
from tocsin.runtime.wakes import Wakes

IN_FLIGHT_MAX = 512  # Requests at once: more would only queue in the kernel.
STUCK_MS = 3 * SECOND_MS  # A send that hangs for longer holds no place that others need, whose vendor may be well.
STUCK_MAX = 1_536  # But there is an end to connections.
BEGUN_AT_ONCE = 32  # Sends begun in one turn of the loop: their requests leave at its end, not behind two hundred more.
DRILLS_IN_FLIGHT_MAX = 64  # A drill never takes the places that a live alert needs.
BESIDES_IN_FLIGHT_MAX = 96  # Nor do mail, services and webhooks, which may hang, take those of what wakes people.
ANNOUNCED_IN_FLIGHT_MAX = 8  # Nor does what is only to be looked at: half of the connections that mail has.
_NEXT = dict.fromkeys((Purpose.CLOSING, Purpose.REPLY, Purpose.FOLLOW_UP), 1)
RANK = {Purpose.RING: 0, Purpose.REAL_ALERT: 0, **_NEXT, Purpose.ALL_CLEAR: 2}
LAST = 3
log = structlog.get_logger("tocsin.outbox")
Order = tuple[bool, int, int, int]
Line = list[tuple[Order, str]]


class Outbox:
    """`tell` takes the reports; `org_of` says whose a message is.

    `begun`: may this send of this message have begun before the process died?  Yes, where nobody knows.
    """

    def __init__(
        self, clock: Clock, stages: Sequence[Stage], begun: Callable[[str, int], bool] = lambda id, send: True
    ) -> None:
        self._clock, self._stages, self._may_have_begun = clock, stages, begun
        self._tell: Callable[[Report], None] = _nobody
        self._org_of: Callable[[str], str | None] = _no_org
        self._wakes = Wakes(clock, self._due)
        self._known: dict[str, Delivery] = {}
        self._ready: Line = []
        self._besides: Line = []
        self._announced: Line = []
        self._flying: dict[str, asyncio.Task[None]] = {}
        self._begun: dict[str, int] = {}  # When each of those began, the oldest first.
        self._looks_again: asyncio.TimerHandle | None = None
        self._drills_flying = self._besides_flying = self._announced_flying = self._begun_now = 0
        self._stopped = False

    def connect(self, tell: Callable[[Report], None], org_of: Callable[[str], str | None]) -> None:
        self._tell, self._org_of = tell, org_of

    def __len__(self) -> int:
        """Messages that are neither over nor with a carrier."""
        return sum(delivery.state is DeliveryState.QUEUED for delivery in self._known.values())

    @property
    def oldest_ms(self) -> int | None:
        """When the oldest message that is due and unsent was made."""
        times = [self._known[id].created_at_ms for _, id in (*self._ready, *self._besides) if id in self._known]
        return min(times, default=None)

    def may_have_been_sent(self, delivery: Delivery, now_ms: int) -> bool:
        """Of a message found in the store at start: was its time come when the last process ended, and had it begun?

        `now_ms`: the latest that it may be now.
        """
        due = delivery.due_at_ms is not None and delivery.due_at_ms <= now_ms
        return due and delivery.state is DeliveryState.QUEUED and self._may_have_begun(delivery.id, delivery.attempts)

    def take(self, *deliveries: Delivery) -> None:
        """The newest states of messages, just stored.  All that are due have lined up before the first is sent."""
        now_ms = self._clock.now_ms()
        for delivery in deliveries:
            self._take(delivery, now_ms)
        self._pump()

    def _take(self, delivery: Delivery, now_ms: int) -> None:
        if delivery.due_at_ms is None:
            self._known.pop(delivery.id, None)
            self._wakes.set(delivery.id, None)
            return
        self._known[delivery.id] = delivery
        if delivery.state is DeliveryState.QUEUED and delivery.due_at_ms <= now_ms:
            self._wakes.set(delivery.id, None)
            self._line_up(delivery)
        else:
            self._wakes.set(delivery.id, delivery.due_at_ms)

    def _due(self, id: str) -> None:
        delivery = self._known[id]
        if delivery.state is DeliveryState.QUEUED:
            self._line_up(delivery)
            self._pump()
        else:
            self._report(delivery, Report(org="", delivery=id, alert=delivery.alert, moved=Moved.DUE))

    def _line_up(self, delivery: Delivery) -> None:
        line = self._besides if _tells_besides(delivery) else self._ready
        line = self._announced if _announces(delivery) else line
        heapq.heappush(line, (_order(delivery), delivery.id))

    def _pump(self) -> None:
        self._let_fly(self._ready)
        self._let_fly(self._besides)
        if not self._ready:
            self._let_fly(self._announced)

    def _let_fly(self, line: Line) -> None:
        held_back = []
        while line and self._place_in(line):
            order, id = heapq.heappop(line)
            delivery = self._known.get(id)
            if delivery is None or delivery.state is not DeliveryState.QUEUED or id in self._flying:
                continue
            if delivery.drill and self._drills_flying >= DRILLS_IN_FLIGHT_MAX:
                held_back.append((order, id))
                break  # Drills are last in the line: nothing live stands behind this one.
            self._fly(delivery)
        for entry in held_back:
            heapq.heappush(line, entry)

    def _place_in(self, line: Line) -> bool:
        """May one more of this line be sent now?"""
        crowded = line is self._besides and self._besides_flying >= BESIDES_IN_FLIGHT_MAX
        crowded = crowded or (line is self._announced and self._announced_flying >= ANNOUNCED_IN_FLIGHT_MAX)
        return not crowded and not self._stopped and self._begun_now < BEGUN_AT_ONCE and not self._full()

    def _full(self) -> bool:
        """Is every place taken by a send that is not stuck?  Then time is looked at again, for by then some may be."""
        if len(self._flying) < IN_FLIGHT_MAX:
            return False
        too_many = len(self._flying) - IN_FLIGHT_MAX
        begun_ms = next(islice(self._begun.values(), too_many, None))  # Is it stuck, so are all that began before it.
        if too_many < STUCK_MAX and self._clock.now_ms() - begun_ms >= STUCK_MS:
            return False
        if self._looks_again is None:
            self._looks_again = asyncio.get_running_loop().call_later(STUCK_MS / SECOND_MS, self._look_again)
        return True

    def _look_again(self) -> None:
        self._looks_again = None
        self._pump()

    def _next_turn(self) -> None:
        self._begun_now = 0
        self._pump()

    def _fly(self, delivery: Delivery) -> None:
        if not self._begun_now:
            asyncio.get_running_loop().call_soon(self._next_turn)
        self._begun_now += 1
        self._drills_flying += delivery.drill
        self._besides_flying += _tells_besides(delivery)
        self._announced_flying += _announces(delivery)
        task = asyncio.get_running_loop().create_task(self._send(delivery))
        self._flying[delivery.id], self._begun[delivery.id] = task, self._clock.now_ms()

    async def _send(self, delivery: Delivery) -> None:
        try:
            report = await _through(self._stages, Parcel(self._org_of(delivery.alert) or "", delivery))
        except Exception:
            log.exception("stage_failed")
            id, alert, send = delivery.id, delivery.alert, delivery.attempts
            report = Report(org="", delivery=id, alert=alert, moved=Moved.UNKNOWN, send=send)
        finally:
            del self._flying[delivery.id], self._begun[delivery.id]
            self._drills_flying -= delivery.drill
            self._besides_flying -= _tells_besides(delivery)
            self._announced_flying -= _announces(delivery)
        self._report(delivery, report)
        self._flown(delivery)
        self._pump()

    def _flown(self, delivery: Delivery) -> None:
        """News of it came before the send returned, and asked for another send of the same message: that is due now."""
        known = self._known.get(delivery.id)
        if known is not None and known.attempts > delivery.attempts:
            self.take(known)

    def _report(self, delivery: Delivery, report: Report) -> None:
        org = self._org_of(delivery.alert)
        if org is not None:
            self._tell(replace(report, org=org))

    async def stop(self) -> None:
        """Nothing new begins; what is in flight ends (its channel has a deadline)."""
        self._stopped = True
        self._wakes.stop()
        if self._looks_again is not None:
            self._looks_again.cancel()
        if self._flying:
            await asyncio.wait(self._flying.values())


async def _through(stages: Sequence[Stage], parcel: Parcel) -> Report:
    for stage in stages:
        passed: Parcel | Report = await stage(parcel)
        if isinstance(passed, Report):
            return passed
        parcel = passed
    raise AssertionError("the last stage reports")


def _order(delivery: Delivery) -> Order:
    return (delivery.drill, RANK.get(delivery.purpose, LAST), -_born(delivery), delivery.created_at_ms)


def _tells_besides(delivery: Delivery) -> bool:
    return delivery.channel not in REACHING and not _announces(delivery)


def _announces(delivery: Delivery) -> bool:
    return delivery.purpose is Purpose.ANNOUNCEMENT


def _born(delivery: Delivery) -> int:
    """When its alert began: ids grow with time."""
    return int(delivery.alert[:8] + delivery.alert[9:13], 16)


def _nobody(report: Report) -> None:
    raise AssertionError("the outbox is not connected")


def _no_org(alert: str) -> str | None:
    raise AssertionError("the outbox is not connected")
