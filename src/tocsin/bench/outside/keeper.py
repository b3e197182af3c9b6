"""The keeper of the server process: starts it anew whenever it has ended, and knows when nobody could reach it.

Theory of operation
-------------------
What systemd does for the product, the keeper does here.  Every end that no fault asked for, and every exit status but
the expected one, is kept as a finding.  `away` are the spans in which the process was dead or stopped: no promise about
the time to the truth holds there, and the harness takes them out of what a phone waited.

A server wears a dress: none, libfiu (its disk can be made to fail while it runs), or libfaketime (its wall clock can be
set while it runs; the clocks that count what has elapsed are left alone, as an administrator leaves them alone).
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import sys
from collections import Counter
from enum import Enum
from pathlib import Path
from typing import Any

from tocsin.bench.outside.waiting import passed, until
from tocsin.bench.town import free_ports, server_environ
from tocsin.sandbox.box import Sandbox

BACK_MAX_S = 30
STOP_MAX_S = 20  # What the server may drain for, and what its carrier may take, and some more.
AGAIN_S = 0.1
FAKETIME_LIBRARY = "faketime/libfaketimeMT.so.1"
LIBRARIES = (Path("/usr/lib/x86_64-linux-gnu"), Path("/usr/lib/aarch64-linux-gnu"), Path("/usr/lib"))


class Dress(Enum):
    """What the server process is started in."""

    PLAIN = "plain"
    FIU = "libfiu"
    FAKETIME = "libfaketime"


class Keeper:
    """One server on one data directory, through all its lives."""

    def __init__(self, folder: Path, data: Path, carrier_url: str, sandbox: Sandbox) -> None:
        self._folder, self._data, self._carrier_url, self._sandbox = folder, data, carrier_url, sandbox
        self.port, self.dress, self.log = free_ports(), Dress.PLAIN, folder / "server.log"
        self.away: list[tuple[float, float]] = []
        self.ends: Counter[int] = Counter()
        self.unasked: list[int] = []
        self.starts = self.failed_starts = 0
        self.up = asyncio.Event()
        self._expected: int | None = None
        self._away_since: float | None = asyncio.get_running_loop().time()
        self._over = False
        self._process: asyncio.subprocess.Process | None = None
        self._life: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None, "no server was started"
        return self._process.pid

    # Life ---------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Keep a server running from now on.  Raises RuntimeError if there is none within BACK_MAX_S."""
        self._life = asyncio.get_running_loop().create_task(self._keep())
        await self.back()

    async def back(self) -> None:
        """Wait until it serves."""
        try:
            async with asyncio.timeout(BACK_MAX_S):
                await self.up.wait()
        except TimeoutError:
            raise RuntimeError(f"the server does not come back; its last words:\n{self._last_words()}") from None

    async def end(self) -> None:
        """The last stop."""
        self._over = True
        self._expected = 0
        await self._stopped()
        if self._life is not None:
            await self._life

    async def _keep(self) -> None:
        while not self._over:
            process = self._process = await self._started()
            assert process.stdout is not None
            served = b"serves" in await process.stdout.readline()
            if served:
                self.starts += 1
                self._reachable()
                self.up.set()
            status = await process.wait()
            self._gone()
            if served:
                self._note(status)
            else:
                self.failed_starts += 1
                await passed(AGAIN_S)

    def _note(self, status: int) -> None:
        expected, self._expected = self._expected, None
        self.ends[status] += 1
        if status != expected:
            self.unasked.append(status)

    async def _started(self) -> asyncio.subprocess.Process:
        prefix, dressed = self._clothes()
        environ = {**os.environ, **self._settings(), **dressed}
        command = [
            *prefix,
            sys.executable,
            "-m",
            "tocsin",
            "serve",
            "--data",
            str(self._data),
            "--port",
            str(self.port),
        ]
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *command, env=environ, stdout=asyncio.subprocess.PIPE, stderr=log, stdin=asyncio.subprocess.DEVNULL
            )

    def _settings(self) -> dict[str, str]:
        return server_environ(self.url, self._carrier_url, self._sandbox.account_sid, self._sandbox.auth_token)

    def _clothes(self) -> tuple[list[str], dict[str, str]]:
        match self.dress:
            case Dress.FIU:
                return ["fiu-run", "-x", "-f", str(self._folder / "fiu")], {}
            case Dress.FAKETIME:
                self.set_clock(0)
                return (
                    [],
                    {
                        "LD_PRELOAD": faketime_library(),
                        "FAKETIME_TIMESTAMP_FILE": str(self._stamp),
                        "FAKETIME_CACHE_DURATION": "1",  # Read at every look, its file makes it a slow server.
                        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                        "FAKETIME_FORCE_MONOTONIC_FIX": "0",  # Else no thread of Python's waits for another: it spins.
                    },
                )
            case Dress.PLAIN:
                return [], {}

    async def asked(self, words: list[str]) -> dict[str, Any]:
        """What a verb of the command line says with --json beside this server, whatever its exit status."""
        command = [sys.executable, "-m", "tocsin", *words, "--data", str(self._data), "--json"]
        environ = {**os.environ, **self._settings()}
        asking = await asyncio.create_subprocess_exec(
            *command, env=environ, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        said, complaint = await asking.communicate()
        if not said.strip():
            raise RuntimeError(f"tocsin {words[0]} says nothing: {complaint.decode(errors='replace')[-500:]}")
        return dict(json.loads(said.splitlines()[-1]))

    # Being away ---------------------------------------------------------------------------------------------------

    def _gone(self) -> None:
        self.up.clear()
        if self._away_since is None:
            self._away_since = asyncio.get_running_loop().time()

    def _reachable(self) -> None:
        if self._away_since is not None:
            self.away.append((self._away_since, asyncio.get_running_loop().time()))
            self._away_since = None

    def waited_s(self, began_s: float, ended_s: float) -> float:
        """How long somebody waited on a server that could be reached."""
        spans = [*self.away, *([] if self._away_since is None else [(self._away_since, ended_s)])]
        return ended_s - began_s - sum(max(0.0, min(end, ended_s) - max(start, began_s)) for start, end in spans)

    # What faults do to it ----------------------------------------------------------------------------------------

    async def kill(self, *, wait: bool = True) -> None:
        """SIGKILL; and wait until the next life serves, unless that needs something else first."""
        self._expected = -signal.SIGKILL
        self._gone()
        os.kill(self.pid, signal.SIGKILL)
        if wait:
            await self.back()

    async def stop(self) -> None:
        """SIGTERM, and wait until the next life serves."""
        self._expected = 0
        await self._stopped()
        await self.back()

    async def _stopped(self) -> None:
        starts, process = self.starts, self._process
        if process is None or process.returncode is not None:
            return
        self._gone()
        process.terminate()
        if not await until(lambda: process.returncode is not None or self.starts > starts, STOP_MAX_S):
            process.kill()

    async def dressed(self, dress: Dress | None) -> bool:
        """Stop it and start it in this, unless it wears it or it does not matter.  Was it stopped?"""
        if dress is None or dress is self.dress:
            return False
        self.dress = dress
        await self.stop()
        return True

    def freeze(self) -> None:
        self._gone()
        self.up.set()  # It lives, and nobody shall wait for another one.
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)
        self._reachable()

    async def fiu(self, command: str) -> None:
        """Tell libfiu inside the server which calls fail from now on."""
        assert self.dress is Dress.FIU
        words = ["fiu-ctrl", "-f", str(self._folder / "fiu"), "-c", command, str(self.pid)]
        telling = await asyncio.create_subprocess_exec(*words)
        if await telling.wait():
            raise RuntimeError(f"libfiu did not take {command!r}")

    async def ends_with(self, status: int, seconds: float) -> bool:
        """Expect it to end by itself with this status, and the next life to serve.  Did it?"""
        before, self._expected = self.ends[status], status
        ended = await until(lambda: self.ends[status] > before, seconds)
        await self.back()
        return ended

    @property
    def _stamp(self) -> Path:
        return self._folder / "clock"

    def set_clock(self, ahead_s: int) -> None:
        """Set the wall clock of a server that wears libfaketime: within a second, it is."""
        beside = self._stamp.with_suffix(".new")
        beside.write_text(f"{ahead_s:+d}\n")
        beside.replace(self._stamp)  # Whole or not at all: the server reads it at every look at the clock.

    def limit_descriptors(self, spare: int | None) -> None:
        """Leave it so many descriptors above those that it has; None: as many as we have ourselves."""
        most = resource.getrlimit(resource.RLIMIT_NOFILE)
        soft = most[0] if spare is None else len(os.listdir(f"/proc/{self.pid}/fd")) + spare
        resource.prlimit(self.pid, resource.RLIMIT_NOFILE, (soft, most[1]))

    def _last_words(self) -> str:
        return self.log.read_text(errors="replace")[-2_000:]


def faketime_library() -> str:
    """Raises RuntimeError, with what to do, where it is not installed."""
    for folder in LIBRARIES:
        if (library := folder / FAKETIME_LIBRARY).exists():
            return str(library)
    raise RuntimeError("libfaketime is not installed: apt-get install faketime")
