"""Does any page take long in a big organisation with a long past, and does a press wait for those who look?

A real server with as many members, closed alerts and open ones as wanted (`hospital.py`); somebody with every role asks
for everything in turn (`visits.py`), over one connection that stays open.  Measured is from the first byte of the
request to the last of the answer; of the live stream to the last alert that is open.  Beside it stands how long the
server's threads were at work on it: what others do on the machine is in the one and not in the other.

The alerts that are open were raised at a small site and ring eight people each.  Then browsers ask for page after page
without a pause, as fast as they are answered, and people press meanwhile.

At last everything is asked for once more while the big site rings: one of its people after the other presses, and each
of these alerts rings every responder who is on shift there.
"""

from __future__ import annotations

import contextlib
import html
import json
import re
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import chain, cycle
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from msgspec.structs import replace

from tocsin.bench.archive import fill, live_once
from tocsin.bench.hospital import furnish
from tocsin.bench.reader import LIVE, Reader, Spent
from tocsin.bench.roster_file import roster_weighed
from tocsin.bench.town import Presser, Town, town
from tocsin.bench.visits import ASKED, PAPERS, PREVIEWS, SAVED
from tocsin.bench.ways_in import decided, new_tokens, now_ms, session
from tocsin.core.docket import Docket

COLLEAGUES = 8
READER = "off"
WARMING = 3  # Asks of each page before those that count: templates and the first rows of a table are warm then.
PAPERS_EACH = 10
REPORT = "/history/{CLOSED}/report.pdf"
BROWSERS = 4  # That ask for page after page while people press.
PRESS_EVERY_S = 0.1
RING_EVERY_S = 2.4  # Fifty people in the two minutes after which the first of them rings again.
SWITCH_S = 0.0002  # So that a press which is answered need not wait for the interpreter of those who look.
ALERT = re.compile(rb'href="/history/([0-9a-f-]{36})"')
SHIFT = re.compile(rb'href="/office/roster/shift\?(site=hospital&amp;from=[^"]+)"')
MINE = re.compile(rb'href="/account/shifts/ask\?shift=([^"&]+)')


def pages(members: int, alerts: int, open_alerts: int, asks: int) -> dict[str, Any]:
    """The keys of `tocsin bench pages --json`; times in milliseconds."""
    tokens = new_tokens(1 + BROWSERS)
    with TemporaryDirectory(prefix="tocsin-life-") as folder:
        life = Path(folder) / "life.db"
        live_once(life)

        def prepared(data: Path) -> None:
            fill(data, alerts, life)
            decided(data, lambda docket: _prepare(docket, open_alerts, tokens))

        with town(members - COLLEAGUES - 1, COLLEAGUES, prepared) as here:
            pressers = here.tokens([f"w{number}" for number in range(1, open_alerts + 1)])
            staff = [f"w{number}" for number in range(open_alerts + 1, members - COLLEAGUES - 1)]
            _raise(here, pressers)
            figures = measured(here, tokens, pressers, alerts, asks)
            figures |= roster_weighed(here, tokens[0], staff, min(PAPERS_EACH, asks))
            figures |= while_many_ring(here, tokens, here.tokens(staff[:open_alerts]), alerts, asks)
            return {**figures, "members": members, "alerts": alerts}


def _prepare(docket: Docket, open_alerts: int, tokens: Sequence[str]) -> None:
    """The organisation, and as many browsers of the reader's as will ask."""
    furnish(docket, open_alerts + 1, READER)
    for token in tokens:
        known = session(token, READER)
        docket.keep(replace(known, fresh_ms=known.ends_ms))  # However long it takes until they are asked.


def _raise(here: Town, pressers: Sequence[str]) -> None:
    with contextlib.closing(Presser(here.port)) as presser:
        for number, token in enumerate(pressers):
            presser.press(token, f"key-{number}", f"Bay {number}")


def measured(here: Town, tokens: Sequence[str], pressers: Sequence[str], alerts: int, asks: int) -> dict[str, Any]:
    """Everything asked for, in a town that is ready: each of `tokens` is a browser, each of `pressers` has pressed."""
    with contextlib.ExitStack() as opened:
        readers = [opened.enter_context(contextlib.closing(Reader(here, token))) for token in tokens]
        found = _found(readers[0], alerts)
        asked = list(_asked(found))
        spent = _each(readers, asked, asks, len(pressers))
        saved = {path: readers[0].ask(path).taken_ms for paths in SAVED.values() for path in paths}
        papers = {path: _papers(readers[0], path.format(**found), asks) for paths in PAPERS.values() for path in paths}
        pressed = _pressed_beside(here, readers[-BROWSERS:], asked, pressers, asks)
    p99 = _p99s(spent)
    worst = max(p99, key=p99.__getitem__)
    return {
        "p99_ms": p99,
        "p50_ms": {name: round(median(one.taken_ms for one in times), 1) for name, times in spent.items()},
        "worked_p99_ms": {name: _p99(one.worked_ms for one in times) for name, times in spent.items()},
        "worst": worst,
        "worst_ms": p99[worst],
        "saved_ms": {path: round(taken_ms) for path, taken_ms in saved.items()},
        "papers_p50_ms": {path: round(median(times)) for path, times in papers.items()},
        "report_p50_ms": round(median(papers[REPORT])),
        "press_p50_ms": round(median(pressed), 1),
        "press_p99_ms": _p99(pressed),
        "browsers": BROWSERS,
        "open": len(pressers),
        "asks": asks,
    }


