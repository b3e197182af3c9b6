"""A flood waits outside, and a press goes in front of it: no limit is ever asked about a call for help (I15, T16)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from outside import SECRET, Answer, Centre, Stream, ask, scope_of, turns
from tocsin.core import commands as c
from tocsin.core.access.record import OPERATOR
from tocsin.core.limits import (
    ATTEMPTS_BURST,
    ATTEMPTS_EVERY_MS,
    ATTEMPTS_TOGETHER_BURST,
    BUCKETS_MAX,
    REQUESTS_BURST,
    STREAMS_MAX,
)
from tocsin.intake.floods import (
    RATES,
    TOKENS_LOOKED_AT_MAX,
    Buckets,
    Sort,
    credential,
    keys_of,
    limited,
    place_of,
)
from tocsin.intake.http import Hooks, build_app
from tocsin.intake.lanes import App, Receive, Scope, Send
from tocsin.runtime.passes import Passes
from tocsin.web.pages import page_handlers

ALERTS = "/api/v1/alerts"


class Limited:
    """A centre whose surface has its buckets; `beyond`: the paths that came as far as them."""

    def __init__(self) -> None:
        self.centre, self.beyond = Centre(), list[str]()
        self.buckets = Buckets()
        self.app: App = build_app(
            self.centre.ring,
            hooks=Hooks("https://tocsin.example.org", SECRET, SECRET),
            readiness=self.centre.readiness,
            leaving=self.centre.leaving,
            handlers=page_handlers(),
            limiting=self.limiting,
        )

    def limiting(self, app: App) -> App:
        inner = limited(app, Passes(self.centre.ring), self.centre.ring.clock, self.buckets)

        async def seen(scope: Scope, receive: Receive, send: Send) -> None:
            self.beyond.append(scope["path"])
            await inner(scope, receive, send)

        return seen

    async def ask(self, method: str, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return await ask(self.app, method, path, headers or {}, [b"{}"])

    def bearer(self, who: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.centre.token(who)}"}

    async def flood(self, method: str, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Until the first that has to wait."""
        for _ in range(REQUESTS_BURST + 1):
            answer = await self.ask(method, path, headers)
            if answer.status == 429:
                return answer
        raise AssertionError("nobody had to wait")


def test_in_the_middle_of_every_flood_a_press_is_taken_and_no_limit_is_asked() -> None:
    here = Limited()

    async def story() -> None:
        teo = here.bearer("teo")
        for method, path, headers in (("GET", "/readyz", {}), ("POST", "/nowhere", {}), ("GET", "/api/v1/me", teo)):
            await here.flood(method, path, headers)
            asked = len(here.beyond)
            assert (await here.ask("POST", ALERTS, teo)).status == 201
            assert (await here.ask("POST", ALERTS + "/", here.bearer("noor"))).status == 201
            assert (await here.ask("POST", "/hooks/twilio/sms")).status == 403  # By its signature, nothing else.
            assert len(here.beyond) == asked

    asyncio.run(story())


