"""Whole histories in bad weather: promises hold, seeds that once failed hold, and one seed is one history."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tocsin.sim.checkers import Broken
from tocsin.sim.climate import ACCESS, CALM_SEEDS, PUSHES, WALKS, Mishap, without
from tocsin.sim.entry import Summary, main_sim, options_of, run, told
from tocsin.sim.history import Report, simulate

CORPUS = Path(__file__).with_name("corpus.toml")
REPLAY = "from tocsin.sim.history import simulate; print([simulate(seed).digest for seed in (3, 7, 11)])"


# What each table of the corpus leaves out of the weather: what was not there yet when its seeds failed.
ADDED_SINCE = {
    "seeds": (),
    "before_pushes": (PUSHES,),
    "before_walks": (PUSHES, WALKS),
    "before_access": (PUSHES, WALKS, ACCESS),
}


@pytest.mark.slow
def test_no_promise_breaks_in_the_weather_of_many_seeds() -> None:
    said: list[str] = []
    summary = run(40, 1_000_000, say=said.append)
    assert summary.violations == 0, "\n".join(said)
    assert summary.seeds == 40 and len(summary.faults) > len(Mishap) // 2 and summary.simulated_s > 40 * 600


@pytest.mark.slow
@pytest.mark.parametrize("table", ADDED_SINCE)
def test_seeds_that_once_failed_hold_in_the_weather_in_which_they_did(table: str) -> None:
    seeds = [int(seed) for seed in tomllib.loads(CORPUS.read_text())[table]]
    reports = [simulate(seed, None, without(seed, *ADDED_SINCE[table])) for seed in seeds]
    failing = [told(report) for report in reports if report.broken]
    assert seeds and not failing, "\n".join(failing)


def test_every_table_of_the_corpus_is_lived_through() -> None:
    assert tomllib.loads(CORPUS.read_text()).keys() == {*ADDED_SINCE, "stories"}


@pytest.mark.slow
def test_stories_that_once_failed_hold() -> None:
    failing = []
    for seed, words in tomllib.loads(CORPUS.read_text())["stories"].items():
        said = dict(re.findall(r"--(only|people|for) (\S+)", words))
        report = simulate(int(seed), None, options_of(said["only"], said["people"], float(said["for"])))
        failing += [told(report)] if report.broken else []
    assert not failing, "\n".join(failing)


@pytest.mark.slow
def test_one_seed_is_one_history_in_any_process() -> None:
    digests = set()
    for hash_seed in ("0", "4242"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        program = [sys.executable, "-c", REPLAY]
        digests.add(subprocess.run(program, env=environment, capture_output=True, text=True, check=True).stdout)
    assert len(digests) == 1 and len(set(json.loads(digests.pop().replace("'", '"')))) == 3


def test_a_seed_without_mishaps_has_none_of_the_carrier_s_or_the_disk_s() -> None:
    report = simulate(CALM_SEEDS * 5)
    assert not report.broken and not report.options and not report.faults


def test_a_failing_seed_says_itself_its_options_what_broke_and_how_to_replay_it() -> None:
    report = Report(77, (Broken("I1", "No SOS is lost.", "press noor-1 is gone"),), {}, {"killed": 0.3}, 600.0, "")
    text = told(report)
    for part in ("seed 77", '"killed": 0.3', "I1 does not hold", "press noor-1 is gone"):
        assert part in text
    assert text.endswith("tocsin sim --seeds 1 --start 77 --trace")


def test_the_first_failing_seed_is_the_lowest() -> None:
    summary, broken = Summary(), Broken("I1", "", "")
    for seed in (9, 4, 6):
        summary.add(Report(seed, (broken,), {"killed": 2}, {}, 600.0, ""))
    assert summary.first_failing_seed == 4 and summary.violations == 3 and summary.faults == {"killed": 6}


def test_the_verb_prints_every_line_when_it_traces(capsys: pytest.CaptureFixture[str]) -> None:
    result = main_sim(1, CALM_SEEDS * 5, True)
    assert result["violations"] == 0 and result["seeds"] == 1 and "started 1" in capsys.readouterr().out
