"""The quick exit of the pages that the server draws: gone at once, and nothing to go back to."""

from __future__ import annotations

import pytest
from office_site import OfficeSite
from office_visitors import Opening
from playwright.sync_api import Browser, Page, expect

from tocsin.web.visit import ORDINARY

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGES = ("/account", "/office/members/noor")


def ordinary(page: Page) -> None:
    """What opens there is the phone's page, which has its own tests: here an empty one stands for it."""
    page.route(f"**{ORDINARY}", lambda route: route.fulfill(body="<title>Notes</title>", content_type="text/html"))


def test_the_quick_exit_of_a_page_takes_its_place_so_that_no_way_back_leads_to_it(signed_in: Opening) -> None:
    page = signed_in("/sign-in?signed-out")
    ordinary(page)
    for path in PAGES:
        page.goto(f"{signed_in.office.url}{path}")
        before = page.evaluate("history.length")
        page.get_by_role("link", name="Quick exit").click()
        expect(page).to_have_title("Notes")
        assert page.evaluate("[history.length, sessionStorage.getItem('tocsin.left')]") == [before, "yes"]


def test_without_any_script_the_quick_exit_is_a_link_to_the_ordinary_page(signed_in: Opening) -> None:
    page = signed_in("/account", java_script_enabled=False)
    ordinary(page)
    page.get_by_role("link", name="Quick exit").click()
    expect(page).to_have_title("Notes")
    expect(page).to_have_url(f"{signed_in.office.url}{ORDINARY}")


def test_somebody_who_is_not_signed_in_may_leave_as_fast(browser: Browser, office: OfficeSite) -> None:
    page = browser.new_page()
    ordinary(page)
    page.goto(f"{office.url}/sign-in")
    page.get_by_role("link", name="Quick exit").click()
    expect(page).to_have_title("Notes")
    page.context.close()
