"""Does any page take long in a big organisation with a long past?

A real server with as many members, closed alerts and open ones as wanted; somebody with every role asks for every page
in turn, over one connection that stays open.  Measured is from the first byte of the request to the last of the answer.
"""

from __future__ import annotations

import contextlib
import http.client
import re
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

from tocsin.bench.archive import fill, live_once
from tocsin.bench.town import Presser, Town, town
from tocsin.bench.ways_in import new_tokens, now_ms, session, write
from tocsin.core.words import Role
from tocsin.wire.browser import SESSION, cookie_name

COLLEAGUES = 8
READER = "off"
WARMING = 3  # Asks of each page before those that count: templates and the first rows of a table are warm then.
REPORTS = 10
GIVE_UP_S = 60
ALERT = re.compile(rb'href="/history/([0-9a-f-]{36})"')
STANDING = (
    "/account",
    "/account/shifts",
    "/office",
    "/office/members",
    "/office/members?name=worker+77",
    "/office/members?page=100",
    "/office/members/w0",
    "/office/members/w0/edit",
    "/office/roles",
    "/office/reach",
    "/office/roster",
    "/office/roster/feeds",
    "/office/plans",
    "/office/plans/centre/sos",
    "/office/changes",
    "/office/ties",
    "/office/trail",
    "/office/screens",
    "/office/keys",
    "/history",
    "/history?state=open",
    "/history?state=closed&drill=real&outcome=safe",
    "/history?drill=drill",
    "/history?person=w0",
    "/history?place=nowhere",
    "/api/v1/me",
    "/api/v1/alerts",
    "/api/v1/alerts?state=open",
    "/api/v1/alerts?state=closed",
)


def pages(members: int, alerts: int, open_alerts: int, asks: int) -> dict[str, Any]:
    """The keys of `tocsin bench pages --json`; times in milliseconds."""
    (token,) = new_tokens(1)
    with TemporaryDirectory(prefix="tocsin-life-") as folder:
        life = Path(folder) / "life.db"
        live_once(life)

        def prepared(data: Path) -> None:
            fill(data, alerts, life)
            write(data, [session(token, READER)], {READER: tuple(Role)})

        with town(members - COLLEAGUES - 1, COLLEAGUES, prepared) as here:
            _raise(here, open_alerts)
            with contextlib.closing(Reader(here, token)) as reader:
                taken = _measured(reader, [*STANDING, *_found(reader, alerts)], asks)
                reports = [reader.ask(path) for path in _reports(reader) for _ in range(REPORTS)]
    p99 = {path: round(quantiles(times, n=100)[98], 1) for path, times in taken.items()}
    worst = max(p99, key=lambda path: p99[path])
    return {
        "p99_ms": p99,
        "p50_ms": {path: round(median(times), 1) for path, times in taken.items()},
        "worst": worst,
        "worst_ms": p99[worst],
        "report_p50_ms": round(median(reports), 1),
        "members": members,
        "alerts": alerts,
        "open": open_alerts,
        "asks": asks,
    }


def _raise(here: Town, count: int) -> None:
    workers = [f"w{number}" for number in range(1, count + 1)]
    presser = Presser(here.port)
    for number, token in enumerate(here.tokens(workers)):
        presser.press(token, f"key-{number}", f"Bay {number}")
    presser.close()


class Reader:
    """A browser of somebody with every role, as far as a server sees it."""

    def __init__(self, here: Town, token: str) -> None:
        cookie = cookie_name(f"http://localhost:{here.port}", SESSION)
        self._headers: Mapping[str, str] = {"Cookie": f"{cookie}={token}", "Host": f"localhost:{here.port}"}
        self._connection = http.client.HTTPConnection("127.0.0.1", here.port, timeout=GIVE_UP_S)
        self.body = b""

    def ask(self, path: str) -> float:
        """Milliseconds.  Raises RuntimeError for anything but a page."""
        before = time.monotonic_ns()
        self._connection.request("GET", path, headers=dict(self._headers))
        answer = self._connection.getresponse()
        self.body = answer.read()
        after = time.monotonic_ns()
        if answer.status != HTTPStatus.OK:
            raise RuntimeError(f"{path} was answered {answer.status}")
        return (after - before) / 1e6

    def close(self) -> None:
        self._connection.close()


def _found(reader: Reader, alerts: int) -> Iterator[str]:
    """A page in the middle of the past, an open alert's record and a closed one's, as page and as the API has it."""
    middle = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=now_ms(), minutes=-alerts // 2)
    yield f"/history?until={middle:%Y-%m-%d}"
    for state in ("open", "closed"):
        yield from (f"{where}/{id}" for id in _first(reader, state) for where in ("/history", "/api/v1/alerts"))


def _first(reader: Reader, state: str) -> list[str]:
    reader.ask(f"/history?state={state}")
    return [found.decode() for found in ALERT.findall(reader.body)[:1]]


def _reports(reader: Reader) -> list[str]:
    return [f"/history/{id}/report.pdf" for id in _first(reader, "closed")]


def _measured(reader: Reader, paths: list[str], asks: int) -> dict[str, list[float]]:
    """Each page in turn, so that whatever the machine does meanwhile it does to all of them."""
    taken: dict[str, list[float]] = {path: [] for path in paths}
    for number in range(asks + WARMING):
        for path in paths:
            spent_ms = reader.ask(path)
            if number >= WARMING:
                taken[path].append(spent_ms)
    return {re.sub(r"[0-9a-f-]{36}", _called(path, reader), path): times for path, times in taken.items()}


def _called(path: str, reader: Reader) -> str:
    """Which of the two records: ids are none of a figure's business."""
    return "OPEN" if path.rpartition("/")[2] in _first(reader, "open") else "CLOSED"
