"""A roll call as it is kept: who was asked, what each has said, when it closed and by whom.

Theory of operation
-------------------
While it runs, each word of somebody is a small record of its own (`RollSaid`), so that an answer writes a line and not
ten thousand.  So is whom its newest messages do not reach (`RollUnreached`).  When it closes, both move into the roll
call itself, which is its report, and the lines go.  Alerts of those who were asked stand among the words with their ids
alone: who may know of one is asked whenever it is read (`roll_sight.py`).
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from tocsin.core.round import PREFIX
from tocsin.core.words import Reason


class SaidBy(StrEnum):
    """How somebody said it."""

    TEXT = "text"  # The number in the message came back from their phone.
    PAGE = "page"  # On their own phone's page, or signed in.
    ALERT = "alert"  # They need help: an SOS, by whatever way.


class Word(Struct, frozen=True, array_like=True, gc=False):
    """One thing that somebody said.  `alert`: the SOS, where `by` is one."""

    member: str
    at_ms: int
    by: SaidBy
    alert: str = ""


class RollSaid(Struct, frozen=True, gc=False, kw_only=True):
    """A word of a roll call that runs.  `id`: the roll call, and the member or the alert."""

    id: str
    roll: str
    word: Word
    over: bool = False

    @property
    def open(self) -> bool:
        return not self.over


class RollUnreached(Struct, frozen=True, gc=False, kw_only=True):
    """The newest message of a roll call that runs did not reach this member.  `id`: the roll call and the member."""

    id: str
    roll: str
    member: str
    reason: Reason
    over: bool = False

    @property
    def open(self) -> bool:
        return not self.over


class RollCall(Struct, frozen=True, gc=False, kw_only=True):
    """`by`, `closed_by`: members; empty: nobody, or time.  `waves`: how often those without an answer were to be asked
    by now; `sent`: how often that was begun.  `put_away`: too old to stay in memory.  `round`: the newest that asks.
    `unreached`: whom no message could reach when it closed, and why.
    """

    id: str
    site: str
    by: str
    why: str
    began_ms: int
    asked: tuple[str, ...]
    waves: int = 1
    sent: int = 0
    closed_ms: int | None = None
    closed_by: str = ""
    said: tuple[Word, ...] = ()
    put_away: bool = False
    round: str = ""
    unreached: tuple[tuple[str, Reason], ...] = ()

    @property
    def open(self) -> bool:
        return not self.put_away

    @property
    def running(self) -> bool:
        return self.closed_ms is None


def round_of(roll: str, wave: str) -> str:
    """The id of the round that sends one wave of a roll call."""
    return f"{PREFIX}{wave}.{roll}"


def roll_of(round: str) -> str:
    """The roll call that this round asks for; empty: it asks for none."""
    return round.partition(".")[2]
