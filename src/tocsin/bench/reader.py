"""A browser of somebody with every role, as far as a server sees it, and how long that server was at work."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple

from tocsin.bench.town import Town
from tocsin.wire.browser import SESSION, cookie_name

GIVE_UP_S = 60
LIVE = "/api/v1/live"
AN_ALERT = b"event: alert"


class Spent(NamedTuple):
    """Milliseconds until the answer was whole; and how many of them the server's threads ran, all together."""

    taken_ms: float
    worked_ms: float


class Posted(NamedTuple):
    """A body as it goes over the wire."""

    body: bytes
    content_type: str


class Reader:
    """One connection that stays open.  `body`: of the last answer."""

    def __init__(self, here: Town, token: str) -> None:
        self._here, origin = here, f"http://localhost:{here.port}"
        cookie = cookie_name(origin, SESSION)
        self._headers: Mapping[str, str] = {
            "Cookie": f"{cookie}={token}",
            "Host": f"localhost:{here.port}",
            "Origin": origin,
            "Sec-Fetch-Site": "same-origin",
        }
        self._connection = self._connected()
        self.body = b""

    def _connected(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self._here.port, timeout=GIVE_UP_S)

    def ask(self, path: str, sent: Mapping[str, Any] | Posted | None = None) -> Spent:
        """`sent`: posted, as JSON unless it is whole.  Raises RuntimeError for anything but a page."""
        worked_ns, before_ns = work_ns(self._here), time.monotonic_ns()
        answer = self._answer(self._connection, path, sent)
        self.body = answer.read()
        after_ns = time.monotonic_ns()
        return Spent((after_ns - before_ns) / 1e6, (work_ns(self._here) - worked_ns) / 1e6)

    def follow(self, alerts: int) -> Spent:
        """Open a live stream, until it has told of so many."""
        connection = self._connected()
        worked_ns, before_ns = work_ns(self._here), time.monotonic_ns()
        stream = self._answer(connection, LIVE, None)
        while alerts:
            alerts -= stream.readline().startswith(AN_ALERT)
        after_ns = time.monotonic_ns()
        connection.close()
        return Spent((after_ns - before_ns) / 1e6, (work_ns(self._here) - worked_ns) / 1e6)

    def _answer(
        self, connection: http.client.HTTPConnection, path: str, sent: Mapping[str, Any] | Posted | None
    ) -> http.client.HTTPResponse:
        headers = dict(self._headers)
        if sent is None:
            connection.request("GET", path, headers=headers)
        else:
            posted = sent if isinstance(sent, Posted) else Posted(json.dumps(sent).encode(), "application/json")
            connection.request("POST", path, posted.body, {**headers, "Content-Type": posted.content_type})
        answer = connection.getresponse()
        if answer.status != HTTPStatus.OK:
            raise RuntimeError(f"{path} was answered {answer.status}: {answer.read()[:300]!r}")
        return answer

    def close(self) -> None:
        self._connection.close()


def work_ns(here: Town) -> int:
    """How long the threads of this server have run, all together.  Zero where the machine does not say."""
    tasks = Path(f"/proc/{here.server.pid}/task")
    return sum(_ran_ns(task / "schedstat") for task in (tasks.iterdir() if tasks.exists() else ()))


def _ran_ns(file: Path) -> int:
    try:
        return int(file.read_text(encoding="ascii").split()[0])
    except (OSError, IndexError, ValueError):  # It ended, or this kernel keeps no such figures.
        return 0
