"""Whoever looks at the scripted site."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from fake_site import FakeSite
from playwright.sync_api import BrowserContext, Error, Locator, Page, Route, expect

LOOKS_MAX, LOOK_MS = 1_500, 20


Tap = Callable[[str], Page]  # A link, opened on a phone of its own.


class Visitor:
    """Opens pages, and keeps what no page may ever do."""

    def __init__(self, context: BrowserContext, site: FakeSite) -> None:
        self.context, self.site = context, site
        self.complaints: list[str] = []
        context.on("request", self._asked)
        context.on("weberror", lambda error: self.complaints.append(f"error: {error.error}"))
        context.add_init_script(
            "addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective))"
        )
        context.on("console", self._logged)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((f"http://localhost:{self.site.port}/", "data:")):
            self.complaints.append(f"left the host: {request.url}")

    def _logged(self, message: Any) -> None:
        if message.type == "error" and ("CSP" in message.text or "Content Security" in message.text):
            self.complaints.append(message.text)

    def open(self, path: str, token: str | None) -> Page:
        page = self.context.new_page()
        page.goto(f"http://localhost:{self.site.port}{path}" + (f"#{token}" if token else ""))
        return page


def until(page: Page, true: Callable[[], object]) -> None:
    """Wait until it is true of the site: what a page has sent may still be on its way.  The page goes on meanwhile."""
    for _ in range(LOOKS_MAX):
        if true():
            return
        page.wait_for_timeout(LOOK_MS)
    raise AssertionError("it never became true")


def lose_answers(context: BrowserContext, path: str) -> Callable[[], None]:
    """What is posted there arrives, and nobody hears what was said to it; until what is returned is called.

    The route itself stays: taken away in the middle of an answer, it would let that one through.
    """
    lost = True

    def swallowed(route: Route) -> None:
        if lost and route.request.method == "POST":
            route.fetch()
            with suppress(Error):  # Its context may have been closed meanwhile, and lost it itself.
                route.abort()
        else:
            route.fallback()

    def heard_again() -> None:
        nonlocal lost
        lost = False

    context.route(path, swallowed)
    return heard_again


def held(page: Page, key: str, shows: str) -> None:
    """A key goes down, and up once the page shows this: a hold is as long as it takes."""
    page.keyboard.down(key)
    expect(page.locator(shows).first).to_be_visible()
    page.keyboard.up(key)


def touched(button: Locator, *, by: str = "pointer", ms: int = 500) -> None:
    """A finger (or a key) that is too short on it.  In one script: no busy machine can make it long."""
    button.evaluate(TOUCH, {"by": by, "ms": ms})


TOUCH = """(button, { by, ms }) => new Promise(done => {
  const act = when => by === 'pointer'
    ? new PointerEvent(`pointer${when}`, { bubbles: true, isPrimary: true, button: 0 })
    : new KeyboardEvent(`key${when}`, { bubbles: true, key: by });
  const [down, up] = [act('down'), act('up')];
  Object.defineProperty(up, 'timeStamp', { value: down.timeStamp + ms });  // However late this page comes to it.
  button.dispatchEvent(down);
  setTimeout(() => { button.dispatchEvent(up); done(); }, ms);
})"""


def follow(pressed: Locator) -> None:
    """Press what leads to another page, and wait until that one is whole: what is asked next is asked of it."""
    with pressed.page.expect_navigation():
        pressed.click()
