"""What comes of a drawing: a picture that we made ourselves, or places with their outlines; or why nothing could."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from tocsin.core.ground import Known

SHOWN_MAX_CHARS = 60


class No(StrEnum):
    """Why nothing of a file can be used."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    OTHER_KIND = "other_kind"
    UNKNOWN_KIND = "unknown_kind"
    TOO_HARD = "too_hard"
    DAMAGED = "damaged"
    MOVES = "moves"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"
    TOO_NARROW = "too_narrow"
    NOTHING_SEEN = "nothing_seen"
    NO_SIZE = "no_size"
    OWN_WORDS = "own_words"
    ELSEWHERE = "elsewhere"
    PICTURE_INSIDE = "picture_inside"
    TOO_DEEP = "too_deep"
    TOO_MANY_PARTS = "too_many_parts"
    NO_JSON = "no_json"
    NO_COLLECTION = "no_collection"
    OTHER_EARTH = "other_earth"
    NO_DEGREES = "no_degrees"
    TOO_WIDE = "too_wide"
    TOO_MANY_SHAPES = "too_many_shapes"
    NO_SHAPE = "no_shape"


class Why(StrEnum):
    """Why one shape is not used; or, of `NOTED`, what was made of one."""

    NOT_A_SHAPE = "not_a_shape"
    NOWHERE = "nowhere"
    NO_NUMBER = "no_number"
    OUT_OF_RANGE = "out_of_range"
    CROSSES_ITSELF = "crosses_itself"
    SEVERAL_PARTS = "several_parts"
    LONG_LINE = "long_line"
    TOO_FEW = "too_few"
    TOO_MANY_CORNERS = "too_many_corners"
    TOO_SMALL = "too_small"
    NO_NAME = "no_name"
    LONG_NAME = "long_name"
    SAME_NAME = "same_name"
    SAME_ID = "same_id"
    NO_SUCH_KIND = "no_such_kind"
    NOT_A_DOOR = "not_a_door"
    NOT_THERE_INSIDE = "not_there_inside"
    HOLE = "hole"
    SIMPLER = "simpler"


NOTED = frozenset({Why.HOLE, Why.SIMPLER, Why.NOT_THERE_INSIDE})


class Left(StrEnum):
    """What of a drawing is not on the picture that was made of it."""

    SCRIPT = "script"
    LINKS = "links"
    LETTERING = "lettering"
    WEB_PAGE = "web_page"
    EFFECTS = "effects"


class Drawn(Struct, frozen=True, tag=True):
    """A PNG that we made: pixels on white and nothing else.  `width`, `height` in pixels."""

    picture: bytes
    width: int
    height: int
    left_out: tuple[Left, ...] = ()


class Shape(Struct, frozen=True):
    """A place as the file has it.  `outline` in units of the sheet, from its upper left corner."""

    id: str
    name: str
    kind: str
    inside: str
    outline: tuple[tuple[int, int], ...]


class Refused(Struct, frozen=True):
    """A shape (the first is 1): how it calls itself, and why it is not used; or what was made of it."""

    number: int
    what: str
    why: Why


class Outlined(Struct, frozen=True, kw_only=True, tag=True):
    """Places on blank paper of `width` x `height` units, north up, with two points whose position is known."""

    width: int
    height: int
    known: tuple[Known, Known]
    places: tuple[Shape, ...]
    refused: tuple[Refused, ...] = ()
    noted: tuple[Refused, ...] = ()


class Unreadable(Struct, frozen=True, tag=True):
    """Nothing was read.  `detail`: a word or a number that the sentence needs."""

    why: No
    detail: str = ""


Read = Drawn | Outlined | Unreadable


class Nothing(Exception):
    """Nothing of it can be used."""

    def __init__(self, why: No, detail: str = "") -> None:
        super().__init__(why)
        self.why, self.detail = why, detail


def shown(text: str) -> str:
    """The beginning of it, as one line that can be looked at."""
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in text[: 4 * SHOWN_MAX_CHARS]).split())
    return plain if len(plain) <= SHOWN_MAX_CHARS else plain[: SHOWN_MAX_CHARS - 1] + "\u2026"
