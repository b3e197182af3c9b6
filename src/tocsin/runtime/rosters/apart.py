"""Reading rosters in a process of its own (see `runtime/apart.py`), with so much time for each event of a calendar.

Whatever it was that stopped it, the answer is that the file is too hard to read: nobody's roster is.
"""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator

import msgspec

from tocsin.core.limits import ROSTER_READ_MAX_S
from tocsin.runtime import apart
from tocsin.runtime.rosters.reading import read
from tocsin.runtime.rosters.shapes import Job, No, Read, Unreadable

MEMORY_MAX_BYTES = 1_536 * 1_048_576  # The longest file that is taken, read, and room for what it becomes.
EVENT_MAX_S = 2.0  # Of a processor, for one series of a calendar; an ordinary one takes a thousandth.
AT_ONCE_MAX = 2
TOO_HARD = Unreadable(No.TOO_HARD)
ANSWER: msgspec.msgpack.Decoder[Read | Unreadable] = msgspec.msgpack.Decoder(Read | Unreadable)


class Apart:
    """The reader that the server has."""

    def __init__(self, spent_max_s: int = ROSTER_READ_MAX_S) -> None:
        self._apart = apart.Apart(__name__, spent_max_s, AT_ONCE_MAX)

    async def __call__(self, job: Job) -> Read | Unreadable:
        """Never raises for what is in the file."""
        try:
            return ANSWER.decode(await self._apart(msgspec.msgpack.encode(job)))
        except (apart.Stopped, msgspec.DecodeError):
            return TOO_HARD


@contextlib.contextmanager
def alarmed() -> Iterator[None]:
    """Raises TimeoutError where what is done within takes too much of a processor.  In the main thread alone.

    Of the processor, not of the clock: on a machine that is busy with presses an ordinary series would be given up.
    """
    signal.setitimer(signal.ITIMER_PROF, EVENT_MAX_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _too_long(number: int, frame: object) -> None:
    raise TimeoutError


def told(given: bytes) -> bytes:
    """What a roster says, as the process answers it."""
    signal.signal(signal.SIGPROF, _too_long)
    try:
        answer = read(msgspec.msgpack.decode(given, type=Job), alarmed)
    except MemoryError:
        answer = TOO_HARD
    return msgspec.msgpack.encode(answer)


if __name__ == "__main__":
    apart.work(told, MEMORY_MAX_BYTES)
