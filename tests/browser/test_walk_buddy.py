"""A buddy is found by typing a name; their own phone shows the walk they mind, without a sound, as long as it lasts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from linked_site import ORG
from msgspec.structs import replace
from playwright.sync_api import Browser, BrowserContext, Page, expect
from test_phone_fixes import COUNTED, HERE, SOON
from visitors import until
from walked_site import DURESS_PIN, PIN, WalkedSite

from tocsin.core import commands as c
from tocsin.core.directory import Directory
from tocsin.core.limits import PIN_MISSES_HOUR_MAX
from tocsin.core.walk_commands import HomeWalk
from tocsin.core.words import WalkState

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Phone = Callable[[str], Page]
MINDED = "[data-minded]"
NOISE = """(() => {
  self.noise = 0;
  navigator.vibrate = () => { self.noise += 1; return true; };
  HTMLMediaElement.prototype.play = function () { self.noise += 1; return Promise.resolve(); };
  self.AudioContext = class { constructor() { self.noise += 1; } };
})()"""


@pytest.fixture
def wren() -> Iterator[WalkedSite]:
    site = WalkedSite()
    site.walkers()
    yield site
    site.stop()


@pytest.fixture
def phone(browser: Browser, wren: WalkedSite) -> Iterator[Phone]:
    """The phone of one of them, with nothing on its page that raises."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(name: str) -> Page:
        token = wren.enrol(name)
        context = browser.new_context(
            viewport={"width": 360, "height": 640}, locale="en-GB", timezone_id="UTC", service_workers="block"
        )
        context.on("weberror", lambda error: complaints.append(f"error: {error.error}"))
        context.add_init_script(f"if (location.port) localStorage.setItem('tocsin.token', '{token}')")
        context.add_init_script(NOISE)
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{wren.url}/phone")
        expect(page.locator("[data-way=server][data-state=proven]")).to_be_visible()
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def changed(site: WalkedSite, change: Callable[[Directory], Directory]) -> None:
    async def known() -> None:
        site.node.world.directories[ORG] = change(site.node.world.directory(ORG))

    site._told(known)


def choose(page: Page) -> None:
    page.get_by_role("button", name="Start a walk").click()
    page.get_by_text("Way, bay and buddy").click()
    expect(page.get_by_label("Buddy")).to_be_visible()


# Who is chosen --------------------------------------------------------------------------------------------------------


def test_a_buddy_is_found_by_typing_a_part_of_a_name(phone: Phone, wren: WalkedSite) -> None:
    page = phone("maya")
    choose(page)
    assert page.locator("#walk-buddies option").evaluate_all("all => all.map(one => one.value)") == [
        "Dana Okafor", "Hana Kova\u010d", "Priya Raman", "Tom\u00e1s Zieli\u0144ski", "Wale Adeyemi",
    ], "everybody of the site, on shift or not, and not oneself"  # fmt: skip
    page.get_by_label("Buddy").fill("zielinski")
    page.get_by_role("button", name="Start the walk").click()
    expect(page.get_by_text("Buddy: Tom\u00e1s Zieli\u0144ski")).to_be_visible()
    assert [walk.buddy for walk in wren.walks()] == ["tomas"]


def test_a_name_that_is_nobodys_or_two_peoples_starts_no_walk(phone: Phone, wren: WalkedSite) -> None:
    page = phone("maya")
    choose(page)
    for typed in ("Nobody", "ana"):  # Dana and Hana both have it.
        page.get_by_label("Buddy").fill(typed)
        page.get_by_role("button", name="Start the walk").click()
        expect(page.locator("#walk-buddy-said")).to_contain_text("No colleague, or more than one, has that name.")
        expect(page.get_by_label("Buddy")).to_be_focused()
        expect(page.get_by_label("Buddy")).to_have_value(typed)
    assert wren.walks() == []
    page.get_by_label("Buddy").fill("")
    page.get_by_role("button", name="Start the walk").click()
    expect(page.get_by_role("heading", name="Walk under way")).to_be_visible()
    assert [walk.buddy for walk in wren.walks()] == [None]


