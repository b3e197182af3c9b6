"""A sheet as a page draws it: its ground, what is drawn on it, and the rulers along its edges.

Everything is in the units of corners, so that a page needs no arithmetic; without a script it is a picture all the
same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from urllib.parse import urlencode

from msgspec import Struct

from tocsin.core.access.place_record import PlanSheet
from tocsin.core.directory import Place, Site
from tocsin.core.limits import SHEET_TALL_UNITS, SHEET_UNITS
from tocsin.core.outline import Corner, area
from tocsin.core.place import SHEETED, of_site, way_up
from tocsin.web.office.place_labels import label_of
from tocsin.web.office.place_words import written
from tocsin.web.office.rooms import Office
from tocsin.web.refusals import PageRefusal

STEP = SHEET_UNITS // 10
BEHIND = ("lot", "building", "floor", "room", "bay", "door")  # What is drawn first lies behind.


class Shape(Struct, frozen=True):
    """A place on its sheet.  `room`, `high`: how wide and how high its name may be; 0: as it is."""

    id: str
    name: str
    kind: str
    path: str
    outline: str
    x: int
    y: int
    room: int
    high: int
    dot: bool
    line: bool
    planned: bool  # Not saved yet: dashed.


class Paper(Struct, frozen=True):
    """`picture`: where its picture is; empty: blank paper.  `label`: for those who do not see it."""

    key: str
    tall: int
    picture: str
    shapes: list[Shape]
    label: str
    grid: str = ""
    rules: tuple[tuple[int, int, int], ...] = ()


def sheet_of(office: Office, site: str, on: str) -> PlanSheet | None:
    """None: blank paper of the usual proportions."""
    return office.records.sheets(office.visit.signed_in, site).get(on)


def sheets_of(office: Office, site: Site) -> list[str]:
    """The sheets of a site: its own, and those of its places, in their order."""
    kept = office.records.sheets(office.visit.signed_in, site.id)
    places = of_site(office.visit.directory.places, site.id)
    drawn_on = {place.on for place in places.values()}
    return ["", *(id for id in places if id in kept or id in drawn_on)]


def may_carry(place: Place) -> bool:
    """May it have a sheet of its own?"""
    return place.kind in SHEETED


def sheet_asked(office: Office, site: Site, on: str) -> str:
    """Raises PageRefusal where that has no sheet."""
    place = of_site(office.visit.directory.places, site.id).get(on)
    if on and (place is None or not (may_carry(place) or on in sheets_of(office, site))):
        raise PageRefusal("no_such_record")
    return on


def own_sheet(sheets: Collection[str], places: Mapping[str, Place], place: Place) -> str:
    """The sheet on which this place belongs: its own where it is drawn, else that of the nearest that has one."""
    if place.on is not None:
        return place.on
    return next((over.id for over in way_up(places, place) if over.id in sheets), "")


def sheet_name(office: Office, site: Site, on: str) -> str:
    """Whose sheet it is."""
    place = of_site(office.visit.directory.places, site.id).get(on)
    return site.name if place is None else place.name


def picture_url(sheet: PlanSheet | None) -> str:
    return f"/api/v1/pictures/{sheet.picture}" if sheet is not None and sheet.picture else ""


def paper(office: Office, site: Site, on: str, *, without: str = "", label: str = "") -> Paper:
    """The sheet with all that is saved on it.  `without`: a place that is being drawn anew."""
    sheet = sheet_of(office, site.id, on)
    drawn = [place for place in on_sheet(office, site, on) if place.id != without]
    down = SHEET_TALL_UNITS if sheet is None else sheet.tall
    return paper_with(f"{site.id}-{on}", down, picture_url(sheet), drawn, label)


def paper_with(
    key: str, down: int, picture: str, drawn: Iterable[Place], label: str, planned: Collection[str] = ()
) -> Paper:
    ordered = sorted(drawn, key=lambda place: (_behind(place), -area(place.outline)))
    inside: dict[str, list[Place]] = {}
    for place in ordered:
        inside.setdefault(place.inside, []).append(place)
    return Paper(
        key=key,
        tall=down,
        picture=picture,
        shapes=[shape(place, inside.get(place.id, ()), place.id in planned) for place in ordered],
        label=label,
        grid="" if picture else _grid(down),
        rules=tuple(_rules(down)),
    )


def on_sheet(office: Office, site: Site, on: str) -> list[Place]:
    places = of_site(office.visit.directory.places, site.id)
    return [place for place in places.values() if place.on == on and place.outline]


def shape(place: Place, within: Iterable[Place], planned: bool) -> Shape:
    x, y, room, high = label_of(place, within)
    return Shape(
        id=place.id,
        name=place.name,
        kind=place.kind,
        path=path_of(place.outline),
        outline=written(place.outline, "; "),
        x=x,
        y=y,
        room=room,
        high=high,
        dot=len(place.outline) == 1,
        line=len(place.outline) == 2,
        planned=planned,
    )


def path_of(outline: Sequence[Corner]) -> str:
    """One corner is a dot: a stroke without length has the shape of its ends."""
    if len(outline) == 1:
        return f"M{outline[0][0]} {outline[0][1]}h0"
    return "M" + "L".join(f"{x} {y}" for x, y in outline) + ("Z" if len(outline) > 2 else "")


def sheet_url(site: str, on: str, **query: str) -> str:
    given = {"site": site, "on": on, **query}
    return f"/office/places/sheet?{urlencode({key: value for key, value in given.items() if value})}"


def _behind(place: Place) -> int:
    return BEHIND.index(place.kind) if place.kind in BEHIND else -1


def _grid(down: int) -> str:
    across = "".join(f"M{x} 0V{down}" for x in range(STEP, SHEET_UNITS, STEP))
    return across + "".join(f"M0 {y}H{SHEET_UNITS}" for y in range(STEP, down, STEP))


def _rules(down: int) -> Iterable[tuple[int, int, int]]:
    """Numbers along the upper and the left edge: where they stand, and what they say."""
    yield from ((x, 0, x // 100) for x in range(STEP, SHEET_UNITS, STEP))
    yield from ((0, y, y // 100) for y in range(STEP, down, STEP))
