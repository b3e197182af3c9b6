"""The site's plan on the console: what is known, planned or old, and what cannot be shown, in words too."""

from __future__ import annotations

from typing import Any

import pytest
from axe_core import axe_findings
from drawn_site import SHA, draw, reports
from fake_site import DANA, OWEN, TOMASZ, FakeSite, Json
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MAP = ".map-host .map"
HALL = (0.306, 0.726)  # A point of the building's floor, white on the picture: parts of the window's width and height.
STILL = """(was => { HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
    return kind.startsWith('webgl') ? null : was.call(this, kind, ...more);
}; })(HTMLCanvasElement.prototype.getContext);"""


@pytest.fixture
def console(visitor: Any) -> Page:
    page: Page = visitor.open("/console", "lead-token")
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(page.get_by_role("heading", name="All quiet.")).to_be_visible()
    return page


def press(page: Page, site: FakeSite, places: list[Json], **fields: Any) -> Page:
    """An SOS from the site, and the plan as soon as it is there."""
    name = site.raise_alert(site="wren", people_rung=4, places=places, **fields)["id"]
    site.tell(name)
    expect(page.locator(MAP)).to_be_visible()
    return page


def marks(page: Page, kind: str, more: str = "") -> Any:
    return page.locator(f".map-svg .map-mark[data-kind={kind}]{more}")


def fetched(page: Page) -> list[str]:
    """Every file of the map that this page has asked for."""
    names: list[str] = page.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
    return [name for name in names if "/static/map-" in name or "/plan" in name or "/pictures/" in name]


def test_a_calm_console_asks_for_no_byte_of_any_map(console: Page, site: FakeSite) -> None:
    draw(site)
    assert fetched(console) == []


def test_without_a_plan_no_map_is_fetched_and_one_line_says_so(console: Page, site: FakeSite) -> None:
    press(console, site, reports(site))
    expect(console.locator(MAP)).to_contain_text("Nobody has drawn a plan of this site yet.")
    expect(console.locator("dl.where")).to_contain_text("Car park, row c")
    assert [name for name in fetched(console) if "/static/" in name] == []


def test_names_without_outlines_are_no_plan(console: Page, site: FakeSite) -> None:
    places = [{**one, "on": None, "outline": []} for one in draw(site)["places"]]
    draw(site, sheets=[], places=places)
    press(console, site, [])
    expect(console.locator(MAP)).to_contain_text("Nobody has drawn a plan of this site yet.")
    expect(console.locator(MAP)).to_contain_text("Place not known. Find out.")


@pytest.mark.parametrize(
    ("status", "line"),
    [(503, "The plan of this site could not be fetched. Tocsin is trying again."), (403, "not for you to see")],
)
def test_a_plan_that_does_not_come_is_told_from_one_that_there_is_not(
    console: Page, site: FakeSite, status: int, line: str
) -> None:
    console.route("**/api/v1/sites/*/plan", lambda asked: asked.fulfill(status=status, body="{}"))
    press(console, site, reports(site))
    expect(console.locator(MAP)).to_contain_text(line)
    expect(console.locator("dl.where")).to_contain_text("Car park, row c")


def test_each_report_is_a_mark_of_its_own_and_says_whose_from_where_and_how_old(console: Page, site: FakeSite) -> None:
    draw(site)
    press(console, site, reports(site))
    for kind in ("planned", "zone", "fix"):
        expect(marks(console, kind)).to_have_count(1)
    expect(marks(console, "zone", "[data-hatched]")).to_have_count(0)
    tags = console.locator(".map-tag")
    expect(tags.filter(has_text="Maya, planned")).to_be_visible()
    expect(tags.filter(has_text="Maya, last zone, 2 min ago")).to_be_visible()
    expect(tags.filter(has_text="Maya, GPS,")).to_be_visible()
    expect(console.locator(".map-scale")).to_have_text("50 m")


def test_an_old_fix_is_hatched_and_said_to_be_old(console: Page, site: FakeSite) -> None:
    draw(site)
    press(console, site, reports(site, ago=100))
    expect(marks(console, "fix", ":not([data-hatched])")).to_have_count(1)
    site.jump(60)
    expect(marks(console, "fix", "[data-hatched]")).to_have_count(1)
    expect(console.locator(MAP)).to_contain_text("The GPS position is old.")


def test_a_fix_outside_of_the_plan_is_pointed_at_and_its_way_said(console: Page, site: FakeSite) -> None:
    draw(site)
    press(console, site, reports(site, fix=(14_000, -3_000)))
    expect(marks(console, "fix")).to_have_count(0)
    expect(console.locator(".map-arrow")).to_be_visible()
    expect(console.locator(MAP)).to_contain_text("GPS is outside of this plan: 225 m north-east of its middle.")


