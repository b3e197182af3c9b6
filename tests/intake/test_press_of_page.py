"""The button of a page that calls for help: a press like any other, whatever comes of it and by whichever socket."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from everybody import Everybody

from outside import ORG, ask
from tocsin.core.limits import BODY_MAX_BYTES
from tocsin.intake.http import Hooks, build_app
from tocsin.intake.lanes import App, Receive, Scope, Send

HELP = "/account/roll-call/help"
SOCKETS = ("public", "sos")
WORKER = "session-worker-plain"
BODIES: dict[str, Sequence[bytes | None]] = {
    "nothing": [b""],
    "cut off": [b"key=", None],
    "too long": [b"a=b&" * (BODY_MAX_BYTES // 4)] * 3,
    "no form": [b"\xff\x00"],
}


@pytest.fixture(scope="module")
def centre() -> Everybody:
    return Everybody()


def app_of(centre: Everybody, socket: str) -> App:
    return centre.app if socket == "public" else centre.sos


def presses(centre: Everybody) -> int:
    return sum(alert.presses for alert in centre.ring.world.open_alerts(ORG))


def rings(centre: Everybody, app: App, parts: Sequence[bytes | None], path: str = HELP) -> bool:
    """Is it answered with a page to go to, and one press more?"""
    before = presses(centre)
    answer = asyncio.run(ask(app, "POST", path, centre.shown(WORKER), parts))
    return answer.status == 303 and presses(centre) == before + 1


@pytest.mark.parametrize("socket", SOCKETS)
@pytest.mark.parametrize("body", BODIES)
def test_it_rings_on_both_sockets_however_much_of_it_arrives(centre: Everybody, socket: str, body: str) -> None:
    app = app_of(centre, socket)
    assert rings(centre, app, BODIES[body]) and rings(centre, app, BODIES[body], HELP + "/")


def test_no_limit_and_no_router_is_asked_about_it(centre: Everybody) -> None:
    async def nobody(scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError("a press was asked about")

    app = build_app(
        centre.ring,
        hooks=Hooks("https://tocsin.example.org"),
        readiness=centre.readiness,
        leaving=asyncio.Event(),
        pressed=centre.pages.pressed,
        limiting=lambda app: nobody,
    )
    assert rings(centre, app, [b""])


@pytest.mark.parametrize("socket", SOCKETS)
def test_what_shows_no_session_and_what_another_site_started_ring_nobody(centre: Everybody, socket: str) -> None:
    app, before = app_of(centre, socket), presses(centre)
    for headers in ({"sec-fetch-site": "same-origin"}, {**centre.shown(WORKER), "sec-fetch-site": "cross-site"}):
        answer = asyncio.run(ask(app, "POST", HELP, headers, [b""]))
        assert answer.status == 403 and answer.type == "text/html" and "content-security-policy" in answer.headers
    assert asyncio.run(ask(app, "GET", HELP, centre.shown(WORKER), [b""])).status == 404, "a GET rings nobody"
    assert presses(centre) == before
