"""The carrier in a box says what the real one says, and misbehaves only when told to."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
import msgspec
import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar, Request, post
from litestar.testing import TestClient
from twilio.request_validator import RequestValidator

from tocsin.sandbox import CALM, Fault, Forwarded, HttpHooks, Pace, Sandbox, handlers, serve
from tocsin.sandbox.box import AUTH_TOKEN
from tocsin.sandbox.dialect import form_of, opt_word, replies_in, signature

NOOR, OURS = "+12025550111", "+12025550190"
HOOK, STATUS = "https://tocsin.example.org/hooks/twilio/sms", "https://tocsin.example.org/hooks/twilio/status?ref=d-1"
FORM = {"To": NOOR, "From": OURS, "Body": "Noor: lot B, now", "StatusCallback": STATUS}
QUICK = Pace(queued_ms=0, sent_ms=1, delivered_ms=3)


class StoppedClock:
    def now_ms(self) -> int:
        return 1_795_395_600_000


class FixedEntropy:
    def seed(self) -> bytes:
        return bytes(32)


class Product:
    """Listens where the product would; keeps what came and answers with `twiml`."""

    def __init__(self, twiml: bytes = b"<Response/>", status: int = 200) -> None:
        self.twiml, self.status = twiml, status
        self.came: list[tuple[str, dict[str, str], str]] = []

    async def post(self, url: str, body: bytes, signature: str) -> tuple[int, bytes]:
        self.came.append((url, dict(parse_qsl(body.decode(), keep_blank_values=True)), signature))
        return self.status, self.twiml

    async def close(self) -> None:
        return None

    @property
    def statuses(self) -> list[str]:
        return [form["MessageStatus"] for _, form, _ in self.came]


def boxed(product: Product) -> Sandbox:
    return Sandbox(StoppedClock(), FixedEntropy(), product, HOOK, QUICK)


def told(story: Callable[[Sandbox, Product], Awaitable[None]], product: Product | None = None) -> None:
    """Run a story in a box and close it."""
    there = product or Product()

    async def run() -> None:
        box = boxed(there)
        await story(box, there)
        await box.close()

    asyncio.run(run())


async def code_of(box: Sandbox, **changes: str) -> tuple[int, int | None]:
    reply = await box.take({**FORM, **changes})
    assert reply is not None
    status, body = reply
    answer = msgspec.json.decode(body)
    return status, answer.get("code")


def test_a_send_is_answered_then_lands_and_is_called_back_in_order() -> None:
    async def story(box: Sandbox, product: Product) -> None:
        reply = await box.take(dict(FORM))
        assert reply is not None
        status, body = reply
        resource = msgspec.json.decode(body)
        assert (status, resource["status"], resource["to"]) == (201, "queued", NOOR)
        assert resource["sid"].startswith("SM") and len(resource["sid"]) == 34
        await box.settled()
        assert product.statuses == ["queued", "sent", "delivered"]
        assert {form["MessageSid"] for _, form, _ in product.came} == {resource["sid"]}
        assert [text.text for text in box.phones[NOOR].messages] == ["Noor: lot B, now"]
        assert [sent.text for sent in box.sent_to(NOOR)] == ["Noor: lot B, now"]

    told(story)


def test_every_callback_and_text_is_signed_as_the_vendors_own_library_checks_it() -> None:
    async def story(box: Sandbox, product: Product) -> None:
        await box.take(dict(FORM))
        await box.text(NOOR, "SOS lot b \u00e9\U0001f198")
        await box.settled()
        check = RequestValidator(box.auth_token)
        assert len(product.came) == 4
        assert all(check.validate(url, form, signature) for url, form, signature in product.came)
        assert not check.validate(HOOK, {"Body": "forged"}, product.came[0][2])

    told(story)


@given(st.dictionaries(st.text(min_size=1, max_size=4), st.text(max_size=8), max_size=5))
def test_any_form_is_signed_as_the_vendors_library_does(form: dict[str, str]) -> None:
    assert signature("token", STATUS, form) == RequestValidator("token").compute_signature(STATUS, form)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"To": ""}, 21604),
        ({"From": ""}, 21603),
        ({"Body": ""}, 21602),
        ({"To": "noor"}, 21211),
        ({"Body": "x" * 1_601}, 21617),
    ],
)
def test_a_wrong_request_gets_the_vendors_code(changes: dict[str, str], code: int) -> None:
    async def story(box: Sandbox, product: Product) -> None:
        assert await code_of(box, **changes) == (400, code)
        assert box.sent == []

    told(story)


def test_stop_blocks_later_texts_from_that_sender_until_start_and_is_forwarded() -> None:
    async def story(box: Sandbox, product: Product) -> None:
        await box.text(NOOR, " stop ", OURS)
        assert await code_of(box) == (400, 21610)
        assert await code_of(box, From="+12025550191") == (201, None)
        await box.text(NOOR, "START", OURS)
        assert await code_of(box) == (201, None)
        words = [form["OptOutType"] for _, form, _ in product.came if "OptOutType" in form]
        assert words == ["STOP", "START"]

    told(story)


def test_a_text_goes_to_the_number_that_wrote_last_and_the_reply_lands_on_the_phone() -> None:
    async def story(box: Sandbox, product: Product) -> None:
        await box.take({**FORM, "From": "+12025550191"})
        answer = await box.text(NOOR, "4711")
        assert (answer.status, answer.replies) == (200, ("Received & noted.",))
        _, form, _ = product.came[0]
        assert (form["From"], form["To"], form["Body"], form["NumMedia"]) == (NOOR, "+12025550191", "4711", "0")
        assert [(text.direction, text.text) for text in box.phones[NOOR].messages] == [
            ("out", "4711"),
            ("in", "Received & noted."),
        ]

    twiml = b'<?xml version="1.0"?><Response><Message>Received &amp; noted.</Message></Response>'
    told(story, Product(twiml))


def test_a_reply_after_stop_is_swallowed_as_the_carrier_does() -> None:
    async def story(box: Sandbox, product: Product) -> None:
        await box.text(NOOR, "STOP", OURS)
        assert [text.direction for text in box.phones[NOOR].messages] == ["out"]

    told(story, Product(b"<Response><Message>Received.</Message></Response>"))


FAULTS = [
    (Fault(lost=True), 201, ["queued", "sent"], 0),
    (Fault(undelivered=30003), 201, ["queued", "sent", "undelivered"], 0),
    (Fault(reordered=True), 201, ["queued", "delivered", "sent"], 1),
    (Fault(repeats=3), 201, ["queued"] * 3 + ["sent"] * 3 + ["delivered"] * 3, 1),
    (Fault(late_ms=5), 201, ["queued", "sent", "delivered"], 1),
    (Fault(slow_ms=2), 201, ["queued", "sent", "delivered"], 1),
    (Fault(hang=True), None, ["queued", "sent", "delivered"], 1),
    (Fault(down=True), 503, [], 0),
    (Fault(refused=20429), 429, [], 0),
    (Fault(refused=30999), 400, [], 0),
    (Fault(opted_out=True), 400, [], 0),
]


@pytest.mark.parametrize(("fault", "status", "statuses", "landed"), FAULTS)
def test_each_fault_bends_its_own_step_for_one_number_or_for_all(
    fault: Fault, status: int | None, statuses: list[str], landed: int
) -> None:
    async def story(box: Sandbox, product: Product) -> None:
        box.fault(NOOR, fault)
        reply = await box.take(dict(FORM))
        await box.settled()
        assert (reply[0] if reply else None, product.statuses) == (status, statuses)
        assert len(box.phone(NOOR).messages) == landed
        assert (await code_of(box, To="+12025550112"))[0] == 201
        box.fault(NOOR, CALM)
        assert (await code_of(box))[0] == 201
        box.fault(None, Fault(down=True))
        assert (await code_of(box))[0] == 503

    told(story)


def test_closing_the_box_leaves_nothing_to_come() -> None:
    async def story(box: Sandbox, product: Product) -> None:
        box.fault(None, Fault(late_ms=60_000))
        await box.take(dict(FORM))
        await box.close()
        await box.settled()
        assert product.came == []

    told(story)


@pytest.mark.parametrize(("text", "word"), [("Stop", "STOP"), ("yes", "START"), ("help", "HELP"), ("stop it", None)])
def test_only_a_whole_text_is_a_carriers_word(text: str, word: str | None) -> None:
    assert opt_word(text) == word


@given(st.binary(max_size=100))
def test_any_answer_of_the_product_is_read_for_replies(body: bytes) -> None:
    assert isinstance(replies_in(body), list)


def test_closing_the_box_frees_a_sender_who_waits_for_a_slow_answer() -> None:
    async def story(box: Sandbox, product: Product) -> None:
        box.fault(None, Fault(slow_ms=60_000))
        sending = asyncio.ensure_future(box.take(dict(FORM)))
        await asyncio.wait([sending], timeout=0.001)
        await box.close()
        assert await sending is not None and product.came == []
        assert await box.take(dict(FORM)) is not None

    told(story)


@given(
    st.binary(max_size=80) | st.text(max_size=40).map(lambda text: f"To=%2B12025550111&From=%2B1&Body={text}".encode())
)
def test_any_bytes_as_a_send_get_the_vendors_answer(body: bytes) -> None:
    async def story(box: Sandbox, product: Product) -> None:
        reply = await box.take(form_of(body))
        assert reply is not None and reply[0] in (201, 400)
        assert msgspec.json.decode(reply[1])

    told(story)


# Over HTTP


def bearer(box: Sandbox) -> dict[str, str]:
    return {"Authorization": aiohttp.encode_basic_auth(box.account_sid, box.auth_token)}


def test_over_the_wire_it_is_the_vendors_api_and_it_can_leave_the_air() -> None:
    async def run() -> None:
        box = boxed(Product())
        async with serve(box) as air, aiohttp.ClientSession() as session:
            url = f"{air.base_url}/2010-04-01/Accounts/{box.account_sid}/Messages.json"
            async with session.post(url, data=FORM) as response:
                assert (response.status, (await response.json())["code"]) == (401, 20003)
            async with session.post(url, data=FORM, headers=bearer(box)) as response:
                assert (response.status, (await response.json())["body"]) == (201, FORM["Body"])
            async with session.get(url, headers=bearer(box)) as response:
                assert response.status == 200 and "messages" in await response.json()
            async with session.get(url + "?Page=1", headers=bearer(box)) as response:
                assert (await response.json())["messages"] == []
            async with session.put(url, headers=bearer(box)) as response:
                assert response.status == 404
            await air.hang_up()
            with pytest.raises(aiohttp.ClientConnectionError):
                await session.post(url, data=FORM, headers=bearer(box))
            await air.listen()
            async with session.post(url, data=FORM, headers=bearer(box)) as response:
                assert response.status == 201
        assert len(box.sent) == 2

    asyncio.run(run())


def test_a_hung_send_is_taken_and_the_sender_waits_in_vain() -> None:
    async def run() -> None:
        box = boxed(Product())
        box.fault(NOOR, Fault(hang=True))
        timeout = aiohttp.ClientTimeout(total=0.1)
        async with serve(box) as air, aiohttp.ClientSession(timeout=timeout) as session:
            url = f"{air.base_url}/2010-04-01/Accounts/{box.account_sid}/Messages.json"
            with pytest.raises(TimeoutError):
                await session.post(url, data=FORM, headers=bearer(box))
        assert len(box.sent_to(NOOR)) == 1

    asyncio.run(run())


def test_the_page_sees_the_phones_live_and_writes_on_them() -> None:
    async def run() -> None:
        box = boxed(Product())
        box.phone(NOOR, "Noor Haddad")
        async with serve(box) as air, aiohttp.ClientSession() as session:
            async with session.get(f"{air.base_url}/sandbox/live") as live:
                async with session.post(f"{air.base_url}/sandbox/phones/{NOOR}/send", json={"text": "1"}) as answer:
                    assert (answer.status, await answer.json()) == (200, {"status": 200, "replies": []})
                told = (await live.content.readuntil(b"}}\r\n")).decode()
            landed = msgspec.json.decode(told[told.index("{") :])
            assert (landed["number"], landed["message"]["text"]) == (NOOR, "1")
            async with session.get(f"{air.base_url}/sandbox/phones") as answer:
                (phone,) = (await answer.json())["phones"]
            assert (phone["number"], phone["name"], phone["messages"]) == (NOOR, "Noor Haddad", [landed["message"]])

    asyncio.run(run())


def test_a_live_page_ends_when_the_box_closes() -> None:
    async def run() -> None:
        box = boxed(Product())
        async with serve(box) as air, aiohttp.ClientSession() as session:
            live = await session.get(f"{air.base_url}/sandbox/live")
            await live.content.readuntil(b"\n")
            await box.close()
            assert not (await live.content.read()).strip()

    asyncio.run(run())


def test_the_demo_mounts_the_page_side_on_its_own_port_and_dials_faults() -> None:
    box = boxed(Product())
    box.phone(NOOR)
    with TestClient(Litestar(handlers(box), openapi_config=None)) as client:
        dialled = client.post("/sandbox/faults", json={"number": NOOR, "fault": {"lost": True}})
        assert dialled.status_code == 200 and box.weather.over(NOOR).lost
        assert client.post("/sandbox/faults", json={"fault": {"lots": True}}).status_code == 400
        assert client.post("/sandbox/phones/+12025550199/send", json={"text": "1"}).status_code == 404


def test_a_text_over_http_reaches_the_product_signed_and_its_answer_comes_back() -> None:
    came: list[bytes] = []

    @post("/hooks/twilio/sms", status_code=200, media_type="application/xml")
    async def product(request: Request[Any, Any, Any]) -> bytes:
        came.append(await request.body())
        signed = request.headers["x-twilio-signature"]
        form = dict(parse_qsl(came[-1].decode(), keep_blank_values=True))
        assert RequestValidator(AUTH_TOKEN).validate(str(request.url), form, signed)
        return b"<Response><Message>Received.</Message></Response>"

    async def run() -> None:
        box = Sandbox(StoppedClock(), FixedEntropy(), HttpHooks())
        config = uvicorn.Config(Litestar([product], openapi_config=None), lifespan="off", log_level="warning")
        config.load()
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            await server.startup(sockets=[listener])
            box.sms_url = f"http://127.0.0.1:{listener.getsockname()[1]}/hooks/twilio/sms"
            assert [await box.text(NOOR, "SOS"), await box.text(NOOR, "lot b")] == [Forwarded(200, ("Received.",))] * 2
            await box.close()
            server.servers[0].close()

    asyncio.run(run())
    assert len(came) == 2


def test_where_nobody_listens_a_text_is_answered_with_nothing() -> None:
    async def run() -> None:
        hooks = HttpHooks()
        box = Sandbox(StoppedClock(), FixedEntropy(), hooks, "http://127.0.0.1:9/hooks", QUICK)
        assert (await box.text(NOOR, "SOS")).status == 0
        await box.close()

    asyncio.run(run())
