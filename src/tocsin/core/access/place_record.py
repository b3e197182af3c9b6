"""What is kept of places besides the places themselves: the sheets they are drawn on, pictures, and codes on walls."""

from __future__ import annotations

from msgspec import Struct

from tocsin.core.access.words import Ended
from tocsin.core.ground import Known
from tocsin.core.limits import SHEET_UNITS


def sheet_id(site: str, on: str) -> str:
    """The id of the sheet of this place; of the site itself where `on` is empty."""
    return f"{site}/{on}"


class PlanSheet(Struct, frozen=True, gc=False, kw_only=True):
    """What the outlines of a site (`on` empty), floor, building or lot are drawn on.

    `picture`: the id of its picture; empty: blank paper.  `width`, `height`: in pixels, or of blank paper in whatever
    unit: only how they stand to each other counts.  `name`: of the file, as it was chosen.  `known`: none, or the two
    points of which somebody has said where they are.  `by`: the member who set it.
    """

    id: str
    site: str
    on: str
    picture: str = ""
    width: int
    height: int
    name: str = ""
    known: tuple[Known, ...] = ()
    made_ms: int
    by: str = ""
    ended: Ended | None = None

    @property
    def open(self) -> bool:
        return self.ended is None

    @property
    def tall(self) -> int:
        """How far down it goes, in the units of corners."""
        return tall(self.width, self.height)


def tall(width: int, height: int) -> int:
    """How far down a sheet of these proportions goes, in ten-thousandths of its width."""
    return -(-SHEET_UNITS * height // width)


class Picture(Struct, frozen=True, gc=False, kw_only=True):
    """A PNG without anything but pixels.  `id`: the SHA-256 of `content`.  It lies in the store alone."""

    id: str
    content: bytes
    width: int
    height: int

    @property
    def open(self) -> bool:
        return False


class PlaceCode(Struct, frozen=True, gc=False, kw_only=True):
    """What is on the wall of a place, to be scanned or typed (`id`).  One that was replaced says nothing any more."""

    id: str
    site: str
    place: str
    made_ms: int
    by: str = ""
    ended: Ended | None = None

    @property
    def open(self) -> bool:
        return self.ended is None
