"""Conflicts, long logs, full disks and failing ones: what is stored, and what is never shown."""

from __future__ import annotations

import os

import apsw
import pytest
from presses import ORG, fails, kept, on, press

from tocsin.ports import Change, Conflict, Snapshot, StoreBroken, Stored, StoreFull, Wake
from tocsin.sim.disk import Act, Disk, Fault
from tocsin.store import doctor
from tocsin.store.errors import (
    StoreBusy,
)
from tocsin.store.sqlite import PAGE_ROWS, SqliteStore

# Writing ---------------------------------------------------------------------------------------------------------


def test_a_conflict_stores_nothing_of_its_change_and_all_of_the_others(store: SqliteStore) -> None:
    again = Change(ORG, facts=press(1).facts, wakes=(Wake("alert/000001", 5),))
    assert store.append([press(1), again, press(2)]) == [Stored(1), Conflict("fact"), Stored(2)]
    assert kept(store) == ["alert/000001", "alert/000002"]
    assert store.wakes(ORG) == []


def test_a_text_that_cannot_be_kept_does_not_take_the_batch_along(store: SqliteStore) -> None:
    broken_text = Change(ORG, snapshots=(Snapshot("alert/\ud800", "alert", 1, True, b""),))
    assert store.append([broken_text, press(1)]) == [Conflict("UnicodeEncodeError"), Stored(1)]


def test_a_long_list_of_states_is_read_in_pages_and_in_order(store: SqliteStore) -> None:
    store.append([press(number) for number in range(PAGE_ROWS + 3)])
    streams = [snapshot.stream for snapshot in store.snapshots(ORG, "alert", only_open=True)]
    assert streams == [f"alert/{number:06}" for number in range(PAGE_ROWS + 3)]


def test_another_process_that_keeps_the_lock_is_named_and_nothing_is_stored(store: SqliteStore, path: str) -> None:
    store.writer.set_busy_timeout(0)
    other = apsw.Connection(path)
    other.execute("begin immediate")
    with pytest.raises(StoreBusy):
        store.append([press(1)])
    other.execute("rollback")
    other.close()
    assert store.append([press(2)]) == [Stored(1)]


def test_the_log_is_copied_into_the_file_by_the_writer_when_it_is_long(path: str) -> None:
    store = SqliteStore(path, checkpoint_pages=2)
    before = os.path.getsize(path)
    store.append([press(1, size=100_000)])
    assert os.path.getsize(path) > before + 90_000
    store.close()


def test_a_reader_that_holds_an_old_view_delays_the_checkpoint_and_loses_nothing(path: str) -> None:
    store = SqliteStore(path, checkpoint_pages=2)
    other = SqliteStore(path)
    other.reader.execute("begin")
    assert kept(other) == []
    store.append([press(1)])
    store.append([press(2)])
    assert kept(other) == []
    other.reader.execute("rollback")
    assert kept(other) == ["alert/000001", "alert/000002"]
    other.close()
    store.close()


# A full disk -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [200, 40_000_000], ids=["at the commit", "in the middle of the batch"])
def test_a_full_disk_stores_nothing_and_the_store_works_again_when_there_is_room(disk: Disk, size: int) -> None:
    store = on(disk)
    store.append([press(1)])
    store.writer.pragma("cache_size", 10)  # So that a large batch spills before its commit.
    fails(disk, Fault.ENOSPC, Act.WRITE, "-wal")
    with pytest.raises(StoreFull):
        store.append([press(2), press(3, size=size), press(4)])
    assert kept(store) == ["alert/000001"]
    disk.rule = lambda number, operation: None
    assert store.append([press(5)]) == [Stored(2)]
    assert kept(store) == ["alert/000001", "alert/000005"]
    store.close()


def test_a_checkpoint_that_finds_no_room_is_asked_again_later(disk: Disk) -> None:
    store = on(disk, checkpoint_pages=1)
    fails(disk, Fault.ENOSPC, Act.WRITE, "tocsin.db")
    assert store.append([press(1)]) == [Stored(1)]
    assert store.append([press(2)]) == [Stored(2)]
    disk.rule = lambda number, operation: None
    assert store.append([press(3)]) == [Stored(3)]
    store.close()


