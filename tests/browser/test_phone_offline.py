"""The app of a phone: it opens without a network, keeps a press through a closed tab, and sends it once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fake_site import FakeSite
from playwright.sync_api import Browser, Page, expect
from visitors import Visitor, lose_answers, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ENROLLED = "localStorage.setItem('tocsin.token', 'worker-token')"
CONTROLLED = "navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)"
KEPT = """() => new Promise((found, failed) => {
  const asked = indexedDB.open('tocsin', 1);
  asked.onerror = failed;
  asked.onsuccess = () => {
    const all = asked.result.transaction('kept').objectStore('kept').getAllKeys();
    all.onsuccess = () => (asked.result.close(), found(all.result));
  };
})"""


def synced(page: Page, site: FakeSite) -> None:
    """The browser wakes the service worker, as it does when a network comes back."""
    known: list[str] = []
    worker = page.context.new_cdp_session(page)
    worker.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: known.extend(one["registrationId"] for one in told["registrations"] if not one["isDeleted"]),
    )
    worker.send("ServiceWorker.enable")
    until(page, lambda: known)
    woken = {"registrationId": known[0], "tag": "press", "lastChance": False}
    worker.send("ServiceWorker.dispatchSyncEvent", {"origin": f"http://localhost:{site.port}", **woken})


@pytest.fixture
def installed(browser: Browser, site: FakeSite) -> Iterator[Visitor]:
    """A phone whose app is on its home screen, and enrolled."""
    context = browser.new_context(viewport={"width": 360, "height": 640}, locale="en-GB", timezone_id="UTC")
    visitor = Visitor(context, site)
    page = visitor.open("/phone", None)
    page.evaluate(ENROLLED)
    page.wait_for_function(CONTROLLED)
    page.close()
    yield visitor
    context.close()
    assert visitor.complaints == []


def opened(installed: Visitor, path: str = "/phone") -> Page:
    page = installed.open(path, None)
    expect(page.locator(".sos")).to_be_visible()
    return page


def pressed(page: Page) -> None:
    page.locator(".sos").evaluate("button => button.click()")


def kept(page: Page) -> list[str]:
    found: list[str] = page.evaluate(KEPT)
    return found


def test_it_opens_without_a_network_in_its_own_look(installed: Visitor) -> None:
    known = opened(installed)
    expect(known.get_by_role("heading", name="Ready")).to_be_visible()
    known.close()
    installed.context.set_offline(True)
    page = opened(installed)
    assert page.evaluate("fetch('/api/v1/me').then(() => 'answered', () => 'nobody there')") == "nobody there"
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('16px \"Tocsin Sans\"'))")
    expect(page.locator("html")).to_have_attribute("data-look", "tocsin")


def test_a_browser_finds_nothing_that_would_keep_it_off_a_home_screen(installed: Visitor) -> None:
    """Asked of the browser itself; that a window of a test keeps nothing for later is not the app's fault."""
    page = opened(installed)
    asked = page.context.new_cdp_session(page)
    manifest = asked.send("Page.getAppManifest")
    assert manifest["errors"] == [] and manifest["url"].endswith("/manifest.webmanifest")
    found = asked.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [error["errorId"] for error in found if error["errorId"] != "in-incognito"] == []


def test_pressed_offline_the_tab_closed_and_opened_again_it_is_delivered_once(
    installed: Visitor, site: FakeSite
) -> None:
    page = opened(installed)
    installed.context.set_offline(True)
    pressed(page)
    expect(page.locator("[data-screen=unsent]")).to_contain_text("Not sent. Trying again.")
    until(page, lambda: any(name.startswith("press/") for name in kept(page)))
    page.close()
    again = installed.open("/phone", None)
    expect(again.locator("[data-screen=unsent]")).to_contain_text("Not sent. Trying again.")
    installed.context.set_offline(False)
    expect(again.locator("[data-screen=live]")).to_be_visible()
    until(again, lambda: not any(name.startswith("press/") for name in kept(again)))
    assert len(site.alerts) == 1 and len({body["key"] for body in site.tries()}) == 1


def test_a_press_that_only_the_second_store_still_has_is_sent_too(installed: Visitor, site: FakeSite) -> None:
    page = opened(installed)
    installed.context.set_offline(True)
    pressed(page)
    until(page, lambda: any(name.startswith("press/") for name in kept(page)))
    page.evaluate(
        "Object.keys(localStorage).filter(k => k.startsWith('tocsin.press')).forEach(k => localStorage.removeItem(k))"
    )
    page.close()
    installed.context.set_offline(False)
    again = installed.open("/phone", None)
    expect(again.locator("[data-screen=live]")).to_be_visible()
    assert len(site.alerts) == 1


def test_a_clock_that_is_months_off_is_known_to_be_without_a_network_too(installed: Visitor, site: FakeSite) -> None:
    """What was pressed in a cellar says when, and not when this phone believes that it was."""
    page = opened(installed)
    expect(page.locator("[data-way=clock]")).to_be_visible()  # The site's clock stands in another month.
    page.close()
    site.hang_up()
    installed.context.set_offline(True)
    again = opened(installed)
    expect(again.locator("[data-way=clock]")).to_be_visible()
    pressed(again)
    expect(again.locator("[data-screen=unsent]")).to_be_visible()
    installed.context.set_offline(False)
    until(again, site.pressed)
    assert site.pressed()[0]["occurred_at"].startswith("2026-06-11T23:")


