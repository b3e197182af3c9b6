"""The office: rosters, plans, people, numbers, PINs and credentials that change while somebody is in danger."""

from __future__ import annotations

from msgspec.structs import replace

from tocsin.core import commands as c
from tocsin.core.access.record import OPERATOR, SYSTEM
from tocsin.core.directory import Directory, Shift
from tocsin.core.words import Channel
from tocsin.sim.centre import (
    FRIENDS,
    ORG,
    PEOPLE,
    SITE,
    WORKERS,
    as_a_file,
    changed_plan,
    number,
    shifts,
    summer_shifts,
)
from tocsin.sim.climate import Mishap
from tocsin.sim.clock import MS_NS
from tocsin.sim.storms.town import Stormy, Town

HOUR_NS = 3_600_000 * MS_NS
MOVED = 20  # A changed number is the old one and so much.


def storms(town: Town) -> Stormy:
    desk = Desk(town)
    return {
        Mishap.SHIFT_CHANGED: desk.shift,
        Mishap.SHIFT_EMPTIED: desk.shift_emptied,
        Mishap.SUMMER_ENDS: desk.summer_ends,
        Mishap.PLAN_CHANGED: desk.plan,
        Mishap.MEMBER_SUSPENDED: desk.suspend,
        Mishap.MEMBER_TIED: desk.tie,
        Mishap.CONTACT_CHANGED: desk.contact,
        Mishap.PINS_CHANGED: desk.pins,
        Mishap.CREDENTIAL_REVOKED: desk.credential,
    }


class Desk:
    def __init__(self, town: Town) -> None:
        self.town, self.street, self.office, self.chance = town, town.street, town.office, town.chance
        self.node, self.loop = town.street.node, town.street.loop

    @property
    def directory(self) -> Directory:
        return self.node.world.directory(ORG)

    async def _apply(self, directory: Directory) -> None:
        await self.street.insist(c.ReplaceDirectory(org=ORG, directory=as_a_file(directory), by="wale"))

    async def _roster(self, shifts: tuple[Shift, ...]) -> None:
        elsewhere = (shift for shift in self.directory.shifts if shift.site != SITE)
        await self._apply(replace(self.directory, shifts=(*shifts, *elsewhere)))

    async def shift(self) -> None:
        await self._roster(shifts(self.chance))

    async def shift_emptied(self) -> None:
        await self._roster(shifts(self.chance, empty=True))

    async def summer_ends(self) -> None:
        """A machine that was set up by local time goes back an hour, and a shift ends in the hour that comes twice."""
        if self.node.life is not None:
            self.node.clocks.wrong_ns -= HOUR_NS
        await self._roster(summer_shifts(self.chance))
        await self.loop.pause(self.chance.uniform(1, 60))
        self.node.clocks.wrong_ns = 0

    async def plan(self) -> None:
        """It counts from the next alert on."""
        elsewhere = tuple(plan for plan in self.directory.plans if plan.site != SITE)
        await self._apply(replace(self.directory, plans=changed_plan(self.chance, elsewhere)))

    async def suspend(self) -> None:
        member = self.chance.choice((*FRIENDS, "teo", "ada", *WORKERS))
        if not self.office.two_left(member):
            return
        self.office.suspended.append(member)
        await self.office.suspend(member)
        if self.chance.random() < 0.3:
            await self.loop.pause(self.chance.uniform(1, 60))
            await self.office.suspend(member, lifted=True)

    async def tie(self) -> None:
        await self.office.tie(self.chance.choice((*FRIENDS, "teo", "ada")), self.chance.choice(WORKERS))

    async def contact(self) -> None:
        """Somebody has a new number."""
        index = self.chance.randrange(len(PEOPLE))
        name = PEOPLE[index][0]
        member = self.directory.members.get(name)
        if member is None:
            return
        known = next((contact for contact in member.contacts if contact.kind is Channel.SMS), None)
        if known is None:  # It was taken out.
            return
        moved = known.to != number(index + MOVED)
        contact = replace(known, to=number(index + MOVED), dead=None, opted_out=known.opted_out and not moved)
        self.town.phones.owners[contact.to] = self.town.colleagues[name].rung
        self.town.colleagues[name].number, self.town.colleagues[name].moved = contact.to, True
        await self.street.insist(c.SetContact(org=ORG, by=SYSTEM, member=name, contact=contact))

    async def pins(self) -> None:
        member = self.chance.choice(WORKERS)
        await self.street.insist(
            c.SetPins(org=ORG, by=OPERATOR, member=member, pin_hash="new", duress_pin_hash="other")
        )

    async def credential(self) -> None:
        """A phone is revoked: from now on it may only raise."""
        worker = self.chance.choice(self.town.workers)
        worker.revoked = True
        await self.street.insist(c.Revoke(org=ORG, by=OPERATOR, member=worker.name))
