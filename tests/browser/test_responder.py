"""The link in a message, opened on a phone: one tap, then who, where, do, and an answer that is kept up by tapping."""

from __future__ import annotations

import pytest
from axe_core import axe_findings
from linked_site import ORG, LinkedSite
from msgspec.structs import replace
from playwright.sync_api import APIResponse, Page, Route, expect
from visitors import Tap, held, until

from tocsin.core.access.commands import Suspend
from tocsin.core.access.record import OPERATOR
from tocsin.core.commands import PlaceReport
from tocsin.core.words import Answer, PlaceKind

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def lot_b(site: LinkedSite) -> PlaceReport:
    return PlaceReport(PlaceKind.ZONE, site.began_ms - 17_000, label="Car park, Row C")


def tapped(page: Page) -> Page:
    page.get_by_role("button", name="Open").tap()
    expect(page.locator("main[data-screen=called]")).to_be_visible()
    return page


def answer_of(site: LinkedSite, alert: str, name: str) -> Answer | None:
    return site.alert(alert).people[name].answer


def test_from_the_link_to_coming_to_renewing_to_the_close_by_touch(linked: LinkedSite, device: Tap) -> None:
    alert = linked.press(lot_b(linked))
    page = device(linked.link("dana", alert))
    expect(page.get_by_role("button", name="Open")).to_be_visible()
    assert "Maya" not in page.content()
    tapped(page)
    expect(page.get_by_role("heading", name="Maya Lindqvist")).to_be_in_viewport()
    expect(page.locator(".place")).to_contain_text("Car park, Row C.")
    expect(page.locator(".do")).to_contain_text("Lock doors.")
    expect(page.locator(".do [data-not]")).to_contain_text("Admit nobody but police.")
    page.get_by_role("button", name="I am coming").tap()
    expect(page.locator(".loan")).to_contain_text("You said: Coming")
    assert answer_of(linked, alert, "dana") is Answer.COMING
    linked.wait(70)
    expect(page.locator(".loan[data-soon]")).to_contain_text("Tap again, or you are asked again.")
    page.get_by_role("button", name="Still coming").tap()
    expect(page.locator(".loan:not([data-soon])")).to_be_visible()
    until(page, lambda: linked.alert(alert).people["dana"].loan_until_ms == linked.node.clock.ms + 120_000)
    linked.say("priya", Answer.WITH_THEM, alert)
    expect(page.locator("#others-h + small")).to_have_text("Priya is with Maya.")
    linked.close(alert)
    expect(page.get_by_role("heading", name="It is over.")).to_be_visible()
    expect(page.get_by_text("Maya Lindqvist: Safe.")).to_be_visible()


def test_a_tap_that_renews_goes_out_although_the_first_one_is_not_answered_yet(linked: LinkedSite, device: Tap) -> None:
    alert = linked.press(lot_b(linked))
    page = device(linked.link("dana", alert))
    tapped(page)
    under_way: list[tuple[Route, APIResponse]] = []
    page.route("**/answers", lambda route: under_way.append((route, route.fetch())), times=1)
    page.get_by_role("button", name="I am coming").tap()
    expect(page.locator(".loan")).to_contain_text("You said: Coming")
    linked.wait(70)
    expect(page.locator(".loan[data-soon]")).to_be_visible()
    page.get_by_role("button", name="Still coming").tap()
    until(page, lambda: under_way)
    (route, answered) = under_way.pop()
    route.fulfill(response=answered)
    expect(page.locator(".loan:not([data-soon])")).to_be_visible()
    assert linked.alert(alert).people["dana"].loan_until_ms == linked.node.clock.ms + 120_000


def test_by_keyboard_alone(linked: LinkedSite, device: Tap) -> None:
    alert = linked.press(lot_b(linked))
    page = device(linked.link("dana", alert))
    expect(page.get_by_role("button", name="Open")).to_be_visible()
    by_tab(page, "[data-act=open]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Maya Lindqvist")).to_be_focused()
    by_tab(page, "[data-answer=with_them]")
    page.keyboard.press("Space")
    expect(page.locator(".loan")).to_contain_text("You said: With them")
    by_tab(page, "#note", "Shift+Tab")
    page.keyboard.type("At the gate")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("At the gate")
    by_tab(page, ".sos", "Tab")
    held(page, "Space", "text=Received. Your colleagues are rung for you too.")
    until(page, lambda: any(one.member == "dana" for one in linked.node.world.open_alerts(ORG)))
    linked.propose(alert)
    expect(page.get_by_role("button", name="It is not over")).to_be_visible()
    by_tab(page, "[data-act=object]", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="It is not over")).to_be_hidden()
    assert linked.alert(alert).proposal is None


