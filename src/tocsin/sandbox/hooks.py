"""The carrier's own HTTP client: signed forms to the product's webhooks.

A real carrier's farm has no part in our machine's time; this one plays it on the same processors as what it calls, so
a call costs as little as HTTP allows: warm connections, a head that is made once for each address, one parser.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple, cast
from urllib.parse import urlsplit

from httptools import HttpParserError, HttpResponseParser

HOOK_DEADLINE_S = 15  # As long as the real carrier waits for a webhook.
CONNECTIONS_MAX = 64  # Enough for two hundred callbacks at once without opening two hundred sockets.
BODY_MAX_BYTES = 1_048_576  # No answer of a webhook is that long.
PORTS = {"http": 80, "https": 443}
Answer = tuple[int, bytes]
NOBODY: Answer = (0, b"")


class Address(NamedTuple):
    """Where a webhook is reached."""

    host: str
    port: int
    tls: bool


@lru_cache(maxsize=64)
def _address(scheme: str, netloc: str) -> tuple[Address, bytes]:
    """Where it is, and the head of every request there up to what changes.  Raises ValueError if it is nowhere."""
    parts = urlsplit(f"{scheme}://{netloc}")
    if parts.hostname is None or scheme not in PORTS:
        raise ValueError(netloc)
    head = f" HTTP/1.1\r\nHost: {netloc}\r\n"
    return Address(parts.hostname, parts.port or PORTS[scheme], scheme == "https"), head.encode("ascii")


def _lines(headers: Mapping[str, str]) -> str:
    """Raises ValueError where one of them could be read as two."""
    if any(char in "\r\n" for value in headers.values() for char in value):
        raise ValueError("a header of two lines")
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items())


class Connection(asyncio.Protocol):
    """One connection; one request at a time.  `lost`: nothing can be sent on it any more."""

    def __init__(self) -> None:
        self.lost = False
        self._transport: asyncio.Transport | None = None
        self._parser = HttpResponseParser(self)
        self._body = b""
        self._answer: asyncio.Future[Answer] | None = None

    def ask(self, request: bytes, answer: asyncio.Future[Answer]) -> None:
        self._answer, self._body, self._parser = answer, b"", HttpResponseParser(self)
        if self.lost or self._transport is None:
            self._end(NOBODY)
        else:
            self._transport.write(request)

    def abort(self) -> None:
        """Whoever waits for an answer has none."""
        self.lost = True
        if self._transport is not None:
            self._transport.abort()
        self._end(NOBODY)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except HttpParserError:
            self.abort()

    def connection_lost(self, _: Exception | None) -> None:
        self.lost = True
        self._end(NOBODY)

    def on_body(self, part: bytes) -> None:
        self._body += part
        if len(self._body) > BODY_MAX_BYTES:
            self.abort()

    def on_message_complete(self) -> None:
        self.lost = self.lost or not self._parser.should_keep_alive()
        self._end((self._parser.get_status_code(), self._body))

    def _end(self, answer: Answer) -> None:
        waiting, self._answer = self._answer, None
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)
        if self.lost and self._transport is not None:
            self._transport.close()


class HttpHooks:
    """Hooks over keep-alive connections, CONNECTIONS_MAX at once; the others wait for their turn.  No redirects."""

    def __init__(self) -> None:
        self._idle: dict[Address, list[Connection]] = {}
        self._all: set[Connection] = set()
        self._turns = asyncio.Semaphore(CONNECTIONS_MAX)

    async def post(self, url: str, body: bytes, signature: str) -> Answer:
        """Status and body; NOBODY where nobody answered in time."""
        return await self._request(b"POST ", url, body, signature)

    async def get(self, url: str, signature: str) -> Answer:
        return await self._request(b"GET ", url, b"", signature)

    async def _request(self, method: bytes, url: str, body: bytes, signature: str) -> Answer:
        try:
            scheme, netloc, path, query, _ = urlsplit(url)
            address, head = _address(scheme, netloc)
            target = f"{path or '/'}?{query}" if query else path or "/"
            lines = _lines(self._headers(signature)) + f"Content-Length: {len(body)}\r\n\r\n"
            request = b"".join((method, target.encode("ascii"), head, lines.encode("ascii"), body))
            async with self._turns:
                return await self._asked(address, request)
        except (OSError, TimeoutError, ValueError):
            return NOBODY

    def _headers(self, signature: str) -> dict[str, str]:
        return {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}

    async def _asked(self, address: Address, request: bytes) -> Answer:
        connection = await self._connection(address)
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        late = loop.call_later(HOOK_DEADLINE_S, connection.abort)
        connection.ask(request, answer)
        try:
            return await answer
        finally:
            late.cancel()
            self._put_back(address, connection, answered=answer.done() and not answer.cancelled())

    async def _connection(self, address: Address) -> Connection:
        idle = self._idle.setdefault(address, [])
        while idle:
            connection = idle.pop()
            if not connection.lost:
                return connection
            self._all.discard(connection)
        async with asyncio.timeout(HOOK_DEADLINE_S):
            loop = asyncio.get_running_loop()
            _, connection = await loop.create_connection(
                Connection, address.host, address.port, ssl=True if address.tls else None
            )
        self._all.add(connection)
        return connection

    def _put_back(self, address: Address, connection: Connection, *, answered: bool) -> None:
        if answered and not connection.lost:
            self._idle[address].append(connection)
        else:
            connection.abort()
            self._all.discard(connection)

    async def close(self) -> None:
        for connection in self._all:
            connection.abort()
        self._all.clear()
        self._idle.clear()
