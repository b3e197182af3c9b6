"""What becomes of one webhook, who can verify it, and where it never goes."""

from __future__ import annotations

import asyncio
import base64
import ipaddress
import json
import socket
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from threading import Event

import pytest
import standardwebhooks.webhooks
from aiohttp import web
from receiver import NOW_MS, StoppedClock, answering, speaking
from standardwebhooks import Webhook, WebhookVerificationError

from authority import server_tls
from tocsin.channels import address_guard, session, webhook
from tocsin.channels.address_guard import Lookup, Network, is_open
from tocsin.channels.webhook import Webhooks
from tocsin.core.words import Purpose, Reason
from tocsin.ports import Accepted, Message, Refused, Unknown

KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()
LOOPBACK: Sequence[Network] = [ipaddress.ip_network("127.0.0.0/8")]
NOWHERE = "https://hooks.example.org/tocsin"


def message(url: str, *, drill: bool = False, purpose: Purpose = Purpose.RING) -> Message:
    text = "SOS\n\nSOS: Noor Haddad.\nLot B (planned).\n#bcd"
    return Message("alert-1/delivery-1", url, text, 240, "en", purpose=purpose, drill=drill)


def sent(to: Message, lookup: Lookup | None = None, private: Sequence[Network] = LOOPBACK) -> object:
    async def run() -> object:
        hooks = Webhooks(KEY, private, StoppedClock(), *([lookup] if lookup else []))
        try:
            return await hooks.send(to)
        finally:
            await hooks.close()

    return asyncio.run(run())


def told(
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]], path: str = "/hook", times: int = 1
) -> list[object]:
    """What comes of sending one message so many times to a receiver that answers so."""

    async def run() -> list[object]:
        async with answering(answer) as port:
            hooks = Webhooks(KEY, LOOPBACK, StoppedClock())
            to = message(f"http://127.0.0.1:{port}{path}")
            results: list[object] = [await hooks.send(to) for _ in range(times)]
            await hooks.close()
            return results

    return asyncio.run(run())


def test_a_receiver_can_verify_what_it_gets_and_a_repeat_has_the_same_id(monkeypatch: pytest.MonkeyPatch) -> None:
    class Then(datetime):
        @classmethod
        def now(cls, tz: object = None) -> Then:
            return cls.fromtimestamp(NOW_MS / 1000, UTC)

    monkeypatch.setattr(standardwebhooks.webhooks, "datetime", Then)
    seen: list[tuple[bytes, dict[str, str]]] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        seen.append((await request.read(), dict(request.headers)))
        return web.Response(status=204)

    results = told(answer, times=2)
    assert results[0] == results[1] == Accepted(webhook.webhook_id("alert-1/delivery-1"))
    bodies = [Webhook(SECRET).verify(body, headers) for body, headers in seen]
    assert bodies[0] == bodies[1]
    assert bodies[0]["type"] == "alert.ring"
    assert bodies[0]["timestamp"] == "2026-11-23T01:00:00.000+00:00"
    assert bodies[0]["data"] == {
        "alert": "alert-1",
        "delivery": "delivery-1",
        "drill": False,
        "heading": "SOS",
        "text": "SOS: Noor Haddad.\nLot B (planned).\n#bcd",
        "language": "en",
        "valid_s": 240,
    }
    ids = {headers["webhook-id"] for _, headers in seen}
    assert len(ids) == 1
    assert not {"Cookie", "Authorization"} & {*seen[1][1]}
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(seen[0][0].replace(b"Lot B", b"Lot C"), seen[0][1])


def test_a_machine_is_told_in_a_word_of_its_own_what_is_a_drill() -> None:
    seen: list[bytes] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        seen.append(await request.read())
        return web.Response()

    async def run() -> None:
        async with answering(answer) as port:
            hooks = Webhooks(KEY, LOOPBACK, StoppedClock())
            await hooks.send(message(f"http://127.0.0.1:{port}/", drill=True))
            await hooks.send(message(f"http://127.0.0.1:{port}/", purpose=Purpose.ALL_CLEAR))
            await hooks.close()

    asyncio.run(run())
    drill, clear = map(json.loads, seen)
    assert (drill["type"], drill["data"]["drill"]) == ("alert.ring", True)
    assert (clear["type"], clear["data"]["drill"]) == ("alert.all_clear", False)


