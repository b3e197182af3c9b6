"""An office to read pages in: the real frame on the pure core and a store in memory, and a browser's manners."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import httpx
from litestar import Litestar
from litestar.testing import TestClient

from tocsin.core import commands as c
from tocsin.core.access.record import Kept, Session, id_of
from tocsin.core.access.words import SignedIn
from tocsin.core.dice import Dice
from tocsin.core.directory import Directory, Member, Site
from tocsin.core.docket import Docket
from tocsin.core.engine import decide
from tocsin.core.words import Role
from tocsin.identity.token import new_token
from tocsin.intake.credentials import Credentials
from tocsin.intake.lanes import App, Lane, Pressed
from tocsin.intake.presses import Presses
from tocsin.intake.ring import Ring
from tocsin.runtime import ledger
from tocsin.runtime.loop import Unavailable
from tocsin.runtime.recall import world_of
from tocsin.runtime.world import World
from tocsin.store.memory import MemoryStore
from tocsin.web.assets import Assets
from tocsin.web.frame import Frame
from tocsin.web.reader import form_token

ORG, SITE, PUBLIC_URL = "alder", "centre", "https://tocsin.example.org"
BEGAN_MS = 1_795_000_000_000
DAY_MS = 86_400_000
HEADERS = {"Sec-Fetch-Site": "same-origin"}  # Of a form on one of our own pages.


class AnyAsset(dict[str, str]):
    """A build that has every file that a template asks for."""

    def __missing__(self, name: str) -> str:
        return name


def office() -> Directory:
    """Ada runs it; Teo supervises; Wale coordinates; Noor works, and reads Spanish."""
    people = [
        Member("ada", "Ada Invented", (Role.ADMINISTRATOR,)),
        Member("teo", "Teo Invented", (Role.RESPONDER, Role.SUPERVISOR)),
        Member("wale", "Wale Invented", (Role.COORDINATOR,)),
        Member("noor", "Noor Invented", (Role.WORKER, Role.RESPONDER), language="es"),
        Member("lena", "Lena Invented", (Role.AUDITOR,)),
    ]
    sites = {SITE: Site(SITE, "Dispatch Centre", "America/Chicago")}
    return Directory(ORG, "Alder County", members={person.id: person for person in people}, sites=sites)


class HandClock:
    def __init__(self) -> None:
        self.ms = BEGAN_MS

    def now_ms(self) -> int:
        return self.ms


class House:
    """Decides and stores one command after the other.  `full`: the disk refuses."""

    def __init__(self) -> None:
        self.store, self.clock = MemoryStore(), HandClock()
        self.world = world_of(self.store, {})
        self.full, self.seeds = False, 0
        self._beside(self._found)

    async def submit(self, command: c.Command) -> c.Reply:
        if self.full:
            raise Unavailable()
        return self.decide(command)

    def decide(self, command: c.Command) -> c.Reply:
        layer = World(self.world)
        decision = decide(layer, command, self.clock.now_ms(), self.seed(), lambda number: False)
        self._write(layer, decision.docket)
        return decision.reply

    def keep(self, *records: Kept) -> None:
        """As if somebody had done what leads to these records."""

        def write(docket: Docket) -> None:
            for record in records:
                docket.keep(record)

        self._beside(write)

    def change(self, member: str, **changes: Any) -> None:
        """As if somebody had changed this member."""
        self._beside(lambda docket: docket.change_member(member, **changes))

    def _found(self, docket: Docket) -> None:
        docket.set_members(office().members.values())
        docket.set_rules(office())

    def _beside(self, write: Callable[[Docket], None]) -> None:
        layer = World(self.world)
        docket = Docket(layer, ORG, self.clock.now_ms(), Dice(self.seed()))
        write(docket)
        self._write(layer, docket)

    def _write(self, layer: World, docket: Docket) -> None:
        change = ledger.change(docket, layer)
        layer.absorb(docket)
        self.store.append([change] if change else [])
        layer.merge_down()

    def seed(self) -> bytes:
        """The House is its own Entropy: the same chance in every run."""
        self.seeds += 1
        return self.seeds.to_bytes(32, "big")

    def session(self, member: str, **more: Any) -> str:
        """The token of a session that this member has just begun."""
        token, hashed = new_token(self.seed())
        now_ms = self.clock.ms
        fields = {
            "began_ms": now_ms,
            "ends_ms": now_ms + DAY_MS,
            "idle_ms": DAY_MS,
            "seen_ms": now_ms,
            "fresh_ms": now_ms,
            "how": SignedIn.PASSKEY,
        }
        self.keep(
            Session(
                id=id_of(hashed),
                token_hash=hashed,
                member=member,
                **{**fields, **more},
            )
        )
        return token


class Browser:
    """A browser in which this member is signed in (or nobody): it keeps cookies and says where a form stood."""

    def __init__(self, client: TestClient[Litestar], house: House, member: str = "", language: str = "en") -> None:
        self.client, self.token = client, house.session(member) if member else ""
        self.client.headers["Accept-Language"] = language
        if self.token:
            self.client.cookies.set("__Host-tocsin", self.token)

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.client.get(path, follow_redirects=False, **more)

    def post(
        self, path: str, data: dict[str, Any] | None = None, *, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """A form of ours, sent from a page of ours (unless other headers are given)."""
        sent = {"form_token": form_token(self.token), **(data or {})}
        return self.client.post(
            path, data=sent, headers=HEADERS if headers is None else headers, follow_redirects=False
        )


def frame_of(house: House) -> Frame:
    return Frame(house, PUBLIC_URL, Assets(names=AnyAsset()))


def laned(house: House, handlers: Sequence[Any], pressed: Mapping[str, Pressed], public_url: str = PUBLIC_URL) -> Lane:
    """These pages as they are served: behind the lane of the SOS, which takes what calls for help."""
    ring, beyond = cast("Ring", house), cast("App", Litestar([*handlers], openapi_config=None))
    presses = Presses(ring, Credentials(ring, public_url))
    return Lane(presses, {}, pressed, beyond, https=public_url.startswith("https:"))


def browser_of(
    house: House,
    handlers: Sequence[Any],
    member: str = "",
    language: str = "en",
    pressed: Mapping[str, Pressed] | None = None,
) -> Browser:
    app = cast("Litestar", laned(house, handlers, pressed or {}))
    return Browser(TestClient(app, base_url=PUBLIC_URL), house, member, language)
