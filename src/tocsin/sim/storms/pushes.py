"""Phones that take pushes: found before the night, subscribed anew, let go; and a key of ours that no service takes."""

from __future__ import annotations

from tocsin.core import commands as c
from tocsin.core.access.push_commands import PushProven, Subscribe, Unsubscribe
from tocsin.core.access.pushing import contact_in
from tocsin.core.access.record import OPERATOR, By
from tocsin.core.access.words import Via
from tocsin.core.directory import Contact, Device
from tocsin.sim.centre import ORG, device
from tocsin.sim.climate import Mishap, chance_of
from tocsin.sim.storms.town import Stormy, Town

TAKES = 0.6  # Of all who work here.
REFUSED_S = (5.0, 60.0)
KEY, SECRET = "a public key", "a secret"


def storms(town: Town) -> Stormy:
    phones = PushPhones(town)
    return {
        Mishap.PUSH_KEY_REFUSED: phones.key_refused,
        Mishap.PUSH_SUBSCRIBED_ANEW: phones.anew,
        Mishap.PUSH_TAKEN_BACK: phones.take_back,
    }


class PushPhones:
    """By whom, and where, pushes are taken."""

    def __init__(self, town: Town) -> None:
        self.town, self.street, self.node = town, town.street, town.street.node
        self.chance = chance_of(town.street.climate.seed, "push phones")

    async def found(self) -> None:
        """Before the weather begins: some phones take pushes, and have shown that they do."""
        names = [name for name in self.town.colleagues if self.chance.random() < TAKES]
        without = [name for name in names if not self.town.staff.phones.get(name)]
        await self.town.staff.all([_enrolled(name) for name in without])
        await self.town.staff.all([self._subscribing(name) for name in names])
        found = [contact for name in names if (contact := self._contact(name)) is not None]
        await self.town.staff.all([_proven(contact) for contact in found])

    async def key_refused(self) -> None:
        self.town.push.shut = True
        await self.street.loop.pause(self.chance.uniform(*REFUSED_S))
        self.town.push.shut = False

    async def anew(self) -> None:
        """The browser has another address for it; a test goes there, and its receipt proves it."""
        name = self.chance.choice(tuple(self.town.colleagues))
        reply = await self.street.insist(self._subscribing(name))
        contact, life = self._contact(name), self.node.life
        if isinstance(reply, c.Done) and contact is not None and contact.asked_ms is not None and life is not None:
            life.context.run(self.node.proofs.send, ORG, contact.to, contact.asked_ms, "en")

    async def take_back(self) -> None:
        name = self.chance.choice(tuple(self.town.colleagues))
        await self.street.insist(Unsubscribe(org=ORG, by=self._by(name)))

    def _subscribing(self, name: str) -> Subscribe:
        endpoint = f"https://push.example.org/{name}/{self.chance.randrange(10**6)}"
        self.town.phones.owners[endpoint] = self.town.colleagues[name].rung
        return Subscribe(org=ORG, by=self._by(name), endpoint=endpoint, p256dh=KEY, auth=SECRET)

    def _by(self, name: str) -> By:
        """By the phone that they carry; it may have ended."""
        return By(name, Via.DEVICE, self._phone(name).id)

    def _phone(self, name: str) -> Device:
        held = self.town.staff.phones.get(name)
        known = self.town.staff.device(held[-1]) if held else None
        return known or Device(device(name), name, "")

    def _contact(self, name: str) -> Contact | None:
        return contact_in(self.node.world.directory(ORG), self._phone(name))


def _enrolled(name: str) -> c.Enrol:
    """Of a night in which nobody signs in, and of whoever has not: the operator gives them a phone."""
    return c.Enrol(org=ORG, by=OPERATOR, member=name, device=device(name), token_hash=f"hash of {name}")


def _proven(contact: Contact) -> PushProven:
    assert contact.asked_ms is not None
    return PushProven(org=ORG, subscription=contact.to, asked_ms=contact.asked_ms)
