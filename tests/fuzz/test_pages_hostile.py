"""Hostile requests at every page: forms, JSON of a script, cookies, where they come from, what they look for.

What is refused has changed nothing, no answer is a fault of ours, and nothing that was sent comes back as markup.
"""

from __future__ import annotations

import asyncio
from urllib.parse import quote, urlencode

import pytest
from effort import tries
from everybody import Everybody
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outside import ORG, PUBLIC_URL, Answer, ask
from tocsin.core.access.record import Session
from tocsin.web.reader import form_token
from tocsin.wire.browser import cookie_name

pytestmark = pytest.mark.slow
FAST = settings(max_examples=tries(150), deadline=None, suppress_health_check=list(HealthCheck))
BODY = "application/x-www-form-urlencoded"
HOUSE = Everybody()
ROUTES = [route for route in HOUSE.routes() if not route.partition(" ")[2].startswith(("/api", "/metrics", "/static"))]
READS = [route for route in ROUTES if route.startswith("GET ")]
ACTS = [route for route in ROUTES if route.startswith("POST ")]
HELP = "POST /account/roll-call/help"  # A call for help, which is never refused.
SESSIONS = [name for name in HOUSE.tokens if name.startswith("session-") and name.endswith(("-plain", "-tied"))]
FIELDS = ["id", "code", "why", "next", "label", "word", "member", "about", "name", "seen", "pin", "duress_pin", "state",
          "until", "since", "scopes", "roles", "person", "language", "duties", "days", "act", "before", "after", "q",
          "way-1-kind", "way-1-to", "way-1-id", "way-20-to", "desk-label", "desk-where", "wallboard-label",
          "wallboard-where", "answer", "form_token"]  # fmt: skip
MARK = "<i>x\"'"
ODD = ["", " ", "\0", "a\0b", MARK, "\u202e\u2066", "\ud800", "\ufeff", "\u0130", "=1+1", "../..", "%00", "{{7*7}}",
       "1e999", "-1", "9" * 60, "noor", "wallboard", "sms", "+12025550119", "worker", "administrator", "en", "yes",
       "a" * 70_000, "[" * 20_000, '{"a":' * 5_000, "9999-12-31", "0001-01-01", "2026-02-30",
       "//evil.example.org"]  # fmt: skip
VALUES = st.one_of(st.sampled_from(ODD), st.text(max_size=40))
FORMS = st.lists(st.tuples(st.sampled_from(FIELDS), VALUES), max_size=8)
UNDER = st.one_of(
    st.sampled_from(["noor", "wallboard", "desk", "\0", "..", "%2e%2e", "a" * 4_000, MARK]), st.text(max_size=20)
)


def filled(route: str, under: str) -> tuple[str, str]:
    """Method and path as the server has it once it is decoded: what is no UTF-8 has become a question mark."""
    method, _, path = route.partition(" ")
    plain = under.encode("utf-8", "replace").decode().replace("?", "-")
    return method, "/".join(plain if part.startswith("{") else part for part in path.split("/"))


