"""P6: how soon do five hundred open consoles see a change?

So many sessions of a supervisor, each with a stream of its own, in one client; then one press after the other.
Measured is from the first byte of a press to the event that brings it, on every stream.  The client shares the machine
with the server, and reads five hundred streams on one core: what it adds is in the figure.
"""

from __future__ import annotations

import asyncio
import time
from http import HTTPStatus
from pathlib import Path
from statistics import quantiles

import aiohttp
import uvloop

from tocsin.bench.town import Presser, Town, town
from tocsin.bench.ways_in import new_tokens, session, write
from tocsin.wire.browser import SESSION, cookie_name

COLLEAGUES = 8
SUPERVISOR = "c0"
GIVE_UP_S = 30
SETTLED_S = 1.0  # Between presses: what follows from one (messages, receipts) is told by then.


def consoles(count: int, presses: int) -> dict[str, float]:
    """The keys of `tocsin bench consoles --json`; times in milliseconds."""
    tokens = new_tokens(count)

    def prepared(data: Path) -> None:
        write(data, [session(token, SUPERVISOR) for token in tokens])

    with town(presses, COLLEAGUES, prepared) as here:
        workers = here.tokens([f"w{number}" for number in range(presses)])
        return uvloop.run(_measured(here, tokens, workers))


async def _measured(here: Town, tokens: list[str], workers: list[str]) -> dict[str, float]:
    line = Line(len(tokens))
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=None, sock_read=GIVE_UP_S)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as client:
        streams = [asyncio.ensure_future(line.follow(client, here.port, token)) for token in tokens]
        async with asyncio.timeout(GIVE_UP_S):
            await line.all_open.wait()
        presser = Presser(here.port)
        taken = [spent for number, token in enumerate(workers) for spent in await line.press(presser, number, token)]
        presser.close()
        for stream in streams:
            stream.cancel()
    cuts = quantiles(taken, n=100)
    return {
        "consoles": len(tokens),
        "presses": len(workers),
        "seen_p50_ms": round(cuts[49], 1),
        "seen_p99_ms": round(cuts[98], 1),
        "seen_max_ms": round(max(taken), 1),
    }


class Line:
    """All streams, and what they wait for now."""

    def __init__(self, count: int) -> None:
        self._count, self._opened = count, 0
        self.all_open, self._all_saw = asyncio.Event(), asyncio.Event()
        self._wanted = b"\0"
        self._seen_ns: list[int] = []

    async def follow(self, client: aiohttp.ClientSession, port: int, token: str) -> None:
        headers = {"Cookie": f"{cookie_name(f'http://localhost:{port}', SESSION)}={token}"}
        async with client.get(f"http://127.0.0.1:{port}/api/v1/live", headers=headers) as stream:
            if stream.status != HTTPStatus.OK:
                raise RuntimeError(f"a stream was answered {stream.status}")
            self._opened += 1
            if self._opened == self._count:
                self.all_open.set()
            await self._read(stream.content)

    async def _read(self, content: aiohttp.StreamReader) -> None:
        told, seen = b"", b""
        async for part in content.iter_any():
            told = told[-1_000:] + part  # What is looked for may come in two parts.
            if self._wanted != seen and self._wanted in told:
                seen = self._wanted
                self._saw()

    def _saw(self) -> None:
        self._seen_ns.append(time.monotonic_ns())
        if len(self._seen_ns) == self._count:
            self._all_saw.set()

    async def press(self, presser: Presser, number: int, token: str) -> list[float]:
        """Milliseconds until each stream had it."""
        place = f"Bay {number} of {self._count}"
        self._wanted, self._seen_ns = place.encode(), []
        self._all_saw.clear()
        before, _ = await asyncio.to_thread(presser.press, token, f"key-{number}", place)
        async with asyncio.timeout(GIVE_UP_S):
            await self._all_saw.wait()
        seen = [(at - before) / 1e6 for at in self._seen_ns]
        await _pause(SETTLED_S)
        return seen


async def _pause(seconds: float) -> None:
    passed = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, passed.set)
    await passed.wait()
