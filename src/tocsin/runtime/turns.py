"""Whose turn it is: a call for help first, then what people and timers ask, then what carriers report.

A drill of ten thousand brings twenty thousand reports, and anybody may write notes without end; neither may hold up an
SOS.  But each line has a share of every batch, so that a flood of presses stops no timer.  Within a line it is first
come, first served.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator

from msgspec import Struct

from tocsin.core import commands as c

SHARES = (2, 4, 4)  # One part in so many of a batch is kept for each line.


class Asked(Struct):
    """A command that waits, since when, and whoever waits for its reply (nobody, for our own)."""

    command: c.Command
    future: asyncio.Future[c.Reply] | None
    since_ns: int = 0


class Turns:
    """Everything that waits to be decided."""

    def __init__(self) -> None:
        self._lines: tuple[deque[Asked], ...] = tuple(deque() for _ in SHARES)

    def __len__(self) -> int:
        return sum(map(len, self._lines))

    def __iter__(self) -> Iterator[Asked]:
        return (asked for line in self._lines for asked in line)

    @property
    def since_ns(self) -> int | None:
        """Since when the one who has waited longest waits."""
        return min((line[0].since_ns for line in self._lines if line), default=None)

    def append(self, asked: Asked) -> None:
        self._lines[_rank(asked.command)].append(asked)

    def take(self, most: int) -> list[Asked]:
        """The next `most`, taken out: of each line its share, then whoever is first in line."""
        taken: list[Asked] = []
        for line, share in zip(self._lines, SHARES, strict=True):
            taken.extend(line.popleft() for _ in range(min(len(line), most // share)))
        for line in self._lines:
            taken.extend(line.popleft() for _ in range(min(len(line), most - len(taken))))
        return taken


def _rank(command: c.Command) -> int:
    """Timers stand in one line with answers: a loan that was renewed in time must not lapse."""
    match command:
        case c.Press() | c.TextIn() | c.CallIn():
            return 0
        case c.Report():
            return 2
    return 1
