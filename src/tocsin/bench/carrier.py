"""The sandbox in a process of its own, for measuring: it also notes when each request's first byte came.

`python -m tocsin.bench.carrier` prints its port and runs until it is told to stop.  What only a benchmark asks of it:

* `GET /bench/arrivals`: the arrivals since the last asking, in nanoseconds of the machine's monotonic clock, which all
  its processes share;
* `GET /bench/log`: the same, each with the number of the worker that its text is about (none: it is about no alert);
* `GET /bench/hold`, `GET /bench/open`: message requests wait at the door until it opens, and arrive then;
* `GET /bench/told`: how many different messages were taken, however often each came; `GET /bench/hooked`: of webhooks;
* `GET /bench/fresh`: both counts begin anew;
* `POST /bench/hook/N`: the webhook of a peer's N-th receiver: read, noted as an arrival, answered with nothing.
"""

from __future__ import annotations

import asyncio
import json
import re
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

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
WORKER = re.compile(rb"Body=[^&]*Worker\+(\d+)")
MESSAGES, HOOK = "/2010-04-01/", "/bench/hook/"


class Noting:
    """The sandbox's application, with a note of when each message request came, and a door that can be held."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox, self._app = sandbox, surface(sandbox)
        self._arrivals: list[int] = []
        self._log: list[tuple[int, str]] = []
        self._hooked: set[str] = set()
        self._door = asyncio.Event()
        self._door.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path.startswith(MESSAGES):
            if not self._door.is_set():
                await self._door.wait()
            self._arrivals.append(time.monotonic_ns())
            await self._app(scope, self._overheard(receive, self._arrivals[-1]), send)
        elif path.startswith(HOOK):
            self._arrivals.append(time.monotonic_ns())
            self._hooked.add(path)
            while (await receive()).get("more_body"):
                pass
            await _answer(send, b"")
        elif path.startswith("/bench/"):
            await _answer(send, json.dumps(self._asked(path)).encode())
        else:
            await self._app(scope, receive, send)

    def _overheard(self, receive: Receive, at: int) -> Receive:
        async def heard() -> MutableMapping[str, Any]:
            part = await receive()
            found = WORKER.search(part.get("body", b""))
            self._log.append((at, found[1].decode() if found else ""))
            return part

        return heard

    def _asked(self, path: str) -> object:
        match path:
            case "/bench/arrivals":
                arrivals, self._arrivals = self._arrivals, []
                return arrivals
            case "/bench/log":
                log, self._log = self._log, []
                return log
            case "/bench/told":
                messages = (sent.form.get("StatusCallback") for sent in self._sandbox.sent)
                return len({message for message in messages if message})
            case "/bench/hooked":
                return len(self._hooked)
            case "/bench/fresh":
                self._sandbox.sent.clear()
                self._hooked.clear()
            case "/bench/hold":
                self._door.clear()
            case "/bench/open":
                self._door.set()
        return None


async def _answer(send: Send, body: bytes) -> None:
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def run(data: Path) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    sandbox = Sandbox(SteadyClock(data), SystemEntropy(), HttpHooks())
    bound = bind("127.0.0.1", 0)
    listener = Listener(Noting(sandbox), bound)
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
