"""Send first, locate second: a place follows every few seconds while an alert is open, and at no other time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fake_site import FakeSite
from playwright.sync_api import Browser, Geolocation, Page, expect
from visitors import Visitor, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HERE = Geolocation(latitude=38.9, longitude=-77.04, accuracy=17.2)
COUNTED = """(() => {
  self.looked = 0;
  const ask = navigator.geolocation.getCurrentPosition.bind(navigator.geolocation);
  navigator.geolocation.getCurrentPosition = (...given) => { self.looked += 1; ask(...given); };
  navigator.geolocation.watchPosition = () => { throw new Error("never watched"); };
  navigator.vibrate = () => { self.looked = -1e9; return true; };
})()"""
SOON = "self.setTimeout = (wait => (act, ms, ...more) => wait(act, ms === 5000 ? 50 : ms, ...more))(self.setTimeout)"


@pytest.fixture
def located(browser: Browser, site: FakeSite) -> Iterator[Page]:
    """A phone that may say where it is.  Five seconds between two places are shorter here."""
    context = browser.new_context(
        locale="en-GB",
        timezone_id="UTC",
        service_workers="block",
        geolocation=HERE,
        permissions=["geolocation"],
    )
    context.add_init_script(COUNTED)
    context.add_init_script(SOON)
    visitor = Visitor(context, site)
    page = visitor.open("/phone", "worker-token")
    expect(page.locator("[data-way=place]")).to_contain_text("Your place goes along, during an SOS only")
    yield page
    context.close()
    assert visitor.complaints == []


def press(page: Page) -> None:
    page.locator(".sos").evaluate("button => button.click()")


def test_nobody_is_looked_for_until_there_is_an_alert(located: Page) -> None:
    located.wait_for_timeout(600)
    assert located.evaluate("looked") == 0


def test_places_follow_the_press_with_radius_and_time_and_end_with_the_alert(located: Page, site: FakeSite) -> None:
    press(located)
    until(located, lambda: len(site.posted("/places")) >= 3)
    fix = site.posted("/places")[0]
    assert (fix["kind"], fix["lat"], fix["lon"], fix["radius_m"]) == ("fix", 38.9, -77.04, 18)
    assert fix["at"].startswith("2026-06-11T23:0"), "by the server's clock, though this phone's is months off"
    assert "place" not in site.pressed()[0]
    expect(located.get_by_text("Your GPS place goes along every few seconds")).to_be_visible()
    site.change("alert-1", state="closed", outcome="safe")
    expect(located.locator("[data-screen=closed]")).to_be_visible()
    located.wait_for_timeout(300)
    looked = located.evaluate("looked")
    located.wait_for_timeout(500)
    assert located.evaluate("looked") == looked


def test_a_silent_alert_is_found_too_and_not_where_the_worker_chose_otherwise(located: Page, site: FakeSite) -> None:
    located.get_by_text("How it works here").click()
    located.get_by_label("Send my place in a silent SOS too").uncheck()
    located.get_by_role("button", name="Send silently").click()
    expect(located.locator("input:checked")).to_have_count(2)
    located.wait_for_timeout(500)
    assert site.posted("/places") == [] and located.evaluate("looked") == 0
    located.evaluate("localStorage.setItem('tocsin.silent-place', 'yes')")
    located.reload()
    until(located, lambda: site.posted("/places"))
    assert located.evaluate("looked") > 0, "and it never shook"


def test_of_the_places_that_could_not_go_out_only_the_newest_does(located: Page, site: FakeSite) -> None:
    press(located)
    until(located, lambda: len(site.posted("/places")) >= 1)
    site.refuse_acts = ""
    located.context.set_offline(True)
    looked = located.evaluate("looked")
    located.wait_for_function("before => looked > before + 4", arg=looked)
    before = len(site.posted("/places"))
    kept = "Object.entries(localStorage).filter(([k]) => k.startsWith('tocsin.press')).map(([, v]) => JSON.parse(v))[0]"
    assert located.evaluate(f"{kept}.additions.length") <= 2
    located.context.set_offline(False)
    until(located, lambda: len(site.posted("/places")) > before)


def test_without_leave_nobody_is_asked_in_the_middle_of_an_sos(phone: Page, site: FakeSite) -> None:
    phone.evaluate("void (navigator.geolocation.getCurrentPosition = () => { self.asked = true; })")
    press(phone)
    expect(phone.locator("[data-screen=live]")).to_be_visible()
    expect(phone.get_by_role("button", name="Send my GPS place")).to_be_visible()
    assert phone.evaluate("self.asked === undefined") and site.posted("/places") == []


def test_refused_leave_is_said_and_words_still_say_where(browser: Browser, site: FakeSite) -> None:
    context = browser.new_context(locale="en-GB", service_workers="block")
    context.add_init_script("navigator.permissions.query = async () => ({ state: 'denied' })")
    visitor = Visitor(context, site)
    page = visitor.open("/phone", "worker-token")
    expect(page.locator("[data-way=place]")).to_have_attribute("data-state", "unknown")
    expect(page.locator("[data-way=place]")).to_contain_text("This phone may not tell your place. Say it in words.")
    press(page)
    expect(page.get_by_text("This phone may not tell its place. Say it in words.")).to_be_visible()
    page.get_by_label("Where you are").fill("By the fence")
    page.keyboard.press("Enter")
    until(page, lambda: [body["label"] for body in site.posted("/places")] == ["By the fence"])
    context.close()
    assert visitor.complaints == []


def test_a_tap_on_a_name_and_a_typed_name_are_the_place_itself(visitor: Visitor, site: FakeSite) -> None:
    names = [{"id": "lot-b", "name": "Lot B"}, {"id": "door-n", "name": "North door"}]
    site.plan = {"site": "wren", "name": "Wrenfield", "sheets": [], "places": names}
    page = visitor.open("/phone", "worker-token")
    until(page, lambda: page.evaluate("localStorage.getItem('tocsin.places.wren') !== null"))
    press(page)
    page.get_by_text("I am at").click()
    page.get_by_role("button", name="Lot B").click()
    page.get_by_label("Where you are").fill(" north DOOR ")
    page.keyboard.press("Enter")
    until(page, lambda: len(site.posted("/places")) == 2)
    assert [(body["kind"], body["place"]) for body in site.posted("/places")] == [("zone", "lot-b"), ("zone", "door-n")]


NEVER_AT_FIRST = """(() => {
  const ask = navigator.geolocation.getCurrentPosition.bind(navigator.geolocation);
  let asked = 0;
  navigator.geolocation.getCurrentPosition = (...given) => { if (asked++) ask(...given); };
  self.setTimeout = (wait => (act, ms, ...more) => wait(act, ms === 20000 ? 50 : ms, ...more))(self.setTimeout);
})()"""


def test_a_look_that_nobody_ever_answers_is_not_the_last_one(located: Page, site: FakeSite) -> None:
    """A phone that was put to sleep in the middle of it forgets whom it was to tell."""
    located.context.add_init_script(NEVER_AT_FIRST)
    located.reload()
    expect(located.locator("[data-way=place]")).to_contain_text("Your place goes along, during an SOS only")
    press(located)
    until(located, lambda: site.posted("/places"))


WAVED_AWAY = """
self.asked = 0;
navigator.permissions.query = async () => ({ state: 'prompt' });
navigator.geolocation.getCurrentPosition = (found, failed) => { self.asked += 1; failed({ code: 1 }); };
"""


def test_a_question_that_was_waved_away_may_be_asked_again_by_another_tap(visitor: Visitor, site: FakeSite) -> None:
    visitor.context.add_init_script(WAVED_AWAY)
    page = visitor.open("/phone", "worker-token")
    press(page)
    for times in (1, 2):
        page.get_by_role("button", name="Send my GPS place").click()
        page.wait_for_function("times => self.asked === times", arg=times)
    expect(page.get_by_text("This phone may not tell its place.")).to_have_count(0)
