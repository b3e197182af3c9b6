"""The wallboard at rest and in the red, in a bright room and a dark one, read by whoever cannot see its colours."""

from __future__ import annotations

import pytest
from axe_core import axe_findings
from fake_site import LUIS, FakeSite
from playwright.sync_api import expect
from screen_states import heard
from visitors import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_wallboard_says_in_words_that_all_is_quiet_and_that_it_is_not(
    visitor: Visitor, site: FakeSite, scheme: str
) -> None:
    page = visitor.open("/wallboard", "lead-token")
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.get_by_role("heading", name="No alert").wait_for()
    assert axe_findings(page) == []
    alert = site.raise_alert(places=[{"kind": "planned", "label": "Lot B, bay 12"}])
    site.tell(alert["id"])
    page.get_by_role("heading", name="SOS: Lot B, bay 12").wait_for()
    page.get_by_text("Ringing", exact=True).wait_for()
    assert axe_findings(page) == []
    site.change(alert["id"], answers=[site.said(LUIS, "with_them")])
    page.get_by_text("With them").wait_for()
    assert "Luis" not in page.content(), "who it is, a public screen does not say"
    assert axe_findings(page) == []
    site.change(alert["id"], state="closed", outcome="safe")
    page.get_by_role("heading", name="No alert").wait_for()
    assert axe_findings(page) == []


def test_a_public_screen_says_how_many_come_and_never_who(visitor: Visitor, site: FakeSite) -> None:
    page = visitor.open("/wallboard", "lead-token")
    heard(page, site)
    site.raise_alert(coming=0)
    site.tell("alert-1")
    page.get_by_text("Ringing", exact=True).wait_for()
    site.change("alert-1", coming=2)
    page.get_by_text("2 coming", exact=True).wait_for()
    site.change("alert-1", coming=0)
    page.get_by_text("Ringing", exact=True).wait_for()
    expect(page.get_by_text("coming")).to_have_count(0)


@pytest.mark.parametrize("size", [(1920, 1080), (3840, 2160)])
@pytest.mark.parametrize("drill", [False, True])
def test_a_wall_shows_eight_alerts_and_the_number_of_the_others_without_scrolling(
    visitor: Visitor, site: FakeSite, size: tuple[int, int], drill: bool
) -> None:
    for row in "ABCDEFGHIJ":
        site.raise_alert(drill=drill, coming=1, places=[{"kind": "zone", "label": f"Car park, Row {row}"}])
    page = visitor.open("/wallboard", "lead-token")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    expect(page.get_by_text("and 2 more")).to_be_visible()
    expect(page.locator(".rows > li")).to_have_count(8)
    assert page.evaluate("document.documentElement.scrollHeight - innerHeight") == 0


def test_a_wall_makes_its_words_smaller_before_any_runs_off_it(visitor: Visitor, site: FakeSite) -> None:
    place = "Estacionamiento subterráneo norte, detrás de la segunda columna junto a la salida de emergencia"
    for _ in range(9):
        site.raise_alert(places=[{"kind": "zone", "label": place}])
    page = visitor.open("/wallboard", "lead-token")
    page.set_viewport_size({"width": 1920, "height": 1080})
    expect(page.get_by_text("and 1 more")).to_be_visible()
    for _ in range(4):
        page.get_by_role("button", name="Larger text").click()
        page.wait_for_function("() => document.documentElement.scrollHeight === innerHeight")
    site.alerts.clear()
    page.reload()
    expect(page.get_by_role("heading", name="No alert")).to_be_visible()
    page.wait_for_function("() => document.documentElement.style.getPropertyValue('--fit') === '1'")


def test_a_wall_says_where_somebody_was_seen_and_of_a_plan_that_it_is_one(visitor: Visitor, site: FakeSite) -> None:
    planned, seen = {"kind": "planned", "label": "Bay 12"}, {"kind": "zone", "label": "North door"}
    alert = site.raise_alert(places=[planned])
    page = visitor.open("/wallboard", "lead-token")
    expect(page.locator("h1")).to_have_text("SOS: Bay 12, planned")
    site.change(alert["id"], places=[planned, seen])
    expect(page.locator("h1")).to_have_text("SOS: North door")


def test_the_headline_of_a_drill_on_the_wall_wears_the_colours_of_a_drill(visitor: Visitor, site: FakeSite) -> None:
    site.raise_alert(drill=True, places=[{"kind": "zone", "label": "Lot B"}])
    page = visitor.open("/wallboard", "lead-token")
    band = page.locator(".band[data-alert]")
    expect(band).to_contain_text("DRILL: Lot B")
    colour = "one => getComputedStyle(one).backgroundColor"
    drill = band.evaluate(colour)
    site.raise_alert(places=[{"kind": "zone", "label": "Lot A"}])
    site.tell("alert-2")
    expect(band).to_contain_text("SOS: Lot A")
    assert band.evaluate(colour) != drill


def test_the_words_of_a_wall_can_be_made_larger_and_stay_so(visitor: Visitor, site: FakeSite) -> None:
    page = visitor.open("/wallboard", "lead-token")
    page.set_viewport_size({"width": 1920, "height": 1080})
    size = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
    page.get_by_role("heading", name="No alert").wait_for()
    plain = page.evaluate(size)
    page.get_by_role("button", name="Larger text").click()
    larger = page.evaluate(size)
    page.reload()
    page.get_by_role("heading", name="No alert").wait_for()
    assert page.evaluate(size) == larger > plain
    for _ in range(9):
        page.get_by_role("button", name="Smaller text").click()
    assert page.evaluate(size) < plain
