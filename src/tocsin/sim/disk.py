"""A disk that loses power, fails to sync and fills up, beneath SQLite and beneath the copying of files.

Theory of operation
-------------------
The files that a program reads and writes lie in a folder (in memory where the machine has /dev/shm) and are what the
kernel would show it.  Beside them a `Platter` keeps what the disk really holds: a write is pending until its file is
synced, a name until its folder is.  When the power goes, each pending write is lost, kept, or torn at 512-byte
sectors, each by itself, so that later writes survive earlier ones.  `Disk.lose_power` starts the machine again on
what survived, in a fresh folder; files still open from before are dead and can change nothing.

Every operation is numbered and may be given a `Fault` by `Disk.rule`.  A sync that fails drops what it should have
written, as Linux does: the program still reads it, the disk will never have it.  Every operation is also journaled,
so that `tocsin.sim.crash` can cut the power at each of them after running the program once.
"""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from collections.abc import Callable
from enum import StrEnum
from types import TracebackType

import apsw
from msgspec import Struct

SECTOR = 512
MEMORY = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108  # nosec B108 - named by mkdtemp.


Weather = random.Random
"""What the power, the kernel and the carrier's moods are drawn from; not a source of secrets."""


def weather(seed: int) -> Weather:
    """The same seed gives the same weather."""
    return Weather(seed)


class Act(StrEnum):
    """What is asked of the disk, at the grain at which the power may go."""

    CREATE = "create"
    WRITE = "write"
    TRUNCATE = "truncate"
    SYNC = "sync"
    DELETE = "delete"
    RENAME = "rename"
    SYNC_FOLDER = "sync_folder"


SYNCS = frozenset({Act.SYNC, Act.SYNC_FOLDER})


class Fault(StrEnum):
    """What may befall an operation."""

    POWER = "power"
    EIO = "eio"
    ENOSPC = "enospc"


class Operation(Struct, frozen=True):
    """`offset`: where a write begins, or the size after a truncate.  `new`: the name after a rename."""

    act: Act
    name: str
    offset: int = 0
    data: bytes = b""
    new: str = ""


Rule = Callable[[int, Operation], Fault | None]
"""Told the number of an operation (from 1) and the operation, says what befalls it."""


def no_fault(number: int, operation: Operation) -> None:
    """The rule of a good day."""


class PowerLost(apsw.IOError):
    """The machine is off: nothing that was opened on it does anything any more."""

    def __init__(self) -> None:
        super().__init__("the machine is off")


class Platter:
    """What the disk holds (`kept`, `names`), and what it was asked to hold since (`pending`, `entries`)."""

    def __init__(self, image: dict[str, bytes] | None = None) -> None:
        image = image or {}
        self.names = {name: number for number, name in enumerate(image)}
        self.kept = {number: bytearray(content) for number, content in enumerate(image.values())}
        self.pending: dict[int, list[Operation]] = {}
        self.seen = dict(self.names)
        self.entries: list[dict[str, int | None]] = []

    def do(self, operation: Operation) -> None:
        """Take in one operation that the program was told has succeeded."""
        match operation.act:
            case Act.CREATE:
                number = len(self.kept)
                self.kept[number] = bytearray()
                self._enter({operation.name: number})
            case Act.WRITE | Act.TRUNCATE:
                self.pending.setdefault(self.seen[operation.name], []).append(operation)
            case Act.SYNC:
                self._sync(self.seen[operation.name])
            case Act.DELETE:
                self._enter({operation.name: None})
            case Act.RENAME:
                self._enter({operation.name: None, operation.new: self.seen[operation.name]})
            case Act.SYNC_FOLDER:
                self.names = dict(self.seen)
                self.entries.clear()

    def sync_failed(self, name: str, chance: Weather) -> None:
        """The kernel wrote some of it, marked all of it as clean, and will never try again."""
        number = self.seen[name]
        self.kept[number] = bytearray(_survived(self.kept[number], self.pending.pop(number, []), chance))

    def survivors(self, chance: Weather) -> dict[str, bytes]:
        """The files that a machine finds which starts after the power went now."""
        names: dict[str, int | None] = dict(self.names)
        for entry in self.entries:
            if chance.random() < 0.5:
                names.update(entry)
        found = {name: number for name, number in names.items() if number is not None}
        return {
            name: _survived(self.kept[number], self.pending.get(number, []), chance)
            for name, number in sorted(found.items())
        }

    def _enter(self, entry: dict[str, int | None]) -> None:
        self.entries.append(entry)
        self.seen.update({name: number for name, number in entry.items() if number is not None})
        for name in [name for name, number in entry.items() if number is None]:
            del self.seen[name]

    def _sync(self, number: int) -> None:
        content = self.kept[number]
        for operation in self.pending.pop(number, []):
            _write(content, operation.offset, operation.data, cut=operation.act is Act.TRUNCATE)


