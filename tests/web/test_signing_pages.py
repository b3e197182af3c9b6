"""Signing in without a script, opening a link, and keeping one's own account: what each page lets nobody else do."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Iterator

import pytest

from bureau import BEGAN_MS, HEADERS, ORG, PUBLIC_URL, Browser, House, browser_of, frame_of
from tocsin.core.access.record import OPERATOR, Passkey, RecoveryCodes, Session, Wallboard
from tocsin.core.access.words import LinkKind
from tocsin.core.commands import Declined, PinMatch
from tocsin.core.limits import FRESH_MS, RECOVERY_CODES
from tocsin.identity.pin import code_matches, compare_pins
from tocsin.runtime.access.links import Links
from tocsin.runtime.access.signing_in import SigningIn
from tocsin.web.account import MyAccount
from tocsin.web.opening import Opening
from tocsin.web.signing import SignIn


class Building:
    """All these pages on one house, and the services behind them."""

    def __init__(self) -> None:
        self.house = House()
        self.links = Links(self.house, self.house, PUBLIC_URL)
        frame, signing_in = frame_of(self.house), SigningIn(self.house, self.house, PUBLIC_URL)
        self.handlers = [
            *SignIn(frame, signing_in, provider="/sign-in/provider").handlers(),
            *Opening(frame, self.links).handlers(),
            *MyAccount(frame, signing_in, self.links, self.house).handlers(),
        ]

    def browser(self, member: str = "", language: str = "en") -> Browser:
        return browser_of(self.house, self.handlers, member, language)

    def link(self, kind: LinkKind, member: str = "", subject: str = "") -> str:
        made = asyncio.run(self.links.make(ORG, OPERATOR, kind, member=member, subject=subject))
        assert not isinstance(made, Declined), made
        return made.url.rpartition("#")[2]

    def sessions(self, member: str) -> list[Session]:
        return [one for one in self.house.world.all_kept(ORG, Session).values() if one.member == member]

    def passkey(self, member: str, id: str = "cGFzc2tleQ", label: str = "Blue fob") -> None:
        self.house.keep(
            Passkey(id=id, member=member, public_key=b"", sign_count=0, label=label, made_ms=BEGAN_MS, used_ms=None)
        )


@pytest.fixture
def building() -> Iterator[Building]:
    yield Building()


def codes_of(browser: Browser) -> list[str]:
    answer = browser.post("/account/codes")
    assert answer.status_code == 200
    return re.findall(r"<li>([0-9A-Z]{5}-[0-9A-Z]{5})</li>", answer.text)


def test_whoever_types_the_site_s_name_is_led_to_the_way_in_or_to_their_account(building: Building) -> None:
    assert building.browser().get("/").headers["location"] == "/sign-in"
    assert building.browser("noor").get("/").headers["location"] == "/account"


# Recovery codes ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_recovery_code_lets_its_owner_in_once_without_any_script(building: Building) -> None:
    codes = codes_of(building.browser("noor"))
    assert len(codes) == RECOVERY_CODES
    stranger = building.browser()
    given = {"member": "Noor", "code": codes[0].lower(), "next": "/account/pins"}
    answer = stranger.post("/sign-in", given)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account/pins")
    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "Secure", "Path=/", "SameSite=strict"} <= set(cookie.split("; "))
    assert stranger.get("/account").status_code == 200
    again = building.browser().post("/sign-in", given)
    assert again.status_code == 422 and "set-cookie" not in again.headers


@pytest.mark.slow
@pytest.mark.parametrize("member", ["noor", "nobody-here", "<b>"])
def test_a_wrong_code_is_not_told_from_a_wrong_name(building: Building, member: str) -> None:
    answer = building.browser().post("/sign-in", {"member": member, "code": "AAAAA-AAAAA"})
    assert answer.status_code == 422
    assert "That name or code is not right" in answer.text
    assert f'value="{html.escape(member)}"' in answer.text, "the name is kept"
    assert "AAAAA" not in answer.text, "the code is not"


@pytest.mark.slow
def test_a_wrong_code_says_nothing_of_whom_it_was_tried_for(building: Building) -> None:
    """Not whether they work here, have codes, are suspended, or had too many tried: the bytes are the same."""
    for member in ("noor", "teo"):
        codes_of(building.browser(member))
    building.house.change("teo", suspended=True)
    tried = ["noor"] * 7 + ["teo", "wale", "nobod"]
    told = {}
    for member in tried:
        answer = building.browser().post("/sign-in", {"member": member, "code": "AAAAA-AAAAA"})
        told[answer.status_code, answer.text.replace(member, "-"), tuple(answer.headers.keys())] = member
    assert len(told) == 1
    begun = [building.browser().client.post("/sign-in/begin", json={"member": m}, headers=HEADERS) for m in tried[-2:]]
    assert len({(len(one.text), one.text.count(chr(34))) for one in begun}) == 1, "all but the challenge"


def test_an_empty_form_says_what_is_missing(building: Building) -> None:
    answer = building.browser().post("/sign-in", {})
    assert answer.status_code == 422 and answer.text.count('aria-invalid="true"') == 2


def test_signing_in_leads_to_no_page_but_ours(building: Building) -> None:
    assert 'value="https' not in building.browser().get("/sign-in?next=https://evil.example.org").text
    assert building.browser("noor").get("/sign-in?next=//evil.example.org").headers["location"] == "/account"


@pytest.mark.parametrize("path", ["/sign-in/begin", "/sign-in/finish", "/link/open"])
def test_a_script_of_elsewhere_is_not_answered(building: Building, path: str) -> None:
    client = building.browser().client
    answer = client.post(path, json={}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403 and answer.json()["code"] == "not_ours"


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[]", b'"x"', b"null"])
def test_what_a_script_cannot_have_sent_is_refused_in_words(building: Building, body: bytes) -> None:
    answer = building.browser().client.post("/sign-in/finish", content=body, headers=HEADERS)
    assert answer.status_code == 400 and answer.json()["said"]


@pytest.mark.parametrize("answer", [None, "", "{}", 3, '{"id": "x"}', "{" * 40_000])
def test_an_answer_that_no_passkey_gave_lets_nobody_in(building: Building, answer: object) -> None:
    told = building.browser().client.post("/sign-in/finish", json={"answer": answer}, headers=HEADERS)
    assert told.status_code == 403 and told.json()["code"] == "passkey_refused"
    assert "set-cookie" not in told.headers


@pytest.mark.slow
def test_signing_in_anew_leaves_no_older_session_behind_in_this_browser(building: Building) -> None:
    """Neither one's own nor one that somebody planted to come along."""
    code = codes_of(building.browser("noor"))[0]
    shared = building.browser("teo")
    answer = shared.post("/sign-in", {"member": "noor", "code": code})
    assert answer.status_code == 303 and shared.token not in answer.headers["set-cookie"]
    assert building.sessions("teo") == []
    assert len(building.sessions("noor")) == 2
    lenas = building.browser("lena")
    assert lenas.post("/link", {"code": building.link(LinkKind.INVITATION, "wale")}).status_code == 303
    assert building.sessions("lena") == [] and len(building.sessions("wale")) == 1


