"""An upgrade that is killed at any operation of the disk leaves a store that the new release opens, with every row."""

from __future__ import annotations

import contextlib

from tocsin.ports import Change, Receipt, Wake
from tocsin.sim.crash import crashes
from tocsin.sim.disk import Disk, weather
from tocsin.store.migrations import MIGRATIONS, Migration
from tocsin.store.sqlite import SqliteStore

LATER = (
    *MIGRATIONS,
    Migration(
        len(MIGRATIONS) + 1,
        "later_pre_first",
        """
        create table later (id integer primary key, word text not null) strict;
        alter table delivery add column later text;
        create index later_by_word on later (word);
        insert into later (word) select credential from receipt;
        """,
    ),
    Migration(len(MIGRATIONS) + 2, "later_pre_second", "alter table later add column again text;"),
)
PRESSES = 40


def written(disk: Disk) -> list[Wake]:
    """A night of the last release, after which its process was killed."""
    store = SqliteStore(disk.path("tocsin.db"), vfs=disk.name, files=disk.files)
    for number in range(PRESSES):
        receipt = Receipt(f"phone {number}", "key", f"receipt {number}", f"alert {number}", number)
        store.append([Change("centre", wakes=(Wake(f"alert/{number}", number),), receipts=(receipt,))])
    wakes = store.wakes("centre")
    store.close()
    return wakes


def test_a_migration_killed_at_each_operation_is_done_whole_by_the_next_start() -> None:
    with contextlib.closing(Disk(seed=1)) as disk:
        wakes = written(disk)
        image = disk.lose_power()
        with contextlib.closing(SqliteStore(disk.path("tocsin.db"), vfs=disk.name, files=disk.files, migrations=LATER)):
            journal = list(disk.journal)
    assert len(journal) > 20
    for survivors in crashes(journal, image, weather(2)):
        with contextlib.closing(Disk(image=survivors)) as after:
            store = SqliteStore(after.path("tocsin.db"), vfs=after.name, files=after.files, migrations=LATER)
            with contextlib.closing(store):
                assert store.wakes("centre") == wakes
                assert store.reader.execute("select count(word), count(again) from later").fetchall() == [(PRESSES, 0)]