def by_tab(page: Page, what: str, key: str = "Tab") -> None:
    """Tab by tab, as somebody without a mouse gets there."""
    for _ in range(40):
        if page.evaluate("what => document.activeElement.matches(what)", what):
            return
        page.keyboard.press(key)
    raise AssertionError(f"no key leads to {what}")


def test_a_second_device_is_told_that_it_was_opened_elsewhere_and_the_first_opens_it_again(
    linked: LinkedSite, device: Tap
) -> None:
    alert = linked.press()
    link = linked.link("dana", alert)
    first = tapped(device(link))
    second = device(link)
    second.get_by_role("button", name="Open").tap()
    expect(second.get_by_role("heading", name="This link was opened on another device.")).to_be_visible()
    expect(second.get_by_text("answer the text with one of its three numbers")).to_be_visible()
    assert "Maya" not in second.content() and axe_findings(second, both_themes=True) == []
    again = first.context.new_page()
    again.goto(link)
    expect(again.get_by_role("heading", name="Maya Lindqvist")).to_be_visible()


def test_a_suspension_closes_the_page_while_it_is_looked_at(linked: LinkedSite, device: Tap) -> None:
    page = tapped(device(linked.link("dana", linked.press())))
    linked.do(Suspend(org=ORG, by=OPERATOR, member="dana"))
    expect(page.get_by_role("heading", name="This link no longer works.")).to_be_visible()
    assert "Maya" not in page.locator("body").inner_text()


def test_an_answer_that_does_not_get_through_says_so_and_goes_on_trying(linked: LinkedSite, device: Tap) -> None:
    alert = linked.press()
    page = tapped(device(linked.link("dana", alert)))
    linked.down = True
    page.get_by_role("button", name="I am coming").tap()
    expect(page.get_by_text("Your answer is not sent. Trying again.")).to_be_visible()
    linked.down = False
    expect(page.locator(".loan")).to_contain_text("You said: Coming")
    assert answer_of(linked, alert, "dana") is Answer.COMING


def test_an_older_account_of_the_same_instant_takes_nothing_back(linked: LinkedSite, device: Tap) -> None:
    """It was asked for before, and comes after what the line has told meanwhile."""
    alert = linked.press()
    page = tapped(device(linked.link("dana", alert)))
    held: list[tuple[Route, APIResponse]] = []
    page.route(f"**/api/v1/alerts/{alert}", lambda route: held.append((route, route.fetch())))
    page.get_by_role("button", name="I am coming").tap()
    until(page, lambda: held)
    linked.propose(alert)
    expect(page.get_by_role("button", name="It is not over")).to_be_visible()
    for route, older in held:
        route.fulfill(response=older)
    page.wait_for_timeout(1_200)
    expect(page.get_by_role("button", name="It is not over")).to_be_visible()


def sos_unsent(linked: LinkedSite, page: Page) -> None:
    linked.down = True
    page.locator(".sos").evaluate("button => button.click()")
    expect(page.get_by_text("Not sent. Trying again.")).to_be_visible()


def test_a_call_of_ones_own_is_not_lost_from_sight_with_the_alert(linked: LinkedSite, device: Tap) -> None:
    """Whoever reads that they can close the page would close it on their own call for help."""
    alert = linked.press()
    page = tapped(device(linked.link("dana", alert)))
    sos_unsent(linked, page)
    linked.close(alert)
    expect(page.get_by_role("heading", name="It is over.")).to_be_visible()
    expect(page.get_by_text("Not sent. Trying again.")).to_be_visible()
    expect(page.get_by_text("You can close it.")).to_have_count(0)
    linked.down = False
    expect(page.get_by_text("Received. Your colleagues are rung for you too.")).to_be_visible()
    assert [one.member for one in linked.node.world.open_alerts(ORG)] == ["dana"]


