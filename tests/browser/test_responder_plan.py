"""The site's plan on the page of whoever was called: below who, where and do, and gone with the alert."""

from __future__ import annotations

from typing import Any

import pytest
from axe_core import axe_findings
from drawn_site import at
from linked_site import ORG, LinkedSite
from playwright.sync_api import Page, Route, expect
from visitors import Tap, until

from tocsin.core import commands as c
from tocsin.core.commands import PlaceReport
from tocsin.core.words import PlaceKind

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PLAN = "[data-key=plan]"
WIDE, HIGH = 360, 640
FIRST_MAX_BYTES = 150_000  # P9: over the wire, everything that is needed for who, where and do.
TOPS = "[...document.querySelectorAll('main > *, main dl, footer')].map(one => one.getBoundingClientRect().top)"
BYTES = """[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    .reduce((sum, one) => sum + one.encodedBodySize, 0)"""
COVERED = """(([dot, ...tags]) => tags.filter(tag => tag.left < dot.right && dot.left < tag.right
    && tag.top < dot.bottom && dot.top < tag.bottom).length)(
    [document.querySelector('.map-svg .map-here'), ...document.querySelectorAll('.map-tag')]
    .map(one => one.getBoundingClientRect()))"""  # How many words stand over where they are.
FILES = "performance.getEntriesByType('resource').map(one => one.name)"


def tapped(page: Page) -> Page:
    page.get_by_role("button", name="Open").tap()
    expect(page.locator("main[data-screen=called]")).to_be_visible()
    return page


def zone(site: LinkedSite, label: str, ago_ms: int = 17_000) -> PlaceReport:
    return PlaceReport(PlaceKind.ZONE, site.began_ms - ago_ms, label=label)


def moved(site: LinkedSite, alert: str, x: int, y: int) -> None:
    """The phone of the person in danger tells where it is now, in units of the site's sheet."""
    lat, lon = at(x, y)
    fix = PlaceReport(PlaceKind.FIX, site.node.clock.ms, lat=lat, lon=lon, radius_m=9)
    site.do(c.AddPlace(org=ORG, alert=alert, member="maya", place=fix))


def maps(page: Page) -> list[str]:
    """The files of the map that this page has asked for."""
    names: list[str] = page.evaluate(FILES)
    return [name for name in names if "/static/map-" in name]


def dot(page: Page) -> Any:
    """Where on the drawing they are."""
    return page.evaluate("""(([dot, frame]) => [dot.left - frame.left, dot.top - frame.top].map(Math.round))(
        ['.map-here', '.map-frame'].map(name => document.querySelector(name).getBoundingClientRect()))""")


def test_from_the_link_to_the_plan_with_the_place_on_it_and_a_fix_that_moves(linked: LinkedSite, device: Tap) -> None:
    linked.draw()
    alert = linked.press(zone(linked, "Car park, Row C"))
    page = device(linked.link("dana", alert))
    expect(page.get_by_role("button", name="Open")).to_be_visible()
    assert maps(page) == []
    tapped(page)
    expect(page.get_by_role("heading", name="Maya Lindqvist")).to_be_in_viewport()
    expect(page.locator(PLAN)).to_be_attached()
    assert page.locator(".map").count() == 0, "nothing is drawn before it is looked at"
    page.get_by_role("link", name="See the plan").tap()
    expect(page.get_by_role("heading", name="On the plan")).to_be_in_viewport()
    expect(page.locator(".map-tag").filter(has_text="Maya, last zone")).to_be_in_viewport()
    expect(page.locator(".map-svg .map-mark[data-kind=zone]")).to_have_count(1)
    moved(linked, alert, 4_700, 2_300)
    expect(page.locator(".map-tag").filter(has_text="Maya, GPS")).to_be_visible()
    until(page, lambda: page.evaluate(COVERED) == 0)
    before = dot(page)
    moved(linked, alert, 2_000, 5_000)
    until(page, lambda: dot(page) != before)
    assert axe_findings(page, both_themes=True) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_with_the_alert_the_plan_is_gone_and_the_server_gives_it_no_more(linked: LinkedSite, device: Tap) -> None:
    linked.draw()
    alert = linked.press(zone(linked, "Car park, Row C"))
    page = device(linked.link("dana", alert))
    with page.expect_request("**/api/v1/sites/*/plan") as asked:
        tapped(page)
    expect(page.locator(PLAN)).to_be_visible()
    shown = {"authorization": asked.value.headers["authorization"]}
    assert page.request.get(asked.value.url, headers=shown).status == 200
    linked.close(alert)
    expect(page.get_by_role("heading", name="It is over.")).to_be_visible()
    expect(page.locator(".map")).to_have_count(0)
    assert page.request.get(asked.value.url, headers=shown).status == 403


