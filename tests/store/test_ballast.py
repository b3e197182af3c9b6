"""Room that is kept while there is plenty, and given up when the disk is full."""

from __future__ import annotations

from pathlib import Path

import pytest

from tocsin.app import node
from tocsin.ports import StoreFull
from tocsin.store.ballast import PLENTY, Ballast, free_bytes

SIZE = 8_192


def ballast(path: Path, free: int) -> Ballast:
    return Ballast(path, SIZE, lambda folder: free)


def test_room_is_held_while_there_is_plenty_and_given_up_once(tmp_path: Path) -> None:
    held = Ballast(tmp_path / "ballast", SIZE)
    assert free_bytes(tmp_path) > PLENTY * SIZE
    assert held.take() and (tmp_path / "ballast").stat().st_blocks * 512 >= SIZE
    assert held.take(), "held already"
    assert held.give_up() and not (tmp_path / "ballast").exists()
    assert not held.give_up(), "there is nothing left to throw off"


def test_a_small_disk_is_left_to_the_store(tmp_path: Path) -> None:
    assert not ballast(tmp_path / "ballast", PLENTY * SIZE - 1).take()
    assert not (tmp_path / "ballast").exists()
    assert ballast(tmp_path / "ballast", PLENTY * SIZE).take()


def test_a_disk_that_fills_in_between_leaves_no_half_ballast(tmp_path: Path) -> None:
    """The kernel refuses the second half; what was taken of the first is free again."""
    path = tmp_path / "ballast"
    assert not Ballast(path, 1 << 62, lambda folder: 1 << 70).take()
    assert not path.exists()


def test_a_folder_that_is_gone_is_no_reason_to_fail(tmp_path: Path) -> None:
    nowhere = Ballast(tmp_path / "gone" / "ballast", SIZE)
    assert not nowhere.take() and not nowhere.give_up()


class FullAtFirst:
    """A store that cannot be opened until there is room."""

    tries = 0

    def __init__(self, path: str) -> None:
        FullAtFirst.tries += 1
        if FullAtFirst.tries == 1:
            raise StoreFull()


@pytest.mark.parametrize("held", [True, False])
def test_a_store_that_does_not_open_on_a_full_disk_is_given_the_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: bool
) -> None:
    monkeypatch.setattr(node, "SqliteStore", FullAtFirst)
    monkeypatch.setattr(FullAtFirst, "tries", 0)
    room = Ballast(tmp_path / "ballast", SIZE)
    if held:
        assert room.take()
        node.opened("anywhere", room)
    else:
        with pytest.raises(StoreFull):
            node.opened("anywhere", room)
    assert FullAtFirst.tries == 1 + held
