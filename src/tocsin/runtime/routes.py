"""By which vendor a message goes: all that are set up for its channel, the likeliest first.

Theory of operation
-------------------
A channel has one or more routes, each a vendor's `ports.Channel`, in the order of the settings.  A message goes by the
first of them that it has not tried; what a vendor says of itself (its health) and the memory of the number put others
before it.  A vendor that lets requests hang is put behind the others before any of them has timed out.  A message is
never held back for want of a healthy vendor: the least bad one is asked.

A vendor that is down is probed where its channel can (`Probed`); where it cannot, it is tried again after its term.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple, Protocol, runtime_checkable

import structlog

from tocsin import ports
from tocsin.core.delivery import Delivery
from tocsin.core.limits import SECOND_MS, SEND_DEADLINE_MS
from tocsin.core.words import Channel, Reason
from tocsin.runtime.health import STRIKES, STRIKES_DOWN, Health, heard
from tocsin.runtime.readiness import NotReady
from tocsin.runtime.wakes import Wakes

Ways = Mapping[Channel, Mapping[str, ports.Channel]]
Result = ports.Accepted | ports.Refused | ports.Unknown
HANGS_MS = 3 * SECOND_MS  # A vendor answers in well under a second.
MANIFOLD = frozenset({Channel.OTHER, Channel.WEBHOOK})  # Each contact is a vendor of its own: one says nothing of all.
HANGING_MIN = 3  # Requests that hang at once: a single one may be the network's doing.
log = structlog.get_logger("tocsin.routes")


@runtime_checkable
class Probed(Protocol):
    """A channel that can ask its vendor whether it is well, without a message."""

    async def probe(self) -> ports.Accepted | ports.Refused: ...


class Route(NamedTuple):
    name: str
    channel: ports.Channel


class VendorSeen(NamedTuple):
    """`state`: well or down.  `failures`: in a row."""

    channel: Channel
    vendor: str
    state: str
    since_ms: int
    failures: int


Key = tuple[Channel, str]


class Routes:
    """`ways`: for each channel its vendors by name, in the order in which they are tried.

    Without a clock nobody's health is minded.  `page` is told of a vendor that goes down.
    """

    def __init__(self, ways: Ways, clock: ports.Clock | None = None, page: Callable[[str], None] | None = None) -> None:
        self._ways, self._clock, self._page = ways, clock, page
        self._wakes = None if clock is None else Wakes(clock, self._due)
        began_ms = 0 if clock is None else clock.now_ms()
        self._health: dict[Key, Health] = {key: Health(since_ms=began_ms) for key in self._keys()}
        self._flying: dict[Key, dict[int, int]] = {key: {} for key in self._keys()}
        self._flights = 0
        self._probing: set[asyncio.Task[None]] = set()

    def _keys(self) -> Iterator[Key]:
        return ((channel, name) for channel, vendors in self._ways.items() for name in vendors)

    @property
    def names(self) -> Mapping[Channel, tuple[str, ...]]:
        return {channel: tuple(vendors) for channel, vendors in self._ways.items() if vendors}

    def way(self, channel: Channel, name: str) -> ports.Channel | None:
        return self._ways.get(channel, {}).get(name)

    # Choosing ---------------------------------------------------------------------------------------------------

    def choose(self, delivery: Delivery, remembered: str | None) -> Route | None:
        """The vendor for the next physical send; None where the channel has none.  `remembered`: by the contact."""
        vendors = self._ways.get(delivery.channel, {})
        if len(vendors) < 2:
            return next((Route(*vendor) for vendor in vendors.items()), None)

        def order(name: str) -> tuple[bool, int, bool, bool]:
            key = (delivery.channel, name)
            return name in delivery.tried, _badness(self._health[key]), self._hangs(key), name != remembered

        first = min(vendors, key=order)
        return Route(first, vendors[first])

    def _hangs(self, key: Key) -> bool:
        """Do several requests wait for longer than a vendor takes that is well?"""
        begun = list(islice(self._flying[key].values(), HANGING_MIN))
        return self._clock is not None and len(begun) == HANGING_MIN and self._clock.now_ms() - begun[-1] >= HANGS_MS

    # Sending ----------------------------------------------------------------------------------------------------

    async def send(self, route: Route, message: ports.Message, channel: Channel) -> Result:
        """One physical send; what it says of the vendor is remembered."""
        key, flight = (channel, route.name), self._flights
        self._flights += 1
        self._flying[key][flight] = 0 if self._clock is None else self._clock.now_ms()
        try:
            result = await route.channel.send(message)
        finally:
            del self._flying[key][flight]
        self._heard(key, result)
        return result

    async def withdraw(self, channel: Channel, vendor: str | None, ref: str) -> bool:
        """Ask the vendor that has it (None: the channel's only one) to give it back.  False: ask again later."""
        vendors = self._ways.get(channel, {})
        way = vendors.get(vendor) if vendor is not None else next(iter(vendors.values()), None)
        return await way.withdraw(ref) if isinstance(way, ports.Withdrawable) else True

    def _heard(self, key: Key, result: Result) -> None:
        if self._clock is None or self._wakes is None or key[0] in MANIFOLD:
            return
        before, after = self._health[key], heard(self._health[key], _reason(result), self._clock.now_ms())
        self._health[key] = after
        if after.well != before.well:
            self._changed(key, after)
        self._wakes.set("/".join(key), self._next_ms(key, after))

    def _changed(self, key: Key, health: Health) -> None:
        channel, vendor = key
        if health.why is None:
            log.warning("vendor_well", channel=channel.value, vendor=vendor)
            return
        log.error("vendor_down", channel=channel.value, vendor=vendor, reason=health.why.value)
        if self._page is not None:
            self._page("vendor_down")

    # Recovering -------------------------------------------------------------------------------------------------

    def _next_ms(self, key: Key, health: Health) -> int | None:
        if health.well or isinstance(self._ways[key[0]][key[1]], Probed):
            return health.probe_ms
        return health.since_ms + health.term_ms

    def _due(self, name: str) -> None:
        channel, _, vendor = name.partition("/")
        key = Channel(channel), vendor
        way = self._ways[key[0]][vendor]
        if isinstance(way, Probed):
            task = asyncio.get_running_loop().create_task(self._probe(key, way))
            self._probing.add(task)
            task.add_done_callback(self._probing.discard)
        else:
            self._on_trial(key)

    async def _probe(self, key: Key, way: Probed) -> None:
        """Whoever answers is there.  Whether it takes our key for a message too, the next message shows."""
        result = await _probed(way)
        unknown_to_it = isinstance(result, ports.Refused) and result.reason is Reason.SENDER_SUSPENDED
        if unknown_to_it and self._health[key].why is not Reason.SENDER_SUSPENDED:
            result = ports.Accepted("")
        self._heard(key, result)

    def _on_trial(self, key: Key) -> None:
        """Its term is over and nobody can ask it: it is tried again, and one failure more is enough."""
        assert self._clock is not None
        now_ms, before = self._clock.now_ms(), self._health[key]
        strikes = STRIKES_DOWN - STRIKES[Reason.VENDOR_DOWN]
        self._health[key] = Health(since_ms=now_ms, strikes=strikes, struck_ms=now_ms, falls=before.falls)
        self._changed(key, self._health[key])

    # Showing ----------------------------------------------------------------------------------------------------

    def health(self) -> list[VendorSeen]:
        """Every vendor of every channel, as it is thought now."""
        return [
            VendorSeen(channel, vendor, "well" if h.well else "down", h.since_ms, h.strikes // 10 + h.probes)
            for (channel, vendor), h in self._health.items()
        ]

    def not_ready(self) -> Iterator[NotReady]:
        """A reason for each vendor that is down."""
        for (channel, vendor), health in self._health.items():
            if health.why is not None:
                yield _not_ready(channel, vendor, health.why)

    async def close(self) -> None:
        if self._wakes is not None:
            self._wakes.stop()
        for task in self._probing:
            task.cancel()
        await asyncio.gather(*self._probing, return_exceptions=True)
        for vendors in self._ways.values():
            for channel in vendors.values():
                await channel.close()


async def _probed(way: Probed) -> Result:
    """What a probe says.  One that does not end, or fails of itself, is a bad one: only then is another made."""
    try:
        async with asyncio.timeout(SEND_DEADLINE_MS / SECOND_MS):
            return await way.probe()
    except Exception as error:
        return ports.Refused(Reason.VENDOR_DOWN, type(error).__name__)


def _badness(health: Health) -> int:
    """Well, perhaps down, known not to take anything from us."""
    return 0 if health.well else 2 if health.why is Reason.SENDER_SUSPENDED else 1


def _reason(result: Result) -> Reason | None:
    if isinstance(result, ports.Refused):
        return result.reason
    return Reason.NOBODY_KNOWS if isinstance(result, ports.Unknown) else None


def _not_ready(channel: Channel, vendor: str, why: Reason) -> NotReady:
    what = f"The {channel.value} vendor {vendor} is down ({why.value}); others are asked before it."
    if why is Reason.SENDER_SUSPENDED and channel is Channel.PUSH:
        what = "Push services refuse our signature: phones are not rung by push."
        return NotReady("push", what, "See push.subject, the clock and the master key; has the key been changed?")
    if why is Reason.SENDER_SUSPENDED:
        return NotReady(
            "vendors", what, f"See {vendor}'s account: key, credit and sender; then wait for the next probe."
        )
    return NotReady("vendors", what, f"See {vendor}'s status page; it is probed, and asked again once it answers.")
