"""The master key: made once, whole, for this user alone, and never written over."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tocsin.app.keys import derived, with_key
from tocsin.settings import FatalSetting, Secret, Settings, load

SEED, OTHER = bytes(range(32)), bytes(32)


def folder(inside: Path, name: str) -> Path:
    (inside / name).mkdir(exist_ok=True)
    return inside / name


def settings(folder: Path, **more: str) -> Settings:
    return load(None, {"TOCSIN_SERVER__DATA": str(folder), **more})


def test_the_first_start_makes_a_key_that_this_user_alone_may_read(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        made = with_key(settings(tmp_path), SEED)
    finally:
        os.umask(old)
    assert made.server.master_key == Secret(SEED.hex())
    key = tmp_path / "master.key"
    assert key.read_text() == f"{SEED.hex()}\n" and key.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["master.key"], "nothing half written is left"


def test_every_later_start_takes_the_key_that_is_there(tmp_path: Path) -> None:
    first = with_key(settings(tmp_path), SEED)
    assert with_key(settings(tmp_path), OTHER) == first == settings(tmp_path)


def test_a_key_that_somebody_made_meanwhile_is_taken_and_not_written_over(tmp_path: Path) -> None:
    looked = settings(tmp_path)
    with_key(settings(tmp_path), SEED)
    assert with_key(looked, OTHER).server.master_key == Secret(SEED.hex())


def test_a_key_from_the_settings_needs_no_file(tmp_path: Path) -> None:
    given = settings(tmp_path, TOCSIN_SERVER__MASTER_KEY="ab" * 32)
    assert with_key(given, SEED) == given and not list(tmp_path.iterdir())


def test_it_is_made_where_the_settings_say(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    given = settings(tmp_path / "data", TOCSIN_SERVER__MASTER_KEY_FILE=str(tmp_path / "keys" / "tocsin.key"))
    with_key(given, SEED)
    assert (tmp_path / "keys" / "tocsin.key").read_text().strip() == SEED.hex() and not (tmp_path / "data").exists()


def test_where_no_key_can_be_made_nothing_starts_and_the_words_say_why(tmp_path: Path) -> None:
    given = settings(tmp_path, TOCSIN_SERVER__MASTER_KEY_FILE=str(tmp_path / "none" / "tocsin.key"))
    with pytest.raises(FatalSetting, match=r"server\.master_key_file: .* cannot be made .*; give this process leave"):
        with_key(given, SEED)


def test_what_a_dead_start_left_is_no_hindrance_and_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    (tmp_path / f"master.key.{os.getpid()}.new").symlink_to(victim)
    with_key(settings(tmp_path), SEED)
    assert not victim.exists() and (tmp_path / "master.key").read_text().strip() == SEED.hex()
    assert not (tmp_path / "master.key").is_symlink() and len(list(tmp_path.iterdir())) == 1


def test_what_follows_from_the_key_is_the_same_as_long_as_the_key_is_and_tells_nothing_of_it(tmp_path: Path) -> None:
    first, other = with_key(settings(folder(tmp_path, "a")), SEED), with_key(settings(folder(tmp_path, "b")), OTHER)
    vapid, receipts = derived(first, "push/vapid"), derived(first, "push/receipts")
    assert derived(with_key(settings(folder(tmp_path, "a")), OTHER), "push/vapid") == vapid
    assert len({vapid, receipts, derived(other, "push/vapid"), SEED}) == 4 and len(vapid) == 32
