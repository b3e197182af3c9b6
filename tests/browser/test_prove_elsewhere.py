"""Somebody who signs in at the organisation's own provider alone, in Chromium: real HTTP, real signatures."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from ipaddress import ip_network

import pytest
from axe_core import axe_findings
from office_site import OfficeSite
from playwright.sync_api import Browser, Page, expect
from visitors import follow

from bureau import BEGAN_MS, ORG
from fake_provider import FakeProvider
from staff import Staffed
from tocsin.channels.documents import Documents
from tocsin.core.access.record import RecoveryCodes, Session
from tocsin.core.access.words import SignedIn
from tocsin.core.directory import Contact
from tocsin.core.limits import FRESH_MS
from tocsin.core.words import Channel

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LATER_MS = FRESH_MS + 1_000


class Elsewhere:
    """The provider, on a loop and in a thread of its own."""

    def __init__(self) -> None:
        self.provider, self.loop = FakeProvider(BEGAN_MS // 1_000), asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        self._awaited(asyncio.run_coroutine_threadsafe(self.provider.open(), self.loop))

    @staticmethod
    def _awaited(work: Future[None]) -> None:
        work.result(10)

    def stop(self) -> None:
        self._awaited(asyncio.run_coroutine_threadsafe(self.provider.close(), self.loop))
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)
        self.loop.close()


class Near:
    """The way to it: the product's own, which is made anew inside the server's loop for each document."""

    async def fetch(
        self, url: str, form: Mapping[str, str] | None = None, basic: tuple[str, str] | None = None
    ) -> tuple[int, bytes]:
        documents = Documents([ip_network("127.0.0.0/8")])
        try:
            return await documents.fetch(url, form, basic)
        finally:
            await documents.close()


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    elsewhere = Elsewhere()
    yield elsewhere
    elsewhere.stop()


@pytest.fixture
def site(elsewhere: Elsewhere) -> Iterator[OfficeSite]:
    mail = Contact("noor/mail", Channel.EMAIL, "noor@example.org", verified=True)
    site = OfficeSite(Staffed(noor={"contacts": (mail,), "language": "en"}), elsewhere.provider.issuer, Near())
    yield site
    site.stop()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="en-GB", reduced_motion="reduce")
    yield context.new_page()
    context.close()


def go_there_and_back(page: Page, last: str) -> None:
    """By presses alone: to the provider's page, what one does there, and back in."""
    follow(page.get_by_role("button", name="Go to my organisation's sign-in"))
    assert axe_findings(page, both_themes=True) == []
    follow(page.get_by_role("link", name="Go to my organisation's sign-in"))
    follow(page.get_by_role("link", name="It is I"))
    assert axe_findings(page, both_themes=True) == []
    follow(page.get_by_role("button", name=last))


def session(site: OfficeSite) -> Session:
    [session] = site.house.world.all_kept(ORG, Session).values()
    return session


def later(site: OfficeSite, elsewhere: Elsewhere) -> None:
    site.house.clock.ms += LATER_MS
    elsewhere.provider.now_s += LATER_MS // 1_000


def test_whoever_has_no_passkey_does_what_asks_for_a_proof_all_the_same(
    page: Page, site: OfficeSite, elsewhere: Elsewhere
) -> None:
    page.goto(f"{site.url}/account/codes")
    go_there_and_back(page, "Come in")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    assert session(site).how is SignedIn.SINGLE_SIGN_ON
    later(site, elsewhere)
    follow(page.get_by_role("button", name="Show me my codes"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Prove again who you are.")
    assert site.house.world.all_kept(ORG, RecoveryCodes) == {}
    go_there_and_back(page, "Go on")
    assert session(site).fresh_ms == site.house.clock.ms, "the same session, which has just been proven"
    follow(page.get_by_role("button", name="Go on"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    expect(page.locator(".codes li")).to_have_count(10)
    assert len(site.house.world.all_kept(ORG, RecoveryCodes)["noor"].hashes) == 10


def test_a_colleague_who_signs_in_there_proves_nothing_for_them(
    page: Page, site: OfficeSite, elsewhere: Elsewhere
) -> None:
    mail = Contact("teo/mail", Channel.EMAIL, "teo@example.org", verified=True)
    site.house.change("teo", contacts=(mail,))
    page.goto(f"{site.url}/account/pins")
    go_there_and_back(page, "Come in")
    later(site, elsewhere)
    before = session(site)
    page.goto(f"{site.url}/account/pins")
    elsewhere.provider.claims = {"email": "teo@example.org"}
    go_there_and_back(page, "Go on")
    expect(page.locator("#fault-provider")).to_be_visible()
    assert axe_findings(page, both_themes=True) == []
    assert session(site).fresh_ms == before.fresh_ms