def test_a_start_on_a_full_disk_is_no_start_in_silence(disk: Disk) -> None:
    disk.rule = lambda number, operation: Fault.ENOSPC if operation.act is Act.WRITE else None
    with pytest.raises(StoreFull):
        on(disk)


def test_a_full_disk_does_not_stop_a_start_on_what_is_there(disk: Disk) -> None:
    """The log cannot be emptied then, but those who are in danger can be rung."""
    store = on(disk)
    store.append([press(1)])
    disk.lose_power()
    fails(disk, Fault.ENOSPC, Act.WRITE, "tocsin.db")
    again = on(disk)
    assert kept(again) == ["alert/000001"]
    again.close()
    store.close()


def test_what_is_stored_behind_a_failed_sync_on_a_full_disk_survives_a_power_cut(disk: Disk) -> None:
    """I1: the log that is read may not be what the disk holds; where it cannot be emptied it is written again."""
    store = on(disk)
    store.append([press(1)])
    fails(disk, Fault.EIO, Act.SYNC, "-wal")
    with pytest.raises(StoreBroken):
        store.append([press(2)])
    store.close()
    fails(disk, Fault.ENOSPC, Act.WRITE, "tocsin.db")
    again = on(disk)
    assert again.append([press(3)]) != []
    shown = kept(again)
    disk.lose_power()
    last = on(disk)
    assert kept(last) == shown and "alert/000003" in shown
    last.close()
    again.close()


# A disk that fails -----------------------------------------------------------------------------------------------


def test_a_failed_sync_is_never_tried_again(disk: Disk) -> None:
    store = on(disk)
    store.append([press(1)])
    fails(disk, Fault.EIO, Act.SYNC, "-wal")
    with pytest.raises(StoreBroken):
        store.append([press(2)])
    disk.rule = lambda number, operation: None
    with pytest.raises(StoreBroken):
        store.append([press(3)])
    assert kept(store) == ["alert/000001"]
    assert "the disk failed: start anew" in doctor.findings(store)
    before = disk.operations
    store.close()
    assert disk.operations == before


def test_what_was_acknowledged_before_and_after_a_failed_sync_survives_the_power(disk: Disk) -> None:
    """The log of the life that failed may have holes; nothing that is acknowledged later stands behind them."""
    store = on(disk)
    store.append([press(1)])
    fails(disk, Fault.EIO, Act.SYNC, "-wal")
    with pytest.raises(StoreBroken):
        store.append([press(2, size=50_000)])
    store.close()
    disk.rule = lambda number, operation: None
    again = on(disk)
    again.append([press(3)])
    disk.lose_power()
    last = on(disk)
    assert {"alert/000001", "alert/000003"} <= set(kept(last))
    assert doctor.findings(last) == []
    last.close()
    again.close()


def test_a_checkpoint_that_fails_keeps_its_receipt_and_ends_the_store(disk: Disk) -> None:
    """The kernel has dropped what it could not write: only the log still has it, so the log must stay."""
    store = on(disk, checkpoint_pages=1)
    fails(disk, Fault.EIO, Act.SYNC, "tocsin.db")
    assert store.append([press(1)]) == [Stored(1)]
    with pytest.raises(StoreBroken):
        store.append([press(2)])
    disk.rule = lambda number, operation: None
    store.close()
    disk.lose_power()
    again = on(disk)
    assert kept(again) == ["alert/000001"]
    again.close()


def test_a_disk_that_fails_at_the_start_is_said_at_the_start(disk: Disk) -> None:
    store = on(disk)
    store.append([press(1)])
    disk.lose_power()
    fails(disk, Fault.EIO, Act.SYNC, "tocsin.db")
    with pytest.raises(StoreBroken):
        on(disk)
    store.close()