def test_on_another_floor_the_sheet_of_that_floor_comes_with_the_report(linked: LinkedSite, device: Tap) -> None:
    linked.draw()
    alert = linked.press(zone(linked, "Car park, Row C"))
    page = tapped(device(linked.link("tomas", alert)))
    page.get_by_role("link", name="Ver el plano").tap()
    expect(page.locator(".map-svg .map-mark[data-kind=zone]")).to_have_count(1)
    expect(page.locator(".map-sheets")).to_have_count(0)
    report = zone(linked, "Dispatch", 1_000)
    linked.do(c.AddPlace(org=ORG, alert=alert, member="maya", place=report))
    expect(page.locator(".map-sheets button[aria-pressed=true]")).to_contain_text("Upper floor")
    expect(page.locator(".map-svg .map-mark[data-kind=zone]")).to_have_count(1)
    assert axe_findings(page, both_themes=True) == []


def test_where_every_place_is_unknown_the_plan_says_so(linked: LinkedSite, device: Tap) -> None:
    linked.draw()
    page = tapped(device(linked.link("dana", linked.press())))
    page.get_by_role("link", name="See the plan").tap()
    expect(page.locator(PLAN)).to_contain_text("Place not known. Find out.")
    expect(page.locator(".map-svg .map-spot").first).to_be_visible()
    expect(page.locator(".map-mark")).to_have_count(0)


def test_where_nobody_has_drawn_one_nothing_stands_in_its_place_and_nothing_is_fetched(
    linked: LinkedSite, device: Tap
) -> None:
    page = device(linked.link("dana", linked.press(zone(linked, "Car park, Row C"))))
    with page.expect_response("**/api/v1/sites/*/plan") as answer:
        tapped(page)
    assert answer.value.json()["sheets"] == []
    page.get_by_role("button", name="I am coming").tap()
    expect(page.locator(".loan")).to_be_visible()
    assert page.locator(PLAN).count() == page.locator(".to-plan").count() == 0 and maps(page) == []


@pytest.mark.parametrize("high", [HIGH, 1400])
def test_who_where_and_do_wait_for_no_plan_and_nothing_moves_when_it_comes(
    linked: LinkedSite, device: Tap, high: int
) -> None:
    linked.draw()
    page = device(linked.link("dana", linked.press(zone(linked, "Car park, Row C"))))
    page.set_viewport_size({"width": WIDE, "height": high})
    waits: list[Route] = []
    page.route("**/api/v1/sites/*/plan", lambda asked: waits.append(asked))
    tapped(page)
    until(page, lambda: waits)
    assert 0 < page.evaluate(BYTES) <= FIRST_MAX_BYTES and maps(page) == []
    before = page.evaluate(TOPS)
    waits[0].continue_()
    expect(page.locator(".map-host" if high == HIGH else ".map-tag").first).to_be_attached()
    after = page.evaluate(TOPS)
    assert [*after[: len(before) - 1], after[-1]] == before, "what stood there stands there"


def test_a_drawing_that_could_not_be_fetched_is_tried_again_and_the_page_goes_on(
    linked: LinkedSite, device: Tap
) -> None:
    linked.draw()
    page = device(linked.link("dana", linked.press(zone(linked, "Car park, Row C"))))
    page.route("**/static/map-called*", lambda asked: asked.abort())
    with page.expect_event("requestfailed"):
        tapped(page)
    expect(page.locator("dl.where")).to_contain_text("Car park, Row C")
    page.unroute("**/static/map-called*")
    expect(page.locator(PLAN)).to_be_visible()
