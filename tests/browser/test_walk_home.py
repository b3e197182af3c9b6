"""A walk on the phone: it starts with a tap, it counts down by the server's clock, and only the server ends it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from linked_site import ORG
from playwright.sync_api import Browser, BrowserContext, Page, Route, ViewportSize, expect
from visitors import held, lose_answers, until
from walked_site import DURESS_PIN, PIN, WalkedSite

from tocsin.core.words import Destination, PlaceKind, WalkState

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NARROW: ViewportSize = {"width": 360, "height": 640}
WALKS = "**/api/v1/walks"
OVER, WAITING, LIVE = "[data-screen=walk-over]", "[data-screen=walk-waiting]", "[data-screen=live]"
Phones = Callable[[], BrowserContext]


@pytest.fixture
def wren() -> Iterator[WalkedSite]:
    site = WalkedSite()
    site.walkers()
    yield site
    site.stop()


@pytest.fixture
def phones(browser: Browser, wren: WalkedSite) -> Iterator[Phones]:
    """Phones of Maya's, each with its own browser; nothing on them may raise."""
    contexts, complaints = [], list[str]()
    token = wren.enrol("maya")

    def another() -> BrowserContext:
        context = browser.new_context(
            viewport=NARROW, locale="en-GB", timezone_id="UTC", service_workers="block", has_touch=True
        )
        context.on("weberror", lambda error: complaints.append(f"error: {error.error}"))
        context.add_init_script(f"if (location.port) localStorage.setItem('tocsin.token', '{token}')")
        contexts.append(context)
        return context

    yield another
    for context in contexts:
        context.close()
    assert complaints == []


def opened(context: BrowserContext, site: WalkedSite) -> Page:
    page = context.new_page()
    page.goto(f"{site.url}/phone")
    return page


@pytest.fixture
def page(phones: Phones, wren: WalkedSite) -> Page:
    page = opened(phones(), wren)
    expect(page.get_by_role("heading", name="Ready")).to_be_visible()
    return page


def start(page: Page, minutes: str = "15") -> None:
    page.get_by_role("button", name="Start a walk").click()
    page.get_by_label("Or as many minutes as you need").fill(minutes)
    page.get_by_role("button", name="Start the walk").click()
    expect(page.get_by_role("heading", name="Walk under way")).to_be_visible()


def test_a_walk_starts_counts_down_and_ends_at_home(page: Page, wren: WalkedSite) -> None:
    page.get_by_role("button", name="Start a walk").click()
    page.locator("label", has_text="Home").click()
    page.locator("label").get_by_text("30", exact=True).click()
    expect(page.get_by_label("Or as many minutes as you need")).to_have_value("30")
    page.get_by_role("button", name="Start the walk").click()
    expect(page.get_by_role("timer")).to_contain_text(":")
    expect(page.locator("main")).to_contain_text("we ask if you are home. No answer in 60 seconds, and")
    (walk,) = wren.walks()
    assert (walk.destination, walk.minutes) == (Destination.HOME, 30)
    page.get_by_role("button", name="I am home").click()
    expect(page.locator(OVER)).to_contain_text("You have arrived")
    assert wren.walk(walk.id).state is WalkState.HOME
    page.get_by_role("button", name="Put it away").click()
    expect(page.get_by_role("heading", name="Ready")).to_be_visible()
    page.get_by_role("button", name="Walk: 30 min").click()
    expect(page.get_by_role("heading", name="Walk under way")).to_be_visible()
    assert [walk.minutes for walk in wren.walks()] == [30]


def test_more_time_is_what_the_server_says_it_is(page: Page, wren: WalkedSite) -> None:
    start(page)
    (before,) = wren.walks()
    page.get_by_role("button", name="+20 min").click()
    until(page, lambda: wren.walks()[0].due_ms == before.due_ms + 20 * 60_000)
    expect(page.get_by_role("timer")).to_contain_text("34:")
    page.get_by_role("button", name="+20 min").click()
    expect(page.get_by_role("timer")).to_contain_text("54:")
    page.get_by_role("button", name="+20 min").click()
    expect(page.get_by_text("No more time can be added.")).to_be_visible()


def test_more_time_whose_answer_was_lost_is_asked_for_again_and_given_once(page: Page, wren: WalkedSite) -> None:
    """Given twice, the alert would come later than anybody meant."""
    start(page)
    (before,) = wren.walks()
    lose_answers(page.context, "**/extend")
    page.get_by_role("button", name="+20 min").click()
    expect(page.get_by_text("The server has not heard that you need 20 min more.")).to_be_visible()
    expect(page.get_by_role("button", name="+20 min")).to_have_count(0)
    page.reload()
    expect(page.get_by_text("The server has not heard that you need 20 min more.")).to_be_visible()
    page.context.unroute("**/extend")
    expect(page.get_by_role("button", name="+20 min")).to_be_visible()
    expect(page.get_by_text("The server has not heard")).to_have_count(0)
    assert wren.walks()[0].due_ms == before.due_ms + 20 * 60_000


