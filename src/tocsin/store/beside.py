"""Another process's store, to look at: nothing is written, and nothing there waits for us."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from tocsin.store import connection
from tocsin.store.errors import named
from tocsin.store.sqlite import SqliteStore


@contextlib.contextmanager
def beside(path: str, vfs: str | None = None) -> Iterator[SqliteStore]:
    """The store at `path` with a reader only.  Raises Unreadable where there is none."""
    store = object.__new__(SqliteStore)
    store.path, store.vfs = path, vfs
    with named(), contextlib.closing(connection.reader(path, vfs)) as store.reader:
        yield store
