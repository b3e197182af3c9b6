"""What a list of alerts is asked for, from the words of a query."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from tocsin.core.limits import LABEL_MAX_CHARS
from tocsin.core.listing import Sought, folded
from tocsin.core.words import Kind, Outcome, Phase
from tocsin.intake.lookout import OPEN
from tocsin.intake.plain import moment_ms
from tocsin.intake.problems import Trouble

STATES = {"open": OPEN, **{phase.value: frozenset({phase}) for phase in Phase}}
DRILLS = {"true": True, "false": False}
_TEXT = {"type": "string"}
_TIME = {"type": "string", "format": "date-time"}
PARAMETERS: tuple[dict[str, Any], ...] = (
    {"name": "state", "in": "query", "schema": {"type": "string", "enum": list(STATES)}},
    {"name": "after", "in": "query", "schema": _TEXT},
    {"name": "site", "in": "query", "schema": _TEXT},
    {"name": "kind", "in": "query", "schema": {"type": "string", "enum": [kind.value for kind in Kind]}},
    {"name": "drill", "in": "query", "schema": {"type": "string", "enum": list(DRILLS)}},
    {"name": "outcome", "in": "query", "schema": {"type": "string", "enum": [outcome.value for outcome in Outcome]}},
    {"name": "member", "in": "query", "description": "Who was in danger.", "schema": _TEXT},
    {"name": "place", "in": "query", "description": "Part of what a place was called.", "schema": _TEXT},
    {"name": "since", "in": "query", "description": "Raised at this moment or later.", "schema": _TIME},
    {"name": "until", "in": "query", "description": "Raised before this moment.", "schema": _TIME},
)
Query = Mapping[str, str]
W = TypeVar("W", bound=StrEnum)
V = TypeVar("V")


def sought_of(asked: Query) -> Sought:
    """Raises Trouble, which names the parameter, for a value that cannot be used."""
    return Sought(
        site=asked.get("site") or None,
        kind=_word(asked, "kind", Kind),
        drill=_one_of(asked, "drill", DRILLS),
        outcome=_word(asked, "outcome", Outcome),
        member=asked.get("member") or None,
        place=folded(asked.get("place", "")[:LABEL_MAX_CHARS]) or None,
        since_ms=_instant(asked, "since"),
        until_ms=_instant(asked, "until"),
        states=_one_of(asked, "state", STATES) or frozenset(Phase),
    )


def _word(asked: Query, name: str, words: type[W]) -> W | None:
    return _one_of(asked, name, {word.value: word for word in words})


def _one_of(asked: Query, name: str, known: Mapping[str, V]) -> V | None:
    given = asked.get(name)
    if given is None:
        return None
    if given not in known:
        raise Trouble("bad_query", f"{name}: one of {', '.join(known)}")
    return known[given]


def _instant(asked: Query, name: str) -> int | None:
    given = asked.get(name)
    found = None if given is None else moment_ms(given)
    if given is not None and found is None:
        raise Trouble("bad_query", f"{name}: a time as in RFC 3339, with its zone")
    return found
