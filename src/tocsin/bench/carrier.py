"""The sandbox in a process of its own, for measuring: it also notes when each request's first byte came.

`python -m tocsin.bench.carrier` prints its port and runs until it is told to stop.  `GET /bench/arrivals` gives the
arrivals since the last asking, in nanoseconds of the machine's monotonic clock, which all its processes share.
"""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uvloop

from tocsin.intake.serving import Listener, bind
from tocsin.runtime.system import SteadyClock, SystemEntropy
from tocsin.sandbox.box import Sandbox
from tocsin.sandbox.hooks import HttpHooks
from tocsin.sandbox.surface import surface

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


def noting(app: Callable[..., Awaitable[None]], arrivals: list[int]) -> Callable[..., Awaitable[None]]:
    """The application, with a note of when each message request came."""

    async def noted(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["path"].startswith("/2010-04-01/"):
            arrivals.append(time.monotonic_ns())
            await app(scope, receive, send)
            return
        if scope["path"] != "/bench/arrivals":
            await app(scope, receive, send)
            return
        body = json.dumps(arrivals).encode()
        arrivals.clear()
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return noted


async def run(data: Path) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    sandbox = Sandbox(SteadyClock(data), SystemEntropy(), HttpHooks())
    bound = bind("127.0.0.1", 0)
    listener = Listener(noting(surface(sandbox), []), bound)
    await listener.listen()
    print(
        json.dumps({"port": bound.getsockname()[1], "sid": sandbox.account_sid, "token": sandbox.auth_token}),
        flush=True,
    )
    await stop.wait()
    await sandbox.close()
    await listener.stop()


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        uvloop.run(run(Path(folder)))
