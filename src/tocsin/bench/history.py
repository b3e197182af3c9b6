"""P5: does a press take longer where a million alerts lie closed?

Two real servers of the same site, one store empty and one full, pressed in turn with the same pause before each press,
so that whatever the machine does meanwhile it does to both.
"""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tocsin.app import store_file
from tocsin.bench.archive import fill, live_once
from tocsin.bench.town import Presser, Town, town

COLLEAGUES = 8
PAUSE_S = 0.03
WARMING = 10  # Presses before those that count: connections, caches and the first pages are warm then.


def history(alerts: int, presses: int) -> dict[str, float]:
    """The keys of `tocsin bench history --json`; times in microseconds."""
    count = presses + WARMING
    with TemporaryDirectory(prefix="tocsin-life-") as folder:
        life, built = Path(folder) / "life.db", time.monotonic()
        live_once(life)
        rows: list[int] = []
        with town(count, COLLEAGUES, prepared=lambda data: rows.append(fill(data, alerts, life))) as full:
            built_s = time.monotonic() - built
            with town(count, COLLEAGUES) as empty:
                taken = _in_turn(empty, full, count)
            size = store_file(full.data).stat().st_size
    empty_us, full_us = (median(times[WARMING:]) for times in taken)
    return {
        "accept_p50_us_empty": round(empty_us, 1),
        "accept_p50_us_full": round(full_us, 1),
        "ratio": round(full_us / empty_us, 2),
        "alerts": alerts,
        "rows": rows[0],
        "store_gb": round(size / 1e9, 2),
        "build_s": round(built_s, 1),
        "presses": presses,
    }


def _in_turn(empty: Town, full: Town, count: int) -> tuple[list[float], list[float]]:
    members = [f"w{number}" for number in range(count)]
    sides = [(Presser(here.port), here.tokens(members), list[float]()) for here in (empty, full)]
    for number in range(count):
        for presser, tokens, taken in sides if number % 2 else reversed(sides):
            time.sleep(PAUSE_S)
            before, after = presser.press(tokens[number], f"key-{number}", f"Bay {number}")
            taken.append((after - before) / 1_000)
    for presser, _, _ in sides:
        presser.close()
    return sides[0][2], sides[1][2]