def test_a_buddy_who_may_not_be_told_is_declined_like_nobody_at_all(phone: Phone, wren: WalkedSite) -> None:
    def tied(plain: Directory) -> Directory:
        dana = replace(plain.members["dana"], not_told_about=("maya",))
        return replace(plain, members={**plain.members, "dana": dana})

    changed(wren, tied)
    page = phone("maya")
    choose(page)
    page.get_by_label("Buddy").fill("Dana Okafor")
    page.get_by_role("button", name="Start the walk").click()
    expect(page.get_by_text("They cannot be the buddy of this walk.")).to_be_visible()
    assert wren.walks() == []


# What the buddy is shown ----------------------------------------------------------------------------------------------


def test_a_buddy_sees_the_walk_on_their_own_phone_until_it_ends(phone: Phone, wren: WalkedSite) -> None:
    page = phone("dana")
    expect(page.locator(MINDED)).to_have_count(0)
    walk = wren.set_out()
    row = page.locator(MINDED)
    expect(row).to_contain_text("Maya Lindqvist")
    expect(row).to_contain_text("To the car, Row C, along the fence")
    expect(row).to_contain_text("On the way")
    expect(row).to_contain_text("Call them, and stay on the line until they are there.")
    page.reload()
    expect(row).to_contain_text("Maya Lindqvist")
    wren.pass_until(lambda walk: walk.due_ms)
    expect(row).to_contain_text("Asked if they are there")
    expect(row).to_contain_text("Stay on the line. If not on it, do not call.")
    wren.do(HomeWalk(org=ORG, walk=walk, member="maya", device="maya-phone", match=None))
    expect(row).to_have_count(0)
    assert page.evaluate("noise") == 0
    assert "Maya" not in page.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage })")


def test_a_buddy_is_told_that_an_alert_was_raised(phone: Phone, wren: WalkedSite) -> None:
    page = phone("dana")
    wren.set_out()
    expect(page.locator(MINDED)).to_be_visible()
    wren.pass_until(lambda walk: walk.due_ms)
    wren.pass_until(lambda walk: walk.raises_ms)
    expect(page.locator("[data-minded=raised]")).to_contain_text("An alert was raised")
    expect(page.locator("[data-minded=raised]")).to_contain_text("Stay on the line. If not on it, do not call.")
    page.get_by_role("button", name="Put it away").click()
    expect(page.locator(MINDED)).to_have_count(0)


def test_nobody_else_sees_it_nor_a_buddy_who_may_not_be_told_any_more(phone: Phone, wren: WalkedSite) -> None:
    buddy, other = phone("dana"), phone("priya")  # She watches the floor, and minds nobody.
    wren.set_out()
    expect(buddy.locator(MINDED)).to_be_visible()
    with other.expect_response(lambda answer: answer.url.endswith("/api/v1/walks")):
        other.reload()
    expect(other.locator("[data-way=server][data-state=proven]")).to_be_visible()
    expect(other.locator(MINDED)).to_have_count(0)

    def tied(plain: Directory) -> Directory:
        dana = replace(plain.members["dana"], not_told_about=("maya",))
        return replace(plain, members={**plain.members, "dana": dana})

    changed(wren, tied)
    buddy.reload()
    expect(buddy.locator("[data-way=server]")).to_contain_text("Server reached")
    expect(buddy.locator("[data-act=walk-choose]")).to_be_visible()
    expect(buddy.locator(MINDED)).to_have_count(0)


def test_the_walk_of_one_who_was_made_to_type_the_code_is_shown_as_the_record_says(
    phone: Phone, wren: WalkedSite
) -> None:
    """Whoever is shown the alert is shown that it was raised; the worker's own phone says nothing of it."""
    page = phone("dana")
    walk = wren.set_out()
    expect(page.locator(MINDED)).to_be_visible()
    match = c.PinMatch.DURESS
    wren.do(HomeWalk(org=ORG, walk=walk, member="maya", device="maya-phone", match=match))
    expect(page.locator("[data-minded=raised]")).to_contain_text("Stay on the line. If not on it, do not call.")
    assert wren.walk(walk).state is WalkState.HOME and len(wren.raised) == 1