def test_home_waits_for_no_answer_about_more_time(page: Page, wren: WalkedSite) -> None:
    start(page)
    (walk,) = wren.walks()
    page.context.route("**/extend", lambda route: route.abort())
    page.get_by_role("button", name="+5 min").click()
    expect(page.get_by_text("The server has not heard that you need 5 min more.")).to_be_visible()
    page.get_by_role("button", name="I am there").click()
    expect(page.locator(OVER)).to_be_visible()
    assert wren.walk(walk.id).state is WalkState.HOME


def test_a_reload_finds_the_walk_and_another_phone_ends_it(page: Page, phones: Phones, wren: WalkedSite) -> None:
    start(page)
    page.reload()
    expect(page.get_by_role("heading", name="Walk under way")).to_be_visible()
    other = opened(phones(), wren)
    other.get_by_role("button", name="I am there").click()
    expect(other.locator(OVER)).to_be_visible()
    expect(page.locator(OVER)).to_be_visible()


def test_home_without_a_network_is_said_to_wait_and_never_shown_as_done(page: Page, wren: WalkedSite) -> None:
    start(page)
    (walk,) = wren.walks()
    page.context.set_offline(True)
    page.get_by_role("button", name="I am there").click()
    expect(page.locator(WAITING)).to_contain_text("Its clock runs on.")
    expect(page.locator(OVER)).to_have_count(0)
    assert wren.walk(walk.id).open
    page.context.set_offline(False)
    expect(page.locator(OVER)).to_be_visible()
    assert wren.walk(walk.id).state is WalkState.HOME


def test_home_that_something_on_the_way_has_answered_still_waits(page: Page, wren: WalkedSite) -> None:
    start(page)
    (walk,) = wren.walks()
    page.route("**/home", lambda route: route.fulfill(json={}))
    page.get_by_role("button", name="I am there").click()
    expect(page.locator(WAITING)).to_contain_text("Its clock runs on.")
    expect(page.locator(OVER)).to_have_count(0)
    page.unroute("**/home")
    expect(page.locator(OVER)).to_be_visible()
    assert wren.walk(walk.id).state is WalkState.HOME


def test_home_that_waits_is_sent_after_the_tab_was_closed(page: Page, wren: WalkedSite) -> None:
    start(page)
    (walk,) = wren.walks()
    page.context.route("**/home", lambda route: route.abort())
    page.get_by_role("button", name="I am there").click()
    expect(page.locator(WAITING)).to_be_visible()
    context = page.context
    page.close()
    context.unroute("**/home")
    again = opened(context, wren)
    until(again, lambda: wren.walk(walk.id).state is WalkState.HOME)
    expect(again.locator(WAITING)).to_have_count(0)


def test_a_start_whose_answer_was_lost_is_one_walk_and_the_next_start_is_another(page: Page, wren: WalkedSite) -> None:
    """Else the next evening's start would be yesterday's walk again: no timer would run, and nobody would know."""
    heard_again = lose_answers(page.context, WALKS)
    start(page)
    expect(page.get_by_text("The walk has not started.")).to_have_count(0)
    heard_again()
    (first,) = wren.walks()
    page.get_by_role("button", name="I am there").click()
    page.get_by_role("button", name="Put it away").click()
    start(page)
    (second,) = wren.walks()
    assert second.id != first.id


def test_a_start_that_is_sent_again_when_its_walk_is_over_begins_another(
    page: Page, phones: Phones, wren: WalkedSite
) -> None:
    """Its answer was lost, and so was the line on which the phone would have heard of the walk."""
    page.context.add_init_script("delete self.SharedWorker")  # As on many phones: the line is the page's own.

    def cut(route: Route) -> None:
        route.abort()

    for path in (WALKS, "**/api/v1/live"):
        page.context.route(path, cut)
    heard_again = lose_answers(page.context, WALKS)
    page.reload()
    page.get_by_role("button", name="Start a walk").click()
    page.get_by_role("button", name="Start the walk").click()
    expect(page.get_by_text("The walk has not started. No connection.")).to_be_visible()
    (first,) = wren.walks()
    other = opened(phones(), wren)
    other.get_by_role("button", name="I am there").click()
    until(page, lambda: wren.walks() == [])
    page.context.unroute(WALKS, cut)
    heard_again()
    page.get_by_role("button", name="Start the walk").click()
    expect(page.get_by_role("heading", name="Walk under way")).to_be_visible()
    (second,) = wren.walks()
    assert second.id != first.id


def test_an_sos_from_a_walk_leads_to_the_ladder(page: Page, wren: WalkedSite) -> None:
    start(page)
    page.locator(".sos").evaluate("button => button.click()")
    expect(page.locator(LIVE)).to_be_visible()
    assert len(wren.raised) == 1
    expect(page.locator("[data-walk]")).to_have_count(0)


