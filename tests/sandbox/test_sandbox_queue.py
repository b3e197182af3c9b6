"""Calls that wait to be dialled in the box, are taken back there, or find a line engaged; on a clock of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

import msgspec
import pytest

from tocsin.sandbox import Fault, Habit, Sandbox, Tempo
from tocsin.sim.clock import VirtualTimeLoop
from tocsin.sim.disk import weather

TEO, OURS = "+12025550112", "+12025550190"
TWIML = "<Response><Say>Listen to these five words.</Say></Response>"
FORM = {"To": TEO, "From": OURS, "Twiml": TWIML, "StatusCallback": "https://tocsin.example.org/hooks/twilio/status"}
EVENTS = [("StatusCallbackEvent", event) for event in ("initiated", "ringing", "answered", "completed")]
RINGS_S, TALKS_S = 10, 5


class FixedEntropy:
    def seed(self) -> bytes:
        return bytes(32)


class StoppedClock:
    def now_ms(self) -> int:
        return 1_795_395_600_000


class Product:
    """Keeps when it heard of what, in seconds."""

    def __init__(self) -> None:
        self.told: list[tuple[float, str, str]] = []

    async def post(self, url: str, body: bytes, signature: str) -> tuple[int, bytes]:
        form = dict(pair.split("=") for pair in body.decode().split("&"))
        at_s = asyncio.get_running_loop().time()
        self.told.append((round(at_s, 1), form["To"][-2:], form["CallStatus"]))
        return 200, b""

    async def close(self) -> None:
        return None

    def when(self, status: str) -> list[float]:
        return [at_s for at_s, _, word in self.told if word == status]


class Exchange:
    """The box, its requests, and the time."""

    def __init__(self) -> None:
        self.product = Product()
        self.box = Sandbox(StoppedClock(), FixedEntropy(), self.product)
        self.calls = self.box.calls
        self.calls.tempo = Tempo(RINGS_S * 1_000, 1_000)

    async def call(self, *numbers: str) -> list[str]:
        """The carrier's names for these calls."""
        for number in numbers:
            reply = await self.calls.take(urlencode([*(FORM | {"To": number}).items(), *EVENTS]).encode())
            assert reply is not None and reply[0] == 201
        return [call.sid for call in self.calls.made[-len(numbers) :]]

    async def cancel(self, sid: str, status: str = "canceled") -> tuple[int, str | int]:
        reply = await self.calls.change(sid, urlencode({"Status": status}).encode())
        assert reply is not None
        told = msgspec.json.decode(reply[1])
        return reply[0], told["status"] if reply[0] == 200 else told["code"]


def told(story: Callable[[Exchange], Awaitable[None]]) -> Exchange:
    loop = VirtualTimeLoop(weather(1))
    exchange = Exchange()

    async def run() -> None:
        await story(exchange)
        await exchange.box.settled()

    loop.run_until_complete(run())
    loop.close()
    return exchange


def phones(count: int) -> list[str]:
    return [f"+120255501{number:02}" for number in range(10, 10 + count)]


def test_one_call_a_second_is_dialled_and_the_rest_waits() -> None:
    async def story(exchange: Exchange) -> None:
        exchange.calls.per_second = 1
        await exchange.call(*phones(5))

    assert told(story).product.when("ringing") == [1, 2, 3, 4, 5]


def test_what_is_taken_back_while_it_waits_never_rings_and_holds_nobody_up() -> None:
    async def story(exchange: Exchange) -> None:
        exchange.calls.per_second = 1
        *waiting, _ = await exchange.call(*phones(40))
        for sid in waiting[1:]:
            assert await exchange.cancel(sid) == (200, "canceled")

    exchange = told(story)
    assert exchange.product.when("ringing") == [1, 2] and exchange.product.when("canceled") == [0] * 38
    assert sum(call.dialled for call in exchange.calls.made) == 2


def test_a_phone_that_rings_stops_when_its_call_is_taken_back() -> None:
    async def story(exchange: Exchange) -> None:
        (sid,) = await exchange.call(TEO)
        await exchange.box._wait(3_000)
        assert await exchange.cancel(sid) == (200, "canceled")
        assert await exchange.cancel(sid) == (400, 21220), "it is over"

    exchange = told(story)
    assert exchange.calls.made[0].reported == ["initiated", "ringing", "canceled"]
    assert exchange.product.when("canceled") == [3] and exchange.calls.made[0].heard == []


def test_whoever_listens_is_not_cut_off() -> None:
    async def story(exchange: Exchange) -> None:
        (sid,) = await exchange.call(TEO)
        await exchange.box._wait((RINGS_S + 1) * 1_000)
        assert await exchange.cancel(sid) == (200, "in-progress")

    exchange = told(story)
    assert exchange.calls.made[0].heard == ["Listen to these five words."]
    assert exchange.product.when("completed") == [RINGS_S + TALKS_S]


@pytest.mark.parametrize("after_s", [1, RINGS_S + 1])
def test_a_second_call_to_the_same_phone_finds_it_engaged_until_the_first_is_over(after_s: int) -> None:
    async def story(exchange: Exchange) -> None:
        await exchange.call(TEO)
        await exchange.box._wait(after_s * 1_000)
        await exchange.call(TEO)
        await exchange.box._wait((RINGS_S + TALKS_S) * 1_000)
        await exchange.call(TEO)

    assert [call.status for call in told(story).calls.made] == ["completed", "busy", "completed"]


def test_a_request_that_cannot_be_followed_changes_nothing() -> None:
    async def story(exchange: Exchange) -> None:
        (sid,) = await exchange.call(TEO)
        assert await exchange.cancel("CA of nobody") == (404, 20404)
        assert await exchange.cancel(sid, "ringing") == (400, 21220)
        exchange.box.fault(None, Fault(down=True))
        assert await exchange.cancel(sid) == (503, 20503)
        exchange.box.fault(None, Fault(hang=True))
        assert await exchange.calls.change(sid, b"Status=canceled") is None

    assert told(story).calls.made[0].status == "canceled", "but that nobody heard of it"


def test_a_habit_decides_as_ever_once_the_call_is_dialled() -> None:
    async def story(exchange: Exchange) -> None:
        exchange.calls.per_second, exchange.calls.habits[TEO] = 2, Habit("no_answer")
        await exchange.call(TEO)

    assert told(story).product.when("no-answer") == [RINGS_S + 0.5]
