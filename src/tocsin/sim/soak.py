"""The long run: seeds and power cuts for as long as one likes, with totals that outlive the run.

Theory of operation
-------------------
A small file remembers the next seed and the totals, and is replaced whole after every round, so that a run may be
interrupted at any moment and gone on with.  A round is a block of seeds and a block of crash seeds.  The totals speak
of one commit of the program: on another one the seeds go on where they stood, and the totals begin anew.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct

from tocsin.sim.crash import report_of
from tocsin.sim.entry import Say, Summary, cores, cut_seeds, replay, reports, told, told_short
from tocsin.sim.shrinking import shrunk

ROUND_SEEDS, ROUND_CRASH_SEEDS = 400, 20
FAILING_KEPT = 100


class Soaked(Struct):
    """What has been run so far.  `failing`: how each failing seed is played again."""

    commit: str = ""
    next_seed: int = 0
    next_crash_seed: int = 0
    elapsed_s: float = 0.0
    seeds: int = 0
    simulated_s: float = 0.0
    violations: int = 0
    failing: list[str] = []
    faults: dict[str, int] = {}
    points: int = 0
    lost: int = 0
    unreadable: int = 0

    @property
    def whole(self) -> bool:
        return not (self.violations or self.lost or self.unreadable)

    def take(self, summary: Summary, failing: list[str]) -> None:
        self.seeds, self.next_seed = self.seeds + summary.seeds, self.next_seed + summary.seeds
        self.violations += summary.violations
        self.failing = [*self.failing, *failing][:FAILING_KEPT]
        self.simulated_s = round(self.simulated_s + summary.simulated_s, 1)
        self.faults = dict(sorted((Counter(self.faults) + Counter(summary.faults)).items()))


class BadState(Exception):
    """The state file is none of ours: name another one, or move it away."""


def remembered(file: Path, commit: str) -> Soaked:
    """The totals to go on with.  Raises BadState for a file that somebody else wrote."""
    if not file.exists():
        return Soaked(commit)
    try:
        known = msgspec.json.decode(file.read_bytes(), type=Soaked)
    except msgspec.DecodeError as error:
        raise BadState(f"{file} holds no totals of a soak ({error}); name another file") from error
    if known.commit == commit:
        return known
    return Soaked(commit, known.next_seed, known.next_crash_seed)


def keep(file: Path, soaked: Soaked) -> None:
    """Whole or not at all: an interruption leaves the totals of the round before."""
    beside = file.with_suffix(".new")
    beside.write_bytes(msgspec.json.format(msgspec.json.encode(soaked)))
    os.replace(beside, file)


def soak(
    file: Path, commit: str, minutes: float, elapsed_s: Callable[[], float], *, say: Say = print, workers: int = 0
) -> Soaked:
    """Go on for so many minutes more; `elapsed_s` says how many seconds this run has taken."""
    soaked, began_s = remembered(file, commit), elapsed_s()
    before_s = soaked.elapsed_s
    while True:
        _seeds(soaked, workers or cores(), say)
        _cuts(soaked, workers or cores(), say)
        soaked.elapsed_s = round(before_s + elapsed_s() - began_s, 1)
        keep(file, soaked)
        say(line(soaked))
        if elapsed_s() - began_s >= minutes * 60:
            return soaked


def line(soaked: Soaked) -> str:
    """How far it has come."""
    return (
        f"{soaked.elapsed_s / 60:.1f} min: {soaked.seeds} seeds, {soaked.simulated_s / 3_600:.0f} simulated hours, "
        f"{soaked.violations} violations; {soaked.points} crash points, {soaked.lost} lost, "
        f"{soaked.unreadable} unreadable"
    )


def _seeds(soaked: Soaked, workers: int, say: Say) -> None:
    summary, failing = Summary(), list[str]()
    for report in reports(range(soaked.next_seed, soaked.next_seed + ROUND_SEEDS), workers):
        summary.add(report)
        if report.broken:
            small = shrunk(report)
            failing.append(f"{report.broken[0].promise}: {replay(small)}")
            say(f"{told(report)}\n{told_short(small)}")
    soaked.take(summary, failing)


def _cuts(soaked: Soaked, workers: int, say: Say) -> None:
    first = soaked.next_crash_seed
    for cuts in cut_seeds(range(first, first + ROUND_CRASH_SEEDS), workers):
        report = report_of(cuts, "FULL")
        soaked.points, soaked.next_crash_seed = soaked.points + report.points, soaked.next_crash_seed + 1
        soaked.lost, soaked.unreadable = soaked.lost + report.lost, soaked.unreadable + report.unreadable
        if report.first_failure is not None:
            again = f"tocsin sim crash --points {report.points} --seed {report.first_failing_seed}"
            say(f"{report.first_failure}\n  replay: {again}")
            soaked.failing = [*soaked.failing, again][:FAILING_KEPT]
