"""Reading in a process of its own, which may be stopped: a file from anybody must not hold up a press, nor fill the
memory that a press needs.

Theory of operation
-------------------
The process gets the job on its standard input and gives what it read on its standard output.  It may use so much memory
and so much of a processor, and each event of a calendar so much time; at its deadline it is killed.  Whatever it was
that stopped it, the answer is that the file is too hard to read: nobody's roster is.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
import sys
from collections.abc import Iterator

import msgspec

from tocsin.core.limits import ROSTER_READ_MAX_S
from tocsin.runtime.rosters.reading import read
from tocsin.runtime.rosters.shapes import Job, No, Read, Unreadable

MEMORY_MAX_BYTES = 1_536 * 1_048_576  # The longest file that is taken, read, and room for what it becomes.
EVENT_MAX_S = 2.0  # One series of a calendar; an ordinary one takes a thousandth.
AT_ONCE_MAX = 2
NICE = 15  # Whoever presses goes first.
TOO_HARD = Unreadable(No.TOO_HARD)
ANSWER: msgspec.msgpack.Decoder[Read | Unreadable] = msgspec.msgpack.Decoder(Read | Unreadable)
HANDED_ON = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "PYTHONTZPATH")  # Of the environment: it has our secrets too.


class Apart:
    """The reader that the server has: as many processes at a time as leave a core for presses."""

    def __init__(self, deadline_s: float = ROSTER_READ_MAX_S) -> None:
        self._free, self._deadline_s = asyncio.Semaphore(AT_ONCE_MAX), deadline_s

    async def __call__(self, job: Job) -> Read | Unreadable:
        """Never raises for what is in the file."""
        async with self._free:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tocsin.runtime.rosters.apart", str(int(self._deadline_s) + 1)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={name: os.environ[name] for name in HANDED_ON if name in os.environ},
            )
            try:
                async with asyncio.timeout(self._deadline_s):
                    told, _ = await process.communicate(msgspec.msgpack.encode(job))
            except TimeoutError:
                return TOO_HARD
            finally:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        try:
            return ANSWER.decode(told)
        except msgspec.DecodeError:
            return TOO_HARD


@contextlib.contextmanager
def alarmed() -> Iterator[None]:
    """Raises TimeoutError where what is done within takes too long.  In the main thread alone."""
    signal.setitimer(signal.ITIMER_REAL, EVENT_MAX_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _too_long(number: int, frame: object) -> None:
    raise TimeoutError


def main() -> None:
    """The process."""
    seconds = int(sys.argv[1])
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX_BYTES, MEMORY_MAX_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    signal.signal(signal.SIGALRM, _too_long)
    job = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Job)
    try:
        told = read(job, alarmed)
    except MemoryError:
        told = TOO_HARD
    sys.stdout.buffer.write(msgspec.msgpack.encode(told))


if __name__ == "__main__":
    main()
