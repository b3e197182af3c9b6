"""When a vendor counts as down, how it comes back, and what that does to the next message."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from rig import Rig

from one_message import NEW
from tocsin.core.limits import SEND_DEADLINE_MS
from tocsin.core.words import Channel, Reason
from tocsin.ports import Accepted, Message, Refused, Unknown
from tocsin.runtime.health import (
    GOOD_NEEDED,
    STEADY_MS,
    STRIKES,
    STRIKES_FADE_MS,
    TERM_MAX_MS,
    TERM_MS,
    Health,
    heard,
)
from tocsin.runtime.routes import HANGING_MIN, HANGS_MS, Result, Routes, VendorSeen
from tocsin.sim.clock import VirtualTimeLoop

DOWN, DOUBT, LIMITED, SUSPENDED = (
    Reason.VENDOR_DOWN,
    Reason.NOBODY_KNOWS,
    Reason.RATE_LIMITED,
    Reason.SENDER_SUSPENDED,
)


def after(*answers: Reason | None, health: Health | None = None, at_ms: int = 0, step_ms: int = 0) -> Health:
    health = health or Health()
    for number, reason in enumerate(answers):
        health = heard(health, reason, at_ms + number * step_ms)
    return health


# The machine -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("reason", "in_a_row"), [(DOWN, 3), (DOUBT, 3), (LIMITED, 10), (SUSPENDED, 1)])
def test_a_vendor_is_down_after_so_many_failures_of_its_own_in_a_row(reason: Reason, in_a_row: int) -> None:
    assert after(*[reason] * (in_a_row - 1)).well
    fallen = after(*[reason] * in_a_row, at_ms=7)
    assert (fallen.well, fallen.why, fallen.since_ms) == (False, reason, 7)


@pytest.mark.parametrize("answer", [None, *sorted(set(Reason) - set(STRIKES))])
def test_any_answer_about_one_message_ends_the_row(answer: Reason | None) -> None:
    assert after(DOWN, DOWN, answer, DOWN, DOWN).well


def test_failures_long_ago_are_no_row() -> None:
    assert after(DOWN, DOWN, DOWN, step_ms=STRIKES_FADE_MS + 1).well


def test_it_is_well_again_after_good_answers_in_a_row_and_not_before_its_term() -> None:
    fallen = after(SUSPENDED, at_ms=0)
    early = after(*[None] * 20, health=fallen, at_ms=1_000)
    assert not early.well
    assert after(None, health=early, at_ms=TERM_MS).well
    assert not after(None, health=fallen, at_ms=TERM_MS).well, "one good answer is luck"
    assert not after(None, DOWN, None, health=fallen, at_ms=TERM_MS).well
    assert after(*[None] * GOOD_NEEDED, health=fallen, at_ms=TERM_MS).well


def test_one_that_flaps_stays_away_longer_each_time_up_to_a_bound_and_a_steady_one_does_not() -> None:
    health, now_ms, terms = Health(), 0, []
    for _ in range(12):
        health = after(SUSPENDED, health=health, at_ms=now_ms)
        terms.append(health.term_ms)
        now_ms += health.term_ms
        assert not after(None, None, health=health, at_ms=now_ms - 1).well
        health = after(None, None, health=health, at_ms=now_ms)
        assert health.well
    assert terms[:3] == [TERM_MS, 2 * TERM_MS, 4 * TERM_MS] and set(terms[5:]) == {TERM_MAX_MS}
    assert after(SUSPENDED, health=health, at_ms=now_ms + STEADY_MS + 1).term_ms == TERM_MS


def test_probes_come_ever_more_seldom_up_to_a_bound() -> None:
    health, waits, now_ms = after(SUSPENDED), [], 0
    for _ in range(8):
        assert health.probe_ms is not None
        waits.append(health.probe_ms - now_ms)
        now_ms = health.probe_ms
        health = heard(health, DOWN, now_ms)
    assert waits == [5_000, 5_000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000]
    assert heard(health, None, now_ms).probe_ms == now_ms + 5_000, "after a good one the next is soon"
    assert health.why is SUSPENDED, "what is known to be so stands before what may pass"


def test_sends_that_end_while_it_is_down_do_not_put_its_probes_off() -> None:
    fallen = after(SUSPENDED)
    assert after(*[DOUBT] * 200, health=fallen, at_ms=4_000).probe_ms == fallen.probe_ms


@given(st.lists(st.tuples(st.none() | st.sampled_from(Reason), st.integers(0, 120_000)), max_size=60))
def test_it_never_changes_its_mind_sooner_than_its_term(answers: list[tuple[Reason | None, int]]) -> None:
    health, now_ms, fell_ms = Health(), 0, 0
    for reason, dt_ms in answers:
        now_ms += dt_ms
        before, health = health, heard(health, reason, now_ms)
        if before.well and not health.well:
            fell_ms = now_ms
        if health.well and not before.well:
            assert now_ms - fell_ms >= before.term_ms and reason not in STRIKES
        assert health.well == (health.probe_ms is None)


# Choosing --------------------------------------------------------------------------------------------------------


class Way:
    """A vendor that says `result`, and `probed` when it is asked; with `hang`, nothing until it is released."""

    def __init__(self, result: Result | None = None) -> None:
        self.result: Result = result or Accepted("ref")
        self.gate: asyncio.Event | None = None
        self.probes = 0

    async def send(self, message: Message) -> Result:
        if self.gate is not None:
            await self.gate.wait()
        return self.result

    async def close(self) -> None:
        """Nothing is open."""


class Probed(Way):
    probed: Accepted | Refused = Refused(DOWN)

    async def probe(self) -> Accepted | Refused:
        self.probes += 1
        return self.probed


class Bench:
    """Two vendors of SMS, the first of which can be probed; `go` sends one message by whichever is chosen."""

    def __init__(self, loop: VirtualTimeLoop, first: Way | None = None) -> None:
        self.loop, self.pages = loop, list[str]()
        self.ways = {"twilio": first or Probed(), "vonage": Way()}
        self.routes = Routes({Channel.SMS: self.ways}, Rig(loop).clock, self.pages.append)

    def chosen(self, remembered: str | None = None, tried: tuple[str, ...] = ()) -> str:
        route = self.routes.choose(replace(NEW, tried=tried), remembered)
        assert route is not None
        return route.name

    async def go(self, times: int = 1, vendor: str = "twilio") -> None:
        for _ in range(times):
            route = self.routes.choose(replace(NEW, tried=tuple(set(self.ways) - {vendor})), None)
            assert route is not None and route.name == vendor
            await self.routes.send(route, Message("a/d", "+12025550112", "x", 60), Channel.SMS)

    def state(self, vendor: str = "twilio") -> str:
        return {seen.vendor: seen.state for seen in self.routes.health()}[vendor]


async def test_the_order_is_untried_then_well_then_remembered_then_as_it_was_set(loop: VirtualTimeLoop) -> None:
    bench = Bench(loop)
    assert bench.chosen() == "twilio" and bench.chosen("vonage") == "vonage" and bench.chosen("gone") == "twilio"
    assert bench.chosen("vonage", ("vonage",)) == "twilio"
    bench.ways["twilio"].result = Refused(SUSPENDED)
    await bench.go()
    assert bench.chosen() == "vonage" and bench.chosen("twilio") == "vonage"
    assert bench.chosen(tried=("vonage",)) == "twilio", "asked all the same, where nothing better is left"
    await bench.routes.close()


async def test_with_all_down_the_least_bad_is_asked(loop: VirtualTimeLoop) -> None:
    bench = Bench(loop)
    bench.ways["twilio"].result = Refused(SUSPENDED)
    bench.ways["vonage"].result = Unknown("time-out")
    await bench.go()
    await bench.go(3, "vonage")
    assert {seen.state for seen in bench.routes.health()} == {"down"}
    assert bench.chosen() == "vonage" and bench.chosen(tried=("twilio", "vonage")) == "vonage"
    await bench.routes.close()


async def test_one_that_lets_requests_hang_is_passed_over_before_any_has_timed_out(loop: VirtualTimeLoop) -> None:
    bench = Bench(loop)
    bench.ways["twilio"].gate = asyncio.Event()
    sends = [asyncio.ensure_future(bench.go()) for _ in range(HANGING_MIN)]
    await loop.pause(HANGS_MS / 1_000 - 0.1)
    assert bench.chosen() == "twilio"
    await loop.pause(0.2)
    assert bench.chosen() == "vonage" and bench.state() == "well"
    assert HANGS_MS < SEND_DEADLINE_MS
    bench.ways["twilio"].gate.set()
    await asyncio.gather(*sends)
    assert bench.chosen() == "twilio"
    await bench.routes.close()


async def test_a_vendor_that_goes_down_pages_once_is_named_and_comes_back_by_probes(loop: VirtualTimeLoop) -> None:
    bench = Bench(loop)
    way = bench.ways["twilio"]
    assert isinstance(way, Probed)
    way.result = Refused(DOWN)
    await bench.go(5)
    assert bench.pages == ["vendor_down"]
    (reason,) = bench.routes.not_ready()
    assert reason.part == "vendors" and "twilio" in reason.what and reason.remedy.endswith(".")
    await loop.pause(60)
    assert bench.state() == "down" and 1 <= way.probes <= 6
    way.probed = Accepted("")
    await loop.pause(120)
    assert bench.state() == "well" and not list(bench.routes.not_ready())
    assert bench.chosen() == "twilio" and bench.pages == ["vendor_down"]
    asked = way.probes
    await loop.pause(600)
    assert way.probes == asked, "one that is well is left in peace"
    await bench.routes.close()


async def test_a_vendor_that_does_not_know_us_says_so(loop: VirtualTimeLoop) -> None:
    bench = Bench(loop)
    bench.ways["twilio"].result = Refused(SUSPENDED)
    await bench.go()
    (reason,) = bench.routes.not_ready()
    assert "sender_suspended" in reason.what and "account" in reason.remedy
    await bench.routes.close()


async def test_one_that_was_out_of_order_is_well_when_it_answers_and_the_next_message_shows_the_rest(
    loop: VirtualTimeLoop,
) -> None:
    """Whether our key may ask what a probe asks is not what it was down for."""
    bench = Bench(loop)
    way = bench.ways["twilio"]
    assert isinstance(way, Probed)
    way.result, way.probed = Refused(DOWN), Refused(SUSPENDED)
    await bench.go(3)
    await loop.pause(60)
    assert bench.state() == "well"
    way.result = Refused(SUSPENDED)
    await bench.go()
    await loop.pause(600)
    assert bench.state() == "down", "of this it was told, and nothing says otherwise"
    await bench.routes.close()


async def test_one_that_cannot_be_probed_is_tried_again_after_its_term(loop: VirtualTimeLoop) -> None:
    bench = Bench(loop, Way(Unknown("time-out")))
    await bench.go(3)
    assert bench.chosen() == "vonage"
    await loop.pause(TERM_MS / 1_000 + 1)
    assert bench.chosen() == "twilio"
    await bench.go()
    assert bench.chosen() == "vonage", "one failure more is enough"
    await loop.pause(TERM_MS / 1_000 + 1)
    assert bench.chosen() == "vonage", "and its term is longer now"
    await loop.pause(TERM_MS / 1_000)
    bench.ways["twilio"].result = Accepted("ref")
    await bench.go(2)
    assert bench.state() == "well"
    await bench.routes.close()


async def test_the_numbers_of_every_vendor_can_be_read(loop: VirtualTimeLoop) -> None:
    bench = Bench(loop)
    bench.ways["twilio"].result = Refused(DOWN)
    await bench.go(2)
    began_ms = loop.now_ms
    assert bench.routes.health() == [
        VendorSeen(Channel.SMS, "twilio", "well", began_ms, 2),
        VendorSeen(Channel.SMS, "vonage", "well", began_ms, 0),
    ]
    await bench.routes.close()


async def test_a_close_ends_a_probe_under_way(loop: VirtualTimeLoop) -> None:
    class Slow(Probed):
        async def probe(self) -> Accepted | Refused:
            await asyncio.Event().wait()
            return Accepted("")

    bench = Bench(loop, Slow(Refused(SUSPENDED)))
    await bench.go()
    await loop.pause(6)
    await bench.routes.close()
    assert bench.state() == "down"


class Hanging(Probed):
    """A probe that never ends, then one that fails as no probe should, then good ones."""

    async def probe(self) -> Accepted | Refused:
        self.probes += 1
        if self.probes == 1:
            await asyncio.Event().wait()
        if self.probes == 2:
            raise ValueError("a fault of ours")
        return Accepted("")


async def test_a_probe_that_hangs_or_fails_is_a_bad_one_and_another_follows(loop: VirtualTimeLoop) -> None:
    bench = Bench(loop, Hanging(Refused(SUSPENDED)))
    await bench.go()
    await loop.pause(TERM_MAX_MS / 1_000)
    assert bench.state() == "well"
    await bench.routes.close()


async def test_without_a_clock_nobody_s_health_is_minded(loop: VirtualTimeLoop) -> None:
    way = Way(Unknown("time-out"))
    routes = Routes({Channel.SMS: {"twilio": way, "vonage": Way()}})
    for _ in range(9):
        route = routes.choose(NEW, None)
        assert route is not None and route.name == "twilio"
        await routes.send(route, Message("a/d", "+12025550112", "x", 60), Channel.SMS)
    assert {seen.state for seen in routes.health()} == {"well"} and routes.way(Channel.SMS, "vonage") is not None
    assert (
        routes.way(Channel.VOICE, "twilio") is None and routes.choose(replace(NEW, channel=Channel.VOICE), None) is None
    )
    await routes.close()
