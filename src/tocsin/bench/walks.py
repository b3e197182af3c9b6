"""P4: a hundred thousand people are on their way at once, and some of them do not come home.

The walks are started by the engine itself and written to a store before its server starts.  Then the real server
starts on them, is killed, and starts again: that is the time of a restart, and what it holds then is the memory.  Most
walks end long after the measurement; some fall due while it runs, one after another, and the alert of each says in the
record when it was raised.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from tocsin.app import store_file
from tocsin.bench.town import ORG, Town, town
from tocsin.bench.ways_in import now_ms
from tocsin.core import commands as c
from tocsin.core.access.record import By
from tocsin.core.access.words import Via
from tocsin.core.engine import decide
from tocsin.core.limits import MINUTE_MS, WALK_MAX_MIN
from tocsin.core.planning import no_full_number
from tocsin.core.walk import Walk
from tocsin.core.walk_commands import StartWalk, WalkTaken
from tocsin.core.words import Destination
from tocsin.ports import Change, Entropy
from tocsin.runtime import ledger
from tocsin.runtime.recall import load_world, world_of
from tocsin.runtime.system import SystemEntropy
from tocsin.runtime.world import World
from tocsin.store.sqlite import SqliteStore

COLLEAGUES = 4
DUE, DUE_EVERY_MS = 500, 100  # Ten people a second who do not arrive: a disaster, and still each to the second.
UNTIL_DUE_MS = 60_000  # From the writing of the last walk to the first who is overdue: two starts lie in between.
SHORT_MIN = 20
BATCH = 500
LATE_MAX_MS = 30_000  # How long after the last is due it may take until all have rung.
LOOK_MS = 3_000
_walk = msgspec.msgpack.Decoder(Walk)


def walks(armed: int, due: int = DUE, until_due_ms: int = UNTIL_DUE_MS) -> dict[str, float]:
    """The keys of `tocsin bench walks --json`: `restart_s` from the start of the process to *serves*.

    `due` of them do not arrive, the first one `until_due_ms` after the last walk is written.
    """
    expected: dict[str, int] = {}

    def on_their_way(data: Path) -> None:
        expected.update(_start_all(data, armed, due, until_due_ms))

    with town(armed - COLLEAGUES - 1, COLLEAGUES, on_their_way) as here:  # Those who would come walk too.
        here.kill()
        before = time.monotonic()
        here.start_again()
        restart_s = time.monotonic() - before
        rss_mb = _rss_mb(here.server.pid)
        late_ms = sorted(_late(here, expected).values())
        rss_after_mb = _rss_mb(here.server.pid)
    return {
        "armed": armed,
        "rss_mb": rss_mb,
        "rss_after_mb": rss_after_mb,
        "restart_s": round(restart_s, 2),
        "due": len(late_ms),
        "late_p50_ms": late_ms[len(late_ms) // 2],
        "late_p99_ms": late_ms[len(late_ms) * 99 // 100],
        "early": sum(late < 0 for late in late_ms),
        "lost": len(expected) - len(late_ms),
    }


def _start_all(data: Path, armed: int, due: int, until_due_ms: int) -> dict[str, int]:
    """Write them; of those that fall due meanwhile, by id, when they are to raise."""
    store = SqliteStore(str(store_file(data)))
    with contextlib.closing(store):
        world = world_of(store, {})
        load_world(store, world)
        entropy, long_ago = SystemEntropy(), now_ms()
        people = sorted(world.directory(ORG).members, reverse=True)  # Workers first.
        assert len(people) == armed
        for first in range(due, armed, BATCH):
            some = range(first, min(first + BATCH, armed))
            _write(store, world, entropy, [(people[number], _minutes(number), long_ago) for number in some])
        return _due_soon(store, world, entropy, people[:due], now_ms() + until_due_ms)


def _minutes(number: int) -> int:
    """Spread over hours, and none of them within the measurement."""
    return WALK_MAX_MIN // 2 + number % (WALK_MAX_MIN // 2)


def _due_soon(store: SqliteStore, world: World, entropy: Entropy, people: list[str], first_ms: int) -> dict[str, int]:
    grace_ms = next(iter(world.directory(ORG).sites.values())).walk_grace_s * 1_000
    raises = [first_ms + number * DUE_EVERY_MS for number in range(len(people))]
    before_ms = grace_ms + SHORT_MIN * MINUTE_MS
    started = [(member, SHORT_MIN, at_ms - before_ms) for member, at_ms in zip(people, raises, strict=True)]
    return dict(zip(_write(store, world, entropy, started), raises, strict=True))


def _write(store: SqliteStore, world: World, entropy: Entropy, started: list[tuple[str, int, int]]) -> list[str]:
    """One batch of (who, minutes, when they leave), as the server's own loop would write it."""
    ids: list[str] = []
    changes: list[Change] = []
    for member, minutes, at_ms in started:
        layer = World(world)
        decision = decide(layer, _leaves(member, minutes), at_ms, entropy.seed(), no_full_number)
        assert isinstance(decision.reply, WalkTaken), decision.reply
        ids.append(decision.reply.walk)
        change = ledger.change(decision.docket, layer)
        assert change is not None
        changes.append(change)
    store.append(changes)
    return ids


def _leaves(member: str, minutes: int) -> c.Command:
    return StartWalk(
        org=ORG,
        by=By(member, Via.SYSTEM),
        credential=f"device:{member}",
        key="walk",
        member=member,
        destination=Destination.CAR,
        minutes=minutes,
    )


def _late(here: Town, expected: dict[str, int]) -> dict[str, int]:
    """Of each walk that is overdue by now, how much later than it should its alert was raised (ms).

    Nothing is asked before the last of them is due: reading the store takes the time of the server that is measured.
    """
    last_ms, raised = max(expected.values()), dict[str, int]()
    for until_ms in range(last_ms + LOOK_MS, last_ms + LATE_MAX_MS, LOOK_MS):
        time.sleep(max(until_ms - now_ms(), 0) / 1_000)
        raised = {walk.id: walk.ended_ms for walk in _ended(here.data) if walk.id in expected and walk.ended_ms}
        if len(raised) == len(expected):
            break
    return {id: ended_ms - expected[id] for id, ended_ms in raised.items()}


def _ended(data: Path) -> Iterator[Walk]:
    store = SqliteStore(str(store_file(data)))
    with contextlib.closing(store):
        ended = (one for one in store.snapshots(ORG, "walk") if not one.open)
        yield from (_walk.decode(one.body) for one in ended)


def _rss_mb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS"))) // 1024
