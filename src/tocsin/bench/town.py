"""The real server process and its carrier, started for one measurement, with as many people as it needs."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import msgspec
import uvloop

from tocsin.bench import carrier as carrier_program
from tocsin.intake.control import Order, Told

CARRIER_MAX_S = 30
SENDER = "+12025550190"
ORG = "bench"
AT_ONCE = 50  # Tokens asked for together share their commits.
PORTS_FROM, PORT_PAIRS = 20_000, 6_000
_OFFERS = itertools.count(os.getpid() * 37)  # Two processes that begin together stand far apart.
Process = subprocess.Popen[bytes]


@dataclass
class Town:
    """`port` of the server, `carrier` of the sandbox, `data` the directory, `server` its process."""

    port: int
    carrier: int
    sid: str
    token: str
    data: Path
    server: Process

    def tokens(self, members: list[str]) -> list[str]:
        """A device token for each."""
        return device_tokens(self.data, members)

    def arrivals(self) -> list[int]:
        """When requests reached the carrier since the last asking."""
        return [int(at) for at in self.asked("/bench/arrivals")]

    def asked(self, path: str) -> Any:
        """What the carrier says to this; see `carrier.py`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.carrier, timeout=CARRIER_MAX_S)
        connection.request("GET", path)
        body = connection.getresponse().read()
        connection.close()
        return json.loads(body)

    def kill(self) -> None:
        """kill -9 of the server."""
        self.server.kill()
        self.server.communicate()

    def start_again(self) -> None:
        """The server, on the data it was killed on."""
        self.server = serving(self.data, self.port, f"http://127.0.0.1:{self.carrier}", self.sid, self.token)


