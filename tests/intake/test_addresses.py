"""A press by another address of the same server: our own pages may, nobody else's may, and nothing but a press."""

from __future__ import annotations

import asyncio
import json

import pytest

from outside import Answer, Centre, ask
from tocsin.intake.http import Hooks, build_app, build_sos_app
from tocsin.intake.lanes import App
from tocsin.web.pages import page_handlers
from tocsin.wire.response_headers import PAGE_POLICY, SCRIPT_POLICY

MAIN, BESIDES, ELSEWHERE = "https://tocsin.example.org", "https://besides.example.org", "https://elsewhere.example.org"
PRESS = "/api/v1/alerts"
LET_IN = "access-control-allow-origin"


def surfaces(centre: Centre, addresses: tuple[str, ...] = (MAIN, BESIDES)) -> tuple[App, App]:
    """The whole surface, and the SOS socket beside it."""
    hooks = Hooks(MAIN, None, None)
    whole = build_app(
        centre.ring,
        hooks=hooks,
        readiness=centre.readiness,
        leaving=centre.leaving,
        handlers=page_handlers(),
        addresses=addresses,
    )
    return whole, build_sos_app(centre.ring, hooks=hooks, readiness=centre.readiness, addresses=addresses)


def asked(app: App, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> Answer:
    return asyncio.run(ask(app, method, path, headers, [body]))


@pytest.mark.parametrize("which", [0, 1])
def test_a_page_of_ours_may_press_at_another_of_our_addresses(which: int) -> None:
    centre = Centre()
    app = surfaces(centre)[which]
    before = {"origin": MAIN, "access-control-request-method": "POST"}
    leave = asked(app, "OPTIONS", PRESS, {**before, "access-control-request-headers": "authorization,idempotency-key"})
    assert leave.status == 200 and leave.headers[LET_IN] == MAIN
    wanted = {"accept", "authorization", "content-type", "idempotency-key"}
    assert set(leave.headers["access-control-allow-headers"].split(", ")) == wanted
    assert "access-control-allow-credentials" not in leave.headers
    shown = {"origin": MAIN, "authorization": f"Bearer {centre.token('noor')}", "idempotency-key": "k1"}
    first = asked(app, "POST", PRESS, shown, b'{"kind": "sos"}')
    again = asked(surfaces(centre)[0], "POST", PRESS, shown, b'{"kind": "sos"}')
    assert (first.status, again.status) == (201, 200), "it is one press, whichever way it came"
    assert first.headers[LET_IN] == again.headers[LET_IN] == MAIN and first.headers["vary"] == "Origin"
    assert json.loads(first.body)["receipt"] == json.loads(again.body)["receipt"]


def test_a_refusal_is_told_to_our_own_page_too() -> None:
    centre = Centre()
    refused = asked(surfaces(centre)[0], "POST", PRESS, {"origin": BESIDES, "authorization": "Bearer never-issued"})
    assert refused.status == 401 and refused.headers[LET_IN] == BESIDES


@pytest.mark.parametrize("origin", [ELSEWHERE, "null", "http://tocsin.example.org", f"{MAIN}.example.net", ""])
def test_nobody_elses_page_is_let_in_and_its_press_still_rings(origin: str) -> None:
    centre = Centre()
    app = surfaces(centre)[0]
    asks = {"origin": origin, "access-control-request-method": "POST"}
    assert LET_IN not in asked(app, "OPTIONS", PRESS, asks).headers
    shown = {"origin": origin, "authorization": f"Bearer {centre.token('noor')}"}
    taken = asked(app, "POST", PRESS, shown, b'{"kind": "sos"}')
    assert taken.status == 201 and LET_IN not in taken.headers


@pytest.mark.parametrize("path", ["/api/v1/me", "/api/v1/alerts/x", "/api/v1/alerts/x/answers", "/sign-in"])
def test_nothing_but_a_press_is_let_in(path: str) -> None:
    app = surfaces(Centre())[0]
    for method in ("OPTIONS", "GET", "POST"):
        told = asked(app, method, path, {"origin": MAIN, "access-control-request-method": "POST"})
        assert not [name for name in told.headers if name.startswith("access-control-")]


def test_a_get_of_the_alerts_is_not_let_in_either() -> None:
    centre = Centre()
    shown = {"origin": MAIN, "authorization": f"Bearer {centre.token('noor')}"}
    told = asked(surfaces(centre)[0], "GET", PRESS, shown)
    assert told.status == 200 and LET_IN not in told.headers


def test_only_what_can_press_may_ask_the_other_addresses() -> None:
    app = surfaces(Centre())[0]
    opened = f"connect-src 'self' {BESIDES} {MAIN}"
    for path in ("/phone", "/notes", "/z/ABC"):
        policy = asked(app, "GET", path, {}).headers["content-security-policy"]
        assert policy == PAGE_POLICY.replace("connect-src 'self'", opened)
    worker = asked(app, "GET", "/service-worker.js", {}).headers["content-security-policy"]
    assert worker == SCRIPT_POLICY.replace("connect-src 'self'", opened)
    assert asked(app, "GET", "/console", {}).headers["content-security-policy"] == PAGE_POLICY


def test_a_reader_learns_the_addresses_and_how_many_would_be_rung() -> None:
    centre = Centre()
    shown = {"authorization": f"Bearer {centre.token('noor')}"}
    me = json.loads(asked(surfaces(centre)[0], "GET", "/api/v1/me", shown).body)
    assert me["addresses"] == [MAIN, BESIDES]
    assert 0 < me["would_ring"] <= me["on_shift_count"] + 1
    assert json.loads(asked(surfaces(centre, ())[0], "GET", "/api/v1/me", shown).body)["addresses"] == []
