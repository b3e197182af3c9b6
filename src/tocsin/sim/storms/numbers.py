"""Numbers that said STOP: the office takes them out and puts them back, and hires whoever wants no texts of ours."""

from __future__ import annotations

from msgspec.structs import replace

from tocsin.core import commands as c
from tocsin.core.access import change_commands as g
from tocsin.core.directory import Contact, Directory, Member
from tocsin.core.words import Channel, Role
from tocsin.sim.centre import ORG, as_a_file
from tocsin.sim.climate import Mishap, chance_of
from tocsin.sim.disk import Weather
from tocsin.sim.staff import FIRST
from tocsin.sim.storms.town import Stormy, Town

MILO = "milo"
SOON_S = (1.0, 30.0)


def storms(town: Town) -> Stormy:
    return {Mishap.CONTACT_PUT_BACK: Book(town).put_back}


async def stranger_stops(town: Town, chance: Weather, number: str) -> None:
    """Who is nobody here yet wants no texts of ours."""
    if await chance.choice(town.texts).text(number, "STOP", "STOP") is not None:
        town.street.journal.opted.append((town.street.loop.now_ms, number, True))


class Book:
    """The office's book of numbers."""

    def __init__(self, town: Town) -> None:
        self.town, self.street, self.staff = town, town.street, town.staff
        self.chance = chance_of(town.street.climate.seed, "book")
        self._heirs = 0

    @property
    def directory(self) -> Directory:
        return self.street.node.world.directory(ORG)

    async def put_back(self) -> None:
        """Somebody says STOP; the office takes the number out, and puts it back: there, or with somebody else."""
        name = self.chance.choice(("teo", "ada", "ines", "kit"))
        if not self.town.colleagues[name].stopped:  # A second STOP would overtake a START on its way.
            await self.town.colleagues[name].stop()
        stopped = [contact for contact in self._texted(name) if contact.opted_out]
        if not stopped:
            return
        contact = Contact(stopped[0].id, Channel.SMS, stopped[0].to, verified=True)
        colleague = self.town.colleagues[name]
        moved, colleague.moved = colleague.moved, True  # Until it is back, a text from it comes from nobody we know.
        await self._without(name, contact)
        await self.street.loop.pause(self.chance.uniform(*SOON_S))
        if any(one.to == contact.to for one in self._texted(name)):
            return  # Somebody else was quicker, or the page that was read was old.
        if self.chance.random() < 0.3:
            await self._given_away(name, contact)
        else:
            await self._with(name, replace(contact, id=self.chance.choice((contact.id, f"{contact.id} again"))))
            colleague.moved = moved or all(one.to != contact.to for one in self._texted(name))

    def _texted(self, name: str) -> list[Contact]:
        member = self.directory.members.get(name)
        return [] if member is None else [contact for contact in member.contacts if contact.kind is Channel.SMS]

    async def _without(self, name: str, contact: Contact) -> None:
        member = self.directory.members[name]
        form = g.form_of(member)
        left = tuple(one for one in form.contacts if one.to != contact.to or one.kind is not contact.kind)
        await self._edit(member, replace(form, contacts=left))

    async def _with(self, name: str, contact: Contact) -> None:
        """By a page, or by a file that somebody else wrote."""
        member = self.directory.members.get(name)
        if member is None:
            return
        if self.chance.random() < 0.5:
            form = g.form_of(member)
            after = replace(form, contacts=(*form.contacts, contact))
            await self._edit(member, after)
            return
        people = {**self.directory.members, name: replace(member, contacts=(*member.contacts, contact))}
        file = as_a_file(replace(self.directory, members=people))
        await self.street.insist(c.ReplaceDirectory(org=ORG, directory=file, by="whoever holds it"))

    async def _given_away(self, name: str, contact: Contact) -> None:
        """Whoever is hired gets the number; its telephone lies in a drawer from now on."""
        self.town.phones.owners.pop(contact.to, None)
        self.town.colleagues[name].moved = True
        self._heirs += 1
        id = f"heir-{self._heirs}"
        form = g.MemberForm(name=id, language="en", duties=(), roles=(Role.RESPONDER,), contacts=(contact,))
        await self.street.insist(g.HireMember(org=ORG, by=self.staff.by(FIRST), id=id, member=form))

    async def _edit(self, member: Member, after: g.MemberForm) -> None:
        by = self.staff.by(self.chance.choice((FIRST, MILO)))
        before = g.form_of(member)
        await self.street.insist(g.EditMember(org=ORG, by=by, member=member.id, before=before, after=after))
