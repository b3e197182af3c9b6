"""The other side of a webhook or a mail: real sockets on loopback that behave as badly as they are told to."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

NOW_MS = 1_795_395_600_000
Line = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class StoppedClock:
    def now_ms(self) -> int:
        return NOW_MS


@asynccontextmanager
async def answering(
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]], tls: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """An HTTP server; yields its port."""
    runner = web.AppRunner(_app(answer), handle_signals=False, shutdown_timeout=0, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def _app(answer: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> web.Application:
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", answer)
    return app


@asynccontextmanager
async def speaking(line: Line, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A bare socket that says what `line` says; yields its port."""
    talks: set[asyncio.Task[None]] = set()

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks.add(task)
        try:
            await line(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            talks.discard(task)

    server = await asyncio.start_server(met, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
