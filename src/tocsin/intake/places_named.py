"""A place that a press or a report names by its code or its id: what people call it, as a zone.

The name is the site's own, never the sender's.  What names no place is dropped with a warning and refuses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tocsin.core.access.place_record import PlaceCode
from tocsin.core.access.places import written
from tocsin.core.directory import Directory
from tocsin.core.limits import LABEL_MAX_CHARS
from tocsin.core.place import labels, of_site
from tocsin.runtime.world import World

BY_CODE, BY_ID = "code", "place"
Named = Callable[[str, str], str | None]  # By which of the two, and what stands there -> what a report of it says.


def no_place(by: str, given: str) -> str | None:
    """Of a reader that knows no site."""
    return None


def named_in(world: World, org: str, at: Callable[[], str]) -> Named:
    """Finds the places of an organisation.  `at`: asked only when needed, the site where somebody is."""

    def named(by: str, given: str) -> str | None:
        directory, here = world.directory(org), at()
        if by == BY_CODE:
            code = world.all_kept(org, PlaceCode).get(written(given))
            return None if code is None else _label(directory, code.site, code.place, here)
        site, slash, place = given.partition("/")
        return _label(directory, site, place, here) if slash else _anywhere(directory, given, here)

    return named


def _anywhere(directory: Directory, place: str, here: str) -> str | None:
    """Here, or at the only site that has such a place: where several have, nobody knows which was meant."""
    sites = [spot.site for spot in directory.places if spot.id == place]
    if here in sites:
        return _label(directory, here, place, here)
    return _label(directory, sites[0], place, here) if len(sites) == 1 else None


def _label(directory: Directory, site: str, place: str, here: str) -> str | None:
    """With the site's name where it is not this one: each has its own Lot B."""
    label = labels(of_site(directory.places, site)).get(place)
    if label is None:
        return None
    return (label if site == here else f"{label}, {directory.sites[site].name}")[:LABEL_MAX_CHARS]


def asked_for(value: Mapping[str, object], named: Named, warnings: list[str]) -> str | None:
    """What a report of the place says that `value` names by code or id; None where it names none, or none of ours."""
    for by in (BY_CODE, BY_ID):
        given = value.get(by)
        if given is None:
            continue
        label = named(by, given) if isinstance(given, str) and len(given) <= LABEL_MAX_CHARS else None
        if label is not None:
            return label
        warnings.append(f"place.{by} was dropped: it names no place here")
    return None