def _survived(kept: bytearray, pending: list[Operation], chance: Weather) -> bytes:
    """Each pending write is lost, kept or torn; now and then all of them are lost, or all of them kept."""
    content, weather = bytearray(kept), chance.random()
    for operation in pending:
        fate = weather if weather < 0.1 or weather > 0.9 else chance.random()
        if fate >= 0.65:
            _write(content, operation.offset, operation.data, cut=operation.act is Act.TRUNCATE)
        elif fate >= 0.5:
            _tear(content, operation, chance)
    return bytes(content)


def _tear(content: bytearray, operation: Operation, chance: Weather) -> None:
    """Of a torn write each 512-byte sector of the disk has the new bytes or the old; a truncate does not tear."""
    end = operation.offset + len(operation.data)
    at = operation.offset
    while at < end:
        upto = min(end, (at // SECTOR + 1) * SECTOR)
        if chance.random() < 0.5:
            _write(content, at, operation.data[at - operation.offset : upto - operation.offset])
        at = upto


def _write(content: bytearray, offset: int, data: bytes, *, cut: bool = False) -> None:
    content.extend(bytes(max(0, offset - len(content))))
    if cut:
        del content[offset:]
    content[offset : offset + len(data)] = data


class Machine(Struct):
    """One time the machine is on: its folder, and whether it still has power."""

    folder: str
    on: bool = True


class Disk:
    """A disk for one simulated computer.  `name` is its SQLite VFS, `files` its file system for the copying of files.

    Operations are numbered from 1 since the power last came on; `journal` holds those that were done.
    """

    def __init__(self, seed: int = 0, *, image: dict[str, bytes] | None = None) -> None:
        self.root = tempfile.mkdtemp(prefix="tocsin-disk-", dir=MEMORY)
        self.chance, self.starts = weather(seed), 0
        self.rule: Rule = no_fault
        self.name = os.path.basename(self.root)
        self._start(image or {})
        self._vfs, self.files = _DiskVfs(self), DiskFiles(self)

    def path(self, name: str) -> str:
        """Where the file of that name lies until the power goes."""
        return f"{self.machine.folder}/{name}"

    def lose_power(self) -> dict[str, bytes]:
        """Cut the power and start again on what survived (returned); every open file is dead, the rule is gone."""
        self.machine.on = False
        image = self.platter.survivors(self.chance)
        shutil.rmtree(self.machine.folder)
        self.rule = no_fault
        self._start(image)
        return image

    def close(self) -> None:
        """Throw the disk away.  Close what is open on it first."""
        self.machine.on = False
        self._vfs.unregister()
        shutil.rmtree(self.root)

    def _start(self, image: dict[str, bytes]) -> None:
        self.starts += 1
        self.machine = Machine(f"{self.root}/{self.starts}")
        self.platter, self.journal, self.operations = Platter(image), list[Operation](), 0
        lay(image, self.machine.folder)

    def operation(self, machine: Machine, operation: Operation) -> None:
        """Number one operation and let it succeed or fail.  Raises apsw.IOError, apsw.FullError or PowerLost."""
        if not machine.on:
            raise PowerLost
        self.operations += 1
        fault = self.rule(self.operations, operation)
        if fault is None:
            self.platter.do(operation)
            self.journal.append(operation)
        elif fault is Fault.POWER:
            self._power_goes(operation)
        elif operation.act in SYNCS:  # However a sync fails, SQLite is told of an I/O error.
            self._sync_failed(operation)
        else:
            raise apsw.FullError("no space left") if fault is Fault.ENOSPC else apsw.IOError("the disk failed")

    def _sync_failed(self, operation: Operation) -> None:
        if operation.act is Act.SYNC:
            self.platter.sync_failed(operation.name, self.chance)
        raise apsw.IOError("the disk failed")

    def _power_goes(self, operation: Operation) -> None:
        if operation.act not in SYNCS:  # It may have reached the disk, or not.
            self.platter.do(operation)
        self.machine.on = False
        raise PowerLost


def lay(image: dict[str, bytes], folder: str) -> None:
    """Put the files of an image into a new folder."""
    os.makedirs(folder)
    for name, content in image.items():
        with open(f"{folder}/{name}", "wb") as file:
            file.write(content)


class _DiskFile(apsw.VFSFile):
    """One open file.  What SQLite reads comes from the folder; what it writes goes to the platter's books first."""

    def __init__(self, disk: Disk, name: str | apsw.URIFilename, flags: list[int]) -> None:
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self.disk, self.machine, self.name = disk, disk.machine, os.path.basename(path)
        if not os.path.exists(path):
            disk.operation(self.machine, Operation(Act.CREATE, self.name))
        is_log = flags[0] & (apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_MAIN_JOURNAL)
        self.folder_unsynced = bool(is_log and flags[0] & apsw.SQLITE_OPEN_CREATE)
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        self.disk.operation(self.machine, Operation(Act.WRITE, self.name, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:
        self.disk.operation(self.machine, Operation(Act.TRUNCATE, self.name, newsize))
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:
        """SQLite's own file system syncs the folder too, the first time it syncs a log that it may have made.

        Also one that was there already: whoever made it may have died before its folder was synced.
        """
        self.disk.operation(self.machine, Operation(Act.SYNC, self.name))
        if self.folder_unsynced:
            self.disk.operation(self.machine, Operation(Act.SYNC_FOLDER, self.name))
            self.folder_unsynced = False

    def excepthook(
        self, etype: type[BaseException] | None, evalue: BaseException | None, etraceback: TracebackType | None
    ) -> bool:
        """A file of a dead machine cannot be closed properly, and nobody need hear of it."""
        return True


class _DiskVfs(apsw.VFS):
    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        super().__init__(disk.name, "")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        if name is None:  # Temporary: nothing of it is meant to survive.
            return apsw.VFSFile("", name, flags)
        return _DiskFile(self.disk, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        machine, name = self._machine(filename), os.path.basename(filename)
        self.disk.operation(machine, Operation(Act.DELETE, name))
        super().xDelete(filename, False)
        if syncdir:
            self.disk.operation(machine, Operation(Act.SYNC_FOLDER, name))

    def xSleep(self, microseconds: int) -> int:
        """Whoever waits for a lock here waits no real time: nobody else goes on meanwhile."""
        return microseconds

    def _machine(self, path: str) -> Machine:
        """The machine that is on, or a dead one if the path is from before."""
        folder = os.path.dirname(path)
        return self.disk.machine if folder == self.disk.machine.folder else Machine(folder, on=False)

    def excepthook(
        self, etype: type[BaseException] | None, evalue: BaseException | None, etraceback: TracebackType | None
    ) -> bool:
        """As for a file."""
        return True


class DiskFiles:
    """The `Files` of a disk: the same calls that `store.files.RealFiles` makes of the operating system."""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk

    def exists(self, path: str) -> bool:
        return os.path.exists(path)

    def sync(self, path: str) -> None:
        self._do(path, Operation(Act.SYNC, os.path.basename(path)))

    def rename(self, old: str, new: str) -> None:
        self._do(old, Operation(Act.RENAME, os.path.basename(old), new=os.path.basename(new)))
        os.rename(old, new)

    def sync_folder(self, path: str) -> None:
        self._do(path, Operation(Act.SYNC_FOLDER, os.path.basename(path)))

    def remove(self, path: str) -> None:
        if os.path.exists(path):
            self._do(path, Operation(Act.DELETE, os.path.basename(path)))
            os.remove(path)

    def _do(self, path: str, operation: Operation) -> None:
        """As the operating system would: a failure is an OSError."""
        machine = self.disk.machine
        if os.path.dirname(path) != machine.folder:
            raise OSError("the machine is off")
        try:
            self.disk.operation(machine, operation)
        except apsw.Error as error:
            raise OSError(str(error)) from error
