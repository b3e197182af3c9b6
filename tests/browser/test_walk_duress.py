"""I11 on the phone: after the duress PIN its screens, its storage and its traffic are those of a real *home*."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response, expect
from twins import PRESSES_KEPT, Mask, Step, differences, looked
from walked_site import DURESS_PIN, PIN, WalkedSite

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OVER, LIVE, RUNNING = "[data-screen=walk-over]", "[data-screen=live]", "[data-screen=walk]"
OF_THE_STORY = (
    (f"{PIN}|{DURESS_PIN}", "PIN"),
    (r'"receipt":"[^"]+"', "RECEIPT"),
    (r'"tries":\d+', "TRIES"),
)
DRAWN_ANEW = frozenset({"title", "page", "focused", "controls"})  # Of a page that was just loaded: it still comes.
NOTHING_WAITS = f"async () => !(await ({PRESSES_KEPT})())"
ASKED = """async ([token, walk]) => {
  const ask = async path => {
    const told = await fetch(path, { headers: { Authorization: `Bearer ${token}` } });
    return [path, told.status, [...told.headers].sort(), await told.text()];
  };
  const paths = ["/me", "/alerts", "/walks", `/walks/${walk}`, "/sites/centre/plan", "/push/subscriptions"];
  return Promise.all(paths.map(path => ask(`/api/v1${path}`)));
}"""


class Masks:
    """What differs between two tales and tells nobody anything: what is random, and the PIN, which is what differs."""

    def __init__(self) -> None:
        self.random = Mask()

    def __call__(self, seen: Any) -> str:
        return self.of_story(self.random(seen))

    def of_story(self, text: str) -> str:
        for what, name in OF_THE_STORY:
            text = re.sub(what, name, text)
        return text


class Told:
    """What came back for each thing that the phone did since somebody last looked."""

    def __init__(self, page: Page) -> None:
        self._answers: list[Response] = []
        page.on("response", lambda answer: self._answers.append(answer) if answer.request.method == "POST" else None)

    def __call__(self) -> list[Any]:
        answers, self._answers[:] = list(self._answers), []
        return [
            [one.url, one.request.post_data, one.status, sorted(one.headers.items()), one.text()] for one in answers
        ]


class Eyes:
    """Of somebody who holds this phone, and could compare everything with another time."""

    def __init__(self, page: Page, token: str, walk: str) -> None:
        self.page, self.token, self.walk, self.told, self.masks = page, token, walk, Told(page), Masks()

    def look(self, when: str, *, without: frozenset[str] = frozenset()) -> Step:
        self.page.wait_for_function(NOTHING_WAITS)
        step = looked(self.page, self.masks.random, when)
        parts = {name: self.masks.of_story(part) for name, part in step.parts.items() if name not in without}
        parts["asked"] = self.masks(self.page.evaluate(ASKED, [self.token, self.walk]))
        return Step(when, {**parts, "told": self.masks(self.told())})


def ended_with(browser: Browser, pin: str, *, watched: bool) -> tuple[list[Step], int]:
    """What the phone shows at once, when it is put away, and after a press from there; and how many alerts are open
    before that press."""
    site = WalkedSite()
    site.walkers(watched=watched)
    token = site.enrol("maya")
    context = browser.new_context(locale="en-GB", timezone_id="UTC", service_workers="block")
    context.add_init_script(f"if (location.port) localStorage.setItem('tocsin.token', '{token}')")
    page = context.new_page()
    page.clock.set_fixed_time(site.node.clock.ms / 1_000)  # Of the server's, which stands still too.
    page.goto(f"{site.url}/phone")
    page.get_by_role("button", name="Start a walk").click()
    page.get_by_role("button", name="Start the walk").click()
    expect(page.locator(RUNNING)).to_be_visible()
    (walk,) = site.walks()
    eyes = Eyes(page, token, walk.id)
    if watched:
        page.get_by_role("button", name="I am there").click()
    else:
        page.get_by_text("End it another way").click()
        page.get_by_role("button", name="End it with a code").click()
    page.get_by_label("Your code").fill(pin)
    page.keyboard.press("Enter")
    expect(page.locator(OVER)).to_be_visible()
    seen = [eyes.look("at once")]
    raised = len(site.raised)
    page.get_by_role("button", name="Put it away").click()
    expect(page.get_by_role("heading", name="Ready")).to_be_visible()
    page.reload()
    expect(page.locator("[data-way=server]")).to_contain_text("Server reached")
    expect(page.get_by_text("would be rung.")).to_be_visible()
    seen.append(eyes.look("put away", without=DRAWN_ANEW))
    page.locator(".sos").evaluate("button => button.click()")
    expect(page.locator(LIVE)).to_be_visible()
    expect(page.get_by_label("What is happening")).to_be_visible()
    expect(page.get_by_role("heading", name="Ringing 3 people")).to_be_visible()  # Not that it was received, before.
    seen.append(eyes.look("after a press"))
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
    assert differences(real, duress) == []
