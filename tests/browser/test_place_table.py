"""A new site gets its plan: a drawing is uploaded, places are drawn by mouse, by touch and by keys, codes printed."""

from __future__ import annotations

from typing import Any

import pytest
from axe_core import axe_findings
from every_state import DRAWING
from keyboard import Hands
from office_site import OfficeSite
from office_visitors import Opening
from playwright.sync_api import FilePayload, Locator, Page, expect
from visitors import follow

from staff import Staffed
from tocsin.core.access.place_record import PlaceCode
from tocsin.core.directory import Place

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHEET, NEW = "/office/places/sheet?site=centre", "/office/places/sheet?site=centre&new=yes"
DECODED = (
    """async e => { const i = new Image(); i.src = e.getAttribute('href'); await i.decode(); return i.width > 0; }"""
)
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def house() -> Staffed:
    return Staffed()


@pytest.fixture
def me() -> str:
    return "teo"


class Table:
    """The sheet of a page, by hundredths of its width."""

    def __init__(self, page: Page) -> None:
        self.page, self.svg = page, page.locator("svg.paper[data-works]")
        self.svg.scroll_into_view_if_needed()
        self.said, self.wrong = page.locator("#table-said"), page.locator("#table-wrong")

    def at(self, across: float, down: float) -> tuple[float, float]:
        """On the screen; the sheet may be looked at from near, or have been scrolled."""
        found = self.svg.evaluate(
            "(svg, [x, y]) => { const p = new DOMPoint(x * 100, y * 100).matrixTransform(svg.getScreenCTM());"
            " return [p.x, p.y]; }",
            [across, down],
        )
        return found[0], found[1]

    def click(self, *corners: tuple[float, float]) -> None:
        for corner in corners:
            self.page.mouse.click(*self.at(*corner))

    def tap(self, *corners: tuple[float, float]) -> None:
        for corner in corners:
            self.page.touchscreen.tap(*self.at(*corner))

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        mouse = self.page.mouse
        mouse.move(*self.at(*start))
        mouse.down()
        mouse.move(*self.at((start[0] + end[0]) / 2, (start[1] + end[1]) / 2))
        mouse.move(*self.at(*end))
        mouse.up()

    def corners(self) -> list[list[float]]:
        """What stands in the form."""
        typed = self.page.locator("[data-corners]").input_value()
        return [[float(number) for number in line.split()] for line in typed.splitlines()]


def near(found: list[list[float]], *wanted: tuple[float, float]) -> bool:
    """To half a hundredth: a pixel of a small screen."""
    pairs = zip(found, wanted, strict=False)
    return len(found) == len(wanted) and all(abs(x - a) < 0.5 and abs(y - b) < 0.5 for (x, y), (a, b) in pairs)


def place(office: OfficeSite, id: str) -> Place:
    return next(one for one in office.house.directory.places if one.id == id)


def named(page: Page, name: str, kind: str) -> Locator:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Kind").select_option(label=kind)
    return page.get_by_role("button", name="Save", exact=True)


# The story -------------------------------------------------------------------------------------------------------


def test_a_site_without_a_plan_gets_one_and_three_places_by_three_ways(signed_in: Opening, office: OfficeSite) -> None:
    page = signed_in("/office/places")
    expect(page.get_by_role("heading", level=1)).to_have_text("No place is named yet")
    uploads(page)
    draws_with_the_mouse(signed_in(NEW), office)
    draws_with_a_thumb(signed_in(NEW, **PHONE), office)
    draws_with_keys(signed_in(SHEET), office)
    page.goto(f"{office.url}/office/places")
    expect(page.get_by_role("heading", level=1)).to_have_text("All 3 places are drawn")
    prints(page, office)


