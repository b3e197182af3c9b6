"""What places must keep to count: names that lead to one spot, a nesting that makes sense, outlines that are one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from tocsin.core.directory import Directory, Place
from tocsin.core.findings import Finding, Wrong, found
from tocsin.core.limits import CORNERS_SITE_MAX, PLACES_MAX
from tocsin.core.outline import OutlineFault, outline_faults
from tocsin.core.place import KINDS, SHEETED, WITHIN, folded

OF_OUTLINE: Mapping[OutlineFault, Wrong] = {
    OutlineFault.TOO_FEW: Wrong.OUTLINE_TOO_FEW,
    OutlineFault.TOO_MANY: Wrong.OUTLINE_TOO_MANY,
    OutlineFault.OUTSIDE: Wrong.OUTLINE_OUTSIDE,
    OutlineFault.SAME_CORNER: Wrong.OUTLINE_SAME_CORNER,
    OutlineFault.NO_AREA: Wrong.OUTLINE_NO_AREA,
    OutlineFault.CROSSES: Wrong.OUTLINE_CROSSES,
}


def name_of(site: str, place: str) -> str:
    """How findings call a place."""
    return f"place {site}/{place}"


def place_problems(directory: Directory, unchanged: Iterable[Place] = ()) -> Iterator[Finding]:
    """`unchanged`: places that were looked at before; the outline of the very same value is not looked at again."""
    looked_at = set(map(id, unchanged))
    known: dict[tuple[str, str], Place] = {}
    names: dict[tuple[str, str, str], Place] = {}
    for place in directory.places:
        where = name_of(place.site, place.id)
        if place.site not in directory.sites:
            yield found(where, Wrong.UNKNOWN_SITE, key="site", name=place.site)
        if place.kind not in KINDS:
            yield found(where, Wrong.KIND_OF_PLACE, kind=place.kind, kinds=", ".join(KINDS))
        if (place.site, place.id) in known:
            yield found(where, Wrong.PLACE_TWICE, place=place.id)
        known[place.site, place.id] = place
        other = names.setdefault((place.site, place.inside, folded(place.name)), place)
        if other.id != place.id:
            yield found(where, Wrong.NAME_TWICE, name=place.name, other=other.id)
        if id(place) not in looked_at:
            yield from _outline(place, where)
    for place in directory.places:
        yield from _inside(known, place)
        yield from _sheet(known, place)
    yield from _too_many(directory.places)


def _outline(place: Place, where: str) -> Iterator[Finding]:
    if (place.on is None) != (not place.outline):
        yield found(where, Wrong.OUTLINE_HALF, name=place.name)
    for fault in outline_faults(place.outline, place.kind) if place.outline else ():
        yield found(where, OF_OUTLINE[fault], name=place.name)


def _inside(known: Mapping[tuple[str, str], Place], place: Place) -> Iterator[Finding]:
    if not place.inside:
        return
    where, over = name_of(place.site, place.id), known.get((place.site, place.inside))
    if over is None:
        yield found(where, Wrong.UNKNOWN_PLACE, key="inside", name=place.inside)
    elif over.kind not in WITHIN.get(place.kind, ()):
        yield found(where, Wrong.INSIDE_KIND, name=place.name, kind=place.kind, inside=over.kind)


def _sheet(known: Mapping[tuple[str, str], Place], place: Place) -> Iterator[Finding]:
    if not place.on:
        return
    where, over = name_of(place.site, place.id), known.get((place.site, place.on))
    if over is None:
        yield found(where, Wrong.UNKNOWN_PLACE, key="on", name=place.on)
    elif over.kind not in SHEETED:
        yield found(where, Wrong.NO_SHEET, name=place.name, kind=over.kind)


def _too_many(places: Iterable[Place]) -> Iterator[Finding]:
    count: Counter[str] = Counter()
    corners: Counter[str] = Counter()
    for place in places:
        count[place.site] += 1
        corners[place.site] += len(place.outline)
    for site in count:
        if count[site] > PLACES_MAX:
            yield found(f"site {site}", Wrong.TOO_MANY_PLACES, most=PLACES_MAX)
        if corners[site] > CORNERS_SITE_MAX:
            yield found(f"site {site}", Wrong.TOO_MANY_CORNERS, most=CORNERS_SITE_MAX)
