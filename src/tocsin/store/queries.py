"""Reads named queries: `-- name: word`, one English line, then the SQL up to the next name."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources

NAME = "-- name: "


def parsed(text: str) -> Mapping[str, str]:
    """Query by name.  ValueError for a name said twice or a query without its English line."""
    queries: dict[str, str] = {}
    for block in text.split(NAME)[1:]:
        name, sentence, sql = block.split("\n", 2)
        if not sentence.startswith("-- ") or name in queries:
            raise ValueError(f"query {name}: needs a name of its own and one English line")
        queries[name] = sql.strip().rstrip(";")
    return queries


QUERIES = parsed(resources.files("tocsin.store").joinpath("queries.sql").read_text("utf-8"))
