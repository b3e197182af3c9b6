"""What the operator asked for and cannot have: said in words, nothing changed."""

from __future__ import annotations

from tocsin.core.commands import Declined, Problem


class Refusal(Exception):
    """The operator asked for something that cannot be done; the words say what and how to go on."""


def words_of(declined: Declined) -> str:
    """Why the core declined it."""
    if declined.problem is Problem.REAL_ALERT_OPEN:
        return "a real alert is open and a drill would take people from it; wait until it is closed"
    return declined.detail or declined.problem.value.replace("_", " ")
