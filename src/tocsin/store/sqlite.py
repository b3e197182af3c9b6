"""The store on SQLite: one writer, one reader, and a commit that returns only when the disk has it.

Theory of operation
-------------------
* `append` is group commit: one transaction for the batch, one savepoint for each change, one fsync.
* The writer belongs to the thread that appends, the reader to the thread that reads.  The reader sees every commit
  that has returned and none that failed, and it never checkpoints.
* A failed fsync is never tried again: the kernel may have dropped the pages and would answer *done*.  The store is
  broken from then on; it also writes nothing more when it closes, and the next start copies the log.
* A full disk is not a failed one: nothing was stored, and the next batch is welcome.
* The log is written again at every open, and then emptied where it can be, so that no commit of this life stands behind
  one that the last life only tried, and no power cut brings back a log that ends before what was copied from it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import apsw

from tocsin.core.listed import Listed
from tocsin.ports import (
    Change,
    Conflict,
    DeliveryRow,
    Fix,
    Receipt,
    Snapshot,
    StoreBroken,
    Stored,
    StoredFact,
    StoreFull,
    Wake,
)
from tocsin.store import backup, connection
from tocsin.store.connection import Synchronous
from tocsin.store.errors import StoreBusy, named
from tocsin.store.files import Files, RealFiles
from tocsin.store.migrations import MIGRATIONS, Migration, migrate
from tocsin.store.queries import QUERIES
from tocsin.store.rows import write

PAGE_ROWS = 512  # How many states are read at a time: a long list must not hold the log back.
HIGHEST = "\U0010ffff"  # Every id sorts below.
CHECKPOINT_PAGES = 1_000  # 4 MB of log: short enough to read back in an instant, long enough to save most fsyncs.


class SqliteStore:
    """See `ports.Store`.  Opening makes the file, or brings it up to date; raises StoreRefuses or StoreBroken."""

    def __init__(
        self,
        path: str,
        *,
        vfs: str | None = None,
        synchronous: Synchronous = "FULL",
        files: Files | None = None,
        migrations: Sequence[Migration] = MIGRATIONS,
        checkpoint_pages: int = CHECKPOINT_PAGES,
    ) -> None:
        connection.require_sqlite(apsw.sqlite_lib_version())
        self.path, self.vfs, self.synchronous = path, vfs, synchronous
        self.files: Files = files or RealFiles()
        self.migrations = migrations
        self.broken = False
        self._checkpoint_pages, self._log_pages = checkpoint_pages, 0
        with named():
            self.writer, self.reader = self._opened()

    def _opened(self) -> tuple[apsw.Connection, apsw.Connection]:
        writer = connection.writer(self.path, self.vfs, self.synchronous)
        try:
            writer.set_wal_hook(self._committed)
            connection.write_log_again(writer, self.path, self.vfs)
            migrate(writer, self.migrations)
            connection.empty_log(writer)
            return writer, connection.reader(self.path, self.vfs)
        except BaseException:
            connection.leave_log(writer)
            writer.close(True)
            raise

    # Writing -----------------------------------------------------------------------------------------------------

    def append(self, changes: Sequence[Change]) -> list[Stored | Conflict]:
        if self.broken:
            raise StoreBroken()
        try:
            with connection.transaction(self.writer):
                verdicts = [write(self.writer, change) for change in changes]
        except apsw.FullError as error:
            raise StoreFull() from error
        except apsw.BusyError as error:
            raise StoreBusy() from error
        except apsw.Error as error:
            self._break()
            raise StoreBroken() from error
        self._checkpoint()
        return verdicts

    def _committed(self, _writer: apsw.Connection, _database: str, pages: int) -> int:
        self._log_pages = pages
        return apsw.SQLITE_OK

    def _checkpoint(self) -> None:
        """Copy the log into the main file when it is long.  The batch is durable already, so its receipt stands."""
        if self._log_pages < self._checkpoint_pages:
            return
        try:
            self.writer.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        except (apsw.FullError, apsw.BusyError):
            return  # The log keeps everything; the next batch asks again.
        except apsw.Error:
            self._break()

    def _break(self) -> None:
        self.broken = True
        connection.leave_log(self.writer)

    # Reading -----------------------------------------------------------------------------------------------------

    def receipt(self, org: str, credential: str, key: str) -> Receipt | None:
        rows = self._rows("receipt", org, credential, key)
        return Receipt(*rows[0]) if rows else None

    def snapshot(self, org: str, stream: str) -> Snapshot | None:
        rows = self._snapshots("snapshot", org, stream)
        return rows[0] if rows else None

    def snapshots(self, org: str, kind: str, *, only_open: bool = False) -> Iterator[Snapshot]:
        """Read in pages, each as of when it is reached.  A kind is read once: what that took of memory is let go."""
        query, first = "open_snapshots" if only_open else "snapshots", kind
        while page := self._snapshots(query, org, kind, first, _end(kind), PAGE_ROWS):
            yield from page
            first = page[-1].stream + "\0"
        self.reader.release_memory()

    def organisations(self) -> list[str]:
        return [str(org) for (org,) in self._rows("organisations")]

    def recent(self, org: str, kind: str, before: str | None, limit: int) -> list[Snapshot]:
        below = _end(kind) if before is None else min(before, _end(kind))
        return self._snapshots("newest", org, kind, kind, below, limit)

    def delivery(self, org: str, id: str) -> DeliveryRow | None:
        rows = self._rows("delivery", org, id)
        return DeliveryRow(*rows[0]) if rows else None

    def deliveries(self, org: str, alert: str, limit: int | None = None) -> list[DeliveryRow]:
        return [DeliveryRow(*row) for row in self._rows("deliveries", org, alert, _most(limit))]

    def due_deliveries(self, org: str) -> list[DeliveryRow]:
        return [DeliveryRow(*row) for row in self._rows("due_deliveries", org)]

    def wakes(self, org: str) -> list[Wake]:
        return [Wake(*row) for row in self._rows("wakes", org)]

    def fixes(self, org: str, alert: str) -> list[Fix]:
        return [Fix(*row) for row in self._rows("fixes", org, alert)]

    def shelves(self, org: str, name: str) -> list[str]:
        return [str(shelf) for (shelf,) in self._rows("shelves", org, name)]

    def on_shelf(self, org: str, name: str, shelf: str, above: str, below: str | None, limit: int) -> list[Listed]:
        rows = self._rows("on_shelf", org, name, shelf, above, below or HIGHEST, limit)
        return [Listed(*row) for row in rows]

    def listed_of(self, org: str, member: str, above: str, below: str | None, limit: int) -> list[Listed]:
        return [Listed(*row) for row in self._rows("listed_of", org, member, above, below or HIGHEST, limit)]

    def listed_from(self, org: str) -> str | None:
        rows = self._rows("listed_from", org)
        return str(rows[0][0]) if rows else None

    def facts(self, org: str, after: int, limit: int) -> list[StoredFact]:
        return [StoredFact(*row) for row in self._rows("facts", org, after, limit)]

    def stream(self, org: str, stream: str, limit: int | None = None) -> list[StoredFact]:
        return [StoredFact(*row) for row in self._rows("stream", org, stream, _most(limit))]

    def _rows(self, query: str, *values: str | int) -> list[tuple[Any, ...]]:
        with named():
            return self.reader.execute(QUERIES[query], values).fetchall()

    def _snapshots(self, query: str, *values: str | int) -> list[Snapshot]:
        rows = self._rows(query, *values)
        return [Snapshot(stream, kind, version, bool(open), body) for stream, kind, version, open, body in rows]

    # The whole of it ---------------------------------------------------------------------------------------------

    def backup(self, path: str) -> None:
        """See `ports.Store`.  Has a connection of its own: call it from any thread.  On failure `path` is not there."""
        with named(), contextlib.closing(connection.reader(self.path, self.vfs)) as source:
            backup.copy(source, path, self.files)

    def close(self) -> None:
        """Let go.  The writer closes last: it empties the log, unless the store is broken.

        If the disk does not let it, the log stays where it is, and the next start copies it: nothing is lost.
        """
        for db in (self.reader, self.writer):
            with contextlib.suppress(apsw.Error):
                db.close(True)


def _end(kind: str) -> str:
    """What every stream of this kind sorts below: the kind, and the character after the slash."""
    return kind + "0"


def _most(limit: int | None) -> int:
    """As SQLite says *all of them*."""
    return -1 if limit is None else limit
