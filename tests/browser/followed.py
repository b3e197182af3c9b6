"""Whoever follows a page of docs/tutorials word for word, at a browser of their own.

Nothing here goes by the clock: what a step names is waited for, on a machine as busy as it may be.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from playwright.sync_api import APIResponse, Browser, Error, Locator, Page, TimeoutError, ViewportSize, expect
from test_sign_in import AUTHENTICATOR
from tutorial import ANYTHING, Filled, Pressed, Said, Seen, Word

PHONE: ViewportSize = {"width": 360, "height": 640}
DESK: ViewportSize = {"width": 1440, "height": 900}
PICTURE_MS = 20_000
PATIENCE_MS = 90_000  # As long as anything may take before it counts as not there.
TRIES = 5  # A page that is drawn anew between the finding and the pressing takes away what was found.
PICTURES = os.environ.get("TOCSIN_TUTORIAL_PICTURES", "")
CALLED_SO = """([group, name]) => {
  const called = e => (e.getAttribute('aria-label') ?? e.innerText).replace(/\\s+/g, ' ').trim();
  const headed = e => [...e.querySelectorAll('h2, label')].some(heading => called(heading).startsWith(group));
  const inside = group ? [...document.querySelectorAll('section, form')].filter(headed).at(-1) : document;
  const all = [...inside?.querySelectorAll('button, a, summary, label') ?? []].filter(e => e.checkVisibility());
  const exactly = all.filter(e => called(e) === name);
  const found = exactly.length ? exactly : all.filter(e => called(e).startsWith(name));
  return found.length === 1 ? found[0] : null;
}"""


class Person:
    """Somebody at a browser of their own, whose passkeys are a virtual authenticator's.  `folder`: of their files."""

    def __init__(self, browser: Browser, *, phone: bool, folder: Path) -> None:
        self._folder = folder
        self.context = browser.new_context(viewport=PHONE if phone else DESK, timezone_id="UTC", locale="en-GB")
        self.context.set_default_timeout(PATIENCE_MS)
        self.page: Page = self.context.new_page()
        self.shown_once = ""  # The last secret that a page showed, to be handed on.
        session = self.context.new_cdp_session(self.page)
        session.send("WebAuthn.enable")
        session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})

    def follow(self, step: tuple[Word, ...]) -> None:
        for word in step:
            match word:
                case Seen(heading):
                    self.sees(heading)
                case Pressed(name):
                    self.presses(name)
                case Said(words):
                    expect(self._said(words)).to_be_visible(timeout=PATIENCE_MS)
                case Filled(label, value):
                    self.fills(label, value)

    def sees(self, heading: str) -> None:
        expect(self.page.locator("h1")).to_have_text([spoken(heading)], timeout=PATIENCE_MS)
        secret = self.page.locator(".secret")
        if secret.count():
            self.shown_once = secret.input_value() if secret.evaluate("e => 'value' in e") else secret.inner_text()

    def _said(self, words: str) -> Locator:
        found = self.page.get_by_text(loosely(words) if ANYTHING in words else words)
        return found.filter(visible=True).first

    def presses(self, name: str) -> None:
        """`Group / Name` where two boards of a page have the same thing to press."""
        for last in (*(False,) * (TRIES - 1), True):
            try:
                self._find(name).click()
                return
            except Error:
                if last:
                    raise

    def _find(self, name: str) -> Any:
        group, _, called = name.rpartition(" / ")
        try:
            found = self.page.wait_for_function(CALLED_SO, arg=[group, called]).as_element()
        except TimeoutError:
            raise AssertionError(
                f"{self.page.url} has not exactly one thing to press that is called {name!r}"
            ) from None
        assert found is not None
        return found

    def fills(self, label: str, value: str) -> None:
        """`Group / Field` where two of a page have the same label."""
        group, _, name = label.rpartition(" / ")
        inside = self.page.get_by_role("group", name=group) if group else self.page.locator("body")
        field = (
            inside.get_by_label(name, exact=True)
            .and_(self.page.locator("input, select, textarea"))
            .filter(visible=True)
        )
        kind = field.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
        if kind == "file":
            field.set_input_files(self._folder / value)
        elif kind == "select":
            field.select_option(label=value)
        else:
            field.fill(value)

    def holds_sos(self) -> None:
        disc = self.page.locator(".sos")
        expect(disc).to_be_enabled(timeout=PATIENCE_MS)
        disc.focus()
        self.page.keyboard.down("Space")
        expect(self.page.locator(".sos")).to_have_count(0, timeout=PATIENCE_MS)
        self.page.keyboard.up("Space")

    def photograph(self, name: str) -> None:
        """For `make screenshots`; a test takes none.  A picture that does not come must not end the story."""
        try:
            if PICTURES:
                self.page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True, timeout=PICTURE_MS)
        except Error as error:
            print(f"missed: {name}: {error.message.splitlines()[0]}")

    def asked(self, path: str) -> APIResponse:
        """The answer of the API to this browser's session."""
        return self.context.request.get(urljoin(self.page.url, path))

    def alerts(self) -> list[dict[str, Any]]:
        """Those that this person may see."""
        reply = self.asked("/api/v1/alerts")
        assert reply.status == 200, reply.text()
        return list(reply.json()["alerts"])


def spoken(heading: str) -> str | re.Pattern[str]:
    """The heading of a step; `…` in it is whatever stands there on the day."""
    return re.compile(f"^{loosely(heading).pattern}$") if ANYTHING in heading else heading


def loosely(words: str) -> re.Pattern[str]:
    return re.compile(".+".join(map(re.escape, words.split(ANYTHING))))


def link_in(printed: str) -> str:
    (link,) = re.findall(r"http://\S+/link#\S+", printed)
    return str(link)
