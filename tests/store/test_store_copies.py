"""Backup while others write, and restore."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from presses import ORG, fails, kept, on, press

from tocsin.ports import Change, Snapshot, StoreBroken, Stored, StoreError, StoreFull
from tocsin.sim.disk import Act, Disk, Fault
from tocsin.store import doctor
from tocsin.store.backup import restore
from tocsin.store.errors import (
    NewerStore,
    PathTaken,
    Unreadable,
)
from tocsin.store.files import RealFiles
from tocsin.store.migrations import MIGRATIONS, Migration
from tocsin.store.sqlite import SqliteStore

# Copies ----------------------------------------------------------------------------------------------------------


def test_a_backup_taken_while_another_writes_is_one_moment_of_the_store(store: SqliteStore, tmp_path: Path) -> None:
    store.append([press(number) for number in range(200)])
    begun, enough = threading.Event(), threading.Event()

    def write_on() -> None:
        for number in range(200, 2_000):
            store.append([press(number)])
            begun.set()
            if enough.is_set():
                return

    other = threading.Thread(target=write_on)
    other.start()
    begun.wait()
    store.backup(str(tmp_path / "copy.db"))
    enough.set()
    other.join()
    restore(str(tmp_path / "copy.db"), str(tmp_path / "restored.db"))
    restored = SqliteStore(str(tmp_path / "restored.db"))
    streams = kept(restored)
    assert len(streams) > 200
    assert streams == kept(store)[: len(streams)]
    assert streams == [snapshot.stream for snapshot in restored.snapshots(ORG, "alert")]
    assert doctor.findings(restored) == []
    restored.close()


@pytest.mark.parametrize("beside", ["", "-wal"])
def test_a_backup_never_overwrites(store: SqliteStore, tmp_path: Path, beside: str) -> None:
    Path(f"{tmp_path}/copy.db{beside}").write_text("the only copy")
    with pytest.raises(PathTaken):
        store.backup(str(tmp_path / "copy.db"))
    assert Path(f"{tmp_path}/copy.db{beside}").read_text() == "the only copy"


def test_what_a_crash_left_of_a_backup_is_not_in_the_way_of_the_next(store: SqliteStore, tmp_path: Path) -> None:
    (tmp_path / "copy.db.partial").write_text("half of it")
    store.backup(str(tmp_path / "copy.db"))
    assert sorted(os.listdir(tmp_path)) == ["copy.db", "tocsin.db", "tocsin.db-shm", "tocsin.db-wal"]


@pytest.mark.parametrize(
    ("fault", "act", "name"),
    [
        (Fault.ENOSPC, Act.WRITE, StoreFull),
        (Fault.EIO, Act.WRITE, StoreBroken),
        (Fault.EIO, Act.SYNC, StoreBroken),
        (Fault.EIO, Act.RENAME, StoreBroken),
    ],
)
def test_a_backup_that_fails_leaves_nothing_under_its_name(
    disk: Disk, fault: Fault, act: Act, name: type[StoreError]
) -> None:
    store = on(disk)
    store.append([press(1)])
    fails(disk, fault, act, ".partial")
    with pytest.raises(name):
        store.backup(disk.path("copy.db"))
    assert not os.path.exists(disk.path("copy.db"))
    assert store.append([press(2)]) == [Stored(2)]
    store.close()


def test_what_was_erased_is_not_in_a_backup(store: SqliteStore, tmp_path: Path) -> None:
    secret = b"the back door of the east wing"
    store.append([Change(ORG, snapshots=(Snapshot("alert/1", "alert", 1, True, secret),))])
    store.append([Change(ORG, snapshots=(Snapshot("alert/1", "alert", 2, True, b""),))])
    store.backup(str(tmp_path / "copy.db"))
    assert secret not in (tmp_path / "copy.db").read_bytes()


def test_a_restore_never_overwrites_a_store(store: SqliteStore, tmp_path: Path, path: str) -> None:
    store.append([press(1)])
    store.backup(str(tmp_path / "copy.db"))
    with pytest.raises(PathTaken):
        restore(str(tmp_path / "copy.db"), path)
    assert kept(store) == ["alert/000001"]


@pytest.mark.parametrize("content", [b"", b"not a database" * 100, None], ids=["empty", "text", "missing"])
def test_a_restore_of_what_is_no_backup_puts_nothing_in_place(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "copy.db").write_bytes(content)
    with pytest.raises(Unreadable):
        restore(str(tmp_path / "copy.db"), str(tmp_path / "restored.db"))
    assert not (tmp_path / "restored.db").exists()


def test_a_restore_of_a_damaged_backup_puts_nothing_in_place(store: SqliteStore, tmp_path: Path) -> None:
    store.append([press(number) for number in range(200)])
    store.backup(str(tmp_path / "copy.db"))
    damaged = bytearray((tmp_path / "copy.db").read_bytes())
    damaged[5 * 4_096 : 9 * 4_096] = bytes(4 * 4_096)
    (tmp_path / "copy.db").write_bytes(damaged)
    with pytest.raises(Unreadable):
        restore(str(tmp_path / "copy.db"), str(tmp_path / "restored.db"))
    assert not (tmp_path / "restored.db").exists()


def test_a_backup_of_a_newer_release_is_not_restored(tmp_path: Path, path: str) -> None:
    newer = Migration(len(MIGRATIONS) + 1, "9999_pre_newer", "create table newer (id text) strict;")
    store = SqliteStore(path, migrations=(*MIGRATIONS, newer))
    store.backup(str(tmp_path / "copy.db"))
    store.close()
    with pytest.raises(NewerStore):
        restore(str(tmp_path / "copy.db"), str(tmp_path / "restored.db"))


def test_removing_what_is_not_there_is_no_error(tmp_path: Path) -> None:
    RealFiles().remove(str(tmp_path / "nothing"))
    assert os.listdir(tmp_path) == []
