"""Copies a store while others write, and puts a copy in place.

A copy is written beside its final name, synced, renamed, and the folder synced: at every instant the final name
is absent or whole.  A `.partial` file that a crash left behind is no backup and is overwritten by the next one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import apsw

from tocsin.store import connection
from tocsin.store.errors import PathTaken, Unreadable, named
from tocsin.store.files import Files, RealFiles
from tocsin.store.migrations import MIGRATIONS, Migration, check

BESIDE = ("", "-wal", "-journal", "-shm")  # A log without its store would be played into the restored one.


def copy(source: apsw.Connection, path: str, files: Files) -> None:
    """Copy what `source` sees at one instant to `path`; nothing that was erased goes along.

    Raises PathTaken, apsw.Error or OSError: then there is nothing at `path`, unless only the last sync of the
    folder failed, and then nobody knows.
    """
    if any(files.exists(path + suffix) for suffix in BESIDE):
        raise PathTaken(path)
    partial = path + ".partial"
    files.remove(partial)
    files.remove(partial + "-journal")
    try:
        source.execute("vacuum into ?", (partial,))
        files.sync(partial)
    except BaseException:
        files.remove(partial)
        raise
    files.rename(partial, path)
    files.sync_folder(path)


def restore(
    backup_path: str,
    data_path: str,
    *,
    vfs: str | None = None,
    files: Files | None = None,
    migrations: Sequence[Migration] = MIGRATIONS,
) -> None:
    """Verify a backup and put a copy of it at `data_path`, which must not exist.

    Raises PathTaken, Unreadable, ChangedMigration or NewerStore with nothing changed; StoreFull or StoreBroken.
    """
    with named(), contextlib.closing(connection.reader(backup_path, vfs)) as source:
        if damage(source) or not check(source, migrations):
            raise Unreadable(backup_path)
        copy(source, data_path, files or RealFiles())


def damage(db: apsw.Connection) -> list[str]:
    """What SQLite finds wrong with the file, as sentences."""
    rows = [str(row[0]) for row in db.execute("pragma integrity_check(20)")]
    return [row for row in rows if row != "ok"]
