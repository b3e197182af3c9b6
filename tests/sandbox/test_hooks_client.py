"""The carrier's client: warm connections, one answer for each call, and nothing but a zero where nobody answers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import pytest

from tocsin.sandbox.hooks import BODY_MAX_BYTES, CONNECTIONS_MAX, HttpHooks

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nread"


class Product:
    """Answers each whole request with `says`, and keeps what it read; one entry of `calls` for each connection."""

    def __init__(self, says: bytes) -> None:
        self.says, self.calls = says, list[list[bytes]]()
        self.open = 0
        self.quiet = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard: list[bytes] = []
        self.calls.append(heard)
        self.open += 1
        while head := await _head(reader):
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            heard.append(head + await reader.readexactly(length))
            writer.write(self.says)
            if b"onnection: close" in self.says or not self.says.startswith(b"HTTP"):
                break
        writer.close()
        await _gone(writer)
        self.open -= 1
        if not self.open:
            self.quiet.set()


async def _gone(writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""


def told(product: Product, story: Callable[[HttpHooks, str], Awaitable[None]]) -> None:
    """`story` is given the client, and where the product listens."""

    async def run() -> None:
        server = await asyncio.start_server(product.serve, "127.0.0.1", 0)
        hooks = HttpHooks()
        try:
            await story(hooks, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        finally:
            await hooks.close()
            server.close()
            if product.open:
                product.quiet.clear()
                await product.quiet.wait()

    asyncio.run(run())


def test_calls_one_after_another_go_over_one_connection_each_with_its_signature() -> None:
    product = Product(OK)

    async def story(hooks: HttpHooks, base: str) -> None:
        for number in range(3):
            assert await hooks.post(f"{base}/hooks?delivery=d{number}", b"A=1", f"sig{number}") == (200, b"read")

    told(product, story)
    [heard] = product.calls
    assert [request.split(b" ")[1] for request in heard] == [
        b"/hooks?delivery=d0",
        b"/hooks?delivery=d1",
        b"/hooks?delivery=d2",
    ]
    assert b"X-Twilio-Signature: sig2\r\n" in heard[2] and heard[2].endswith(b"\r\n\r\nA=1")
    assert b"Content-Type: application/x-www-form-urlencoded\r\n" in heard[0]


def test_many_calls_at_once_share_a_bounded_number_of_connections_and_all_are_answered() -> None:
    product = Product(OK)

    async def story(hooks: HttpHooks, base: str) -> None:
        calls = [hooks.post(base, b"", str(number)) for number in range(3 * CONNECTIONS_MAX)]
        assert await asyncio.gather(*calls) == [(200, b"read")] * len(calls)

    told(product, story)
    assert len(product.calls) <= CONNECTIONS_MAX and sum(map(len, product.calls)) == 3 * CONNECTIONS_MAX


def test_a_connection_that_the_product_closes_is_not_used_again() -> None:
    product = Product(OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))

    async def story(hooks: HttpHooks, base: str) -> None:
        for _ in range(2):
            assert await hooks.post(base, b"", "sig") == (200, b"read")

    told(product, story)
    assert [len(heard) for heard in product.calls] == [1, 1]


@pytest.mark.parametrize(
    "says",
    [b"", b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n" + b"x" * (BODY_MAX_BYTES + 1)],
)
def test_no_answer_or_an_unreadable_one_is_nobody(says: bytes) -> None:
    async def story(hooks: HttpHooks, base: str) -> None:
        assert await hooks.post(base, b"", "sig") == (0, b"")

    told(Product(says), story)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "ftp://127.0.0.1/", "http://", "nowhere", "http://[::1/"])
def test_where_nobody_listens_or_nothing_is_there_is_nobody(url: str) -> None:
    async def story(hooks: HttpHooks, _: str) -> None:
        assert await hooks.post(url, b"", "sig") == (0, b"")

    told(Product(OK), story)


def test_a_signature_cannot_smuggle_a_header() -> None:
    product = Product(OK)

    async def story(hooks: HttpHooks, base: str) -> None:
        assert await hooks.post(base, b"", "sig\r\nHost: elsewhere") == (0, b"")

    told(product, story)
    assert not product.calls
