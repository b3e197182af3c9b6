"""P1: how long until one press, with 8 deliveries recorded, is durable and answered.

One client on one warm connection presses for one member after another, a fixed pause apart, so that each press is
measured alone and not behind the messages of the one before.  Beside it, before and after, on the same disk: one bare
commit of one row of 400 bytes (apsw, WAL, synchronous FULL).
"""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import apsw

from tocsin.bench.town import Presser, town

COLLEAGUES = 8
PAUSE_S = 0.03
ROW_BYTES = 400


def accept(presses: int) -> dict[str, float]:
    """The keys of `tocsin bench accept --json`; times in microseconds."""
    with town(presses, COLLEAGUES) as here:
        tokens = here.tokens([f"w{number}" for number in range(presses)])
        bare = bare_commits_us(presses // 2)
        presser = Presser(here.port)
        taken = []
        for number, token in enumerate(tokens):
            before, after = presser.press(token, f"key-{number}")
            taken.append((after - before) / 1_000)
            time.sleep(PAUSE_S)
        presser.close()
        bare += bare_commits_us(presses // 2)
    taken.sort()
    accept_us, bare_us = median(taken), median(bare)
    return {
        "accept_p50_us": round(accept_us, 1),
        "accept_p99_us": round(taken[int(len(taken) * 0.99)], 1),
        "bare_commit_p50_us": round(bare_us, 1),
        "ratio": round(accept_us / bare_us, 2),
        "presses": presses,
        "deliveries_each": COLLEAGUES,
    }


def bare_commits_us(count: int) -> list[float]:
    """What the disk and SQLite cost alone, a commit at a time, with the same pause between them."""
    with TemporaryDirectory(prefix="tocsin-bench-") as folder:
        db = apsw.Connection(str(Path(folder) / "bare.db"))
        for pragma in ("journal_mode=wal", "synchronous=full"):
            db.execute(f"pragma {pragma}").fetchall()
        db.execute("create table row(id integer primary key, body blob)")
        taken = []
        for number in range(count):
            time.sleep(PAUSE_S / 10)
            before = time.perf_counter_ns()
            db.execute("insert into row values(?, ?)", (number, b"x" * ROW_BYTES))
            taken.append((time.perf_counter_ns() - before) / 1_000)
        db.close()
    return taken
