"""Two vendors over real sockets: either may be out, an answer comes back by the other, and both out is said."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tocsin.app import Node
from tocsin.app import serve as serve_node
from tocsin.bench.town import free_ports
from tocsin.core.delivery import Delivery
from tocsin.core.words import Answer, Channel, DeliveryState
from tocsin.runtime.system import SteadyClock, SystemEntropy
from tocsin.sandbox import CALM, Fault, HttpHooks, Pace, Sandbox, VonageBox, serve, vonage_surface
from tocsin.sandbox.demo_site import demo_directory
from tocsin.settings import Settings, load

PATIENCE_S = 60
NOOR, TEO = "+12025550111", "+12025550112"
ORG, OURS, OURS_TOO = "alder", "+12025550190", "+12025550195"
QUICK = Pace(sent_ms=5, delivered_ms=20)


class Scene:
    """A running server between two vendors."""

    def __init__(self, node: Node, url: str, token: str, twilio: Sandbox, vonage: VonageBox) -> None:
        self.node, self.url, self.token, self.twilio, self.vonage = node, url, token, twilio, vonage
        self.alert = ""

    async def ask(self, method: str, path: str) -> tuple[int, Any]:
        named = {} if path == "/readyz" else {"Authorization": f"Bearer {self.token}"}  # By whoever runs it
        async with aiohttp.request(method, f"{self.url}{path}", headers=named) as reply:
            return reply.status, await reply.json()

    async def press(self) -> None:
        status, pressed = await self.ask("POST", "/api/v1/alerts")
        assert status in (200, 201)
        self.alert = pressed["id"]

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

    async def until_told(self, box: Sandbox, number: str, count: int) -> None:
        """Return when so many texts have come to this phone."""
        came = asyncio.Event()

        def landed(*_: object) -> None:
            if len(self.told(box, number)) >= count:
                came.set()

        box.listeners.add(landed)
        landed()
        try:
            await asyncio.wait_for(came.wait(), PATIENCE_S)
        finally:
            box.listeners.discard(landed)

    def texts(self) -> list[Delivery]:
        sent = self.node.bell.world.deliveries(ORG, self.alert).values()
        return [delivery for delivery in sent if delivery.channel is Channel.SMS]

    def all_are(self, *states: DeliveryState) -> bool:
        return bool(self.texts()) and {delivery.state for delivery in self.texts()} <= set(states)

    def told(self, box: Sandbox, number: str) -> list[str]:
        return [text.text for text in box.phone(number).messages if text.direction == "in"]


Story = Callable[[Scene], Awaitable[None]]


def settings_for(url: str, port: int, data: Path, twilio: Sandbox, vonage: VonageBox, at: tuple[str, str]) -> Settings:
    chosen = load(
        None,
        {
            "TOCSIN_SERVER__PORT": str(port),
            "TOCSIN_SERVER__DATA": str(data),
            "TOCSIN_SERVER__PUBLIC_URL": url,
            "TOCSIN_SMS__TWILIO__BASE_URL": at[0],
            "TOCSIN_SMS__TWILIO__ACCOUNT_SID": twilio.account_sid,
            "TOCSIN_SMS__TWILIO__AUTH_TOKEN": twilio.auth_token,
            "TOCSIN_SMS__TWILIO__FROM": OURS,
            "TOCSIN_SMS__VONAGE__BASE_URL": at[1],
            "TOCSIN_SMS__VONAGE__API_KEY": vonage.api_key,
            "TOCSIN_SMS__VONAGE__API_SECRET": vonage.api_secret,
            "TOCSIN_SMS__VONAGE__SIGNATURE_SECRET": vonage.signature_secret,
            "TOCSIN_SMS__VONAGE__FROM": OURS_TOO,
        },
    )
    assert not chosen.problems and chosen.vendors == ("twilio", "vonage")
    return chosen


@asynccontextmanager
async def vendors(url: str, data: Path) -> AsyncIterator[tuple[Sandbox, VonageBox, tuple[str, str]]]:
    clock, chance = SteadyClock(data), SystemEntropy()
    twilio = Sandbox(clock, chance, HttpHooks(), f"{url}/hooks/twilio/sms", QUICK)
    vonage = VonageBox(clock, chance, None, f"{url}/hooks/vonage/sms", QUICK)
    async with serve(twilio) as one, serve(vonage, app=vonage_surface(vonage)) as other:
        yield twilio, vonage, (one.base_url, other.base_url)


async def played(data: Path, story: Story) -> None:
    port, until = free_ports(), asyncio.Event()
    url = f"http://localhost:{port}"
    async with vendors(url, data) as (twilio, vonage, at):

        async def ready(node: Node) -> None:
            try:
                await node.office.apply(demo_directory(node.clock.now_ms()), "test")
                token = (await node.office.token("noor"))["token"]
                await story(Scene(node, url, token, twilio, vonage))
            finally:
                until.set()

        assert await serve_node(settings_for(url, port, data, twilio, vonage, at), until, ready) == 0


@pytest.mark.slow
@pytest.mark.parametrize("fault", [Fault(down=True), Fault(refused=21612), Fault(undelivered=30007)])
def test_what_the_first_vendor_does_not_bring_the_second_does(tmp_path: Path, fault: Fault) -> None:
    async def story(scene: Scene) -> None:
        scene.twilio.fault(None, fault)
        await scene.press()
        await scene.until(lambda: scene.all_are(DeliveryState.DELIVERED))
        assert {delivery.route for delivery in scene.texts()} == {"vonage"}
        (text,) = scene.told(scene.vonage, TEO)
        assert text.startswith("SOS") and text.endswith("AGAIN") and not scene.told(scene.twilio, TEO)
        person = scene.node.bell.world.alerts[scene.alert].people["teo"]
        forwarded = await scene.vonage.text(TEO, f"{person.numbers[0]}")
        assert forwarded.status == 200
        assert scene.node.bell.world.alerts[scene.alert].people["teo"].answer is Answer.COMING
        await scene.until_told(scene.vonage, TEO, 2)
        assert len(scene.told(scene.vonage, TEO)) == 2, "and the answer is answered by a text of its own"

    asyncio.run(played(tmp_path, story))


@pytest.mark.slow
def test_an_sos_may_be_texted_by_either_vendor_and_is_answered_once(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        assert (await scene.vonage.text(NOOR, "SOS lot b", OURS_TOO)).status == 200
        await scene.until(lambda: bool(list(scene.node.bell.world.open_alerts(ORG))))
        await scene.until_told(scene.vonage, NOOR, 1)
        (told,) = scene.told(scene.vonage, NOOR)
        assert told.startswith("Received. Show where you are: http")
        assert (await scene.ask("GET", "/api/v1/me"))[1]["sos_numbers"] == [OURS, OURS_TOO]

    asyncio.run(played(tmp_path, story))


@pytest.mark.slow
def test_with_both_out_it_is_said_readyz_names_them_and_it_rings_on_when_they_are_back(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.twilio.fault(None, Fault(refused=21606))  # Neither takes anything from our senders any more.
        scene.vonage.fault(None, Fault(refused=1420))
        await scene.press()
        await scene.until(lambda: scene.node.bell.world.alerts[scene.alert].reaches_nobody)
        assert all(delivery.attempts <= 3 for delivery in scene.texts())
        status, ready = await scene.ask("GET", "/readyz")
        named = [reason["what"] for reason in ready["reasons"] if reason["part"] == "vendors"]
        assert status == 503 and any("twilio" in what for what in named) and any("vonage" in what for what in named)
        for box in (scene.twilio, scene.vonage):
            box.fault(None, CALM)
        await scene.press()
        await scene.until(lambda: not scene.node.bell.world.alerts[scene.alert].reaches_nobody)

    asyncio.run(played(tmp_path, story))
