"""The lane of the SOS: presses and carriers' calls in bare ASGI, in front of everything and on a socket of its own.

No router, no host check, no content negotiation stands before a press: each could refuse it.  A body is read up to
BODY_MAX_BYTES, the rest is dropped; a body that never ends rings with what has come.  A button of a page that calls for
help is a press like any other, only that it is answered with a page.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping, Sequence
from typing import Any

import structlog

from tocsin.core.limits import BODY_MAX_BYTES
from tocsin.intake.addresses import LEAVE, Addresses
from tocsin.intake.presses import Presses
from tocsin.intake.problems import PROBLEM_JSON, Trouble, document
from tocsin.runtime.loop import Unavailable
from tocsin.runtime.turnstile import turnstile
from tocsin.wire.response_headers import MAPPED, PRESSED, locked

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = Iterable[tuple[bytes, bytes]]
Hook = Callable[[bytes, bytes, Headers], Awaitable[tuple[bytes, str]]]  # Query, body, headers; body and its type.
Pressed = Callable[[Scope, bytes], Awaitable[tuple[int, bytes, Headers]]]  # Of a page: what came, and its answer.
App = Callable[[Scope, Receive, Send], Awaitable[None]]

PRESS_PATH = "/api/v1/alerts"
CUT = f"the body was cut after {BODY_MAX_BYTES} bytes"
NOT_WHOLE = "the body did not arrive whole"
JSON, XML = "application/json", "application/xml"
LOOKS = ("GET", "HEAD")
log = structlog.get_logger("tocsin.intake")


class Lane:
    """An ASGI application: presses, of a page too (`pressed`, by path), and the carriers' paths; all else to `beyond`.

    Outermost, so every answer gets its headers here.  `https`: is the public address reached by it alone?  `tiles`: the
    origin of the map tiles that the operator has set, for the pages with a plan.  `addresses`: every origin of this
    server, for the pages that can press.
    """

    def __init__(
        self,
        presses: Presses,
        hooks: Mapping[str, Hook],
        pressed: Mapping[str, Pressed],
        beyond: App,
        *,
        https: bool,
        tiles: str = "",
        addresses: Sequence[str] = (),
    ) -> None:
        self._presses, self._hooks, self._pressed, self._beyond = presses, hooks, pressed, beyond
        self._https = https
        self._tiles, self._addresses = tiles.encode(), Addresses(addresses)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        send = locking(send, https=self._https, beside=self._beside(scope.get("path", "")))
        path = scope["path"].rstrip("/") if scope["type"] == "http" and scope["method"] == "POST" else ""
        if path == PRESS_PATH:
            await self._guarded(self._press, scope, receive, adding(send, self._addresses.let_in(scope["headers"])))
        elif self._asks_leave(scope):
            await answer(send, 200, b"", JSON, [*self._addresses.let_in(scope["headers"]), *LEAVE])
        elif path in self._pressed:
            await self._guarded(self._press_of_page, scope, receive, send)
        elif path in self._hooks:
            await self._guarded(self._hook, scope, receive, send)
        else:
            await self._beyond(scope, receive, send)

    def _beside(self, path: str) -> bytes:
        """What a page at this path may ask besides the server that it came from."""
        if path.startswith(MAPPED):
            return self._tiles
        return self._addresses.policy if path.startswith(PRESSED) else b""

    def _asks_leave(self, scope: Scope) -> bool:
        asks = scope["type"] == "http" and scope["method"] == "OPTIONS" and scope["path"].rstrip("/") == PRESS_PATH
        return asks and self._addresses.asks_leave(scope["headers"])

    async def _guarded(self, lane: App, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await lane(scope, receive, send)
        except Trouble as trouble:
            await answer(send, *document(trouble.code, trouble.detail), PROBLEM_JSON)
        except Unavailable:
            await answer(send, *document("not_stored"), PROBLEM_JSON)
        except Exception as error:
            log.error("request_failed", error=type(error).__name__, path=scope["path"])
            await answer(send, *document("fault"), PROBLEM_JSON)

    async def _press(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, flaw = await read(receive)
        headers = scope["headers"]
        shown = self._presses.shown(lambda name: header(headers, name.encode()))
        with turnstile().ahead():
            status, told = await self._presses.take(shown, header(headers, b"idempotency-key"), body, flaw)
            await answer(send, status, told, JSON if status < 300 else PROBLEM_JSON)

    async def _press_of_page(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, _ = await read(receive)
        with turnstile().ahead():
            await say(send, *await self._pressed[scope["path"].rstrip("/")](scope, body))

    async def _hook(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, flaw = await read(receive)
        if flaw == CUT:
            raise Trouble("too_large")
        hook = self._hooks[scope["path"].rstrip("/")]
        told, content_type = await hook(scope.get("query_string", b""), body, scope["headers"])
        await answer(send, 200, told, content_type)


def one_by_one(app: App) -> App:
    """Whoever only looks is let on when it is their turn, and after every press (`runtime/turnstile.py`)."""

    async def in_turn(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in LOOKS:
            await turnstile().passed()
        await app(scope, receive, send)

    return in_turn


def adding(send: Send, more: list[tuple[bytes, bytes]]) -> Send:
    """The same way out, with these headers on every answer."""

    async def sent(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *more]}
        await send(message)

    return sent if more else send


def locking(send: Send, *, https: bool, beside: bytes = b"") -> Send:
    """The same way out, on which every answer gets the headers of `wire/response_headers.py`, whoever made it."""

    async def sent(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": locked(list(message.get("headers", ())), https=https, beside=beside)}
        await send(message)

    return sent


def header(headers: Headers, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in headers if key == name), None)


async def read(receive: Receive) -> tuple[bytes, str]:
    """The body, and what was wrong with it.  What is beyond the limit is taken from the wire and dropped."""
    part = await receive()
    body: bytes = part.get("body", b"")
    cut = len(body) > BODY_MAX_BYTES
    while part.get("more_body", False):
        body = body[:BODY_MAX_BYTES]
        part = await receive()
        more: bytes = part.get("body", b"")
        cut = cut or len(body) + len(more) > BODY_MAX_BYTES
        body = body if cut and len(body) == BODY_MAX_BYTES else body + more
    if part["type"] == "http.disconnect":
        return body[:BODY_MAX_BYTES], NOT_WHOLE
    return body[:BODY_MAX_BYTES], CUT if cut else ""


async def answer(send: Send, status: int, body: bytes, content_type: str, more: Headers = ()) -> None:
    headers = [(b"content-type", content_type.encode()), (b"content-length", b"%d" % len(body)), *more]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await say(send, status, body, headers)


async def say(send: Send, status: int, body: bytes, headers: Headers) -> None:
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": body})


async def nothing_else(scope: Scope, receive: Receive, send: Send) -> None:
    """What lies beyond the lane on the SOS socket."""
    if scope["type"] == "http":
        await answer(send, *document("not_found"), PROBLEM_JSON)
    elif scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
    else:
        await _lifespan(receive, send)


async def _lifespan(receive: Receive, send: Send) -> None:
    for word in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{word}.complete"})
