"""How long what was revoked still reads: from the word that it is done to the first refusal, and to the stream's end.

One stream is open with each credential.  It is revoked over the operator's socket, as the pages do by the same
commands; from the reply on the same credential asks again and again until it is refused.  What has been refused before
the reply came counts as 0.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path

import aiohttp
import msgspec
import uvloop

from tocsin.app import socket_file
from tocsin.bench.town import Town, town
from tocsin.bench.ways_in import MAKE, new_tokens, write
from tocsin.core.access.words import Via
from tocsin.intake.control import Order, Told

SUSPENDED = "suspended"
KINDS = (Via.DEVICE, Via.SESSION, Via.DESK, Via.WALLBOARD, Via.KEY, SUSPENDED)
REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
GIVE_UP_S = 30


def revocation(runs: int) -> dict[str, float]:
    """The keys of `tocsin bench revocation --json`: for each kind the longest of `runs`, in milliseconds."""
    tokens = {kind: new_tokens(runs) for kind in KINDS if kind in MAKE}

    def prepared(data: Path) -> None:
        given = ((kind, number, token) for kind, theirs in tokens.items() for number, token in enumerate(theirs))
        write(data, [MAKE[Via(kind)](token, f"w{number}") for kind, number, token in given])

    with town(2 * runs, 4, prepared) as here:
        tokens[Via.DEVICE] = here.tokens([f"w{number}" for number in range(runs)])
        tokens[SUSPENDED] = here.tokens([f"w{number}" for number in range(runs, 2 * runs)])
        return uvloop.run(_measured(here, tokens, runs))


async def _measured(here: Town, tokens: Mapping[str, list[str]], runs: int) -> dict[str, float]:
    found: dict[str, float] = {}
    connector = aiohttp.UnixConnector(str(socket_file(here.data)))
    async with (
        aiohttp.ClientSession(f"http://127.0.0.1:{here.port}") as client,
        aiohttp.ClientSession(connector=connector) as office,
    ):
        for kind in KINDS:
            ends = [_end(kind, f"w{runs + number}", token) for number, token in enumerate(tokens[kind])]
            taken = [await _one(client, office, token, end) for token, end in zip(tokens[kind], ends, strict=True)]
            found[f"{kind}_refused_ms"] = round(max(refused_ns for refused_ns, _ in taken) / 1e6, 2)
            found[f"{kind}_stream_ms"] = round(max(ended_ns for _, ended_ns in taken) / 1e6, 2)
    return {**found, "worst_ms": max(found.values()), "runs": runs}


def _end(kind: str, member: str, token: str) -> Order:
    return Order("suspend", what=member) if kind == SUSPENDED else Order("revoke", what=token)


async def _one(client: aiohttp.ClientSession, office: aiohttp.ClientSession, token: str, end: Order) -> tuple[int, int]:
    """Nanoseconds from the reply to the first refusal, and to the end of the stream."""
    headers, hello = {"Authorization": f"Bearer {token}"}, asyncio.Event()
    stream = asyncio.ensure_future(_followed(client, headers, hello))
    async with asyncio.timeout(GIVE_UP_S):
        await hello.wait()
        done_ns = await _done(office, end)
        while (status := await _status(client, headers)) not in REFUSED:
            if status != HTTPStatus.OK:
                raise RuntimeError(f"a credential that reads was answered {status}")
        refused_ns = time.monotonic_ns()
        ended_ns = await stream
    return refused_ns - done_ns, max(ended_ns - done_ns, 0)


async def _followed(client: aiohttp.ClientSession, headers: Mapping[str, str], hello: asyncio.Event) -> int:
    """When this stream ended."""
    async with client.get("/api/v1/live", headers=headers) as stream:
        if stream.status != HTTPStatus.OK:
            raise RuntimeError(f"a stream was answered {stream.status}")
        async for _ in stream.content:
            hello.set()
    return time.monotonic_ns()


async def _status(client: aiohttp.ClientSession, headers: Mapping[str, str]) -> int:
    async with client.get("/api/v1/alerts", headers=headers) as answer:
        await answer.read()
        return answer.status


async def _done(office: aiohttp.ClientSession, end: Order) -> int:
    """When the server said that it is done."""
    async with office.post("http://control/", data=msgspec.msgpack.encode(end)) as reply:
        body = await reply.read()
    done_ns, told = time.monotonic_ns(), msgspec.msgpack.decode(body, type=Told)
    if told.result is None:
        raise RuntimeError(told.refusal)
    return done_ns
