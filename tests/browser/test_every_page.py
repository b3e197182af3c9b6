"""Every page that the server draws, in every state: nobody is kept out by their keyboard, their eyes or their phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_core import axe_findings, settled
from every_page import EVERYTHING, Look, every_page
from every_state import EVERY_STATE
from keyboard import Walker
from litestar import get
from office_site import OfficeSite
from playwright.sync_api import Browser, BrowserContext, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CALM: Any = {"reduced_motion": "reduce"}  # A colour that is still changing is no colour to measure.
QUARTERS = 4  # Of all pages, so that no test is long even where everything is slow.
PARTS = ("/office", "/account", "/sign-in", "/link")
DESK_PX, PHONE_PX, TAP_PX = 1280, 360, 48  # Rule 11: 48 px for every control.
HITS = "button, a[href], select, summary, textarea, .check, input:not([type=checkbox], [type=radio], [type=hidden])"
TOO_SMALL = """([hits, least]) => [...document.querySelectorAll(hits)]
  .filter(e => e.getClientRects().length && getComputedStyle(e).clipPath !== 'inset(50%)')
  .filter(e => !e.closest('.skip, small, p:not(:has(> .button)), dd'))
  .map(e => [e, e.getBoundingClientRect()])
  .filter(([e, box]) => box.height < least - 0.01 || box.width < least - 0.01)
  .map(([e, box]) => `${Math.round(box.width)} x ${Math.round(box.height)}: ${e.outerHTML.slice(0, 90)}`)"""

SAID_OF_THE_FOCUS = """() => {
  const field = document.activeElement, all = [field, field.closest('fieldset')].filter(e => e);
  const said = all.flatMap(e => (e.getAttribute('aria-describedby') ?? '').split(' '));
  return said.filter(id => id.startsWith('fault-')).map(id => document.getElementById(id)?.textContent.trim() ?? '');
}"""


class Looker:
    """Somebody who goes from page to page, with a new session on each.  No page may break its own policy."""

    def __init__(self, browser: Browser, site: OfficeSite, width: int) -> None:
        self.site = site
        self.context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": 800}, locale="en-GB", **CALM
        )
        self.complaints: list[str] = []
        self.page: Page = self.context.new_page()
        self.page.on("console", self._logged)

    def _logged(self, message: Any) -> None:
        if "Content Security" in message.text:
            self.complaints.append(message.text)

    def open(self, look: Look) -> Page:
        self.context.clear_cookies()
        if look.who:
            self.context.add_cookies([self.site.cookie(look.who, **look.session)])
        address = f"{self.site.url}{look.path.format(alert=self.site.alert)}"
        self.page.goto(address)
        assert self.page.url == address, f"{look} is not shown to them"
        return self.page


Going = Callable[[int], Looker]


@pytest.fixture
def going(browser: Browser, office: OfficeSite) -> Iterator[Going]:
    lookers: list[Looker] = []

    def looker(width: int) -> Looker:
        lookers.append(Looker(browser, office, width))
        return lookers[-1]

    yield looker
    for one in lookers:
        one.context.close()
        assert one.complaints == []


def too_small(page: Page) -> list[str]:
    """On a small phone: what runs off the side, and what a thumb would miss.  A link in a sentence is a line high."""
    page.set_viewport_size({"width": PHONE_PX, "height": 640})
    wide = settled(page).evaluate("document.documentElement.scrollWidth")
    small: list[str] = page.evaluate(TOO_SMALL, [HITS, TAP_PX])
    page.set_viewport_size({"width": DESK_PX, "height": 800})
    return [*([f"it is {wide} px wide"] if wide > PHONE_PX else []), *small]


def unsaid(page: Page) -> list[str]:
    """Whoever does not see the page learns at once what is wrong, and is where they can mend it."""
    said = page.evaluate(SAID_OF_THE_FOCUS)
    return [] if said and all(said) else [f"what is wrong is not said: {said}"]


def test_a_page_that_nobody_has_said_how_to_reach_is_named(office: OfficeSite) -> None:
    @get("/office/orders/{order:str}")
    async def added() -> None:
        """As if somebody had added a page."""

    with pytest.raises(AssertionError, match="orders"):
        every_page([*office.handlers, added])
    shown = {look.path.partition("?")[0] for look in every_page(office.handlers)}
    assert {"/sign-in", "/account", "/office", "/office/members/noor"} <= shown


@pytest.mark.parametrize("quarter", range(QUARTERS))
@pytest.mark.parametrize("width", [DESK_PX, PHONE_PX])
def test_tab_alone_leads_to_everything_on_every_page_in_order_and_in_sight(
    going: Going, office: OfficeSite, width: int, quarter: int
) -> None:
    looker, found = going(width), {}
    for look in every_page(office.handlers)[quarter::QUARTERS]:
        found[look] = Walker(looker.open(look)).faults()
    assert {look: faults for look, faults in found.items() if faults} == {}


@pytest.mark.parametrize("quarter", range(QUARTERS))
@pytest.mark.parametrize("language", ["en", "es"])
def test_neither_eyes_nor_a_small_phone_keep_anybody_from_any_page(
    going: Going, office: OfficeSite, language: str, quarter: int
) -> None:
    office.house.change(EVERYTHING, language=language)
    looker, found = going(DESK_PX), {}
    for look in every_page(office.handlers)[quarter::QUARTERS]:
        page = looker.open(look)
        found[look] = [*axe_findings(page, both_themes=True), *too_small(page)]
        if look.who == EVERYTHING:
            expect(page.locator("html")).to_have_attribute("lang", language)
    assert {look: faults for look, faults in found.items() if faults} == {}


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("part", PARTS)
def test_no_state_of_a_page_keeps_anybody_out(going: Going, office: OfficeSite, part: str, language: str) -> None:
    office.house.change(EVERYTHING, language=language)
    looker, found = going(DESK_PX), {}
    for state, (look, reach, shows) in EVERY_STATE.items():
        if look.path.startswith(part):
            page = looker.open(look)
            reach(page, office)
            page.locator(shows).first.wait_for()
            found[state] = [*axe_findings(page, both_themes=True), *too_small(page)]
            found[state] += unsaid(page) if "fault" in shows else []
            found[state] += Walker(page).faults() if language == "en" else []
    assert found and {state: faults for state, faults in found.items() if faults} == {}


def test_every_state_is_looked_at() -> None:
    assert [state for state, (look, _, _) in EVERY_STATE.items() if not look.path.startswith(PARTS)] == []
