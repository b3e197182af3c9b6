"""Places: what may be in what, and what a report of each says.

What an outline may be is `outline.py`'s, how a sheet lies on the ground `ground.py`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from tocsin.core.directory import Place

KINDS = ("site", "building", "floor", "room", "door", "lot", "bay")
WITHIN: Mapping[str, tuple[str, ...]] = {  # What a place of each kind may be in, besides directly in its site.
    "site": (),
    "building": (),
    "lot": (),
    "floor": ("building",),
    "room": ("floor", "building"),
    "door": ("floor", "building"),
    "bay": ("lot", "floor"),
}
SHEETED = frozenset({"building", "floor", "lot"})  # What may have a sheet of its own.


def of_site(places: Iterable[Place], site: str) -> dict[str, Place]:
    """The places of one site, by id, in their order."""
    return {place.id: place for place in places if place.site == site}


def may_be_in(kind: str, inside: str) -> bool:
    """May a place of this kind be in one of that kind?"""
    return inside in WITHIN.get(kind, ())


def way_up(places: Mapping[str, Place], place: Place) -> list[Place]:
    """The places that this one is in, the nearest first.  A circle ends where it closes."""
    up: list[Place] = []
    over = places.get(place.inside)
    while over is not None and over != place and over not in up:
        up.append(over)
        over = places.get(over.inside)
    return up


def drawn_as(known: Place | None, new: Place) -> Place:
    """A place as a file has it, and where it is as far as the file says nothing of that."""
    if known is None:
        return new
    drawn = new if new.outline or new.on is not None else known
    return replace(new, inside=new.inside or known.inside, on=drawn.on, outline=drawn.outline)


def folded(name: str) -> str:
    """A name as people compare names."""
    return " ".join(name.split()).casefold()


def labels(places: Mapping[str, Place]) -> dict[str, str]:
    """What a report of each place of a site says, by id: its name, and where several have one, also where it is."""
    of_name: dict[str, int] = {}
    for place in places.values():
        of_name[folded(place.name)] = of_name.get(folded(place.name), 0) + 1
    return {
        id: place.name
        if of_name[folded(place.name)] == 1
        else ", ".join((place.name, *(over.name for over in way_up(places, place))))
        for id, place in places.items()
    }
