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
from tocsin.core.limits import FRESH_MS
from tocsin.core.words import Channel
from tocsin.runtime.access.links import Links
from tocsin.runtime.access.signing_in import SigningIn
from tocsin.runtime.access.single_sign_on import BACK, WAITING_MAX_CHARS, Provider, SingleSignOn
from tocsin.web.account import MyAccount
from tocsin.web.provider import AWAY, PROVE, ByProvider
from tocsin.web.reader import form_token
from tocsin.web.signing import SignIn

ISSUER = "https://login.example.org"


class Near:
    """A provider that is asked without a network.  `down`: it is not there."""

    def __init__(self) -> None:
        self.provider, self.down, self.nonces = FakeProvider(BEGAN_MS // 1_000), False, dict[str, str]()
        self.asked: dict[str, list[str]] = {}
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
        self.nonces["code"], self.asked = asked["nonce"][0], asked
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
        self.own, links = own, Links(self.house, self.house, PUBLIC_URL)
        self.handlers = [
            *SignIn(frame, signing_in, AWAY).handlers(),
            *MyAccount(frame, signing_in, links, self.house).handlers(),
            *ByProvider(frame, own).handlers(),
        ]

    def browser(self, member: str = "") -> Browser:
        return browser_of(self.house, self.handlers, member)

    def sessions(self) -> list[Session]:
        return list(self.house.world.all_kept(ORG, Session).values())

    def left(self, browser: Browser, **typed: str) -> str:
        """This browser has gone away, to sign in or to prove something: where it comes back to."""
        page = browser.post(PROVE, typed) if "prove-to" in typed else browser.post(AWAY, typed)
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


def test_whoever_was_going_somewhere_arrives_there_after_signing_in(building: Building) -> None:
    for sent, arrives in (("/account/codes", "/account/codes"), ("https://elsewhere.example.org/", "/account")):
        browser = building.browser()
        fields = sent_back(browser, building.left(browser, next=sent))
        done = browser.client.post(BACK, data=fields, headers=HEADERS, follow_redirects=False)
        assert done.headers["location"] == arrives


# Again -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def noor(building: Building) -> Browser:
    """Signed in, but an hour ago; who comes in by the provider and by nothing else."""
    browser = building.browser("noor")
    long_ago = BEGAN_MS - FRESH_MS - 1
    browser.token = building.house.session("noor", fresh_ms=long_ago, how=SignedIn.SINGLE_SIGN_ON)
    browser.client.cookies.set("__Host-tocsin", browser.token)
    return browser


def fresh(building: Building, browser: Browser) -> bool:
    """Is this browser asked no more who has it?"""
    return browser.get("/account/pins").status_code == 200


def test_whoever_has_only_the_provider_is_asked_for_it_first_and_proves_it_there(
    building: Building, noor: Browser
) -> None:
    asked = noor.get("/account/pins")
    assert asked.status_code == 403 and asked.text.index("by-provider") < asked.text.index("by-passkey")
    fields = sent_back(noor, building.left(noor, **{"prove-to": "/account/pins"}))
    assert (building.near.asked["prompt"], building.near.asked["max_age"]) == (["login"], ["0"])
    done = noor.client.post(BACK, data=fields, headers=HEADERS, follow_redirects=False)
    assert (done.status_code, done.headers["location"]) == (303, "/account/pins") and fresh(building, noor)
    again = noor.client.post(BACK, data=fields, headers=HEADERS)
    assert again.status_code == 410, "a state that was used is worth nothing"


def test_what_was_typed_waits_while_one_is_away(building: Building, noor: Browser) -> None:
    typed = {"prove-to": "/account/call-code", "prove-again": "yes", "note": "<kept>", "code": "secret"}
    fields = sent_back(noor, building.left(noor, **typed))
    proven = noor.client.post(BACK, data=fields, headers=HEADERS)
    assert proven.status_code == 200 and 'action="/account/call-code"' in proven.text
    assert 'name="note" value="&lt;kept&gt;"' in proven.text and "secret" not in proven.text
    assert form_token(noor.token) in proven.text


@pytest.mark.parametrize(
    "claims", [{"email": "teo@example.org"}, {"auth_time": BEGAN_MS // 1_000 - 3_600}, {"auth_time": None}]
)
def test_another_person_or_an_old_sign_in_proves_nothing_and_nothing_is_lost(
    building: Building, noor: Browser, claims: dict[str, object]
) -> None:
    mail = Contact("teo/mail", Channel.EMAIL, "teo@example.org", verified=True)
    building.house.change("teo", contacts=(mail,))
    building.near.provider.claims = claims
    typed = {"prove-to": "/account/call-code", "prove-again": "yes", "note": "<kept>"}
    fields = sent_back(noor, building.left(noor, **typed))
    refused = noor.client.post(BACK, data=fields, headers=HEADERS)
    assert refused.status_code == 422 and 'id="fault-provider"' in refused.text
    assert refused.text.count('name="note" value="&lt;kept&gt;"') == 3, "beside each way to prove it"
    assert not fresh(building, noor)


def test_a_provider_that_is_down_leaves_the_other_ways_and_what_was_typed(building: Building, noor: Browser) -> None:
    building.near.down = True
    page = noor.post(PROVE, {"prove-to": "/account/call-code", "prove-again": "yes", "note": "<kept>"})
    assert page.status_code == 422 and 'id="fault-provider"' in page.text
    assert 'name="note" value="&lt;kept&gt;"' in page.text and 'action="/prove"' in page.text


def test_somebody_suspended_while_they_were_away_is_out(building: Building, noor: Browser) -> None:
    fields = sent_back(noor, building.left(noor, **{"prove-to": "/account/pins"}))
    building.house.change("noor", suspended=True)
    refused = noor.client.post(BACK, data=fields, headers=HEADERS)
    assert refused.status_code == 403 and "Sign in" in refused.text
    building.house.change("noor", suspended=False)
    assert not fresh(building, noor)


def test_what_one_session_began_no_other_ends_or_reads(building: Building, noor: Browser) -> None:
    typed = {"prove-to": "/account/call-code", "prove-again": "yes", "note": "<kept>"}
    fields = sent_back(noor, building.left(noor, **typed))
    teo = building.browser("teo")
    teo.client.cookies.set("__Host-tocsin-away", noor.client.cookies["__Host-tocsin-away"])
    refused = teo.client.post(BACK, data=fields, headers=HEADERS)
    assert refused.status_code == 403 and "kept" not in refused.text and not fresh(building, noor)
    nobody = building.browser().client.post(BACK, data=fields, headers=HEADERS)
    assert nobody.status_code == 410


def test_only_who_is_signed_in_goes_away_to_prove_it(building: Building) -> None:
    assert building.browser().post(PROVE, {"prove-to": "/account/pins"}).status_code == 403


def test_more_than_a_form_of_ours_holds_is_refused(building: Building, noor: Browser) -> None:
    typed = {"prove-to": "/account/pins", "why": "x" * (WAITING_MAX_CHARS + 1)}
    assert noor.post(PROVE, typed).status_code == 413
