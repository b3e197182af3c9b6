"""Whoever starts after a kill knows which sends had begun; after a power cut nobody does, and each counts."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from tocsin.store.begun import BegunSends, NothingBegun

BOOT = "0f0e0d0c-0000-4000-8000-000000000001"


def message(number: int) -> str:
    return str(UUID(int=(0x0198 << 112) | number))


def killed(path: Path, *sends: tuple[int, int], boot: str | None = BOOT) -> None:
    """A process that began these sends and is gone without closing anything."""
    before = BegunSends(path, boot, marks=8)
    for number, send in sends:
        before.mark(message(number), send)


def test_a_send_that_had_begun_is_known_after_a_kill_and_so_is_one_that_had_not(tmp_path: Path) -> None:
    killed(tmp_path / "begun", (1, 1), (2, 3))
    after = BegunSends(tmp_path / "begun", BOOT, marks=8)
    assert after.known
    assert after.begun(message(1), 1) and after.begun(message(2), 3)
    assert not after.begun(message(1), 2), "the second send of it had not begun"
    assert not after.begun(message(3), 1)


@pytest.mark.parametrize("boot", ["another", None])
def test_after_a_power_cut_nobody_knows_and_every_send_counts(tmp_path: Path, boot: str | None) -> None:
    killed(tmp_path / "begun", (1, 1))
    after = BegunSends(tmp_path / "begun", boot, marks=8)
    assert not after.known and after.begun(message(1), 1) and after.begun(message(9), 1)


def test_the_first_start_knows_nothing_and_the_next_one_does(tmp_path: Path) -> None:
    assert BegunSends(tmp_path / "begun", BOOT, marks=8).begun(message(1), 1)
    assert not BegunSends(tmp_path / "begun", BOOT, marks=8).begun(message(1), 1)


def test_three_kills_in_a_row_lose_no_mark(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        killed(tmp_path / "begun", (number, 1))
    after = BegunSends(tmp_path / "begun", BOOT, marks=8)
    assert after.known and all(after.begun(message(number), 1) for number in (1, 2, 3))


def test_the_oldest_mark_makes_room_for_the_newest(tmp_path: Path) -> None:
    killed(tmp_path / "begun")
    sends = BegunSends(tmp_path / "begun", BOOT, marks=8)
    for number in range(1, 10):
        sends.mark(message(number), 1)
    assert not sends.begun(message(1), 1) and sends.begun(message(2), 1) and sends.begun(message(9), 1)
    sends.close()
    sends.close()
    after = BegunSends(tmp_path / "begun", BOOT, marks=8)
    assert [number for number in range(1, 10) if not after.begun(message(number), 1)] == [1]


def test_a_file_that_cannot_be_had_costs_tries_and_nothing_else(tmp_path: Path) -> None:
    nowhere = BegunSends(tmp_path / "gone" / "begun", BOOT)
    nowhere.mark(message(1), 1)
    nowhere.close()
    assert not nowhere.known and nowhere.begun(message(1), 1)


def test_a_file_of_something_else_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "begun").write_bytes(b"a shopping list" * 1_000)
    assert not BegunSends(tmp_path / "begun", BOOT, marks=8).known
    assert BegunSends(tmp_path / "begun", BOOT, marks=8).known


def test_whoever_sends_nothing_leaves_no_mark_and_counts_every_send(tmp_path: Path) -> None:
    resting = NothingBegun()
    resting.mark(message(1), 1)
    assert resting.begun(message(1), 1) and not list(tmp_path.iterdir())
