"""What is given to be read, and what comes of it: the roster, and every line that could not be read, and why."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from tocsin.core.directory import Shift

SHOWN_MAX_CHARS = 80


class Why(StrEnum):
    """Why a line was not read; or, of `NOTED`, what was made of one that says two things."""

    NO_PERSON = "no_person"
    UNKNOWN_PERSON = "unknown_person"
    TWO_OF_ONE_NAME = "two_of_one_name"
    NAMES_NOBODY = "names_nobody"
    DECLINED = "declined"
    NO_START = "no_start"
    NO_END = "no_end"
    NOT_A_TIME = "not_a_time"
    DAY_OR_MONTH = "day_or_month"
    NO_SUCH_DAY = "no_such_day"
    ENDS_FIRST = "ends_first"
    TOO_LONG = "too_long"
    TOO_FAR_AHEAD = "too_far_ahead"
    OTHER_SITE = "other_site"
    LONG_LINE = "long_line"
    NOT_TEXT = "not_text"
    OPEN_QUOTE = "open_quote"
    NOT_AN_EVENT = "not_an_event"
    UNKNOWN_ZONE = "unknown_zone"
    TOO_OFTEN = "too_often"
    TOO_HARD = "too_hard"
    NO_SUCH_RULE = "no_such_rule"
    STARTS_TWICE = "starts_twice"
    STARTS_NEVER = "starts_never"
    ENDS_TWICE = "ends_twice"
    ENDS_NEVER = "ends_never"


NOTED = frozenset({Why.STARTS_TWICE, Why.STARTS_NEVER, Why.ENDS_TWICE, Why.ENDS_NEVER})


class No(StrEnum):
    """Why nothing at all was read."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_TEXT = "not_text"
    NO_HEADING = "no_heading"
    NO_CALENDAR = "no_calendar"
    TOO_MANY = "too_many"
    TOO_HARD = "too_hard"
    NO_ZONE = "no_zone"


class Person(Struct, frozen=True, gc=False):
    """Somebody who may be on a roster.  `mails` in small letters, `numbers` in E.164."""

    id: str
    name: str
    mails: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


class Job(Struct, frozen=True, kw_only=True):
    """Bytes to be read as the roster of a site.  What is over at `from_ms`, or begins from `until_ms` on, is left out.

    `day_first`: how 3/11/2026 is meant; None: find out from the file.
    """

    content: bytes
    site: str
    site_name: str
    time_zone: str
    people: tuple[Person, ...]
    from_ms: int
    until_ms: int
    day_first: bool | None = None
    until_is_a_fault: bool = True  # Of a file: a slip of the year.  Of a feed: it goes on for ever.


class Unread(Struct, frozen=True):
    """A line (the first is 1): the beginning of what stands there, and why it was not read."""

    line: int
    what: str
    why: Why


class Read(Struct, frozen=True, kw_only=True, tag=True):
    """`kind`: table or calendar.  `entries`: so many times somebody is on, before overlaps were joined.

    `unread_count` may be more than there are in `unread`.  `noted`: read, but see what was made of it.
    """

    kind: str
    shifts: tuple[Shift, ...]
    unread: tuple[Unread, ...] = ()
    unread_count: int = 0
    noted: tuple[Unread, ...] = ()
    entries: int = 0
    over: int = 0
    cancelled: int = 0
    encoding: str = ""
    separator: str = ""


class Unreadable(Struct, frozen=True, tag=True):
    """Nothing was read.  `detail`: a word that the sentence needs."""

    why: No
    detail: str = ""


class Entry(NamedTuple):
    """Somebody is on."""

    member: str
    starts_ms: int
    ends_ms: int


class NotRead(Exception):
    """This line says nothing that could be used."""

    def __init__(self, why: Why, what: str = "") -> None:
        super().__init__(why)
        self.why, self.what = why, what


class Nothing(Exception):
    """Nothing of it can be read."""

    def __init__(self, why: No, detail: str = "") -> None:
        super().__init__(why)
        self.why, self.detail = why, detail


def shown(text: str) -> str:
    """The beginning of what stands there, as one line that can be looked at."""
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in text[: 4 * SHOWN_MAX_CHARS]).split())
    return plain if len(plain) <= SHOWN_MAX_CHARS else plain[: SHOWN_MAX_CHARS - 1] + "\u2026"
