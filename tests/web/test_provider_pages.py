"""The organisation's own provider, as pages: by taps, from our own pages, in the browser that went away."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

import pytest

from bureau import BEGAN_MS, HEADERS, ORG, PUBLIC_URL, Browser, House, browser_of, frame_of
from fake_provider import CLIENT, SECRET, FakeProvider
from tocsin.core.access.record import Session
from tocsin.core.access.words import SignedIn
from tocsin.core.directory import Contact
from tocsin.core.words import Channel
from tocsin.runtime.access.signing_in import SigningIn
from tocsin.runtime.access.single_sign_on import BACK, Provider, SingleSignOn
from tocsin.web.provider import AWAY, ByProvider
from tocsin.web.signing import SignIn

ISSUER = "https://login.example.org"


class Near:
    """A provider that is asked without a network.  `down`: it is not there."""

    def __init__(self) -> None:
        self.provider, self.down, self.nonces = FakeProvider(BEGAN_MS // 1_000), False, dict[str, str]()
        self.provider.issuer = ISSUER

    async def fetch(
        self, url: str, form: Mapping[str, str] | None = None, basic: tuple[str, str] | None = None
    ) -> tuple[int, bytes]:
        if self.down:
            raise ConnectionError
        if form is not None:
            token = self.provider.token(self.nonces[form["code"]])
            return 200, json.dumps({"id_token": token}).encode()
        told = {"keys": [self.provider._public_key()]} if url.endswith("/keys") else self.provider._discovery()
        return 200, json.dumps(told).encode()

    def visit(self, url: str) -> str:
        """Somebody signs in there: the address that they are sent back to."""
        asked = parse_qs(urlsplit(url).query)
        self.nonces["code"] = asked["nonce"][0]
        assert asked["redirect_uri"] == [PUBLIC_URL + BACK]
        return f"{BACK}?state={asked['state'][0]}&code=code"


class Building:
    def __init__(self) -> None:
        self.house, self.near = House(), Near()
        mail = Contact("noor/mail", Channel.EMAIL, "noor@example.org", verified=True)
        self.house.change("noor", contacts=(mail,))
        frame = frame_of(self.house)
        signing_in = SigningIn(self.house, self.house, PUBLIC_URL)
        provider = Provider(ISSUER, CLIENT, SECRET)
        own = SingleSignOn(self.house, self.house, provider, PUBLIC_URL, self.near)
        self.handlers = [
            *SignIn(frame, signing_in, AWAY).handlers(),
            *ByProvider(frame, own).handlers(),
        ]

    def browser(self) -> Browser:
        return browser_of(self.house, self.handlers)

    def sessions(self) -> list[Session]:
        return list(self.house.world.all_kept(ORG, Session).values())

    def left(self, browser: Browser) -> str:
        """This browser has gone away: where it comes back to."""
        page = browser.client.post(AWAY, headers=HEADERS)
        assert page.status_code == 200, page.text
        found = re.search(r'href="(https://login[^"]+)"', page.text)
        assert found is not None
        return self.near.visit(html.unescape(found[1]))


@pytest.fixture
def building() -> Building:
    return Building()


def sent_back(browser: Browser, where: str) -> dict[str, str]:
    """What the page that one comes back to would send on."""
    page = browser.client.get(where)
    assert page.status_code == 200
    fields = dict(re.findall(r'name="(state|code)" value="([^"]+)"', page.text))
    assert set(fields) == {"state", "code"}
    return fields


def test_from_the_sign_in_page_to_the_provider_and_back_in(building: Building) -> None:
    browser = building.browser()
    assert f'action="{AWAY}"' in browser.get("/sign-in").text
    fields = sent_back(browser, building.left(browser))
    assert building.sessions() == [], "a GET uses up nothing"
    done = browser.client.post(BACK, data=fields, headers=HEADERS, follow_redirects=False)
    assert (done.status_code, done.headers["location"]) == (303, "/account")
    [session] = building.sessions()
    assert (session.member, session.how) == ("noor", SignedIn.SINGLE_SIGN_ON)
    cookies = done.headers.get_list("set-cookie")
    assert any(cookie.startswith("__Host-tocsin=tocsin_") for cookie in cookies)
    assert all("HttpOnly" in cookie and "strict" in cookie.lower() for cookie in cookies)


def test_another_browser_does_not_come_in_by_it(building: Building) -> None:
    fields = sent_back(building.browser(), building.left(building.browser()))
    refused = building.browser().client.post(BACK, data=fields, headers=HEADERS)
    assert refused.status_code == 410 and building.sessions() == []


def test_a_form_from_elsewhere_is_refused(building: Building) -> None:
    browser = building.browser()
    fields = sent_back(browser, building.left(browser))
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    for path in (AWAY, BACK):
        assert browser.client.post(path, data=fields, headers=elsewhere).status_code == 403
    assert building.sessions() == []


def test_whoever_comes_back_without_a_word_is_told_and_a_provider_that_is_down_too(building: Building) -> None:
    browser = building.browser()
    assert browser.client.get(f"{BACK}?error=access_denied").status_code == 403
    building.near.down = True
    down = browser.client.post(AWAY, headers=HEADERS)
    assert down.status_code == 503 and "passkey" in down.text


def test_whom_the_provider_names_and_nobody_knows_is_told_whom_to_ask(building: Building) -> None:
    building.near.provider.claims = {"email": "stranger@example.org"}
    browser = building.browser()
    fields = sent_back(browser, building.left(browser))
    refused = browser.client.post(BACK, data=fields, headers=HEADERS)
    assert refused.status_code == 403 and building.sessions() == []
