"""Web push over real sockets: a phone subscribes, is proven, is rung, and says so by itself; and what fails."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from end_to_end import ORG, QUICK, TEO, Place, Scene, by_twilio, play

from tocsin.core.delivery import Delivery
from tocsin.core.words import Channel, DeliveryState, Reason
from tocsin.runtime.system import SteadyClock, SystemEntropy
from tocsin.sandbox import CALM, Fault, HttpHooks, Sandbox, serve
from tocsin.sandbox.pushes import Pushed, PushPhone

pytestmark = pytest.mark.slow
STATE = "/api/v1/push/subscriptions"


class Pushing:
    """A server beside its carrier and its push service; Noor presses, Teo is rung."""

    def __init__(self, scene: Scene, box: Sandbox, base_url: str) -> None:
        self.scene, self.box, self.base_url = scene, box, base_url
        self.press, self.until, self.node = scene.press, scene.until, scene.node

    async def enrolled(self) -> PushPhone:
        """Teo's, subscribed, and proven by a push that came."""
        status, _ = await self.box.pushes.enrol(self.base_url, TEO, self.scene.tokens["teo"])
        assert status == 201
        await self.until(lambda: self.contact().verified)
        return next(reversed(self.box.pushes.phones.values()))

    def contact(self) -> Any:
        theirs = self.node.bell.world.directory(ORG).members["teo"].contacts
        return next(contact for contact in theirs if contact.kind is Channel.PUSH)

    def pushes(self) -> list[Delivery]:
        return self.scene.messages(Channel.PUSH)

    def texts(self) -> list[Delivery]:
        return self.scene.messages(Channel.SMS)

    async def state(self) -> str:
        return str((await self.scene.ask("teo", "GET", STATE))[1]["state"])


Story = Callable[[Pushing], Awaitable[None]]


def told(tmp_path: Path, story: Story, after_delisting: Story | None = None) -> None:
    """`after_delisting`: the server started again, with a list on which that push service is no more."""
    asyncio.run(_running(Place(tmp_path), story, after_delisting))


async def _running(place: Place, story: Story, after_delisting: Story | None) -> None:
    box = Sandbox(SteadyClock(place.data), SystemEntropy(), HttpHooks(), place.hook("twilio/sms"), QUICK)
    box.pushes.product = place.url
    async with serve(box) as carrier:
        given = {
            **by_twilio(box, carrier.base_url),
            "TOCSIN_PUSH__SUBJECT": "mailto:it@example.org",
            "TOCSIN_PUSH__HOSTS": carrier.base_url.removeprefix("http://"),
            "TOCSIN_PUSH__PRIVATE_NETWORKS": "127.0.0.0/8",
        }
        await play(place, given, lambda scene: story(Pushing(scene, box, carrier.base_url)))
        if after_delisting is not None:
            given["TOCSIN_PUSH__HOSTS"] = "push.example.org"
            await play(place, given, lambda scene: after_delisting(Pushing(scene, box, carrier.base_url)))


def newest(phone: PushPhone) -> Pushed:
    return phone.taken[-1]


def test_a_phone_that_took_a_push_says_so_and_nobody_had_to_answer(tmp_path: Path) -> None:
    async def story(scene: Pushing) -> None:
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
        assert rung.payload["title"].startswith("SOS: Noor") and rung.payload["alert"] == scene.scene.alert
        assert [action["action"] for action in rung.payload["actions"]] == ["coming", "cannot"]
        assert all(person.answer is None for person in scene.scene.pressed.people.values())

    told(tmp_path, story)


def test_a_subscription_that_is_gone_is_rung_no_more_and_the_texts_go_out_all_the_same(tmp_path: Path) -> None:
    async def story(scene: Pushing) -> None:
        await scene.enrolled()
        scene.box.pushes.fault(TEO, Fault(refused=410))
        await scene.press()
        await scene.until(lambda: scene.contact().dead == Reason.ADDRESS_DEAD)
        assert await scene.state() == "ended" and not scene.contact().usable
        assert {d.state for d in scene.pushes()} <= {DeliveryState.FAILED, DeliveryState.UNDELIVERABLE}
        assert scene.scene.pressed.people["teo"].reachable, "a text may still come"
        scene.box.pushes.fault(TEO, CALM)
        assert (await scene.enrolled()).id and await scene.state() == "proven"

    told(tmp_path, story)


def test_a_push_service_that_the_settings_name_no_more_reaches_nobody(tmp_path: Path) -> None:
    """Known before anybody is rung: until then it would have counted as a way to them."""

    async def before(scene: Pushing) -> None:
        await scene.enrolled()
        assert scene.contact().reaches

    async def after(scene: Pushing) -> None:
        await scene.until(lambda: scene.contact().dead == Reason.ADDRESS_DEAD)
        assert not scene.contact().reaches

    told(tmp_path, before, after)


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_is_refused_pages_the_operator_and_turns_readyz_red(tmp_path: Path, status: int) -> None:
    async def story(scene: Pushing) -> None:
        await scene.enrolled()
        scene.box.pushes.fault(None, Fault(refused=status))
        await scene.press()
        await scene.until(lambda: [d.state for d in scene.pushes()][:1] == [DeliveryState.FAILED])
        status_of_ready, ready = await scene.scene.ask("", "GET", "/readyz")
        assert status_of_ready == 503 and "push" in [reason["part"] for reason in ready["reasons"]]
        assert scene.node.readiness.pages["vendor_down"] == 1
        assert scene.contact().dead is None, "it is our key, not the phone's"

    told(tmp_path, story)


def test_a_receipt_that_is_lost_leaves_the_push_handed_over_and_ten_are_one(tmp_path: Path) -> None:
    async def story(scene: Pushing) -> None:
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
    async def story(scene: Pushing) -> None:
        phone = await scene.enrolled()
        scene.box.pushes.fault(TEO, Fault(slow_ms=300))
        await scene.press()
        await scene.until(lambda: [d.state for d in scene.pushes()] == [DeliveryState.DELIVERED])
        assert len(phone.taken) == 2
        await scene.box.settled()
        assert [d.attempts for d in scene.pushes()] == [1]

    told(tmp_path, story)


def test_a_push_service_that_hangs_holds_up_no_text(tmp_path: Path) -> None:
    async def story(scene: Pushing) -> None:
        await scene.enrolled()
        scene.box.pushes.fault(TEO, Fault(slow_ms=9_000, lost=True))
        await scene.press()
        await scene.until(lambda: bool(scene.texts()) and {d.state for d in scene.texts()} == {DeliveryState.DELIVERED})
        assert [d.state for d in scene.pushes()] == [DeliveryState.QUEUED]
        scene.box.hurry()
        await scene.until(lambda: [d.state for d in scene.pushes()] == [DeliveryState.HANDED_OVER])

    told(tmp_path, story)
