"""The sign-in service on a rig, and what people do at it."""

from __future__ import annotations

from rig import ORG, Rig

from authenticator import ORIGIN, Authenticator
from tocsin.core.access import sessions
from tocsin.core.access.record import Session
from tocsin.core.access.words import SignedIn
from tocsin.core.commands import Declined, Done, Problem
from tocsin.core.dice import Dice
from tocsin.core.docket import Docket
from tocsin.identity.token import new_token
from tocsin.runtime import ledger
from tocsin.runtime.access.signing_in import Entered, SigningIn
from tocsin.runtime.passes import Pass, Passes
from tocsin.runtime.world import World

DONE = Done()


def no(problem: Problem) -> Declined:
    return Declined(problem=problem)


class Door:
    """The service on a rig, and what people do at it."""

    def __init__(self, rig: Rig, public_url: str = ORIGIN) -> None:
        self.rig = rig
        self.service = SigningIn(rig.bell, rig.chance, public_url)
        self.passes = Passes(rig.bell)

    def of(self, token: str) -> Pass:
        found = self.passes.of(token)
        assert found is not None
        return found

    def by_link(self, name: str) -> str:
        """The token of the session that a one-time link begins."""
        token, hashed = new_token(self.rig.chance.seed(), "session")
        layer = World(self.rig.world)
        docket = Docket(layer, ORG, self.rig.clock.now_ms(), Dice(self.rig.chance.seed()))
        sessions.begin(docket, docket.directory.members[name], SignedIn.LINK, hashed, "by link")
        change = ledger.change(docket, layer)
        assert change is not None
        self.rig.store.append([change])
        layer.absorb(docket)
        layer.merge_down()
        return token

    async def enrolled(self, name: str, number: int = 1) -> Authenticator:
        """Somebody with a first passkey."""
        phone, given = Authenticator(number), self.of(self.by_link(name))
        options = await self.service.begin_registration(given)
        assert isinstance(options, str)
        assert await self.service.finish_registration(given, phone.made(options), "phone") == DONE
        return phone

    async def asked(self) -> str:
        options = await self.service.begin_sign_in()
        assert isinstance(options, str)
        return options

    async def enter(self, phone: Authenticator) -> Entered | Declined:
        return await self.service.finish_sign_in(phone.signed(await self.asked()), "Firefox on Linux")

    async def entered(self, phone: Authenticator) -> tuple[Entered, Pass]:
        got = await self.enter(phone)
        assert isinstance(got, Entered), got
        return got, self.of(got.token)

    def kept(self, id: str) -> Session:
        found = self.rig.world.kept(ORG, Session, id)
        assert found is not None
        return found

    @property
    def facts(self) -> int:
        """How many there are, save what is told of the messages of announcements meanwhile."""
        return sum(not fact.stream.startswith("delivery/") for fact in self.rig.store.content.facts)
