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
from tocsin.sim.climate import CALM_SEEDS, PUSHES, WALKS, Climate, Mishap, without, without_access
from tocsin.sim.entry import Summary, main_sim, options_of, run, told
from tocsin.sim.history import Report, simulate

CORPUS = Path(__file__).with_name("corpus.toml")
REPLAY = "from tocsin.sim.history import simulate; print([simulate(seed).digest for seed in (3, 7, 11)])"


def seeds_that_once_failed() -> list[int]:
    return [int(seed) for seed in tomllib.loads(CORPUS.read_text()).get("seeds", {})]


@pytest.mark.slow
def test_no_promise_breaks_in_the_weather_of_many_seeds() -> None:
    said: list[str] = []
    summary = run(40, 1_000_000, say=said.append)
    assert summary.violations == 0, "\n".join(said)
    assert summary.seeds == 40 and len(summary.faults) > len(Mishap) // 2 and summary.simulated_s > 40 * 600


@pytest.mark.slow
def test_seeds_that_once_failed_hold() -> None:
    failing = [told(report) for report in map(simulate, seeds_that_once_failed()) if report.broken]
    assert not failing, "\n".join(failing)


@pytest.mark.slow
def test_seeds_that_once_failed_hold_as_they_were_found_before_anybody_went_on_walks() -> None:
    walking = [seed for seed in seeds_that_once_failed() if Mishap.WALKING in Climate(seed).rates]
    reports = [simulate(seed, None, without(seed, WALKS, PUSHES)) for seed in walking]
    failing = [told(report) for report in reports if report.broken]
    assert walking and not failing, "\n".join(failing)


@pytest.mark.slow
def test_seeds_that_once_failed_hold_as_they_were_found_before_phones_took_pushes() -> None:
    rates = {seed: Climate(seed).rates.keys() for seed in seeds_that_once_failed()}
    of_late = {Mishap.GUARDED, Mishap.WALKING}  # The others are lived through as they were without all of it, below.
    pushing = [seed for seed, kinds in rates.items() if Mishap.PUSHING in kinds and of_late & kinds]
    failing = [told(report) for seed in pushing if (report := simulate(seed, None, without(seed, PUSHES))).broken]
    assert pushing and not failing, "\n".join(failing)


@pytest.mark.slow
def test_seeds_that_once_failed_hold_as_they_were_found_without_the_weather_of_access() -> None:
    told_alike = {seed: without_access(seed) for seed in seeds_that_once_failed()}
    failing = [
        told(report) for seed, as_it_was in told_alike.items() if (report := simulate(seed, None, as_it_was)).broken
    ]
    assert not failing, "\n".join(failing)


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
