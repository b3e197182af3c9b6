"""The crash disk loses what was not synced, and only that; and the harness on top of it can fail."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

import apsw
import pytest

from tocsin.ports import Change, Store, StoreBroken, Wake
from tocsin.sim.crash import Image, Scratch, Script, Verdict, crash_points, crashes, lived
from tocsin.sim.disk import SECTOR, Act, Disk, Fault, Operation, Platter, Weather, weather
from tocsin.sim.night import night
from tocsin.sim.scripts import intake
from tocsin.store.backup import restore
from tocsin.store.sqlite import SqliteStore

CREATE, SYNC, SYNC_FOLDER = (Operation(act, "a") for act in (Act.CREATE, Act.SYNC, Act.SYNC_FOLDER))


def write(offset: int, data: bytes) -> Operation:
    return Operation(Act.WRITE, "a", offset, data)


def every_weather(*operations: Operation) -> list[Image]:
    """What survives these operations in a hundred power cuts."""
    platter = Platter()
    for operation in operations:
        platter.do(operation)
    return [platter.survivors(weather(seed)) for seed in range(100)]


@pytest.fixture
def disk() -> Iterator[Disk]:
    made = Disk(seed=3)
    yield made
    made.close()


def on(disk: Disk) -> SqliteStore:
    return SqliteStore(disk.path("tocsin.db"), vfs=disk.name, files=disk.files)


# What the platter keeps ------------------------------------------------------------------------------------------


def test_what_was_synced_survives_every_time() -> None:
    images = every_weather(CREATE, write(0, b"x" * 2_000), SYNC, SYNC_FOLDER)
    assert all(image == {"a": b"x" * 2_000} for image in images)


def test_a_file_whose_folder_was_not_synced_may_be_gone() -> None:
    images = every_weather(CREATE, write(0, b"x"), SYNC)
    assert {tuple(image) for image in images} == {(), ("a",)}


def test_an_unsynced_write_is_lost_or_kept_or_torn_at_a_sector() -> None:
    images = every_weather(CREATE, SYNC, SYNC_FOLDER, write(0, b"x" * 3 * SECTOR))
    contents = {image["a"] for image in images}
    assert {b"", b"x" * 3 * SECTOR} < contents
    sectors = {content[at : at + SECTOR] for content in contents for at in range(0, len(content), SECTOR)}
    assert sectors == {b"x" * SECTOR, bytes(SECTOR)}


def test_a_later_write_may_survive_an_earlier_one() -> None:
    images = every_weather(CREATE, SYNC, SYNC_FOLDER, write(0, b"1"), write(SECTOR, b"2"))
    assert any(image["a"] == bytes(SECTOR) + b"2" for image in images)


def test_a_truncate_and_a_delete_wait_for_their_syncs() -> None:
    kept = (CREATE, write(0, b"xy"), SYNC, SYNC_FOLDER)
    cut = every_weather(*kept, Operation(Act.TRUNCATE, "a", 1))
    gone = every_weather(*kept, Operation(Act.DELETE, "a"))
    assert {image["a"] for image in cut} == {b"x", b"xy"}
    assert {image.get("a") for image in gone} == {None, b"xy"}


def test_a_rename_happens_whole_or_not_at_all() -> None:
    images = every_weather(CREATE, write(0, b"x"), SYNC, SYNC_FOLDER, Operation(Act.RENAME, "a", new="b"))
    assert {tuple(image.items()) for image in images} == {(("a", b"x"),), (("b", b"x"),)}


def test_a_sync_that_failed_leaves_holes_that_no_later_sync_fills() -> None:
    lost = 0
    for seed in range(40):
        platter = Platter()
        for operation in (CREATE, SYNC_FOLDER, write(0, b"x")):
            platter.do(operation)
        platter.sync_failed("a", weather(seed))
        platter.do(SYNC)
        lost += platter.survivors(weather(seed)) == {"a": b""}
    assert 0 < lost < 40


# The machine on top of it ----------------------------------------------------------------------------------------


def test_after_the_power_went_the_open_store_is_dead_and_a_new_one_finds_what_was_acknowledged(disk: Disk) -> None:
    store = on(disk)
    store.append([Change("centre", wakes=(Wake("alert/1", 5),))])
    disk.lose_power()
    with pytest.raises(StoreBroken):
        store.append([Change("centre", wakes=(Wake("alert/2", 6),))])
    again = on(disk)
    store.close()
    assert again.wakes("centre") == [Wake("alert/1", 5)]
    again.close()


def test_power_that_goes_in_an_operation_ends_it_there(disk: Disk) -> None:
    store = on(disk)
    disk.rule = lambda number, operation: Fault.POWER if operation.act is Act.SYNC else None
    with pytest.raises(StoreBroken):
        store.append([Change("centre", wakes=(Wake("alert/1", 5),))])
    assert not disk.machine.on
    disk.lose_power()
    again = on(disk)
    assert again.wakes("centre") in ([], [Wake("alert/1", 5)])
    again.close()
    store.close()


def test_a_dead_machine_neither_copies_nor_deletes(disk: Disk) -> None:
    old = disk.path("tocsin.db")
    store = on(disk)
    disk.rule = lambda number, operation: Fault.POWER
    with pytest.raises(OSError, match="off"):
        disk.files.sync(old)
    disk.lose_power()
    with pytest.raises(OSError, match="off"):
        disk.files.sync(old)
    store.close()
    assert disk.operations == 0


def test_two_disks_with_one_seed_lose_the_same_writes() -> None:
    images = []
    for _ in range(2):
        with contextlib.closing(Disk(seed=11)) as disk, contextlib.closing(on(disk)) as store:
            store.append([Change("centre", wakes=(Wake("alert/1", 5),))])
            images.append({name: len(content) for name, content in disk.lose_power().items()})
    assert images[0] == images[1] != {}


def test_a_temporary_file_is_nobodys_loss(disk: Disk) -> None:
    db = apsw.Connection(disk.path("sorted.db"), vfs=disk.name)
    db.pragma("temp_store", 1)
    db.pragma("cache_size", 1)
    db.execute("create temp table t (i)")
    before = disk.operations
    for number in range(2_000):
        db.execute("insert into t values (?)", (number,))
    assert disk.operations == before
    db.close()


# The harness -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", [intake, night])
def test_with_full_sync_nothing_acknowledged_is_lost_at_any_operation(script: Script) -> None:
    report = crash_points(300, seed=0, script=script)
    assert (report.points, report.lost, report.unreadable, report.first_failure) == (300, 0, 0, None)


def test_without_full_sync_the_harness_finds_what_is_lost() -> None:
    report = crash_points(400, seed=1, synchronous="NORMAL", script=intake)
    assert report.lost > 0
    assert report.first_failing_seed == 1
    assert "after" in str(report.first_failure)


def one_wake(store: Store, chance: Weather) -> None:
    store.append([Change("centre", wakes=(Wake("alert/1", chance.randrange(9)),))])
    store.backup(f"{chance.randrange(10**9)}.backup")


def test_any_script_can_be_cut_through() -> None:
    report = crash_points(250, seed=5, script=one_wake)
    assert (report.lost, report.unreadable) == (0, 0)


def test_a_disk_that_forgets_syncs_is_found_out() -> None:
    """The mutant: were every sync a lie, the harness must say so."""
    life = lived(one_wake, weather(5), "FULL", {})
    lies = [Operation(Act.WRITE, done.name) if done.act is Act.SYNC else done for done in life.journal]
    with contextlib.closing(Scratch()) as scratch:
        images = enumerate(crashes(lies, {}, weather(5)))
        verdicts = {scratch.verdict(life, operations, image, "FULL") for operations, image in images}
    assert verdicts > {Verdict.LOST, Verdict.UNREADABLE}


def test_a_restore_that_is_cut_off_leaves_a_whole_store_or_none() -> None:
    with contextlib.closing(Disk()) as disk:
        with contextlib.closing(on(disk)) as store:
            store.append([Change("centre", wakes=(Wake("alert/1", 5),))])
            store.backup(disk.path("copy.db"))
        before = len(disk.journal)
        restore(disk.path("copy.db"), disk.path("new.db"), vfs=disk.name, files=disk.files)
        images = [image for seed in range(8) for image in list(crashes(disk.journal, {}, weather(seed)))[before:]]
    found = set()
    for image in images:
        with contextlib.closing(Disk(image=image)) as after:
            found.add(os.path.exists(after.path("new.db")))
            if os.path.exists(after.path("new.db")):
                with contextlib.closing(SqliteStore(after.path("new.db"))) as restored:
                    assert restored.wakes("centre") == [Wake("alert/1", 5)]
    assert found == {True, False}


PROGRAM = """
import hashlib
from tocsin.sim.crash import lived
from tocsin.sim.disk import weather
from tocsin.sim.scripts import intake
print(hashlib.sha256(repr(lived(intake, weather(4), "FULL", {}).told).encode()).hexdigest())
"""


def test_the_same_seed_lives_the_same_life_in_any_process() -> None:
    hashes = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(hashes) == 1