def test_a_fix_on_a_plan_of_which_nobody_said_where_it_lies_is_not_drawn(console: Page, site: FakeSite) -> None:
    draw(site, sheets=[{**draw(site)["sheets"][0], "known": []}])
    press(console, site, reports(site))
    expect(marks(console, "zone")).to_have_count(1)
    expect(marks(console, "fix")).to_have_count(0)
    expect(console.locator(MAP)).to_contain_text("nobody has said yet where on the globe this plan lies")
    expect(console.locator(".map-scale")).to_have_count(0)


def test_a_fix_without_a_radius_is_not_drawn_as_if_it_were_exact(console: Page, site: FakeSite) -> None:
    draw(site)
    press(console, site, reports(site, radius=None))
    expect(console.locator(".map-here[data-hatched]")).to_have_count(1)
    expect(console.locator("[data-place=fix]")).to_contain_text("Radius not known")


def zone(site: FakeSite, name: str, ago: float = 20) -> Json:
    return {"kind": "zone", "label": name, "at": site.stamp(-ago)}


def test_a_place_that_is_not_drawn_is_sought_in_what_it_is_inside_of(console: Page, site: FakeSite) -> None:
    draw(site)
    press(console, site, [zone(site, "Cellar")])
    expect(marks(console, "zone", "[data-hatched]")).to_have_count(1)
    expect(console.locator(MAP)).to_contain_text("Cellar itself is not drawn. It is somewhere in Watch hall.")


def test_a_place_that_the_plan_does_not_know_is_said_and_not_guessed(console: Page, site: FakeSite) -> None:
    draw(site)
    press(console, site, [{"kind": "spoken", "label": "behind the bins", "at": site.stamp(-9)}])
    expect(console.locator(MAP)).to_contain_text(
        "\u201cbehind the bins\u201d is no place of this plan, so it is not drawn."
    )
    expect(console.locator(".map-mark")).to_have_count(0)


def test_two_places_of_one_name_are_both_shown_as_not_sure(console: Page, site: FakeSite) -> None:
    places = draw(site)["places"]
    twin = {**next(one for one in places if one["id"] == "row-a"), "id": "twin", "name": "Kitchen", "label": "Kitchen"}
    draw(site, places=[*places, twin])
    press(console, site, [zone(site, "Kitchen")])
    expect(marks(console, "zone", "[data-hatched]")).to_have_count(2)
    expect(console.locator(MAP)).to_contain_text("2 places are called Kitchen. Which one is not known.")


