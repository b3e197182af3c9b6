"""The drawing table: a sheet with what is drawn on it, and one place that is being drawn, new or known.

What a script draws stands in the same field that can be typed; the server reads that and nothing else.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from tocsin.core.access.edits import PlaceEdit
from tocsin.core.access.permissions import May
from tocsin.core.access.place_record import PlanSheet
from tocsin.core.directory import Place, Site
from tocsin.core.outline import Corner
from tocsin.core.place import of_site
from tocsin.web.forms import filled, version_of
from tocsin.web.office.editing import Row
from tocsin.web.office.place_form import choices, made, read
from tocsin.web.office.place_known import known_words
from tocsin.web.office.place_paper import (
    Paper,
    own_sheet,
    paper,
    path_of,
    sheet_asked,
    sheet_name,
    sheet_of,
    sheet_url,
    sheets_of,
)
from tocsin.web.office.place_saving import Saved, place_asked, save
from tocsin.web.office.place_tree import in_order, place_url
from tocsin.web.office.place_words import BLANK, corners, how_drawn, kind_word, written
from tocsin.web.office.places import places_url
from tocsin.web.office.rooms import Answer, Office
from tocsin.web.office.roster import Link, site_asked
from tocsin.web.speaking import words

NO_CORNERS = words("Each line is one corner: two numbers, across and down, such as 34 20.5.")


class Listed(Struct, frozen=True):
    """A place of this sheet, with the way to its drawing."""

    name: str
    kind: str
    url: str
    words: str


# Shown -----------------------------------------------------------------------------------------------------------


async def sheet_page(office: Office) -> Answer:
    office.must(May.READ_PLACES)
    query = office.visit.asked.query
    site = site_asked(office, query.get("site", ""))
    on = sheet_asked(office, site, query.get("on", ""))
    place = place_asked(office, site, query.get("place", ""))
    if place is None and not query.get("new"):
        return _sheet(office, site, on)
    office.must(May.EDIT_PLACES)
    if place is None:
        inside = on if may_be_inside(office, site, on) else ""
        office.visit.form = filled({"kind": "room" if on else "lot", "inside": inside}, office.visit._)
    else:
        outline = place.outline if place.on == on else ()
        office.visit.form = filled({"outline": written(outline)}, office.visit._)
    return _table(office, site, on, place)


def may_be_inside(office: Office, site: Site, on: str) -> bool:
    return on in of_site(office.visit.directory.places, site.id)


def _sheet(office: Office, site: Site, on: str) -> Answer:
    say, sheet = office.visit._, sheet_of(office, site.id, on)
    drawn, missing = _listed(office, site, on)
    name = sheet_name(office, site, on)
    told = say("%(name)s with what is drawn on it", name=name)
    return office.show(
        "place_sheet",
        scripts=("draw.js",),
        heading=name,
        lead=_lead(office, sheet, len(drawn)),
        site=site,
        on=on,
        paper=paper(office, site, on, label=told),
        blank=sheet is None,
        pictured=bool(sheet and sheet.picture),
        drawn=drawn,
        missing=missing,
        sheets=[
            Link(sheet_url(site.id, one), sheet_name(office, site, one), one == on) for one in sheets_of(office, site)
        ],
        known=known_words(office, sheet),
        may_edit=office.may(May.EDIT_PLACES),
        places_url=places_url(site.id),
        new_url=sheet_url(site.id, on, new="yes"),
        upload_url=sheet_url(site.id, on).replace("/sheet?", "/upload?"),
        known_url=sheet_url(site.id, on).replace("/sheet?", "/known?"),
    )


def _lead(office: Office, sheet: PlanSheet | None, drawn: int) -> str:
    ground = sheet.name if sheet is not None and sheet.picture and sheet.name else office.visit._(BLANK)
    told = office.ngettext("%(num)s place is drawn here", "%(num)s places are drawn here", drawn)
    return f"{ground}. {told}."


def _listed(office: Office, site: Site, on: str) -> tuple[list[Listed], list[Listed]]:
    """What is drawn here, and what belongs here and is drawn nowhere."""
    places, sheets = of_site(office.visit.directory.places, site.id), set(sheets_of(office, site))
    here = [place for place, _ in in_order(places) if own_sheet(sheets, places, place) == on]
    rows = [(place, _row(office, site, on, place)) for place in here]
    return [row for place, row in rows if place.outline], [row for place, row in rows if not place.outline]


def _row(office: Office, site: Site, on: str, place: Place) -> Listed:
    kind = kind_word(office.visit._, place.kind)
    return Listed(place.name, kind, sheet_url(site.id, on, place=place.id), how_drawn(office, place))


def _table(
    office: Office, site: Site, on: str, place: Place | None, stale: tuple[Row, ...] = (), theirs: str = ""
) -> Answer:
    say, name = office.visit._, sheet_name(office, site, on)
    known = corners(office.visit.form.kept("outline")) or ()
    return office.show(
        "place_table",
        scripts=("draw.js",),
        heading=say("Draw %(name)s", name=place.name) if place else say("Draw a new place"),
        lead=say("On the sheet of %(name)s. Nothing is saved before you say so.", name=name),
        site=site,
        on=on,
        place=place,
        elsewhere=_elsewhere(office, site, on, place),
        paper=_ground(office, site, on, place),
        draft=path_of(known) if known else "",
        theirs=theirs,
        stale=stale,
        seen=version_of(place.on, place.outline) if place else "",
        leave_url=sheet_url(site.id, on),
        name_url=place_url(site.id, place.id) if place else "",
        **choices(office, site, place),
    )


def _ground(office: Office, site: Site, on: str, place: Place | None) -> Paper:
    label = office.visit._("The sheet of %(name)s", name=sheet_name(office, site, on))
    return paper(office, site, on, without=place.id if place else "", label=label)


def _elsewhere(office: Office, site: Site, on: str, place: Place | None) -> str:
    """Where it is drawn now, if on another sheet: to draw it here takes it away from there."""
    if place is None or place.on is None or place.on == on:
        return ""
    return sheet_name(office, site, place.on)


# Saved -----------------------------------------------------------------------------------------------------------


async def save_sheet(office: Office) -> Answer:
    office.must(May.EDIT_PLACES)
    visit, form = office.visit, office.visit.form
    site = site_asked(office, form.raw("site"))
    on = sheet_asked(office, site, form.raw("on"))
    place = place_asked(office, site, form.raw("place"))
    outline = corners(form.raw("outline"))
    if outline is None:
        form.fault("outline", NO_CORNERS)
    mine = None if place else made(office, site, read(office, site))
    if place is not None and form.seen != version_of(place.on, place.outline):
        return _both(office, site, on, place, outline or ())
    base = place or mine
    if not form.ok or outline is None or base is None:
        return _table(office, site, on, place)
    after = replace(base, on=on if outline else None, outline=outline)
    if after == place:
        return visit.go(sheet_url(site.id, on), visit._("Nothing was different; nothing was changed."))
    came = await save(office, site, PlaceEdit(site.id, after.id, place, after))
    if came is Saved.STALE and place is not None:
        return _both(office, site, on, place_asked(office, site, place.id) or place, outline)
    if came is not Saved.DONE:
        return _table(office, site, on, place)
    return visit.go(sheet_url(site.id, on), _said(office, after))


def _said(office: Office, after: Place) -> str:
    how = how_drawn(office, after)
    if not how:
        return office.visit._("Saved: %(name)s is drawn nowhere.", name=after.name)
    return office.visit._("Saved: %(name)s, %(how)s.", name=after.name, how=how)


def _both(office: Office, site: Site, on: str, place: Place, mine: tuple[Corner, ...]) -> Answer:
    """Theirs is on the sheet, solid, as it is saved; what was drawn stays dashed over it, and in the field."""
    say = office.visit._
    here = place.outline if place.on == on else ()
    row = Row(say("Outline"), how_drawn(office, place), how_drawn(office, replace(place, outline=mine)))
    office.visit.form.meanwhile = {"outline": written(here, "; ")}
    return _table(office, site, on, place, (row,), path_of(here) if here else "")
