"""What becomes of one SMS by the second vendor, over its own wire in the box."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import msgspec
import pytest
from receiver import StoppedClock

from tocsin.channels.session import carrier_session
from tocsin.channels.sms_vonage import VonageSms
from tocsin.core.words import Reason
from tocsin.ports import Accepted, Message, Refused, Unknown
from tocsin.sandbox import Fault, Pace, VonageBox, serve, vonage_surface
from tocsin.wire.vonage import signed_by

SENDER, STATUS = "+12025550195", "https://tocsin.example.org/hooks/vonage/status"
NOOR = Message("alert-1/delivery-1", "+12025550111", "Noor Haddad, Lot B. Coming 4711", 240, send=2)


class FixedEntropy:
    def seed(self) -> bytes:
        return bytes(32)


class Hooks:
    """The product's side of the callbacks: keeps what came, and by which token."""

    def __init__(self) -> None:
        self.came: list[tuple[str, bytes, str]] = []

    async def post(self, url: str, body: bytes, signature: str) -> tuple[int, bytes]:
        self.came.append((url, body, signature))
        return 200, b""

    async def close(self) -> None:
        return None

    @property
    def said(self) -> list[dict[str, Any]]:
        return [msgspec.json.decode(body) for _, body, _ in self.came]


Story = Callable[[VonageBox, VonageSms], Awaitable[None]]


def channel(base_url: str, secret: str, session: aiohttp.ClientSession | None = None) -> VonageSms:
    return VonageSms(base_url, "5a5a5a5a", secret, SENDER, STATUS, session or carrier_session())


def told(story: Story, session: Callable[[], aiohttp.ClientSession] = carrier_session, secret: str = "") -> Hooks:
    hooks = Hooks()

    async def run() -> None:
        box = VonageBox(StoppedClock(), FixedEntropy(), hooks, pace=Pace(sent_ms=0, delivered_ms=1))
        async with serve(box, app=vonage_surface(box)) as air:
            sms = channel(air.base_url, secret or box.api_secret, session())
            await story(box, sms)
            await box.settled()
            await sms.close()

    asyncio.run(run())
    return hooks


def test_an_accepted_message_carries_validity_and_names_its_send() -> None:
    async def story(box: VonageBox, sms: VonageSms) -> None:
        outcome = await sms.send(NOOR)
        (sent,) = box.sent
        assert outcome == Accepted(sent.sid)
        assert (sent.to, sent.sender, sent.text) == (NOOR.to, SENDER, NOOR.text)
        assert sent.form["ClientRef"] == "alert-1/delivery-1/2"

    hooks = told(story)
    assert [news["status"] for news in hooks.said] == ["submitted", "delivered"]
    assert {news["client_ref"] for news in hooks.said} == {"alert-1/delivery-1/2"}
    for url, body, token in hooks.came:
        assert url == STATUS
        assert signed_by("an-invented-signature-secret-of-the-sandbox", "5a5a5a5a", f"Bearer {token}", body)


def test_a_reply_to_a_text_asks_for_no_callback() -> None:
    async def story(box: VonageBox, sms: VonageSms) -> None:
        assert isinstance(await sms.send(Message("", NOOR.to, "Received.", 600)), Accepted)

    assert told(story).came == []


REFUSALS = [
    (Fault(refused=1240), Refused(Reason.OPTED_OUT, "1240")),
    (Fault(refused=1430), Refused(Reason.NUMBER_DEAD, "1430")),
    (Fault(refused=1160), Refused(Reason.DESTINATION_BLOCKED, "1160")),
    (Fault(refused=1000), Refused(Reason.RATE_LIMITED, "1000")),
    (Fault(refused=1420), Refused(Reason.SENDER_SUSPENDED, "1420")),
    (Fault(refused=9999), Refused(Reason.VENDOR_REFUSED, "9999")),
    (Fault(down=True), Refused(Reason.VENDOR_DOWN, "internal-error")),
]


@pytest.mark.parametrize(("fault", "refused"), REFUSALS)
def test_a_refusal_has_a_reason_in_our_words(fault: Fault, refused: Refused) -> None:
    async def story(box: VonageBox, sms: VonageSms) -> None:
        box.fault(NOOR.to, fault)
        assert await sms.send(NOOR) == refused
        assert box.sent == []

    told(story)


def test_a_number_that_is_none_is_refused() -> None:
    async def story(box: VonageBox, sms: VonageSms) -> None:
        assert await sms.send(Message("a/d", "noor", "x", 60)) == Refused(Reason.NUMBER_DEAD, "1430")
        assert await sms.send(Message("a/d", NOOR.to, "", 60)) == Refused(Reason.VENDOR_REFUSED, "1010")

    told(story)


@pytest.mark.parametrize(("fault", "code"), [(Fault(opted_out=True), "1240"), (Fault(undelivered=1210), "1210")])
def test_what_is_rejected_later_was_taken_first(fault: Fault, code: str) -> None:
    async def story(box: VonageBox, sms: VonageSms) -> None:
        box.fault(None, fault)
        assert isinstance(await sms.send(NOOR), Accepted)

    last = told(story).said[-1]
    assert (last["status"], last["error"]["title"]) == ("rejected", code)


def test_a_wrong_secret_is_an_account_that_cannot_send() -> None:
    async def story(box: VonageBox, sms: VonageSms) -> None:
        refused = Refused(Reason.SENDER_SUSPENDED, "unauthorized")
        assert await sms.send(NOOR) == refused
        assert await sms.probe() == Refused(Reason.SENDER_SUSPENDED, "401")

    told(story, secret="wrong")


def test_a_vendor_that_is_probed_says_whether_it_is_well() -> None:
    async def story(box: VonageBox, sms: VonageSms) -> None:
        assert await sms.probe() == Accepted("")
        box.fault(None, Fault(down=True))
        assert await sms.probe() == Refused(Reason.VENDOR_DOWN, "500")
        assert box.sent == []

    told(story)


@pytest.mark.slow
def test_taken_and_never_answered_is_unknown() -> None:
    def impatient() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=1))

    async def story(box: VonageBox, sms: VonageSms) -> None:
        box.fault(None, Fault(hang=True))
        assert await sms.send(NOOR) == Unknown("TimeoutError")
        assert await sms.probe() == Refused(Reason.VENDOR_DOWN, "TimeoutError")
        assert len(box.sent) == 1

    told(story, impatient)


def test_an_address_that_is_none_of_the_vendor_s_is_not_found() -> None:
    async def story(box: VonageBox, sms: VonageSms) -> None:
        sms._url = sms._url.with_path("/v2/messages")
        assert await sms.send(NOOR) == Refused(Reason.VENDOR_REFUSED, "not-found")

    told(story)
