"""A place as a form: a new one, or one that two people may be changing at once; and taking one away.

Theory of operation
-------------------
The form carries what its writer saw (`seen`) of exactly the fields that it changes: whoever draws a place and whoever
renames it are not in each other's way.  Where it is something else by now, nothing is saved: both are shown beside each
other, and to send it again is a decision.
"""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup
from msgspec import Struct
from msgspec.structs import replace

from tocsin.core.access.edits import PlaceEdit
from tocsin.core.access.permissions import May
from tocsin.core.access.record import Desk
from tocsin.core.directory import Place, Site
from tocsin.core.limits import NAME_MAX_CHARS
from tocsin.core.place import WITHIN, of_site
from tocsin.web.forms import filled, version_of
from tocsin.web.office.editing import Row
from tocsin.web.office.place_codes import qr_svg, spaced
from tocsin.web.office.place_paper import may_carry, own_sheet, paper, sheet_name, sheet_url, sheets_of
from tocsin.web.office.place_saving import Saved, free_id, place_asked, save
from tocsin.web.office.place_tree import codes_of, in_order, place_url
from tocsin.web.office.place_words import KINDS, kind_word, where
from tocsin.web.office.places import places_url
from tocsin.web.office.rooms import Answer, Office
from tocsin.web.office.roster import site_asked
from tocsin.web.refusals import PageRefusal
from tocsin.web.speaking import words


class Typed(Struct, frozen=True):
    """What the form has of a place."""

    name: str
    kind: str
    inside: str


def typed_of(place: Place) -> Typed:
    return Typed(place.name, place.kind, place.inside)


# Shown -----------------------------------------------------------------------------------------------------------


async def place_page(office: Office) -> Answer:
    query = office.visit.asked.query
    site = site_asked(office, query.get("site", ""))
    place = place_asked(office, site, query.get("place", ""))
    office.must(May.READ_PLACES if place else May.EDIT_PLACES)
    values = {"kind": "room", "inside": query.get("inside", "")}
    if place is not None:
        values = {"name": place.name, "kind": place.kind, "inside": place.inside}
    office.visit.form = filled(values, office.visit._)
    return _form(office, site, place)


def _form(office: Office, site: Site, place: Place | None, stale: tuple[Row, ...] = ()) -> Answer:
    say = office.visit._
    values = {} if place is None else _of_place(office, site, place)
    return office.show(
        "place",
        scripts=("draw.js",),
        heading=place.name if place else say("A new place"),
        lead=_lead(office, site, place),
        site=site,
        place=place,
        seen=version_of(typed_of(place)) if place else "",
        stale=stale,
        leave_url=place_url(site.id, place.id) if place else places_url(site.id),
        places_url=places_url(site.id),
        may_edit=office.may(May.EDIT_PLACES),
        **choices(office, site, place),
        **values,
    )


def choices(office: Office, site: Site, place: Place | None = None) -> dict[str, object]:
    """What a place may be, and what it may be in."""
    say, places = office.visit._, of_site(office.visit.directory.places, site.id)
    holders = {kind for kinds in WITHIN.values() for kind in kinds}
    inside = [
        (one.id, "\u2003" * depth + one.name)
        for one, depth in in_order(places)
        if one.kind in holders and (place is None or one.id != place.id)
    ]
    return {
        "kind_options": [(kind, say(word)) for kind, word in KINDS.items()],
        "inside_options": [("", say("Directly in %(site)s", site=site.name)), *inside],
    }


def _lead(office: Office, site: Site, place: Place | None) -> str:
    say = office.visit._
    if place is None:
        return say("Whoever comes running finds it by this name: write what stands on its door.")
    over = where(say, of_site(office.visit.directory.places, site.id), place)
    kind = kind_word(say, place.kind)
    return f"{kind}, {over or site.name}"


def _of_place(office: Office, site: Site, place: Place) -> dict[str, object]:
    """What there is of a known place besides its form: where it is drawn, its code, what would go with it."""
    visit, places = office.visit, of_site(office.visit.directory.places, site.id)
    on, code = own_sheet(sheets_of(office, site), places, place), codes_of(office, site.id).get(place.id)
    url = f"{visit.setting.public_url}/z/{code.id}" if code else ""
    return {
        "paper": paper(office, site, on, label=visit._("The sheet of %(name)s", name=sheet_name(office, site, on))),
        "sheet_name": sheet_name(office, site, on),
        "draw_url": sheet_url(site.id, on, place=place.id),
        "own_url": sheet_url(site.id, place.id) if may_carry(place) else "",
        "code": spaced(code.id) if code else "",
        "scan": Markup(qr_svg(url)) if code else "",  # noqa: S704 - drawn by us from an address of ours.
        "goes_along": [one.name for one in goes_along(places, place)],
        "desks": _desks(office, site, place),
        "gone_seen": version_of(goes_along(places, place), typed_of(place)),
    }