def test_overdue_rings_although_the_browser_is_gone(page: Page, phones: Phones, wren: WalkedSite) -> None:
    start(page)
    (walk,) = wren.walks()
    page.context.close()
    wren.pass_until(lambda walk: walk.due_ms)
    assert wren.raised == []
    wren.pass_until(lambda walk: walk.raises_ms)
    assert wren.walk(walk.id).state is WalkState.RAISED
    assert len(wren.raised) == 1
    later = opened(phones(), wren)
    expect(later.locator(LIVE)).to_be_visible()


def test_an_all_clear_that_was_not_put_away_hides_neither_a_later_walk_nor_its_alert(
    page: Page, wren: WalkedSite
) -> None:
    """Where the walk leads is the walk's; and what it raises is shown, although an older alert still stands there."""
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 41.5, "longitude": -93.25, "accuracy": 9})
    page.locator(".sos").evaluate("button => button.click()")
    page.get_by_role("button", name="I am safe").click()
    page.get_by_label("Your code").fill(PIN)
    page.keyboard.press("Enter")
    expect(page.locator("[data-screen=closed]")).to_be_visible()
    start(page)
    until(page, lambda: [PlaceKind.FIX in walk.places for walk in wren.walks()] == [True])
    wren.pass_until(lambda walk: walk.due_ms)
    wren.pass_until(lambda walk: walk.raises_ms)
    expect(page.locator(LIVE)).to_be_visible()


def test_it_reminds_then_asks_then_shows_the_alert(page: Page, wren: WalkedSite) -> None:
    start(page)
    wren.pass_until(lambda walk: walk.remind_ms)
    expect(page.get_by_text("The time is nearly over.")).to_be_visible()
    wren.pass_until(lambda walk: walk.due_ms)
    expect(page.get_by_role("heading", name="Are you there?")).to_be_visible()
    wren.pass_until(lambda walk: walk.raises_ms)
    expect(page.locator(LIVE)).to_be_visible()


def test_with_a_keyboard_alone(page: Page, wren: WalkedSite) -> None:
    page.get_by_role("button", name="Start a walk").press("Enter")
    expect(page.get_by_role("radio", name="Car")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.get_by_label("Or as many minutes as you need").fill("7")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Walk under way")).to_be_visible()
    assert [(walk.minutes, walk.destination) for walk in wren.walks()] == [(7, Destination.TRANSIT)]
    page.locator(".sos").focus()
    held(page, " ", LIVE)
    assert len(wren.raised) == 1


def test_in_a_watch_window_only_the_code_ends_it(page: Page, wren: WalkedSite) -> None:
    start(page)
    wren.walkers(watched=True)
    page.get_by_role("button", name="I am there").click()
    expect(page.get_by_label("Your code")).to_be_focused()
    page.keyboard.type("0000")
    page.keyboard.press("Enter")
    expect(page.get_by_text("That is not the PIN. The time runs on.")).to_be_visible()
    page.get_by_label("Your code").fill(PIN)
    page.keyboard.press("Enter")
    expect(page.locator(OVER)).to_be_visible()
    assert wren.walks() == []


def test_a_code_that_waits_for_a_network_is_heard_although_the_walk_was_raised_meanwhile(
    page: Page, wren: WalkedSite
) -> None:
    """It is the duress PIN: what the phone learns first must not make it forget what its owner has typed."""
    wren.walkers(watched=True)
    start(page)
    page.context.route("**/home", lambda route: route.abort())
    page.get_by_role("button", name="I am there").click()
    page.get_by_label("Your code").fill(DURESS_PIN)
    page.keyboard.press("Enter")
    expect(page.locator(WAITING)).to_be_visible()
    wren.pass_until(lambda walk: walk.raises_ms)
    expect(page.locator(LIVE)).to_be_visible()
    page.context.unroute("**/home")
    until(page, lambda: [alert.under_duress for alert in wren.node.world.open_alerts(ORG)] == [True])


def test_a_code_that_is_typed_while_an_answer_is_on_its_way_is_not_lost(page: Page, wren: WalkedSite) -> None:
    start(page)
    waits: list[Route] = []
    page.context.route("**/home", lambda route: route.continue_() if waits else waits.append(route))
    page.get_by_role("button", name="I am there").click()
    until(page, lambda: waits)
    page.get_by_text("End it another way").click()
    page.get_by_role("button", name="End it with a code").click()
    page.get_by_label("Your code").fill(DURESS_PIN)
    page.keyboard.press("Enter")
    waits[0].continue_()
    expect(page.locator(OVER)).to_be_visible()
    until(page, lambda: [alert.under_duress for alert in wren.node.world.open_alerts(ORG)] == [True])
    expect(page.locator(OVER)).to_be_visible()
