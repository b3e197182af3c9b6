"""What becomes of one call: taken, refused for a reason, or nobody knows; the words travel with the request."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from xml.etree import ElementTree

import aiohttp
import pytest
from receiver import StoppedClock

from tocsin.channels.session import carrier_session
from tocsin.channels.voice_twilio import TwilioVoice
from tocsin.core.words import Reason
from tocsin.ports import Accepted, Message, Refused, Unknown
from tocsin.sandbox import Fault, Habit, Sandbox, Tempo, serve
from tocsin.wire.twilio_voice import CallAddresses

PUBLIC_URL = "https://tocsin.example.org"
TEO = Message("alert-1/delivery-1", "+12025550112", "SOS. Noor & Bo call for help.", 100, "en", True)


class FixedEntropy:
    def seed(self) -> bytes:
        return bytes(32)


class NobodyThere:
    """The product's webhooks, which cannot be reached; keeps the addresses that were called."""

    def __init__(self) -> None:
        self.urls: list[str] = []

    async def post(self, url: str, body: bytes, signature: str) -> tuple[int, bytes]:
        self.urls.append(url)
        return 0, b""

    async def close(self) -> None:
        return None


Story = Callable[[Sandbox, TwilioVoice], Awaitable[None]]


def told(story: Story, session: Callable[[], aiohttp.ClientSession] = carrier_session) -> NobodyThere:
    hooks = NobodyThere()

    async def run() -> None:
        box = Sandbox(StoppedClock(), FixedEntropy(), hooks)
        box.calls.tempo = Tempo(0, 0, 0, 0)
        async with serve(box) as air:
            senders = ["+12025550190", "+12025550191"]
            voice = TwilioVoice(air.base_url, box.account_sid, box.auth_token, senders, PUBLIC_URL, session())
            await story(box, voice)
            await voice.close()

    asyncio.run(run())
    return hooks


def test_the_phone_rings_and_reads_twice_also_where_our_hooks_cannot_be_reached() -> None:
    async def story(box: Sandbox, voice: TwilioVoice) -> None:
        outcome = await voice.send(TEO)
        await box.settled()
        (call,) = box.calls.made
        assert outcome == Accepted(call.sid) and call.to == TEO.to
        assert call.heard == [TEO.text] * 2
        assert call.form["Timeout"] == "25" and call.form["AsyncAmd"] == "true"
        assert call.events == ("initiated", "ringing", "answered", "completed")

    addresses = CallAddresses(PUBLIC_URL, "alert-1", "delivery-1")
    assert set(told(story).urls) == {addresses.status, addresses.heard}


def test_a_message_that_asks_nothing_has_no_keys() -> None:
    async def story(box: Sandbox, voice: TwilioVoice) -> None:
        await voice.send(Message("a/d", TEO.to, "ALL CLEAR.", 100, "es-MX"))
        await box.settled()
        (call,) = box.calls.made
        document = ElementTree.fromstring(call.form["Twiml"])  # noqa: S314 - our own words.
        assert [verb.tag for verb in document] == ["Say", "Redirect"] and 'language="es-US"' in call.form["Twiml"]

    told(story)


def test_whoever_is_called_sees_one_number_each_time() -> None:
    async def story(box: Sandbox, voice: TwilioVoice) -> None:
        for _ in range(3):
            await voice.send(TEO)
        assert len({call.caller for call in box.calls.made}) == 1
        await box.settled()

    told(story)


REFUSALS = [
    (Fault(refused=21211), Refused(Reason.NUMBER_DEAD, "21211")),
    (Fault(refused=21203), Refused(Reason.DESTINATION_BLOCKED, "21203")),
    (Fault(refused=20429), Refused(Reason.RATE_LIMITED, "20429")),
    (Fault(refused=10001), Refused(Reason.SENDER_SUSPENDED, "10001")),
    (Fault(down=True), Refused(Reason.VENDOR_DOWN, "20503")),
]


@pytest.mark.parametrize(("fault", "refused"), REFUSALS)
def test_a_refusal_has_a_reason_in_our_words(fault: Fault, refused: Refused) -> None:
    async def story(box: Sandbox, voice: TwilioVoice) -> None:
        box.fault(TEO.to, fault)
        assert await voice.send(TEO) == refused and box.calls.made == []

    told(story)


@pytest.mark.slow
def test_taken_and_never_answered_is_unknown() -> None:
    async def story(box: Sandbox, voice: TwilioVoice) -> None:
        box.fault(None, Fault(hang=True))
        assert await voice.send(TEO) == Unknown("TimeoutError")
        assert len(box.calls.made) == 1

    told(story, lambda: aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=1)))


def test_the_longest_text_in_any_script_is_a_request_that_the_carrier_takes() -> None:
    async def story(box: Sandbox, voice: TwilioVoice) -> None:
        for text in ("&" * 9_000, "\ud800\x00" * 2_000, "Лот Б " * 2_000):
            assert isinstance(
                await voice.send(Message("a" * 36 + "/" + "d" * 36, TEO.to, text, 1, "en", True)), Accepted
            )
        await box.settled()

    told(story)


def test_our_account_is_asked_after_where_we_call_from() -> None:
    async def story(box: Sandbox, voice: TwilioVoice) -> None:
        assert await voice.probe() == Accepted("")
        box.fault(None, Fault(down=True))
        assert isinstance(await voice.probe(), Refused)

    told(story)


def test_a_voicemail_listens_to_all_of_it_and_is_found_out() -> None:
    async def story(box: Sandbox, voice: TwilioVoice) -> None:
        box.calls.habits[TEO.to] = Habit("voicemail")
        await voice.send(TEO)
        await box.settled()
        (call,) = box.calls.made
        assert call.reported == ["initiated", "ringing", "in-progress", "completed"] and call.over

    told(story)


def test_a_phone_that_rings_is_silenced_and_nobody_hears_a_word() -> None:
    async def story(box: Sandbox, voice: TwilioVoice) -> None:
        box.calls.tempo = Tempo(60_000, 0, 0, 0)
        taken = await voice.send(TEO)
        assert isinstance(taken, Accepted)
        await voice.withdraw(taken.provider_ref)
        (call,) = box.calls.made
        assert (call.status, call.heard, call.over) == ("canceled", [], True)
        assert box.calls.changed == [(call.sid, "canceled")]

    told(story)


def test_somebody_who_listens_is_not_cut_off() -> None:
    async def story(box: Sandbox, voice: TwilioVoice) -> None:
        box.calls.tempo = Tempo(0, 20, 0, 0)
        taken = await voice.send(TEO)
        assert isinstance(taken, Accepted)
        (call,) = box.calls.made
        while not call.heard:
            await asyncio.wait_for(box.calls._wait(1), 60)
        await voice.withdraw(taken.provider_ref)
        await box.settled()
        assert call.heard == [TEO.text] * 2 and call.status == "completed"

    told(story)


@pytest.mark.slow
@pytest.mark.parametrize("fault", [Fault(down=True), Fault(hang=True), Fault()])
def test_a_call_that_cannot_be_taken_back_is_left_to_its_end(fault: Fault) -> None:
    async def story(box: Sandbox, voice: TwilioVoice) -> None:
        taken = await voice.send(TEO)
        assert isinstance(taken, Accepted)
        await box.settled()
        box.fault(None, fault)
        refs = (taken.provider_ref, "CA of nobody", "../../x?y", "\ud800")
        heard = await asyncio.gather(*(voice.withdraw(ref) for ref in refs))
        assert heard[:2] == [not fault.down] * 2  # That it no longer has the call is an answer; a refusal is none.

    told(story, lambda: aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=1)))
