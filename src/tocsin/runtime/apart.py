"""Work in a process of its own, which may be stopped: whatever somebody sends us must not hold up a press, nor fill the
memory that a press needs.

Theory of operation
-------------------
The process gets its bytes on its standard input and gives what came of them on its standard output.  It goes behind
everything else on the machine, and may use so much memory and so many seconds of a processor; then it is killed.  By
the clock it may take longer, for a machine that is busy with presses leaves it little; at last it is killed all the
same.  Of our environment it gets a few words, for the rest holds secrets.  Whatever ended it, nothing else has ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import sys
from collections.abc import Callable

NICE = 10  # Whoever presses goes first.
WAITED_MAX_S = 120.0  # By the clock, from its turn on.
HANDED_ON = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "PYTHONTZPATH")


class Stopped(Exception):
    """It was not done: it took too long or too much, or broke on what it was given.  Nothing was changed."""


class Apart:
    """Runs `python -m module` for each piece of work, as many at a time as leave a core for presses."""

    def __init__(self, module: str, spent_max_s: int, at_once: int, waited_max_s: float = WAITED_MAX_S) -> None:
        self._module, self._free = module, asyncio.Semaphore(at_once)
        self._spent_max_s, self._waited_max_s = spent_max_s, waited_max_s

    async def __call__(self, given: bytes) -> bytes:
        """What came of it.  Raises Stopped; the process has ended then as well."""
        async with self._free:
            pipe, nowhere = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", self._module, str(self._spent_max_s)),
                stdin=pipe,
                stdout=pipe,
                stderr=nowhere,
                env={name: os.environ[name] for name in HANDED_ON if name in os.environ},
            )
            try:
                async with asyncio.timeout(self._waited_max_s):
                    told, _ = await process.communicate(given)
            except TimeoutError:
                raise Stopped from None
            finally:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if process.returncode != 0:
            raise Stopped
        return told


def work(do: Callable[[bytes], bytes], memory_max_bytes: int) -> None:
    """The process itself, which does its one piece of work."""
    seconds = int(sys.argv[1])
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory_max_bytes, memory_max_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    sys.stdout.buffer.write(do(sys.stdin.buffer.read()))


def seal() -> None:
    """From now on this process opens no file, no pipe and no connection, whatever it is told to read."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
