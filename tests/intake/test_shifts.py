"""Clocking in and out from a phone, and who is on: what each does, what it answers, and how a bad one is declined."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlencode

from everybody import Everybody
from msgspec.structs import replace

from outside import BEGAN_MS, ORG, SITE, Answer
from outside import ask as ask_at
from tocsin.core.directory import Shift
from tocsin.core.limits import CLOCK_OUT_MAX_MS
from tocsin.core.roster import on_shift
from tocsin.core.views import moment

HOUR = 3_600_000
IN, OUT, ROLL = "POST /api/v1/shifts/clock-in", "POST /api/v1/shifts/clock-out", "GET /api/v1/on-shift"


def on(centre: Everybody) -> list[str]:
    return on_shift(centre.ring.world.directory(ORG), SITE, centre.now_ms)


async def ask(centre: Everybody, route: str, name: str, **body: Any) -> Answer:
    return await centre.ask(route, name, json.dumps(body).encode())


def refused(answer: Answer, status: int, code: str) -> None:
    assert (answer.status, answer.json["code"], answer.type) == (status, code, "application/problem+json")


def test_a_phone_clocks_its_owner_in_and_out_and_said_twice_it_changes_nothing() -> None:
    centre = Everybody()

    async def story() -> None:
        until = moment(centre.now_ms + HOUR)
        for _ in range(2):
            answer = await ask(centre, IN, "device-worker-plain", site=SITE, until=until)
            assert answer.status == 200
            assert answer.json == {"member": "worker-plain", "on": True, "site": SITE, "until": until}
        assert "worker-plain" in on(centre)
        assert len([f for f in centre.ring.store.content.facts if f.type == "AttendanceSet"]) == 1
        for _ in range(2):
            answer = await centre.ask(OUT, "device-worker-plain")
            assert answer.json == {"member": "worker-plain", "on": False, "site": None, "until": None}
        assert "worker-plain" not in on(centre)

    asyncio.run(story())


def test_nobody_clocks_another_in_but_a_supervisor_signed_in() -> None:
    centre = Everybody()

    async def story() -> None:
        for name in ("device-worker-plain", "device-supervisor-plain", "session-administrator-plain", "desk"):
            refused(await ask(centre, IN, name, member="auditor-plain"), 403, "not_allowed")
        assert (await ask(centre, IN, "session-supervisor-plain", member="auditor-plain")).json["on"]
        assert (await ask(centre, OUT, "session-supervisor-plain", member="auditor-plain")).json["on"] is False
        refused(await ask(centre, IN, "session-supervisor-plain", member="nobody"), 404, "no_such_record")

    asyncio.run(story())


def test_what_cannot_be_used_is_named_and_nothing_changes() -> None:
    centre = Everybody()

    async def story() -> None:
        before = len(centre.ring.store.content.facts)
        name = "device-worker-plain"
        refused(await ask(centre, IN, name, until="tomorrow"), 400, "bad_field")
        refused(await ask(centre, IN, name, site=7), 400, "bad_field")
        refused(await centre.ask(IN, name, b"\xff"), 400, "not_json")
        refused(await ask(centre, IN, name, site="moon"), 400, "bad_field")
        refused(await ask(centre, IN, name, until=moment(centre.now_ms + 17 * HOUR)), 400, "bad_field")
        refused(await ask(centre, IN, "device-worker-suspended"), 403, "raise_only")
        refused(await ask(centre, IN, "nobody"), 401, "no_credential")
        assert len(centre.ring.store.content.facts) == before

    asyncio.run(story())


def test_whoever_reads_rosters_reads_who_is_on_now_and_later() -> None:
    centre = Everybody()

    async def story() -> None:
        name = "session-supervisor-plain"
        await ask(centre, IN, "device-worker-plain", site=SITE)
        roll = (await centre.ask(ROLL, name)).json
        assert roll["site"] == SITE and roll["at"] == moment(centre.now_ms)
        last = roll["people"][-1]
        assert last["member"]["id"] == "worker-plain" and last["clocked_in"] and not last["rostered"]
        later = (await asked(centre, name, at=moment(BEGAN_MS + 13 * HOUR), site=SITE)).json
        assert "worker-plain" not in [person["member"]["id"] for person in later["people"]]
        refused(await asked(centre, name, at="soon"), 400, "bad_query")
        refused(await asked(centre, name, site="moon"), 400, "bad_query")
        refused(await asked(centre, "device-supervisor-plain"), 403, "not_allowed")

    asyncio.run(story())


async def asked(centre: Everybody, name: str, **query: str) -> Answer:
    return await ask_at(centre.app, "GET", f"/api/v1/on-shift?{urlencode(query)}", centre.shown(name), [b""])


def test_whoever_goes_home_from_a_shift_without_an_end_is_answered_and_told_when_they_count_again() -> None:
    centre = Everybody()

    async def story() -> None:
        known = centre.ring.world.directory(ORG)
        endless = Shift(SITE, ("worker-plain",), 0, 10**15)
        centre.ring.world.directories[ORG] = replace(known, shifts=(*known.shifts, endless))
        answer = await centre.ask(OUT, "device-worker-plain")
        assert answer.status == 200
        until = moment(BEGAN_MS + CLOCK_OUT_MAX_MS)
        assert answer.json == {"member": "worker-plain", "on": False, "site": None, "until": until}

    asyncio.run(story())