def test_a_limit_that_lets_nothing_through_would_still_let_a_press_through() -> None:
    centre = Centre()

    async def nobody(scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError("a press was asked about")

    app = build_app(
        centre.ring, hooks=Hooks(""), readiness=centre.readiness, leaving=centre.leaving, limiting=lambda app: nobody
    )
    headers = {"authorization": f"Bearer {centre.token('noor')}"}
    assert asyncio.run(ask(app, "POST", ALERTS, headers, [b"{}"])).status == 201


def test_who_has_to_wait_is_told_how_long_in_the_form_they_read() -> None:
    here = Limited()

    async def story() -> None:
        told = await here.flood("POST", "/nowhere")
        assert (told.status, told.type, told.json["code"]) == (429, "application/problem+json", "too_many")
        assert int(told.headers["retry-after"]) >= 1
        page = await here.ask("POST", "/nowhere", {"accept": "text/html,*/*"})
        assert (page.status, page.type) == (429, "text/html") and b"A call for help is never held up" in page.body
        assert page.headers["x-content-type-options"] == "nosniff" and page.headers["cache-control"] == "no-store"
        assert (await here.ask("POST", "/api/v1/x", {"accept": "text/html"})).type == "application/problem+json"

    asyncio.run(story())


def test_a_credential_is_counted_by_itself_and_loses_nothing_to_strangers() -> None:
    here = Limited()

    async def story() -> None:
        await here.flood("GET", "/readyz")
        await here.flood("POST", "/nowhere")
        await here.flood("GET", "/api/v1/me", here.bearer("teo"))
        assert (await here.ask("GET", "/api/v1/me", here.bearer("ines"))).status == 200
        by_cookie = {"cookie": f"other=1; tocsin={here.centre.token('wale')}"}
        assert (await here.ask("GET", "/readyz", by_cookie)).status == 200

    asyncio.run(story())


def test_what_a_phone_loads_before_it_can_press_is_never_counted() -> None:
    here = Limited()

    async def story() -> None:
        await here.flood("GET", "/readyz")
        for path in ("/phone", "/notes", "/desk", "/static/nothing.js", "/healthz"):
            assert (await here.ask("GET", path)).status != 429

    asyncio.run(story())


def test_after_the_wait_there_is_room_again() -> None:
    here = Limited()

    async def story() -> None:
        told = await here.flood("POST", "/nowhere")
        here.centre.ring.clock.ms += int(told.headers["retry-after"]) * 1_000
        assert (await here.ask("POST", "/nowhere")).status == 404

    asyncio.run(story())


def test_a_revoked_credential_is_still_counted_as_itself() -> None:
    here = Limited()
    here.centre.ring.decide(c.Revoke(org="alder", by=OPERATOR, device="teo-phone"))
    headers = [(b"authorization", f"Bearer {here.centre.token('teo')}".encode())]
    assert credential(headers, Passes(here.centre.ring)) == "alder/teo-phone"


def test_who_opens_streams_without_end_loses_the_oldest_and_nobody_else_loses_any() -> None:
    centre = Centre()

    async def story() -> None:
        others = Stream(centre.app, {"authorization": f"Bearer {centre.token('ines')}"})
        streams = []
        for _ in range(STREAMS_MAX + 2):
            streams.append(Stream(centre.app, {"authorization": f"Bearer {centre.token('teo')}"}))
            await streams[-1].heard(b"event: hello")
        await turns()
        assert [stream.ended for stream in streams] == [True, True] + [False] * STREAMS_MAX
        assert not others.ended
        for stream in (*streams[2:], others):
            await stream.hang_up()

    asyncio.run(story())


# The buckets alone -------------------------------------------------------------------------------------------------

STRANGER = (Sort.ATTEMPTS, "192.0.2.1")


def test_a_bucket_gives_its_burst_at_once_and_then_one_each_interval() -> None:
    buckets = Buckets()
    assert [buckets.wait_ms([STRANGER], 1_000) for _ in range(ATTEMPTS_BURST)] == [0] * ATTEMPTS_BURST
    assert buckets.wait_ms([STRANGER], 1_000) == ATTEMPTS_EVERY_MS
    assert buckets.wait_ms([STRANGER], 1_000 + ATTEMPTS_EVERY_MS - 1) == 1
    assert buckets.wait_ms([STRANGER], 1_000 + ATTEMPTS_EVERY_MS) == 0
    assert buckets.wait_ms([STRANGER], 1_000 + ATTEMPTS_EVERY_MS) == ATTEMPTS_EVERY_MS


def test_attempts_from_many_places_are_held_together() -> None:
    buckets, together = Buckets(), (Sort.TOGETHER, "")
    waits = [
        buckets.wait_ms([(Sort.ATTEMPTS, str(place)), together], 0) for place in range(ATTEMPTS_TOGETHER_BURST + 1)
    ]
    assert waits[-1] > 0 and not any(waits[:-1])


def test_who_is_refused_by_one_bucket_takes_nothing_from_another() -> None:
    buckets, together = Buckets(), (Sort.TOGETHER, "")
    for _ in range(ATTEMPTS_BURST * 3):
        buckets.wait_ms([STRANGER, together], 0)
    left = [buckets.wait_ms([together], 0) for _ in range(ATTEMPTS_TOGETHER_BURST - ATTEMPTS_BURST + 1)]
    assert left[-1] > 0 and not any(left[:-1])


def test_the_memory_of_floods_is_bounded_and_forgets_the_longest_unused() -> None:
    buckets = Buckets(most=3)
    for place in ("a", "b", "c", "a", "d"):
        buckets.wait_ms([(Sort.READS, place)], 0)
    assert len(buckets) == 3 and len(Buckets()) == 0 < BUCKETS_MAX
    rate = RATES[Sort.READS]
    assert [buckets.wait_ms([(Sort.READS, "a")], 0) for _ in range(rate.burst - 1)][-1] > 0  # Not forgotten: 2 taken.


@pytest.mark.parametrize(
    ("client", "place"),
    [
        (("192.0.2.7", 1), "192.0.2.7"),
        (("2001:db8:1:2:3::4", 1), "2001:0db8:0001:0002"),
        (("2001:db8:1:2:ffff::", 1), "2001:0db8:0001:0002"),
        (("no address", 1), ""),
        (None, ""),
    ],
)
def test_a_stranger_is_known_by_the_place_they_come_from(client: Any, place: str) -> None:
    assert place_of(client) == place


def test_no_header_moves_a_stranger_to_another_place() -> None:
    scope = scope_of("GET", "/readyz", {"x-forwarded-for": "192.0.2.9", "forwarded": "for=192.0.2.9"})
    assert keys_of(scope, Passes(Centre().ring)) == [(Sort.READS, "127.0.0.1")]


def test_a_shifts_phones_that_all_acknowledge_a_push_are_no_flood_of_attempts() -> None:
    scope = scope_of("POST", "/api/v1/push/receipts", {})
    assert keys_of(scope, Passes(Centre().ring)) == [(Sort.READS, place_of(scope.get("client")))]


def test_a_heap_of_cookies_is_not_hashed_one_by_one() -> None:
    here = Centre()
    heap = "; ".join([*(f"c{n}=tocsin_x{n}" for n in range(TOKENS_LOOKED_AT_MAX)), f"tocsin={here.token('teo')}"])
    assert credential([(b"cookie", heap.encode())], Passes(here.ring)) is None