def asked(name: str, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
    before = len(HOUSE.ring.store.content.facts)
    answer = asyncio.run(ask(HOUSE.app, method, path, {**HOUSE.shown(name), **headers}, [body]))
    assert answer.status < 500, f"{method} {path[:60]!r} by {name}: {answer.status}"
    assert b"Traceback" not in answer.body and b"<i>x" not in answer.body
    if method == "GET" or answer.status >= 400:
        assert len(HOUSE.ring.store.content.facts) == before, f"{method} {path[:60]!r} by {name} changed something"
    return answer


def form_of(name: str, fields: list[tuple[str, str]]) -> bytes:
    """As a browser writes it; the session's own token comes first, so that what follows is read at all."""
    token = [("form_token", form_token(HOUSE.tokens.get(name, "")))]
    return urlencode([*token, *fields], errors="replace").encode()


@FAST
@given(st.sampled_from(ACTS), st.sampled_from([*SESSIONS, "nobody"]), UNDER, FORMS)
def test_a_form_with_anything_in_it_is_taken_or_refused_and_no_fault_of_ours(
    route: str, name: str, under: str, fields: list[tuple[str, str]]
) -> None:
    method, path = filled(route, under)
    asked(name, method, path, form_of(name, fields), **{"sec-fetch-site": "same-origin"})


def no_forms(body: bytes) -> tuple[bytes, ...]:
    return body, b"{" + body, b"[" * 60_000, b'{"a":' * 10_000, b"a=b&" * 10_000, b"x" * 1_000_000


@FAST
@given(st.sampled_from(sorted({*ACTS} - {HELP})), st.sampled_from(SESSIONS), st.binary(max_size=400))
def test_a_body_that_is_no_form_changes_nothing(route: str, name: str, body: bytes) -> None:
    method, path = filled(route, "noor")
    assert all(asked(name, method, path, sent).status >= 400 for sent in no_forms(body))


@settings(FAST, max_examples=tries(30))
@given(st.sampled_from(SESSIONS), st.binary(max_size=400))
def test_a_call_for_help_is_stored_whatever_its_body_is(name: str, body: bytes) -> None:
    method, path = filled(HELP, "noor")
    for sent in no_forms(body):
        before = len(HOUSE.ring.store.content.facts)
        assert asked(name, method, path, sent).status == 303
        assert len(HOUSE.ring.store.content.facts) > before


@FAST
@given(st.sampled_from(READS), st.sampled_from([*SESSIONS, "nobody"]), UNDER, FORMS)
def test_a_page_asked_for_with_anything_shows_something_and_changes_nothing(
    route: str, name: str, under: str, fields: list[tuple[str, str]]
) -> None:
    method, path = filled(route, under)
    answer = asked(name, method, f"{path}?{urlencode(fields, errors='replace')[:20_000]}")
    goes = answer.headers.get("location", "/")
    assert goes.startswith("/") and not goes.startswith("//") and "\\" not in goes


HOSTS = ["", "[", "x:abc", "x:99999999", "[::1", "evil.example.org", "a b", "x:", ":", "@", "x@y:1", "\xe9"]
FROM = ["null", "https://tocsin.example.org.evil.example.org", "https://tocsin.example.org@evil.example.org",
        "https://evil.example.org/https://tocsin.example.org", "http://tocsin.example.org",
        "https://tocsin.example.org:444", "https://xn--tocsin-.example.org", "https://tocsin.example.org.",
        "https://sub.tocsin.example.org", "https://[", "https://tocsin.example.org:x",
        "//tocsin.example.org", "tocsin.example.org", "https://", "\x7f", ""]  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_header_that_names_nothing_breaks_no_page(host: str) -> None:
    for route in ROUTES:
        method, path = filled(route, "noor")
        asked("nobody", method, path, b"", host=host)
        if method == "GET":
            asked("session-administrator-plain", method, path, b"", host=host)


@pytest.mark.parametrize("origin", FROM)
def test_no_form_from_elsewhere_changes_anything_however_its_origin_is_spelt(origin: str) -> None:
    name = "session-administrator-plain"
    for route in ACTS:
        method, path = filled(route, "noor")
        sent = {key: value for key, value in HOUSE.shown(name).items() if key != "sec-fetch-site"}
        before = len(HOUSE.ring.store.content.facts)
        for more in ({"origin": origin}, {"origin": origin, "host": "tocsin.example.org"}):
            answer = asyncio.run(ask(HOUSE.app, method, path, {**sent, **more}, [form_of(name, [])]))
            assert answer.status == 403, f"{route} from {origin!r}: {answer.status}"
        assert len(HOUSE.ring.store.content.facts) == before


COOKIES = st.lists(
    st.one_of(st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=60)), max_size=6
)


@FAST
@given(COOKIES, st.booleans())
def test_a_cookie_of_any_bytes_lets_nobody_in_and_grows_nothing(parts: list[str], truncated: bool) -> None:
    token = HOUSE.tokens["session-administrator-plain"]
    name = cookie_name(PUBLIC_URL)
    known = len(HOUSE.ring.world.all_kept(ORG, Session))
    forged = f"{name}={token[: -1 if truncated else 0] or 'x'}"
    answer = asyncio.run(ask(HOUSE.app, "GET", "/office", {"cookie": ";".join([*parts, forged])}, [b""]))
    assert (answer.status, answer.headers["location"]) == (303, "/sign-in?next=/office")
    assert len(HOUSE.ring.world.all_kept(ORG, Session)) == known


ELSEWHERE = ["//e", "/\\e", "/%0d%0aSet-Cookie: a=b", "/\t/e", "\\\\e", "javascript:1", "https:e", "/.//e", "data:,",
             "/\u2028", "///e", "/@e", " //e"]  # fmt: skip


@FAST
@given(st.one_of(st.text(max_size=60), st.sampled_from(ELSEWHERE)))
def test_next_leads_to_pages_of_ours_alone(to: str) -> None:
    sent = quote(to.encode("utf-8", "replace"))
    goes = asked("session-worker-plain", "GET", f"/sign-in?next={sent}").headers["location"]
    assert goes[:1] == "/" and goes[1:2] not in ("/", "\\") and goes.isprintable()
    shown = asked("nobody", "GET", f"/sign-in?next={sent}").body
    assert b'value="//' not in shown and b"javascript:" not in shown
