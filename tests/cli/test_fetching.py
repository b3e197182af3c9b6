"""A real server that was down when somebody texted for help; and what it says of that night in its log and figures."""

from __future__ import annotations

import asyncio
import http.client
import json
import signal
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from line import SITE, Server, told, typed

from tocsin.bench.town import fictional, free_ports
from tocsin.runtime.system import SteadyClock, SystemEntropy
from tocsin.sandbox.box import Sandbox, Text
from tocsin.sandbox.hooks import HttpHooks
from tocsin.sandbox.serving import serve

pytestmark = pytest.mark.slow

POISON, OURS = "belladonna", "+12025550190"
WORKER, SUPERVISOR = fictional(3), fictional(0)


class AMinuteAgo:
    """The carrier's clock: what is written now was written a minute ago."""

    def __init__(self, folder: Path) -> None:
        self._clock = SteadyClock(folder)

    def now_ms(self) -> int:
        return self._clock.now_ms() - 60_000


def asked(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    reply = connection.getresponse()
    found = reply.status, reply.read().decode()
    connection.close()
    return found


class Seen(NamedTuple):
    """What was told at the end: by `reconcile`, /metrics, /readyz and `doctor`."""

    again: dict[str, Any]
    metrics: tuple[int, str]
    readyz: tuple[int, str]
    doctor: str


class Night:
    """The server, the carrier and the phones of one story."""

    def __init__(self, folder: Path, sandbox: Sandbox, carrier_url: str, port: int) -> None:
        self.data, self.sandbox, self.port = folder / "data", sandbox, port
        self.noise, self.rung = "", asyncio.Event()
        self._given = {
            "TOCSIN_SERVER__PUBLIC_URL": f"http://127.0.0.1:{port}",
            "TOCSIN_SMS__TWILIO__BASE_URL": carrier_url,
            "TOCSIN_SMS__TWILIO__ACCOUNT_SID": sandbox.account_sid,
            "TOCSIN_SMS__TWILIO__AUTH_TOKEN": sandbox.auth_token,
            "TOCSIN_SMS__TWILIO__FROM": OURS,
        }
        sandbox.listeners.add(self._heard)

    def _heard(self, number: str, text: Text | None) -> None:
        if text is not None and text.direction == "in" and number == SUPERVISOR:
            self.rung.set()

    def begin(self) -> Server:
        return Server(self.data, self.port, **self._given)

    def end(self, server: Server) -> None:
        server.stop(signal.SIGTERM)
        self.noise += server.noise


async def lived(night: Night) -> Seen:
    """Texts while the server is down; its start; a forged call, a bad order and a lost STOP; a figure page."""
    phones = night.sandbox
    assert (await phones.text(WORKER, f"SOS {POISON}", OURS)).status == 0
    assert (await phones.text(fictional(1), " Stop ", OURS)).status == 0
    server = await asyncio.to_thread(night.begin)
    await asyncio.wait_for(night.rung.wait(), 60)
    address = f"http://127.0.0.1:{night.port}/hooks/twilio/sms"
    assert (await phones.hooks.post(address, f"Body={POISON}".encode(), POISON))[0] == 403
    await asyncio.to_thread(asked, night.port, f"/{POISON}?token={POISON}")
    again = await asyncio.to_thread(told, "reconcile", data=night.data)
    page = await asyncio.to_thread(asked, night.port, "/metrics")
    ready = await asyncio.to_thread(asked, night.port, "/readyz")
    found = await asyncio.to_thread(typed, "doctor", data=night.data)
    await asyncio.to_thread(night.end, server)
    return Seen(again, page, ready, found.stdout)


def test_a_text_for_help_while_the_server_was_down_rings_at_its_start_and_leaves_no_word_behind(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text(SITE.replace("Bench County", POISON).replace("Colleague", POISON))
    told("apply", str(tmp_path / "site.toml"), data=tmp_path / "data")
    nights: list[Night] = []

    async def story() -> Seen:
        port = free_ports()
        hooks = f"http://127.0.0.1:{port}/hooks/twilio/sms"
        sandbox = Sandbox(AMinuteAgo(tmp_path), SystemEntropy(), HttpHooks(), hooks)
        async with serve(sandbox) as carrier:
            nights.append(Night(tmp_path, sandbox, carrier.base_url, port))
            return await lived(nights[0])

    seen = asyncio.run(story())
    assert (seen.again["missed"], seen.again["failed"]) == (0, [])
    status, page = seen.metrics
    assert status == 200 and 'tocsin_presses_total{came="sms"} 1.0' in page
    assert "tocsin_bad_signatures_total 1.0" in page
    assert "member_opted_out: member c1 has sent STOP" in seen.doctor
    noise = nights[0].noise
    lines = [json.loads(line) for line in noise.splitlines() if line.startswith("{")]
    assert {"reconciled"} <= {line["event"] for line in lines} and "Traceback" not in noise
    never = (POISON, WORKER, SUPERVISOR, OURS, nights[0].sandbox.auth_token, "AC5a")
    assert not [word for said in (noise, page, seen.readyz[1]) for word in never if word in said]
