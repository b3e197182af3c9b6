"""Web push over real sockets: a phone subscribes, is proven, is rung, and says so by itself; and what fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from tocsin.app import Node
from tocsin.app import serve as serve_node
from tocsin.bench.town import free_ports
from tocsin.core.delivery import Delivery
from tocsin.core.words import Channel, DeliveryState, Reason
from tocsin.runtime.system import SteadyClock, SystemEntropy
from tocsin.sandbox import CALM, Fault, HttpHooks, Pace, Sandbox, serve
from tocsin.sandbox.demo_site import demo_directory
from tocsin.sandbox.pushes import Pushed, PushPhone
from tocsin.settings import Settings, load

pytestmark = pytest.mark.slow
PATIENCE_S = 60
ORG, TEO = "alder", "+12025550112"
QUICK = Pace(sent_ms=5, delivered_ms=20)
STATE = "/api/v1/push/subscriptions"


class Scene:
    """A running server beside its carrier and its push service; Noor presses, Teo is rung."""

    def __init__(self, node: Node, url: str, box: Sandbox, base_url: str, tokens: dict[str, str]) -> None:
        self.node, self.url, self.box, self.base_url, self.tokens = node, url, box, base_url, tokens
        self.alert = ""

    async def ask(self, who: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        named = {"Authorization": f"Bearer {self.tokens[who]}"} if who else {}
        raw = None if body is None else msgspec.json.encode(body)
        async with aiohttp.request(method, f"{self.url}{path}", headers=named, data=raw) as reply:
            return reply.status, await reply.json()

    async def press(self) -> None:
        status, pressed = await self.ask("noor", "POST", "/api/v1/alerts")
        assert status in (200, 201)
        self.alert = pressed["id"]

    async def enrolled(self, who: str = "teo", number: str = TEO) -> PushPhone:
        """Subscribed, and proven by a push that came."""
        status, _ = await self.box.pushes.enrol(self.base_url, number, self.tokens[who])
        assert status == 201
        await self.until(lambda: self.contact(who).verified)
        return next(reversed(self.box.pushes.phones.values()))

    def contact(self, who: str) -> Any:
        theirs = self.node.bell.world.directory(ORG).members[who].contacts
        return next(contact for contact in theirs if contact.kind is Channel.PUSH)

    def pushes(self) -> list[Delivery]:
        sent = self.node.bell.world.deliveries(ORG, self.alert).values()
        return [delivery for delivery in sent if delivery.channel is Channel.PUSH]

    def texts(self) -> list[Delivery]:
        sent = self.node.bell.world.deliveries(ORG, self.alert).values()
        return [delivery for delivery in sent if delivery.channel is Channel.SMS]

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

    async def state(self, who: str = "teo") -> str:
        return str((await self.ask(who, "GET", STATE))[1]["state"])


Story = Callable[[Scene], Awaitable[None]]


def settings_for(url: str, port: int, data: Path, box: Sandbox, base_url: str) -> Settings:
    chosen = load(
        None,
        {
            "TOCSIN_SERVER__PORT": str(port),
            "TOCSIN_SERVER__DATA": str(data),
            "TOCSIN_SERVER__PUBLIC_URL": url,
            "TOCSIN_SMS__TWILIO__BASE_URL": base_url,
            "TOCSIN_SMS__TWILIO__ACCOUNT_SID": box.account_sid,
            "TOCSIN_SMS__TWILIO__AUTH_TOKEN": box.auth_token,
            "TOCSIN_SMS__TWILIO__FROM": "+12025550190",
            "TOCSIN_PUSH__SUBJECT": "mailto:it@example.org",
            "TOCSIN_PUSH__HOSTS": base_url.removeprefix("http://"),
            "TOCSIN_PUSH__PRIVATE_NETWORKS": "127.0.0.0/8",
        },
    )
    assert not chosen.problems
    return chosen


@asynccontextmanager
async def running(folder: Path, story: Story) -> AsyncIterator[None]:
    port, over = free_ports(), asyncio.Event()
    url, failed = f"http://127.0.0.1:{port}", list[BaseException]()
    box = Sandbox(SteadyClock(folder), SystemEntropy(), HttpHooks(), f"{url}/hooks/twilio/sms", QUICK)
    box.pushes.product = url
    async with serve(box) as carrier:

        async def ready(node: Node) -> None:
            await node.office.apply(demo_directory(node.clock.now_ms()), "test")
            tokens = {who: (await node.office.token(who))["token"] for who in ("noor", "teo", "june")}
            try:
                await story(Scene(node, url, box, carrier.base_url, tokens))
            except BaseException as error:
                failed.append(error)
            over.set()

        await serve_node(settings_for(url, port, folder / "data", box, carrier.base_url), over, ready)
    if failed:
        raise failed[0]
    yield


def told(tmp_path: Path, story: Story) -> None:
    async def run() -> None:
        async with running(tmp_path, story):
            pass

    asyncio.run(run())


def newest(phone: PushPhone) -> Pushed:
    return phone.taken[-1]


def test_a_phone_that_took_a_push_says_so_and_nobody_had_to_answer(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        assert await scene.state() == "none"
        phone = await scene.enrolled()
        assert await scene.state() == "proven"
        assert newest(phone).payload["title"] == "Tocsin" and "actions" not in newest(phone).payload
        await scene.press()
        await scene.until(lambda: [d.state for d in scene.pushes()] == [DeliveryState.DELIVERED])
        rung = newest(phone)
        assert (rung.headers["urgency"], len(rung.headers["topic"])) == ("high", 32)
        assert 200 < int(rung.headers["ttl"]) <= 300, "what is left of its validity"
        assert rung.payload["url"].startswith("/r/"), "who was rung gets in by it, and nobody else"
        assert rung.payload["title"].startswith("SOS: Noor") and rung.payload["alert"] == scene.alert
        assert [action["action"] for action in rung.payload["actions"]] == ["coming", "cannot"]
        alert = scene.node.bell.world.alert(ORG, scene.alert)
        assert alert is not None and all(person.answer is None for person in alert.people.values())

    told(tmp_path, story)


def test_a_subscription_that_is_gone_is_rung_no_more_and_the_texts_go_out_all_the_same(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        await scene.enrolled()
        scene.box.pushes.fault(TEO, Fault(refused=410))
        await scene.press()
        await scene.until(lambda: scene.contact("teo").dead == Reason.ADDRESS_DEAD)
        assert await scene.state() == "ended" and not scene.contact("teo").usable
        assert {d.state for d in scene.pushes()} <= {DeliveryState.FAILED, DeliveryState.UNDELIVERABLE}
        alert = scene.node.bell.world.alert(ORG, scene.alert)
        assert alert is not None and alert.people["teo"].reachable, "a text may still come"
        scene.box.pushes.fault(TEO, CALM)
        assert (await scene.enrolled()).id and await scene.state() == "proven"

    told(tmp_path, story)


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_is_refused_pages_the_operator_and_turns_readyz_red(tmp_path: Path, status: int) -> None:
    async def story(scene: Scene) -> None:
        await scene.enrolled()
        scene.box.pushes.fault(None, Fault(refused=status))
        await scene.press()
        await scene.until(lambda: [d.state for d in scene.pushes()][:1] == [DeliveryState.FAILED])
        status_of_ready, ready = await scene.ask("", "GET", "/readyz")
        assert status_of_ready == 503 and "push" in [reason["part"] for reason in ready["reasons"]]
        assert scene.node.readiness.pages["vendor_down"] == 1
        assert scene.contact("teo").dead is None, "it is our key, not the phone's"

    told(tmp_path, story)


def test_a_receipt_that_is_lost_leaves_the_push_handed_over_and_ten_are_one(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        phone = await scene.enrolled()
        scene.box.pushes.fault(TEO, Fault(unheard=True))
        await scene.press()
        await scene.until(lambda: [d.state for d in scene.pushes()] == [DeliveryState.HANDED_OVER])
        await scene.box.settled()
        rung = newest(phone).payload
        for _ in range(10):
            assert await scene.box.pushes.acknowledge(rung["id"], rung["receipt"]) == 200
        (after,) = scene.pushes()
        assert (after.state, after.attempts, after.version) == (DeliveryState.DELIVERED, 1, 2)

    told(tmp_path, story)


def test_a_receipt_that_comes_before_the_send_returns_is_believed(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        phone = await scene.enrolled()
        scene.box.pushes.fault(TEO, Fault(slow_ms=300))
        await scene.press()
        await scene.until(lambda: [d.state for d in scene.pushes()] == [DeliveryState.DELIVERED])
        assert len(phone.taken) == 2
        await scene.box.settled()
        assert [d.attempts for d in scene.pushes()] == [1]

    told(tmp_path, story)


def test_a_push_service_that_hangs_holds_up_no_text(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        await scene.enrolled()
        scene.box.pushes.fault(TEO, Fault(slow_ms=9_000, lost=True))
        await scene.press()
        await scene.until(lambda: bool(scene.texts()) and {d.state for d in scene.texts()} == {DeliveryState.DELIVERED})
        assert [d.state for d in scene.pushes()] == [DeliveryState.QUEUED]
        scene.box.hurry()
        await scene.until(lambda: [d.state for d in scene.pushes()] == [DeliveryState.HANDED_OVER])

    told(tmp_path, story)
