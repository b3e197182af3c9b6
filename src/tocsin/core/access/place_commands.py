"""What may be asked of places: their names and outlines, the sheets these are drawn on, the codes on their walls."""

from __future__ import annotations

from msgspec import Struct

from tocsin.core.access.edits import PlaceEdit
from tocsin.core.access.place_record import Picture
from tocsin.core.access.record import By
from tocsin.core.ground import Known
from tocsin.core.limits import SHEET_TALL_UNITS, SHEET_UNITS


class EditPlaces(Struct, frozen=True, kw_only=True):
    """Places of one site come, change and go, all or none.  STALE where a `before` no longer holds.

    Whatever is inside a place that goes, or drawn on its sheet, has to be named too.
    """

    org: str
    by: By
    site: str
    edits: tuple[PlaceEdit, ...]
    why: str = ""


class SetSheet(Struct, frozen=True, kw_only=True):
    """A new picture under what is drawn, or blank paper (None) of these proportions.  Outlines stay as they are.

    `on`: whose sheet; empty: the site's own.  `before`: what was seen, as `PlanSheet.picture`; None: no sheet yet.
    """

    org: str
    by: By
    site: str
    on: str
    picture: Picture | None
    before: str | None
    name: str = ""
    known: tuple[Known, ...] = ()
    width: int = SHEET_UNITS  # Of blank paper alone.
    height: int = SHEET_TALL_UNITS


class SetKnown(Struct, frozen=True, kw_only=True):
    """Two points of a sheet of which somebody knows where they are; none: nobody does any more."""

    org: str
    by: By
    site: str
    on: str
    known: tuple[Known, ...]


class MakeCodes(Struct, frozen=True, kw_only=True):
    """A code for each of these places.  `renew`: also where there is one, which then says nothing any more.

    The reply names none of them: they are read afterwards, by whoever may read places.
    """

    org: str
    by: By
    site: str
    places: tuple[str, ...]
    renew: bool = False
    why: str = ""


PlaceCommand = EditPlaces | SetSheet | SetKnown | MakeCodes