# Ten wrong codes, and places -----------------------------------------------------------------------------------------


def mistyped(page: Page, site: WalkedSite) -> None:
    """Until as many wrong codes are counted as an hour takes.  One typed while another is on its way is not sent."""

    def again() -> bool:
        page.get_by_label("Your code").fill("0000")
        page.keyboard.press("Enter")
        return site.walks()[0].pin_misses >= PIN_MISSES_HOUR_MAX

    page.get_by_role("button", name="I am there").click()
    until(page, again)
    expect(page.get_by_text("That is not the PIN. The time runs on.")).to_be_visible()
    expect(page.locator("[data-form=walk-pin] .go")).not_to_have_attribute("aria-disabled", "true")


def leave_watched(page: Page, site: WalkedSite) -> str:
    site.walkers(watched=True)
    page.get_by_role("button", name="Start a walk").click()
    page.get_by_role("button", name="Start the walk").click()
    expect(page.get_by_role("heading", name="Walk under way")).to_be_visible()
    return site.walks()[0].id


def test_after_ten_wrong_codes_the_right_one_ends_nothing_and_the_timer_calls_for_help(
    phone: Phone, wren: WalkedSite
) -> None:
    page = phone("maya")
    walk = leave_watched(page, wren)
    mistyped(page, wren)
    before = wren.walk(walk).pin_misses
    page.get_by_label("Your code").fill(PIN)
    page.keyboard.press("Enter")
    until(page, lambda: wren.walk(walk).pin_misses > before)
    assert wren.walk(walk).open and wren.raised == []
    wren.pass_until(lambda walk: walk.due_ms)
    wren.pass_until(lambda walk: walk.raises_ms)
    expect(page.locator("[data-screen=live]")).to_be_visible()
    assert len(wren.raised) == 1


def test_after_ten_wrong_codes_the_duress_code_looks_wrong_too_and_calls_for_help(
    phone: Phone, wren: WalkedSite
) -> None:
    page = phone("maya")
    walk = leave_watched(page, wren)
    mistyped(page, wren)
    page.get_by_label("Your code").fill(DURESS_PIN)
    page.keyboard.press("Enter")
    until(page, lambda: len(wren.raised) == 1)
    expect(page.get_by_text("That is not the PIN. The time runs on.")).to_be_visible()
    expect(page.locator("[data-form=walk-pin] .go")).not_to_have_attribute("aria-disabled", "true")
    assert wren.walk(walk).open and wren.walk(walk).under_duress
    expect(page.locator("[data-screen=walk-over], [data-screen=live]")).to_have_count(0)


def test_nobody_is_looked_for_before_a_walk_nor_after_it(browser: Browser, wren: WalkedSite) -> None:
    token = wren.enrol("maya")
    context = browser.new_context(
        locale="en-GB", timezone_id="UTC", service_workers="block", geolocation=HERE, permissions=["geolocation"]
    )
    context.add_init_script(f"if (location.port) localStorage.setItem('tocsin.token', '{token}')")
    context.add_init_script(COUNTED)
    context.add_init_script(SOON)
    page = context.new_page()
    page.goto(f"{wren.url}/phone")
    page.get_by_role("button", name="Start a walk").click()
    expect(page.get_by_role("heading", name="Start a walk")).to_be_visible()
    page.wait_for_timeout(300)
    assert page.evaluate("looked") == 0, "to choose a walk is to be on none"
    page.get_by_role("button", name="Start the walk").click()
    until(page, lambda: page.evaluate("looked") > 2)
    page.get_by_role("button", name="I am there").click()
    expect(page.locator("[data-screen=walk-over]")).to_be_visible()
    looked = page.evaluate("looked")
    page.wait_for_timeout(300)
    assert page.evaluate("looked") == looked
    page.reload()
    expect(page.get_by_role("heading", name="Ready")).to_be_visible()
    page.wait_for_timeout(300)
    assert page.evaluate("looked") == 0
    context.close()