class Presser:
    """One warm connection that presses; as little of our own in the time as a socket allows."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def press(self, token: str, key: str, place: str = "Lot B") -> tuple[int, int]:
        """Nanoseconds of the monotonic clock before the first byte went and after the last one came."""
        body = json.dumps({"kind": "sos", "place": {"kind": "spoken", "label": place}}).encode()
        head = (
            f"POST /api/v1/alerts HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
            f"Idempotency-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        request = head.encode() + body
        before = time.monotonic_ns()
        self._socket.sendall(request)
        reply = self._reply()
        after = time.monotonic_ns()
        if not reply.startswith((b"HTTP/1.1 201", b"HTTP/1.1 200")):
            raise RuntimeError(f"the server answered {reply[:200]!r}")
        return before, after

    def _reply(self) -> bytes:
        read = b""
        while b"\r\n\r\n" not in read:
            read += self._more()
        head, _, body = read.partition(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
        )
        while len(body) < length:
            body += self._more()
        return head

    def _more(self) -> bytes:
        more = self._socket.recv(65_536)
        if not more:
            raise RuntimeError("the server closed the connection")
        return more

    def close(self) -> None:
        self._socket.close()


def site_file(workers: int, colleagues: int) -> str:
    """A site where `colleagues` people are on shift and `workers` others may press; repeats as rare as they may be."""
    parts = [
        f'[organisation]\nid = "{ORG}"\nname = "Bench County"\n\n'
        '[[site]]\nid = "centre"\nname = "Centre"\ntime_zone = "UTC"\n'
    ]
    names = [f"c{number}" for number in range(max(colleagues, 3))]
    for number, name in enumerate(names):
        roles = '["responder", "supervisor"]' if number < 3 else '["responder"]'
        contact = f'{{ kind = "sms", to = "{fictional(number)}", verified = true }}'
        parts.append(
            f'[[member]]\nid = "{name}"\nname = "Colleague {number}"\nroles = {roles}\ncontacts = [{contact}]\n'
        )
    off = f'{{ kind = "sms", to = "{fictional(len(names))}", verified = true }}'
    parts.append(f'[[member]]\nid = "off"\nname = "Off Shift"\nroles = ["supervisor"]\ncontacts = [{off}]\n')
    parts.extend(
        f'[[member]]\nid = "w{number}"\nname = "Worker {number}"\nroles = ["worker"]\n' for number in range(workers)
    )
    on = json.dumps(names[:colleagues])
    parts.append(
        f'[[shift]]\nsite = "centre"\nmembers = {on}\nstarts = 2026-01-01T00:00:00Z\nends = 2036-01-01T00:00:00Z\n'
    )
    rung = 'channels = [["sms"]]\nrepeat_s = 120\n'
    parts.append(
        '[[plan]]\nsite = "centre"\nkind = "sos"\nneeded = 2\n'
        f'[[plan.rung]]\nafter_s = 0\naudience = ["on_shift"]\n{rung}'
    )
    parts.append(f'[plan.backstop]\nafter_s = 600\naudience = ["member:c0", "member:c1", "member:off"]\n{rung}')
    return "\n".join(parts)


def fictional(number: int) -> str:
    """A number set aside for fiction: area codes 201 to 989, exchange 555, line 0100 to 0199."""
    return f"+1{201 + number // 100}5550{100 + number % 100}"


def _as_it_is(data: Path) -> None:
    """A store as `apply` left it."""


@contextlib.contextmanager
def town(workers: int, colleagues: int, prepared: Callable[[Path], object] = _as_it_is) -> Iterator[Town]:
    """A fresh server with these people, gone after the block.  `prepared` is given its data before it starts."""
    with TemporaryDirectory(prefix="tocsin-bench-") as folder, _carrier() as carrier:
        data = Path(folder) / "data"
        site = Path(folder) / "site.toml"
        site.write_text(site_file(workers, colleagues))
        verb(["apply", str(site)], data)
        prepared(data)
        with _server(data, carrier) as here:
            yield here


@contextlib.contextmanager
def _carrier() -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-m", carrier_program.__name__]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603 - our own interpreter
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.send_signal(signal.SIGTERM)


@contextlib.contextmanager
def _server(data: Path, carrier: dict[str, Any]) -> Iterator[Town]:
    port, sid, token = free_ports(), carrier["sid"], carrier["token"]
    server = serving(data, port, f"http://127.0.0.1:{carrier['port']}", sid, token)
    here = Town(port, carrier["port"], sid, token, data, server)
    try:
        yield here
    finally:
        here.server.terminate()
        here.server.communicate()


def server_environ(public_url: str, carrier_url: str, sid: str, token: str) -> dict[str, str]:
    """The settings of a server whose only way out is this carrier."""
    return {
        "TOCSIN_SERVER__PUBLIC_URL": public_url,
        "TOCSIN_SMS__TWILIO__BASE_URL": carrier_url,
        "TOCSIN_SMS__TWILIO__ACCOUNT_SID": sid,
        "TOCSIN_SMS__TWILIO__AUTH_TOKEN": token,
        "TOCSIN_SMS__TWILIO__FROM": SENDER,
    }


def serving(data: Path, port: int, carrier_url: str, sid: str, token: str) -> Process:
    """The real server, once it says that it serves.  Raises RuntimeError if it does not."""
    environ = {**os.environ, **server_environ(f"http://localhost:{port}", carrier_url, sid, token)}
    command = [sys.executable, "-m", "tocsin", "serve", "--data", str(data), "--port", str(port)]
    process = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603 - our own program
    assert process.stdout is not None
    if b"serves" not in process.stdout.readline():
        process.kill()
        process.communicate()
        raise RuntimeError("the server did not start")
    return process


def told_by_server(data: Path, order: Order) -> dict[str, Any]:
    """What the running server says to one order.  Raises RuntimeError with its words when it refuses."""

    async def ask() -> dict[str, Any]:
        async with _control(data) as session:
            return await _told(session, order)

    return uvloop.run(ask())


def device_tokens(data: Path, members: list[str]) -> list[str]:
    """A device token for each of these members, from the running server."""
    return uvloop.run(_tokens(data, members))


async def _tokens(data: Path, members: list[str]) -> list[str]:
    """As the command line asks for them, over one connection: a process for each would take minutes."""
    tokens: list[str] = []
    async with _control(data) as session:
        for first in range(0, len(members), AT_ONCE):
            orders = (Order("token", what=member) for member in members[first : first + AT_ONCE])
            told = await asyncio.gather(*(_told(session, order) for order in orders))
            tokens += [str(one["token"]) for one in told]
    return tokens


def _control(data: Path) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(data / "control.sock")))


async def _told(session: aiohttp.ClientSession, order: Order) -> dict[str, Any]:
    async with session.post("http://control/", data=msgspec.msgpack.encode(order)) as reply:
        told = msgspec.msgpack.decode(await reply.read(), type=Told)
    if told.result is None:
        raise RuntimeError(told.refusal)
    return told.result


def free_ports() -> int:
    """A port that is free, as the next one is too, and that no process was offered which asked at the same time.

    It lies below those that a system hands to whoever connects: one of these may be taken by any connection before the
    server that it is meant for has started.
    """
    while True:
        port = PORTS_FROM + 2 * (next(_OFFERS) % PORT_PAIRS)
        with contextlib.suppress(OSError), socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", port))
            two.bind(("127.0.0.1", port + 1))
            return port


def verb(words: list[str], data: Path) -> dict[str, Any]:
    """What a verb of the command line says with --json.  Raises RuntimeError with its words when it fails."""
    command = [sys.executable, "-m", "tocsin", *words, "--data", str(data), "--json"]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - our own program
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    return dict(json.loads(done.stdout.splitlines()[-1]))
