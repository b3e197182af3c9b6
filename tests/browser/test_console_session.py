"""The console of somebody who is signed in: read with their session, and gone from the screen when that ends."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import uvicorn
from axe_core import axe_findings
from playwright.sync_api import Browser, Page, expect

from bureau import ORG, House
from tocsin.app.pages import pages_of
from tocsin.core import commands as c
from tocsin.intake.hooks import Hooks
from tocsin.intake.http import build_app
from tocsin.runtime.passes import Passes
from tocsin.runtime.readiness import NotReady, Readiness
from tocsin.wire.browser import cookie_name

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OFF = NotReady("server.host", "It is not served to the network.", "Set server.tls, and start again.")
Watcher = Callable[[str, frozenset[str], int], None]


class Ring(House):
    """Tells those who watch that somebody's part has changed."""

    def __init__(self) -> None:
        super().__init__()
        self.watchers: list[Watcher] = []

    def subscribe(self, watcher: Watcher) -> Callable[[], None]:
        self.watchers.append(watcher)
        return lambda: self.watchers.remove(watcher)

    def subscribe_walks(self, watcher: Watcher) -> Callable[[], None]:
        """Nobody walks here."""
        return lambda: None

    def decide(self, command: c.Command) -> c.Reply:
        reply = super().decide(command)
        open_ones = frozenset(alert.id for alert in self.world.open_alerts(ORG))
        for watcher in tuple(self.watchers):
            watcher(ORG, open_ones, 0)
        return reply


class Site:
    """Pages and API on loopback, on one ring, with a part that a bad setting has turned off."""

    def __init__(self) -> None:
        self.ring, self.socket = Ring(), socket.create_server(("127.0.0.1", 0))
        self.url = f"http://localhost:{self.socket.getsockname()[1]}"
        self.readiness, self.leaving = Readiness(self.ring.clock, (OFF,)), asyncio.Event()
        app = build_app(
            self.ring,
            hooks=Hooks(self.url, None, None),
            readiness=self.readiness,
            leaving=self.leaving,
            handlers=pages_of(self.ring, self.ring, self.url, None, self.readiness.disabled).handlers,
        )
        config: Any = uvicorn.Config(app, log_level="critical", lifespan="off", interface="asgi3")
        self.server = uvicorn.Server(config)
        threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]}, daemon=True).start()

    def cookie(self, member: str) -> Any:
        return {"name": cookie_name(self.url), "value": self.ring.session(member), "url": self.url}

    def press(self, member: str) -> None:
        headers = {"Authorization": f"Bearer {self.ring.session(member)}"}
        assert httpx.post(f"{self.url}/api/v1/alerts", headers=headers, json={}).status_code == 201


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.server.should_exit = site.server.force_exit = True


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    context, complaints = browser.new_context(viewport={"width": 1280, "height": 800}, timezone_id="UTC"), []
    page = context.new_page()
    page.on("console", lambda m: complaints.append(m.text) if "Content Security" in m.text else None)
    yield page
    context.close()
    assert complaints == []


def test_a_supervisor_who_is_signed_in_watches_without_a_link_until_the_session_ends(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/console")
    page.get_by_role("link", name="Sign in").wait_for()
    assert axe_findings(page) == []
    page.context.add_cookies([site.cookie("teo")])
    page.goto(f"{site.url}/office")
    page.get_by_role("link", name="Watch").click()
    page.get_by_role("heading", name="All quiet.").wait_for()
    expect(page.get_by_text("Turned off: server.host")).to_be_visible()
    assert axe_findings(page) == []
    expect(page.get_by_text("Not live")).to_have_count(0)
    given = Passes(site.ring).of(next(one["value"] for one in page.context.cookies()))
    assert given is not None
    page.get_by_role("link", name="My account").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Sign in").first.wait_for()
    page.go_back()
    expect(page.get_by_text("Teo Invented")).to_have_count(0)


def test_a_session_that_is_ended_elsewhere_leaves_nothing_on_the_screen(page: Page, site: Site) -> None:
    page.context.add_cookies([site.cookie("teo")])
    page.goto(f"{site.url}/console")
    page.get_by_role("heading", name="All quiet.").wait_for()
    site.press("noor")
    page.get_by_role("heading", name="Noor Invented").wait_for()
    site.ring.change("teo", suspended=True)
    page.get_by_role("heading", name="Sign in to see the watch.").wait_for()
    expect(page.get_by_text("Noor Invented")).to_have_count(0)


def test_whoever_signs_in_next_in_this_browser_sees_nothing_of_the_one_before(page: Page, site: Site) -> None:
    page.context.add_cookies([site.cookie("teo")])
    page.goto(f"{site.url}/console")
    expect(page.get_by_text("Teo Invented")).to_be_visible()
    page.context.add_cookies([site.cookie("wale")])
    page.reload()
    expect(page.get_by_text("Wale Invented")).to_be_visible()
    expect(page.get_by_text("Teo Invented")).to_have_count(0)


def test_the_office_says_to_whoever_leads_what_a_bad_setting_has_turned_off(page: Page, site: Site) -> None:
    page.context.add_cookies([site.cookie("ada")])
    page.goto(f"{site.url}/office")
    expect(page.get_by_text("Turned off: server.host")).to_be_visible()
    expect(page.get_by_text("Set server.tls, and start again.")).to_be_visible()
