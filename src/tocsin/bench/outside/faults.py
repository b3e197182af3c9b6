"""Everything that the harness does to a running server: one class for each fault, and the list of them.

A fault strikes while people press.  When it is over, the next presses must be taken again, and by the same process
unless the fault is one that ends it.

libfiu stands in front of the C library, also for the SQLite inside apsw: its `posix/io/rw/pwrite` covers the pwrite64
of every page and every frame of the log, `posix/io/sync/fdatasync` the sync of every commit (SQLite calls no fsync
here), `posix/io/oc/open` every open64.  Sockets are not on these paths.  `no_room` and `full_disk` are only counted as
done when a phone has heard of them, `failed_sync` and `failed_write` when the process has ended with status 3.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from tocsin.bench.outside.keeper import Dress, Keeper
from tocsin.bench.outside.phones import Outcome, Phones
from tocsin.bench.outside.waiting import passed, until
from tocsin.core.dice import Dice

DISK_FAILED = 3  # The exit status that asks the keeper for another life.
ENDS_WITHIN_S = 30.0
REFUSED_WITHIN_S = 30.0
HALF_REQUESTS = 200
IDLE_CONNECTIONS = 400
SPARE_DESCRIPTORS = 40
HOUR_S, DAY_S = 3_600, 86_400
EIO, ENOSPC, EMFILE = 5, 28, 24


class Scene(Struct):
    """What a fault may touch: the process, the disk, the phones, and its own chance."""

    keeper: Keeper
    phones: Phones
    dice: Dice
    disk: Path

    async def wait(self, least_ms: int, most_ms: int) -> None:
        await passed((least_ms + self.dice.below(most_ms - least_ms + 1)) / 1_000)

    def refusals(self) -> int:
        return sum(each.outcome is Outcome.REFUSED for pressed in self.phones.journal for each in pressed.tries)

    async def refused(self) -> bool:
        """Wait until a phone hears that it was not stored.  Did one?"""
        before = self.refusals()
        return await until(lambda: self.refusals() > before, REFUSED_WITHIN_S)


class Fault(Protocol):
    """One way to do harm.  `strike` returns when the cause is gone, and whether the fault was seen to bite."""

    @property
    def name(self) -> str: ...

    @property
    def dress(self) -> Dress | None:
        """What the server must wear for it; None where that does not matter."""
        ...

    @property
    def small_disk(self) -> bool:
        """Must its disk be one that can be filled?"""
        ...

    async def strike(self, scene: Scene) -> bool: ...


class Kill:
    """SIGKILL at any moment."""

    name, dress, small_disk = "kill", None, False

    async def strike(self, scene: Scene) -> bool:
        await scene.wait(50, 700)
        await scene.keeper.kill()
        return True


class Pause:
    """SIGSTOP, and SIGCONT up to two and a half seconds later: a host that stalls."""

    name, dress, small_disk = "pause", None, False

    async def strike(self, scene: Scene) -> bool:
        await scene.wait(50, 700)
        scene.keeper.freeze()
        await scene.wait(100, 2_500)
        scene.keeper.thaw()
        return True


class FailedSync:
    """fdatasync says EIO once and for all: the process ends with status 3, and the next one opens the store anew."""

    name, dress, small_disk = "failed_sync", Dress.FIU, False

    async def strike(self, scene: Scene) -> bool:
        await scene.wait(50, 500)
        await scene.keeper.fiu(f"enable name=posix/io/sync/fdatasync,failinfo={EIO}")
        return await scene.keeper.ends_with(DISK_FAILED, ENDS_WITHIN_S)


class FailedWrite:
    """Some writes to the store say EIO: the process ends with status 3."""

    name, dress, small_disk = "failed_write", Dress.FIU, False

    async def strike(self, scene: Scene) -> bool:
        await scene.wait(50, 500)
        await scene.keeper.fiu(f"enable_random name=posix/io/rw/pwrite,probability=0.2,failinfo={EIO}")
        return await scene.keeper.ends_with(DISK_FAILED, ENDS_WITHIN_S)


class NoRoom:
    """Some writes to the store say that the disk is full, for a while: phones hear it, and the process lives."""

    name, dress, small_disk = "no_room", Dress.FIU, False

    async def strike(self, scene: Scene) -> bool:
        await scene.keeper.fiu(f"enable_random name=posix/io/rw/pwrite,probability=0.5,failinfo={ENOSPC}")
        bitten = await scene.refused()
        await scene.wait(200, 1_500)
        await scene.keeper.fiu("disable name=posix/io/rw/pwrite")
        return bitten


class FailedOpen:
    """No file can be opened for a while: what is open goes on."""

    name, dress, small_disk = "failed_open", Dress.FIU, False

    async def strike(self, scene: Scene) -> bool:
        await scene.keeper.fiu(f"enable name=posix/io/oc/open,failinfo={EMFILE}")
        await scene.wait(500, 2_000)
        await scene.keeper.fiu("disable name=posix/io/oc/open")
        return True


class FullDisk:
    """Something else fills the disk, and is taken away again: the process lives, and goes on by itself."""

    name, dress, small_disk = "full_disk", None, True

    async def strike(self, scene: Scene) -> bool:
        ballast = scene.disk / "ballast"
        await asyncio.to_thread(_fill, ballast)
        bitten = await scene.refused()
        await scene.wait(200, 2_500)
        ballast.unlink()
        return bitten


class FullDiskRestart:
    """The disk is full, and the server is killed: the next life serves, or comes as soon as there is room again."""

    name, dress, small_disk = "full_disk_restart", None, True

    async def strike(self, scene: Scene) -> bool:
        ballast = scene.disk / "ballast"
        await asyncio.to_thread(_fill, ballast)
        bitten = await scene.refused()
        await scene.keeper.kill(wait=False)
        await scene.wait(500, 4_000)
        ballast.unlink()
        await scene.keeper.back()
        return bitten


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 4_096)


class ClockJump:
    """Somebody sets the clock: an hour and a day ahead, two hours back, and right again."""

    name, dress, small_disk = "clock_jump", Dress.FAKETIME, False

    async def strike(self, scene: Scene) -> bool:
        for ahead_s in (HOUR_S, DAY_S, -2 * HOUR_S, 0):
            scene.keeper.set_clock(ahead_s)
            await scene.wait(1_200, 2_500)
        return True


class HalfRequests:
    """Two hundred connections on which no request ever becomes whole, beside those of the phones."""

    name, dress, small_disk = "half_requests", None, False
    begun = (
        b"",
        b"POST /api/v1/al",
        b"POST /api/v1/alerts HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
        b"POST /api/v1/alerts HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n{",
        b"POST /api/v1/alerts HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    )

    async def strike(self, scene: Scene) -> bool:
        async with idle(scene.keeper.port, HALF_REQUESTS) as writers:
            for number, writer in enumerate(writers):
                writer.write(self.begun[number % len(self.begun)])
            for _ in range(4 + scene.dice.below(40)):
                await passed(0.3)
                _drip(writers)
        return True


def _drip(writers: Sequence[asyncio.StreamWriter]) -> None:
    for writer in writers:
        if not writer.transport.is_closing():
            writer.write(b" ")


class NoDescriptors:
    """Idle connections take every descriptor that the process may have."""

    name, dress, small_disk = "no_descriptors", None, False

    async def strike(self, scene: Scene) -> bool:
        scene.keeper.limit_descriptors(SPARE_DESCRIPTORS)
        try:
            async with idle(scene.keeper.port, IDLE_CONNECTIONS):
                await scene.wait(1_000, 4_000)
        finally:
            scene.keeper.limit_descriptors(None)
        return True


@contextlib.asynccontextmanager
async def idle(port: int, count: int) -> AsyncIterator[list[asyncio.StreamWriter]]:
    """So many connections to this port that say nothing by themselves; those that were refused are left out."""
    opened = await asyncio.gather(*(_connected(port) for _ in range(count)))
    writers = [writer for writer in opened if writer is not None]
    try:
        yield writers
    finally:
        for writer in writers:
            writer.transport.abort()


async def _connected(port: int) -> asyncio.StreamWriter | None:
    try:
        return (await asyncio.open_connection("127.0.0.1", port))[1]
    except OSError:
        return None


STRIKES: Sequence[Fault] = (Kill(), Pause())
WEATHER: Sequence[Fault] = (
    FailedSync(),
    FailedWrite(),
    NoRoom(),
    FailedOpen(),
    FullDisk(),
    FullDiskRestart(),
    ClockJump(),
    HalfRequests(),
    NoDescriptors(),
)
BY_NAME = {fault.name: fault for fault in (*STRIKES, *WEATHER)}
