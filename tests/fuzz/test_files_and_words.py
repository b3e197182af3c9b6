"""Hostile files and command lines: one clear line that says what to do, nothing changed, never a traceback."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from effort import tries
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from tocsin.cli import app
from tocsin.ports import StoreError
from tocsin.settings import SECTIONS
from tocsin.store.backup import restore
from tocsin.store.sqlite import SqliteStore

pytestmark = pytest.mark.slow
SLOW = settings(max_examples=tries(60), suppress_health_check=list(HealthCheck))
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
# What would stay (a server, a demo, a bench) or ask for minutes is not among them.
VERBS = [
    "apply",
    "token",
    "revoke",
    "pins",
    "callcode",
    "suspend",
    "reinstate",
    "doctor",
    "export",
    "restore",
    "nosuch",
    "changes",
    "init",
    "invite",
    "enrol",
    "desk",
    "wallboard",
    "key",
]
OPTIONS = ["--json", "--config", "--data", "--help", "--file", "--backup", "--", "-", "--port", "--unknown", "--scope",
           "raise", "--name", "--site", "--administrator", "--days", "\x1b[2J", "\u202e", "../..", "=1+1",
           "a" * 20_000]  # fmt: skip


def typed(data: Path, *words: str, stdin: str = "") -> Result:
    return CliRunner().invoke(app, [*words, "--data", str(data)], input=stdin)


def must_be_clear(result: Result) -> None:
    assert result.exit_code in (0, 1, 2), result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output


def shot(folder: Path) -> dict[str, bytes]:
    """What lies in a folder, but for the log of the store, which reading may make."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not file.name.endswith(("-wal", "-shm", "clock.json", "lock", "marks.json"))
    }


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty folder to stand in: a word may name a file of it, and none of ours."""
    folder = tmp_path_factory.mktemp("here")
    with contextlib.chdir(folder):
        yield folder


# Files -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def backup(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("backup")
    store = SqliteStore(str(folder / "tocsin.db"))
    store.backup(str(folder / "copy.db"))
    store.close()
    return (folder / "copy.db").read_bytes()


@SLOW
@given(torn=st.data())
def test_a_backup_with_other_bytes_is_put_in_place_whole_or_not_at_all(
    torn: st.DataObject, backup: bytes, tmp_path: Path
) -> None:
    at = torn.draw(st.one_of(st.integers(0, 120), st.integers(0, len(backup) - 1)), label="at")
    put = torn.draw(st.binary(min_size=0, max_size=64), label="put")
    cut = torn.draw(st.sampled_from([len(put), 0, 1, len(backup)]), label="cut")
    source, target = tmp_path / "damaged.db", tmp_path / "data" / "tocsin.db"
    target.parent.mkdir(exist_ok=True)
    source.write_bytes(backup[:at] + put + backup[at + cut :])
    before = source.read_bytes()
    try:
        restore(str(source), str(target))
    except StoreError:
        assert list(target.parent.iterdir()) == []
    else:
        SqliteStore(str(target)).close()
        for file in target.parent.iterdir():
            file.unlink()
    assert source.read_bytes() == before


@SLOW
@given(
    text=st.one_of(st.binary(max_size=200), st.binary(min_size=0, max_size=40).map(lambda b: b"SQLite format 3\0" + b))
)
def test_a_file_that_is_no_backup_changes_nothing(text: bytes, tmp_path: Path) -> None:
    file, data = tmp_path / "no-backup", tmp_path / "data"
    file.write_bytes(text)
    result = typed(data, "restore", str(file))
    must_be_clear(result)
    assert result.exit_code != 0 and not (data / "tocsin.db").exists()


@SLOW
@given(text=st.binary(max_size=300))
def test_a_file_that_is_no_site_changes_nothing(text: bytes, tmp_path: Path, here: Path) -> None:
    file, data = here / "site.toml", tmp_path / "data"
    file.write_bytes(text)
    result = typed(data, "apply", str(file))
    file.unlink()
    must_be_clear(result)
    assert result.exit_code != 0 and "site.toml:" in result.output


@SLOW
@given(text=st.binary(max_size=300))
def test_a_file_that_is_no_settings_stops_nothing_or_says_why(text: bytes, here: Path, tmp_path: Path) -> None:
    file = here / "tocsin.toml"
    file.write_bytes(text)
    result = typed(tmp_path / "data", "doctor", "--config", str(file))
    file.unlink()
    must_be_clear(result)


ODD_VALUES = ["''", "'x'", "-1", "0", "1e999", "nan", "true", "[]", "['']", "[[]]", "{}", "{a=1}", "2026-02-30",
              "1979-05-27", "'//evil.example.org'", "'http://[::1'", "'https://x:99999999'", "'file:///etc/passwd'",
              "'/dev/zero'", "'/'", "'\u202e'", "'a\tb'", "99999999999999999999"]  # fmt: skip


@SLOW
@given(chosen=st.data())
def test_no_value_of_any_setting_makes_a_traceback(chosen: st.DataObject, here: Path, tmp_path: Path) -> None:
    section = chosen.draw(st.sampled_from(sorted(SECTIONS)))
    names = SECTIONS[section].__struct_fields__
    lines = [f"{name} = {chosen.draw(st.sampled_from(ODD_VALUES))}" for name in names]
    file = here / "tocsin.toml"
    file.write_text("\n".join([f"[{section}]", *chosen.draw(st.permutations(lines))]), "utf-8")
    result = typed(tmp_path / "data", "doctor", "--config", str(file))
    file.unlink()
    must_be_clear(result)


# Words -----------------------------------------------------------------------------------------------------------


@settings(max_examples=tries(120), suppress_health_check=list(HealthCheck))
@given(verb=st.sampled_from(VERBS), words=st.lists(st.one_of(WORDS, st.sampled_from(OPTIONS)), max_size=4), stdin=WORDS)
def test_no_words_make_a_traceback_or_change_an_organisation_that_has_nobody(
    verb: str, words: list[str], stdin: str, here: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    before = shot(here)
    result = typed(here / "data", verb, *words, stdin=stdin)
    must_be_clear(result)
    after = shot(here)
    new = {name for name in after if after[name] != before.get(name)}
    assert result.exit_code == 0 or all("tocsin.db" in name or "master.key" in name for name in new), new
