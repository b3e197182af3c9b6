"""Turns one change into rows, whole or not at all."""

from __future__ import annotations

import apsw

from tocsin.ports import Change, Conflict, Stored
from tocsin.store.queries import QUERIES

UNSTORABLE = (apsw.ConstraintError, apsw.TooBigError, ValueError, OverflowError, TypeError)
"""What is wrong with one change alone: it must not take the others of its batch along."""


def write(db: apsw.Connection, change: Change) -> Stored | Conflict:
    """Write one change in a savepoint of the transaction that is open; a Conflict leaves nothing of it."""
    db.execute("savepoint change")
    try:
        verdict: Stored | Conflict = _facts(db, change)
        _state(db, change)
        _evidence(db, change)
    except UNSTORABLE as error:
        db.execute("rollback to change")
        verdict = Conflict(_what(error))
    db.execute("release change")
    return verdict


def _facts(db: apsw.Connection, change: Change) -> Stored:
    for fact in change.facts:
        row = (change.org, fact.stream, fact.version, fact.type, fact.at_ms, fact.body, fact.salt, fact.leaf)
        db.execute(QUERIES["insert_fact"], row)
    return Stored(db.last_insert_rowid() if change.facts else 0)


def _state(db: apsw.Connection, change: Change) -> None:
    org = change.org
    for s in change.snapshots:
        db.execute(QUERIES["upsert_snapshot"], (org, s.stream, s.kind, s.version, s.open, s.body))
    if change.deliveries:
        values = [(org, row.id, row.alert, row.state, row.due_at_ms, row.body) for row in change.deliveries]
        db.executemany(QUERIES["upsert_delivery"], values)
    for wake in change.wakes:
        if wake.due_at_ms is None:
            db.execute(QUERIES["delete_wake"], (org, wake.stream))
        else:
            db.execute(QUERIES["upsert_wake"], (org, wake.stream, wake.due_at_ms))


def _evidence(db: apsw.Connection, change: Change) -> None:
    org = change.org
    for r in change.receipts:
        db.execute(QUERIES["insert_receipt"], (org, r.credential, r.key, r.receipt, r.alert, r.at_ms))
    for alert in change.erase_fixes_of:
        db.execute(QUERIES["erase_fixes"], (org, alert))
    for fix in change.fixes:
        values = (org, fix.id, fix.alert, fix.lat, fix.lon, fix.radius_m, fix.at_ms)
        db.execute(QUERIES["insert_fix"], values)
    if change.listed:
        lines = [(org, x.list, x.shelf, x.id, x.alert, x.member, x.place) for x in change.listed]
        db.executemany(QUERIES["upsert_listed"], lines)
    if change.listed_from is not None:
        db.execute(QUERIES["upsert_listed_from"], (org, change.listed_from))


def _what(error: Exception) -> str:
    """The table whose key exists already; for anything else only the kind of error: its text may hold content."""
    if isinstance(error, apsw.ConstraintError):
        return str(error).rpartition(": ")[2].partition(".")[0]
    return type(error).__name__
