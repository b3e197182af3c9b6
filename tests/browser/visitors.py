"""Whoever looks at the scripted site."""

from __future__ import annotations

from typing import Any

from fake_site import FakeSite
from playwright.sync_api import BrowserContext, Locator, Page


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


def follow(pressed: Locator) -> None:
    """Press what leads to another page, and wait until that one is whole: what is asked next is asked of it."""
    with pressed.page.expect_navigation():
        pressed.click()
