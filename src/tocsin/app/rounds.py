"""The process that sends to many people: how the server starts and keeps it, and what it is made of.

Theory of operation
-------------------
The two are joined by one pair of connected sockets, which the server makes and the other inherits: nobody else can
speak on it, and when either process dies, however it dies, the other reads the end of it at once.  The server's first
frame is the settings.  The process ends with its server; a server whose process dies starts another.

It is *nice*, and of the batch class, from its birth: where both want the processor the server has it, and a send that
ends takes it from nobody.  Reading its own program takes the better part of a second of a processor, so the server
says so as soon as the process is there, not the process when it has come so far.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import msgspec
import structlog

from tocsin.app.ways import names_of, ways_of
from tocsin.core.directory import Directory
from tocsin.runtime import ledger
from tocsin.runtime.readiness import NotReady, Readiness
from tocsin.runtime.rounds import frames
from tocsin.runtime.rounds.clerk import Clerk
from tocsin.runtime.rounds.desk import Desk
from tocsin.runtime.rounds.front import Front
from tocsin.runtime.rounds.keeping import Keeping
from tocsin.runtime.routes import Routes
from tocsin.runtime.stages import Send
from tocsin.runtime.system import SteadyClock, SystemEntropy, calm_collector, refuse_optimised
from tocsin.settings import Secret, Settings
from tocsin.store.beside import beside
from tocsin.store.rounds import RoundsFile

NICE = 10
AGAIN_S = 1.0  # Between the end of one process and the start of the next.
ENDS_S = 15.0  # What is on its way to a carrier has a deadline below this.
DISK_FAILED = 3
AWAY = "The process that sends drills to many people, and reach tests, has ended and is not back yet."
Process = subprocess.Popen[bytes]
log = structlog.get_logger("tocsin.rounds")


def rounds_folder(data: Path) -> Path:
    return data / "rounds"


# The server's side -----------------------------------------------------------------------------------------------


class Sender:
    """Starts the process when it is wanted, and again when it dies; `stop` lets it finish what is on its way."""

    def __init__(self, settings: Settings, front: Front, readiness: Readiness) -> None:
        self._settings, self._front, self._readiness = settings, front, readiness
        self._stopping, self._died = asyncio.Event(), False
        self._writer: asyncio.StreamWriter | None = None
        self._task: asyncio.Task[None] | None = None
        readiness.watch(self._away)

    def _away(self) -> Iterator[NotReady]:
        """Red while a process that died has not been replaced by one that speaks."""
        if self._died and not self._front.there:
            yield NotReady("mass", AWAY, "It is started again at once; if this stays, look at the log for why.")

    def start(self) -> None:
        if rounds_folder(Path(self._settings.server.data)).exists():
            self._front.wanted.set()
        self._task = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        self._stopping.set()
        self._front.stop()
        if self._task is None:
            return
        if self._writer is None:
            self._task.cancel()
        else:
            self._writer.close()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _keep(self) -> None:
        await self._front.wanted.wait()
        while not self._stopping.is_set():
            try:
                await self._once()
            except OSError as error:
                log.error("rounds_not_started", error=type(error).__name__)
            if not self._stopping.is_set():
                self._died = True
                self._readiness.page("rounds_away")
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), AGAIN_S)

    async def _once(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "tocsin", "rounds", "--link", str(theirs.fileno())]
            process = _born(command, theirs.fileno())
        _behind(process.pid)
        reader, self._writer = await asyncio.open_connection(sock=ours)
        self._writer.write(_settings_frame(self._settings))
        await self._front.attend(reader, self._writer)
        self._writer.close()
        self._writer = None
        await asyncio.to_thread(_buried, process)


def _born(command: list[str], link: int) -> Process:
    """By vfork: the loop's own way copies the table of all our pages, and each page that we write to afterwards."""
    return subprocess.Popen(command, pass_fds=[link], stdin=subprocess.DEVNULL)  # noqa: S603 - our own program


def _buried(process: Process) -> None:
    try:
        process.wait(ENDS_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _behind(pid: int) -> None:
    """This process comes after us."""
    with contextlib.suppress(OSError):  # It is gone already, or the system knows no such thing: then it is as we are.
        os.setpriority(os.PRIO_PROCESS, pid, NICE)
        os.sched_setscheduler(pid, os.SCHED_BATCH, os.sched_param(0))


def _settings_frame(settings: Settings) -> bytes:
    body = msgspec.msgpack.encode(settings, enc_hook=_reveal)
    return len(body).to_bytes(frames.LENGTH_BYTES, "big") + body


def _reveal(value: Any) -> str:
    """Only for the pair of sockets, which nobody else can read."""
    assert isinstance(value, Secret)
    return value.reveal()


# The other side --------------------------------------------------------------------------------------------------


async def run_rounds(link: int) -> None:
    """The whole life of the process; returns when the server has gone and nothing is on its way."""
    refuse_optimised()
    os.setpgid(0, 0)  # A Ctrl-C is for the server; not a session of its own, in which being nice would mean nothing.
    reader, writer = await asyncio.open_connection(sock=socket.socket(fileno=link))
    try:
        size = int.from_bytes(await reader.readexactly(frames.LENGTH_BYTES), "big")
        settings = msgspec.msgpack.decode(await reader.readexactly(size), type=Settings, dec_hook=_secret)
    except (asyncio.IncompleteReadError, OSError):
        return
    folder = rounds_folder(Path(settings.server.data))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with await asyncio.to_thread(_held, folder):
        await _serve(settings, folder, reader, writer)


def _secret(kind: type, value: Any) -> Any:
    assert kind is Secret
    return Secret(value)


def _held(folder: Path) -> IO[bytes]:
    """The lock of the folder, once the process before us has let go of it."""
    lock = (folder / "lock").open("ab")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


class _Line:
    """To the server: all that is said in one turn of the loop goes in one write, before anything that came of it."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer, self._said = writer, bytearray()

    def tell(self, frame: frames.Message) -> None:
        if not self._said:
            asyncio.get_running_loop().call_soon(self.write)
        self._said += frames.framed(frame)

    def write(self) -> None:
        said, self._said = self._said, bytearray()
        if said:
            self._writer.write(said)


async def _serve(settings: Settings, folder: Path, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    clock, entropy = SteadyClock(folder), SystemEntropy()
    file = RoundsFile(str(folder / "rounds.db"))
    routes = Routes(ways_of(settings))

    def directory(org: str) -> Directory:
        with beside(str(Path(settings.server.data) / "tocsin.db")) as store:
            return ledger.read_directory(store, org)

    line = _Line(writer)
    desk = Desk(
        Keeping(file),
        clock,
        entropy,
        Send(routes, clock),
        names_of(settings),
        directory,
        line.tell,
        lambda: os._exit(DISK_FAILED),
    )
    desk.resume()
    calm_collector()
    await frames.each(reader, frames.ORDERS, Clerk(desk, line.tell).hear)
    await desk.stop()
    line.write()
    await routes.close()
    file.close()
