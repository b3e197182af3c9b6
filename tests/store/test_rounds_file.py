"""What the process that sends to many remembers, and what it says when the disk does not let it."""

from __future__ import annotations

import contextlib
from pathlib import Path

import apsw
import pytest

from tocsin.ports import StoreBroken, StoreFull
from tocsin.sim.disk import Act, Disk, Fault, Operation, no_fault, weather
from tocsin.store.beside import beside
from tocsin.store.errors import StoreBusy, Unreadable
from tocsin.store.rounds import CHECKPOINT_PAGES, RoundsFile
from tocsin.store.sqlite import SqliteStore


@pytest.fixture
def file(tmp_path: Path) -> RoundsFile:
    return RoundsFile(str(tmp_path / "rounds.db"))


def test_rounds_and_messages_are_there_after_a_new_start(tmp_path: Path) -> None:
    path = str(tmp_path / "rounds.db")
    first = RoundsFile(path)
    first.write(
        [("round-1", True, b"one"), ("round-2", True, b"two")], [("round-1", "b", b"B"), ("round-1", "a", b"A")]
    )
    first.write([("round-1", False, b"one more")], [("round-1", "a", b"A2")])
    first.close()
    again = RoundsFile(path)
    assert again.round("round-1") == b"one more" and again.round("round-9") is None
    assert again.rounds(10) == [b"two", b"one more"] and again.rounds(1) == [b"two"]
    assert again.messages("round-1") == [b"A2", b"B"] and again.messages("round-2") == []
    again.close()


def test_what_cannot_be_written_whole_is_not_written(file: RoundsFile) -> None:
    with pytest.raises(StoreBroken):
        file.write([("round-1", True, b"x")], [("round-1", "a", None)])  # type: ignore[list-item]
    assert file.round("round-1") is None
    file.close()


def test_a_file_that_somebody_else_holds_is_named(file: RoundsFile, tmp_path: Path) -> None:
    other = apsw.Connection(str(tmp_path / "rounds.db"))
    other.execute("begin immediate")
    file._db.set_busy_timeout(0)
    with pytest.raises(StoreBusy):
        file.write([("round-1", True, b"x")], [])
    other.close()
    file.close()


def test_a_full_disk_stores_nothing_and_the_next_write_is_welcome(file: RoundsFile) -> None:
    pages = int(file._db.pragma("page_count"))
    file._db.pragma("max_page_count", pages)
    with pytest.raises(StoreFull):
        file.write([("round-1", True, bytes(100_000))], [])
    file._db.pragma("max_page_count", 1_000_000)
    file.write([("round-1", True, b"x")], [])
    assert file.round("round-1") == b"x"
    file.close()


def test_a_long_log_is_copied_into_the_file(file: RoundsFile, tmp_path: Path) -> None:
    before = (tmp_path / "rounds.db").stat().st_size
    file.write([("round-1", True, bytes(CHECKPOINT_PAGES * 4_096))], [])
    assert (tmp_path / "rounds.db").stat().st_size > before + CHECKPOINT_PAGES * 4_000
    file.close()


def test_another_process_s_store_can_be_looked_at(tmp_path: Path) -> None:
    path = str(tmp_path / "tocsin.db")
    store = SqliteStore(path)
    with beside(path) as seen:
        assert seen.organisations() == []
    store.close()


def test_a_store_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreadable), beside(str(tmp_path / "nothing.db")):
        raise AssertionError("nothing was opened")


# A disk that fails -----------------------------------------------------------------------------------------------


def on(disk: Disk) -> RoundsFile:
    return RoundsFile(disk.path("rounds.db"), vfs=disk.name)


def shown(file: RoundsFile) -> list[bytes]:
    return sorted(file.rounds(10))


def test_what_a_failed_sync_left_is_whole_or_not_there_when_the_power_goes_after_the_next_start() -> None:
    """The disk may have nothing of what everybody still reads in the log, and may bring the old log back."""
    for seed in range(6):
        with contextlib.closing(Disk(seed)) as disk:
            with contextlib.closing(on(disk)) as file:
                file.write([("round-1", True, b"one")], [])
                disk.rule = lambda number, operation: Fault.EIO if operation.act is Act.SYNC else None
                with pytest.raises(StoreBroken):
                    file.write([("round-1", False, b"over"), ("round-2", True, bytes(9_000))], [])
                disk.rule = no_fault
            with contextlib.closing(on(disk)) as file:
                seen = shown(file)
                images = [disk.platter.survivors(weather(chance)) for chance in range(8)]
        for image in images:
            with contextlib.closing(Disk(image=image)) as after, contextlib.closing(on(after)) as file:
                assert shown(file) == seen


def test_a_disk_that_failed_is_not_written_to_when_the_file_closes(disk: Disk) -> None:
    file = on(disk)
    file.write([("round-1", True, b"one")], [])
    disk.rule = lambda number, operation: Fault.EIO if operation.act is Act.SYNC else None
    with pytest.raises(StoreBroken):
        file.write([("round-2", True, b"two")], [])
    disk.rule, before = no_fault, disk.operations
    file.close()
    assert disk.operations == before


def test_a_start_that_fails_leaves_the_log_to_the_next(disk: Disk) -> None:
    file = on(disk)
    file.write([("round-1", True, b"one")], [])
    disk.lose_power()
    disk.rule = lambda number, operation: Fault.EIO if operation.act is Act.SYNC else None
    with pytest.raises(StoreBroken):
        on(disk)
    disk.rule = no_fault
    with contextlib.closing(on(disk)) as again:
        assert shown(again) == [b"one"]
    file.close()


@pytest.mark.slow
def test_whatever_was_written_is_there_wherever_the_power_goes() -> None:
    """Two lives, and a power cut before each operation of the disk: all that returned, or that and the next write."""
    written: list[bytes] = []
    cuts: list[tuple[int, dict[str, bytes]]] = []

    def cut(number: int, operation: Operation) -> None:
        cuts.append((len(written), disk.platter.survivors(weather(number))))

    with contextlib.closing(Disk(5)) as disk:
        disk.rule = cut
        for life in range(2):
            with contextlib.closing(on(disk)) as file:
                for number in range(3):
                    body = b"%d" % (life * 3 + number) * 2_000
                    file.write([(f"round-{body[:1].decode()}", True, body)], [])
                    written.append(body)
        disk.rule = no_fault
    assert len(cuts) > 20
    for known, image in cuts:
        with contextlib.closing(Disk(image=image)) as after, contextlib.closing(on(after)) as file:
            assert shown(file) in (written[:known], written[: known + 1])
