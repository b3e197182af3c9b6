"""Years of closed alerts in a store, row for row as the engine writes them.

Theory of operation
-------------------
One alert lives its whole life in a real server: a press, its messages, the carrier's callbacks, a PIN that closes it,
the all-clear.  Its rows are then copied as often as wanted, by SQLite alone.  Ids grow with time and begin with their
millisecond, so a copy is the same rows with every such beginning, and every time column, moved back by a multiple of
the same gap: what is older sorts before what is newer, as in a store that grew by itself.  (Times inside the bodies
stay those of the one life; nothing looks there once an alert is closed.)
"""

from __future__ import annotations

import contextlib
import http.client
import json
import time
from collections.abc import Iterable
from pathlib import Path

import apsw

from tocsin.app import store_file
from tocsin.bench.town import ORG, Town, told_by_server, town
from tocsin.intake.control import Order
from tocsin.store.sqlite import SqliteStore

COLLEAGUES = 2  # A small site: what was sent to whom is most of what an alert leaves behind.
GAP_MS = 60_000  # An alert a minute: a million of them are two years.
BEGINNING = 13  # Characters of an id that say its millisecond.
LIFE_MAX_S = 30
LOOK_S = 0.1
BATCH = 20_000  # Lives in one transaction.
PIN, DURESS_PIN = "4071", "8265"

# Each with the columns that hold ids marked by angle brackets, and bodies by double ones.
COPIES = (
    """insert into main.fact (org_id, stream, version, type, at_ms, body, salt, leaf)
    select org_id, <stream>, version, type, at_ms - back, <<body>>, salt, leaf
    from lives cross join life.fact order by number desc, position""",
    """insert into main.snapshot (org_id, stream, kind, version, open, body)
    select org_id, <stream>, kind, version, open, <<body>> from lives cross join life.snapshot order by number desc""",
    """insert into main.delivery (org_id, id, alert, state, due_at_ms, body)
    select org_id, <id>, <alert>, state, due_at_ms, <<body>>
    from lives cross join life.delivery order by number desc, id""",
    """insert into main.receipt (org_id, credential, key, receipt, alert, at_ms)
    select org_id, credential, key || '-' || number, <receipt>, <alert>, at_ms - back
    from lives cross join life.receipt order by number desc""",
    """insert into main.listed (org_id, list, shelf, id, alert, member, place)
    select org_id, list, shelf, <id>, <alert>, member, place
    from life.listed cross join lives order by list, shelf, number desc""",
)
LISTS_WHOLE = """insert into main.listed_from (org_id, alert) values (?, '')
on conflict (org_id) do update set alert = excluded.alert"""
LIVES = """with recursive counted (number) as (
    values (:first) union all select number + 1 from counted where number + 1 < :end
), lives as materialized (select number, number * :gap as back{beginnings} from counted)
"""


def live_once(file: Path) -> None:
    """Live one alert in a real server and leave its rows, and no others, in a store of their own at `file`."""
    with town(1, COLLEAGUES) as here:
        told_by_server(here.data, Order("pins", what="w0", pin=PIN, duress_pin=DURESS_PIN))
        token = here.tokens(["w0"])[0]
        alert = _call(here, "/api/v1/alerts", token, {"kind": "sos"})["id"]
        _until_settled(here, str(alert), COLLEAGUES)
        _call(here, f"/api/v1/alerts/{alert}/safe", token, {"pin": PIN})
        _until_settled(here, str(alert), 2 * COLLEAGUES)
        told_by_server(here.data, Order("backup", what=str(file)))
    with contextlib.closing(apsw.Connection(str(file))) as db:
        db.execute("delete from fact where stream not like 'alert/%' and stream not like 'delivery/%'")
        db.execute("delete from snapshot where kind <> 'alert'")


def _until_settled(here: Town, alert: str, messages: int) -> None:
    """Returns when so many of the alert's messages have reached their end."""
    store, until = SqliteStore(str(store_file(here.data))), time.monotonic() + LIFE_MAX_S
    with contextlib.closing(store):
        while sum(row.due_at_ms is None for row in store.deliveries(ORG, alert)) < messages:
            if time.monotonic() > until:
                raise RuntimeError("the alert that was to be copied did not end")
            time.sleep(LOOK_S)


def _call(here: Town, path: str, token: str, fields: dict[str, str]) -> dict[str, object]:
    connection = http.client.HTTPConnection("127.0.0.1", here.port, timeout=LIFE_MAX_S)
    connection.request("POST", path, json.dumps(fields), {"Authorization": f"Bearer {token}"})
    told: dict[str, object] = json.loads(connection.getresponse().read())
    connection.close()
    return told


def fill(data: Path, alerts: int, life: Path) -> int:
    """Put so many copies of that life into a store that no server has open.  Returns how many rows they are."""
    with contextlib.closing(apsw.Connection(str(store_file(data)))) as db:
        for pragma in ("journal_mode=off", "synchronous=off", "cache_size=-512000"):
            db.execute(f"pragma {pragma}").fetchall()
        db.execute("attach ? as life", (str(life),))
        copies, before = _copies(db), db.total_changes()
        for end in range(alerts + 1, 1, -BATCH):
            _fill(db, copies, max(end - BATCH, 1), end)
        db.execute(LISTS_WHOLE, (ORG,))
        rows = db.total_changes() - before
        db.execute("detach life")
        db.execute("pragma journal_mode=wal").fetchall()
        return rows


def _fill(db: apsw.Connection, copies: Iterable[str], first: int, end: int) -> None:
    db.execute("begin")
    for copy in copies:
        db.execute(copy, {"first": first, "end": end, "gap": GAP_MS})
    db.execute("commit")


def _copies(db: apsw.Connection) -> list[str]:
    """The statements, knowing with which milliseconds the ids of this life begin."""
    ids = "select stream from life.fact union select id from life.delivery union select receipt from life.receipt"
    begun = sorted({str(row[0]).rpartition("/")[2][:BEGINNING] for row in db.execute(ids)})
    moved = [
        f", printf('%08x-%04x', ({at} - number * :gap) >> 16, ({at} - number * :gap) & 65535) as begun{which}"
        for which, at in enumerate(int(beginning.replace("-", ""), 16) for beginning in begun)
    ]
    lives = LIVES.format(beginnings="".join(moved))
    return [lives + _with_ids_moved(copy, begun) for copy in COPIES]


def _with_ids_moved(statement: str, begun: list[str]) -> str:
    """Angle brackets become the moving of ids: each beginning of the one life by that of the copy."""
    for column in ("body", "stream", "id", "alert", "receipt"):
        moved = column
        for which, beginning in enumerate(begun):
            moved = f"replace({moved}, '{beginning}', begun{which})"
        statement = statement.replace(f"<<{column}>>", f"cast({moved} as blob)").replace(f"<{column}>", moved)
    return statement
