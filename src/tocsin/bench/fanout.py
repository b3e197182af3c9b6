"""P2: from the press to the first and the last of the colleagues' requests at the carrier.

Each run: a press over HTTP, then the arrivals that the carrier noted.  Beside it in the same run: a bare aiohttp client
that sends the same number of requests of the same kind to the same carrier over warm connections.
"""

from __future__ import annotations

import asyncio
import time
from statistics import median

import aiohttp
import uvloop

from tocsin.bench.town import SENDER, Presser, Town, fictional, town
from tocsin.channels.session import carrier_session
from tocsin.wire.twilio import messages_path

SETTLE_S = 1.0  # Callbacks of one run are over before the next begins.
WAIT_MAX_S = 20
TEXT = (
    "SOS: Worker 1. Lot B (said, now). Do not go out. Move inside. Answer 1111=coming 2222=with them 3333=cannot #abc"
)


def fanout(recipients: int, runs: int) -> dict[str, float]:
    """The keys of `tocsin bench fanout --json`; times in milliseconds."""
    with town(runs + 1, recipients) as here:
        tokens = here.tokens([f"w{number}" for number in range(runs + 1)])
        presser = Presser(here.port)
        _run(here, presser, tokens[0], recipients)  # Warms the connections.
        ours = [_run(here, presser, token, recipients) for token in tokens[1:]]
        presser.close()
        bare = uvloop.run(_bare(here, recipients, runs))
    first, last = [times[0] for times in ours], [times[-1] for times in ours]
    bare_last = [times[-1] for times in bare]
    return {
        "first_ms_p50": round(median(first), 2),
        "last_ms_p50": round(median(last), 2),
        "last_ms_max": round(max(last), 2),
        "lost": sum(recipients - len(times) for times in ours),
        "bare_last_ms_p50": round(median(bare_last), 2),
        "ratio": round(median(last) / median(bare_last), 2),
        "recipients": recipients,
        "runs": runs,
    }


def _run(here: Town, presser: Presser, token: str, recipients: int) -> list[float]:
    time.sleep(SETTLE_S)
    here.arrivals()
    before, _ = presser.press(token, "fanout")
    return _since(before, _collected(here, recipients))


def _collected(here: Town, wanted: int) -> list[int]:
    arrivals: list[int] = []
    until = time.monotonic() + WAIT_MAX_S
    while len(arrivals) < wanted and time.monotonic() < until:
        time.sleep(SETTLE_S)
        arrivals += here.arrivals()
    return arrivals


def _since(before: int, arrivals: list[int]) -> list[float]:
    return sorted((at - before) / 1_000_000 for at in arrivals)


async def _bare(here: Town, recipients: int, runs: int) -> list[list[float]]:
    session = carrier_session()
    found = []
    async with session:
        for run in range(runs + 1):
            await asyncio.to_thread(time.sleep, SETTLE_S)
            await asyncio.to_thread(here.arrivals)
            before = time.monotonic_ns()
            await asyncio.gather(*(_post(session, here, number) for number in range(recipients)))
            times = _since(before, await asyncio.to_thread(here.arrivals))
            if run:  # The first one warms the connections.
                found.append(times)
    return found


async def _post(session: aiohttp.ClientSession, here: Town, number: int) -> None:
    url = f"http://127.0.0.1:{here.carrier}{messages_path(here.sid)}"
    form = {"To": fictional(number), "From": SENDER, "Body": TEXT, "ValidityPeriod": "240"}
    async with session.post(url, data=form, auth=aiohttp.BasicAuth(here.sid, here.token)) as reply:
        await reply.read()
