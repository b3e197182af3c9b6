"""What the SQLite store refuses to open, and what the doctor says of it."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest
from presses import kept, press

from tocsin.ports import StoreBroken, StoreError, StoreFull
from tocsin.store import connection, doctor
from tocsin.store.errors import (
    ChangedMigration,
    NewerStore,
    OldSqlite,
    PragmaRefused,
    StoreBusy,
    StoreRefuses,
    Unreadable,
    named,
)
from tocsin.store.migrations import MIGRATIONS, Migration
from tocsin.store.queries import QUERIES, parsed
from tocsin.store.sqlite import SqliteStore

# Opening ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["3.40.1", "3.51.2"])
def test_a_sqlite_that_can_lose_the_log_is_refused(version: str) -> None:
    with pytest.raises(OldSqlite, match=version):
        connection.require_sqlite(version)


@pytest.mark.parametrize("version", ["3.51.3", "3.54.1"])
def test_a_sound_sqlite_is_taken(version: str) -> None:
    connection.require_sqlite(version)
    assert tuple(map(int, version.split("."))) >= connection.OLDEST


def test_a_file_that_cannot_have_a_log_is_refused() -> None:
    with pytest.raises(PragmaRefused, match="journal_mode is memory, must be wal"):
        SqliteStore(":memory:")


def test_a_folder_that_is_not_there_is_said_to_be_the_path(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="look at path"):
        SqliteStore(str(tmp_path / "nowhere" / "tocsin.db"))


def test_a_file_that_is_no_database_is_refused_and_left_alone(path: str) -> None:
    Path(path).write_text("minutes of a meeting, kept under the wrong name " * 40)
    with pytest.raises(Unreadable):
        SqliteStore(path)
    assert Path(path).read_text().startswith("minutes")


def test_the_database_of_another_program_is_refused(path: str) -> None:
    with apsw.Connection(path) as other:
        other.execute("create table recipe (name)")
    other.close()
    with pytest.raises(Unreadable):
        SqliteStore(path)


def test_a_migration_that_was_edited_refuses_to_start(path: str) -> None:
    SqliteStore(path).close()
    edited = Migration(1, MIGRATIONS[0].name, MIGRATIONS[0].sql + "\n-- one word more")
    with pytest.raises(ChangedMigration, match="0001_pre_first"):
        SqliteStore(path, migrations=(edited, *MIGRATIONS[1:]))


def test_a_record_of_migrations_that_is_damaged_refuses_to_start(path: str) -> None:
    SqliteStore(path).close()
    with apsw.Connection(path) as damaged:
        damaged.execute("update migration set checksum = ''")
    damaged.close()
    with pytest.raises(ChangedMigration):
        SqliteStore(path)


def test_a_store_of_a_newer_release_refuses_to_start(path: str) -> None:
    newer = Migration(len(MIGRATIONS) + 1, "9999_pre_newer", "create table newer (id text) strict;")
    SqliteStore(path, migrations=(*MIGRATIONS, newer)).close()
    with pytest.raises(NewerStore, match="9999_pre_newer"):
        SqliteStore(path)


def test_an_older_store_is_brought_up_to_date_with_everything_in_it(path: str) -> None:
    old = SqliteStore(path)
    old.append([press(1)])
    old.close()
    newer = Migration(len(MIGRATIONS) + 1, "9999_pre_newer", "create table newer (id text) strict;")
    new = SqliteStore(path, migrations=(*MIGRATIONS, newer))
    assert kept(new) == ["alert/000001"]
    new.close()


def test_a_migration_that_fails_half_way_leaves_the_store_as_it_was(path: str) -> None:
    SqliteStore(path).close()
    half = Migration(len(MIGRATIONS) + 1, "9999_pre_half", "create table half (id text); create nonsense;")
    with pytest.raises(StoreError):
        SqliteStore(path, migrations=(*MIGRATIONS, half))
    store = SqliteStore(path)
    assert doctor.findings(store) == []
    assert store.reader.execute("select count(*) from sqlite_schema where name = 'half'").fetchall() == [(0,)]
    store.close()


@pytest.mark.parametrize(
    ("failure", "name"),
    [
        (apsw.CorruptError(), Unreadable),
        (apsw.NotADBError(), Unreadable),
        (apsw.FullError(), StoreFull),
        (apsw.BusyError(), StoreBusy),
        (apsw.IOError(), StoreBroken),
        (OSError(), StoreBroken),
    ],
)
def test_every_failure_has_a_name_that_says_what_to_do(failure: Exception, name: type[StoreError]) -> None:
    with pytest.raises(name), named():
        raise failure


# The doctor, and the queries -------------------------------------------------------------------------------------


def test_the_doctor_finds_nothing_wrong_with_a_good_store(store: SqliteStore) -> None:
    assert doctor.findings(store) == []


def test_the_doctor_reads_apart_through_a_connection_that_is_closed_behind_it(store: SqliteStore) -> None:
    store.append([press(1)])
    with doctor.apart(store) as twin:
        assert twin.reader is not store.reader and twin.writer is store.writer
        assert kept(twin) == kept(store) == ["alert/000001"] and doctor.read_findings(twin) == []
    with pytest.raises(apsw.ConnectionClosedError):
        twin.reader.execute("select 1")
    assert kept(store) == ["alert/000001"]


def test_the_doctor_names_a_setting_that_changed(store: SqliteStore) -> None:
    store.writer.pragma("synchronous", 0)
    assert doctor.findings(store) == ["writer: synchronous is 0, must be 2"]


def test_the_doctor_says_that_less_than_full_can_lose_what_was_acknowledged(path: str) -> None:
    store = SqliteStore(path, synchronous="NORMAL")
    assert any("not FULL" in line for line in doctor.findings(store))
    store.close()


def test_the_doctor_finds_a_damaged_file(path: str) -> None:
    store = SqliteStore(path)
    store.append([press(number) for number in range(200)])
    store.close()
    with open(path, "r+b") as file:
        file.seek(5 * 4_096)
        file.write(b"\xff" * 4_096 * 4)
    damaged = SqliteStore(path)
    assert any(line.startswith("file: ") for line in doctor.findings(damaged))
    damaged.close()


PLANS = {
    "open_snapshots": "snapshot USING INDEX snapshot_open (org_id=? AND kind=? AND stream>? AND stream<?)",
    "newest": "snapshot USING INDEX sqlite_autoindex_snapshot_1 (org_id=? AND stream>? AND stream<?)",
    "due_deliveries": "delivery USING INDEX delivery_due (org_id=?)",
    "deliveries": "delivery USING INDEX delivery_by_alert (org_id=? AND alert=?)",
    "fixes": "fix USING INDEX fix_by_alert (org_id=? AND alert=?)",
    "erase_fixes": "fix USING INDEX fix_by_alert (org_id=? AND alert=?)",
    "facts": "fact USING INTEGER PRIMARY KEY (rowid>?)",
}


@pytest.mark.parametrize("name", PLANS)
def test_no_read_on_the_way_of_an_alert_grows_with_history(store: SqliteStore, name: str) -> None:
    sql = QUERIES[name]
    plan = store.writer.execute(f"explain query plan {sql}", ("x",) * sql.count("?")).fetchall()
    assert [str(step[3]) for step in plan] == [f"SEARCH {PLANS[name]}"]


TWICE = "-- name: a\n-- A.\nselect 1;\n-- name: a\n-- B.\nselect 2;\n"


@pytest.mark.parametrize("text", ["-- name: a\nselect 1;\n", TWICE])
def test_a_query_has_a_name_of_its_own_and_an_english_line(text: str) -> None:
    with pytest.raises(ValueError, match="query a"):
        parsed(text)


def test_a_refusal_says_what_to_do() -> None:
    assert str(StoreRefuses()) == "The store refuses, and nothing on the disk was changed."
