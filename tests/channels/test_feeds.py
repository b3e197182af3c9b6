"""What comes of fetching a roster feed, from a real server on loopback that behaves as badly as it is told to."""

from __future__ import annotations

import asyncio
import gzip
import ipaddress
import socket
import zlib
from collections.abc import Awaitable, Callable, Sequence

import pytest
from aiohttp import web
from receiver import answering, speaking

from authority import server_tls
from tocsin.channels import address_guard
from tocsin.channels.address_guard import Lookup, Network
from tocsin.channels.feeds import FeedDocuments
from tocsin.core.access.feed_record import FeedCame, FeedFault
from tocsin.core.limits import FEED_MAX_BYTES

LOOPBACK: Sequence[Network] = [ipaddress.ip_network("127.0.0.0/8")]
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
ROSTER = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


def fetched(
    url: str,
    lookup: Lookup | None = None,
    private: Sequence[Network] = LOOPBACK,
    deadline_s: float = 60,
    known: tuple[str, str] = ("", ""),
) -> FeedCame | FeedFault:
    async def run() -> FeedCame | FeedFault:
        documents = FeedDocuments(private, lookup or address_guard.lookup, deadline_s)
        try:
            return await documents(url, *known)
        finally:
            await documents.close()

    return asyncio.run(run())


def told(answer: Answer, path: str = "/roster.ics", known: tuple[str, str] = ("", "")) -> FeedCame | FeedFault:
    async def run() -> FeedCame | FeedFault:
        async with answering(answer) as port:
            documents = FeedDocuments(LOOPBACK)
            came = await documents(f"http://127.0.0.1:{port}{path}", *known)
            await documents.close()
            return came

    return asyncio.run(run())


def saying(status: int = 200, body: bytes = ROSTER, **headers: str) -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, body=body, headers=named)

    return answer


def resolved_to(*addresses: str) -> Lookup:
    def lookup(host: str, port: int) -> list[tuple[socket.AddressFamily, str]]:
        families = (socket.AF_INET6 if ":" in text else socket.AF_INET for text in addresses)
        return list(zip(families, addresses, strict=True))

    return lookup


def test_a_feed_comes_with_what_its_server_calls_this_version() -> None:
    assert told(saying(ETag='"7"', Last_Modified="Sun, 22 Nov 2026 10:00:00 GMT")) == FeedCame(
        ROSTER, '"7"', "Sun, 22 Nov 2026 10:00:00 GMT"
    )


def test_one_that_is_the_same_as_before_does_not_come_again() -> None:
    asked: list[str | None] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.extend((request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since")))
        return web.Response(status=304)

    assert told(answer, known=('"7"', "Sun")) == FeedCame(None)
    assert asked == ['"7"', "Sun"]
    assert told(saying(304, b"")) is FeedFault.MOVED  # Nobody asked whether it is the same.


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (301, FeedFault.MOVED),
        (302, FeedFault.MOVED),
        (204, FeedFault.REFUSED),
        (401, FeedFault.REFUSED),
        (404, FeedFault.REFUSED),
        (500, FeedFault.AWAY),
        (503, FeedFault.AWAY),
    ],
)
def test_what_a_server_says_otherwise_is_a_named_reason(status: int, fault: FeedFault) -> None:
    assert told(saying(status, b"", Location="http://127.0.0.1:1/")) is fault


def test_no_redirect_is_followed() -> None:
    seen: list[str] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        seen.append(request.path)
        return web.Response(status=302, headers={"Location": "/elsewhere"})

    assert told(answer) is FeedFault.MOVED
    assert seen == ["/roster.ics"]


def test_what_comes_packed_is_unpacked_and_never_to_more_than_a_feed_may_be() -> None:
    assert told(saying(body=gzip.compress(ROSTER), Content_Encoding="gzip")) == FeedCame(ROSTER)
    assert told(saying(body=zlib.compress(ROSTER), Content_Encoding="deflate")) == FeedCame(ROSTER)
    bomb = gzip.compress(bytes(FEED_MAX_BYTES * 4))
    assert len(bomb) < 100_000
    assert told(saying(body=bomb, Content_Encoding="gzip")) is FeedFault.HUGE
    assert told(saying(body=b"not packed", Content_Encoding="gzip")) is FeedFault.NO_ROSTER
    assert told(saying(body=gzip.compress(ROSTER)[:-9], Content_Encoding="gzip")) is FeedFault.AWAY
    assert told(saying(body=ROSTER, Content_Encoding="br")) is FeedFault.NO_ROSTER


def test_one_that_has_no_end_is_given_up() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        reply = web.StreamResponse()
        await reply.prepare(request)
        try:
            while True:
                await reply.write(bytes(65_536))
        except ConnectionError:
            return reply

    assert told(answer) is FeedFault.HUGE


def test_one_that_drips_or_never_answers_is_slow() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def run() -> FeedCame | FeedFault:
        async with speaking(silent) as port:
            documents = FeedDocuments(LOOPBACK, deadline_s=0.1)
            came = await documents(f"http://127.0.0.1:{port}/")
            await documents.close()
            return came

    assert asyncio.run(run()) is FeedFault.SLOW


def test_one_that_breaks_off_or_speaks_nonsense_is_away() -> None:
    async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"\xff\x00 hello\r\n\r\n")

    async def run() -> FeedCame | FeedFault:
        async with speaking(nonsense) as port:
            documents = FeedDocuments(LOOPBACK)
            came = await documents(f"http://127.0.0.1:{port}/")
            await documents.close()
            return came

    assert asyncio.run(run()) is FeedFault.AWAY
    assert fetched("http://127.0.0.1:1/") is FeedFault.AWAY


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1", "100.64.0.1", "::1", "fe80::1", "fd00::1", "0.0.0.0"],  # noqa: S104
)
def test_nothing_is_fetched_from_a_private_address_however_it_is_named(address: str) -> None:
    assert fetched("https://calendar.example.org/x", resolved_to(address), private=()) is FeedFault.PRIVATE
    literal = f"[{address}]" if ":" in address else address
    assert fetched(f"https://{literal}/x", private=()) is FeedFault.PRIVATE


def test_one_private_address_among_open_ones_refuses_the_name() -> None:
    lookup = resolved_to("93.184.215.14", "127.0.0.1")
    assert fetched("https://calendar.example.org/x", lookup, private=()) is FeedFault.PRIVATE
    assert fetched("https://2130706433/x", private=()) is FeedFault.AWAY  # No address is spelled so.


def test_nothing_is_fetched_in_the_clear_but_from_networks_of_our_own() -> None:
    lookup = resolved_to("93.184.215.14")
    assert fetched("http://calendar.example.org/x", lookup) is FeedFault.PRIVATE


@pytest.mark.parametrize(
    "url", ["", "ftp://example.org/x", "https://", "file:///etc/hosts", "https://[::1", "nonsense"]
)
def test_what_is_no_address_leads_nowhere(url: str) -> None:
    assert fetched(url) is FeedFault.AWAY


def test_a_certificate_that_nobody_has_signed_is_not_to_be_trusted() -> None:
    async def run() -> FeedCame | FeedFault:
        async with answering(saying(), server_tls()) as port:
            documents = FeedDocuments(LOOPBACK, resolved_to("127.0.0.1"))
            came = await documents(f"https://calendar.example.org:{port}/x")
            await documents.close()
            return came

    assert asyncio.run(run()) is FeedFault.NOT_SAFE
