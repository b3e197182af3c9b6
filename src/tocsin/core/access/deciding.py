"""Which function decides which command of access: one table, so that none is forgotten and none is decided twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tocsin.core.access import commands as a
from tocsin.core.commands import Done, Reply
from tocsin.core.docket import Docket

Decider = Callable[[Docket, Any], Reply]
DUE: dict[str, Callable[[Docket, str], None]] = {}  # What time does, by the register's name; given the record's id.


def look_at(docket: Docket, command: a.LookAt) -> Reply:
    """Time has come for this record; the wake-up is taken away unless the rule sets another."""
    docket.wakes[f"{command.kind}/{command.id}"] = None
    due = DUE.get(command.kind)
    if due is not None:
        due(docket, command.id)
    return Done()


DECIDERS: Mapping[type, Decider] = {a.LookAt: look_at}
