"""P2: from the press to the first and the last of the colleagues' requests at the carrier.

Each run: a press over HTTP, then the arrivals that the carrier noted.  In turn with it, in the same run: a bare aiohttp
client that sends the same number of requests of the same kind to the same carrier over warm connections, and, if asked
for, the fastest peer.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import uvloop

from tocsin.bench.peer import Peer, alertmanager, killed_after_2xx, version
from tocsin.bench.town import SENDER, Presser, Town, fictional, town
from tocsin.channels.session import carrier_session
from tocsin.wire.twilio import messages_path

SETTLE_S = 1.0  # Callbacks of one run are over before the next begins.
WAIT_MAX_S = 20
STORES = "nothing: an alert lives in memory, and whoever raised it must raise it again"
TEXT = (
    "SOS: Worker 1. Lot B (said, now). Do not go out. Move inside. Answer 1111=coming 2222=with them 3333=cannot #abc"
)
Side = Callable[[int], int]  # From the number of a run to when its first byte went, in nanoseconds.


def fanout(recipients: int, runs: int, *, peer: bool = False, kills: int = 3) -> dict[str, Any]:
    """The keys of `tocsin bench fanout --json`; times in milliseconds.  Raises NoPeer where a peer is asked for."""
    named = version() if peer else ""
    tries = kills if peer else 0
    with town(runs + 1 + tries, recipients) as here, contextlib.ExitStack() as stack:
        tokens = here.tokens([f"w{number}" for number in range(runs + 1 + tries)])
        sides = [stack.enter_context(_ours(here, tokens)), stack.enter_context(_bare(here, recipients))]
        rival = stack.enter_context(_rival(here, recipients)) if peer else None
        if rival is not None:
            sides.append(lambda run: rival.press(f"w{run}")[0])
        ours, bare, *theirs = _in_turn(here, sides, runs, recipients)
        told = int(here.asked("/bench/told"))  # A message that came twice makes up for none.
        result: dict[str, Any] = _figures(ours, bare, recipients)
        # Alerts that stay open are rung again: there may be more told.
        result["lost"] = max(result["lost"], (runs + 1) * recipients - told)
        result |= {"recipients": recipients, "runs": runs}
        if rival is not None:
            result["peer"] = {"name": named, "stores": STORES, **_figures(theirs[0], bare, recipients)}
            result["ratio_to_peer"] = round(result["last_ms_p50"] / result["peer"]["last_ms_p50"], 2)
            result["killed_after_2xx"] = killed_after_2xx(here, rival, tokens[runs + 1 :], recipients)
        return result


def _figures(times: list[list[float]], bare: list[list[float]], recipients: int) -> dict[str, float]:
    """Of one side; a run in which nothing arrived has no times and counts as lost."""
    last, bare_ms = [run[-1] for run in times if run], median(run[-1] for run in bare)
    return {
        "first_ms_p50": round(median(run[0] for run in times if run), 2),
        "last_ms_p50": round(median(last), 2),
        "last_ms_max": round(max(last), 2),
        "lost": sum(max(recipients - len(run), 0) for run in times),
        "bare_last_ms_p50": round(bare_ms, 2),
        "ratio": round(median(last) / bare_ms, 2),
    }


def _in_turn(here: Town, sides: list[Side], runs: int, recipients: int) -> list[list[list[float]]]:
    """For each side the arrivals of each run, in milliseconds after its press.  The first run warms connections."""
    found: list[list[list[float]]] = [[] for _ in sides]
    for run in range(runs + 1):
        for side, times in zip(sides, found, strict=True):
            time.sleep(SETTLE_S)
            here.arrivals()
            before = side(run)
            times.append(sorted((at - before) / 1_000_000 for at in _collected(here, recipients)))
    return [times[1:] for times in found]


def _collected(here: Town, wanted: int) -> list[int]:
    arrivals: list[int] = []
    until = time.monotonic() + WAIT_MAX_S
    while len(arrivals) < wanted and time.monotonic() < until:
        time.sleep(SETTLE_S)
        arrivals += here.arrivals()
    return arrivals


@contextlib.contextmanager
def _ours(here: Town, tokens: list[str]) -> Iterator[Side]:
    presser = Presser(here.port)
    yield lambda run: presser.press(tokens[run], "fanout")[0]
    presser.close()


@contextlib.contextmanager
def _bare(here: Town, recipients: int) -> Iterator[Side]:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        session = runner.run(_session())
        yield lambda _: runner.run(_posts(session, here, recipients))
        runner.run(session.close())


async def _session() -> aiohttp.ClientSession:
    return carrier_session()


async def _posts(session: aiohttp.ClientSession, here: Town, recipients: int) -> int:
    before = time.monotonic_ns()
    await asyncio.gather(*(_post(session, here, number) for number in range(recipients)))
    return before


async def _post(session: aiohttp.ClientSession, here: Town, number: int) -> None:
    url = f"http://127.0.0.1:{here.carrier}{messages_path(here.sid)}"
    form = {"To": fictional(number), "From": SENDER, "Body": TEXT, "ValidityPeriod": "240"}
    headers = {"Authorization": aiohttp.encode_basic_auth(here.sid, here.token)}
    async with session.post(url, data=form, headers=headers) as reply:
        await reply.read()


@contextlib.contextmanager
def _rival(here: Town, recipients: int) -> Iterator[Peer]:
    with (
        TemporaryDirectory(prefix="tocsin-peer-") as folder,
        alertmanager(Path(folder), here.carrier, recipients) as peer,
    ):
        yield peer