LOST = """
const [begin, lost] = [IDBDatabase.prototype.transaction, []];
IDBDatabase.prototype.transaction = function (...given) {
  if (!lost.length) lost.push(this);
  if (lost.includes(this)) throw new DOMException('The database connection is closing.', 'InvalidStateError');
  return begin.apply(this, given);
};"""


def test_a_database_that_was_lost_while_the_phone_slept_is_opened_anew(installed: Visitor, site: FakeSite) -> None:
    installed.context.add_init_script(LOST)
    page = opened(installed)
    installed.context.set_offline(True)
    pressed(page)
    expect(page.locator("[data-screen=unsent]")).to_be_visible()
    until(page, lambda: any(name.startswith("press/") for name in kept(page)))
    installed.context.set_offline(False)
    expect(page.locator("[data-screen=live]")).to_be_visible()
    assert len(site.alerts) == 1


def test_with_every_tab_closed_the_worker_sends_it_as_soon_as_there_is_a_network(
    installed: Visitor, site: FakeSite
) -> None:
    page = opened(installed)
    site.refuse = 503
    pressed(page)
    expect(page.locator("[data-screen=unsent]")).to_be_visible()
    until(page, lambda: any(name.startswith("press/") for name in kept(page)))
    other = installed.context.new_page()
    other.goto(f"http://localhost:{site.port}/sandbox/phones")
    page.close()
    site.refuse = None
    synced(other, site)
    until(other, lambda: len(site.alerts) == 1)
    again = installed.open("/phone", None)
    expect(again.locator("[data-screen=live]")).to_be_visible()
    assert len({body["key"] for body in site.tries()}) == 1 and len(site.alerts) == 1


def test_the_worker_too_sends_what_was_pressed_since_where_the_first_is_over(
    installed: Visitor, site: FakeSite
) -> None:
    """The first was taken and its answer lost; with every tab closed nobody but the worker learns that it has ended."""
    page = opened(installed)
    heard_again = lose_answers(installed.context, "**/api/v1/alerts")
    pressed(page)
    until(page, lambda: len(site.alerts) == 1)
    expect(page.locator("[data-screen=unsent]")).to_be_visible()
    site.refuse = 503
    site.change("alert-1", state="closed", outcome="safe")
    page.get_by_role("button", name="Go silent").click()
    page.get_by_role("button", name="Share").click()
    since = KEPT.replace("getAllKeys", "getAll")
    until(page, lambda: [one for one in page.evaluate(since) if isinstance(one, dict) and one.get("anew")])
    other = installed.context.new_page()
    other.goto(f"http://localhost:{site.port}/sandbox/phones")
    page.close()
    heard_again()
    site.refuse = None
    synced(other, site)
    until(other, lambda: len(site.alerts) == 2)
    assert [alert["silent"] for alert in site.alerts.values()] == [False, True]
    until(other, lambda: not any(name.startswith("press/") for name in kept(other)))


def test_a_press_that_waits_in_eight_tabs_is_one_press(installed: Visitor, site: FakeSite) -> None:
    page = opened(installed)
    site.refuse = 503
    pressed(page)
    expect(page.locator("[data-screen=unsent]")).to_be_visible()
    tabs = [page, *(installed.open("/phone", None) for _ in range(7))]
    for tab in tabs:
        expect(tab.locator("[data-screen=unsent]")).to_be_visible()
    site.refuse = None
    for tab in tabs:
        expect(tab.locator("[data-screen=live]")).to_be_visible()
    assert len(site.alerts) == 1 and len({body["key"] for body in site.tries()}) == 1


def test_a_newer_build_is_worn_by_a_page_that_is_hidden_and_idle_and_by_no_other(
    installed: Visitor, site: FakeSite
) -> None:
    page = opened(installed)
    page.evaluate("self.before = true")
    hide = "Object.defineProperty(document, 'hidden', { get: () => true, configurable: true });"
    change = "navigator.serviceWorker.dispatchEvent(new Event('controllerchange'));"
    look = "document.dispatchEvent(new Event('visibilitychange'))"
    site.refuse = 503
    pressed(page)
    expect(page.locator("[data-screen=unsent]")).to_be_visible()
    page.evaluate(f"{hide} {change} {look}")
    page.wait_for_timeout(300)
    assert page.evaluate("self.before === true"), "nothing is reloaded while a press waits"
    site.refuse = None
    expect(page.locator("[data-screen=live]")).to_be_visible()
    site.change("alert-1", state="closed", outcome="safe")
    page.get_by_role("button", name="Put it away").click()
    expect(page.get_by_role("heading", name="Ready")).to_be_visible()
    with page.expect_navigation():
        page.evaluate(look)
    expect(page.locator(".sos")).to_be_visible()
    assert page.evaluate("self.before === undefined")
