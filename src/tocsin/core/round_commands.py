"""What is asked of the record about rounds: drills of many people and reach tests."""

from __future__ import annotations

from msgspec import Struct

from tocsin.core.words import Reason


class BeginRound(Struct, frozen=True, kw_only=True):
    """Somebody begins a drill of many people, or a reach test: it is in the record before anybody is told."""

    org: str
    round: str
    kind: str
    site: str
    by: str
    why: str
    recipients: int


class EndRound(Struct, frozen=True, kw_only=True):
    """It is over, and this is what it came to.  `how`: ended, stopped, or lost (nobody knows of it any more)."""

    org: str
    round: str
    how: str
    handed_over: int = 0
    delivered: int = 0
    answered: int = 0
    undeliverable: int = 0
    withdrawn: int = 0


class ContactHeard(Struct, frozen=True, array_like=True):
    """What a round learned of one contact while it was the number `to`; None where it learned nothing."""

    member: str
    contact: str
    asked_ms: int | None = None
    answered_ms: int | None = None
    reason: Reason | None = None
    to: str = ""


class HearContacts(Struct, frozen=True, kw_only=True):
    """What rounds learned of contacts, many at once."""

    org: str
    heard: tuple[ContactHeard, ...]


class RollHeard(Struct, frozen=True, array_like=True):
    """How the message to one member stands.  `reason`: why it did not arrive; None: nothing says that it did not."""

    member: str
    reason: Reason | None = None


class HearRoll(Struct, frozen=True, kw_only=True):
    """What became of messages of a roll call, many at once."""

    org: str
    round: str
    heard: tuple[RollHeard, ...]


RoundCommand = BeginRound | EndRound | HearContacts | HearRoll


class PracticeAnswer(Struct, frozen=True):
    """A text was the number of a drill's or a reach test's message: that round is to hear of it, once for each text."""

    round: str
    member: str
    number: str
