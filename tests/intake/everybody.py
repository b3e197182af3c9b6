"""Every kind of person with every kind of credential, in two organisations: to be asked at every door."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

from litestar import Litestar
from litestar.routes import HTTPRoute
from msgspec.structs import replace

from outside import ORG, PUBLIC_URL, SECRET, SITE, Answer, FakeRing, ask, centre
from tocsin.app.pages import pages_of
from tocsin.core import commands as c
from tocsin.core.access.record import Desk, Guard, Key, Session, Wallboard, id_of
from tocsin.core.access.rung_record import RungLink
from tocsin.core.access.words import Ended, KeyScope, SignedIn
from tocsin.core.directory import Device, Member, Shift
from tocsin.core.rung_link import LinkFor
from tocsin.core.words import Came, Role
from tocsin.identity.token import token_hash
from tocsin.intake.hooks import Hooks
from tocsin.intake.http import Desk as Surface
from tocsin.intake.http import api_handlers, build_app, build_sos_app
from tocsin.intake.lanes import App
from tocsin.intake.pushes import PushService
from tocsin.runtime.access.single_sign_on import Provider, SingleSignOn
from tocsin.runtime.readiness import Readiness
from tocsin.runtime.system import SystemEntropy
from tocsin.web.reader import form_token
from tocsin.wire.browser import cookie_name

FOREIGN = "birch"
STANDINGS = ("plain", "tied", "suspended", "foreign")
HOUR = 3_600_000
UNDER = {"{member}": "noor", "{kind}": "wallboard", "{site}": SITE, "{of}": "sos"}
SCREENS = ("desk", "wallboard", *(f"key-{scope}" for scope in KeyScope))
LINKS = (  # Of whom a link to Noor's alert is, how they stand, and what else is to be said of it.
    *(f"link-{role}-plain" for role in Role),
    *(f"link-responder-{how}" for how in STANDINGS if how != "plain"),
    "link-supervisor-plain-replaced",
    "link-noor-own",
)


class Nonsense:
    """What a provider says that nobody believes."""

    async def fetch(self, url: str, form: Any = None, basic: Any = None) -> tuple[int, bytes]:
        return 200, b"{}"


def not_believed(ring: FakeRing) -> SingleSignOn:
    """The pages of a provider are there whatever it says."""
    settings = Provider("https://login.example.org", "tocsin", "made up")
    return SingleSignOn(ring, SystemEntropy(), settings, PUBLIC_URL, Nonsense())


class Everybody:
    """A centre with its pages.  `tokens`: by a name such as `session-worker-tied`, `device-auditor-plain`, `desk`."""

    def __init__(self) -> None:
        self.ring = FakeRing()
        self.tokens: dict[str, str] = {}
        for org in (ORG, FOREIGN):
            people = {f"{role}-{how}": person(role, how) for role in Role for how in STANDINGS if org == of(how)}
            here = centre() if org == ORG else replace(centre(), id=FOREIGN, members={}, shifts=(), plans=())
            self.ring.world.directories[org] = replace(here, members={**here.members, **people}, devices={})
            self.ring.world.know(org, Guard(id="guard", since_ms=0))
            for name in people:
                self._equip(org, name)
        self._equip(ORG, "noor")
        self._screens()
        self.readiness, leaving = Readiness(self.ring.clock), asyncio.Event()
        self.pages = pages_of(self.ring, SystemEntropy(), PUBLIC_URL, not_believed(self.ring))
        pages = self.pages.handlers
        hooks = Hooks(PUBLIC_URL, SECRET, SECRET)
        self.app: App = build_app(
            self.ring,
            hooks=hooks,
            readiness=self.readiness,
            leaving=leaving,
            handlers=pages,
            pressed=self.pages.pressed,
            behind_proxy=True,
            strays=self.pages.strays,
            pushes=PushService("key", bytes(32), ("push.example.org",), False, lambda *proof: None),
        )
        self.sos = build_sos_app(self.ring, hooks=hooks, readiness=self.readiness, pressed=self.pages.pressed)
        surface = Surface(self.ring, self.readiness, leaving, (), bytes, PUBLIC_URL)
        self.served = Litestar([*api_handlers(surface), *pages], openapi_config=None)

    def _equip(self, org: str, name: str) -> None:
        hashed = self._token(f"device-{name}")
        known = self.ring.world.directory(org)
        phone = Device(f"{name}-phone", name, hashed)
        self.ring.world.directories[org] = replace(known, devices={**known.devices, phone.id: phone})
        for kind, ends_ms in (("session", self.now_ms + HOUR), ("ended", self.now_ms)):
            hashed = self._token(f"{kind}-{name}")
            session = Session(
                id=id_of(hashed),
                token_hash=hashed,
                member=name,
                how=SignedIn.PASSKEY,
                began_ms=0,
                ends_ms=ends_ms,
                idle_ms=HOUR,
                seen_ms=self.now_ms,
                fresh_ms=self.now_ms,
            )
            self.ring.world.know(org, session)

    def _screens(self) -> None:
        hashed = self._token("desk")
        desk = Desk(id=id_of(hashed), token_hash=hashed, site=SITE, place="", label="", seat="worker-plain", made_ms=0)
        hashed = self._token("wallboard")
        board = Wallboard(id=id_of(hashed), token_hash=hashed, site=SITE, label="", made_ms=0)
        self.ring.world.know(ORG, desk)
        self.ring.world.know(ORG, board)
        for scope in KeyScope:
            hashed = self._token(f"key-{scope}")
            key = Key(
                id=id_of(hashed),
                token_hash=hashed,
                scopes=(scope,),
                label="",
                by="",
                made_ms=0,
                ends_ms=self.now_ms + HOUR,
            )
            self.ring.world.know(ORG, key)

    def call(self) -> None:
        """Noor presses, everybody is rung, and some have opened the links of their messages."""
        here = self.ring.world.directory(ORG)
        everyone = (Shift(SITE, tuple(here.members), 0, 10**15),)
        self.ring.world.directories[ORG] = replace(here, shifts=everyone)
        press = c.Press(org=ORG, credential="noor-phone", key="k", member="noor", device=None, came=Came.DEVICE)
        pressed = self.ring.decide(press)
        assert isinstance(pressed, c.PressTaken)
        for name in LINKS:
            member = name.removeprefix("link-").removesuffix("-replaced").removesuffix("-own")
            self.link(name, member, pressed.alert)

    def link(self, name: str, member: str, alert: str) -> None:
        """This member has opened the link of a message about this alert."""
        hashed = self._token(name)
        link = RungLink(
            id=id_of(hashed),
            token_hash=hashed,
            member=member,
            alert=alert,
            purpose=LinkFor.OWN if name.endswith("-own") else LinkFor.RUNG,
            made_ms=self.now_ms,
            ended=Ended.REPLACED if name.endswith("-replaced") else None,
        )
        self.ring.world.know(of(name.rpartition("-")[2]), link)

    @property
    def now_ms(self) -> int:
        return self.ring.clock.now_ms()

    def _token(self, name: str) -> str:
        self.tokens[name] = f"tocsin_{name}"
        return token_hash(self.tokens[name])

    # Asking ------------------------------------------------------------------------------------------------------

    def routes(self) -> Iterator[str]:
        """METHOD and path of everything that the application serves."""
        for route in self.served.routes:
            assert isinstance(route, HTTPRoute)
            yield from (f"{method} {route.path_format}" for method in sorted(route.methods) if method != "OPTIONS")
        yield from (f"POST {path}" for path in self.pages.pressed)

    async def ask(self, route: str, name: str, body: Any = b"", **headers: str) -> Answer:
        """At this door, by this credential (sessions in their cookie).  Of members it is Noor, of all else `x`."""
        method, _, path = route.partition(" ")
        parts = [UNDER.get(part, "x") if part.startswith("{") else part for part in path.split("/")]
        return await ask(self.app, method, "/".join(parts), {**self.shown(name), **headers}, [body])

    def shown(self, name: str) -> Mapping[str, str]:
        """The headers of whoever has this credential; a page's form is filled as our own page would."""
        if name == "nobody":
            return {}
        token = self.tokens.get(name, "tocsin_never_issued")
        if name.startswith(("session-", "ended-")):
            return {
                "cookie": f"{cookie_name(PUBLIC_URL)}={token}",
                "sec-fetch-site": "same-origin",
                "content-type": "application/x-www-form-urlencoded",
            }
        return {"authorization": f"Bearer {token}"}

    def form(self, name: str) -> bytes:
        """A form of this session with nothing in it but a reason."""
        return f"why=because&form_token={form_token(self.tokens.get(name, ''))}".encode()


def of(standing: str) -> str:
    return FOREIGN if standing == "foreign" else ORG


def person(role: Role, standing: str) -> Member:
    name, ties = f"{role}-{standing}", ("noor",) if standing == "tied" else ()
    return Member(name, name, (role,), not_told_about=ties, suspended=standing == "suspended")
