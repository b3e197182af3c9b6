"""Whoever looks at the office in Chromium: each page as a member who has just signed in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from office_site import OfficeSite
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page


class Opening:
    """Opens pages, each in a browser of its own, and keeps what no page may ever do.  `always`: of every browser."""

    def __init__(self, browser: Browser, office: OfficeSite, member: str, **always: Any) -> None:
        self.browser, self.office, self.member, self.always = browser, office, member, always
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def __call__(self, path: str, member: str = "", width: int = 1280, **more: Any) -> Page:
        """As this member, else as the one who is always meant."""
        context = self.browser.new_context(**{"viewport": {"width": width, "height": 800}, **self.always, **more})
        self.contexts.append(context)
        context.add_cookies([self.office.cookie(member or self.member)])
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", self._asked)
        page.on("console", self._logged)
        page.goto(f"{self.office.url}{path}")
        return page

    def _asked(self, dialog: Dialog) -> None:
        self.complaints.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def _logged(self, said: ConsoleMessage) -> None:
        if "Content Security" in said.text:
            self.complaints.append(said.text)


@contextmanager
def opening(browser: Browser, office: OfficeSite, member: str, **always: Any) -> Iterator[Opening]:
    """No page may break its own policy, raise in a script or ask in a dialog: seen when all of them are closed."""
    opened = Opening(browser, office, member, **always)
    yield opened
    for context in opened.contexts:
        context.close()
    assert opened.complaints == []
