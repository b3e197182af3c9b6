"""Mutants of how an alert ends; the table is in `mutants.py`."""

from __future__ import annotations

import pytest

from tocsin.core import closing
from tocsin.runtime.withdrawals import Withdrawals

Patch = pytest.MonkeyPatch


def close_by_one(patch: Patch) -> None:
    patch.setattr(closing, "_may_confirm", lambda draft, command: None)


def close_at_once(patch: Patch) -> None:
    patch.setattr(closing, "CLOSE_OBJECTION_MS", 1_000)


def calls_not_taken_back(patch: Patch) -> None:
    """What a vendor has it may keep."""
    patch.setattr(Withdrawals, "ask", lambda self, *wanted: None)
