"""Alertmanager, the fastest peer: one alert to as many webhooks as we have colleagues, on the same machine.

Theory of operation
-------------------
One route, `group_wait 0s`, one receiver with a webhook for each colleague, so that it sends to all of them at once over
connections of their own that stay warm.  The webhooks are a path of the same carrier process that ours goes to; what it
does there for the peer is less (no credentials checked, nothing parsed, no callbacks), which is to the peer's favour.

Alertmanager stores no alert: it keeps them in memory and relies on Prometheus to send them again.  A button press has
no such sender, so what a kill right after the 2xx does is part of the comparison.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tocsin.bench.town import Presser, Process, Town, free_ports

PROGRAM = "prometheus-alertmanager"
START_MAX_S = 30
LOOK_S = 0.05
FORGOTTEN_S = 10.0  # Nothing for so long after a restart, and the rest does not come.


class NoPeer(RuntimeError):
    """Alertmanager is not installed here; on Debian: apt-get install prometheus-alertmanager."""


def version() -> str:
    """As it names itself.  Raises NoPeer where there is none."""
    path = shutil.which(PROGRAM)
    if path is None:
        raise NoPeer(NoPeer.__doc__)
    said = subprocess.run([path, "--version"], capture_output=True, check=True, text=True)  # noqa: S603 - the peer itself
    return " ".join((said.stdout or said.stderr).split()[:3]).rstrip(",")


def settings(carrier: int, webhooks: int) -> str:
    """Its configuration: everything at once, nothing grouped, nothing waited for."""
    lines = [
        "route: {receiver: everybody, group_by: ['...'], group_wait: 0s, group_interval: 1s, repeat_interval: 4h}",
        "receivers:",
        "- name: everybody",
        "  webhook_configs:",
    ]
    hooks = (f"http://127.0.0.1:{carrier}/bench/hook/{number}" for number in range(webhooks))
    lines.extend(f"  - {{url: '{hook}', send_resolved: false}}" for hook in hooks)
    return "\n".join(lines) + "\n"


class Peer:
    """A running Alertmanager with one warm connection to it."""

    def __init__(self, folder: Path, carrier: int, webhooks: int) -> None:
        self._folder, self._port = folder, free_ports()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "alertmanager.yml").write_text(settings(carrier, webhooks))
        self._start()

    def _start(self) -> None:
        self._process = self._started()
        self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=START_MAX_S)

    def _started(self) -> Process:
        command = [
            shutil.which(PROGRAM) or PROGRAM,
            f"--config.file={self._folder / 'alertmanager.yml'}",
            f"--storage.path={self._folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{self._port}",
            "--cluster.listen-address=",
            "--log.level=error",
        ]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - the peer itself
        until = time.monotonic() + START_MAX_S
        while not _ready(self._port):
            if time.monotonic() > until or process.poll() is not None:
                process.kill()
                process.communicate()
                raise RuntimeError("alertmanager did not start")
            time.sleep(LOOK_S)
        return process

    def press(self, worker: str) -> tuple[int, int]:
        """One new alert; nanoseconds of the monotonic clock before the request and after its 2xx."""
        body = json.dumps([{"labels": {"alertname": "sos", "worker": worker}, "annotations": {"place": "Lot B"}}])
        before = time.monotonic_ns()
        self._connection.request("POST", "/api/v2/alerts", body, {"Content-Type": "application/json"})
        reply = self._connection.getresponse()
        reply.read()
        after = time.monotonic_ns()
        if reply.status != http.HTTPStatus.OK:
            raise RuntimeError(f"alertmanager answered {reply.status}")
        return before, after

    def kill(self) -> None:
        """kill -9."""
        self._process.kill()
        self._process.communicate()
        self._connection.close()

    def start_again(self) -> None:
        """On the same data directory, ready when it returns."""
        self._start()

    def stop(self) -> None:
        self._connection.close()
        self._process.send_signal(signal.SIGTERM)
        self._process.communicate()


@contextlib.contextmanager
def alertmanager(folder: Path, carrier: int, webhooks: int) -> Iterator[Peer]:
    """A peer that is gone after the block."""
    peer = Peer(folder, carrier, webhooks)
    try:
        yield peer
    finally:
        peer.stop()


def killed_after_2xx(here: Town, peer: Peer, tokens: list[str], recipients: int) -> dict[str, Any]:
    """Press each side, kill it as soon as it has said 2xx, start it again: how many messages came, before or after?"""
    ours, theirs = [], []
    for number, token in enumerate(tokens):
        here.asked("/bench/fresh")
        presser = Presser(here.port)
        presser.press(token, "killed")
        here.kill()
        presser.close()
        here.start_again()
        ours.append(_told(here, "/bench/told", recipients))
        here.asked("/bench/fresh")
        peer.press(f"killed-{number}")
        peer.kill()
        peer.start_again()
        theirs.append(_told(here, "/bench/hooked", recipients))
    return {"tries": len(tokens), "of": recipients, "delivered": ours, "delivered_by_peer": theirs}


def _told(here: Town, path: str, wanted: int) -> int:
    """How many different messages came; returns when all have, or none has for FORGOTTEN_S."""
    told, since = 0, time.monotonic()
    while told < wanted and time.monotonic() < since + FORGOTTEN_S:
        time.sleep(LOOK_S)
        now_told = int(here.asked(path))
        if now_told > told:
            told, since = now_told, time.monotonic()
    return told


def _ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_MAX_S)
    try:
        connection.request("GET", "/-/ready")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()
