"""Chromium against the scripted site.  Nothing may leave loopback, break the page's policy or raise in a script."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from fake_site import FakeSite
from linked_site import LinkedSite
from office_site import OfficeSite, furnished
from office_visitors import Opening, opening
from playwright.sync_api import Browser, BrowserType, Page, Request, expect, sync_playwright
from visitors import Tap, Visitor

from staff import Staffed

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
SHELL = shutil.which("chromium-headless-shell") or CHROMIUM
BECOMES_TRUE_MS = 30_000  # A page is waited for, however busy the machine is: none of these tests holds a stop-watch.
expect.set_options(timeout=BECOMES_TRUE_MS)
NARROW = {"width": 360, "height": 640}
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="session")
def browsers() -> Iterator[BrowserType]:
    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="session")
def whole_browser(browsers: BrowserType) -> Iterator[Browser]:
    """With all that a person's has: a module whose pages notify, sound or are installed takes it for its `browser`."""
    yield from launched(browsers, CHROMIUM)


@pytest.fixture(scope="session")
def browser(browsers: BrowserType) -> Iterator[Browser]:
    """The same Chromium without the window around it, which costs half a second for each visitor."""
    yield from launched(browsers, SHELL)


def launched(browsers: BrowserType, path: str) -> Iterator[Browser]:
    browser = browsers.launch(executable_path=path, args=[*QUIET, "--disable-sync", "--no-first-run"])
    yield browser
    browser.close()


@pytest.fixture
def site() -> Iterator[FakeSite]:
    site = FakeSite()
    server = site.serve()
    yield site
    site.hang_up()
    server.should_exit = True


@pytest.fixture
def visitor(browser: Browser, site: FakeSite) -> Iterator[Visitor]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="en-GB", timezone_id="UTC", service_workers="block"
    )
    visitor = Visitor(context, site)
    yield visitor
    context.close()
    assert visitor.complaints == []


@pytest.fixture
def phone(visitor: Visitor) -> Page:
    page = visitor.open("/phone", "worker-token")
    page.get_by_role("heading", name="Ready").wait_for()
    return page


@pytest.fixture
def linked() -> Iterator[LinkedSite]:
    site = LinkedSite()
    yield site
    site.stop()


@pytest.fixture
def device(browser: Browser, linked: LinkedSite) -> Iterator[Tap]:
    """Each link on a phone of its own: nothing of one is on another."""
    contexts, complaints = [], list[str]()

    def asked(request: Request) -> None:
        if not request.url.startswith((linked.url, "data:")):
            complaints.append(f"left the host: {request.url}")

    def opened(link: str) -> Page:
        context = browser.new_context(viewport=NARROW, locale="en-GB", timezone_id="UTC", has_touch=True)  # type: ignore[arg-type]
        contexts.append(context)
        context.on("weberror", lambda error: complaints.append(f"error: {error.error}"))
        context.on("request", asked)
        page = context.new_page()
        page.goto(link)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


# The office ------------------------------------------------------------------------------------------------------


@pytest.fixture
def house() -> Staffed:
    """The centre behind the office's pages: a module that needs another one says so by a fixture of this name."""
    return furnished()


@pytest.fixture
def me() -> str:
    """Who is signed in, unless a test names somebody else: whoever has every role.  A module may say otherwise."""
    return "long"


@pytest.fixture
def office(house: Staffed) -> Iterator[OfficeSite]:
    site = OfficeSite(house)
    yield site
    site.stop()


@pytest.fixture
def signed_in(browser: Browser, office: OfficeSite, me: str) -> Iterator[Opening]:
    with opening(browser, office, me) as opened:
        yield opened