STATUSES = [
    (410, {}, Refused(Reason.ADDRESS_DEAD, "410")),
    (429, {"Retry-After": "7"}, Refused(Reason.RATE_LIMITED, "429", 7_000)),
    (503, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, Refused(Reason.VENDOR_DOWN, "503")),
    (503, {"Retry-After": "9" * 400}, Refused(Reason.VENDOR_DOWN, "503")),
    (502, {}, Refused(Reason.VENDOR_DOWN, "502")),
    (404, {}, Refused(Reason.VENDOR_REFUSED, "404")),
    (401, {}, Refused(Reason.VENDOR_REFUSED, "401")),
]


@pytest.mark.parametrize(("status", "headers", "refused"), STATUSES)
def test_each_status_has_its_outcome(status: int, headers: dict[str, str], refused: Refused) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers=headers)

    assert told(answer) == [refused]


def test_a_receiver_that_broke_may_have_taken_it() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=500)

    (outcome,) = told(answer)
    assert isinstance(outcome, Unknown)


def test_a_redirect_is_not_followed_wherever_it_leads() -> None:
    visits: list[str] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        visits.append(request.path)
        return web.Response(status=307, headers={"Location": "http://169.254.169.254/latest/meta-data"})

    (outcome,) = told(answer)
    assert visits == ["/hook"]
    assert isinstance(outcome, Refused) and outcome.reason is Reason.VENDOR_REFUSED and "redirect" in outcome.detail


