"""The plan in the record of an alert: what its reader may have, as it was, nothing in the red of what is live."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_core import axe_findings
from drawn_site import known, picture
from office_site import OfficeSite
from playwright.sync_api import Browser, Page, expect

from bureau import ORG
from staff import Staffed
from tocsin.core import commands as c
from tocsin.core.access.place_record import Picture, PlanSheet, sheet_id
from tocsin.core.commands import PlaceReport, Press, PressTaken
from tocsin.core.directory import Place
from tocsin.core.ground import Known
from tocsin.core.words import Came, PlaceKind

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Json = dict[str, Any]
SHA = "cd" * 32
LOT = ((800, 600), (7200, 600), (7200, 3400), (800, 3400))


@pytest.fixture
def house() -> Staffed:
    """A lot on the picture of a site, and a press from it, with a position beside it."""
    house = Staffed()
    house.place(Place("centre", "lot-b", "Lot B", "lot", on="", outline=LOT))
    house.keep(Picture(id=SHA, content=picture(), width=1600, height=1200))
    points = tuple(Known(**one) for one in known((0, 0), (10_000, 7_500)))
    sheet: Json = {"site": "centre", "on": "", "picture": SHA, "width": 1600, "height": 1200, "known": points}
    house.keep(PlanSheet(id=sheet_id("centre", ""), made_ms=house.clock.ms, by="ada", **sheet))
    house.enrol("noor", "phone-1")
    told: Json = {"site": "centre", "came": Came.DEVICE, "device": "phone-1", "credential": "phone-1"}
    zone = PlaceReport(PlaceKind.ZONE, house.clock.ms, "lot b")
    taken = house.decide(Press(org=ORG, key="once", member="noor", places=(zone,), **told))
    assert isinstance(taken, PressTaken)
    return house


@pytest.fixture
def record(browser: Browser, office: OfficeSite) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, timezone_id="UTC", locale="en-GB")
    complaints: list[str] = []
    context.on("console", lambda m: complaints.append(m.text) if "Content Security" in m.text else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.add_cookies([office.cookie("teo")])
    page = context.new_page()
    page.goto(f"{office.url}/history/{office.alert}")
    yield page
    context.close()
    assert complaints == []


def test_a_record_shows_its_places_on_the_plan_by_the_time_at_which_they_came(record: Page, office: OfficeSite) -> None:
    expect(record.locator(".map-svg .map-mark[data-kind=zone]")).to_have_count(1)
    expect(record.locator(".map-tag")).to_contain_text("Noor, last zone, ")
    expect(record.locator(".map-svg")).to_have_attribute("data-picture", "")
    expect(record.locator(".map[data-over]")).to_be_visible()
    ink = "getComputedStyle(document.body).color"
    assert record.locator(".map-tag").evaluate("one => getComputedStyle(one).backgroundColor") == record.evaluate(ink)
    assert axe_findings(record) == []


def test_a_record_at_a_site_without_a_plan_says_so(record: Page, office: OfficeSite) -> None:
    office.house.place(Place("centre", "lot-b", "Lot B", "lot"))
    bare = PlanSheet(id=sheet_id("centre", ""), site="centre", on="", width=1, height=1, made_ms=1, by="ada")
    office.house.keep(bare)
    record.reload()
    expect(record.locator(".map")).to_contain_text("Nobody has drawn a plan of this site yet.")
    expect(record.locator(".map")).not_to_contain_text("Find out")


def test_a_reader_who_may_not_know_where_it_was_is_sent_no_plan_and_no_script(record: Page, office: OfficeSite) -> None:
    office.house.decide(c.AddNote(org=ORG, alert=office.alert, member="teo", text="All is over"))
    record.context.add_cookies([office.cookie("noor")])
    record.reload()
    expect(record.get_by_role("heading", level=1)).to_contain_text("SOS")
    expect(record.locator(".map-host")).to_have_count(0)
    assert "map-record" not in record.content()
