"""A failing seed made small: the fewest faults, people and seconds that still break the same promise.

Theory of operation
-------------------
Every step asks one question of the simulator: does this smaller history still break the promise?  First whole halves
of the faults go, then single ones (after Zeller's ddmin), then the times each may happen, then people, then time.  A
history that breaks another promise only is no answer.  It costs at most `TRIES_MAX` histories, and what it returns
has been seen to fail.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from tocsin.sim.centre import PEOPLE
from tocsin.sim.history import Report, simulate
from tocsin.sim.options import EVER, Options

TRIES_MAX = 150
SHORTEST_S = 1.0

Live = Callable[[int, Options], Report]


def _live(seed: int, options: Options) -> Report:
    return simulate(seed, None, options)


class Shrinking:
    """One failing seed on its way down.  `options` always fails; `tries` counts what it took."""

    def __init__(self, failed: Report, live: Live = _live) -> None:
        assert failed.broken, "only what fails can be shrunk"
        self.seed, self.promise, self._live = failed.seed, failed.broken[0].promise, live
        self.options, self.report, self.tries = failed.told_with, failed, 0

    def run(self) -> Report:
        """The smallest failing history that was found."""
        self._fewer_faults()
        self._rarer_faults()
        self._fewer_people()
        self._shorter()
        self._fewer_faults()
        return self.report

    def _fails(self, options: Options) -> bool:
        if self.tries >= TRIES_MAX:
            return False
        self.tries += 1
        report = self._live(self.seed, options)
        if all(broken.promise != self.promise for broken in report.broken):
            return False
        self.options, self.report = options, report
        return True

    def _fewer_faults(self) -> None:
        only = self.options.only
        kept = dict.fromkeys(self.report.options, EVER) if only is None else dict(only)
        happened = {name: most for name, most in kept.items() if name in self.report.faults}
        if happened != kept and self._fails(replace(self.options, only=happened)):
            kept = happened
        size = max(len(kept) // 2, 1)
        while kept:
            names = list(kept)
            parts = [names[at : at + size] for at in range(0, len(names), size)]
            smaller = next((small for part in parts if self._fails(small := self._without(kept, part))), None)
            if smaller is not None:
                kept = dict(smaller.only or {})
                size = max(min(size, len(kept) // 2), 1)
            elif size == 1:
                return
            else:
                size = max(size // 2, 1)

    def _without(self, kept: dict[str, int], part: list[str]) -> Options:
        return replace(self.options, only={name: most for name, most in kept.items() if name not in part})

    def _rarer_faults(self) -> None:
        for name, most in list((self.options.only or {}).items()):
            times = min(most, self.report.faults.get(name, 0))
            for fewer in (each for each in (1, 2, 4, 8) if each < times):
                if self._fails(replace(self.options, only={**(self.options.only or {}), name: fewer})):
                    break

    def _fewer_people(self) -> None:
        for name, *_ in PEOPLE:
            now = tuple(person[0] for person in PEOPLE) if self.options.people is None else self.options.people
            if name in now:
                self._fails(replace(self.options, people=tuple(other for other in now if other != name)))

    def _shorter(self) -> None:
        long_s, short_s = self.report.weather_s, 0.0
        while long_s - short_s > SHORTEST_S:
            middle_s = round((long_s + short_s) / 2, 1)
            if self._fails(replace(self.options, weather_s=middle_s)):
                long_s = middle_s
            else:
                short_s = middle_s


def shrunk(failed: Report) -> Report:
    """The smallest history found that breaks the same promise as `failed` did first."""
    return Shrinking(failed).run()
