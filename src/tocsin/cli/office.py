"""Give an order to the running server, or, where none runs, carry it out on the data directory ourselves."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from tocsin.app import Held, build, hold, socket_file
from tocsin.cli.saying import fail
from tocsin.intake.control import Order, Told, carry_out
from tocsin.ports import StoreError
from tocsin.settings import Settings

ANSWER_MAX_S = 600


def ask(settings: Settings, order: Order) -> dict[str, Any]:
    """The result, or the end of the program with the server's words."""
    told = asyncio.run(_ask(settings, order))
    if told.result is None:
        fail(told.refusal or "refused")
    return told.result


async def _ask(settings: Settings, order: Order) -> Told:
    data = Path(settings.server.data)
    try:
        lock = hold(data)
    except Held:
        return await _by_socket(data, order)
    except OSError as error:
        return Told(refusal=f"{data}: {error.strerror}; name another directory with --data")
    with lock:
        try:
            node = build(settings, inline=True)
        except StoreError as error:
            return Told(refusal=f"{data}: {error or error.__doc__}")
        try:
            return await carry_out(node.office, order)
        finally:
            await node.stop()


async def _by_socket(data: Path, order: Order) -> Told:
    timeout = aiohttp.ClientTimeout(total=ANSWER_MAX_S)
    connector = aiohttp.UnixConnector(str(socket_file(data)))
    try:
        async with (
            aiohttp.ClientSession(connector=connector, timeout=timeout) as session,
            session.post("http://control/", data=msgspec.msgpack.encode(order)) as reply,
        ):
            return msgspec.msgpack.decode(await reply.read(), type=Told)
    except (aiohttp.ClientError, TimeoutError, msgspec.DecodeError) as error:
        return Told(refusal=f"the running server does not answer ({type(error).__name__}); is it starting or stuck?")
