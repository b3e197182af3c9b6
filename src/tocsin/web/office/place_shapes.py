"""The shapes of a file as places of this site: which are new, which are known, and why some cannot be here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from tocsin.core.access.edits import PlaceEdit
from tocsin.core.directory import Place, Site
from tocsin.core.place import folded, of_site
from tocsin.core.place_problems import place_problems
from tocsin.runtime.drawings.shapes import Outlined
from tocsin.web.finding_words import finding
from tocsin.web.office.place_saving import free_id
from tocsin.web.office.rooms import Office


def edits_of(office: Office, site: Site, on: str, read: Outlined) -> Iterator[PlaceEdit]:
    """A place that is known by this id or name gets the outline, and stays what it is; any other is new."""
    places = of_site(office.visit.directory.places, site.id)
    meant, taken, ids = _meant(places, read), set(places), dict[str, str]()
    for shape in read.places:
        key = shape.id or shape.name
        ids[key] = meant[key].id if key in meant else free_id(key, taken)
        taken.add(ids[key])
    for shape in read.places:
        known, id = meant.get(shape.id or shape.name), ids[shape.id or shape.name]
        if known is not None:
            yield PlaceEdit(site.id, id, known, replace(known, on=on, outline=shape.outline))
            continue
        inside = ids.get(shape.inside) or (shape.inside if shape.inside in places else "")
        yield PlaceEdit(site.id, id, None, Place(site.id, id, shape.name, shape.kind, inside, on, shape.outline))


def _meant(places: Mapping[str, Place], read: Outlined) -> dict[str, Place]:
    """The places of the file that are known here: by their id, or without one by a name that only one place has."""
    named: dict[str, list[Place]] = {}
    for place in places.values():
        named.setdefault(folded(place.name), []).append(place)
    found = {}
    for shape in read.places:
        same = named.get(folded(shape.name), []) if not shape.id else []
        if shape.id in places or len(same) == 1:
            found[shape.id or shape.name] = places[shape.id] if shape.id in places else same[0]
    return found


def faults_of(office: Office, site: Site, edits: Iterable[PlaceEdit]) -> Iterator[str]:
    """Why these places cannot be here, in sentences: asked before the sheet is changed."""
    directory = office.visit.directory
    wanted = {edit.place: edit.after for edit in edits if edit.after is not None}
    rest = [place for place in directory.places if place.site != site.id or place.id not in wanted]
    before = set(place_problems(directory, directory.places))
    would_be = replace(directory, places=(*rest, *wanted.values()))
    for found in place_problems(would_be, rest):
        if found.fatal and found not in before:
            yield finding(office.visit._, found)
