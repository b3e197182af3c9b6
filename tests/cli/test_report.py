"""`tocsin report`: a file for whoever runs the system, who needs to know of nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from past_nights import Nights
from tocsin.cli import app
from tocsin.ports import Change
from tocsin.store.sqlite import SqliteStore

runner = CliRunner()


@pytest.fixture
def night(tmp_path: Path) -> tuple[Path, str]:
    """A data directory with one night in it, and the id of its alert."""
    nights = Nights()
    alert = nights.long_night()
    rows = nights.store.content
    store = SqliteStore(str(tmp_path / "tocsin.db"))
    deliveries = tuple(rows.deliveries.values())
    store.append([Change("alder", snapshots=tuple(rows.snapshots.values()), deliveries=deliveries)])
    store.close()
    return tmp_path, alert


def run(data: Path, *words: str) -> tuple[int, str]:
    done = runner.invoke(app, ["report", *words, "--data", str(data)])
    return done.exit_code, done.output


@pytest.mark.slow
def test_it_writes_a_report_that_names_nobody(night: tuple[Path, str], tmp_path: Path) -> None:
    data, alert = night
    file = tmp_path / "alert.pdf"
    code, told = run(data, alert, "--out", str(file), "--language", "es")
    assert code == 0 and "is written" in told and file.read_bytes().startswith(b"%PDF")


def test_it_overwrites_nothing_and_says_what_it_does_not_know(night: tuple[Path, str], tmp_path: Path) -> None:
    data, alert = night
    file = tmp_path / "there.pdf"
    file.write_text("minutes of a meeting")
    for words, told in (
        ((alert, "--out", str(file)), "exists already"),
        (("nothing", "--out", str(tmp_path / "new.pdf")), "no alert under this id"),
        ((alert, "--out", str(tmp_path / "new.pdf"), "--language", "tlh"), "no such language"),
    ):
        code, said = run(data, *words)
        assert code == 1 and told in said and "Traceback" not in said
    assert file.read_text() == "minutes of a meeting" and not (tmp_path / "new.pdf").exists()


def test_without_a_store_it_says_so(tmp_path: Path) -> None:
    code, said = run(tmp_path, "x", "--out", str(tmp_path / "new.pdf"))
    assert code == 1 and "Traceback" not in said