def test_signing_out_ends_the_session_for_good(building: Building) -> None:
    browser = building.browser("noor")
    answer = browser.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?signed-out")
    assert building.sessions("noor") == []
    assert browser.get("/account", headers={"Cookie": f"__Host-tocsin={browser.token}"}).status_code == 303
    assert building.browser().post("/sign-out").status_code == 303, "whoever is out already is out"


# Links ---------------------------------------------------------------------------------------------------------------


def test_looking_at_a_link_consumes_nothing_and_a_tap_does(building: Building) -> None:
    code, browser = building.link(LinkKind.FIRST_ADMINISTRATOR, "ada"), building.browser()
    for _ in range(3):
        seen = browser.get("/link")
        assert seen.status_code == 200 and "Ada" not in seen.text
    opened = browser.client.post("/link/open", json={"code": code}, headers=HEADERS)
    assert opened.json() == {"go": "/account/passkeys/new"}
    assert browser.get("/account/passkeys/new").status_code == 200
    again = building.browser().client.post("/link/open", json={"code": code}, headers=HEADERS)
    assert again.status_code == 410 and again.json()["code"] == "worn_out"


def test_a_screen_without_a_name_is_called_as_its_place_is_and_not_as_its_browser(building: Building) -> None:
    site = next(iter(building.house.world.directory(ORG).sites.values()))
    code = building.link(LinkKind.WALLBOARD, subject=site.id)
    agent = {**HEADERS, "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0 Safari/537.36"}
    told = building.browser().client.post("/link/open", json={"code": code}, headers=agent)
    assert told.status_code == 200 and told.json()["go"] == "/wallboard"
    (board,) = building.house.world.all_kept(ORG, Wallboard).values()
    assert board.label == site.name


