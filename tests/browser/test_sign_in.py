"""Signing in as people do it, in Chromium with a passkey of its own: the very pages, on the pure core."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
import uvicorn
from litestar import Litestar
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bureau import ORG, House
from tocsin.core.access.record import OPERATOR, Passkey, Session
from tocsin.core.access.words import LinkKind, SignedIn
from tocsin.core.commands import Declined
from tocsin.core.limits import FRESH_MS
from tocsin.intake.lanes import locking
from tocsin.runtime.access.links import Links
from tocsin.runtime.access.signing_in import SigningIn
from tocsin.web.account import MyAccount
from tocsin.web.frame import Frame
from tocsin.web.opening import Opening
from tocsin.web.pages import page_handlers
from tocsin.web.signing import SignIn

T = TypeVar("T")
pytestmark = [pytest.mark.browser, pytest.mark.slow]
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def awaited(work: Coroutine[Any, Any, T]) -> T:
    """In a thread of its own: the browser's driver has its loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


class Site:
    """The pages on a house of their own, served on loopback."""

    def __init__(self) -> None:
        self.house, self.socket = House(), socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.links = Links(self.house, self.house, self.url)
        frame, signing_in = Frame(self.house, self.url), SigningIn(self.house, self.house, self.url)
        pages = [
            *page_handlers(frame.assets),
            *SignIn(frame, signing_in).handlers(),
            *Opening(frame, self.links).handlers(),
            *MyAccount(frame, signing_in, self.links, self.house).handlers(),
        ]
        self._inner: Any = Litestar(pages, openapi_config=None)
        self.server = uvicorn.Server(uvicorn.Config(self._app, log_level="critical", lifespan="off", interface="asgi3"))
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]}, daemon=True)
        self.thread.start()

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        await self._inner(scope, receive, locking(send, https=False))

    def link(self, kind: LinkKind, member: str) -> str:
        made = awaited(self.links.make(ORG, OPERATOR, kind, member=member))
        assert not isinstance(made, Declined), made
        return made.url

    def sessions(self) -> list[Session]:
        return list(self.house.world.all_kept(ORG, Session).values())


class Person:
    """Somebody at a browser, whose passkeys are a virtual authenticator's."""

    def __init__(self, browser: Browser, site: Site, **more: Any) -> None:
        self.site = site
        self.context: BrowserContext = browser.new_context(timezone_id="UTC", **{"locale": "en-GB", **more})
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._logged)
        self.context.on("request", self._asked)
        session = self.context.new_cdp_session(self.page)
        session.send("WebAuthn.enable")
        session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})

    def _logged(self, message: Any) -> None:
        if message.type == "error" and "Content Security" in message.text:
            self.complaints.append(message.text)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((f"http://localhost:{self.site.port}/", "data:")):
            self.complaints.append(f"left the host: {request.url}")

    def first_passkey(self, member: str = "ada") -> None:
        """By a link that is opened with a tap."""
        kind = LinkKind.FIRST_ADMINISTRATOR if member == "ada" else LinkKind.INVITATION
        self.page.goto(self.site.link(kind, member))
        self.page.locator("main form button").click()
        self.page.wait_for_url("**/account/passkeys/new")
        self.page.locator("[name=label]").fill("Blue key fob")
        self.page.locator("[data-passkey=add]").click()
        self.page.wait_for_url("**/account/codes")


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.server.should_exit = site.server.force_exit = True


@pytest.fixture
def ada(browser: Browser, site: Site) -> Iterator[Person]:
    person = Person(browser, site)
    yield person
    person.context.close()
    assert person.complaints == []


def test_enter_in_the_field_for_its_name_makes_the_passkey(ada: Person, site: Site) -> None:
    ada.page.goto(site.link(LinkKind.FIRST_ADMINISTRATOR, "ada"))
    ada.page.get_by_role("button", name="Open it here").click()
    ada.page.get_by_label("What do you call it?").fill("Blue key fob")
    ada.page.keyboard.press("Enter")
    ada.page.wait_for_url("**/account/codes")
    (passkey,) = site.house.world.all_kept(ORG, Passkey).values()
    assert passkey.label == "Blue key fob"


def test_from_a_link_to_a_passkey_to_signing_in_with_it(ada: Person, site: Site) -> None:
    link = site.link(LinkKind.FIRST_ADMINISTRATOR, "ada")
    ada.page.goto(link)
    ada.page.wait_for_url(f"{site.url}/link")  # The code has left the address.
    expect(ada.page.locator("[name=code]")).not_to_be_visible()
    assert site.sessions() == []
    ada.first_passkey()
    (passkey,) = site.house.world.all_kept(ORG, Passkey).values()
    assert (passkey.member, passkey.label) == ("ada", "Blue key fob")
    ada.page.get_by_role("button", name="Show me my codes").click()
    expect(ada.page.locator(".codes li")).to_have_count(10)
    ada.page.get_by_role("button", name="Sign out").click()
    ada.page.get_by_text("You are signed out.").wait_for()
    assert site.sessions() == [] and ada.context.cookies() == []
    ada.page.goto(f"{site.url}/account/pins")
    ada.page.get_by_role("button", name="Use my passkey").click()
    ada.page.get_by_role("heading", name="PIN and duress PIN").wait_for()
    (session,) = site.sessions()
    assert session.member == "ada" and session.how is SignedIn.PASSKEY
    (cookie,) = ada.context.cookies()
    assert cookie["httpOnly"] and cookie["sameSite"] == "Strict"


