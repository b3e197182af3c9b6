"""Every screen of a walk, in both languages and by day and night: sound, big enough to hit, an SOS on it that works."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from axe_core import axe_findings, settled
from linked_site import ORG
from msgspec.structs import replace
from playwright.sync_api import Browser, Geolocation, Page, expect
from visitors import until
from walked_site import WalkedSite

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TAP_MIN_PX = 48
SMALL = """min => [...document.querySelectorAll('button, a[href], select, summary, input:not([type=radio])')]
  .filter(e => e.getClientRects().length && e.getBoundingClientRect().height < min)
  .map(e => e.outerHTML.slice(0, 90))"""
IN_REACH = """() => {
  const box = document.querySelector('.sos').getBoundingClientRect();
  return [0.1, 0.5, 0.9].every(part =>
    document.elementFromPoint(box.x + box.width * part, box.y + box.height / 2)?.closest('.sos'));
}"""


def sound(page: Page, what: str) -> None:
    """Nothing to find on the screen that shows this."""
    expect(page.locator(what).first).to_be_visible()
    assert axe_findings(page) == [], what
    assert settled(page).evaluate("document.documentElement.scrollWidth") <= 360, what
    assert page.evaluate(SMALL, TAP_MIN_PX) == [], what
    assert page.evaluate(IN_REACH), what


def phone(browser: Browser, site: WalkedSite, **more: Any) -> Page:
    token = site.enrol("maya")
    context = browser.new_context(locale="en-GB", timezone_id="UTC", service_workers="block", **more)
    context.add_init_script(f"if (location.port) localStorage.setItem('tocsin.token', '{token}')")
    page = context.new_page()
    page.goto(f"{site.url}/phone")
    page.locator("[data-act=walk-choose]").click()
    return page


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_screen_of_a_walk_is_sound(browser: Browser, language: str, scheme: Literal["light", "dark"]) -> None:
    site = WalkedSite()
    site.walkers()
    plain = site.node.world.directory(ORG)
    maya = replace(plain.members["maya"], language=language)
    site.node.world.directories[ORG] = replace(plain, members={**plain.members, "maya": maya})
    narrow = {"width": 360, "height": 640}
    page = phone(browser, site, viewport=narrow, color_scheme=scheme, reduced_motion="reduce")
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.locator("summary").first.click()
    sound(page, "[data-screen=walk-start]")
    page.locator("button[type=submit]").first.click()
    sound(page, "[data-screen=walk]")
    page.locator("summary").last.click()
    page.locator("[data-act=walk-code]").click()
    sound(page, "#walk-pin")
    page.locator("[data-act=walk-unask]").click()
    site.pass_until(lambda walk: walk.remind_ms)
    sound(page, "[data-screen=walk-reminded]")
    site.pass_until(lambda walk: walk.due_ms)
    sound(page, "[data-screen=walk-due]")
    page.context.set_offline(True)
    page.locator("[data-act=walk-home]").click()
    sound(page, "[data-screen=walk-waiting]")
    page.context.set_offline(False)
    sound(page, "[data-screen=walk-over]")
    page.context.close()
    site.stop()


def test_a_place_goes_along_while_the_walk_runs_and_stays_on_no_phone(browser: Browser) -> None:
    site = WalkedSite()
    site.walkers()
    here = Geolocation(latitude=38.9, longitude=-77.04, accuracy=17.2)
    page = phone(browser, site, geolocation=here, permissions=["geolocation"])
    page.locator("button[type=submit]").first.click()
    expect(page.locator("[data-step=fix]")).to_contain_text("Within 18 m")
    (walk,) = site.walks()
    until(page, lambda: len(site.walk(walk.id).places) == 1)
    page.get_by_role("button", name="I am there").click()
    expect(page.locator("[data-screen=walk-over]")).to_be_visible()
    expect(page.locator("[data-step=fix]")).to_have_count(0)
    assert "38.9" not in page.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage })")
    page.context.close()
    site.stop()
