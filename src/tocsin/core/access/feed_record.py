"""A subscribed roster feed as it is kept: where it is, what it last said, and since when it has not been read."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from tocsin.core.access.words import Ended


class FeedFault(StrEnum):
    """Why a feed was not read."""

    AWAY = "away"  # No connection, no such name, or it broke off.
    SLOW = "slow"
    HUGE = "huge"  # Also of what unpacks to far more than it was.
    NOT_SAFE = "not_safe"  # Its certificate is not to be trusted, or there is none.
    PRIVATE = "private"  # It lies in a network that nothing of ours may knock at.
    MOVED = "moved"  # It redirects, and where to nobody has looked at.
    REFUSED = "refused"  # Its server says no.
    NO_ROSTER = "no_roster"  # Neither a calendar nor a table.
    TOO_HARD = "too_hard"  # It takes more time or memory to work out than a roster could.
    EMPTY = "empty"  # It has no shift to come, and had.


class FeedLine(Struct, frozen=True):
    """A line of a feed that could not be read: where, what stood there, and a word for why."""

    line: int
    what: str
    why: str


class KnownShift(Struct, frozen=True):
    """A shift as a feed last had it; `people` is a short name of who was on it."""

    starts_ms: int
    ends_ms: int
    people: str


class Feed(Struct, frozen=True, gc=False, kw_only=True):
    """`known`: what it said when it was last read well, at `read_ms`; until then None.  `asked_ms`: when somebody last
    wanted it read at once.  `failing_ms`: since when it cannot be read, and `fault` why."""

    id: str
    site: str
    url: str
    label: str
    by: str
    made_ms: int
    asked_ms: int = 0
    known: tuple[KnownShift, ...] = ()
    read_ms: int | None = None
    unread: int = 0
    lines: tuple[FeedLine, ...] = ()
    failing_ms: int | None = None
    fault: FeedFault | None = None
    ended: Ended | None = None

    @property
    def open(self) -> bool:
        return self.ended is None


class FeedCame(Struct, frozen=True):
    """What was fetched; None: the same as before.  `etag`, `modified`: what its server calls it."""

    content: bytes | None
    etag: str = ""
    modified: str = ""
