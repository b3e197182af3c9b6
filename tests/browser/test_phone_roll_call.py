"""A roll call on one's own phone, before the real program: asked, answered once, silent where the server is away."""

from __future__ import annotations

from typing import Any

import pytest
from axe_core import axe_findings, settled
from linked_site import ORG, SITE
from playwright.sync_api import Browser, Page, expect
from test_walk_screens import IN_REACH, TAP_MIN_PX, sound
from visitors import held
from walked_site import WalkedSite

from tocsin.core.access.record import SYSTEM
from tocsin.core.access.roll_commands import CallRoll
from tocsin.core.access.roll_record import RollCall, RollSaid

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROLL = "[data-key=roll]"


def phone(browser: Browser, site: WalkedSite, **more: Any) -> Page:
    token = site.enrol("maya")
    context = browser.new_context(locale="en-GB", timezone_id="UTC", service_workers="block", **more)
    context.add_init_script(f"if (location.port) localStorage.setItem('tocsin.token', '{token}')")
    page = context.new_page()
    page.goto(f"{site.url}/phone")
    return page


def said(site: WalkedSite) -> list[str]:
    return [line.word.member for line in site.node.world.all_kept(ORG, RollSaid).values()]


def test_whoever_is_asked_says_so_with_one_tap_and_it_stands_when_the_server_has_it(browser: Browser) -> None:
    site = WalkedSite()
    site.walkers()
    site.do(CallRoll(org=ORG, by=SYSTEM, site=SITE))
    page = phone(browser, site, viewport={"width": 360, "height": 640}, reduced_motion="reduce")
    expect(page.locator(ROLL)).to_contain_text("Are you safe?")
    assert axe_findings(page) == []
    assert settled(page).evaluate("document.documentElement.scrollWidth") <= 360
    tapped = page.locator("[data-act=roll-safe]").bounding_box()
    assert tapped is not None and tapped["height"] >= TAP_MIN_PX
    assert page.evaluate(IN_REACH), "the disc is on the first screen still"
    refuse = "**/api/v1/roll-calls/*/safe"
    page.route(refuse, lambda route: route.abort())
    page.locator("[data-act=roll-safe]").click()
    expect(page.locator(ROLL)).to_contain_text("Not sent yet. Tap again.")
    assert said(site) == []
    page.unroute(refuse)
    page.locator("[data-act=roll-safe]").click()
    expect(page.locator(ROLL)).to_have_text("Noted: you are safe")
    assert said(site) == ["maya"]
    page.reload()
    expect(page.locator(ROLL)).to_have_text("Noted: you are safe")
    page.context.close()
    site.stop()


def test_nobody_is_asked_on_a_phone_where_no_roll_is_called_and_none_that_was_remembered(browser: Browser) -> None:
    site = WalkedSite()
    site.walkers()
    page = phone(browser, site)
    expect(page.get_by_role("heading", name="Ready")).to_be_visible()
    expect(page.locator(ROLL)).to_have_count(0)
    site.do(CallRoll(org=ORG, by=SYSTEM, site=SITE))
    page.reload()
    expect(page.locator(ROLL)).to_be_visible()
    page.route("**/api/v1/me", lambda route: route.abort())
    page.reload()
    expect(page.locator(".sos").first).to_be_visible()
    expect(page.locator(ROLL)).to_have_count(0)
    assert len(site.node.world.all_kept(ORG, RollCall)) == 1
    page.context.close()
    site.stop()


def test_on_a_walk_it_is_asked_too_and_answered_there(browser: Browser) -> None:
    site = WalkedSite()
    site.walkers()
    site.do(CallRoll(org=ORG, by=SYSTEM, site=SITE))
    page = phone(browser, site, viewport={"width": 360, "height": 640}, reduced_motion="reduce")
    page.locator("[data-act=walk-choose]").click()
    expect(page.locator("[data-screen=walk-start]")).to_be_visible()
    expect(page.locator(ROLL)).to_have_count(0)
    page.locator("button[type=submit]").first.click()
    expect(page.locator(ROLL)).to_contain_text("Are you safe?")
    sound(page, "[data-screen=walk]")
    site.pass_until(lambda walk: walk.due_ms)
    expect(page.locator("[data-screen=walk-due]")).to_be_visible()
    page.locator("[data-act=roll-safe]").click()
    expect(page.locator(ROLL)).to_have_text("Noted: you are safe")
    assert said(site) == ["maya"] and len(site.walks()) == 1, "safe is no home: the walk runs on"
    page.locator("[data-act=walk-home]").click()
    expect(page.locator("[data-screen=walk-over]")).to_be_visible()
    expect(page.locator(ROLL)).to_have_text("Noted: you are safe")
    page.context.close()
    site.stop()


@pytest.mark.parametrize("silently", [False, True])
def test_no_screen_of_an_alert_asks_it(browser: Browser, silently: bool) -> None:
    site = WalkedSite()
    site.walkers()
    site.do(CallRoll(org=ORG, by=SYSTEM, site=SITE))
    page = phone(browser, site)
    expect(page.locator(ROLL)).to_be_visible()
    if silently:
        page.locator("[data-act=silent]").click()
        expect(page.locator("[data-act=share]")).to_be_visible()
    else:
        page.locator(".sos").focus()
        held(page, " ", "[data-screen=live]")
    expect(page.locator(ROLL)).to_have_count(0)
    expect(page.locator("body")).not_to_contain_text("Are you safe?")
    page.context.close()
    site.stop()
