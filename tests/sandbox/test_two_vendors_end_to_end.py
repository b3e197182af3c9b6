"""Two vendors over real sockets: either may be out, an answer comes back by the other, and both out is said."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from end_to_end import NOOR, ORG, OURS, PATIENCE_S, QUICK, TEO, Place, Scene, by_twilio, play

from tocsin.core.delivery import Delivery
from tocsin.core.words import Answer, Channel, DeliveryState
from tocsin.runtime.system import SteadyClock, SystemEntropy
from tocsin.sandbox import CALM, Fault, HttpHooks, Sandbox, VonageBox, serve, vonage_surface

OURS_TOO = "+12025550195"


class Vendors:
    """A running server between two vendors."""

    def __init__(self, scene: Scene, twilio: Sandbox, vonage: VonageBox) -> None:
        self.scene, self.twilio, self.vonage = scene, twilio, vonage
        self.press, self.until, self.ask, self.node = scene.press, scene.until, scene.ask, scene.node

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
        return self.scene.messages(Channel.SMS)

    def all_are(self, *states: DeliveryState) -> bool:
        return bool(self.texts()) and {delivery.state for delivery in self.texts()} <= set(states)

    def told(self, box: Sandbox, number: str) -> list[str]:
        return [text.text for text in box.phone(number).messages if text.direction == "in"]


async def played(data: Path, story: Callable[[Vendors], Awaitable[None]]) -> None:
    place, clock, chance = Place(data), SteadyClock(data), SystemEntropy()
    twilio = Sandbox(clock, chance, HttpHooks(), place.hook("twilio/sms"), QUICK)
    vonage = VonageBox(clock, chance, None, place.hook("vonage/sms"), QUICK)
    async with serve(twilio) as one, serve(vonage, app=vonage_surface(vonage)) as other:
        given = {
            **by_twilio(twilio, one.base_url),
            "TOCSIN_SMS__VONAGE__BASE_URL": other.base_url,
            "TOCSIN_SMS__VONAGE__API_KEY": vonage.api_key,
            "TOCSIN_SMS__VONAGE__API_SECRET": vonage.api_secret,
            "TOCSIN_SMS__VONAGE__SIGNATURE_SECRET": vonage.signature_secret,
            "TOCSIN_SMS__VONAGE__FROM": OURS_TOO,
        }
        await play(place, given, lambda scene: story(Vendors(scene, twilio, vonage)))


@pytest.mark.slow
@pytest.mark.parametrize("fault", [Fault(down=True), Fault(refused=21612), Fault(undelivered=30007)])
def test_what_the_first_vendor_does_not_bring_the_second_does(tmp_path: Path, fault: Fault) -> None:
    async def story(scene: Vendors) -> None:
        scene.twilio.fault(None, fault)
        await scene.press()
        await scene.until(lambda: scene.all_are(DeliveryState.DELIVERED))
        assert {delivery.route for delivery in scene.texts()} == {"vonage"}
        (text,) = scene.told(scene.vonage, TEO)
        assert text.startswith("SOS") and text.endswith("AGAIN") and not scene.told(scene.twilio, TEO)
        person = scene.scene.pressed.people["teo"]
        forwarded = await scene.vonage.text(TEO, f"{person.numbers[0]}")
        assert forwarded.status == 200
        assert scene.scene.pressed.people["teo"].answer is Answer.COMING
        await scene.until_told(scene.vonage, TEO, 2)
        assert len(scene.told(scene.vonage, TEO)) == 2, "and the answer is answered by a text of its own"

    asyncio.run(played(tmp_path, story))


@pytest.mark.slow
def test_an_sos_may_be_texted_by_either_vendor_and_is_answered_once(tmp_path: Path) -> None:
    async def story(scene: Vendors) -> None:
        assert (await scene.vonage.text(NOOR, "SOS lot b", OURS_TOO)).status == 200
        await scene.until(lambda: bool(list(scene.node.bell.world.open_alerts(ORG))))
        await scene.until_told(scene.vonage, NOOR, 1)
        (told,) = scene.told(scene.vonage, NOOR)
        assert told.startswith("Received. Show where you are: http")
        assert (await scene.ask("noor", "GET", "/api/v1/me"))[1]["sos_numbers"] == [OURS, OURS_TOO]

    asyncio.run(played(tmp_path, story))


@pytest.mark.slow
def test_with_both_out_it_is_said_readyz_names_them_and_it_rings_on_when_they_are_back(tmp_path: Path) -> None:
    async def story(scene: Vendors) -> None:
        scene.twilio.fault(None, Fault(refused=21606))  # Neither takes anything from our senders any more.
        scene.vonage.fault(None, Fault(refused=1420))
        await scene.press()
        await scene.until(lambda: scene.scene.pressed.reaches_nobody)
        assert all(delivery.attempts <= 3 for delivery in scene.texts())
        status, ready = await scene.ask("", "GET", "/readyz")
        named = [reason["what"] for reason in ready["reasons"] if reason["part"] == "vendors"]
        assert status == 503 and any("twilio" in what for what in named) and any("vonage" in what for what in named)
        for box in (scene.twilio, scene.vonage):
            box.fault(None, CALM)
        await scene.press()
        await scene.until(lambda: not scene.scene.pressed.reaches_nobody)

    asyncio.run(played(tmp_path, story))