def test_a_call_of_ones_own_is_not_lost_from_sight_with_the_link(linked: LinkedSite, device: Tap) -> None:
    page = tapped(device(linked.link("dana", linked.press())))
    sos_unsent(linked, page)
    linked.do(Suspend(org=ORG, by=OPERATOR, member="dana"))
    expect(page.get_by_role("heading", name="This link no longer works.")).to_be_visible()
    expect(page.get_by_text("Not sent. Trying again.")).to_be_visible()
    linked.down = False
    until(page, lambda: any(one.member == "dana" for one in linked.node.world.open_alerts(ORG)))
    assert "Maya" not in page.locator("body").inner_text()


def test_whoever_texted_for_help_opens_the_link_and_their_place_is_with_it(linked: LinkedSite, device: Tap) -> None:
    page = device("about:blank")
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 41.1, "longitude": -87.9, "accuracy": 12})
    page.goto(linked.texted())
    (alert,) = linked.node.world.open_alerts(ORG)
    page.get_by_role("button", name="Open").tap()
    expect(page.get_by_role("heading", name="Your call for help is received")).to_be_visible()
    expect(page.locator("[data-place=fix]")).to_contain_text("Within 12 m")
    page.get_by_label("In your words").fill("Behind the generator")
    page.keyboard.press("Enter")
    expect(page.locator("[data-place=spoken]")).to_contain_text("Behind the generator")
    linked.say("dana", Answer.COMING, alert.id)
    expect(page.get_by_role("heading", name="Dana is coming")).to_be_visible()
    assert axe_findings(page, both_themes=True) == []


YEAR_BEHIND = """
const [real, first] = [Date.now.bind(Date), navigator.geolocation];
Date.now = () => real() - 366 * 86_400_000;
const coords = { latitude: 41.1, longitude: -87.9, accuracy: 12 };
first.getCurrentPosition = (found) => found({ coords, timestamp: Date.now() });
"""


def test_a_phone_whose_clock_is_wrong_says_where_it_is_now(linked: LinkedSite, device: Tap) -> None:
    """Of a place of last year nobody would believe that somebody is there."""
    page = device("about:blank")
    page.context.add_init_script(YEAR_BEHIND)
    page.goto(linked.texted())
    page.get_by_role("button", name="Open").tap()
    expect(page.locator("[data-place=fix]")).to_contain_text("Within 12 m")
    (alert,) = linked.node.world.open_alerts(ORG)
    assert alert.places[PlaceKind.FIX].at_ms > alert.raised_ms - 600_000


def test_why_there_is_no_place_is_said_in_the_language_of_whoever_texted(linked: LinkedSite, device: Tap) -> None:
    async def spanish() -> None:
        plain = linked.node.world.directory(ORG)
        maya = replace(plain.members["maya"], language="es")
        linked.node.world.directories[ORG] = replace(plain, members={**plain.members, "maya": maya})

    linked._told(spanish)
    page = device(linked.texted())
    page.get_by_role("button", name="Open").tap()
    expect(page.get_by_text("Este tel\u00e9fono no dice d\u00f3nde est\u00e1.")).to_be_visible()


@pytest.mark.parametrize("name", ["dana", "tomas"])
def test_nothing_is_wrong_with_any_state_in_either_language(linked: LinkedSite, device: Tap, name: str) -> None:
    alert = linked.press(lot_b(linked))
    linked.say("priya", Answer.COMING, alert)
    page = device(linked.link(name, alert))
    expect(page.get_by_role("button", name="Open")).to_be_visible()
    assert axe_findings(page, both_themes=True) == []
    tapped(page)
    expect(page.locator("html")).to_have_attribute("lang", "es" if name == "tomas" else "en")
    assert axe_findings(page, both_themes=True) == []
    page.locator("[data-answer=coming]").tap()
    expect(page.locator(".loan")).to_be_visible()
    linked.propose(alert)
    expect(page.locator("[data-act=object]")).to_be_visible()
    assert axe_findings(page, both_themes=True) == []
    small = "[...document.querySelectorAll('button, input')].filter(b => b.getBoundingClientRect().height < 48).length"
    assert page.evaluate(small) == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
