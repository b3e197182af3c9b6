"""Chromium against the scripted site.  Nothing may leave loopback, break the page's policy or raise in a script."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from fake_site import FakeSite
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*QUIET, "--disable-sync", "--no-first-run"]
        )
        yield browser
        browser.close()


@pytest.fixture
def site() -> Iterator[FakeSite]:
    site = FakeSite()
    server = site.serve()
    yield site
    site.hang_up()
    server.should_exit = True


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


@pytest.fixture
def visitor(browser: Browser, site: FakeSite) -> Iterator[Visitor]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB", timezone_id="UTC")
    visitor = Visitor(context, site)
    yield visitor
    context.close()
    assert visitor.complaints == []


@pytest.fixture
def phone(visitor: Visitor) -> Page:
    page = visitor.open("/phone", "worker-token")
    page.get_by_role("heading", name="Ready").wait_for()
    return page
