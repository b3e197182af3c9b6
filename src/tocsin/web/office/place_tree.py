"""The places of a site as a tree: what is in what, what of it is drawn, and what has a code on its wall."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

from msgspec import Struct

from tocsin.core.access.permissions import May
from tocsin.core.access.place_record import PlaceCode
from tocsin.core.directory import Place, Site
from tocsin.core.place import of_site
from tocsin.web.office.place_paper import own_sheet, sheet_url, sheets_of
from tocsin.web.office.place_words import KINDS, kind_word
from tocsin.web.office.rooms import Office

DEEP = 3  # A bay or a room in a floor in a building.
ORDER = tuple(KINDS)


class Branch(Struct, frozen=True):
    """One place in the tree.  `sheet_url`: where it is drawn, or where it would be."""

    id: str
    name: str
    kind: str
    depth: int
    drawn: bool
    coded: bool
    url: str
    sheet_url: str


def place_url(site: str, place: str = "") -> str:
    given = {"site": site, "place": place}
    return f"/office/places/place?{urlencode({key: value for key, value in given.items() if value})}"


def codes_of(office: Office, site: str) -> dict[str, PlaceCode]:
    """The code of each place that has one; to whoever may not print them, none."""
    return office.records.place_codes(office.visit.signed_in, site) if office.may(May.EDIT_PLACES) else {}


def in_order(places: Mapping[str, Place]) -> Iterator[tuple[Place, int]]:
    """Each place under the one it is in, with how deep it stands; of what is in a place that is gone, at the top."""
    inside: dict[str, list[Place]] = {}
    for place in places.values():
        inside.setdefault(place.inside if place.inside in places else "", []).append(place)
    seen: set[str] = set()

    def walk(over: str, depth: int) -> Iterator[tuple[Place, int]]:
        for place in sorted(inside.get(over, ()), key=_rank):
            if place.id not in seen:
                seen.add(place.id)
                yield place, min(depth, DEEP)
                yield from walk(place.id, depth + 1)

    yield from walk("", 0)


def _rank(place: Place) -> int:
    return ORDER.index(place.kind) if place.kind in ORDER else len(ORDER)


def tree(office: Office, site: Site) -> list[Branch]:
    places, codes = of_site(office.visit.directory.places, site.id), codes_of(office, site.id)
    sheets = set(sheets_of(office, site))
    return [
        Branch(
            id=place.id,
            name=place.name,
            kind=kind_word(office.visit._, place.kind),
            depth=depth,
            drawn=bool(place.outline),
            coded=place.id in codes,
            url=place_url(site.id, place.id),
            sheet_url=sheet_url(site.id, own_sheet(sheets, places, place), place=place.id),
        )
        for place, depth in in_order(places)
    ]
