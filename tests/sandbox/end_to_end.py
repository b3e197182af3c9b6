"""The running server beside carriers of the sandbox, over real sockets: what each story from end to end begins with."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from tocsin.app import Node
from tocsin.app import serve as serve_node
from tocsin.bench.town import free_ports
from tocsin.core.alert import Alert
from tocsin.core.delivery import Delivery
from tocsin.core.words import Channel
from tocsin.sandbox import Pace, Sandbox
from tocsin.sandbox.demo_site import demo_directory
from tocsin.settings import load

PATIENCE_S = 60
ORG, OURS = "alder", "+12025550190"
NOOR, TEO, DANA, MATEO, JUNE = (f"+120255501{n}" for n in (11, 12, 15, 16, 17))
QUICK = Pace(sent_ms=5, delivered_ms=20)


class Place:
    """Where the server will be, known before its carriers and it begin."""

    def __init__(self, data: Path) -> None:
        self.data, self.port = data, free_ports()
        self.url = f"http://localhost:{self.port}"

    def hook(self, name: str) -> str:
        return f"{self.url}/hooks/{name}"


class Scene:
    """A running server as its users have it; Noor presses."""

    def __init__(self, node: Node, url: str, tokens: Mapping[str, str], session: aiohttp.ClientSession) -> None:
        self.node, self.url, self.tokens, self._session = node, url, tokens, session
        self.alert = ""

    async def ask(self, who: str, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Status and body.  `who`: by their phone; empty: by nobody."""
        named = {"Authorization": f"Bearer {self.tokens[who]}"} if who else {}
        raw = None if body is None else msgspec.json.encode(body)
        async with self._session.request(method, f"{self.url}{path}", headers=named, data=raw) as reply:
            return reply.status, await reply.json()

    async def done(self, who: str, method: str, path: str, body: object = None) -> Any:
        """The body of what was done as it was asked."""
        status, told = await self.ask(who, method, path, body)
        assert status < 300, told
        return told

    async def press(self) -> None:
        self.alert = (await self.done("noor", "POST", "/api/v1/alerts"))["id"]

    @property
    def pressed(self) -> Alert:
        alert = self.node.bell.world.alert(ORG, self.alert)
        assert alert is not None
        return alert

    def messages(self, channel: Channel) -> list[Delivery]:
        """Those of the alert that go this way."""
        sent = self.node.bell.world.deliveries(ORG, self.alert).values()
        return [delivery for delivery in sent if delivery.channel is channel]

    async def until(self, happened: Callable[[], bool]) -> None:
        """Return when this is true; it is looked at after each commit."""
        came = asyncio.Event()

        def look(*_: object) -> None:
            if happened():
                came.set()

        unsubscribe = self.node.bell.subscribe(look)
        look()
        try:
            await asyncio.wait_for(came.wait(), PATIENCE_S)
        finally:
            unsubscribe()


def by_twilio(box: Sandbox, base_url: str) -> dict[str, str]:
    """The settings of texts by this carrier."""
    return {
        "TOCSIN_SMS__TWILIO__BASE_URL": base_url,
        "TOCSIN_SMS__TWILIO__ACCOUNT_SID": box.account_sid,
        "TOCSIN_SMS__TWILIO__AUTH_TOKEN": box.auth_token,
        "TOCSIN_SMS__TWILIO__FROM": OURS,
    }


async def play(place: Place, given: Mapping[str, str], story: Callable[[Scene], Awaitable[None]]) -> None:
    """Serve the demo's site with these settings, let the story happen, and stop.  Raises what the story raised."""
    over, failed = asyncio.Event(), list[BaseException]()

    async def ready(node: Node) -> None:
        try:
            await node.office.apply(demo_directory(node.clock.now_ms()), "test")
            tokens = {who: (await node.office.token(who))["token"] for who in ("noor", "teo", "june")}
            await story(Scene(node, place.url, tokens, session))
        except BaseException as error:
            failed.append(error)
        finally:
            over.set()

    served = {"PORT": str(place.port), "DATA": str(place.data / "data"), "PUBLIC_URL": place.url}
    chosen = load(None, {**{f"TOCSIN_SERVER__{name}": value for name, value in served.items()}, **given})
    assert not chosen.problems
    async with aiohttp.ClientSession() as session:  # It outlives the server, as a browser does.
        ended = await serve_node(chosen, over, ready)
    if failed:
        raise failed[0]
    assert ended == 0