def uploads(page: Page) -> None:
    follow(page.get_by_role("link", name="Upload a plan"))
    plan = FilePayload(name="plan.svg", mimeType="image/svg+xml", buffer=DRAWING.encode())
    page.get_by_label("Choose a file").set_input_files(plan)
    follow(page.get_by_role("button", name="Read it and show me"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Is this the plan?")
    assert seen(page), "what was read is shown"
    follow(page.get_by_role("button", name="Use it"))
    expect(page.get_by_role("status")).to_contain_text("This is the sheet now")
    assert seen(page), "and so is what was kept of it"
    assert axe_findings(page) == []


def seen(page: Page) -> bool:
    """Has the picture under the sheet come?"""
    page.wait_for_load_state("load")
    found: bool = page.locator("svg.paper image").evaluate(DECODED)
    return found


def draws_with_the_mouse(page: Page, office: OfficeSite) -> None:
    table = Table(page)
    table.click((10, 10), (60, 10), (60, 40), (10, 40), (10, 10))
    expect(table.said).to_have_text("Closed: 4 corners.")
    table.drag((10, 40), (20, 50))
    expect(table.said).to_contain_text("Corner 4 put down")
    assert near(table.corners(), (10, 10), (60, 10), (60, 40), (20, 50))
    page.get_by_role("button", name="Undo").click()
    table.drag((35, 40), (35, 55))  # From the middle of an edge: one corner more.
    expect(page.locator("svg.paper .corner")).to_have_count(5)
    assert near(table.corners(), (10, 10), (60, 10), (60, 40), (35, 55), (10, 40))
    follow(named(page, "Main building", "Building"))
    expect(page.get_by_role("status")).to_contain_text("Saved: Main building, 5 corners.")
    assert len(place(office, "main-building").outline) == 5


def draws_with_a_thumb(page: Page, office: OfficeSite) -> None:
    table = Table(page)
    table.tap((70, 10), (90, 10), (90, 30))
    expect(table.said).to_contain_text("Corner 3 set")
    page.get_by_role("button", name="Nearer").tap()
    expect(table.said).to_contain_text("Shown:")
    page.get_by_role("button", name="Whole sheet").tap()
    table.tap((70, 10))
    expect(table.said).to_have_text("Closed: 3 corners.")
    sizes = page.locator(".tools button").evaluate_all("all => all.map(e => e.getBoundingClientRect().height)")
    assert min(sizes) >= 48 and page.evaluate("document.documentElement.scrollWidth") <= 360
    assert axe_findings(page) == []
    follow(named(page, "Lot B", "Car park"))
    assert len(place(office, "lot-b").outline) == 3 and place(office, "lot-b").kind == "lot"


def test_two_fingers_look_closer_and_one_moves_a_corner(signed_in: Opening, office: OfficeSite) -> None:
    office.house.place(
        Place("centre", "lot-b", "Lot B", "lot", on="", outline=((2000, 1000), (8000, 1000), (5000, 5000)))
    )
    page = signed_in(f"{SHEET}&place=lot-b", **PHONE)
    table, fingers = Table(page), page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        told = [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(points)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": told})

    (x, y), (left, _), (right, _) = table.at(50, 50), table.at(45, 30), table.at(55, 30)
    touch("touchStart", (x + 9, y + 9))  # A thumb is not exact, and covers what it moves.
    for n in range(1, 5):
        touch("touchMove", (x + 9, y + 9 + 5 * n))
    touch("touchEnd")
    expect(table.said).to_contain_text("Corner 3 put down")
    found = table.corners()[2]
    assert abs(found[0] - 50) < 1 and found[1] > 53, "it went as far as the thumb, and did not jump under it"
    whole = page.locator("svg.paper").get_attribute("viewBox")
    touch("touchStart", (left, y - 60), (right, y - 60))
    for n in range(1, 5):
        touch("touchMove", (left - 12 * n, y - 60), (right + 12 * n, y - 60))
    touch("touchEnd")
    expect(page.locator("svg.paper")).not_to_have_attribute("viewBox", whole or "")
    assert table.corners()[2] == found, "looking closer moves nothing"
    expect(page.get_by_role("button", name="Farther")).to_be_enabled()


def draws_with_keys(page: Page, office: OfficeSite) -> None:
    hands, keys = Hands(page), page.keyboard
    hands.follow("Draw a new place")
    hands.to("Drawing table")
    table = Table(page)
    for key in ("Shift+ArrowLeft", "Enter", "ArrowRight", "ArrowRight", "Enter", "f"):
        keys.press(key)
    expect(table.said).to_have_text("Closed: 2 corners.")
    expect(table.wrong).to_have_text("An outline needs three corners; a door may be a line of two.")
    hands.write("Name", "North door")
    hands.choose("Kind", "Door")
    expect(table.wrong).to_have_text("")
    hands.choose("It is in", "Main building")
    hands.follow("Save")
    expect(page.get_by_role("status")).to_contain_text("Saved: North door, a line.")
    door = place(office, "north-door")
    assert (door.kind, door.inside) == ("door", "main-building")
    assert door.outline[1][0] - door.outline[0][0] == 200 and door.outline[0][1] == door.outline[1][1]


def prints(page: Page, office: OfficeSite) -> None:
    follow(page.get_by_role("link", name="Codes, and printing them"))
    follow(page.get_by_role("button", name="Make 3 codes"))
    expect(page.get_by_role("heading", level=1)).to_have_text("All 3 places have a code")
    expect(page.get_by_role("button", name="Print them (PDF)")).to_be_visible()
    assert axe_findings(page) == [] and len(office.house.world.all_kept("alder", PlaceCode)) == 3


# What goes wrong -------------------------------------------------------------------------------------------------


def test_an_outline_that_crosses_itself_is_shown_at_once_and_refused(signed_in: Opening, office: OfficeSite) -> None:
    page = signed_in(NEW)
    table = Table(page)
    table.click((10, 10), (60, 10), (60, 30), (40, 5))
    expect(page.locator("svg.paper .wrong")).to_have_count(1)
    expect(table.wrong).to_contain_text("It crosses itself")
    follow(named(page, "Bow", "Car park"))
    expect(page.locator("#fault-outline")).to_contain_text("crosses")
    assert page.get_by_label("Name").input_value() == "Bow" and office.house.directory.places == ()
    Table(page).drag((40, 5), (10, 30))
    expect(page.locator("svg.paper .wrong")).to_have_count(0)
    follow(page.get_by_role("button", name="Save", exact=True))
    expect(page.get_by_role("status")).to_contain_text("Saved: Bow, 4 corners.")


def test_a_second_editor_is_told_and_sees_both(signed_in: Opening, office: OfficeSite) -> None:
    office.house.place(Place("centre", "lot-b", "Lot B", "lot"))
    path = f"{SHEET}&place=lot-b"
    first, second = signed_in(path), signed_in(path, "ada")
    Table(first).click((10, 10), (60, 10), (60, 30), (10, 30), (10, 10))
    Table(second).click((20, 20), (50, 20), (50, 40), (20, 20))
    follow(first.get_by_role("button", name="Save", exact=True))
    follow(second.get_by_role("button", name="Save", exact=True))
    expect(second.get_by_role("alert").first).to_contain_text("Somebody else changed this")
    expect(second.locator("svg.paper .theirs path")).to_have_count(1)
    assert near(Table(second).corners(), (20, 20), (50, 20), (50, 40)) and len(place(office, "lot-b").outline) == 4
    assert axe_findings(second) == []
    follow(second.get_by_role("button", name="Save", exact=True))
    assert len(place(office, "lot-b").outline) == 3


def test_without_a_script_corners_are_typed(signed_in: Opening, office: OfficeSite) -> None:
    page = signed_in(NEW, java_script_enabled=False)
    page.get_by_label("A corner on each line").fill("10 10\n60 10\n60 30,5")
    follow(named(page, "Lot B", "Car park"))
    assert place(office, "lot-b").outline == ((1000, 1000), (6000, 1000), (6000, 3050))
    expect(page.locator("svg.paper .drawn path")).to_have_attribute("d", "M1000 1000L6000 1000L6000 3050Z")


def test_what_is_typed_is_drawn_and_what_is_drawn_is_typed(signed_in: Opening) -> None:
    page = signed_in(NEW)
    page.get_by_text("As numbers").click()
    page.locator("[data-corners]").fill("10 10\n60 10\n60 30")
    expect(page.locator("svg.paper .corner")).to_have_count(3)
    page.locator("[data-tool=anew]").click()
    expect(page.locator("[data-corners]")).to_have_value("")


def test_two_known_points_are_set_on_the_sheet_with_keys(signed_in: Opening, office: OfficeSite) -> None:
    page = signed_in("/office/places/known?site=centre")
    hands = Hands(page)
    hands.to("Drawing table")
    for key in (*["Shift+ArrowLeft"] * 4, "Enter", *["Shift+ArrowRight"] * 8, "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#field-x1")).to_have_value("10")
    expect(page.locator("#field-x2")).to_have_value("90")
    for label, text in (
        ("Latitude", "41.879"),
        ("Longitude", "-87.636"),
        ("Latitude", "41.879"),
        ("Longitude", "-87.634"),
    ):
        hands.write(label, text)
    hands.follow("Save")
    expect(page.get_by_text("m wide on the ground")).to_be_visible()
