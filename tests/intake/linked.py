"""The centre with links in its messages, and a device that has opened one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from bureau import AnyAsset
from outside import ORG, PUBLIC_URL, SECRET, Answer, Centre
from tocsin.intake.floods import limiting
from tocsin.intake.http import Hooks, build_app
from tocsin.intake.rung import Binding
from tocsin.runtime.passes import Passes
from tocsin.runtime.rung_links import RungLinks
from tocsin.web.assets import Assets
from tocsin.web.pages import page_handlers

KEY = bytes(range(32))
NOWHERE = "0123456789ABCDEF"


class Seeds:
    """Chance, told in order."""

    def __init__(self) -> None:
        self.count = 0

    def seed(self) -> bytes:
        self.count += 1
        return self.count.to_bytes(32, "big")


class Linked(Centre):
    """The centre with links in its messages."""

    def __init__(self) -> None:
        super().__init__()
        self.links = RungLinks(self.ring.world, KEY, PUBLIC_URL)
        built = Assets({}, AnyAsset({"responder.js": "responder.js"}))
        self.app = build_app(
            self.ring,
            hooks=Hooks(PUBLIC_URL, SECRET, SECRET, behind=self.links.behind),
            readiness=self.readiness,
            leaving=self.leaving,
            handlers=page_handlers(built),
            binding=Binding(self.ring, self.links, Seeds()),
            limiting=limiting(Passes(self.ring), self.ring.clock),
        )

    def link(self, alert: str, name: str) -> str:
        """The path of this person's link."""
        address = self.links.of(ORG, alert, name)
        assert address.startswith(f"{PUBLIC_URL}/r/")
        return address.removeprefix(PUBLIC_URL)

    async def tap(self, path: str) -> Answer:
        return await self.call("POST", path, body={})

    async def opened(self, alert: str, name: str) -> Held:
        answer = await self.tap(self.link(alert, name))
        assert answer.status == 201 and answer.json["alert"] == alert
        return Held(self, answer.json["token"], alert)


class Held:
    """A device that has opened a link."""

    def __init__(self, centre: Centre, token: str, alert: str) -> None:
        self.centre, self.alert = centre, alert
        self.headers = {"authorization": f"Bearer {token}"}

    async def get(self, path: str) -> Answer:
        return await self.centre.call("GET", path, headers=self.headers)

    async def look(self, alert: str = "") -> Answer:
        return await self.get(f"/api/v1/alerts/{alert or self.alert}")

    async def act(self, act: str, body: Any = None) -> Answer:
        path = f"/api/v1/alerts/{self.alert}/{act}"
        return await self.centre.call("POST", path, headers=self.headers, body=body or {})

    async def press(self, body: Any = None) -> Answer:
        return await self.centre.call("POST", "/api/v1/alerts", headers=self.headers, body=body or {})


def told(story: Callable[[Linked], Coroutine[Any, Any, None]]) -> None:
    async def all_of_it() -> None:
        await story(Linked())

    asyncio.run(all_of_it())


async def pressed(centre: Centre, **body: Any) -> str:
    alert: str = (await centre.press("noor", body)).json["id"]
    return alert
