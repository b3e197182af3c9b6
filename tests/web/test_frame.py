"""Who may open a page and send its form; what stays when something is wrong; and what a page says when it cannot."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from jinja2 import Template
from litestar import Response
from litestar.handlers import HTTPRouteHandler
from structlog.testing import capture_logs

from bureau import ORG, PUBLIC_URL, Browser, House, browser_of, frame_of
from tocsin.core.access.permissions import May
from tocsin.core.access.record import Session
from tocsin.core.access.words import Ended
from tocsin.core.limits import FORM_FIELDS_MAX, SESSION_SEEN_EVERY_MS
from tocsin.runtime.loop import Unavailable
from tocsin.web.forms import filled, version_of
from tocsin.web.frame import Door, Frame, Visit, local_path
from tocsin.web.reader import form_token
from tocsin.web.speaking import environment

PAGE = """{% extends "frame.html" %}{% from "parts.html" import field, faults, start with context %}
{% set heading = _("Sign in") %}{% block main %}{{ faults() }}
<form method="post">{{ start(seen) }}
{{ field("name", "Name", hint="As people say it.") }}{{ field("pin", "PIN") }}</form>
{% endblock %}"""


class Notebook:
    """A part of an office with one thing in it, which has a name."""

    def __init__(self) -> None:
        self.name = "As it was"

    def page(self, visit: Visit) -> Template:
        return environment(visit.language).from_string(PAGE)

    async def look(self, visit: Visit) -> Response[str]:
        visit.form = filled({"name": self.name}, visit._)
        return visit.show(self.page(visit), seen=version_of(self.name))

    async def write(self, visit: Visit) -> Response[str]:
        name = visit.form.text("name", most=20)
        visit.form.differs({"name": self.name}, version_of(self.name))
        if not visit.form.ok:
            return visit.wrong(self.page(visit), seen=version_of(self.name))
        self.name = name
        return visit.go("/thing", "Noted: <b>" + name)

    async def mistake(self, visit: Visit) -> Response[str]:
        raise RuntimeError("Noor is in Lot B")

    async def disk_full(self, visit: Visit) -> Response[str]:
        raise Unavailable()

    def handlers(self, frame: Frame) -> list[HTTPRouteHandler]:
        frame.doors += [Door("/thing", "Thing"), Door("/trail", "Trail", May.READ_TRAIL)]
        return [
            frame.page("/thing", self.look),
            frame.act("/thing", self.write),
            frame.page("/thing/{part:str}", self.look),
            frame.page("/trail", self.look, may=May.READ_TRAIL),
            frame.act("/trail", self.write, may=May.READ_TRAIL),
            frame.page("/mistake", self.mistake),
            frame.act("/full", self.disk_full),
            frame.page("/open", self.look, anybody=True),
        ]


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def book() -> Notebook:
    return Notebook()


@pytest.fixture
def ada(house: House, book: Notebook) -> Iterator[Browser]:
    yield browser_of(house, book.handlers(frame_of(house)), "ada")


@pytest.fixture
def nobody(house: House, book: Notebook) -> Iterator[Browser]:
    yield browser_of(house, book.handlers(frame_of(house)))


def seen_in(html: str) -> str:
    return str(re.findall(r'name="seen" value="(\w+)"', html)[0])


# Who -----------------------------------------------------------------------------------------------------------------


def test_nobody_is_sent_to_sign_in_and_back_again(nobody: Browser) -> None:
    answer = nobody.get("/thing/lot%20b?x=1")
    assert answer.status_code == 303 and answer.headers["location"] == "/sign-in?next=/thing/lot%20b"


def test_a_form_of_nobody_changes_nothing(nobody: Browser, book: Notebook) -> None:
    answer = nobody.post("/thing", {"name": "Mine"})
    assert answer.status_code == 403 and "not signed in" in answer.text
    assert book.name == "As it was"


@pytest.mark.parametrize("given", ["x", "tocsin_forged", "\u00e9", "a b", "%00", "=;=", "9" * 9_000])
def test_a_forged_cookie_is_nobodys(nobody: Browser, given: str) -> None:
    answer = nobody.get("/thing", headers={"Cookie": f"__Host-tocsin={given}".encode()})
    assert answer.status_code == 303


def test_a_truncated_cookie_is_nobodys_and_so_are_two(house: House, ada: Browser, nobody: Browser) -> None:
    assert nobody.get("/thing", headers={"Cookie": f"__Host-tocsin={ada.token[:-1]}"}).status_code == 303
    planted = f"__Host-tocsin={ada.token}; __Host-tocsin=tocsin_planted"
    assert nobody.get("/thing", headers={"Cookie": planted}).status_code == 303
    assert nobody.get("/thing", headers={"Cookie": f"tocsin={ada.token}"}).status_code == 303


def test_an_ended_session_opens_nothing_from_the_next_request_on(house: House, ada: Browser) -> None:
    assert ada.get("/thing").status_code == 200
    session = next(iter(house.world.all_kept(ORG, Session).values()))
    house.keep(
        Session(**{name: getattr(session, name) for name in session.__struct_fields__} | {"ended": Ended.REVOKED})
    )
    assert ada.get("/thing").status_code == 303


def test_a_suspended_member_opens_nothing(house: House, ada: Browser) -> None:
    house.change("ada", suspended=True)
    assert ada.get("/thing").status_code == 303


def test_a_page_of_another_role_says_so_and_is_not_in_the_navigation(
    house: House, book: Notebook, ada: Browser
) -> None:
    teo = browser_of(house, book.handlers(frame_of(house)), "teo")
    assert 'href="/trail"' in ada.get("/thing").text and 'href="/trail"' not in teo.get("/thing").text
    assert teo.get("/trail").status_code == 403 and "not for you" in teo.get("/trail").text
    assert teo.post("/trail", {"name": "Mine"}).status_code == 403 and book.name == "As it was"
    assert 'class="note"' not in teo.get("/trail").text, "nothing was done of which a page could tell"


def test_where_one_is_is_marked_in_the_navigation(ada: Browser) -> None:
    assert '<a href="/thing" aria-current="page">' in ada.get("/thing/part").text


# From where ----------------------------------------------------------------------------------------------------------

FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "cross-site", "Origin": PUBLIC_URL},
    {"Origin": "https://evil.example.org"},
    {"Origin": "http://tocsin.example.org"},
    {"Origin": "null"},
    {"Origin": "https://[half"},
    {},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_form_from_elsewhere_changes_nothing(ada: Browser, book: Notebook, headers: dict[str, str]) -> None:
    answer = ada.post("/thing", {"name": "Theirs", "seen": version_of(book.name)}, headers=headers)
    assert answer.status_code == 403 and "did not come from a page of this site" in answer.text
    assert book.name == "As it was"


@pytest.mark.parametrize(
    "headers", [{"Origin": PUBLIC_URL}, {"Origin": PUBLIC_URL + ":443"}, {"Sec-Fetch-Site": "same-origin"}]
)
def test_a_form_of_ours_is_taken(ada: Browser, book: Notebook, headers: dict[str, str]) -> None:
    answer = ada.post("/thing", {"name": "Ours", "seen": version_of(book.name)}, headers=headers)
    assert (answer.status_code, answer.headers["location"], book.name) == (303, "/thing", "Ours")


def test_a_form_without_its_sessions_token_changes_nothing(house: House, ada: Browser, book: Notebook) -> None:
    for token in ("", "x", form_token(house.session("ada"))):
        answer = ada.post("/thing", {"name": "Theirs", "seen": version_of(book.name), "form_token": token})
        assert answer.status_code == 403 and "session that has ended" in answer.text
    assert book.name == "As it was"


# What was typed ------------------------------------------------------------------------------------------------------


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(ada: Browser, book: Notebook) -> None:
    long = "<Ana> " + "a" * 20
    answer = ada.post("/thing", {"name": long, "pin": "4071", "seen": version_of(book.name)})
    assert answer.status_code == 422 and book.name == "As it was"
    assert 'aria-describedby="hint-name fault-name" aria-invalid="true"' in answer.text
    assert "Use 20 characters at the most." in answer.text
    assert 'value="&lt;Ana&gt; aaaa' in answer.text and "<Ana>" not in answer.text
    assert "4071" not in answer.text, "a secret is never shown again"


def test_two_who_change_the_same_thing_both_hear_of_it(ada: Browser, book: Notebook) -> None:
    seen = seen_in(ada.get("/thing").text)
    assert ada.post("/thing", {"name": "First", "seen": seen}).status_code == 303
    second = ada.post("/thing", {"name": "Second", "seen": seen})
    assert second.status_code == 409 and book.name == "First", "neither silently wins"
    assert "somebody changed this meanwhile" in second.text
    assert "Stands there now: First" in second.text and 'value="Second"' in second.text
    assert ada.post("/thing", {"name": "Second", "seen": seen_in(second.text)}).status_code == 303
    assert book.name == "Second", "sent again with both before one's eyes, it is a decision"


@pytest.mark.parametrize(
    "name", ["Zo\u00eb \u0141ukasz", "\u6797\u7f8e", "\u0639\u0644\u064a", "\U0001f514 Bell", "O'Brien & Co <b>"]
)
def test_a_name_of_any_script_is_kept_as_it_is(ada: Browser, book: Notebook, name: str) -> None:
    assert ada.post("/thing", {"name": name, "seen": version_of(book.name)}).status_code == 303
    assert book.name == name


def test_what_cannot_be_seen_is_left_out_of_a_name(ada: Browser, book: Notebook) -> None:
    ada.post(
        "/thing",
        {
            "name": "\u202eAn\x00a\u2066 \r\n Paz\ud800".encode("utf-8", "replace").decode(),
            "seen": version_of(book.name),
        },
    )
    assert book.name == "Ana Paz?"


def test_a_form_with_too_many_fields_or_of_another_kind_changes_nothing(ada: Browser, book: Notebook) -> None:
    many = {f"f{n}": "x" for n in range(FORM_FIELDS_MAX + 1)}
    assert ada.post("/thing", many).status_code == 400
    assert ada.client.post("/thing", content=b"\xff\xfe{", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 403
    assert book.name == "As it was"


# What is said --------------------------------------------------------------------------------------------------------


def test_what_was_done_is_said_once(ada: Browser, book: Notebook) -> None:
    ada.post("/thing", {"name": "New", "seen": version_of(book.name)})
    first, second = ada.get("/thing"), ada.get("/thing")
    assert re.search(r'<div role="status" class="told"><p class="note">.*Noted: &lt;b&gt;New</p>', first.text)
    assert "Noted" not in second.text


def test_nobody_can_put_words_into_our_mouth(ada: Browser) -> None:
    ada.client.cookies.set("__Host-tocsin-said", "Q2FsbCArMQ.0123")
    assert "Call" not in ada.get("/thing").text
    ada.client.cookies.set("__Host-tocsin-said", "\u20ac".encode().hex() + "====")
    assert ada.get("/thing").status_code == 200


def test_cookies_are_of_this_host_alone_and_out_of_reach(ada: Browser, book: Notebook) -> None:
    header = ada.post("/thing", {"name": "New", "seen": version_of(book.name)}).headers["set-cookie"]
    assert header.startswith("__Host-tocsin-said=")
    assert {"HttpOnly", "Secure", "Path=/", "SameSite=strict"} <= set(header.split("; ")) and "Domain" not in header


def test_a_mistake_of_ours_says_so_and_nothing_of_it(ada: Browser) -> None:
    with capture_logs() as logs:
        answer = ada.get("/mistake")
    assert answer.status_code == 500 and "The fault is ours." in answer.text
    assert "Lot B" not in answer.text and "Lot B" not in str(logs) and "RuntimeError" in str(logs)


def test_a_page_is_read_on_a_full_disk_too(ada: Browser, house: House) -> None:
    house.clock.ms += SESSION_SEEN_EVERY_MS
    house.full = True
    assert ada.get("/thing").status_code == 200
    house.full = False
    assert ada.get("/thing").status_code == 200


def test_what_could_not_be_stored_is_said_to_have_changed_nothing(ada: Browser) -> None:
    answer = ada.post("/full")
    assert answer.status_code == 503 and "could not be stored" in answer.text


def test_a_page_speaks_the_members_language_or_the_browsers(house: House, book: Notebook, nobody: Browser) -> None:
    handlers = book.handlers(frame_of(house))
    assert '<html lang="es">' in browser_of(house, handlers, "noor").get("/thing").text
    assert '<html lang="en">' in browser_of(house, handlers, "ada", language="es").get("/thing").text
    assert '<html lang="es">' in nobody.get("/open", headers={"Accept-Language": "de, es-MX;q=0.8, en;q=0.5"}).text
    assert '<html lang="en">' in nobody.get("/open", headers={"Accept-Language": "de;q=x, *, ;;q"}).text


def test_a_page_has_one_heading_one_main_and_a_way_past_the_navigation(ada: Browser) -> None:
    html = ada.get("/thing").text
    assert html.count("<h1>") == 1 and html.count("<main ") == 1
    assert '<a class="skip" href="#main">' in html and " style=" not in html
    assert re.findall(r"<script[^>]*>[^<]*", html) == ['<script type="module" src="/static/exit.js">']


@pytest.mark.parametrize(
    ("given", "goes"),
    [
        ("/office/members", "/office/members"),
        ("/a?b=c#d", "/a?b=c#d"),
        ("//evil.example.org", "/account"),
        ("/\\evil.example.org", "/account"),
        ("https://evil.example.org", "/account"),
        ("javascript:alert(1)", "/account"),
        ("/\u202e", "/account"),
        ("/a\nSet-Cookie: x", "/account"),
        ("", "/account"),
    ],
)
def test_one_is_sent_on_to_pages_of_ours_alone(given: str, goes: str) -> None:
    assert local_path(given, "/account") == goes