def test_the_body_of_a_reply_costs_nothing_however_long_it_drips() -> None:
    async def line(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n")
        await writer.drain()
        await reader.read()  # Until the other side has had enough.

    async def run() -> object:
        async with speaking(line) as port:
            hooks = Webhooks(KEY, LOOPBACK, StoppedClock())
            outcome = await hooks.send(message(f"http://127.0.0.1:{port}/"))
            await hooks.close()
            return outcome

    assert asyncio.run(run()) == Accepted(webhook.webhook_id("alert-1/delivery-1"))


BAD_REPLIES = [b"", b"HTTP/1.1", b"garbage\r\n\r\n", b"HTTP/1.1 999999 X\r\n\r\n", b"\x00\xff" * 40 + b"\r\n\r\n"]


@pytest.mark.parametrize("reply", BAD_REPLIES)
def test_no_readable_answer_to_a_request_that_left_is_unknown(reply: bytes) -> None:
    async def line(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(reply)
        await writer.drain()

    async def run() -> object:
        async with speaking(line) as port:
            hooks = Webhooks(KEY, LOOPBACK, StoppedClock())
            outcome = await hooks.send(message(f"http://127.0.0.1:{port}/"))
            await hooks.close()
            return outcome

    assert isinstance(asyncio.run(run()), Unknown)


def test_a_reply_that_drips_its_head_ends_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "SEND_DEADLINE_MS", 1_000)

    async def line(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200")
        await reader.read()

    async def run() -> object:
        async with speaking(line) as port:
            hooks = Webhooks(KEY, LOOPBACK, StoppedClock())
            outcome = await hooks.send(message(f"http://127.0.0.1:{port}/"))
            await hooks.close()
            return outcome

    assert isinstance(asyncio.run(run()), Unknown)


def test_nobody_listening_is_known_as_down() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    outcome = sent(message(f"http://127.0.0.1:{port}/"))
    assert isinstance(outcome, Refused) and outcome.reason is Reason.VENDOR_DOWN


def test_a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_said() -> None:
    seen: list[str] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        seen.append(request.path)
        return web.Response()

    async def run() -> object:
        async with answering(answer, server_tls()) as port:
            hooks = Webhooks(KEY, LOOPBACK, StoppedClock())
            outcome = await hooks.send(message(f"https://localhost:{port}/"))
            await hooks.close()
            return outcome

    outcome = asyncio.run(run())
    assert isinstance(outcome, Refused) and outcome.reason is Reason.VENDOR_REFUSED and "certificate" in outcome.detail
    assert seen == []


# Where it never goes ---------------------------------------------------------------------------------------------

REFUSED = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254 169.254.169.254
172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.9 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1
224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
:: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:8.8.8.8 64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::1 100::1
2001::1 2001:db8::1 2002:7f00:1:: 2002:808:808:: 3fff::1 5f00::1 fc00::1 fd12:3456::1 fe80::1 fec0::1 ff02::1 ff0e::1
"""


def found(*addresses: str) -> Lookup:
    """A name server that knows one name, and these addresses for it."""
    family = {4: socket.AF_INET, 6: socket.AF_INET6}
    return lambda host, port: [(family[6 if ":" in address else 4], address) for address in addresses]


@pytest.mark.parametrize("address", REFUSED.split())
def test_no_name_leads_to_an_address_that_is_not_of_the_open_internet(address: str) -> None:
    assert not is_open(ipaddress.ip_address(address))
    for lookup in (found(address), found("93.184.215.14", address)):
        outcome = sent(message(NOWHERE), lookup, private=[])
        assert isinstance(outcome, Refused) and outcome.reason is Reason.DESTINATION_BLOCKED


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_the_open_internet_is_open(address: str) -> None:
    assert is_open(ipaddress.ip_address(address))


SPELLINGS = """
127.0.0.1 127.1 127.0.1 2130706433 0x7f.1 0x7f000001 0177.0.0.1 0 0.0.0.0 [::1] [::ffff:127.0.0.1] [::ffff:7f00:1]
①②⑦.⓪.⓪.① 127。0。0。1 localhost LOCALHOST. [fe80::1%25lo] 017700000001 0000127.0.0.1 [::]
"""


@pytest.mark.parametrize("host", SPELLINGS.split())
def test_no_spelling_of_loopback_is_connected_to(host: str) -> None:
    met: list[str] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        met.append(host)
        return web.Response()

    async def run() -> list[object]:
        async with answering(answer) as port:
            hooks = Webhooks(KEY, [], StoppedClock())
            outcomes: list[object] = [await hooks.send(message(f"{s}://{host}:{port}/")) for s in ("https", "http")]
            await hooks.close()
            return outcomes

    for outcome in asyncio.run(run()):
        assert isinstance(outcome, Refused)
        assert outcome.reason in (Reason.DESTINATION_BLOCKED, Reason.NO_CONTACT, Reason.VENDOR_DOWN)
    assert met == []


def test_a_name_is_looked_up_once_so_it_cannot_point_elsewhere_a_moment_later() -> None:
    asked: list[str] = []

    def lookup(host: str, port: int) -> list[tuple[socket.AddressFamily, str]]:
        asked.append(host)
        return [(socket.AF_INET, "127.0.0.1" if len(asked) == 1 else "10.0.0.1")]

    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response()

    async def run() -> object:
        async with answering(answer) as port:
            hooks = Webhooks(KEY, LOOPBACK, StoppedClock(), lookup)
            outcome = await hooks.send(message(f"http://siren.example.org:{port}/"))
            await hooks.close()
            return outcome

    assert isinstance(asyncio.run(run()), Accepted)
    assert asked == ["siren.example.org"]


def test_in_the_clear_it_goes_to_no_address_but_our_own() -> None:
    outcome = sent(message("http://hooks.example.org/"), found("93.184.215.14"))
    assert isinstance(outcome, Refused) and outcome.reason is Reason.DESTINATION_BLOCKED


def test_a_name_that_hangs_is_down_and_one_that_is_unknown_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address_guard, "LOOKUP_MAX_S", 0.05)
    gate = Event()

    def hangs(host: str, port: int) -> list[tuple[socket.AddressFamily, str]]:
        gate.wait(5)
        return []

    def unknown(host: str, port: int) -> list[tuple[socket.AddressFamily, str]]:
        raise socket.gaierror(8, "unknown")

    for lookup in (hangs, unknown, found()):
        outcome = sent(message(NOWHERE), lookup)
        assert isinstance(outcome, Refused) and outcome.reason is Reason.VENDOR_DOWN
    gate.set()


@pytest.mark.parametrize(
    "address", ["", "ftp://example.org", "https://", "https://user:pass@example.org/", "http://[", "file:///etc", "x"]
)
def test_what_is_no_web_address_is_no_contact(address: str) -> None:
    outcome = sent(message(address))
    assert isinstance(outcome, Refused) and outcome.reason is Reason.NO_CONTACT


def test_no_proxy_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response()

    assert isinstance(told(answer)[0], Accepted)
