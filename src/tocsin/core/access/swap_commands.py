"""What may be asked of shifts by those who work them: to be covered, to swap, to answer; and an edit by hand."""

from __future__ import annotations

from msgspec import Struct

from tocsin.core.access.edits import ShiftEdit
from tocsin.core.access.record import By
from tocsin.core.access.swaps import Stretch


class AskSwap(Struct, frozen=True, kw_only=True):
    """`by` asks `taker` to take this; `in_return`: for that one of the taker's."""

    org: str
    by: By
    taker: str
    gives: Stretch
    in_return: Stretch | None = None
    why: str = ""


class AnswerSwap(Struct, frozen=True, kw_only=True):
    """The taker says yes or no."""

    org: str
    by: By
    swap: str
    accepts: bool


class WithdrawSwap(Struct, frozen=True, kw_only=True):
    """The giver wants it no more."""

    org: str
    by: By
    swap: str


class EditRoster(Struct, frozen=True, kw_only=True):
    """Shifts as a page changes them: those that weaken wait together.  Each says what the page showed before."""

    org: str
    by: By
    edits: tuple[ShiftEdit, ...]
    why: str = ""


SwapCommand = AskSwap | AnswerSwap | WithdrawSwap | EditRoster
