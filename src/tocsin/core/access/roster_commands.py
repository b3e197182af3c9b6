"""What may be asked of a roster that comes from outside: a file that somebody confirmed, and feeds that are read."""

from __future__ import annotations

from msgspec import Struct

from tocsin.core.access.edits import Judged
from tocsin.core.access.feed_record import FeedFault, FeedLine
from tocsin.core.access.record import By
from tocsin.core.directory import Shift
from tocsin.core.roster_span import Span


class ImportRoster(Struct, frozen=True, kw_only=True):
    """In this span the roster shall be `after`.  `before`: what it was when somebody looked at what would change.

    `judged`: what was found beforehand of what it would change; STALE where something else has changed since.
    """

    org: str
    by: By
    span: Span
    before: tuple[Shift, ...]
    after: tuple[Shift, ...]
    why: str = ""
    judged: Judged | None = None


class AddFeed(Struct, frozen=True, kw_only=True):
    """A calendar or table on the web that is read again and again.  `url` may be as good as a password: it is shown to
    nobody again, and stands in no line of the trail."""

    org: str
    by: By
    site: str
    url: str
    label: str


class EndFeed(Struct, frozen=True, kw_only=True):
    """It is read no more.  The roster stays as it was last read."""

    org: str
    by: By
    feed: str


class AskFeed(Struct, frozen=True, kw_only=True):
    """Somebody wants it read now, and not when its time comes."""

    org: str
    by: By
    feed: str


class FeedRead(Struct, frozen=True, kw_only=True):
    """What a feed says of `span`.  `lines`: some of those that could not be read, `unread`: how many there are."""

    span: Span
    shifts: tuple[Shift, ...]
    unread: int = 0
    lines: tuple[FeedLine, ...] = ()


class HearFeed(Struct, frozen=True, kw_only=True):
    """What became of reading a feed.  None: it says what it said before.  `judged`: as of an import."""

    org: str
    feed: str
    told: FeedRead | FeedFault | None
    judged: Judged | None = None


RosterCommand = ImportRoster | AddFeed | EndFeed | AskFeed | HearFeed
