"""Changes of places as every page asks for them: all at once, and each *no* beside the field that it is about."""

from __future__ import annotations

import re
from enum import Enum, auto

from tocsin.core.access.edits import PlaceEdit
from tocsin.core.access.place_commands import EditPlaces
from tocsin.core.commands import Declined, Problem
from tocsin.core.directory import Place, Site
from tocsin.core.findings import Wrong
from tocsin.core.limits import WHY_MAX_CHARS
from tocsin.core.place import of_site
from tocsin.web.finding_words import finding
from tocsin.web.office.rooms import Office
from tocsin.web.office.saying import folded
from tocsin.web.refusals import PageRefusal, refusal_of

ID_MAX_CHARS = 40


class Saved(Enum):
    """What came of it.  WRONG: what is wrong stands in the form."""

    DONE = auto()
    STALE = auto()
    WRONG = auto()


def place_asked(office: Office, site: Site, asked: str) -> Place | None:
    """The place that is meant; None: none is named.  Raises PageRefusal where it is gone."""
    if not asked:
        return None
    place = of_site(office.visit.directory.places, site.id).get(asked)
    if place is None:
        raise PageRefusal("no_such_record")
    return place


def why_of(office: Office) -> str:
    return office.visit.form.text("why", most=WHY_MAX_CHARS, needed=False)


async def save(office: Office, site: Site, *edits: PlaceEdit) -> Saved:
    """Raises PageRefusal for a *no* that is about no field of the form."""
    visit = office.visit
    reply = await visit.house.submit(
        EditPlaces(org=visit.org, by=visit.by, site=site.id, edits=edits, why=why_of(office))
    )
    if not isinstance(reply, Declined):
        return Saved.DONE
    if reply.problem is Problem.STALE:
        return Saved.STALE
    if reply.problem is not Problem.BAD_DIRECTORY or not reply.findings:
        raise refusal_of(reply)
    for found in reply.findings:
        visit.form.faults.setdefault(_field(found.code), finding(visit._, found))
    return Saved.WRONG


def _field(code: Wrong) -> str:
    if code.value.startswith("outline") or code in (Wrong.TOO_MANY_CORNERS, Wrong.NO_SHEET):
        return "outline"
    if code in (Wrong.INSIDE_KIND, Wrong.UNKNOWN_PLACE):
        return "inside"
    return "kind" if code is Wrong.KIND_OF_PLACE else "name"


def free_id(name: str, taken: set[str]) -> str:
    """A short name that never changes, made of the one that people use."""
    plain = re.sub(r"[^a-z0-9]+", "-", folded(name)).strip("-")[:ID_MAX_CHARS].strip("-") or "place"
    return next(id for n in range(1, len(taken) + 2) if (id := plain if n == 1 else f"{plain}-{n}") not in taken)
