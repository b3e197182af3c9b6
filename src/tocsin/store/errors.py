"""Why a store refuses to open, to copy or to wait: one tree, and each docstring is the message."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import apsw

from tocsin.ports import StoreBroken, StoreError, StoreFull


class StoreBusy(StoreError):
    """Another process holds the store's write lock for seconds: end it, or let it finish; nothing was stored."""


class StoreRefuses(StoreError):
    """The store refuses, and nothing on the disk was changed."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"{self.__doc__} {detail}".rstrip())


class OldSqlite(StoreRefuses):
    """This SQLite has a bug that can destroy the write-ahead log (fixed in 3.51.3): install the apsw wheel."""


class PragmaRefused(StoreRefuses):
    """SQLite did not take a setting that durability hangs on: another program may hold the file, or it is read-only."""


class ChangedMigration(StoreRefuses):
    """A migration differs from the one this store was made with: install the release that made it, or undo the edit."""


class NewerStore(StoreRefuses):
    """This store was made by a newer release: run that release, or restore a backup from before the upgrade."""


class Unreadable(StoreRefuses):
    """This is not a whole Tocsin store, or it may not be read: look at path and rights, or restore a backup."""


class PathTaken(StoreRefuses):
    """There is a file of that name already, and it is never overwritten: name another, or move it away."""


@contextlib.contextmanager
def named() -> Iterator[None]:
    """Says what a failure of SQLite or of the file system outside `append` means in the words of the port."""
    try:
        yield
    except (apsw.CorruptError, apsw.NotADBError, apsw.CantOpenError) as error:
        raise Unreadable() from error
    except apsw.FullError as error:
        raise StoreFull() from error
    except apsw.BusyError as error:
        raise StoreBusy() from error
    except (apsw.Error, OSError) as error:
        raise StoreBroken() from error
