"""P1: how long until one press, with 8 deliveries recorded, is durable and answered.

One client on one warm connection presses for one member after another, each at a place of their own.  In turn with
it, on the same disk: one bare commit of one row of 400 bytes (apsw, WAL, synchronous FULL).  The same pause stands
before each of both, so that both find the machine equally idle: a bare commit after a pause takes several times what
it takes in a row.  The pause is such that every press is measured alone: the last callbacks of one (120 ms after its
messages) are over when the next is pressed, and those before them when the bare commit is made.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import apsw

from tocsin.bench.town import Presser, town

COLLEAGUES = 8
PAUSE_S = 0.075
ROW_BYTES = 400


def accept(presses: int) -> dict[str, float]:
    """The keys of `tocsin bench accept --json`; times in microseconds."""
    taken, bare = [], []
    with town(presses, COLLEAGUES) as here, bare_store() as db:
        presser = Presser(here.port)
        for number, token in enumerate(here.tokens([f"w{number}" for number in range(presses)])):
            time.sleep(PAUSE_S)
            before, after = presser.press(token, f"key-{number}", f"Bay {number}")
            taken.append((after - before) / 1_000)
            time.sleep(PAUSE_S)
            bare.append(_commit_us(db, number))
        presser.close()
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


@contextlib.contextmanager
def bare_store() -> Iterator[apsw.Connection]:
    """What the disk and SQLite cost alone."""
    with TemporaryDirectory(prefix="tocsin-bench-") as folder:
        db = apsw.Connection(str(Path(folder) / "bare.db"))
        for pragma in ("journal_mode=wal", "synchronous=full"):
            db.execute(f"pragma {pragma}").fetchall()
        db.execute("create table row(id integer primary key, body blob)")
        with contextlib.closing(db):
            yield db


def _commit_us(db: apsw.Connection, number: int) -> float:
    before = time.monotonic_ns()
    db.execute("insert into row values(?, ?)", (number, b"x" * ROW_BYTES))
    return (time.monotonic_ns() - before) / 1_000
