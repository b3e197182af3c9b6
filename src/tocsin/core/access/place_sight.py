"""The plan of a site as whoever works there gets it: its sheets, its places, and what a report of each says.

Nothing here depends on who reads it, on an alert or on a person.  Codes are not in it: who could read them all could
say of anybody's alert that it is elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from tocsin.core.access.place_record import PlanSheet
from tocsin.core.directory import Directory, Place
from tocsin.core.ground import Known
from tocsin.core.limits import SHEET_TALL_UNITS, SHEET_UNITS
from tocsin.core.outline import Outline
from tocsin.core.place import labels, of_site

PICTURES = "/api/v1/pictures/"


class SheetView(Struct, frozen=True):
    """`on`: whose it is; empty: the site's own.  `picture`: where it is to be had; None: blank paper.  `height` to
    `width` is how tall it is."""

    on: str
    name: str
    picture: str | None
    width: int
    height: int
    known: tuple[Known, ...]


class PlaceView(Struct, frozen=True):
    """`label`: what a report of this place says.  `on` and `outline` as `Place` has them."""

    id: str
    name: str
    label: str
    kind: str
    inside: str
    on: str | None
    outline: Outline


class PlanView(Struct, frozen=True):
    """Every sheet that has a picture or something drawn on it, the site's own first."""

    site: str
    name: str
    sheets: tuple[SheetView, ...]
    places: tuple[PlaceView, ...]


def plan_view(directory: Directory, site: str, sheets: Iterable[PlanSheet]) -> PlanView:
    """Of a site that there is."""
    places = of_site(directory.places, site)
    known = {sheet.on: sheet for sheet in sheets if sheet.site == site}
    drawn = {place.on for place in places.values() if place.on is not None}
    shown = [on for on in ("", *places) if on in known or on in drawn]
    says = labels(places)
    return PlanView(
        site,
        directory.sites[site].name,
        tuple(_sheet(on, known.get(on), directory.sites[site].name, places) for on in shown),
        tuple(_place(place, says[id]) for id, place in places.items()),
    )


def _sheet(on: str, sheet: PlanSheet | None, site: str, places: Mapping[str, Place]) -> SheetView:
    name = places[on].name if on else site
    if sheet is None:
        return SheetView(on, name, None, SHEET_UNITS, SHEET_TALL_UNITS, ())
    picture = PICTURES + sheet.picture if sheet.picture else None
    return SheetView(on, name, picture, sheet.width, sheet.height, sheet.known)


def _place(place: Place, label: str) -> PlaceView:
    return PlaceView(place.id, place.name, label, place.kind, place.inside, place.on, place.outline)
