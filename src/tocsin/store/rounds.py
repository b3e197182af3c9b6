"""The memory of the process that sends to many: rounds and their messages, in a file of its own.

Apart from the record, so that a drill of ten thousand makes no alert wait for the disk's one writer; opened the same
way, so that a commit is a promise here too.  What must outlive this file (that a round was, and what it came to) is in
the record.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from importlib import resources
from typing import Any

import apsw

from tocsin.ports import StoreBroken, StoreFull
from tocsin.store import connection
from tocsin.store.errors import StoreBusy, named
from tocsin.store.queries import parsed

QUERIES = parsed(resources.files("tocsin.store").joinpath("rounds.sql").read_text("utf-8"))
CHECKPOINT_PAGES = 1_000


RoundRow = tuple[str, bool, bytes]  # id, open, the whole of it
MessageRow = tuple[str, str, bytes]  # round, id, the whole of it


class RoundsFile:
    """One connection, used by one thread.  Opening makes the file; raises StoreRefuses or StoreBroken."""

    def __init__(self, path: str, *, vfs: str | None = None) -> None:
        connection.require_sqlite(apsw.sqlite_lib_version())
        self._log_pages = 0
        with named():
            self._db = self._opened(path, vfs)

    def _opened(self, path: str, vfs: str | None) -> apsw.Connection:
        db = connection.writer(path, vfs, "FULL")
        try:
            db.set_wal_hook(self._committed)
            connection.write_log_again(db, path, vfs)
            with connection.transaction(db):
                for query in ("create_round", "create_message"):
                    db.execute(QUERIES[query])
            connection.empty_log(db)
        except BaseException:
            connection.leave_log(db)
            db.close(True)
            raise
        return db

    def write(self, rounds: Sequence[RoundRow], messages: Sequence[MessageRow]) -> None:
        """Make all of it durable, or nothing.  Raises StoreFull, StoreBusy, or StoreBroken: then begin anew."""
        try:
            with connection.transaction(self._db):
                self._db.executemany(QUERIES["upsert_round"], rounds)
                self._db.executemany(QUERIES["upsert_message"], messages)
            self._checkpoint()
        except apsw.FullError as error:
            raise StoreFull() from error
        except apsw.BusyError as error:
            raise StoreBusy() from error
        except apsw.Error as error:
            connection.leave_log(self._db)
            raise StoreBroken() from error

    def _committed(self, _writer: apsw.Connection, _database: str, pages: int) -> int:
        self._log_pages = pages
        return apsw.SQLITE_OK

    def _checkpoint(self) -> None:
        if self._log_pages >= CHECKPOINT_PAGES:
            with contextlib.suppress(apsw.FullError, apsw.BusyError):  # The log keeps everything; asked again later.
                self._db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)

    def round(self, id: str) -> bytes | None:
        rows = self._bodies("round", id)
        return rows[0] if rows else None

    def rounds(self, limit: int) -> list[bytes]:
        """The newest, open or over."""
        return self._bodies("rounds", limit)

    def messages(self, round: str) -> list[bytes]:
        """In the order in which they were made."""
        return self._bodies("messages", round)

    def _bodies(self, query: str, *values: str | int) -> list[bytes]:
        with named():
            rows: list[tuple[Any, ...]] = self._db.execute(QUERIES[query], values).fetchall()
        return [body for (body,) in rows]

    def close(self) -> None:
        """Let go; a log that cannot be emptied stays, and the next opening reads it."""
        with contextlib.suppress(apsw.Error):
            self._db.close(True)