def while_many_ring(here: Town, tokens: Sequence[str], staff: Sequence[str], alerts: int, asks: int) -> dict[str, Any]:
    """Everything asked for once more, while each of `staff`, of the big site, presses and is rung for."""
    here.arrivals()
    with contextlib.ExitStack() as opened:
        readers = [opened.enter_context(contextlib.closing(Reader(here, token))) for token in tokens]
        asked = list(_asked(_found(readers[0], alerts)))
        with _ringing(here, staff):
            p99 = _p99s(_each(readers, asked, asks, len(staff)))
    worst = max(p99, key=p99.__getitem__)
    messages = len(here.arrivals())
    return {"ringing_p99_ms": p99, "ringing_worst": worst, "ringing_worst_ms": p99[worst], "ringing_messages": messages}


def _papers(reader: Reader, path: str, asks: int) -> list[float]:
    return [reader.ask(path).taken_ms for _ in range(min(PAPERS_EACH, asks))]


def _p99s(spent: Mapping[str, Sequence[Spent]]) -> dict[str, float]:
    return {name: _p99(one.taken_ms for one in times) for name, times in spent.items()}


def _p99(times: Iterable[float]) -> float:
    return round(quantiles(times, n=100)[98], 1)


# What is asked for -----------------------------------------------------------------------------------------------


class Asked(NamedTuple):
    """`name`: what the figure is called, without what differs from run to run."""

    name: str
    path: str
    sent: Mapping[str, object] | None = None


def _found(reader: Reader, alerts: int) -> dict[str, str]:
    """What fills the addresses: an open alert, the one that closed last, one in the middle of the past, and so on."""
    middle = datetime.fromtimestamp(now_ms() / 1_000, UTC) - timedelta(minutes=alerts // 2)
    found = {"DAY": f"{middle:%Y-%m-%d}"}
    for name, path, pattern in (
        ("OPEN", "/history?state=open", ALERT),
        ("CLOSED", "/history?state=closed", ALERT),
        ("ALERT", "/history?until={DAY}&state=closed", ALERT),
        ("SHIFT", "/office/roster?site=hospital", SHIFT),
        ("MINE", "/account/shifts", MINE),
    ):
        reader.ask(path.format(**found))
        found[name] = html.unescape(pattern.findall(reader.body)[0].decode())
    return found


def _asked(found: Mapping[str, str]) -> Iterator[Asked]:
    for path in chain.from_iterable(ASKED.values()):
        yield Asked(path, path.format(**found))
    for path, bodies in PREVIEWS.items():
        yield from (Asked(f"{path} {json.dumps(body)}", path, body) for body in bodies)


def _each(readers: Sequence[Reader], asked: Sequence[Asked], asks: int, open_alerts: int) -> dict[str, list[Spent]]:
    """Each page in turn, so that whatever the machine does meanwhile it does to all of them."""
    spent: dict[str, list[Spent]] = {one.name: [] for one in asked}
    for number in range(asks + WARMING):
        for one in asked:
            reader = readers[number % len(readers)]
            took = reader.follow(open_alerts) if one.path == LIVE else reader.ask(one.path, one.sent)
            if number >= WARMING:
                spent[one.name].append(took)
    return spent


@contextlib.contextmanager
def _ringing(here: Town, staff: Sequence[str]) -> Iterator[None]:
    """Meanwhile one after the other of them presses; with the last of them all of their alerts are open, and ring."""
    done = threading.Event()
    with ThreadPoolExecutor(1) as threads, contextlib.closing(Presser(here.port)) as presser:
        pressing = threads.submit(_press_in_turn, presser, staff, done)
        try:
            yield
        finally:
            done.set()
        pressing.result()


def _press_in_turn(presser: Presser, staff: Sequence[str], done: threading.Event) -> None:
    for number, token in enumerate(staff):
        presser.press(token, f"ringing-{number}")
        if done.wait(RING_EVERY_S):
            return


# Pressed meanwhile -----------------------------------------------------------------------------------------------


def _pressed_beside(
    here: Town, readers: Sequence[Reader], asked: Sequence[Asked], pressers: Sequence[str], presses: int
) -> list[float]:
    """Milliseconds of each press, while every reader asks for one page after the other without a pause."""
    known_s, done, taken = sys.getswitchinterval(), threading.Event(), list[float]()
    sys.setswitchinterval(SWITCH_S)
    with ThreadPoolExecutor(len(readers)) as threads, contextlib.closing(Presser(here.port)) as presser:
        looking = [threads.submit(_look_on, reader, _from(asked, n), done) for n, reader in enumerate(readers)]
        try:
            for number in range(presses):
                done.wait(PRESS_EVERY_S)
                before_ns, after_ns = presser.press(pressers[number % len(pressers)], f"beside-{number}")
                taken.append((after_ns - before_ns) / 1e6)
        finally:
            done.set()  # Whatever a press was answered: else they would look on for ever.
        for one in looking:
            one.result()
    sys.setswitchinterval(known_s)
    return taken


def _from(asked: Sequence[Asked], n: int) -> list[Asked]:
    """Each begins elsewhere."""
    pages = [one for one in asked if one.path != LIVE]
    start = n * len(pages) // BROWSERS
    return [*pages[start:], *pages[:start]]


def _look_on(reader: Reader, asked: Sequence[Asked], done: threading.Event) -> None:
    for one in cycle(asked):
        if done.is_set():
            return
        reader.ask(one.path, one.sent)
