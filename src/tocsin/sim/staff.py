"""Whoever signs in at night: their passkeys, sessions and phones, and the screens and keys of the place.

Theory of operation
-------------------
All of it is founded as a site is: the operator lets the first administrator in by a link, they invite the others, each
makes a passkey and enrols a phone.  From the first supervisor's passkey on two people decide what weakens.  A token
here is what the one who holds it remembers, ended ones too: whoever was cut off tries them all again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from msgspec import Struct

from tocsin.core import commands as c
from tocsin.core.access.entry_commands import MakeKey, MakeLink, UseLink
from tocsin.core.access.record import OPERATOR, By, id_of
from tocsin.core.access.sign_in_commands import AddPasskey, SignInByPasskey
from tocsin.core.access.words import KeyScope, LinkKind, Via
from tocsin.core.directory import Device
from tocsin.identity.token import same_secret, token_hash
from tocsin.sim.centre import ORG, SITE
from tocsin.sim.climate import chance_of
from tocsin.sim.people import TRIES, Street

FIRST = "rhea"
SIGNED_IN = (FIRST, "milo", "una", "olga", "wale", "teo", "ines", "ada", "ben", "noor")
WITH_PHONE = ("teo", "ines", "ada", "ben", "kit", "noor")
DAY_MS = 86_400_000


class Token(Struct, frozen=True):
    """What somebody holds.  `secret`: as they would show it; `member`: empty of a screen or a program."""

    secret: str
    via: Via
    member: str = ""

    @property
    def hash(self) -> str:
        return token_hash(self.secret)

    @property
    def by(self) -> By:
        return By(self.member, self.via, id_of(self.hash))


class Staff:
    """`sessions`, `phones`: by member, the newest last.  `screens`: a desk, a wallboard, a program's key."""

    def __init__(self, street: Street) -> None:
        self.street, self.chance = street, chance_of(street.climate.seed, "staff")
        self.sessions: dict[str, list[Token]] = {}
        self.phones: dict[str, list[Token]] = {}
        self.screens: dict[Via, Token] = {}
        self._made = 0

    # Founding ----------------------------------------------------------------------------------------------------

    async def found(self) -> None:
        """Before the weather begins, so nothing of it is lost."""
        await self._let_in(OPERATOR, LinkKind.FIRST_ADMINISTRATOR, [FIRST])
        await self._let_in(self.by(FIRST), LinkKind.INVITATION, SIGNED_IN[1:])
        phones = [self.token("phone", Via.DEVICE, name) for name in WITH_PHONE]
        await self._by_links(self.by(FIRST), LinkKind.ENROLMENT, phones)
        for phone in phones:
            self.phones[phone.member] = [phone]
        for kind, via, subject in (
            (LinkKind.WALLBOARD, Via.WALLBOARD, SITE),
            (LinkKind.DESK, Via.DESK, f"{SITE}/lot-b"),
        ):
            self.screens[via] = self.token("screen", via)
            await self._by_links(self.by(FIRST), kind, [self.screens[via]], subject)
        await self.make_key()

    async def _let_in(self, by: By, kind: LinkKind, names: Sequence[str]) -> None:
        tokens = [self.token("session", Via.SESSION, name) for name in names]
        await self._by_links(by, kind, tokens)
        for token in tokens:
            self.sessions[token.member] = [token]
        await self.all(
            [
                AddPasskey(org=ORG, by=token.by, id=passkey(token.member), public_key=b"public", sign_count=0)
                for token in tokens
            ]
        )

    async def _by_links(self, by: By, kind: LinkKind, tokens: Sequence[Token], subject: str = "") -> None:
        links = [self.token("link", Via.LINK, token.member) for token in tokens]
        await self.all(
            [
                MakeLink(org=ORG, by=by, kind=kind, token_hash=link.hash, member=link.member, subject=subject)
                for link in links
            ]
        )
        uses = zip(links, tokens, strict=True)
        await self.all([UseLink(org=ORG, link=id_of(link.hash), token_hash=token.hash) for link, token in uses])

    async def all(self, commands: Sequence[c.Command]) -> list[c.Reply | None]:
        """Asked together."""
        asked = [asyncio.ensure_future(self.street.insist(command)) for command in commands]
        return list(await asyncio.gather(*asked))

    # What they hold ----------------------------------------------------------------------------------------------

    def token(self, use: str, via: Via, member: str = "") -> Token:
        self._made += 1
        return Token(f"{use}-{self._made}-of-{member or 'nobody'}", via, member)

    def held(self, member: str) -> list[Token]:
        """All that they ever had."""
        return [*self.sessions.get(member, ()), *self.phones.get(member, ())]

    def by(self, member: str) -> By:
        """By their newest session."""
        return self.sessions[member][-1].by

    def device(self, token: Token) -> Device | None:
        """The record of this phone, as the node knows it."""
        devices = self.street.node.world.directory(ORG).devices.values()
        return next((device for device in devices if same_secret(device.token_hash, token.hash)), None)

    async def sign_in(self, member: str) -> c.Reply | None:
        """By their passkey, in another browser."""
        session = self.token("session", Via.SESSION, member)
        reply = await self.street.ask(
            SignInByPasskey(org=ORG, passkey=passkey(member), sign_count=0, token_hash=session.hash)
        )
        if isinstance(reply, c.Done):
            self.sessions[member].append(session)
        return reply

    async def make_link(self, by: By, kind: LinkKind, member: str, subject: str = "") -> Token:
        """Until somebody answers; each try makes a link of its own, as the page does."""
        for _ in range(TRIES):
            link = self.token("link", Via.LINK, member)
            make = MakeLink(org=ORG, by=by, kind=kind, token_hash=link.hash, member=member, subject=subject)
            if await self.street.ask(make) is not None:
                break
        return link

    async def make_key(self) -> None:
        """A program's, the newest of which counts."""
        key = self.token("key", Via.KEY)
        ends_ms = self.street.loop.now_ms + 30 * DAY_MS
        scopes = (KeyScope.ALERTS, KeyScope.RAISE)
        make = MakeKey(org=ORG, by=self.by(FIRST), token_hash=key.hash, label="a pager", scopes=scopes, ends_ms=ends_ms)
        if isinstance(await self.street.ask(make), c.Done):
            self.screens[Via.KEY] = key


def passkey(member: str) -> str:
    return f"passkey-of-{member}"
