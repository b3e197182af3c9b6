"""The numbered changes of the schema, and the record of them in every store.

`NNNN_pre_word.sql` only adds: the release before still runs on the result.  `NNNN_post_word.sql` takes away what
that release needed, and ships one release later.  A migration that was ever released is never edited: its checksum
is in every store that it made, and a store whose record differs from the program refuses to open.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib import resources
from typing import Any

import apsw
from msgspec import Struct

from tocsin.store.connection import transaction
from tocsin.store.errors import ChangedMigration, NewerStore, Unreadable
from tocsin.store.queries import QUERIES


class Migration(Struct, frozen=True):
    """One numbered change of the schema, as shipped."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def _shipped() -> tuple[Migration, ...]:
    files = [file for file in resources.files(__name__).iterdir() if file.name.endswith(".sql")]
    texts = sorted((file.name.removesuffix(".sql"), file.read_text("utf-8")) for file in files)
    return tuple(Migration(int(name[:4]), name, sql) for name, sql in texts)


MIGRATIONS = _shipped()


def check(db: apsw.Connection, migrations: Sequence[Migration]) -> int:
    """How many of `migrations` made this store (0: it is empty).  Raises StoreRefuses if it is not one of ours."""
    if db.execute(QUERIES["is_empty"]).fetchall():
        return 0
    if not db.execute(QUERIES["is_ours"]).fetchall():
        raise Unreadable()
    recorded: list[tuple[Any, ...]] = db.execute(QUERIES["migrations"]).fetchall()
    if len(recorded) > len(migrations):
        raise NewerStore(f"It has migration {recorded[-1][1]}; this program ends at {migrations[-1].name}.")
    for (number, name, checksum), ours in zip(recorded, migrations, strict=False):
        if (number, checksum) != (ours.number, ours.checksum):
            raise ChangedMigration(f"It has {name} as {str(checksum)[:12]}; this program has {ours.name}.")
    return len(recorded)


def migrate(db: apsw.Connection, migrations: Sequence[Migration]) -> None:
    """Bring the store up to date in one transaction: after a crash, and for other processes, all of it or nothing."""
    if check(db, migrations) == len(migrations):
        return
    with transaction(db):
        _apply(db, migrations[check(db, migrations) :])  # Looked at again: another process may have been first.


def _apply(db: apsw.Connection, migrations: Sequence[Migration]) -> None:
    db.execute(QUERIES["create_migration"])
    for migration in migrations:
        db.execute(migration.sql)
        db.execute(QUERIES["insert_migration"], (migration.number, migration.name, migration.checksum))
