"""I11 on the phone: after the duress PIN its screens, its storage and its traffic are those of a real *home*."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response, expect
from walked_site import DURESS_PIN, PIN, WalkedSite

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OVER, LIVE, RUNNING = "[data-screen=walk-over]", "[data-screen=live]", "[data-screen=walk]"
MASKS = (
    (r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", "ID"),
    (r"\b[0-9a-f]{32}\b", "KEY"),
    (r"\w{3}, \d\d \w{3} \d{4} [\d:]+ GMT", "DATE"),
    (r"\d{4}-\d\d-\d\dT[\d:.]+Z", "DATE"),
    (r"\b\d{13}\b", "MS"),
    (r"localhost:\d+", "HOST"),
    (r"\b\d+:\d\d(:\d\d)?\b", "CLOCK"),
    (r"just now|\d+ s ago", "AGO"),
    (f"{PIN}|{DURESS_PIN}", "PIN"),
    (r'"receipt":"[^"]+"', "RECEIPT"),
    (r'"tries":\d+', "TRIES"),
)
STORED = """async () => {
  const entries = store => Object.fromEntries(Object.entries(store).sort());
  const database = await new Promise((found, failed) => {
    const asked = indexedDB.open("tocsin", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("kept");
    asked.onsuccess = () => found(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  const all = what => new Promise(found => {
    const asked = database.transaction("kept").objectStore("kept")[what]();
    asked.onsuccess = () => found(asked.result);
  });
  const kept = [await all("getAllKeys"), await all("getAll")];
  database.close();
  return { local: entries(localStorage), tab: entries(sessionStorage), kept, caches: await caches.keys() };
}"""
NOTHING_WAITS = f"async () => !(await ({STORED})()).kept[0].some(name => name.startsWith('press/'))"
ASKED = """async ([token, walk]) => {
  const ask = async path => {
    const told = await fetch(path, { headers: { Authorization: `Bearer ${token}` } });
    return [path, told.status, [...told.headers].sort(), await told.text()];
  };
  const paths = ["/me", "/alerts", "/walks", `/walks/${walk}`, "/sites/centre/plan", "/push/subscriptions"];
  return Promise.all(paths.map(path => ask(`/api/v1${path}`)));
}"""


def masked(seen: Any) -> str:
    text = seen if isinstance(seen, str) else json.dumps(seen, separators=(",", ":"))
    for what, name in MASKS:
        text = re.sub(what, name, text)
    return text


class Told:
    """What came back for each thing that the phone did since somebody last looked."""

    def __init__(self, page: Page) -> None:
        self._answers: list[Response] = []
        page.on("response", lambda answer: self._answers.append(answer) if answer.request.method == "POST" else None)

    def __call__(self) -> list[str]:
        answers, self._answers[:] = list(self._answers), []
        return [
            masked([one.url, one.request.post_data, one.status, sorted(one.headers.items()), one.text()])
            for one in answers
        ]


def look(page: Page, token: str, walk: str, told: Told) -> list[str]:
    """Everything that somebody who holds this phone could compare."""
    page.wait_for_function(NOTHING_WAITS)
    now = page.evaluate(ASKED, [token, walk])
    return [page.title(), masked(page.content()), masked(page.evaluate(STORED)), masked(now), *told()]


def ended_with(browser: Browser, pin: str, *, watched: bool) -> tuple[list[list[str]], int]:
    """What the phone shows at once, when it is put away, and after a press from there; and how many alerts are open
    before that press."""
    site = WalkedSite()
    site.walkers(watched=watched)
    token = site.enrol("maya")
    context = browser.new_context(locale="en-GB", timezone_id="UTC", service_workers="block")
    context.add_init_script(f"if (location.port) localStorage.setItem('tocsin.token', '{token}')")
    page = context.new_page()
    page.goto(f"{site.url}/phone")
    page.get_by_role("button", name="Start a walk").click()
    page.get_by_role("button", name="Start the walk").click()
    expect(page.locator(RUNNING)).to_be_visible()
    (walk,) = site.walks()
    told = Told(page)
    if watched:
        page.get_by_role("button", name="I am there").click()
    else:
        page.get_by_text("End it another way").click()
        page.get_by_role("button", name="End it with a code").click()
    page.get_by_label("Your code").fill(pin)
    page.keyboard.press("Enter")
    expect(page.locator(OVER)).to_be_visible()
    seen = [look(page, token, walk.id, told)]
    raised = len(site.raised)
    page.get_by_role("button", name="Put it away").click()
    expect(page.get_by_role("heading", name="Ready")).to_be_visible()
    page.reload()
    expect(page.locator("[data-way=server]")).to_contain_text("Server reached")
    expect(page.get_by_text("would be rung.")).to_be_visible()
    seen.append(look(page, token, walk.id, told)[2:])
    page.locator(".sos").evaluate("button => button.click()")
    expect(page.locator(LIVE)).to_be_visible()
    expect(page.get_by_label("What is happening")).to_be_visible()
    seen.append(look(page, token, walk.id, told))
    context.close()
    site.stop()
    return seen, raised


@pytest.mark.parametrize("watched", [False, True])
def test_a_phone_shows_keeps_and_sends_after_the_duress_pin_what_it_does_after_the_real_one(
    browser: Browser, watched: bool
) -> None:
    real, quiet = ended_with(browser, PIN, watched=watched)
    duress, called = ended_with(browser, DURESS_PIN, watched=watched)
    assert (quiet, called) == (0, 1), "the duress PIN calls for help, the real one does not"
    for when, one, other in zip(("at once", "put away", "after a press"), real, duress, strict=True):
        assert one == other, when
