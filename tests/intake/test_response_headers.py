"""Every answer of every route leaves with the same headers, errors and hooks too (T14)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, MutableMapping
from typing import Any

import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from outside import Answer, Centre, Stream, ask, scope_of, turns
from tocsin.intake.http import Desk, Hooks, api_handlers, build_app, build_sos_app
from tocsin.intake.lanes import App, Receive, Scope, Send
from tocsin.web.pages import page_handlers
from tocsin.wire.response_headers import ALWAYS, CLOSED_POLICY, HSTS, PAGE_POLICY, SCRIPT_POLICY, locked

FILLED = {"name": "nothing.js"}


def surface(centre: Centre, public_url: str = "https://tocsin.example.org") -> tuple[App, Litestar]:
    """The whole surface with its pages; and an application that has the routes which lie behind the lane."""
    hooks = Hooks(public_url, "an invented secret", "an invented secret", "key", "an invented signature secret")
    pages = page_handlers()
    app = build_app(centre.ring, hooks=hooks, readiness=centre.readiness, leaving=centre.leaving, handlers=pages)
    desk = Desk(centre.ring, centre.readiness, centre.leaving, (), bytes, public_url)
    return app, Litestar([*api_handlers(desk), *pages], openapi_config=None)


def every_route(litestar: Litestar) -> Iterator[tuple[str, str]]:
    """Method and path of each route that there is, and of the lane in front of them."""
    for route in litestar.routes:
        if isinstance(route, HTTPRoute):
            path = re.sub(r"\{(\w+)(:\w+)?\}", lambda found: FILLED.get(found[1], "x"), route.path_format)
            for handler in route.route_handlers:
                assert isinstance(handler, HTTPRouteHandler)
                yield from ((method, path) for method in handler.http_methods)
    for path in ("/api/v1/alerts", "/hooks/twilio/sms", "/hooks/twilio/voice", "/hooks/vonage/sms"):
        yield "POST", path
    yield from (("GET", "/nowhere"), ("DELETE", "/api/v1/alerts"), ("POST", "/hooks/nobody"), ("PUT", "/phone"))


def has_them(answer: Answer, *, https: bool = True) -> None:
    kind = answer.headers.get("content-type", "").partition(";")[0]
    policy = {"text/html": PAGE_POLICY, "text/javascript": SCRIPT_POLICY}.get(kind, CLOSED_POLICY)
    assert {name: answer.headers.get(name.lower()) for name in ALWAYS} == dict(ALWAYS)
    assert answer.headers["content-security-policy"] == policy
    assert answer.headers.get("strict-transport-security") == (HSTS if https else None)
    assert answer.headers["cache-control"] == "no-store"


def test_every_answer_of_every_route_has_every_header() -> None:
    centre = Centre()

    async def story() -> None:
        app, litestar = surface(centre)
        routes = list(every_route(litestar))
        assert {path for _, path in routes} > {"/phone", "/console", "/api/v1/me", "/readyz", "/static/nothing.js"}
        for method, path in routes:
            if path != "/api/v1/live":
                for headers in ({}, {"authorization": f"Bearer {centre.token('teo')}"}):
                    has_them(await ask(app, method, path, headers, [b"\xff{"]))

    asyncio.run(story())


def test_no_other_origin_is_ever_let_in() -> None:
    centre = Centre()

    async def story() -> None:
        app, litestar = surface(centre)
        asked = {"origin": "https://elsewhere.example.org", "access-control-request-method": "POST"}
        for path in {path for _, path in every_route(litestar)}:
            if path != "/api/v1/live":
                for method in ("OPTIONS", "GET", "POST"):
                    answer = await ask(app, method, path, asked, [b""])
                    assert not [name for name in answer.headers if name.startswith("access-control-")]

    asyncio.run(story())


def test_no_route_answers_to_trace() -> None:
    centre = Centre()

    async def story() -> None:
        app, litestar = surface(centre)
        for path in {path for _, path in every_route(litestar)}:
            answer = await ask(app, "TRACE", path, {"authorization": "Bearer an-invented-token"}, [b""])
            assert answer.status in (404, 405) and b"an-invented-token" not in answer.body

    asyncio.run(story())


def test_no_answer_names_a_server_or_a_version() -> None:
    centre = Centre()

    async def story() -> None:
        app, _ = surface(centre)
        for path in ("/phone", "/api/v1/me", "/nowhere", "/readyz"):
            answer = await ask(app, "GET", path, {}, [b""])
            assert not {"server", "x-powered-by", "via"} & set(answer.headers)

    asyncio.run(story())


def test_the_live_stream_has_them_too() -> None:
    centre = Centre()

    async def story() -> None:
        said: list[MutableMapping[str, Any]] = []
        app, _ = surface(centre)

        async def watched(scope: Scope, receive: Receive, send: Send) -> None:
            async def kept(message: MutableMapping[str, Any]) -> None:
                said.append(message)
                await send(message)

            await app(scope, receive, kept)

        stream = Stream(watched, {"authorization": f"Bearer {centre.token('teo')}"})
        await turns()
        await stream.hang_up()
        headers = {name.decode(): value.decode() for name, value in said[0]["headers"]}
        has_them(Answer(200, headers, b""))
        assert headers["x-accel-buffering"] == "no"

    asyncio.run(story())


def test_the_sos_socket_has_them_too() -> None:
    centre = Centre()

    async def story() -> None:
        for path in ("/api/v1/alerts", "/hooks/twilio/sms", "/phone"):
            has_them(await ask(centre.sos, "POST", path, {}, [b""]))

    asyncio.run(story())


def test_an_address_without_tls_does_not_promise_any() -> None:
    centre = Centre()
    hooks = Hooks("http://localhost:8000")
    app = build_sos_app(centre.ring, hooks=hooks, readiness=centre.readiness)
    has_them(asyncio.run(ask(app, "POST", "/api/v1/alerts", {}, [b""])), https=False)


def test_what_a_route_says_of_ours_does_not_count_but_that_it_may_be_kept() -> None:
    given = [
        (b"content-type", b"text/html; charset=utf-8"), (b"cache-control", b"public"), (b"set-cookie", b"a=1"),
        (b"content-security-policy", b"default-src *"), (b"x-frame-options", b"ALLOWALL"), (b"set-cookie", b"b=2"),
    ]  # fmt: skip
    told = locked(given, https=False)
    assert [value for name, value in told if name == b"set-cookie"] == [b"a=1", b"b=2"]
    assert [value for name, value in told if name == b"content-security-policy"] == [PAGE_POLICY.encode()]
    assert [value for name, value in told if name == b"x-frame-options"] == [b"DENY"]
    assert [value for name, value in told if name == b"cache-control"] == [b"public"]


@pytest.mark.parametrize("wrong", ["unsafe", "blob:", "data:", "*", "http:"])
def test_no_policy_lets_in_what_would_undo_it(wrong: str) -> None:
    assert not any(wrong in policy for policy in (PAGE_POLICY, SCRIPT_POLICY, CLOSED_POLICY))


def test_a_socket_that_is_no_http_passes_untouched() -> None:
    centre, said = Centre(), []

    async def send(message: object) -> None:
        said.append(message)

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def story() -> None:
        await centre.sos({**scope_of("GET", "/x", {}), "type": "websocket"}, receive, send)

    asyncio.run(story())
    assert said == [{"type": "websocket.close", "code": 1008}]