def _desks(office: Office, site: Site, place: Place) -> list[str]:
    known = office.visit.house.world.all_kept(office.visit.org, Desk).values()
    return [desk.label for desk in known if (desk.site, desk.place) == (site.id, place.id)]


# Saved -----------------------------------------------------------------------------------------------------------


def read(office: Office, site: Site) -> Typed:
    form = office.visit.form
    inside = form.choice("inside", ("", *of_site(office.visit.directory.places, site.id)))
    return Typed(form.text("name", most=NAME_MAX_CHARS), form.choice("kind", KINDS), inside)


async def save_place(office: Office) -> Answer:
    office.must(May.EDIT_PLACES)
    visit = office.visit
    site = site_asked(office, visit.form.raw("site"))
    place = place_asked(office, site, visit.form.raw("place"))
    mine = read(office, site)
    if place is not None and visit.form.seen != version_of(typed_of(place)):
        return _both(office, site, place, mine)
    if not visit.form.ok:
        return _form(office, site, place)
    if place is not None and mine == typed_of(place):
        return visit.go(place_url(site.id, place.id), visit._("Nothing was different; nothing was changed."))
    after = made(office, site, mine) if place is None else replace(place, **_fields(mine))
    came = await save(office, site, PlaceEdit(site.id, after.id, place, after))
    if came is Saved.STALE and place is not None:
        return _both(office, site, place_asked(office, site, place.id) or place, mine)
    if came is not Saved.DONE:
        return _form(office, site, place)
    return visit.go(place_url(site.id, after.id), visit._("Saved."))


def made(office: Office, site: Site, mine: Typed) -> Place:
    """A new place, which is not drawn yet."""
    taken = set(of_site(office.visit.directory.places, site.id))
    return Place(site.id, free_id(mine.name, taken), mine.name, mine.kind, mine.inside)


def _fields(mine: Typed) -> dict[str, str]:
    return {"name": mine.name, "kind": mine.kind, "inside": mine.inside}


# Two at once -----------------------------------------------------------------------------------------------------


def _both(office: Office, site: Site, place: Place, mine: Typed) -> Answer:
    """What was typed stays in the form, under the version that is seen now."""
    theirs, yours = (_told(office, site, typed) for typed in (typed_of(place), mine))
    rows = tuple(Row(office.visit._(what), theirs[what], yours[what]) for what in theirs if theirs[what] != yours[what])
    office.visit.form.meanwhile = {row.what: row.theirs for row in rows} or {"seen": ""}
    return _form(office, site, place, rows)


def _told(office: Office, site: Site, typed: Typed) -> dict[str, str]:
    places = of_site(office.visit.directory.places, site.id)
    inside = places[typed.inside].name if typed.inside in places else site.name
    kind = kind_word(office.visit._, typed.kind)
    return {words("Name"): typed.name, words("Kind"): kind, words("It is in"): inside}


# Taken away ------------------------------------------------------------------------------------------------------


def goes_along(places: dict[str, Place], place: Place) -> list[Place]:
    """Whatever is in it, and in that, and so on."""
    found = [one for one in places.values() if one.inside == place.id]
    return [one for child in found for one in (child, *goes_along(places, child))]


async def remove_place(office: Office) -> Answer:
    """With all that is in it.  What is only drawn on its sheet stays, and is not drawn any more."""
    office.must(May.EDIT_PLACES)
    visit = office.visit
    site = site_asked(office, visit.form.raw("site"))
    place = place_asked(office, site, visit.form.raw("place"))
    if place is None:
        raise PageRefusal("no_such_record")
    places = of_site(visit.directory.places, site.id)
    along = goes_along(places, place)
    if visit.form.seen != version_of(along, typed_of(place)):
        raise PageRefusal("conflict")
    came = await save(office, site, *_removal(places, [place, *along]))
    if came is Saved.STALE:
        raise PageRefusal("conflict")
    if came is Saved.WRONG:
        return _not_gone(office, site, place)
    return visit.go(places_url(site.id), visit._("%(name)s is gone from the list.", name=place.name))


def _removal(places: dict[str, Place], gone: list[Place]) -> Iterator[PlaceEdit]:
    ids = {place.id for place in gone}
    for place in gone:
        yield PlaceEdit(place.site, place.id, place, None)
    for place in places.values():
        if place.on in ids and place.id not in ids:
            yield PlaceEdit(place.site, place.id, place, replace(place, on=None, outline=()))


def _not_gone(office: Office, site: Site, place: Place) -> Answer:
    """Why not stands on the place's page, which is as it was."""
    why = next(iter(office.visit.form.faults.values()))
    office.visit.form = filled({"name": place.name, "kind": place.kind, "inside": place.inside}, office.visit._)
    office.visit.form.faults["remove"] = why
    return _form(office, site, place)
