"""The codes on walls: which places have one, those that are missing, a new one in place of a torn one, printing."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlencode

from litestar import Response
from msgspec import Struct

from tocsin.core.access.permissions import May
from tocsin.core.access.place_commands import MakeCodes
from tocsin.core.directory import Site
from tocsin.core.place import labels, of_site, way_up
from tocsin.web.office.place_codes import PAPERS, CodeLabel, spaced
from tocsin.web.office.place_saving import place_asked, why_of
from tocsin.web.office.place_tree import codes_of, in_order, place_url
from tocsin.web.office.place_words import kind_word, where
from tocsin.web.office.places import places_url
from tocsin.web.office.rooms import Answer, Office
from tocsin.web.office.roster import site_asked
from tocsin.web.refusals import PageRefusal
from tocsin.web.speaking import LANGUAGES, NAMES_OF_LANGUAGES, say_in
from tocsin.web.typesetting import NotMade


class Wall(Struct, frozen=True):
    """A place and the code on its wall; empty: it has none."""

    name: str
    kind: str
    code: str
    url: str


def walls_url(site: str) -> str:
    return f"/office/places/codes?{urlencode({'site': site})}"


async def walls_page(office: Office) -> Answer:
    office.must(May.EDIT_PLACES)
    site = site_asked(office, office.visit.asked.query.get("site", ""))
    places, codes = of_site(office.visit.directory.places, site.id), codes_of(office, site.id)
    named = labels(places)
    walls = [
        Wall(
            name=named[place.id],
            kind=kind_word(office.visit._, place.kind),
            code=spaced(codes[place.id].id) if place.id in codes else "",
            url=place_url(site.id, place.id),
        )
        for place, _ in in_order(places)
    ]
    return office.show(
        "place_codes",
        heading=_heading(office, walls),
        site=site,
        walls=walls,
        missing=sum(not wall.code for wall in walls),
        coded=sum(bool(wall.code) for wall in walls),
        paper_options=[(paper, office.visit._(word)) for paper, word in PAPERS.items()],
        language_options=list(NAMES_OF_LANGUAGES.items()),
        language_here=office.visit.language,
        which_options=[("", office.visit._("All that have a code")), *_buildings(office, site)],
        places_url=places_url(site.id),
    )


def _buildings(office: Office, site: Site) -> list[tuple[str, str]]:
    """What one may print the codes of alone: whatever has something in it."""
    places = of_site(office.visit.directory.places, site.id)
    holders = {place.inside for place in places.values()}
    return [(place.id, "\u2003" * depth + place.name) for place, depth in in_order(places) if place.id in holders]


def _heading(office: Office, walls: list[Wall]) -> str:
    coded, all_of = sum(bool(wall.code) for wall in walls), len(walls)
    if not all_of:
        return office.visit._("No place is named yet")
    if coded == all_of:
        return office.ngettext("The one place has a code", "All %(num)s places have a code", all_of)
    return office.ngettext(
        "%(coded)s of %(num)s place has a code", "%(coded)s of %(num)s places have a code", all_of, coded=coded
    )


async def make_codes(office: Office) -> Answer:
    """Those that are missing; of one place a new one, with which the old says nothing any more."""
    office.must(May.EDIT_PLACES)
    visit = office.visit
    site = site_asked(office, visit.form.raw("site"))
    place = place_asked(office, site, visit.form.raw("place"))
    why = why_of(office)
    if not visit.form.ok:
        raise PageRefusal("bad_request")
    wanted = (place.id,) if place else tuple(of_site(visit.directory.places, site.id))
    renew = place is not None and visit.form.ticked("renew")
    await visit.do(MakeCodes(org=visit.org, by=visit.by, site=site.id, places=wanted, renew=renew, why=why))
    if place is None:
        return visit.go(walls_url(site.id), visit._("Every place has a code. Print them and put them up."))
    said = visit._("A new code. The old one says nothing any more: print this one and put it up.")
    return visit.go(place_url(site.id, place.id), said if renew else visit._("It has a code. Print it and put it up."))


# Printing --------------------------------------------------------------------------------------------------------


async def print_codes(office: Office) -> Answer:
    """The sheet to be cut up, as PDF; in the language of those who shall read it on the wall."""
    office.must(May.EDIT_PLACES)
    visit, query = office.visit, office.visit.asked.query
    site = site_asked(office, query.get("site", ""))
    found = _labels(office, site, query.get("which", ""))
    if not found:
        raise PageRefusal("no_such_record")
    language = query.get("language", "") if query.get("language", "") in LANGUAGES else visit.language
    try:
        made = await office.services.code_sheets.pdf(
            found, site.name, say_in(language), language, visit.now_ms, query.get("paper", "")
        )
    except NotMade:
        raise PageRefusal("report_not_made") from None
    headers = {"Content-Disposition": f'inline; filename="{site.id}-codes.pdf"'}
    return cast("Answer", Response(made, media_type="application/pdf", headers=headers))


def _labels(office: Office, site: Site, which: str) -> list[CodeLabel]:
    """Of every place that has a code, or of `which` and whatever is in it."""
    say, public_url = office.visit._, office.visit.setting.public_url
    places, codes = of_site(office.visit.directory.places, site.id), codes_of(office, site.id)
    return [
        CodeLabel(place.name, where(say, places, place), codes[place.id].id, f"{public_url}/z/{codes[place.id].id}")
        for place, _ in in_order(places)
        if place.id in codes and (not which or which in (place.id, *(over.id for over in way_up(places, place))))
    ]
