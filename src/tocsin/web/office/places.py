"""The places of a site: the tree of them, the sheets on which they are drawn, and how many have a code."""

from __future__ import annotations

from urllib.parse import urlencode

from msgspec import Struct

from tocsin.core.access.permissions import May
from tocsin.core.directory import Site
from tocsin.web.office.place_paper import Paper, paper, picture_url, sheet_name, sheet_of, sheet_url, sheets_of
from tocsin.web.office.place_tree import Branch, place_url, tree
from tocsin.web.office.place_words import BLANK
from tocsin.web.office.rooms import Answer, Office
from tocsin.web.office.roster import Link, site_asked


class Leaf(Struct, frozen=True):
    """One sheet, small.  `paper` None: nothing is known of it yet."""

    name: str
    url: str
    paper: Paper | None
    words: str


def places_url(site: str) -> str:
    return f"/office/places?{urlencode({'site': site})}"


async def places_page(office: Office) -> Answer:
    office.must(May.READ_PLACES)
    site = site_asked(office, office.visit.asked.query.get("site", ""))
    branches = tree(office, site)
    coded = sum(branch.coded for branch in branches)
    return office.show(
        "places",
        scripts=("draw.js",),
        heading=_heading(office, branches),
        site=site,
        sites=[Link(places_url(one.id), one.name, one.id == site.id) for one in office.visit.directory.sites.values()],
        sheets=[_leaf(office, site, on) for on in sheets_of(office, site)],
        branches=branches,
        coded=coded,
        codes_words=office.visit._("%(coded)s of %(num)s have a code", coded=coded, num=len(branches)),
        may_edit=office.may(May.EDIT_PLACES),
        new_url=place_url(site.id),
        upload_url=f"/office/places/upload?{urlencode({'site': site.id})}",
        codes_url=f"/office/places/codes?{urlencode({'site': site.id})}",
    )


def _heading(office: Office, branches: list[Branch]) -> str:
    drawn, all_of = sum(branch.drawn for branch in branches), len(branches)
    if not all_of:
        return office.visit._("No place is named yet")
    if drawn == all_of:
        return office.ngettext("The one place is drawn", "All %(num)s places are drawn", all_of)
    return office.ngettext(
        "%(drawn)s of %(num)s place is drawn", "%(drawn)s of %(num)s places are drawn", all_of, drawn=drawn
    )


def _leaf(office: Office, site: Site, on: str) -> Leaf:
    say, sheet = office.visit._, sheet_of(office, site.id, on)
    name = sheet_name(office, site, on)
    drawn = paper(office, site, on, label=say("The sheet of %(name)s", name=name))
    empty = not drawn.shapes and not picture_url(sheet)
    words = office.ngettext("%(num)s place is drawn here", "%(num)s places are drawn here", len(drawn.shapes))
    ground = say(BLANK) if sheet is None or not sheet.picture else sheet.name
    return Leaf(
        name=name,
        url=sheet_url(site.id, on),
        paper=None if empty else drawn,
        words=say("Nothing is drawn here yet.") if empty else f"{ground}. {words}.",
    )
