"""Many phones at once over a few warm connections: each connection sends its next request when the last is answered.

Written on the bare protocol, because the crowd shares the machine's cores with the server that it measures.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import cast

from msgspec import Struct, field

CONNECTIONS = 64
PATIENCE_S = 120


class Answers(Struct):
    """What the crowd was answered: how many of each status, how long each took, the whole, and each alert's id."""

    statuses: Counter[int] = field(default_factory=Counter)
    taken_us: list[float] = field(default_factory=list)
    alerts: set[bytes] = field(default_factory=set)
    seconds: float = 0.0


def press_request(token: str, key: str, place: str) -> bytes:
    """One SOS as its bytes on the wire."""
    body = b'{"kind":"sos","place":{"kind":"spoken","label":"%s"}}' % place.encode()
    head = (
        f"POST /api/v1/alerts HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
        f"Idempotency-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def pressed(port: int, requests: Sequence[bytes], connections: int = CONNECTIONS) -> Answers:
    """Send them all, in order, over `connections`; returns when the last is answered.  Raises when one hangs up."""
    loop, answers, waiting = asyncio.get_running_loop(), Answers(), iter(requests)
    phones = []
    for _ in range(min(connections, len(requests))):
        _, phone = await loop.create_connection(lambda: _Phone(waiting, answers), "127.0.0.1", port)
        phones.append(phone)
    before = time.monotonic()
    for phone in phones:
        phone.begin()
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.gather(*(phone.done for phone in phones))
    answers.seconds = time.monotonic() - before
    return answers


class _Phone(asyncio.Protocol):
    """One connection."""

    def __init__(self, waiting: Iterator[bytes], answers: Answers) -> None:
        self._waiting, self._answers = waiting, answers
        self._read, self._since = b"", 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def begin(self) -> None:
        request = next(self._waiting, None)
        if request is None:
            self._transport.close()
            if not self.done.done():
                self.done.set_result(None)
            return
        self._since = time.monotonic_ns()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, blank, body = self._read.partition(b"\r\n\r\n")
        if not blank or len(body) < _length(head):
            return
        answers = self._answers
        answers.taken_us.append((time.monotonic_ns() - self._since) / 1_000)
        answers.statuses[int(head[9:12])] += 1
        answers.alerts.add(body.partition(b'"id":"')[2][:36])
        self._read = b""
        self.begin()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(RuntimeError("the server closed the connection"))


def _length(head: bytes) -> int:
    at = head.lower().index(b"content-length:")
    return int(head[at + 15 :].partition(b"\r\n")[0])
