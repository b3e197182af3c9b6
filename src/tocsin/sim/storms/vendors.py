"""The vendors: one of them down, losing what it takes, or shut to us; all of them down; numbers dead, phones off."""

from __future__ import annotations

from tocsin.sim.centre import number
from tocsin.sim.climate import Mishap
from tocsin.sim.storms.town import Stormy, Town

BAD_S = (5.0, 60.0)
ALL_DOWN_S = (20.0, 120.0)


def storms(town: Town) -> Stormy:
    vendors = Vendors(town)
    return {
        Mishap.VENDOR_DOWN: vendors.one_down,
        Mishap.VENDOR_LOSING: vendors.one_losing,
        Mishap.VENDORS_DOWN: vendors.all_down,
        Mishap.SENDER_SUSPENDED: vendors.sender_suspended,
        Mishap.NUMBER_DEAD: vendors.number_dead,
        Mishap.PHONE_OFF: vendors.phone_off,
    }


class Vendors:
    def __init__(self, town: Town) -> None:
        self.town, self.chance, self.loop = town, town.chance, town.street.loop

    async def one_down(self) -> None:
        vendor = self.chance.choice(self.town.vendors)
        vendor.down = True
        await self.loop.pause(self.chance.uniform(*BAD_S))
        vendor.down = False

    async def one_losing(self) -> None:
        vendor = self.chance.choice(self.town.texts)
        vendor.losing = True
        await self.loop.pause(self.chance.uniform(*BAD_S))
        vendor.losing = False

    async def all_down(self) -> None:
        for vendor in self.town.vendors:
            vendor.down = True
        await self.loop.pause(self.chance.uniform(*ALL_DOWN_S))
        for vendor in self.town.vendors:
            vendor.down = False

    async def sender_suspended(self) -> None:
        """Our account is closed, or its key no longer known to the vendor."""
        vendor = self.chance.choice(self.town.texts)
        vendor.suspended = True
        await self.loop.pause(self.chance.uniform(*BAD_S))
        vendor.suspended = False

    async def number_dead(self) -> None:
        self.town.phones.dead.add(self._some_number())

    async def phone_off(self) -> None:
        phone = self._some_number()
        self.town.phones.off.add(phone)
        await self.loop.pause(self.chance.uniform(20, 120))
        self.town.phones.off.discard(phone)

    def _some_number(self) -> str:
        return number(self.chance.randrange(8) + self.chance.choice((0, 0, 50)))
