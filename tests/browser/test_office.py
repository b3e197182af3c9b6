"""The office in Chromium: on its first day, and without any script."""

from __future__ import annotations

import pytest
from axe_core import axe_findings
from office_site import OfficeSite
from office_visitors import Opening
from playwright.sync_api import Browser, expect

from staff import Staffed

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_an_office_where_nothing_has_happened_yet_says_so(browser: Browser) -> None:
    """A first day: nobody but the founders, no change, no tie, no screen, no key, an empty trail."""
    site = OfficeSite(Staffed())
    context = browser.new_context(viewport={"width": 360, "height": 800})
    context.add_cookies([site.cookie("ada")])
    page = context.new_page()
    for path, said in EMPTY.items():
        page.goto(f"{site.url}{path}")
        expect(page.locator("main")).to_contain_text(said)
        assert axe_findings(page) == [], path
    context.close()
    site.stop()


EMPTY = {
    "/office": "Nothing waits for you",
    "/office/changes": "No change waits.",
    "/office/screens": "No wallboard.",
    "/office/keys": "No key works.",
    "/office/members/noor": "No phone is enrolled.",
}


# Without any script ----------------------------------------------------------------------------------------------


def test_somebody_is_hired_and_invited_without_any_script(signed_in: Opening, office: OfficeSite) -> None:
    page = signed_in("/office/members/new", java_script_enabled=False)
    page.get_by_label("Known as").fill("ana-nueva")
    page.get_by_label("Name", exact=True).fill("Ana Nueva")
    page.get_by_label("By").first.select_option("sms")
    page.get_by_label("Number or address").first.fill("12")
    page.get_by_role("button", name="Hire them").click()
    expect(page.locator("#fault-way-1-to")).to_contain_text("This is no telephone number.")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Ana Nueva")
    page.get_by_label("Number or address").first.fill("+1 202 555 0177")
    page.get_by_role("button", name="Hire them").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ana Nueva can not be reached")
    page.get_by_text("Invite them to sign in").click()
    page.get_by_role("button", name="Make the link").first.click()
    assert f"{office.url}/link#" in page.get_by_label("The link", exact=True).input_value()


def test_two_who_edit_the_same_person_see_both_versions(signed_in: Opening, office: OfficeSite) -> None:
    first, second = (signed_in("/office/members/noor/edit", java_script_enabled=False) for _ in range(2))
    for page, name in ((first, "Noor First"), (second, "Noor Second")):
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_role("button", name="Save").click()
    expect(second.get_by_role("alert")).to_contain_text("Somebody else changed this while you were writing.")
    expect(second.get_by_role("row", name="Name")).to_contain_text("Noor First")
    expect(second.get_by_label("Name", exact=True)).to_have_value("Noor Second")
    assert office.house.directory.members["noor"].name == "Noor First"
