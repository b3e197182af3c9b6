"""A push comes to a phone whose page is closed: it is shown, acknowledged, and may be answered there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fake_site import FakeSite
from playwright.sync_api import Browser, Page, expect
from visitors import Visitor, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ENROLLED = "localStorage.setItem('tocsin.token', 'worker-token')"
CONTROLLED = "navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)"
KEY = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
KEYS = {"p256dh": "a-point", "auth": "a-secret"}
SHOWN = """navigator.serviceWorker.ready.then((one) => one.getNotifications()).then((all) => all.map(
  ({ title, body, tag, data, requireInteraction: stays }) => ({ title, body, tag, stays, purpose: data.purpose })))"""
# Only a browser of a real phone subscribes: this one is given what it would be given there.
SUBSCRIBES = """
const endpoint = 'https://push.example.org/4f2a', keys = { p256dh: 'a-point', auth: 'a-secret' };
PushManager.prototype.getSubscription = async () => null;
PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
  if (!userVisibleOnly || applicationServerKey.length !== 65) throw new Error('not as it should be');
  return { toJSON: () => ({ endpoint, keys }) };
};"""
# Whoever asks for notifications while one is on its way may take it away: its browser does not find it on a screen yet.
TAKES = """() => {
  const waitUntil = PushEvent.prototype.waitUntil;
  self.taken = false;
  PushEvent.prototype.waitUntil = function (work) {
    waitUntil.call(this, work.finally(() => (self.taken = true)));
  };
}"""
PRESSES = """async (action) => {
  const [notification] = await self.registration.getNotifications();
  let done;
  ExtendableEvent.prototype.waitUntil = (work) => (done = work);
  self.dispatchEvent(new NotificationEvent('notificationclick', { notification, action }));
  await done.catch(() => undefined);
}"""


@pytest.fixture(scope="session")
def browser(whole_browser: Browser) -> Browser:
    """The shell alone shows no notification."""
    return whole_browser


@pytest.fixture
def installed(browser: Browser, site: FakeSite) -> Iterator[Visitor]:
    """A phone whose app is installed, enrolled, and may show notifications."""
    context = browser.new_context(viewport={"width": 360, "height": 640}, locale="en-GB", timezone_id="UTC")
    context.grant_permissions(["notifications"], origin=f"http://localhost:{site.port}")
    visitor = Visitor(context, site)
    page = visitor.open("/phone", None)
    page.evaluate(ENROLLED)
    page.wait_for_function(CONTROLLED)
    yield visitor
    context.close()
    assert visitor.complaints == []


def enrolled(installed: Visitor) -> Page:
    """Its page has been open once, and has told the service worker by which token it asks."""
    page = installed.context.pages[0]
    page.reload()
    expect(page.get_by_role("heading", name="Ready")).to_be_visible()
    page.wait_for_function(
        """() => new Promise((found) => {
          const asked = indexedDB.open('tocsin', 1);
          asked.onsuccess = () => {
            const all = asked.result.transaction('kept').objectStore('kept').getAllKeys();
            all.onsuccess = () => (asked.result.close(), found(all.result.includes('token')));
          };
        })"""
    )
    return page


def pushed(page: Page, site: FakeSite, data: str) -> None:
    """As the browser hands a push to the service worker, which has then done all it does about it."""
    known: list[str] = []
    (worker,) = page.context.service_workers
    worker.evaluate(TAKES)
    browser = page.context.new_cdp_session(page)
    browser.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: known.extend(one["registrationId"] for one in told["registrations"] if not one["isDeleted"]),
    )
    browser.send("ServiceWorker.enable")
    until(page, lambda: known)
    given = {"origin": f"http://localhost:{site.port}", "registrationId": known[0], "data": data}
    browser.send("ServiceWorker.deliverPushMessage", given)
    until(page, lambda: worker.evaluate("self.taken"))
    browser.detach()


def ring(alert: str = "alert-1", **more: Any) -> str:
    buttons = [{"action": "coming", "title": "Coming"}, {"action": "cannot", "title": "Cannot come"}]
    told = {
        "v": 1,
        "id": "delivery-1",
        "receipt": "1.secret",
        "purpose": "ring",
        "title": "SOS: Noor Haddad",
        "body": "Lot B (planned).\nLock doors.",
        "tag": "topic",
        "url": "/phone",
        "actions": buttons,
        "alert": alert,
    }
    return json.dumps({**told, **more})


def notifications(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(SHOWN)
    return found


def test_a_push_is_shown_until_it_is_seen_and_the_server_hears_that_it_came(installed: Visitor, site: FakeSite) -> None:
    site.push = {"state": "proven", "proven_at": site.stamp(), "key": None}
    page = enrolled(installed)
    pushed(page, site, ring())
    until(page, lambda: site.posted("/push/receipts"))
    assert site.posted("/push/receipts")[0] == {"delivery": "delivery-1", "receipt": "1.secret"}
    until(page, lambda: notifications(page))
    assert notifications(page) == [
        {
            "title": "SOS: Noor Haddad",
            "body": "Lot B (planned).\nLock doors.",
            "tag": "topic",
            "purpose": "ring",
            "stays": True,
        }
    ]
    over = ring(purpose="all_clear", title="Tocsin", body="What you were told of is over.", id="delivery-2")
    pushed(page, site, over)
    until(page, lambda: [one["title"] for one in notifications(page)] == ["Tocsin"])


@pytest.mark.parametrize("data", ["", "no json", "7", "null", '{"title": ""}'])
def test_whatever_comes_something_is_shown_or_the_browser_would_take_the_leave_away(
    installed: Visitor, site: FakeSite, data: str
) -> None:
    page = enrolled(installed)
    pushed(page, site, data)
    until(page, lambda: [one["title"] for one in notifications(page)] == ["Tocsin"])
    assert site.posted("/push/receipts") == []


def test_a_button_of_the_notification_is_the_answer(installed: Visitor, site: FakeSite) -> None:
    site.push = {"state": "proven", "proven_at": site.stamp(), "key": None}
    page = enrolled(installed)
    alert = site.raise_alert()["id"]
    pushed(page, site, ring(alert))
    until(page, lambda: notifications(page))
    (worker,) = page.context.service_workers
    worker.evaluate(PRESSES, "cannot")
    until(page, lambda: site.posted("/answers"))
    assert site.posted("/answers")[0]["answer"] == "cannot"
    assert notifications(page) == []


@pytest.mark.parametrize("said", ["{}", "<h1>Log in</h1>"])
def test_an_answer_that_something_on_the_way_took_is_not_taken_for_said(
    installed: Visitor, site: FakeSite, said: str
) -> None:
    """The page opens, which shows how it stands."""
    page = enrolled(installed)
    alert = site.raise_alert()["id"]
    pushed(page, site, ring(alert, url="/r/a-link"))
    until(page, lambda: notifications(page))
    (worker,) = page.context.service_workers
    worker.evaluate(
        "said => { self.fetch = async () => new Response(said);"
        " self.clients.openWindow = async (url) => { self.shown = url; return null; }; }",
        said,
    )
    worker.evaluate(PRESSES, "cannot")
    assert worker.evaluate("self.shown").endswith("/r/a-link")


def test_a_page_subscribes_its_phone_each_time_it_is_loaded_and_asks_for_the_push_that_proves_it(
    installed: Visitor, site: FakeSite
) -> None:
    site.push = {"state": "unproven", "proven_at": None, "key": KEY}
    installed.context.add_init_script(SUBSCRIBES)
    page = enrolled(installed)
    until(page, lambda: site.posted("/push/test"))
    assert site.posted("/push/subscriptions")[-1] == {"endpoint": "https://push.example.org/4f2a", "keys": KEYS}
    expect(page.locator("[data-way=push]")).to_contain_text("Push not proven yet")
    before = len(site.posted("/push/subscriptions"))
    page.reload()
    until(page, lambda: len(site.posted("/push/subscriptions")) > before)


HAD = """
const key = atob('KEY'.replaceAll('-', '+').replaceAll('_', '/'));
self.ended = 0;
PushManager.prototype.getSubscription = async () => self.ended ? null : ({
  options: { applicationServerKey: Uint8Array.from(key, (one) => one.charCodeAt(0)).buffer },
  toJSON: () => ({ endpoint: 'https://push.example.org/dead', keys }),
  unsubscribe: async () => { self.ended += 1; return true; },
});""".replace("KEY", KEY)


def test_an_address_that_its_push_service_knows_no_more_is_exchanged_although_the_browser_believes_in_it(
    installed: Visitor, site: FakeSite
) -> None:
    site.push = {"state": "proven", "proven_at": site.stamp(), "key": KEY}
    installed.context.add_init_script(SUBSCRIBES + HAD)
    page = enrolled(installed)
    until(page, lambda: site.posted("/push/subscriptions"))
    assert site.posted("/push/subscriptions")[-1]["endpoint"] == "https://push.example.org/dead"
    site.push = {**site.push, "state": "ended"}
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # Nobody loads an app anew that is open.
    until(page, lambda: site.posted("/push/subscriptions")[-1]["endpoint"] == "https://push.example.org/4f2a")
    assert page.evaluate("self.ended") == 1


def test_a_phone_whose_push_service_is_not_on_the_list_says_so(installed: Visitor, site: FakeSite) -> None:
    site.push, site.push_listed = {"state": "none", "proven_at": None, "key": KEY}, False
    installed.context.add_init_script(SUBSCRIBES)
    page = enrolled(installed)
    expect(page.locator("[data-way=push]")).to_contain_text("its push service is not on the list of the server")


def test_a_phone_that_nobody_asked_is_offered_to_be_and_one_that_said_no_is_told_where_to_say_yes(
    browser: Browser, site: FakeSite
) -> None:
    site.push = {"state": "none", "proven_at": None, "key": KEY}
    for permission, said in (("default", "Allow it now"), ("denied", "may show no notifications")):
        context = browser.new_context(viewport={"width": 360, "height": 640}, locale="en-GB", timezone_id="UTC")
        context.add_init_script(f"Object.defineProperty(Notification, 'permission', {{ get: () => '{permission}' }})")
        page = Visitor(context, site).open("/phone", None)
        page.evaluate(ENROLLED)
        page.reload()
        expect(page.locator("[data-way=push]")).to_contain_text(said)
        context.close()