def test_the_floor_of_the_newest_place_is_shown_and_every_floor_is_a_button(console: Page, site: FakeSite) -> None:
    draw(site)
    press(console, site, [zone(site, "Dispatch"), *reports(site)[2:]])
    floors = console.get_by_role("group", name="Plans of this site").get_by_role("button")
    expect(floors).to_have_count(2)
    expect(floors.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(console.locator(MAP)).to_contain_text("GPS cannot be drawn on this plan.")
    floors.nth(0).click()
    expect(marks(console, "fix")).to_have_count(1)
    expect(console.locator(MAP)).to_contain_text("Dispatch is on another plan: Upper floor.")


def test_several_alerts_of_one_site_stand_on_one_plan_and_the_chosen_one_is_filled(
    console: Page, site: FakeSite
) -> None:
    draw(site)
    press(console, site, [zone(site, "Kitchen", 40)], member=TOMASZ)
    press(console, site, [zone(site, "Car park, Row A")], member=OWEN)
    press(console, site, reports(site))
    expect(marks(console, "zone", ":not([data-other])")).to_have_count(1)
    expect(marks(console, "zone", "[data-other]")).to_have_count(2)
    expect(console.locator(".map-tag[data-other]").filter(has_text="Tomasz")).to_be_visible()
    console.get_by_role("navigation", name="Live alerts").get_by_role("button", name="Owen").click()
    expect(console.locator(".map-tag:not([data-other])")).to_contain_text("Owen, last zone")


def test_nothing_known_is_said_on_the_plan_and_told_to_be_found_out(console: Page, site: FakeSite) -> None:
    draw(site)
    press(console, site, [])
    expect(console.locator(MAP)).to_contain_text("Place not known. Find out.")
    expect(console.locator(".map-svg .map-spot").first).to_be_attached()
    expect(console.locator(".map-mark")).to_have_count(0)


def test_a_picture_that_is_refused_leaves_the_outlines_and_says_so(console: Page, site: FakeSite) -> None:
    draw(site)
    site.pictures.clear()
    press(console, site, reports(site))
    expect(console.locator(MAP)).to_contain_text("The picture of this plan could not be fetched.")
    expect(marks(console, "zone")).to_have_count(1)


def test_a_picture_comes_by_the_readers_own_token_and_by_no_address_in_the_page(console: Page, site: FakeSite) -> None:
    draw(site)
    press(console, site, reports(site))
    expect(console.locator(".map-svg")).to_have_attribute("data-picture", "")
    assert SHA not in console.content()


def test_a_drill_wears_its_own_colours_on_the_plan(console: Page, site: FakeSite) -> None:
    draw(site)
    press(console, site, reports(site), drill=True)
    colour = "one => getComputedStyle(one).getPropertyValue('--map-mark')"
    drill = console.locator(MAP).evaluate(colour)
    site.change("alert-1", drill=False)
    expect(console.locator("html[data-drill]")).to_have_count(0)
    assert drill != console.locator(MAP).evaluate(colour)


def test_the_keyboard_reaches_the_plan_moves_it_and_leaves_it(console: Page, site: FakeSite) -> None:
    draw(site)
    press(console, site, reports(site))
    expect(marks(console, "zone")).to_have_count(1)
    whole = console.locator(".map-svg").get_attribute("viewBox")
    console.keyboard.press("w")
    expect(console.locator(".map-frame")).to_be_focused()
    console.keyboard.press("+")
    expect(console.locator(".map-svg")).not_to_have_attribute("viewBox", str(whole))
    console.keyboard.press("ArrowDown")
    console.keyboard.press("0")
    expect(console.locator(".map-svg")).to_have_attribute("viewBox", str(whole))
    console.keyboard.press("Escape")
    expect(console.get_by_role("button", name="Site", exact=True)).to_be_focused()
    console.keyboard.press("?")
    expect(console.get_by_role("dialog")).to_contain_text("Go to the plan")


def test_whoever_looks_around_is_not_thrown_back_by_the_next_word_of_the_server(console: Page, site: FakeSite) -> None:
    draw(site)
    press(console, site, reports(site))
    console.get_by_role("button", name="Zoom in").click()
    near = console.locator(".map-svg").get_attribute("viewBox")
    site.change("alert-1", answers=[site.said(DANA, "coming")])
    expect(console.get_by_text("Dana is coming.")).to_be_visible()
    expect(console.locator(".map-svg")).to_have_attribute("viewBox", str(near))


def test_the_still_drawing_follows_the_mouse(console: Page, site: FakeSite) -> None:
    draw(site)
    press(console, site, reports(site))
    expect(console.get_by_text("This browser can only show a still drawing.")).to_be_visible()
    whole = console.locator(".map-svg").get_attribute("viewBox")
    console.locator(".map-frame").hover()
    console.mouse.down()
    console.mouse.move(300, 300)
    console.mouse.up()
    moved = console.locator(".map-svg").get_attribute("viewBox")
    assert moved != whole
    console.mouse.move(400, 400)
    assert console.locator(".map-svg").get_attribute("viewBox") == moved, "let go, it stays"


def test_a_browser_without_webgl_keeps_the_still_drawing_and_fetches_no_other(console: Page, site: FakeSite) -> None:
    console.add_init_script(STILL)
    console.reload()
    expect(console.get_by_role("heading", name="All quiet.")).to_be_visible()
    draw(site)
    press(console, site, reports(site))
    expect(console.locator(MAP)).to_contain_text("This browser can only show a still drawing.")
    expect(marks(console, "zone")).to_have_count(1)
    assert [name for name in fetched(console) if "map-gl" in name] == [], "what cannot be used is not fetched"


@pytest.mark.parametrize("width", [360, 1440])
def test_axe_finds_nothing_on_a_plan_with_all_there_is(console: Page, site: FakeSite, width: int) -> None:
    console.set_viewport_size({"width": width, "height": 780})
    draw(site)
    press(console, site, [*reports(site), zone(site, "Cellar")])
    expect(console.locator(".map-tag").first).to_be_visible()
    assert axe_findings(console) == []


def test_a_plan_by_night_is_dark_paper(console: Page, site: FakeSite) -> None:
    draw(site)
    press(console, site, reports(site))
    expect(console.locator(".map-svg")).to_have_attribute("data-picture", "")
    light = f"one => one.getContext('2d').getImageData(one.width * {HALL[0]}, one.height * {HALL[1]}, 1, 1).data[0]"
    day = console.locator(".map-picture").evaluate(light)
    console.emulate_media(color_scheme="dark")
    expect(console.locator(f"{MAP}[data-night]")).to_be_visible()
    assert day > 200 > 90 > console.locator(".map-picture").evaluate(light)
