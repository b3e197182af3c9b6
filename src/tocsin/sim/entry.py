"""Many histories, and what they show: the door of the simulator for `tocsin sim` and the tests.

A failing seed prints itself, its options, the promise it broke, and the command that plays it again.
"""

from __future__ import annotations

import json
import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec import Struct

from tocsin.sim.history import Report, simulate

Say = Callable[[str], None]


class Summary(Struct):
    """What a run of many seeds gave.  `violations`: promises that did not hold, over all seeds."""

    seeds: int = 0
    violations: int = 0
    first_failing_seed: int | None = None
    faults: dict[str, int] = {}
    simulated_s: float = 0.0

    def add(self, report: Report) -> None:
        self.seeds += 1
        self.violations += len(report.broken)
        self.simulated_s = round(self.simulated_s + report.simulated_s, 1)
        self.faults = dict(sorted((Counter(self.faults) + Counter(report.faults)).items()))
        if report.broken and (self.first_failing_seed is None or report.seed < self.first_failing_seed):
            self.first_failing_seed = report.seed


def told(report: Report) -> str:
    """A failing seed as it is printed."""
    lines = [f"seed {report.seed} options {json.dumps(report.options)}"]
    lines += [f"  {broken.promise} does not hold: {broken.sentence}\n    {broken.what}" for broken in report.broken]
    return "\n".join([*lines, f"  replay: tocsin sim --seeds 1 --start {report.seed} --trace"])


def run(seeds: int, start: int = 0, *, say: Say = print, workers: int = 1) -> Summary:
    """Live through `seeds` seeds from `start`; failing ones are said at once."""
    summary = Summary()
    for report in _reports(range(start, start + seeds), workers):
        summary.add(report)
        if report.broken:
            say(told(report))
    return summary


def _reports(seeds: Iterable[int], workers: int) -> Iterator[Report]:
    if workers < 2:
        yield from map(simulate, seeds)
        return
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        yield from pool.imap(simulate, seeds, chunksize=10)


def main_sim(seeds: int, start: int, trace: bool) -> dict[str, Any]:
    """`tocsin sim`: the keys of its JSON.  With `trace`, every line of every history is printed."""
    if not trace:
        summary = run(seeds, start, workers=min(os.cpu_count() or 1, max(seeds // 20, 1)))
    else:
        summary = Summary()
        for seed in range(start, start + seeds):
            report = simulate(seed, print)
            summary.add(report)
            print(told(report) if report.broken else f"seed {seed} holds every promise; digest {report.digest}")
    return {
        "seeds": summary.seeds,
        "violations": summary.violations,
        "first_failing_seed": summary.first_failing_seed,
        "faults": summary.faults,
        "simulated_s": summary.simulated_s,
    }
