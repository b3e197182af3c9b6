"""The sockets: each with an application of its own; a request that dawdles is dropped, a stop waits for no stream."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tocsin.core.limits import HEAD_AND_BODY_MAX_S, HEAD_MAX_BYTES
from tocsin.intake.crowd import Crowd
from tocsin.wire.response_headers import locked

BACKLOG = 2_048  # A crowd that presses at once must find the door open.
DRAIN_S = 5  # In-flight requests end within this after a stop.


class PromptProtocol(HttpToolsProtocol):
    """HTTP/1.1 that gives a head and a body HEAD_AND_BODY_MAX_S to arrive, then hangs up; sooner in a crowd."""

    _deadline: asyncio.TimerHandle | None = None
    _in_head, _head_bytes = True, 0

    def __init__(self, *arguments: Any, crowd: Crowd, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._crowd = crowd

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._crowd.came(self)
        self._expect()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._head_bytes = self._head_bytes + len(data) if self._in_head else 0
        if self._head_bytes > HEAD_MAX_BYTES and not self.transport.is_closing():
            self.send_400_response("The head of this request is too long.")

    def send_400_response(self, msg: str) -> None:
        """What could not be read at all: no route answers it, so it gets its headers here."""
        body = msg.encode("ascii", "replace")
        said = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(body))]
        lines = [b"%s: %s\r\n" % pair for pair in locked([*said, (b"connection", b"close")], https=False)]
        self.transport.write(b"".join([b"HTTP/1.1 400 Bad Request\r\n", *lines, b"\r\n", body]))
        self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True
        self._expect()

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._in_head = False
        if self._crowd.pressing:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        self._arrived()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle.response_complete and not self.transport.is_closing():
            self._crowd.waits(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._arrived()
        super().connection_lost(exc)

    def _expect(self) -> None:
        self._arrived()
        self._crowd.waits(self)
        self._deadline = self.loop.call_later(HEAD_AND_BODY_MAX_S, self.hang_up)

    def _arrived(self) -> None:
        self._crowd.done(self)
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def hang_up(self) -> None:
        """What had come of a press rings all the same."""
        self._deadline = None
        if not self.transport.is_closing():
            self.transport.abort()


class _Server(uvicorn.Server):
    """Leaves the signals to the process around it, and waits no longer for a handshake than for a head."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        if self.config.ssl is None:
            return await super().startup(sockets)
        listening = partial(asyncio.get_running_loop().create_server, self._protocol, ssl=self.config.ssl)
        more = {"backlog": BACKLOG, "ssl_handshake_timeout": HEAD_AND_BODY_MAX_S}
        self.servers = [await listening(sock=sock, **more) for sock in sockets or ()]
        self.started = True

    def _protocol(self) -> asyncio.Protocol:
        made: Any = self.config.http_protocol_class
        return made(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)  # type: ignore[no-any-return]

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Listener:
    """One application on one socket.  `crowd`: shared by all sockets of a process, as its descriptors are.

    `tls`: what it is served with; in the clear without.
    """

    def __init__(
        self, app: Any, bound: socket.socket, crowd: Crowd | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        protocol: Any = partial(PromptProtocol, crowd=crowd or Crowd())
        config = uvicorn.Config(
            app,
            http=protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            backlog=BACKLOG,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=DRAIN_S,
        )
        config.load()
        config.ssl = tls
        self._server, self._socket = _Server(config), bound
        self._server.lifespan = config.lifespan_class(config)

    async def listen(self) -> None:
        await self._server.startup(sockets=[self._socket])

    async def stop(self) -> None:
        """No new connection; requests under way end within DRAIN_S."""
        await self._server.shutdown(sockets=[self._socket])


def bind(host: str, port: int) -> socket.socket:
    """A listening socket.  Raises OSError when the address is taken or not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen(BACKLOG)
    except OSError:
        bound.close()
        raise
    bound.setblocking(False)
    return bound


def bind_file(path: Path) -> socket.socket:
    """A listening socket in the file system that only this user may speak to."""
    path.unlink(missing_ok=True)
    bound = socket.socket(socket.AF_UNIX)
    bound.bind(str(path))
    path.chmod(0o600)
    bound.listen(BACKLOG)
    bound.setblocking(False)
    return bound
