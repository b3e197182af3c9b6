"""Two vendors that carry for the town, each in a mood of its own."""

from __future__ import annotations

from carrier import Carrier, Mood
from msgspec.structs import replace
from people import NUMBERS
from town import Town

from tocsin import ports
from tocsin.core.commands import Report
from tocsin.core.delivery import Delivery
from tocsin.core.words import Channel
from tocsin.runtime.routes import Routes

TWO = {Channel.SMS: ("twilio", "vonage")}


class Nobody:
    """A way that is only chosen here, never gone."""

    async def send(self, message: ports.Message) -> ports.Accepted | ports.Refused | ports.Unknown:
        raise AssertionError("the town's carrier sends")

    async def close(self) -> None:
        """Nothing is open."""


class Vendors(Carrier):
    """`at`: the mood of a vendor towards a member, or ("vendor", "*") towards all.  `went`: (vendor, member), in order.

    Who carries a message is chosen as in production; the news says of which send it speaks, as our hooks read it.
    """

    def __init__(self, town: Town) -> None:
        super().__init__()
        self.town, self.at = town, dict[tuple[str, str], Mood]()
        self.went: list[tuple[str, str]] = []
        self._vendor = ""
        self._routes = Routes({Channel.SMS: {name: Nobody() for name in town.routes[Channel.SMS]}})

    def mood(self, member: str) -> Mood:
        return self.at.get((self._vendor, member), self.at.get((self._vendor, "*"), Mood.WELL))

    def take(self, delivery: Delivery, org: str, now_ms: int) -> tuple[list[tuple[int, Report]], bool]:
        contacts = self.town.member(delivery.member).contacts
        remembered = next(contact.route for contact in contacts if contact.id == delivery.contact)
        route = self._routes.choose(delivery, remembered)
        assert route is not None
        self._vendor = route.name
        self.went.append((route.name, delivery.member))
        reports, rings = super().take(delivery, org, now_ms)
        return [(at_ms, self.of(delivery, report, route.name)) for at_ms, report in reports], rings

    def of(self, delivery: Delivery, report: Report, vendor: str) -> Report:
        """The same news as this vendor says it of the present send."""
        ref = report.provider_ref and f"{vendor}-{delivery.attempts}-{delivery.id}"
        return replace(report, route=vendor, send=delivery.attempts, provider_ref=ref)

    def taken(self, name: str) -> list[str]:
        """By whom this person was sent something since we last asked."""
        assert name in NUMBERS
        theirs = [vendor for vendor, member in self.went if member == name]
        self.went = [(vendor, member) for vendor, member in self.went if member != name]
        return theirs


def two_vendors(*, restarts: bool = False) -> tuple[Town, Vendors]:
    """The town with Twilio first and Vonage beside it."""
    town = Town(restarts=restarts, routes=TWO)
    vendors = Vendors(town)
    town.carrier = vendors
    return town, vendors
