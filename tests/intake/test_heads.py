"""A head that never ends is cut off, and what cannot be read at all is answered with our headers too."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from tocsin.core.limits import HEAD_MAX_BYTES
from tocsin.intake.lanes import Receive, Scope, Send, answer, read
from tocsin.intake.serving import Listener, bind
from tocsin.wire.response_headers import ALWAYS


async def fine(scope: Scope, receive: Receive, send: Send) -> None:
    body, _ = await read(receive)
    await answer(send, 200, b"%d" % len(body), "text/plain")


async def answered(*requests: bytes) -> bytes:
    """All that comes back until the server hangs up, or until the last request was answered with *ok*."""
    bound = bind("127.0.0.1", 0)
    listener = Listener(fine, bound)
    await listener.listen()
    reader, writer = await asyncio.open_connection("127.0.0.1", bound.getsockname()[1])
    for request in requests:
        with contextlib.suppress(ConnectionError):
            writer.write(request)
            await writer.drain()
    said = await reader.read()
    writer.close()
    await listener.stop()
    return said


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET /" + b"a" * (HEAD_MAX_BYTES + 1),
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-Many: 1\r\n" * (HEAD_MAX_BYTES // 11 + 1),
        b"POST / HTTP/1.1\r\nX-Long: " + b"b" * (HEAD_MAX_BYTES + 1),
        b"\x16\x03\x01 is no HTTP at all\r\n\r\n",
    ],
)
def test_what_cannot_be_a_request_is_refused_with_our_headers(request_bytes: bytes) -> None:
    said = asyncio.run(answered(request_bytes)).lower()
    assert said.startswith(b"http/1.1 400 bad request\r\n")
    assert all(f"{name}: {value}".lower().encode() in said for name, value in ALWAYS.items())
    assert b"cache-control: no-store" in said and said.count(b"http/1.1") == 1


def test_a_body_of_any_size_and_a_second_request_are_no_long_head() -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (2 * HEAD_MAX_BYTES)
    last = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    said = asyncio.run(answered(head, b"c" * 2 * HEAD_MAX_BYTES, last))
    assert said.count(b"HTTP/1.1 200") == 2 and b"400" not in said
