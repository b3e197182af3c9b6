"""Kill the real server between the press and the last delivery, again and again, and count what the carrier saw.

Each round: a worker presses over HTTP and keeps pressing, with the same idempotency key, until a 2xx comes; at a random
instant after the first byte the server gets SIGKILL; a new one starts on the same data.  The round ends when the
carrier has a message for every colleague on shift.  The carrier's own record, the presser's journal and the store
are compared at the end: nothing lost, nothing twice that should be once, no message sent more than three times.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlsplit

import msgspec
import uvloop
from msgspec import Struct

from tocsin.app import store_file
from tocsin.bench.town import ORG, Process, device_tokens, fictional, free_ports, serving, site_file, verb
from tocsin.core.dice import Dice
from tocsin.core.limits import SENDS_MAX
from tocsin.runtime import ledger
from tocsin.runtime.system import SteadyClock, SystemEntropy
from tocsin.sandbox.box import Sandbox, Sent
from tocsin.sandbox.faults import Fault
from tocsin.sandbox.hooks import HttpHooks
from tocsin.sandbox.serving import serve
from tocsin.store.sqlite import SqliteStore

COLLEAGUES = 5
KILLED_WITHIN_MS = 90  # From the first byte of the press to well after the last request.
CARRIER_MS = 40  # The carrier answers this late, so that requests are under way when the server dies.
ROUND_MAX_S = 20
AGAIN_S = 0.02
STARTS_MAX = 20


class Pressed(Struct, frozen=True):
    """What the presser's phone knows: the 2xx it was given."""

    worker: str
    alert: str
    tries: int


def run_kills(kills: int, seed: int = 0) -> dict[str, float]:
    """The keys of `tocsin bench kills --json`; everything under `lost` is a broken promise."""
    with TemporaryDirectory(prefix="tocsin-kills-") as folder, _carrier(Path(folder)) as (sandbox, base_url):
        data = Path(folder) / "data"
        site = Path(folder) / "site.toml"
        site.write_text(site_file(kills, COLLEAGUES))
        verb(["apply", str(site)], data)
        town = _Doomed(data, base_url, sandbox, Dice(seed.to_bytes(32, "big")))
        journal = town.run(kills)
        figures = {"failed_starts": town.failed_starts, "start_ms_p50": town.start_ms_p50}
        return {"kills": kills, **compared(data, journal, sandbox.sent), **figures}


