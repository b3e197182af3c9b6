"""Night after night outside: so many kills and pauses in all, each night on a fresh disk with a seed of its own.

A night is a unit: it is written down when it is over, so that a run that was broken off goes on where it stood, and one
that found something prints the command that lives through the same order of faults again.  Nights with an even seed
have a small disk that can be filled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import uvloop

from tocsin.bench.outside.faults import BY_NAME
from tocsin.bench.outside.night import Night, Plan, planned, through

STRIKES_A_NIGHT = 50
SUMMED = ("presses", "accepted", "given_up", "messages", "resent", "starts", "failed_starts")
WORST = ("sends_max", "truth_max_ms", "late_max_ms")
COUNTED = ("faults", "tries", "broken", "log")


class NoSuchFault(Exception):
    """There is no fault of this name."""


def run_outside(
    kills: int,
    seed: int,
    pace: float = 50,
    without: Collection[str] = (),
    record: Path | None = None,
    say: Callable[[str], None] = print,
    live: Callable[[Plan], Night] = lambda plan: uvloop.run(through(plan)),
) -> dict[str, Any]:
    """The keys of `tocsin bench outside --json`; everything under `broken` is a broken promise.

    `kills`: kills and pauses in all.  `record`: a file of finished nights, which are not lived through again.  Raises
    NoSuchFault, and NoSmallDisk where none may be mounted (leave `full_disk` out then).
    """
    if unknown := set(without) - set(BY_NAME):
        raise NoSuchFault(f"{NoSuchFault.__doc__} {min(unknown)!r}; there are: {', '.join(sorted(BY_NAME))}")
    kept = dict(_kept(record))
    nights = []
    for plan in plans(kills, seed, pace, without):
        command = replay(plan, without)
        if command not in kept:
            kept[command] = live(plan)
            _keep(record, command, kept[command])
        nights.append(kept[command])
        if kept[command].broken:
            say(f"Broken: {kept[command].broken}; again: {command}")
            for note in kept[command].notes:
                say(f"  {note}")
    return figures(nights)


def plans(kills: int, seed: int, pace: float, without: Collection[str] = ()) -> Iterator[Plan]:
    """One night at least, if only for the weather."""
    for number, first in enumerate(range(0, max(kills, 1), STRIKES_A_NIGHT)):
        small_disk = (seed + number) % 2 == 0 and "full_disk" not in without
        yield planned(seed + number, min(STRIKES_A_NIGHT, kills - first), pace, without, small_disk=small_disk)


def replay(plan: Plan, without: Collection[str]) -> str:
    """The command that lives through this night again."""
    strikes = sum(fault.name in ("kill", "pause") for fault in plan.faults)
    left_out = "".join(f" --without {name}" for name in sorted(without))
    return f"tocsin bench outside --kills {strikes} --seed {plan.seed} --pace {plan.each_second:g}{left_out}"


def figures(nights: Iterable[Night]) -> dict[str, Any]:
    lived = list(nights)
    faults = sum((Counter(night.faults) for night in lived), Counter())
    counted = {name: dict(sum((Counter(getattr(night, name)) for night in lived), Counter())) for name in COUNTED}
    return {
        "kills": faults["kill"],
        "pauses": faults["pause"],
        "nights": len(lived),
        "lost": sum(night.broken.get("lost", 0) for night in lived),
        **{name: sum(getattr(night, name) for night in lived) for name in SUMMED},
        **{name: max((getattr(night, name) for night in lived), default=0) for name in WORST},
        **counted,
    }


class _Line(msgspec.Struct):
    command: str
    night: Night


def _kept(record: Path | None) -> Iterator[tuple[str, Night]]:
    if record is None or not record.exists():
        return
    for text in record.read_bytes().splitlines():
        line = msgspec.json.decode(text, type=_Line)
        yield line.command, line.night


def _keep(record: Path | None, command: str, night: Night) -> None:
    if record is not None:
        with record.open("ab") as file:
            file.write(msgspec.json.encode(_Line(command, night)) + b"\n")
