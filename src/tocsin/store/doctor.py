"""What `tocsin doctor` asks of the store."""

from __future__ import annotations

import apsw

from tocsin.store import connection
from tocsin.store.backup import damage
from tocsin.store.sqlite import SqliteStore


def findings(store: SqliteStore) -> list[str]:
    """What is wrong with the settings and the file, as sentences; nothing if all is well.

    Reads the whole file.  Call it from the thread that appends, or while nobody does: it asks both connections.
    """
    wanted = connection.of_writer(store.synchronous)
    wrong = [f"writer: {line}" for line in connection.unmet(store.writer, wanted)]
    wrong += [f"reader: {line}" for line in connection.unmet(store.reader, connection.READER)]
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
