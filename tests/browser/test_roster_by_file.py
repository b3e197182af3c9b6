"""A roster is imported in a browser without any script: chosen as a file, looked at, confirmed; and a feed is added."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_core import axe_findings
from office_site import OfficeSite
from playwright.sync_api import Browser, Page, expect
from visitors import follow

from bureau import ORG

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TABLE = """member;date;start;end
teo;25.11.2026;07:00;19:00
Noor Invented;25.11.2026;19:00;07:00
Bob;25.11.2026;7;9
"""


@pytest.fixture
def page(browser: Browser, office: OfficeSite) -> Iterator[Page]:
    """On a phone, in the dark, of somebody with every role."""
    context = browser.new_context(
        viewport={"width": 360, "height": 800}, color_scheme="dark", java_script_enabled=False
    )
    context.add_cookies([office.cookie("long")])
    page = context.new_page()
    page.goto(f"{office.url}/office/roster")
    yield page
    context.close()


def test_a_file_is_chosen_looked_at_and_confirmed(page: Page, office: OfficeSite, tmp_path: Path) -> None:
    file = tmp_path / "november.csv"
    file.write_text(TABLE, encoding="utf-8")
    follow(page.get_by_role("link", name="Import a roster"))
    page.get_by_label("Choose a file").set_input_files(file)
    follow(page.get_by_role("button", name="Read it and show me"))
    expect(page.get_by_role("heading", level=1)).to_have_text("2 shifts read")
    expect(page.locator("main")).to_contain_text("Line 4: Bob")
    expect(page.locator("main")).to_contain_text("november.csv")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.get_by_label("Why (for the record)").fill("The rota of November")
    follow(page.get_by_role("button", name="Import it"))
    expect(page.locator("main")).to_contain_text("Imported: 2 shifts changed.")
    assert {shift.members for shift in office.house.world.directory(ORG).shifts} == {("teo",), ("noor",)}


def test_what_is_no_roster_is_said_beside_the_field_and_what_was_pasted_stays(page: Page, office: OfficeSite) -> None:
    page.goto(f"{office.url}/office/roster/import")
    page.get_by_label("Or paste it here").fill("nothing of a roster")
    follow(page.get_by_role("button", name="Read it and show me"))
    expect(page.locator("#fault-file")).to_contain_text("Its first line names no columns.")
    expect(page.get_by_label("Or paste it here")).to_have_value("nothing of a roster")


def test_no_page_of_rosters_from_outside_keeps_anybody_out(browser: Browser, office: OfficeSite) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies([office.cookie("long")])
    page = context.new_page()
    for path in ("/office/roster/import", "/office/roster/feeds"):
        page.goto(f"{office.url}{path}")
        assert axe_findings(page) == [], path
    page.get_by_label("What it is").fill("Ward rota")
    page.get_by_label("Its address").fill("https://calendar.example.org/x.ics")
    follow(page.get_by_role("button", name="Add the feed"))
    expect(page.locator("main")).to_contain_text("Not read yet.")
    assert axe_findings(page) == []
    page.goto(f"{office.url}/office/roster/import")
    page.get_by_label("Or paste it here").fill(TABLE)
    follow(page.get_by_role("button", name="Read it and show me"))
    assert axe_findings(page) == []
    context.close()
