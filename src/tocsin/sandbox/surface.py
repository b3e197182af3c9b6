"""The box as a web server: the carrier's API, and the page-side API through which the demo shows the phones.

The send request is answered in bare ASGI, because the figures of the product are taken against it; everything else is
Litestar, as a list of handlers that the demo mounts beside its own pages (one origin: no page talks to another host).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

import msgspec
from litestar import Litestar, get, post
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, JSONBody
from litestar.response import ServerSentEvent, ServerSentEventMessage

from tocsin.sandbox import dialect
from tocsin.sandbox.archive import listing
from tocsin.sandbox.box import Forwarded, Phone, Sandbox, Text
from tocsin.sandbox.faults import Fault

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

BODY_MAX_BYTES = 65_536


class Phones(msgspec.Struct, frozen=True):
    phones: list[Phone]


class Writing(msgspec.Struct, frozen=True):
    text: str
    to: str | None = None


class Dial(msgspec.Struct, frozen=True):
    """`number` absent: the whole carrier.  `fault` absent: calm."""

    number: str | None = None
    fault: Fault = msgspec.field(default_factory=Fault)


class Landed(msgspec.Struct, frozen=True):
    number: str
    message: Text


def surface(sandbox: Sandbox) -> App:
    """The whole ASGI application of the box."""
    pages = Litestar(handlers(sandbox), openapi_config=None)
    account = f"/2010-04-01/Accounts/{sandbox.account_sid}"
    allowed = dialect.basic(sandbox.account_sid, sandbox.auth_token)

    async def app(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"].startswith("/push/"):
            await _push(sandbox, scope, receive, send)
        elif scope["type"] != "http" or not scope["path"].startswith("/2010-04-01/"):
            await pages(scope, receive, send)  # type: ignore[arg-type]
        elif (b"authorization", allowed) not in scope["headers"]:
            await answer(send, *dialect.error(20003))
        elif (scope["method"], scope["path"]) == ("POST", f"{account}/Messages.json"):
            await _message(sandbox, receive, send)
        elif (scope["method"], scope["path"]) == ("POST", f"{account}/Calls.json"):
            await _call(sandbox, receive, send)
        elif scope["method"] == "POST" and scope["path"].startswith(f"{account}/Calls/"):
            await _change(sandbox, scope["path"], receive, send)
        elif (scope["method"], scope["path"]) == ("GET", f"{account}.json"):
            await told(sandbox.account(), receive, send)
        elif (scope["method"], scope["path"]) == ("GET", f"{account}/Messages.json"):
            await answer(send, *listing(sandbox, scope["query_string"]))
        else:
            await answer(send, *dialect.error(20404))

    return app


async def _message(sandbox: Sandbox, receive: Receive, send: Send) -> None:
    body = await read(receive)
    if body is not None:
        await told(await sandbox.take(dialect.form_of(body)), receive, send)


async def _call(sandbox: Sandbox, receive: Receive, send: Send) -> None:
    body = await read(receive)
    if body is not None:
        await told(await sandbox.calls.take(body), receive, send)


async def _change(sandbox: Sandbox, path: str, receive: Receive, send: Send) -> None:
    body = await read(receive)
    if body is not None:
        sid = path.rpartition("/")[2].removesuffix(".json")
        await told(await sandbox.calls.change(sid, body), receive, send)


async def _push(sandbox: Sandbox, scope: Scope, receive: Receive, send: Send) -> None:
    body = await read(receive)
    if body is None:
        return
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    id, origin = scope["path"].removeprefix("/push/"), f"{scope['scheme']}://{headers.get('host', '')}"
    status = await sandbox.pushes.take(id, origin, headers, body)
    await told(None if status is None else (status, b""), receive, send)


async def read(receive: Receive) -> bytes | None:
    """The body, or None from a caller who hung up."""
    body, more = b"", True
    while more and len(body) <= BODY_MAX_BYTES:
        part = await receive()
        if part["type"] == "http.disconnect":
            return None
        body += part.get("body", b"")
        more = part.get("more_body", False)
    return body


async def told(reply: tuple[int, bytes] | None, receive: Receive, send: Send) -> None:
    """Answer; with nothing to say, let the caller wait until it hangs up."""
    if reply is not None:
        await answer(send, *reply)
        return
    while (await receive())["type"] != "http.disconnect":
        pass


async def answer(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def handlers(sandbox: Sandbox) -> list[BaseRouteHandler]:
    """`/sandbox/…`: what the colleagues' phones page reads and does."""

    @get("/sandbox/phones")
    async def phones() -> Phones:
        return Phones(list(sandbox.phones.values()))

    @get("/sandbox/live")
    async def live() -> ServerSentEvent:
        return ServerSentEvent(landing(sandbox))

    @post("/sandbox/phones/{number:str}/send", status_code=200)
    async def write(number: FromPath[str], data: JSONBody[Writing]) -> Forwarded:
        if number not in sandbox.phones:
            raise NotFoundException("This is none of the sandbox's phones; see /sandbox/phones.")
        return await sandbox.text(number, data.text, data.to)

    @post("/sandbox/faults", status_code=200)
    async def faults(data: JSONBody[Dial]) -> Dial:
        sandbox.fault(data.number, data.fault)
        return data

    return [phones, live, write, faults]


async def landing(sandbox: Sandbox) -> AsyncIterator[ServerSentEventMessage]:
    """Every message that lands on or leaves a phone from now on, until the box closes."""
    queue: asyncio.Queue[Landed | None] = asyncio.Queue()

    def heard(number: str, text: Text | None) -> None:
        queue.put_nowait(None if text is None else Landed(number, text))

    sandbox.listeners.add(heard)
    try:
        yield ServerSentEventMessage(data=None, comment="open")
        while (landed := await queue.get()) is not None:
            yield ServerSentEventMessage(data=msgspec.json.encode(landed).decode(), event="message")
    finally:
        sandbox.listeners.discard(heard)
