"""Where a sheet lies on the globe: two points of it of which somebody knows the position; or nobody does."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tocsin.core.access.permissions import May
from tocsin.core.access.place_commands import SetKnown
from tocsin.core.access.place_record import PlanSheet
from tocsin.core.directory import Site
from tocsin.core.ground import Known, ground, known_faults
from tocsin.core.limits import SHEET_TALL_UNITS, SHEET_UNITS
from tocsin.web.forms import filled, version_of
from tocsin.web.office.place_paper import paper, sheet_asked, sheet_name, sheet_of, sheet_url
from tocsin.web.office.place_words import KNOWN, hundredths, units
from tocsin.web.office.rooms import Answer, Office
from tocsin.web.office.roster import site_asked
from tocsin.web.speaking import words

DEGREES = re.compile(r"[+-]?\d{1,3}(?:[.,]\d{1,9})?")
NUMBER = re.compile(r"\d{1,4}(?:[.,]\d{1,2})?")
NO_NUMBER = words("Write a number of hundredths, such as 34 or 20.5.")
NO_DEGREES = words("Write degrees as a number, such as 41.87913 or -87.63591.")
POINTS = (1, 2)


def known_words(office: Office, sheet: PlanSheet | None) -> str:
    """How wide the sheet is on the ground; empty: nobody has said where it is."""
    lies = ground(sheet.known) if sheet is not None else None
    if lies is None:
        return ""
    wide = lies.metres * SHEET_UNITS
    told = f"{wide:.0f}" if wide >= 10 else f"{wide:.1f}"
    return office.visit._("The sheet is %(metres)s m wide on the ground.", metres=told)


async def known_page(office: Office) -> Answer:
    office.must(May.EDIT_PLACES)
    site, on = _asked(office, office.visit.asked.query)
    office.visit.form = filled(_values(_known(office, site, on)), office.visit._)
    return _form(office, site, on)


def _asked(office: Office, given: Mapping[str, str]) -> tuple[Site, str]:
    site = site_asked(office, given.get("site", ""))
    return site, sheet_asked(office, site, given.get("on", ""))


def _known(office: Office, site: Site, on: str) -> tuple[Known, ...]:
    sheet = sheet_of(office, site.id, on)
    return () if sheet is None else sheet.known


def _values(known: tuple[Known, ...]) -> dict[str, str]:
    return {
        f"{name}{n}": told
        for n, point in zip(POINTS, known, strict=False)
        for name, told in {
            "x": hundredths(point.x),
            "y": hundredths(point.y),
            "lat": f"{point.lat:.7f}".rstrip("0").rstrip("."),
            "lon": f"{point.lon:.7f}".rstrip("0").rstrip("."),
        }.items()
    }


def _form(office: Office, site: Site, on: str) -> Answer:
    say, sheet = office.visit._, sheet_of(office, site.id, on)
    name = sheet_name(office, site, on)
    return office.show(
        "place_known",
        scripts=("draw.js",),
        heading=say("Where %(name)s lies", name=name),
        lead=say("Two points of the sheet whose position you know, far apart: then positions can be drawn on it."),
        site=site,
        on=on,
        points=POINTS,
        paper=paper(office, site, on, label=say("The sheet of %(name)s", name=name)),
        known=known_words(office, sheet),
        seen=version_of(_known(office, site, on)),
        leave_url=sheet_url(site.id, on),
    )


async def save_known(office: Office) -> Answer:
    office.must(May.EDIT_PLACES)
    visit = office.visit
    form = visit.form
    site, on = _asked(office, {name: form.raw(name) for name in ("site", "on")})
    before = _known(office, site, on)
    sheet = sheet_of(office, site.id, on)
    known = _read(office, SHEET_TALL_UNITS if sheet is None else sheet.tall)
    if form.differs(_values(before), version_of(before)) or not form.ok:
        return _form(office, site, on)
    await visit.do(SetKnown(org=visit.org, by=visit.by, site=site.id, on=on, known=known))
    said = visit._("Saved.") if known else visit._("Saved: nobody knows where it lies.")
    return visit.go(sheet_url(site.id, on), said)


def _read(office: Office, tall: int) -> tuple[Known, ...]:
    """None at all where every field is empty."""
    form = office.visit.form
    names = [f"{name}{n}" for n in POINTS for name in ("x", "y", "lat", "lon")]
    typed = {name: form.raw(name).strip() for name in names}
    if not any(typed.values()):
        return ()
    for name, text in typed.items():
        is_degrees = name.startswith("l")
        if not (DEGREES if is_degrees else NUMBER).fullmatch(text):
            form.fault(name, NO_DEGREES if is_degrees else NO_NUMBER)
    if not form.ok:
        return ()
    known = tuple(_point(typed, n) for n in POINTS)
    for fault in known_faults(known, tall):
        form.fault("lat1" if fault in ("nowhere", "too_far") else "x1", KNOWN[fault])
    return known


def _point(typed: dict[str, str], n: int) -> Known:
    lat, lon = (float(typed[f"{name}{n}"].replace(",", ".")) for name in ("lat", "lon"))
    return Known(units(typed[f"x{n}"]), units(typed[f"y{n}"]), lat, lon)
