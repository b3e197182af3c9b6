"""The API by a session's cookie: as good as a token in the header, but never on the word of another site's page."""

from __future__ import annotations

import asyncio

import pytest

from outside import ORG, PUBLIC_URL, Answer, Centre
from tocsin.core.access.record import Session, id_of
from tocsin.core.access.sign_in_commands import SignInByProvider, SignOut
from tocsin.core.commands import Done
from tocsin.identity.token import token_hash
from tocsin.runtime.passes import Passes

TOKEN = "tocsin_a_session"
OURS = [{"sec-fetch-site": "same-origin"}, {"origin": PUBLIC_URL}]
FOREIGN = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site", "origin": PUBLIC_URL},
    {"origin": "https://evil.example.org"},
    {"origin": "null"},
    {},
]


def centre_with_session(member: str) -> Centre:
    centre = Centre()
    begun = centre.ring.decide(SignInByProvider(org=ORG, member=member, token_hash=token_hash(TOKEN)))
    assert begun == Done() and centre.ring.world.kept(ORG, Session, id_of(token_hash(TOKEN)))
    return centre


def call(centre: Centre, method: str, path: str, headers: dict[str, str], body: object = None) -> Answer:
    sent = {"cookie": f"a=b; __Host-tocsin={TOKEN}", **headers}
    return asyncio.run(centre.call(method, path, body=body, headers=sent))


def test_a_page_reads_with_the_cookie_alone() -> None:
    answer = call(centre_with_session("teo"), "GET", "/api/v1/me", {})
    assert answer.status == 200 and answer.json["member"]["id"] == "teo"


@pytest.mark.parametrize("headers", OURS)
def test_a_press_from_our_own_page_rings(headers: dict[str, str]) -> None:
    centre = centre_with_session("noor")
    answer = call(centre, "POST", "/api/v1/alerts", headers, {"kind": "sos"})
    assert answer.status == 201 and centre.alert(answer.json["id"]).member == "noor"


@pytest.mark.parametrize("headers", FOREIGN)
def test_no_page_of_another_site_presses_or_answers_for_somebody(headers: dict[str, str]) -> None:
    centre = centre_with_session("teo")
    alert = asyncio.run(centre.press("noor")).json["id"]
    for path, body in (("", {}), (f"/{alert}/answers", {"answer": "coming"}), (f"/{alert}/close", {"outcome": "safe"})):
        answer = call(centre, "POST", f"/api/v1/alerts{path}", headers, body)
        assert (answer.status, answer.json["code"]) == (403, "not_ours")
    assert centre.alert(alert).proposal is None and len(list(centre.ring.world.open_alerts(ORG))) == 1


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_token_in_the_header_needs_no_page_of_ours(headers: dict[str, str]) -> None:
    """No page of another site can set that header, and a phone or a program has no page."""
    answer = asyncio.run(Centre().call("POST", "/api/v1/alerts", "noor", {}, headers=headers))
    assert answer.status == 201


def test_a_session_that_has_ended_still_calls_for_help_and_learns_only_that_it_was_received() -> None:
    centre = centre_with_session("noor")
    given = Passes(centre.ring).of(TOKEN)
    assert given is not None and centre.ring.decide(SignOut(org=ORG, by=given.by)) == Done()
    assert call(centre, "GET", "/api/v1/me", {}).status == 403
    answer = call(centre, "POST", "/api/v1/alerts", OURS[0], {})
    assert answer.status == 201 and set(answer.json) == {"receipt"}


@pytest.mark.parametrize("cookie", ["tocsin=tocsin_a_session", "__Host-tocsin=x", "__Host-tocsin=", "=;;=", "\xff"])
def test_a_cookie_that_is_none_of_ours_is_nobodys(cookie: str) -> None:
    answer = asyncio.run(centre_with_session("teo").call("GET", "/api/v1/me", headers={"cookie": cookie}))
    assert answer.status == 401


@pytest.mark.parametrize(
    "shown", ["Basic dXNlcjp3b3Jk", "Bearer tocsin_never_issued", "Negotiate abc", "", " ", "Bearer", "x"]
)
def test_a_header_that_was_never_issued_takes_no_press_from_whoever_is_signed_in(shown: str) -> None:
    """A proxy that asks for a password makes the browser send one with everything, for ever."""
    centre = centre_with_session("noor")
    answer = call(centre, "POST", "/api/v1/alerts", {**OURS[0], "authorization": shown}, {})
    assert answer.status == 201 and centre.alert(answer.json["id"]).member == "noor"
    assert call(centre, "GET", "/api/v1/me", {"authorization": shown}).json["member"]["id"] == "noor"
    foreign = call(centre, "POST", "/api/v1/alerts", {**FOREIGN[0], "authorization": shown}, {})
    assert foreign.status == 403


def test_of_a_token_and_a_cookie_that_disagree_the_token_counts() -> None:
    """A program of ours set it; the cookie came by itself."""
    centre = centre_with_session("noor")
    header = {"authorization": f"Bearer {centre.token('teo')}"}
    assert call(centre, "GET", "/api/v1/me", header).json["member"]["id"] == "teo"
    press = call(centre, "POST", "/api/v1/alerts", {**FOREIGN[0], **header}, {})
    assert press.status == 201 and centre.alert(press.json["id"]).member == "teo"


def test_cookies_that_others_have_planted_hide_no_session() -> None:
    """Another host of the same domain can fill a browser with cookies; it takes nobody's press away."""
    centre = centre_with_session("noor")
    planted = "; ".join(f"planted{n}={'x' * 200}" for n in range(150))
    sent = {"cookie": f"{planted}; __Host-tocsin={TOKEN}", **OURS[0]}
    assert asyncio.run(centre.call("POST", "/api/v1/alerts", headers=sent)).status == 201
