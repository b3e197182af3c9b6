"""What `tocsin doctor` asks of the store."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator

import apsw

from tocsin.store import connection
from tocsin.store.backup import damage
from tocsin.store.errors import named
from tocsin.store.sqlite import SqliteStore


def findings(store: SqliteStore) -> list[str]:
    """What is wrong with the settings and the file, as sentences; nothing if all is well.

    Reads the whole file.  Call it from the thread that appends, or while nobody does: it asks both connections.
    """
    wanted = connection.of_writer(store.synchronous)
    return [f"writer: {line}" for line in connection.unmet(store.writer, wanted)] + read_findings(store)


@contextlib.contextmanager
def apart(store: SqliteStore) -> Iterator[SqliteStore]:
    """The same store, read through a connection of its own: for a thread that must not disturb the server."""
    twin = copy.copy(store)
    with named(), contextlib.closing(connection.reader(store.path, store.vfs)) as twin.reader:
        yield twin


def read_findings(store: SqliteStore) -> list[str]:
    """What the reader alone can find.  Reads the whole file."""
    wrong = [f"reader: {line}" for line in connection.unmet(store.reader, connection.READER)]
    if store.broken:
        wrong.append("the disk failed: start anew")
    if store.synchronous != "FULL":
        wrong.append("synchronous is not FULL: what was acknowledged may be lost with the power")
    return wrong + _damage(store)


def _damage(store: SqliteStore) -> list[str]:
    try:
        return [f"file: {line}" for line in damage(store.reader)]
    except apsw.Error as error:
        return [f"file: cannot be read ({type(error).__name__})"]
