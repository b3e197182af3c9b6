"""Roll calls over HTTP: called once, answered by oneself, watched by those who may, closed; and what is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from outside import ORG, SITE, Answer, Centre, centre
from tocsin.core.access.roll_record import RollCall, roll_of
from tocsin.core.limits import ROLL_WHY_MAX_CHARS
from tocsin.core.round import RoundKind
from tocsin.core.round_commands import BeginRound
from tocsin.intake.roll_sending import RollSending
from tocsin.runtime.rounds.front import Front
from tocsin.runtime.system import SystemEntropy

ROLLS = "/api/v1/roll-calls"
Story = Callable[[Centre], Coroutine[Any, Any, None]]


def tell(story: Story) -> None:
    asyncio.run(story(Centre(centre())))


async def call(world: Centre, who: str = "ines", **body: Any) -> Answer:
    return await world.call("POST", ROLLS, who, {"site": SITE, **body})


async def called(world: Centre) -> str:
    answer = await call(world)
    assert answer.status == 201, answer.body
    id = answer.json["roll"]["id"]
    assert isinstance(id, str)
    return id


def test_pressed_twice_people_are_asked_once() -> None:
    async def story(world: Centre) -> None:
        first, second = await call(world, why="smoke"), await call(world)
        assert (first.status, second.status) == (201, 200)
        assert first.json["roll"]["id"] == second.json["roll"]["id"] and second.json["roll"]["why"] == "smoke"
        asked = [line["member"]["id"] for line in first.json["people"]]
        assert first.json["counts"] == {"asked": len(asked), "need_help": 0, "no_answer": len(asked)} | {
            "not_reached": 0,
            "safe": 0,
        }

    tell(story)


def test_whoever_is_asked_sees_that_they_are_and_says_so_and_nothing_of_the_others() -> None:
    async def story(world: Centre) -> None:
        roll = await called(world)
        page = await world.call("GET", ROLLS, "noor")
        (own,) = page.json["asked"]
        assert own["id"] == roll and own["safe_at"] is None and page.json["roll_calls"] == []
        said = await world.call("POST", f"{ROLLS}/{roll}/safe", "noor")
        assert said.status == 200 and said.json["asked"][0]["safe_at"] is not None
        for path in (f"{ROLLS}/{roll}",):
            assert (await world.call("GET", path, "noor")).status == 403
        view = await world.call("GET", f"{ROLLS}/{roll}", "ines")
        assert view.json["counts"]["safe"] == 1

    tell(story)


def test_it_is_closed_by_whoever_may_call_one_and_then_asks_nobody() -> None:
    async def story(world: Centre) -> None:
        roll = await called(world)
        assert (await world.call("POST", f"{ROLLS}/{roll}/close", "noor")).status == 403
        closed = await world.call("POST", f"{ROLLS}/{roll}/close", "ines")
        assert closed.status == 200 and closed.json["roll"]["closed_by"]["id"] == "ines"
        assert (await world.call("GET", ROLLS, "noor")).json["asked"] == []
        assert [one["id"] for one in (await world.call("GET", ROLLS, "ines")).json["roll_calls"]] == [roll]

    tell(story)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"site": "elsewhere"}, "conflict"),
        ({"site": 7}, "bad_field"),
        ({"why": "x" * (ROLL_WHY_MAX_CHARS + 1)}, "bad_field"),
    ],
)
def test_bad_input_says_whose_fault_it_is_and_asks_nobody(body: dict[str, Any], code: str) -> None:
    async def story(world: Centre) -> None:
        answer = await call(world, **body)
        assert answer.json["code"] == code and answer.json["remedy"]
        assert not world.ring.world.all_kept(ORG, RollCall)
        for path in (f"{ROLLS}/x/safe", f"{ROLLS}/x/close"):
            assert (await world.call("POST", path, "ines")).json["code"] == "no_such_record"
        assert (await world.call("GET", f"{ROLLS}/x", "ines")).json["code"] == "no_such_record"
        assert (await world.call("POST", ROLLS, "noor", {})).json["code"] == "not_allowed"

    tell(story)


# What is sent ------------------------------------------------------------------------------------------------------


def sending(world: Centre) -> RollSending:
    ring = world.ring
    return RollSending(Front(ring), ring.world, ring.clock, SystemEntropy())  # type: ignore[arg-type]


def test_a_wave_is_begun_once_and_again_only_when_it_is_wanted_again() -> None:
    async def story(world: Centre) -> None:
        roll, sends = await called(world), sending(world)
        await world.call("POST", f"{ROLLS}/{roll}/safe", "noor")
        (now,) = sends.wanted(ORG)
        assert now.kind is RoundKind.ROLL_CALL and roll_of(now.id) == roll and now.site == SITE
        assert "noor" not in [target.member for target in now.targets]
        begin = BeginRound(org=ORG, round=now.id, kind=now.kind, site=SITE, by="ines", why="", recipients=1)
        await world.ring.submit(begin)
        assert list(sends.wanted(ORG)) == [] and list(sends.unwanted(ORG)) == []
        await world.call("POST", f"{ROLLS}/{roll}/close", "ines")
        assert list(sends.unwanted(ORG)) == [now.id], "what has not gone out is taken back"

    tell(story)


def test_whoever_is_asked_is_greeted_with_it_and_a_screen_is_not() -> None:
    async def story(world: Centre) -> None:
        assert "rolls" not in (await world.call("GET", "/api/v1/me", "noor")).json
        roll = await called(world)
        (own,) = (await world.call("GET", "/api/v1/me", "noor")).json["rolls"]
        assert (own["id"], own["safe_at"]) == (roll, None)
        assert "rolls" not in (await world.call("GET", "/api/v1/me", "wale")).json, "she is not on shift"

    tell(story)
