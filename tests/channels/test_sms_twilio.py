"""What becomes of one SMS: taken, refused for a reason, or nobody knows; never an exception, never a second try."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from receiver import StoppedClock

from tocsin.channels.session import carrier_session
from tocsin.channels.sms_twilio import TwilioSms
from tocsin.core.words import Reason
from tocsin.ports import Accepted, Message, Refused, Unknown
from tocsin.sandbox import Fault, Pace, Sandbox, serve

SENDERS = ["+12025550190", "+12025550191", "+12025550192"]
NOOR = Message("delivery-1", "+12025550111", "Noor Haddad, Lot B. Coming 4711", 240)


class FixedEntropy:
    def seed(self) -> bytes:
        return bytes(32)


class Hooks:
    """The product's side of the callbacks: keeps the addresses that were called."""

    def __init__(self) -> None:
        self.urls: list[str] = []

    async def post(self, url: str, body: bytes, signature: str) -> tuple[int, bytes]:
        self.urls.append(url)
        return 200, b""

    async def close(self) -> None:
        return None


def status_url(message: Message) -> str:
    return f"https://tocsin.example.org/hooks/twilio/status?delivery={message.reference}&send={message.send}"


def channel(base_url: str, token: str, session: aiohttp.ClientSession | None = None) -> TwilioSms:
    return TwilioSms(base_url, "AC" + "5a" * 16, token, SENDERS, status_url, session or carrier_session())


Story = Callable[[Sandbox, TwilioSms], Awaitable[None]]


def told(story: Story) -> Hooks:
    hooks = Hooks()

    async def run() -> None:
        box = Sandbox(StoppedClock(), FixedEntropy(), hooks, pace=Pace(sent_ms=0, delivered_ms=1))
        async with serve(box) as air:
            sms = channel(air.base_url, box.auth_token)
            await story(box, sms)
            await sms.close()

    asyncio.run(run())
    return hooks


def test_an_accepted_message_carries_validity_and_a_callback_bound_to_its_delivery() -> None:
    async def story(box: Sandbox, sms: TwilioSms) -> None:
        outcome = await sms.send(NOOR)
        (sent,) = box.sent
        assert outcome == Accepted(sent.sid)
        assert (sent.to, sent.text, sent.form["ValidityPeriod"]) == (NOOR.to, NOOR.text, "240")
        assert sent.form["StatusCallback"] == status_url(NOOR)
        await box.settled()

    assert told(story).urls == [status_url(NOOR)] * 2


def test_a_recipient_always_hears_from_one_sender_and_all_senders_are_used() -> None:
    async def story(box: Sandbox, sms: TwilioSms) -> None:
        numbers = [f"+1202555{index:04d}" for index in range(100, 130)]
        for _ in range(2):
            await asyncio.gather(*(sms.send(Message("d", number, "x", 1)) for number in numbers))
        assert {len({sent.sender for sent in box.sent_to(number)}) for number in numbers} == {1}
        assert {sent.sender for sent in box.sent} == set(SENDERS)

    told(story)


REFUSALS = [
    (Fault(opted_out=True), Refused(Reason.OPTED_OUT, "21610")),
    (Fault(refused=21614), Refused(Reason.NUMBER_DEAD, "21614")),
    (Fault(refused=21408), Refused(Reason.DESTINATION_BLOCKED, "21408")),
    (Fault(refused=20429), Refused(Reason.RATE_LIMITED, "20429")),
    (Fault(refused=20003), Refused(Reason.SENDER_SUSPENDED, "20003")),
    (Fault(refused=39999), Refused(Reason.VENDOR_REFUSED, "39999")),
    (Fault(down=True), Refused(Reason.VENDOR_DOWN, "20503")),
]


@pytest.mark.parametrize(("fault", "refused"), REFUSALS)
def test_a_refusal_has_a_reason_in_our_words(fault: Fault, refused: Refused) -> None:
    async def story(box: Sandbox, sms: TwilioSms) -> None:
        box.fault(NOOR.to, fault)
        assert await sms.send(NOOR) == refused
        assert box.sent == []

    told(story)


def test_a_wrong_token_is_a_sender_that_cannot_send() -> None:
    async def run() -> None:
        async with serve(Sandbox(StoppedClock(), FixedEntropy(), Hooks())) as air:
            sms = channel(air.base_url, "wrong")
            outcome = await sms.send(NOOR)
            await sms.close()
        assert isinstance(outcome, Refused) and outcome.reason is Reason.SENDER_SUSPENDED

    asyncio.run(run())


def test_where_nobody_listens_nothing_was_sent_and_that_is_known() -> None:
    async def run() -> None:
        async with serve(Sandbox(StoppedClock(), FixedEntropy(), Hooks())) as air:
            sms = channel(air.base_url, "token")
            await air.hang_up()
            outcome = await sms.send(NOOR)
            await sms.close()
        assert isinstance(outcome, Refused) and outcome.reason is Reason.VENDOR_DOWN

    asyncio.run(run())


