"""Many tabs of one browser: their lines never take the connection that a press needs."""

from __future__ import annotations

from typing import Any

import pytest
from fake_site import FakeSite
from playwright.sync_api import Browser, BrowserContext, Page, expect
from visitors import Visitor, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TABS = 8  # Over HTTP/1.1 a browser opens six connections to one server.
ALONE = """delete self.SharedWorker;
let hidden = false;
Object.defineProperty(document, "hidden", { get: () => hidden });
self.hide = (gone) => { hidden = gone; document.dispatchEvent(new Event("visibilitychange")); };"""


def watches(visitor: Any) -> list[Page]:
    pages = []
    for _ in range(TABS):
        page: Page = visitor.open("/console", "lead-token")
        expect(page.get_by_role("heading", name="All quiet.")).to_be_visible()
        pages.append(page)
        if page.evaluate("'hide' in self"):
            page.evaluate("hide(true)")
    return pages


def press(visitor: Any, site: FakeSite) -> None:
    phone = visitor.open("/phone", "worker-token")
    phone.get_by_role("heading", name="Ready").wait_for()
    phone.locator(".sos").evaluate("button => button.click()")
    phone.locator("[data-screen=sent], .band").first.wait_for()
    assert len(site.pressed()) == 1


def test_eight_tabs_share_one_line_and_a_press_goes_through(visitor: Any, site: FakeSite) -> None:
    pages = watches(visitor)
    until(pages[0], lambda: site.streams == 1)
    press(visitor, site)


@pytest.fixture
def alone(browser: Browser) -> Any:
    context: BrowserContext = browser.new_context(locale="en-GB", timezone_id="UTC")
    context.add_init_script(ALONE)
    yield context
    context.close()


def test_where_no_worker_is_shared_tabs_out_of_sight_keep_one_line(alone: BrowserContext, site: FakeSite) -> None:
    visitor = Visitor(alone, site)
    pages = watches(visitor)
    pages[-1].wait_for_function("() => navigator.locks.query().then(({ held }) => held.length === 1)")
    until(pages[-1], lambda: site.streams <= 2)
    press(visitor, site)
    pages[3].evaluate("hide(false)")
    expect(pages[3].get_by_role("heading", name="Maya Lindqvist")).to_be_visible()
    assert visitor.complaints == []
