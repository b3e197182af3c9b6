"""Desk, wallboard, phone, silent list and console by somebody who has a keyboard and nothing else."""

from __future__ import annotations

import pytest
from fake_site import DANA, PRIYA, TOMASZ, FakeSite
from keyboard import Walker
from playwright.sync_api import Page, expect
from screen_states import SCREENS, heard, shown
from visitors import Visitor, held, touched, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STOPS_MAX = 60


def loud(page: Page) -> None:
    """The first key is what a browser makes no sound before: the button that asks for one goes, sooner or later."""
    page.keyboard.press("Tab")
    expect(page.locator("[data-act=sound]")).to_have_count(0)


def to(page: Page, what: str) -> None:
    """Tab by tab to this element, as somebody without a mouse gets there."""
    for _ in range(STOPS_MAX):
        if page.evaluate("what => document.activeElement.matches(what)", what):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no key leads to {what}")


@pytest.mark.parametrize("screen", SCREENS)
def test_tab_passes_everything_in_every_state_and_shows_where_it_is(
    visitor: Visitor, site: FakeSite, screen: str
) -> None:
    found: dict[str, list[str]] = {}
    for state, page in SCREENS[screen](visitor, site):
        loud(page)
        found[state] = Walker(page).one_way()
    assert {state: faults for state, faults in found.items() if faults} == {}


def test_where_nothing_can_sound_tab_leads_to_the_button_that_asks_for_it(visitor: Visitor, site: FakeSite) -> None:
    visitor.context.add_init_script("AudioContext.prototype.resume = () => new Promise(() => {})")
    console = visitor.open("/console", "lead-token")
    shown(console, ".hero h1")
    heard(console, site)
    assert Walker(console).one_way() == []
    to(console, "[data-act=sound]")
    console.keyboard.press("Enter")
    expect(console.locator("[data-act=sound]")).to_be_focused()


def test_a_desk_calls_by_a_held_key_and_goes_on_saying_how_it_stands(visitor: Visitor, site: FakeSite) -> None:
    desk = visitor.open("/desk", "desk-token")
    shown(desk, "strong[data-state=proven]")
    to(desk, ".sos")
    touched(desk.locator(".sos"), by=" ")
    assert site.pressed() == [], "a short press is none"
    held(desk, " ", "strong[data-state=ringing]")
    assert len(site.pressed()) == 1
    expect(desk.locator(".sos")).to_be_focused()
    desk.keyboard.down(" ")
    until(desk, lambda: len(site.pressed()) == 2)  # Every press rings again.
    desk.keyboard.up(" ")


def test_a_wallboard_has_nothing_to_press_and_holds_nobody(visitor: Visitor, site: FakeSite) -> None:
    site.raise_alert()
    board = visitor.open("/wallboard", "lead-token")
    shown(board, "[data-state=ringing]")
    for _ in range(3):
        board.keyboard.press("Tab")
        assert board.evaluate("document.activeElement === document.body")


def test_a_worker_calls_tells_more_and_is_safe_by_keys(phone: Page, site: FakeSite) -> None:
    to(phone, ".sos")
    held(phone, " ", "[data-screen=live]")
    to(phone, "#words")
    phone.keyboard.type("He is by the gate")
    with phone.expect_response("**/notes"):
        phone.keyboard.press("Enter")
    to(phone, "#spoken")
    phone.keyboard.type("Lot B")
    with phone.expect_response("**/places"):
        phone.keyboard.press("Enter")
    to(phone, "[data-act=again]")
    phone.keyboard.press("Enter")
    until(phone, lambda: len(site.pressed()) == 2)
    expect(phone.locator(".notices")).to_have_count(0)
    to(phone, "[data-act=safe]")
    phone.keyboard.press("Enter")
    phone.keyboard.type(site.pin)
    phone.keyboard.press("Enter")
    shown(phone, "[data-screen=closed]")
    to(phone, "[data-act=done]")
    phone.keyboard.press("Enter")
    expect(phone.locator("[data-screen=closed]")).to_have_count(0)
    assert len(site.pressed()) == 2 and site.posted("/notes") and site.posted("/places") and site.posted("/safe")


def test_silence_is_kept_and_ended_by_keys(phone: Page, site: FakeSite) -> None:
    to(phone, "[data-act=silent]")
    phone.keyboard.press("Enter")
    expect(phone.locator("input:checked")).to_have_count(2)
    to(phone, "[data-act=share]")
    phone.keyboard.press("Enter")
    to(phone, "[data-act=item]")
    phone.keyboard.press("Enter")
    phone.keyboard.type("By the gate")
    phone.keyboard.press("Enter")
    expect(phone.get_by_text("By the gate")).to_be_visible()
    until(phone, lambda: len(site.pressed()) == 2)
    to(phone, "button.title")
    held(phone, " ", "#pin")
    phone.keyboard.type(site.pin)
    phone.keyboard.press("Enter")
    shown(phone, "[data-screen=closed]")
    assert len(site.pressed()) == 2 and site.posted("/safe") == [{"pin": site.pin}]


def test_a_whole_alert_is_led_from_a_console_by_keys(visitor: Visitor, site: FakeSite) -> None:
    console = visitor.open("/console", "lead-token")
    shown(console, ".hero h1")
    heard(console, site)
    console.set_viewport_size({"width": 1440, "height": 900})
    site.raise_alert(member=TOMASZ, raised_at=site.stamp(-60))
    site.raise_alert(answers=[site.said(DANA, "coming"), site.said(PRIYA, "seen")])
    site.tell("alert-1")
    site.tell("alert-2")
    shown(console, "nav.strip")
    to(console, "nav.strip button[aria-pressed=false]")
    console.keyboard.press("Enter")
    expect(console.locator("#who")).to_have_text("Tomasz Zieliński")
    expect(console.locator("nav.strip [aria-pressed=true]")).to_be_focused()
    to(console, "[data-act=climb]")
    console.keyboard.press("Enter")
    expect(console.locator("[data-act=climb]:not([aria-disabled])")).to_be_focused()
    assert len(site.posted("/climb")) == 1, "and whoever pressed it is still where they were"
    to(console, "#note")
    console.keyboard.type("Gate is locked")
    console.keyboard.press("Enter")
    shown(console, ".story :text('Gate is locked')")
    to(console, "[data-key=police] summary")
    console.keyboard.press("Enter")
    to(console, "#police-who")
    console.keyboard.type("R. Oduya")
    to(console, "#police-number")
    console.keyboard.type("+12025550177")
    console.keyboard.press("Enter")
    to(console, "[data-key=close] summary")
    console.keyboard.press("Enter")
    to(console, "#outcome")
    console.keyboard.press("ArrowDown")
    to(console, "[data-form=close] button")
    console.keyboard.press("Enter")
    shown(console, ".closing")
    to(console, "[data-act=object]")
    console.keyboard.press("Enter")
    expect(console.locator(".closing")).to_have_count(0)
    assert [site.posted(path) != [] for path in ("/climb", "/notes", "/police", "/close", "/close/object")] == [
        True
    ] * 5
    assert site.posted("/police")[0]["number"] == "+12025550177" and site.posted("/close")[0]["outcome"] != "safe"
