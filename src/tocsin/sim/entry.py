"""Many histories, and what they show: the door of the simulator for `tocsin sim` and the tests.

A failing seed prints itself, its options, the promise it broke, and the command that plays it again; then it is
shrunk to a short story that breaks the same promise, and that is printed with its own command.
"""

from __future__ import annotations

import itertools
import json
import multiprocessing
import os
import signal
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from multiprocessing.pool import AsyncResult
from typing import Any

from msgspec import Struct

from tocsin.sim.centre import PEOPLE
from tocsin.sim.climate import Mishap
from tocsin.sim.crash import CrashReport, Point, every_cut, report_of
from tocsin.sim.history import Report, simulate
from tocsin.sim.options import WHOLE, Options, options_from
from tocsin.sim.shrinking import shrunk
from tocsin.store.connection import Synchronous

Say = Callable[[str], None]
SHRUNK_MAX = 3  # Of a run with many failing seeds: the rest fail for the same reasons, most likely.


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
    return "\n".join([*lines, f"  replay: {replay(report)}"])


def replay(report: Report) -> str:
    """The command that plays this history again."""
    words = ("tocsin sim --seeds 1 --start", str(report.seed), report.told_with.words(), "--trace")
    return " ".join(filter(None, words))


def told_short(report: Report) -> str:
    """The short story of a failing seed: what is left of it, and how it is played again."""
    happened = ", ".join(f"{name} {times}" for name, times in report.faults.items()) or "no fault at all"
    return f"  shrunk to {report.weather_s:g} s of weather with {happened}\n  replay: {replay(report)}"


def run(seeds: int, start: int = 0, *, say: Say = print, workers: int = 1, options: Options = WHOLE) -> Summary:
    """Live through `seeds` seeds from `start`; failing ones are said at once, and the first few are shrunk."""
    summary, small = Summary(), 0
    for report in reports(range(start, start + seeds), workers, options):
        summary.add(report)
        if report.broken:
            say(told(report))
            if small < SHRUNK_MAX:
                say(told_short(shrunk(report)))
            small += 1
    return summary


def _deaf() -> None:
    """Of an interruption only the one who waits for the processes need hear."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def cores() -> int:
    return os.cpu_count() or 1


def reports(seeds: Iterable[int], workers: int, options: Options = WHOLE) -> Iterator[Report]:
    """The report of each seed, in order, from as many processes."""
    if workers < 2:
        yield from (simulate(seed, None, options) for seed in seeds)
        return
    with multiprocessing.get_context("spawn").Pool(workers, _deaf) as pool:
        yield from pool.imap(partial(simulate, options=options), seeds, chunksize=5)


def options_of(only: str = "", people: str = "", weather_s: float = 0.0) -> Options:
    """The options of the command line.  Raises BadOptions."""
    return options_from(only, people, weather_s, {mishap.value for mishap in Mishap}, {name for name, *_ in PEOPLE})


def main_sim(seeds: int, start: int, trace: bool, options: Options = WHOLE) -> dict[str, Any]:
    """`tocsin sim`: the keys of its JSON.  With `trace`, every line of every history is printed."""
    if not trace:
        summary = run(seeds, start, workers=min(cores(), max(seeds // 20, 1)), options=options)
    else:
        summary = Summary()
        for seed in range(start, start + seeds):
            report = simulate(seed, print, options)
            summary.add(report)
            print(told(report) if report.broken else f"seed {seed} holds every promise; digest {report.digest}")
    return {name: getattr(summary, name) for name in summary.__struct_fields__}


def main_crash(points: int, seed: int, synchronous: Synchronous) -> CrashReport:
    """`tocsin sim crash`: the power goes at so many operations; the same points from one process or from many."""
    cuts = itertools.chain.from_iterable(cut_seeds(itertools.count(seed), cores(), synchronous))
    return report_of(itertools.islice(cuts, points), synchronous)


def cut_seeds(seeds: Iterable[int], workers: int, synchronous: Synchronous = "FULL") -> Iterator[list[Point]]:
    """All cuts of each seed, in order."""
    with multiprocessing.get_context("spawn").Pool(workers, _deaf) as pool:
        waiting: deque[AsyncResult[list[Point]]] = deque()
        for seed in seeds:  # Pool.imap would run through seeds without end.
            waiting.append(pool.apply_async(every_cut, (seed, synchronous)))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().get()
        while waiting:
            yield waiting.popleft().get()
