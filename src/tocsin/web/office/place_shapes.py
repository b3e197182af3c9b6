"""The shapes of a file as places of this site: which are new, which are known, and why some cannot be here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from tocsin.core.access.edits import PlaceEdit
from tocsin.core.directory import Place, Site
from tocsin.core.findings import Wrong
from tocsin.core.limits import OUTLINES_AT_ONCE_MAX
from tocsin.core.place import folded, of_site
from tocsin.core.place_problems import place_problems
from tocsin.runtime.drawings.shapes import Outlined, Shape
from tocsin.web.finding_words import SENTENCES, finding
from tocsin.web.office.place_saving import free_id
from tocsin.web.office.rooms import Office


def edits_of(office: Office, site: Site, on: str, read: Outlined) -> Iterator[PlaceEdit]:
    """A place that is known by its name or id gets the outline, and stays what it is; any other is new."""
    places = of_site(office.visit.directory.places, site.id)
    meant, taken, ids = _meant(places, read.places), set(places), dict[str, str]()
    for shape in read.places:
        ids[shape.id] = meant[shape.id].id if shape.id in meant else free_id(shape.id, taken)
        taken.add(ids[shape.id])
    for shape in read.places:
        known, id = meant.get(shape.id), ids[shape.id]
        if known is not None:
            yield PlaceEdit(site.id, id, known, replace(known, on=on, outline=shape.outline))
            continue
        inside = ids.get(shape.inside) or (shape.inside if shape.inside in places else "")
        yield PlaceEdit(site.id, id, None, Place(site.id, id, shape.name, shape.kind, inside, on, shape.outline))


def _meant(places: Mapping[str, Place], shapes: Iterable[Shape]) -> dict[str, Place]:
    """By the ids of the file, the places that are known here, each once: by a name that only one has, else by the id.

    An id may be made of a name that the place no longer has; so the name goes first.
    """
    named: dict[str, list[Place]] = {}
    for place in places.values():
        named.setdefault(folded(place.name), []).append(place)
    found: dict[str, Place] = {}
    used: set[str] = set()
    for shape in shapes:
        same = named.get(folded(shape.name), [])
        near = [place for place in same if place.inside == shape.inside] or same
        known = near[0] if len(near) == 1 else places.get(shape.id)
        if known is not None and known.id not in used:
            found[shape.id] = known
            used.add(known.id)
    return found


def faults_of(office: Office, site: Site, edits: Iterable[PlaceEdit]) -> Iterator[str]:
    """Why these places cannot be here, in sentences: asked before the sheet is changed."""
    directory = office.visit.directory
    wanted = {edit.place: edit.after for edit in edits if edit.after is not None}
    rest = [place for place in directory.places if place.site != site.id or place.id not in wanted]
    if sum(len(place.outline) ** 2 for place in wanted.values()) > OUTLINES_AT_ONCE_MAX:
        yield office.visit._(SENTENCES[Wrong.TOO_MUCH_AT_ONCE])
        return
    before = set(place_problems(directory, directory.places))
    would_be = replace(directory, places=(*rest, *wanted.values()))
    for found in place_problems(would_be, rest):
        if found.fatal and found not in before:
            yield finding(office.visit._, found)
