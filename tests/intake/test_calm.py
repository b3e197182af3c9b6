"""What a watch asks for while nothing happens: who is told, what, and how often a day is counted anew."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlencode

import pytest
from everybody import Everybody

from outside import SITE, Answer
from outside import ask as ask_at
from tocsin.core.cover import cover
from tocsin.core.limits import GAPS_FRESH_MS
from tocsin.intake import calm


async def asked(centre: Everybody, name: str, **query: str) -> Answer:
    return await ask_at(centre.app, "GET", f"/api/v1/calm?{urlencode(query)}", centre.shown(name), [b""])


def test_a_supervisor_sees_who_is_on_and_the_cover_of_a_day() -> None:
    centre = Everybody()

    async def story() -> None:
        answer = await asked(centre, "session-supervisor-plain")
        assert answer.status == 200 and answer.json["site"] == SITE
        assert answer.json["on_shift"] == len(answer.json["people"]) > 0
        assert len(answer.json["cover"]) == 24 and {"at", "people", "lacks"} == set(answer.json["cover"][0])

    asyncio.run(story())


@pytest.mark.parametrize(
    ("name", "query", "status", "code"),
    [
        ("session-supervisor-plain", {"site": "moon"}, 400, "bad_query"),
        ("session-worker-plain", {}, 403, "not_allowed"),
        ("device-supervisor-plain", {}, 403, "not_allowed"),
    ],
)
def test_whoever_may_not_read_rosters_is_told_nothing(name: str, query: Any, status: int, code: str) -> None:
    centre = Everybody()

    async def story() -> None:
        answer = await asked(centre, name, **query)
        assert (answer.status, answer.json["code"]) == (status, code)

    asyncio.run(story())


def test_a_day_is_counted_anew_when_people_change_or_the_hour_does(monkeypatch: pytest.MonkeyPatch) -> None:
    centre, counted = Everybody(), []

    def counting(*given: Any) -> Any:
        counted.append(given)
        return cover(*given)

    monkeypatch.setattr(calm, "cover", counting)

    async def story() -> None:
        for _ in range(3):
            await asked(centre, "session-supervisor-plain")
        assert len(counted) == 1
        centre.ring.clock.ms += GAPS_FRESH_MS
        await asked(centre, "session-supervisor-plain")
        assert len(counted) == 2

    asyncio.run(story())