def test_without_script_one_pastes_the_link_whole_or_its_code(building: Building) -> None:
    code = building.link(LinkKind.FIRST_ADMINISTRATOR, "ada")
    assert building.browser().post("/link", {"code": "  "}).status_code == 422
    answer = building.browser().post("/link", {"code": f" {PUBLIC_URL}/link#{code}\n"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/account/passkeys/new")


def test_a_link_that_is_late_or_was_never_made_says_so(building: Building) -> None:
    code = building.link(LinkKind.FIRST_ADMINISTRATOR, "ada")
    building.house.clock.ms += 3_600_000
    for given in (code, "tocsin_never", "\u00e9" * 900):
        answer = building.browser().post("/link", {"code": given})
        assert answer.status_code == 410 and "no longer works" in answer.text


def test_a_phone_is_handed_its_own_token_and_nothing_else(building: Building) -> None:
    code = building.link(LinkKind.ENROLMENT, "noor")
    plain = building.browser().post("/link", {"code": code})
    assert plain.status_code == 409 and "not used up" in plain.text
    told = building.browser().client.post("/link/open", json={"code": code}, headers=HEADERS)
    assert told.json()["go"] == "/phone" and told.json()["keep"]["name"] == "tocsin.token"
    assert "set-cookie" not in told.headers
    (device,) = building.house.world.directory(ORG).devices.values()
    assert device.member == "noor" and not device.revoked


# My account ----------------------------------------------------------------------------------------------------------


def test_my_account_shows_what_is_mine_alone(building: Building) -> None:
    building.passkey("noor", "bm9vcg", "Noor's own fob")
    building.passkey("ada", "YWRh", "Ada's own fob")
    shown = html.unescape(building.browser("ada").get("/account").text)
    assert "Ada's own fob" in shown and "Noor's own fob" not in shown


def test_nobody_names_or_removes_the_passkey_of_another(building: Building) -> None:
    building.passkey("noor", "bm9vcg", "Noor's")
    ada = building.browser("ada")
    assert ada.post("/account/passkeys/name", {"id": "bm9vcg", "label": "Mine"}).status_code == 404
    assert ada.post("/account/passkeys/remove", {"id": "bm9vcg"}).status_code == 404
    known = building.house.world.all_kept(ORG, Passkey)["bm9vcg"]
    assert known.open and known.label == "Noor's"


def test_the_last_way_in_stays(building: Building) -> None:
    building.passkey("ada")
    answer = building.browser("ada").post("/account/passkeys/remove", {"id": "cGFzc2tleQ"})
    assert answer.status_code == 409 and "only way in" in answer.text


def test_a_passkey_gets_the_name_that_its_owner_gives_it(building: Building) -> None:
    building.passkey("ada")
    ada = building.browser("ada")
    assert (
        ada.post(
            "/account/passkeys/name", {"id": "cGFzc2tleQ", "label": "\U0001f511 \u0641\u0627\u062a\u0646"}
        ).status_code
        == 303
    )
    assert "\U0001f511 \u0641\u0627\u062a\u0646" in ada.get("/account").text
    assert ada.post("/account/passkeys/name", {"id": "cGFzc2tleQ", "label": " "}).status_code == 422


def test_one_ends_ones_own_sessions_one_by_one_or_all_others(building: Building) -> None:
    first, second, third = (building.browser("noor") for _ in range(3))
    other = building.sessions("noor")[0]
    assert first.get("/account").text.count('action="/account/sessions/end"') == 2
    foreign = building.browser("ada").post("/account/sessions/end", {"id": other.id})
    assert foreign.status_code == 404 and len(building.sessions("noor")) == 3
    assert first.post("/account/sessions/end-others").status_code == 303
    assert [browser.get("/account").status_code for browser in (first, second, third)] == [200, 303, 303]


def test_a_lost_phone_may_only_call_for_help_and_is_replaced_by_a_new_one(building: Building) -> None:
    building.browser().client.post(
        "/link/open", json={"code": building.link(LinkKind.ENROLMENT, "noor")}, headers=HEADERS
    )
    (old,) = building.house.world.directory(ORG).devices
    noor = building.browser("noor")
    assert building.browser("teo").post("/account/phones/enrol", {"id": old}).status_code == 404
    shown = noor.post("/account/phones/enrol", {"id": old})
    assert shown.status_code == 200 and "<svg" in shown.text and PUBLIC_URL + "/link#" in shown.text
    code = html.unescape(shown.text).rpartition("/link#")[2].split("<")[0]
    building.browser().client.post("/link/open", json={"code": code}, headers=HEADERS)
    devices = building.house.world.directory(ORG).devices
    new = next(id for id in devices if id != old)
    assert devices[old].revoked and not devices[new].revoked
    assert noor.post("/account/phones/end", {"id": new, "why": "lost"}).status_code == 303
    assert building.house.world.directory(ORG).devices[new].revoked


@pytest.mark.parametrize(
    ("pin", "duress", "field", "said"),
    [
        ("1234", "8265", "pin", "not a row"),
        ("4071", "4072", "duress_pin", "differ in at least two digits"),
        ("4071", "4071", "duress_pin", "differs from the PIN"),
        ("", "", "pin", "digits 0 to 9 only"),
        ("\u0664\u0660\u0667\u0661", "8265", "pin", "digits 0 to 9 only"),
        ("4071", "9" * 90, "duress_pin", "4 to 12 digits"),
        ("4911", "8265", "pin", "without 911"),
    ],
)
def test_a_pair_of_pins_that_could_be_mixed_up_is_not_taken(
    building: Building, pin: str, duress: str, field: str, said: str
) -> None:
    answer = building.browser("ada").post("/account/pins", {"pin": pin, "duress_pin": duress})
    assert answer.status_code == 422
    assert said in re.findall(rf'id="fault-{field}">.*?</svg>\s*(.*?)</p>', answer.text, re.DOTALL)[0]
    assert not pin or f'value="{pin}"' not in answer.text, "no PIN is ever shown"
    assert answer.text.count('autocomplete="one-time-code"') == 2, "nor kept by a browser, for whoever searches it"
    assert building.house.world.directory(ORG).members["ada"].pin_hash is None


@pytest.mark.slow
def test_both_pins_are_set_and_kept_only_as_hashes(building: Building) -> None:
    answer = building.browser("ada").post("/account/pins", {"pin": "4071", "duress_pin": "8265"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/account#pins")
    ada = building.house.world.directory(ORG).members["ada"]
    assert compare_pins("4071", ada.pin_hash, ada.duress_pin_hash) is PinMatch.REAL
    assert compare_pins("8265", ada.pin_hash, ada.duress_pin_hash) is PinMatch.DURESS


@pytest.mark.slow
def test_a_call_code_is_shown_once_and_kept_as_a_hash(building: Building) -> None:
    shown = building.browser("ada").post("/account/call-code").text
    (code,) = re.findall(r'class="secret">(\d+)<', shown)
    assert code_matches(code, building.house.world.directory(ORG).members["ada"].call_code_hash)


@pytest.mark.parametrize("path", ["/account/pins", "/account/codes", "/account/call-code"])
def test_whoever_left_a_screen_open_proves_again_who_they_are(building: Building, path: str) -> None:
    browser = building.browser("noor", "en")
    building.house.change("noor", language="en")
    building.house.clock.ms += FRESH_MS + 1
    answer = browser.post(path, {"pin": "4071", "duress_pin": "8265", "note": "<kept>"})
    assert answer.status_code == 403 and "Prove again who you are" in answer.text
    assert "&lt;kept&gt;" not in answer.text and 'method="get"' in answer.text, "a secret is typed again, on its page"
    assert "4071" not in answer.text and "8265" not in answer.text, "secrets do not"
    noor = building.house.world.directory(ORG).members["noor"]
    assert noor.pin_hash is None and not building.house.world.all_kept(ORG, RecoveryCodes)


def test_what_was_typed_waits_while_one_proves_who_one_is(building: Building) -> None:
    browser = building.browser("ada")
    building.house.clock.ms += FRESH_MS + 1
    answer = browser.post("/account/codes", {"note": "<kept>"})
    assert 'name="note" value="&lt;kept&gt;"' in answer.text and 'method="post" action="/account/codes"' in answer.text


def test_a_recovery_code_proves_it_again_and_what_was_typed_goes_on(building: Building) -> None:
    """Also without script.  The session is a new one, and the one before it is over."""
    browser = building.browser("ada")
    codes = codes_of(browser)
    building.house.clock.ms += FRESH_MS + 1
    sent = {"prove-to": "/account/codes", "prove-again": "yes", "note": "<kept>", "code": codes[0]}
    page = browser.post("/prove", sent)
    assert page.status_code == 200 and "You have proven who you are" in page.text
    assert 'method="post" action="/account/codes"' in page.text and 'value="&lt;kept&gt;"' in page.text
    assert "prove-" not in page.text and codes[0] not in page.text
    (session,) = building.sessions("ada")
    assert session.fresh_ms == building.house.clock.ms
    token = re.findall(r'name="form_token" value="(\w+)"', page.text)[-1]
    browser.client.cookies.set("__Host-tocsin", page.cookies["__Host-tocsin"])
    assert browser.client.post("/account/codes", data={"form_token": token}, headers=HEADERS).status_code == 200


@pytest.mark.parametrize("code", ["", "AAAAA-AAAAA"])
def test_a_code_that_is_none_proves_nothing_and_what_was_typed_stays(building: Building, code: str) -> None:
    browser = building.browser("ada")
    building.house.clock.ms += FRESH_MS + 1
    sent = {"prove-to": "/account/codes", "prove-again": "yes", "note": "<kept>", "code": code}
    page = browser.post("/prove", sent)
    assert page.status_code == 422 and 'id="fault-code"' in page.text and 'value="&lt;kept&gt;"' in page.text
    (session,) = building.sessions("ada")
    assert session.fresh_ms < building.house.clock.ms


@pytest.mark.parametrize("to", ["//elsewhere.example.org/", "https://elsewhere.example.org/", "javascript:alert(1)"])
def test_after_a_proof_one_goes_nowhere_else(building: Building, to: str) -> None:
    browser = building.browser("ada")
    (code, *_) = codes_of(browser)
    page = browser.post("/prove", {"prove-to": to, "code": code}).text
    assert 'href="/account"' in page and to not in page


def test_no_page_of_the_account_is_open_to_nobody(building: Building) -> None:
    for handler in building.handlers:
        path, nobody = next(iter(handler.paths)), building.browser()
        if not path.startswith("/account"):
            continue
        if "GET" in handler.http_methods:
            assert nobody.get(path).headers["location"] == f"/sign-in?next={path}"
        else:
            assert nobody.client.post(path, json={}, headers=HEADERS).status_code == 403