def test_at_another_origin_the_passkey_lets_nobody_in(ada: Person, site: Site) -> None:
    ada.first_passkey()
    ada.page.get_by_role("button", name="Sign out").click()
    ada.page.get_by_text("You are signed out.").wait_for()
    ada.page.goto(f"http://127.0.0.1:{site.port}/sign-in")
    ada.page.get_by_role("button", name="Use my passkey").click()
    ada.page.get_by_text("The passkey was not used.").wait_for()
    assert site.sessions() == []
    ada.complaints.clear()  # That it was another host is what this is about.


def test_whoever_left_the_screen_open_proves_again_and_goes_on(ada: Person, site: Site) -> None:
    ada.first_passkey()
    site.house.clock.ms += FRESH_MS + 1
    ada.page.goto(f"{site.url}/account/pins")
    ada.page.get_by_role("heading", name="Prove again who you are.").wait_for()
    ada.page.get_by_role("button", name="Use my passkey").click()
    ada.page.get_by_role("heading", name="PIN and duress PIN").wait_for()
    site.house.clock.ms += FRESH_MS + 1
    ada.page.goto(f"{site.url}/account/codes")
    ada.page.get_by_role("button", name="Show me my codes").click()
    ada.page.get_by_role("button", name="Use my passkey").click()
    ada.page.get_by_role("heading", name="Your recovery codes").wait_for()


def test_a_phone_that_opens_its_link_becomes_one_by_a_tap(ada: Person, site: Site) -> None:
    ada.page.goto(site.link(LinkKind.ENROLMENT, "ada"))
    assert site.house.world.directory(ORG).devices == {}
    ada.page.get_by_role("button", name="Open it here").click()
    ada.page.wait_for_url("**/phone")
    (device,) = site.house.world.directory(ORG).devices.values()
    assert device.member == "ada"
    assert str(ada.page.evaluate("localStorage.getItem('tocsin.token')")).startswith("tocsin_")


def test_a_browser_that_keeps_nothing_becomes_a_phone_as_long_as_its_tab_is_open(ada: Person, site: Site) -> None:
    """The link is used up by then: what it gave must not be lost on the way."""
    ada.page.context.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('full') };")
    ada.page.goto(site.link(LinkKind.ENROLMENT, "ada"))
    ada.page.get_by_role("button", name="Open it here").click()
    ada.page.wait_for_url("**/phone")
    (device,) = site.house.world.directory(ORG).devices.values()
    assert device.member == "ada"
    expect(ada.page.locator(".sos")).to_be_visible()


def test_a_link_that_was_used_says_so_on_the_page(ada: Person, site: Site) -> None:
    link = site.link(LinkKind.FIRST_ADMINISTRATOR, "ada")
    awaited(site.links.use(link.rpartition("#")[2]))
    ada.page.goto(link)
    ada.page.get_by_role("button", name="Open it here").click()
    ada.page.get_by_text("This link no longer works.").wait_for()


def test_everything_is_done_by_keyboard_alone(ada: Person, site: Site) -> None:
    ada.first_passkey()
    ada.page.get_by_role("button", name="Sign out").click()
    ada.page.get_by_text("You are signed out.").wait_for()
    ada.page.goto(f"{site.url}/sign-in")
    focused: list[str] = []
    for _ in range(8):
        ada.page.keyboard.press("Tab")
        focused.append(ada.page.evaluate("document.activeElement.innerText || document.activeElement.name"))
        assert ada.page.evaluate("document.activeElement.matches(':focus-visible')")
        if focused[-1] == "Use my passkey":
            break
    assert focused[0] == "Skip to the page" and focused[-1] == "Use my passkey", focused
    ada.page.keyboard.press("Enter")
    ada.page.wait_for_url("**/account")


def test_without_script_a_recovery_code_lets_one_in(browser: Browser, site: Site) -> None:
    signing_in = SigningIn(site.house, site.house, site.url)
    given = Frame(site.house, site.url).readers.of(site.house.session("noor"))
    assert given is not None
    codes = awaited(signing_in.make_codes(given))
    assert not isinstance(codes, Declined)
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{site.url}/sign-in")
    page.locator("[name=member]").fill("noor")
    page.locator("[name=code]").fill(codes[0])
    page.locator("main form button").click()
    page.wait_for_url("**/account")
    expect(page.locator("main .lead bdi").first).to_have_text("Noor Invented")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    context.close()
