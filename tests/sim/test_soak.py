"""The long run: it can be interrupted at any moment, goes on where it stood, and keeps its totals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tocsin.cli import app
from tocsin.sim import soak as soaking
from tocsin.sim.checkers import Broken
from tocsin.sim.entry import Summary, main_crash
from tocsin.sim.history import Report
from tocsin.sim.soak import BadState, Soaked, keep, line, remembered, soak


def never() -> Callable[[], float]:
    """A stop-watch that stands still: one round, and the time is up."""
    return lambda: 0.0


@pytest.mark.slow
def test_a_soak_goes_on_where_the_last_one_stood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soaking, "ROUND_SEEDS", 2)
    monkeypatch.setattr(soaking, "ROUND_CRASH_SEEDS", 1)
    file, said = tmp_path / "soak.json", list[str]()
    first = soak(file, "abc", 0, never(), say=said.append, workers=1)
    assert (first.seeds, first.next_seed, first.next_crash_seed) == (2, 2, 1) and first.points > 100 and first.whole
    second = soak(file, "abc", 0, never(), say=said.append, workers=1)
    assert (second.seeds, second.next_seed, second.next_crash_seed) == (4, 4, 2)
    assert second.points > first.points and second.simulated_s > first.simulated_s
    assert remembered(file, "abc") == second and said[-1] == line(second)


def test_another_program_begins_its_totals_anew_and_repeats_no_seed(tmp_path: Path) -> None:
    file = tmp_path / "soak.json"
    keep(file, Soaked("abc", 4_000, 80, 60.0, 4_000, 1e6, 0, [], {"killed": 9}, 10_000, 0, 0))
    assert remembered(file, "def") == Soaked("def", 4_000, 80)


def test_a_file_that_is_no_state_is_left_alone_and_said(tmp_path: Path) -> None:
    file = tmp_path / "letter.json"
    file.write_text("dear teo")
    with pytest.raises(BadState, match="another file"):
        remembered(file, "abc")
    result = CliRunner().invoke(app, ["sim", "soak", "--minutes", "0", "--state", str(file)])
    assert result.exit_code == 1 and "another file" in result.output and file.read_text() == "dear teo"


def test_the_totals_tell_of_every_failing_seed_how_it_is_played_again() -> None:
    summary, soaked = Summary(), Soaked("abc")
    summary.add(Report(5, (Broken("I1", "", ""), Broken("I3", "", "")), {"killed": 2}, {}, 600.0, ""))
    soaked.take(summary, ["I1: tocsin sim --seeds 1 --start 5 --trace"])
    assert (soaked.seeds, soaked.violations, soaked.faults) == (1, 2, {"killed": 2})
    assert not soaked.whole and soaked.failing and "2 violations" in line(soaked)


@pytest.mark.slow
def test_crash_points_are_the_same_from_many_processes_as_from_one() -> None:
    report = main_crash(600, 0, "FULL")
    assert (report.points, report.lost, report.unreadable, report.seeds) == (600, 0, 0, 1)
    broken = main_crash(400, 0, "NORMAL")
    assert broken.lost > 0 and broken.first_failing_seed == 0
