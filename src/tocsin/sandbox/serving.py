"""The box on a loopback port, for as long as a block of code runs; it can leave the air and come back on that port."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import uvicorn

from tocsin.sandbox.box import Sandbox
from tocsin.sandbox.surface import App, surface

BACKLOG = 1_024  # Two hundred connections may come at once.


class Serving:
    """A running box.  `base_url` is what TwilioSms takes."""

    def __init__(self, sandbox: Sandbox, host: str, port: int, app: App | None = None) -> None:
        self.sandbox, self.host, self.port = sandbox, host, port
        self._app: App = app or surface(sandbox)
        self._server: uvicorn.Server | None = None

    @property
    def base_url(self) -> str:
        return f"http://{self.host}:{self.port}"

    async def listen(self) -> None:
        """Go on the air: on the port of before, or on any free one when the port is 0."""
        bound = socket.socket()
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((self.host, self.port))
        bound.listen(BACKLOG)
        bound.setblocking(False)
        self.port = bound.getsockname()[1]
        config = uvicorn.Config(self._app, lifespan="off", log_level="warning", access_log=False, ws="none")
        config.load()  # Not `serve()`: the signals belong to the process around the box.
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        await server.startup(sockets=[bound])
        self._server, self._socket = server, bound

    async def hang_up(self) -> None:
        """Leave the air: connections are refused from now on, open ones are dropped."""
        server, self._server = self._server, None
        if server is None:
            return
        for listener in server.servers:
            listener.close()
        for connection in list(server.server_state.connections):
            connection.transport.abort()
        self._socket.close()
        await asyncio.gather(*server.server_state.tasks, return_exceptions=True)


@contextlib.asynccontextmanager
async def serve(
    sandbox: Sandbox, host: str = "127.0.0.1", port: int = 0, app: App | None = None
) -> AsyncIterator[Serving]:
    """Run the box on `host`:`port`; it is listening inside the block and gone after it.

    `app`: the wire of another vendor than the first.
    """
    serving = Serving(sandbox, host, port, app)
    await serving.listen()
    try:
        yield serving
    finally:
        await sandbox.close()
        await serving.hang_up()
