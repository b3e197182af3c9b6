"""The plan of a site as whoever works there gets it: its sheets, its places, and what a report of each says.

Nothing here depends on who reads it, on an alert or on a person, but where somebody comes by a link to one alert: of
the plan they get what they need to run there (`Sought`).  Codes are not in it: who could read them all could say of
anybody's alert that it is elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from unicodedata import normalize

from msgspec import Struct

from tocsin.core.access.place_record import PlanSheet
from tocsin.core.directory import Directory, Place
from tocsin.core.ground import Known
from tocsin.core.limits import SHEET_TALL_UNITS, SHEET_UNITS
from tocsin.core.outline import Outline
from tocsin.core.place import folded, labels, of_site, way_up

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


class Sought(Struct, frozen=True):
    """Where the alert of a link is said to be: the labels of its reports, and whether one of them is a fix."""

    labels: tuple[str, ...]
    fixed: bool


def plan_view(directory: Directory, site: str, sheets: Iterable[PlanSheet], sought: Sought | None = None) -> PlanView:
    """Of a site that there is.  `sought`: only the sheets that lead there, and what is drawn on them.

    Those are the site's own, and each on which a place that a report may mean, or what that is in, is drawn or shown;
    for a fix also the first of which somebody has said where on the globe it lies.  The names of all places stay: a
    name must be known for one of this site, and told from another that is alike.
    """
    places = of_site(directory.places, site)
    known = {sheet.on: sheet for sheet in sheets if sheet.site == site}
    drawn = {place.on for place in places.values() if place.on is not None}
    shown = [on for on in ("", *places) if on in known or on in drawn]
    says = labels(places)
    if sought is not None:
        grounded = [on for on in shown if on in known and known[on].known] if sought.fixed else []
        near = {"", *grounded[:1], *_leading_to(places, says, sought.labels)}
        shown = [on for on in shown if on in near]
    return PlanView(
        site,
        directory.sites[site].name,
        tuple(_sheet(on, known.get(on), directory.sites[site].name, places) for on in shown),
        tuple(_place(place, says[id], shown) for id, place in places.items()),
    )


def _leading_to(places: Mapping[str, Place], says: Mapping[str, str], said: Iterable[str]) -> set[str | None]:
    """The sheets of whatever one of these may mean, and of what that is in."""
    names = {_alike(name) for name in said}
    meant = [place for id, place in places.items() if not names.isdisjoint((_alike(place.name), _alike(says[id])))]
    way = [over for place in meant for over in (place, *way_up(places, place))]
    return {on for over in way for on in (over.on, over.id)}


def _alike(name: str) -> str:
    """A name as the page that draws it compares names, or more generously."""
    return folded(normalize("NFKC", name))


def _sheet(on: str, sheet: PlanSheet | None, site: str, places: Mapping[str, Place]) -> SheetView:
    name = places[on].name if on else site
    if sheet is None:
        return SheetView(on, name, None, SHEET_UNITS, SHEET_TALL_UNITS, ())
    picture = PICTURES + sheet.picture if sheet.picture else None
    return SheetView(on, name, picture, sheet.width, sheet.height, sheet.known)


def _place(place: Place, label: str, shown: Collection[str]) -> PlaceView:
    on, outline = (place.on, place.outline) if place.on in shown else (None, ())
    return PlaceView(place.id, place.name, label, place.kind, place.inside, on, outline)
