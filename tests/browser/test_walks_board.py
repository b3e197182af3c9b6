"""Walks on the watch: who is out and until when, and a supervisor who starts one for somebody with no hand free."""

from __future__ import annotations

from typing import Any

import pytest
from axe_core import axe_findings
from fake_site import MAYA, PRIYA, TOMASZ, FakeSite
from playwright.sync_api import Browser, Page, expect
from visitors import Visitor, lose_answers

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def watching(visitor: Any, who: str = "lead") -> Page:
    page: Page = visitor.open("/console", f"{who}-token")
    page.set_viewport_size({"width": 1440, "height": 900})
    return page


def test_the_watch_shows_who_is_on_a_walk_until_when_and_not_where(visitor: Any, site: FakeSite) -> None:
    site.be_calm()
    site.walk(PRIYA, 30, ago=10)
    page = watching(visitor)
    board = page.locator("[data-key=walks]")
    expect(board.get_by_role("heading")).to_have_text("Walks under way 1")
    expect(board.locator("[data-walk]")).to_contain_text("Priya Raman")
    expect(board.locator("[data-walk]")).to_contain_text("On the way")
    expect(board.get_by_role("progressbar", name="Time left, Priya Raman")).to_be_visible()
    site.walk(TOMASZ, 8, ago=12, state="reminded")
    expect(board.locator("[data-walk]")).to_contain_text(["Tomasz Zieliński", "Priya Raman"])
    site.walked("walk-2", state="due", due_at=site.stamp(-5))
    expect(board.locator("[data-walk=due]")).to_contain_text("Asked if they are there")
    expect(board.locator("[data-walk=due]")).to_contain_text("now")
    site.walked("walk-2", state="home")
    site.walked("walk-1", state="raised")
    expect(board).to_contain_text("Nobody is on a walk.")


def test_whom_a_reader_may_see_no_more_leaves_the_board(visitor: Any, site: FakeSite) -> None:
    site.be_calm()
    site.walk(PRIYA, 30)
    board = watching(visitor).locator("[data-key=walks]")
    expect(board).to_contain_text("Priya Raman")
    site.send("gone", {"id": "walk-1"})
    expect(board).to_contain_text("Nobody is on a walk.")


def test_a_supervisor_starts_a_walk_for_somebody(visitor: Any, site: FakeSite) -> None:
    site.be_calm()
    page = watching(visitor)
    board = page.locator("[data-key=walks]")
    board.get_by_text("Start a walk for somebody").click()
    board.get_by_label("Who walks").select_option("maya")
    board.get_by_label("Minutes").fill("20")
    board.get_by_label("Where to").select_option("transit")
    board.get_by_label("Which way, which bay").fill("<b>north door</b>")
    board.get_by_label("Buddy").select_option("dana")
    board.get_by_role("button", name="Start the walk").click()
    expect(board.locator("[data-walk]")).to_contain_text("Maya Lindqvist")
    expect(board.get_by_role("status")).to_have_text("The walk has begun.")
    (sent,) = site.posted("/walks")
    assert sent == {
        "for_member": "maya", "minutes": 20, "destination": "transit", "way": "<b>north door</b>", "buddy": "dana",
    }  # fmt: skip
    assert [body["key"] for method, path, body in site.asked if (method, path) == ("POST", "/api/v1/walks")] != [""]
    board.get_by_text("Start a walk for somebody").click()
    expect(board.get_by_label("Who walks").locator("option[value=maya]")).to_have_count(0)


def test_a_start_for_one_person_is_never_taken_for_that_of_another(visitor: Any, site: FakeSite) -> None:
    """The answer to the first was lost: whoever is sent out next has a timer of their own."""
    site.be_calm()
    page = watching(visitor)
    board = page.locator("[data-key=walks]")
    board.get_by_text("Start a walk for somebody").click()
    board.get_by_label("Who walks").select_option("maya")
    heard_again = lose_answers(page.context, "**/api/v1/walks")
    board.get_by_role("button", name="Start the walk").click()
    expect(board.get_by_role("status")).to_contain_text("No answer came: it may be done or not.")
    expect(board.locator("[data-walk]")).to_contain_text("Maya Lindqvist")
    heard_again()
    board.get_by_label("Who walks").select_option("priya")
    board.get_by_role("button", name="Start the walk").click()
    expect(board.get_by_role("status")).to_have_text("The walk has begun.")
    expect(board.locator("[data-walk]")).to_contain_text(["Maya Lindqvist", "Priya Raman"])
    assert [walk["member"]["id"] for walk in site.walks.values()] == ["maya", "priya"]
    visitor.complaints.clear()


def test_whoever_was_chosen_stays_so_while_others_set_out_and_nobody_takes_the_place_of_one_who_did(
    visitor: Any, site: FakeSite
) -> None:
    """Else the timer is somebody else's, and whoever was meant walks without one."""
    site.be_calm()
    board = watching(visitor).locator("[data-key=walks]")
    board.get_by_text("Start a walk for somebody").click()
    expect(board.get_by_label("Who walks")).to_have_value("")
    board.get_by_label("Who walks").select_option("priya")
    board.get_by_label("Buddy").select_option("dana")
    site.walk(TOMASZ, 12)
    expect(board.get_by_label("Who walks").locator("option[value=tomasz]")).to_have_count(0)
    expect(board.get_by_label("Who walks")).to_have_value("priya")
    expect(board.get_by_label("Buddy")).to_have_value("dana")
    site.walk(PRIYA, 12)
    expect(board.get_by_label("Who walks")).to_have_value("")
    board.get_by_role("button", name="Start the walk").click()
    assert site.posted("/walks") == []
    board.get_by_label("Who walks").select_option("maya")
    board.get_by_role("button", name="Start the walk").click()
    expect(board.get_by_role("status")).to_have_text("The walk has begun.")
    board.get_by_text("Start a walk for somebody").click()
    expect(board.get_by_label("Buddy")).to_have_value("")


def test_a_walk_that_cannot_be_started_says_why(visitor: Any, site: FakeSite) -> None:
    site.be_calm()
    site.refuse_acts, site.refuse_code = "They are on a walk already.", "walk_open_already"
    board = watching(visitor).locator("[data-key=walks]")
    board.get_by_text("Start a walk for somebody").click()
    board.get_by_label("Who walks").select_option("maya")
    board.get_by_role("button", name="Start the walk").click()
    expect(board.get_by_role("status")).to_have_text("Not done. They are on a walk already.")
    visitor.complaints.clear()


def test_who_is_no_supervisor_has_no_form(visitor: Any, site: FakeSite) -> None:
    site.be_calm()
    site.walk(MAYA, 12)
    board = watching(visitor, "chief").locator("[data-key=walks]")
    expect(board).to_contain_text("Maya Lindqvist")
    expect(board.locator("form")).to_have_count(0)


@pytest.mark.parametrize("language", ["en-GB", "es-MX"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_part_of_the_board_keeps_anybody_out(browser: Browser, site: FakeSite, theme: Any, language: str) -> None:
    context = browser.new_context(color_scheme=theme, locale=language, viewport={"width": 360, "height": 800})
    visitor = Visitor(context, site)
    site.be_calm()
    site.walk(PRIYA, 30, ago=10, destination="car", bay="Lot B", way="along the fence")
    site.walk(TOMASZ, -0.2, ago=15, state="due")
    page = visitor.open("/console", "lead-token")
    page.locator("[data-key=walk-form] summary").click()
    expect(page.locator("[data-walk=due]")).to_be_visible()
    assert axe_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
    assert visitor.complaints == []