@contextlib.contextmanager
def _carrier(folder: Path) -> Iterator[tuple[Sandbox, str]]:
    """The sandbox on a thread of its own; its record may be read from here."""
    listening, ended = threading.Event(), threading.Event()
    found: list[tuple[Sandbox, str, asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def run() -> None:
        sandbox = Sandbox(SteadyClock(folder), SystemEntropy(), HttpHooks())
        sandbox.fault(None, Fault(slow_ms=CARRIER_MS))
        async with serve(sandbox) as serving:
            stop = asyncio.Event()
            found.append((sandbox, serving.base_url, asyncio.get_running_loop(), stop))
            listening.set()
            await stop.wait()
        ended.set()

    thread = threading.Thread(target=lambda: uvloop.run(run()), name="carrier")
    thread.start()
    listening.wait(ROUND_MAX_S)
    sandbox, base_url, loop, stop = found[0]
    try:
        yield sandbox, base_url
    finally:
        loop.call_soon_threadsafe(stop.set)
        ended.wait(ROUND_MAX_S)
        thread.join()


class _Doomed:
    """A server that dies in every round."""

    def __init__(self, data: Path, base_url: str, sandbox: Sandbox, chance: Dice) -> None:
        self._data, self._base_url, self._sandbox, self._chance = data, base_url, sandbox, chance
        self._port = free_ports()
        self._starts_ms: list[float] = []
        self.failed_starts = 0

    @property
    def start_ms_p50(self) -> float:
        return round(sorted(self._starts_ms)[len(self._starts_ms) // 2], 1)

    def run(self, kills: int) -> list[Pressed]:
        server, journal = self._start(), []
        try:
            tokens = device_tokens(self._data, [f"w{number}" for number in range(kills)])
            with ThreadPoolExecutor(1) as phone:
                for number, token in enumerate(tokens):
                    pressing = phone.submit(_press_until_taken, self._port, f"w{number}", token)
                    time.sleep(self._chance.below(KILLED_WITHIN_MS) / 1_000)
                    server.kill()
                    server.communicate()
                    server = self._start()
                    journal.append(pressing.result(ROUND_MAX_S))
                    self._until_all_are_told(journal[-1].alert)
        finally:
            server.terminate()
            server.communicate()
        return journal

    def _start(self) -> Process:
        before = time.monotonic()
        server = self._started()
        self._starts_ms.append((time.monotonic() - before) * 1_000)
        return server

    def _started(self) -> Process:
        """As a keeper of processes does: somebody else may just have our port."""
        sandbox = self._sandbox
        for _ in range(STARTS_MAX):
            try:
                return serving(self._data, self._port, self._base_url, sandbox.account_sid, sandbox.auth_token)
            except RuntimeError:
                self.failed_starts += 1
                time.sleep(AGAIN_S)
        raise RuntimeError("the server does not start any more")

    def _until_all_are_told(self, alert: str) -> None:
        until = time.monotonic() + ROUND_MAX_S
        while time.monotonic() < until:
            sent = tuple(self._sandbox.sent)
            if len({message.to for message in sent if _delivery(message)[0] == alert}) == COLLEAGUES:
                return
            time.sleep(AGAIN_S)


def _press_until_taken(port: int, worker: str, token: str) -> Pressed:
    """As a phone does: the same press, until somebody says that it is durable."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"press-of-{worker}"}
    for tries in range(1, round(ROUND_MAX_S / AGAIN_S)):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ROUND_MAX_S)
        try:
            connection.request("POST", "/api/v1/alerts", b'{"kind":"sos"}', headers)
            reply = connection.getresponse()
            body = reply.read()
            if reply.status in (200, 201):
                return Pressed(worker, str(msgspec.json.decode(body)["id"]), tries)
        except (OSError, http.client.HTTPException):
            pass  # The server is dead just now.
        finally:
            connection.close()
        time.sleep(AGAIN_S)
    raise RuntimeError(f"the press of {worker} was never taken")


def _delivery(message: Sent) -> tuple[str, str]:
    """Alert and delivery, as the request's own callback address names them."""
    query = parse_qs(urlsplit(message.form["StatusCallback"]).query)
    return query["alert"][0], query["delivery"][0]


def compared(data: Path, journal: Sequence[Pressed], sent: Sequence[Sent]) -> dict[str, float]:
    """The presser's journal and the carrier's record against each other and against the store."""
    store = SqliteStore(str(store_file(data)))
    alerts = [ledger.read_alert(snapshot) for snapshot in store.snapshots(ORG, "alert")]
    store.close()
    raised = Counter((alert.member, alert.id) for alert in alerts)
    members = Counter(alert.member for alert in alerts)
    told: dict[str, set[str]] = {}
    for message in sent:
        told.setdefault(_delivery(message)[0], set()).add(message.to)
    colleagues = {fictional(number) for number in range(COLLEAGUES)}
    sends = Counter(_delivery(message) for message in sent)
    return {
        "presses": len(journal),
        "lost_presses": sum(raised[pressed.worker, pressed.alert] != 1 for pressed in journal),
        "presses_twice": sum(count - 1 for count in members.values()),
        "lost_messages": sum(len(colleagues - told.get(pressed.alert, set())) for pressed in journal),
        "messages": len(sends),
        "sent_most": max(sends.values(), default=0),
        "sent_too_often": sum(count > SENDS_MAX for count in sends.values()),
        "sent_twice_or_more": sum(count > 1 for count in sends.values()),
        "pressed_again": sum(pressed.tries > 1 for pressed in journal),
    }
