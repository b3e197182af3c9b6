"""What the simulator found in the product, each told again as small as it can be."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from tocsin.core.words import Channel
from tocsin.ports import Change, Fix, StoreBroken, Wake
from tocsin.runtime.recall import latest_ms, load_world, world_of
from tocsin.runtime.system import SteadyClock
from tocsin.sim.clock import EPOCH_MS, SimulatedClocks, VirtualTimeLoop
from tocsin.sim.disk import Act, Disk, Fault, no_fault, weather
from tocsin.sim.night import night
from tocsin.store.memory import MemoryStore
from tocsin.store.sqlite import SqliteStore

LONG_LOG = 400_000  # Bytes: SQLite's own write call ends at 131,071.


@pytest.fixture
def disk() -> Iterator[Disk]:
    made = Disk(seed=3)
    yield made
    made.close()


def on(disk: Disk) -> SqliteStore:
    return SqliteStore(disk.path("tocsin.db"), vfs=disk.name, files=disk.files)


def test_a_server_starts_beside_a_reader_that_pins_a_long_log(disk: Disk) -> None:
    """A backup tool reads while the server is upgraded: the log cannot be emptied, so it is written again."""
    store = on(disk)
    reader = apsw.Connection(disk.path("tocsin.db"), flags=apsw.SQLITE_OPEN_READONLY, vfs=disk.name)
    reader.execute("begin")
    reader.execute("select count(*) from fix").fetchall()
    fixes = tuple(Fix(f"{number}", "a" * 2_000, 1.0, 2.0, None, number) for number in range(LONG_LOG // 2_000))
    store.append([Change("centre", fixes=fixes)])
    with contextlib.closing(on(disk)) as again:
        assert len(again.fixes("centre", "a" * 2_000)) == len(fixes)
    reader.close(True)
    store.close()


def test_what_a_failed_sync_left_is_whole_or_not_there_when_the_power_goes_after_the_next_start() -> None:
    """The disk may have nothing of what everybody still reads in the log, and may bring the old log back."""
    for seed in range(6):
        with contextlib.closing(Disk(seed)) as disk:
            with contextlib.closing(on(disk)) as store:
                store.append([Change("centre", wakes=(Wake("alert/1", 5),))])
            with contextlib.closing(on(disk)) as store:
                store.append([Change("centre", fixes=(Fix("1", "a", 1.0, 2.0, None, 1),))])
                disk.rule = lambda number, operation: Fault.EIO if operation.act is Act.SYNC else None
                with pytest.raises(StoreBroken):
                    second = (Fix("2", "a", 1.0, 2.0, None, 2),)
                    store.append([Change("centre", fixes=second, wakes=(Wake("alert/1", 6),))])
                disk.rule = no_fault
            with contextlib.closing(on(disk)):
                images = [disk.platter.survivors(weather(chance)) for chance in range(8)]
        for image in images:
            with contextlib.closing(Disk(image=image)) as after, contextlib.closing(on(after)) as store:
                found = len(store.fixes("centre", "a")), store.wakes("centre")
                assert found in ((1, [Wake("alert/1", 5)]), (2, [Wake("alert/1", 6)]))


def test_a_machine_that_lost_the_time_begins_no_earlier_than_its_messages_remember(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Callbacks move messages on without a fact of the alert: what they tell of is past all the same."""
    monkeypatch.chdir(tmp_path)  # The night takes a backup.
    store, chance = MemoryStore(), weather(1)
    night(store, chance)
    messages = [row for org in store.organisations() for row in store.due_deliveries(org)]
    world = world_of(store, {Channel.SMS: ("sms",)})
    load_world(store, world)
    moved = [each.changed_at_ms for sent in world.sent.values() for each in sent.values() if each.due_at_ms]
    assert messages and latest_ms(store) >= max(moved)


def test_a_clock_says_that_it_began_without_the_time(tmp_path: Path) -> None:
    """Whoever starts then cannot know what of the last seconds was sent, and counts it as sent (I8)."""
    with contextlib.closing(VirtualTimeLoop(weather(1))) as loop:
        clocks = SimulatedClocks(loop)
        assert not SteadyClock(tmp_path, clocks, not_before_ms=EPOCH_MS).without_the_time
        clocks.reboot()
        clocks.wrong_ns = -3_600 * 10**9
        assert SteadyClock(tmp_path, clocks, not_before_ms=EPOCH_MS).without_the_time


def test_a_disk_of_the_simulator_makes_nobody_wait_real_time(disk: Disk) -> None:
    """Whoever meets a lock is told at once: nobody else goes on meanwhile."""
    store = on(disk)
    other = apsw.Connection(disk.path("tocsin.db"), vfs=disk.name)
    other.execute("begin immediate")
    with pytest.raises(Exception) as refused:
        store.append([Change("centre", fixes=(Fix("1", "a", 1.0, 2.0, None, 1),))])
    assert not isinstance(refused.value, StoreBroken)
    other.execute("rollback")
    other.close()
    store.close()
