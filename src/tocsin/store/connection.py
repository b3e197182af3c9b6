"""Opens SQLite the one way in which a commit is a promise, and reads back that it is so.

Theory of operation
-------------------
* Checkpoints are ours, not SQLite's.  Its automatic checkpoint swallows every error (`sqlite3WalDefaultHook`), also a
  failed fsync of the main file, and tries again at the next commit.  A failed fsync is never tried again here: the
  writer asks for each checkpoint itself, hears what became of it, and the process ends and recovers by opening anew.
* `mmap_size` is 0 because an I/O error in a mapped page is a signal that kills the process.
* The log is written again at every open, and then emptied where it can be, so that no commit of this life stands behind
  one that the last life only tried, and no power cut brings back a log that ends before what was copied from it.
* `secure_delete` overwrites what is erased (positions above all), so that a stolen disk does not give it back.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Literal

import apsw

from tocsin.store.errors import OldSqlite, PragmaRefused

Synchronous = Literal["FULL", "NORMAL"]
OLDEST = (3, 51, 3)  # Before it a checkpoint could reset the log under a writer and lose its commits.
LOG_CHUNK = 65_536  # Bytes of the log that are read and written again at a time; SQLite's own calls end at 131,071.
BUSY_MS = 5_000  # How long a second process (apply, token) may hold the write lock before we say so.
LEVELS: Mapping[Synchronous, int] = {"NORMAL": 1, "FULL": 2}

READER: Mapping[str, str | int] = {
    "mmap_size": 0,
    "trusted_schema": 0,
    "wal_autocheckpoint": 0,
    "cache_size": -32_000,
}
WRITER: Mapping[str, str | int] = {
    "mmap_size": 0,
    "foreign_keys": 1,
    "trusted_schema": 0,
    "wal_autocheckpoint": 0,
    "secure_delete": 1,
    "temp_store": 2,
    "journal_size_limit": 16_777_216,
    "cache_size": -64_000,
}


def require_sqlite(version: str) -> None:
    """Raises OldSqlite if `version` is older than the oldest one that keeps what it commits."""
    if tuple(int(part) for part in version.split(".")) < OLDEST:
        raise OldSqlite(f"This one is {version}.")


def writer(path: str, vfs: str | None, synchronous: Synchronous) -> apsw.Connection:
    """A connection that writes; makes the file if there is none.  A failed open leaves no connection behind."""
    flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    return _opened(path, vfs, flags, of_writer(synchronous))


def of_writer(synchronous: Synchronous) -> Mapping[str, str | int]:
    """Every setting of the writer, in the order in which they are made."""
    return {"synchronous": LEVELS[synchronous], "journal_mode": "wal", **WRITER}


def reader(path: str, vfs: str | None) -> apsw.Connection:
    """A connection that can neither write nor checkpoint."""
    return _opened(path, vfs, apsw.SQLITE_OPEN_READONLY, READER)


def unmet(db: apsw.Connection, wanted: Mapping[str, str | int]) -> list[str]:
    """The settings that are not what they must be, as sentences."""
    found = {name: db.pragma(name) for name in wanted}
    return [f"{name} is {found[name]}, must be {value}" for name, value in wanted.items() if found[name] != value]


@contextlib.contextmanager
def transaction(db: apsw.Connection) -> Iterator[None]:
    """All of it or nothing; the write lock is taken at once, so that what is read first still holds at the end."""
    db.execute("begin immediate")
    try:
        yield
        db.execute("commit")
    except BaseException:
        if db.in_transaction:  # SQLite has ended it by itself after some failures.
            db.execute("rollback")
        raise


# The log ---------------------------------------------------------------------------------------------------------


def write_log_again(writer: apsw.Connection, path: str, vfs: str | None) -> None:
    """Overwrite the log with what is read from it, and sync it: that needs no room.

    After a failed sync the disk may have nothing of what everybody can still read in the log, and the kernel will
    never write it; commits behind it, and whoever is told that such a press is known, would hang in the air.  And
    an emptied log may be back after a power cut, as the disk has it: it must not end before what was copied.
    Raises FullError where even overwriting needs room.
    """
    writer.execute("begin immediate")  # Nobody else adds to it meanwhile.
    try:
        _overwrite(vfs or "", f"{path}-wal")
    finally:
        writer.execute("rollback")


def _overwrite(vfs: str, path: str) -> None:
    log = apsw.VFSFile(vfs, path, [apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_READWRITE, 0])
    try:
        size = log.xFileSize()
        for offset in range(0, size, LOG_CHUNK):
            log.xWrite(log.xRead(min(LOG_CHUNK, size - offset), offset), offset)
        if size:
            log.xSync(apsw.SQLITE_SYNC_NORMAL)
    finally:
        log.xClose()


def empty_log(writer: apsw.Connection) -> None:
    """Copy the log into the main file and empty it, unless another process is at work or there is no room."""
    with contextlib.suppress(apsw.BusyError, apsw.FullError):
        writer.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)


def leave_log(writer: apsw.Connection) -> None:
    """Closing must not write through a disk that failed: the log stays, and the next start copies it."""
    writer.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)


# Opening ---------------------------------------------------------------------------------------------------------


def _opened(path: str, vfs: str | None, flags: int, wanted: Mapping[str, str | int]) -> apsw.Connection:
    db = apsw.Connection(path, flags=flags, vfs=vfs, statementcachesize=64)
    try:
        db.set_busy_timeout(BUSY_MS)
        for name, value in wanted.items():
            db.pragma(name, value)
        if wrong := unmet(db, wanted):
            raise PragmaRefused(f"{wrong[0]}.")
    except BaseException:
        db.close(True)
        raise
    return db