@pytest.mark.slow
def test_taken_and_never_answered_is_unknown_and_is_not_tried_again() -> None:
    async def run() -> None:
        box = Sandbox(StoppedClock(), FixedEntropy(), Hooks())
        box.fault(None, Fault(hang=True))
        async with serve(box) as air:
            impatient = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=1))
            sms = channel(air.base_url, box.auth_token, impatient)
            assert await sms.send(NOOR) == Unknown("TimeoutError")
            await sms.close()
        assert len(box.sent) == 1

    asyncio.run(run())


def test_after_the_close_a_send_is_an_outcome_too() -> None:
    async def story(box: Sandbox, sms: TwilioSms) -> None:
        await sms.close()
        assert isinstance(await sms.send(NOOR), Unknown)

    told(story)


def test_signs_that_no_carrier_takes_are_replaced_and_the_message_goes() -> None:
    async def story(box: Sandbox, sms: TwilioSms) -> None:
        assert isinstance(await sms.send(Message("d", NOOR.to, "lot \ud800 b & \x00 c=1", 1)), Accepted)
        assert box.sent[0].text == "lot ? b & \x00 c=1"

    told(story)


@pytest.mark.slow
def test_two_hundred_sends_go_out_at_once_on_connections_of_their_own() -> None:
    """Nobody is answered until all have arrived, and all do."""

    async def story(box: Sandbox, sms: TwilioSms) -> None:
        box.fault(None, Fault(hang=True))
        sends = [asyncio.ensure_future(sms.send(Message(f"d{n}", f"+1202555{n:04d}", "x", 1))) for n in range(200)]
        while len(box.sent) < 200:
            await asyncio.wait(sends, timeout=0.01)
            assert not any(send.done() for send in sends), "some waited for others"
        for send in sends:
            send.cancel()
        await asyncio.wait(sends)

    told(story)


# Probing


def test_a_vendor_that_is_asked_after_our_account_says_whether_it_knows_us() -> None:
    async def story(box: Sandbox, sms: TwilioSms) -> None:
        assert await sms.probe() == Accepted("")
        stranger = channel(str(sms._url.origin()), "wrong")
        assert await stranger.probe() == Refused(Reason.SENDER_SUSPENDED, "401")
        await stranger.close()
        box.fault(None, Fault(down=True))
        assert await sms.probe() == Refused(Reason.VENDOR_DOWN, "503")
        await sms.close()
        assert isinstance(await sms.probe(), Refused)
        assert box.sent == []

    told(story)


# A vendor that has lost its mind


@asynccontextmanager
async def babbling(answer: bytes) -> AsyncIterator[tuple[str, list[int]]]:
    """A listener that says `answer` to whatever comes and hangs up; counts the connections that brought a request."""
    asked: list[int] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(len(await reader.read(65_536)))
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked
    finally:
        server.close()
        await server.wait_closed()


def http(status: str, body: bytes, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


BABBLE = [
    (b"", Unknown("ServerDisconnectedError")),
    (b"\x16\x03\x01garbage\r\n\r\n", Unknown("ClientResponseError")),
    (http("201 Created", b"{}"), Unknown("unreadable reply, status 201")),
    (http("201 Created", b"<html>"), Unknown("unreadable reply, status 201")),
    (http("201 Created", b"\xff\xfe"), Unknown("unreadable reply, status 201")),
    (http("201 Created", b"[" * 10_000), Unknown("unreadable reply, status 201")),
    (http("201 Created", b" " * 1_000_000 + b'{"sid": "SM1"}'), Unknown("unreadable reply, status 201")),
    (http("302 Found", b"", "Location: http://127.0.0.1:9/"), Unknown("unreadable reply, status 302")),
    (b'HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n{"sid": "SM1"', Unknown("ClientPayloadError")),
    (http("429 Too Many", b'{"code": 20429}', "Retry-After: 3"), Refused(Reason.RATE_LIMITED, "20429", 3_000)),
    (http("500 Oops", b"<html>"), Unknown("unreadable reply, status 500")),
    (http("504 Gateway Time-out", b""), Unknown("unreadable reply, status 504")),
    (http("503 Busy", b'{"code": 20503}'), Refused(Reason.VENDOR_DOWN, "20503")),
]


@pytest.mark.parametrize(("answer", "outcome"), BABBLE)
def test_garbage_from_the_vendor_is_an_outcome_and_one_request(answer: bytes, outcome: Refused | Unknown) -> None:
    async def run() -> None:
        async with babbling(answer) as (base_url, asked):
            sms = channel(base_url, "token")
            assert await sms.send(NOOR) == outcome
            await sms.close()
        assert len(asked) == 1

    asyncio.run(run())
