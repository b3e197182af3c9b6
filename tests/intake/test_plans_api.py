"""Plans for programs: read as they are, and previewed without a trace; a bad question says whose fault it is."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from everybody import Everybody
from msgspec.structs import replace

from outside import ORG, SITE, Answer
from tocsin.core.access.plan_versions import plan_of
from tocsin.core.words import Kind

PLANS, PREVIEW = "/api/v1/plans", "/api/v1/plans/preview"
STEP: dict[str, Any] = {"after_s": 0, "audience": ["on_shift"], "channels": [["sms"]]}


@pytest.fixture(scope="module")
def house() -> Everybody:
    return Everybody()


def asked(house: Everybody, who: str = "session-supervisor-plain", **body: Any) -> Answer:
    return asyncio.run(house.ask(f"POST {PREVIEW}", who, msgspec.json.encode({"site": SITE, **body})))


def refused(answer: Answer, status: int, code: str) -> Mapping[str, str]:
    assert (answer.status, answer.json["code"], answer.type) == (status, code, "application/problem+json")
    told: Mapping[str, str] = answer.json
    return told


def test_every_plan_is_read_with_its_version(house: Everybody) -> None:
    answer = asyncio.run(house.ask(f"GET {PLANS}", "session-auditor-plain"))
    (plan,) = answer.json["plans"]
    assert answer.status == 200 and (plan["site"], plan["kind"], plan["version"]) == (SITE, "sos", 1)


def test_a_preview_is_of_the_plan_in_force_and_leaves_no_trace(house: Everybody) -> None:
    before = len(house.ring.store.content.facts)
    told = asked(house, place="Lot B", member="noor").json
    plan = plan_of(house.ring.world.directory(ORG), SITE, Kind.SOS)
    assert plan is not None and told["preview"]["plan"]["version"] == plan.version
    assert {step["at_ms"] for step in told["preview"]["steps"]} >= {0} and "noor" not in str(told["preview"]["steps"])
    assert any("Lot B" in text["text"] for text in told["preview"]["told"])
    assert len(house.ring.store.content.facts) == before and not list(house.ring.world.open_alerts(ORG))


def test_a_preview_of_a_draft_says_what_is_wrong_with_it(house: Everybody) -> None:
    script = {"duty": "door", "language": "en", "text": "Lock it."}
    told = asked(house, plan={"rungs": [STEP], "scripts": [script], "needed": 3}, at="2026-11-22T03:05:00Z").json
    assert told["preview"]["plan"]["needed"] == 3
    assert any("the backstop names 0 people" in finding for finding in told["findings"])


def test_a_site_without_a_plan_of_that_kind_has_nothing_wrong_with_it(house: Everybody) -> None:
    told = asked(house, kind="asset", silent=True, failing=["sms", "voice", "push"]).json
    assert told["findings"] == [] and told["preview"]["plan"]["kind"] == "sos"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"site": "nowhere"}, "bad_field"),
        ({"at": "yesterday"}, "bad_field"),
        ({"at": "1999-01-01T00:00:00Z"}, "bad_field"),
        ({"member": "nobody"}, "bad_field"),
        ({"kind": "party"}, "bad_field"),
        ({"failing": ["pigeon"]}, "bad_field"),
        ({"plan": {"rungs": []}}, "bad_field"),
        ({"plan": {"rungs": [{**STEP, "repeat_s": 0}]}}, "bad_field"),
        ({"plan": {"rungs": [{**STEP, "channels": [[]]}]}}, "bad_field"),
        ({"plan": {"rungs": [STEP], "needed": 1}}, "bad_field"),
    ],
)
def test_a_bad_question_is_told_what_was_wrong(house: Everybody, body: dict[str, Any], code: str) -> None:
    told = refused(asked(house, **body), 400, code)
    assert told["fault"] == "caller" and "nowhere" not in told["detail"] and "party" not in told["detail"]


def test_what_is_no_json_is_refused(house: Everybody) -> None:
    answer = asyncio.run(house.ask(f"POST {PREVIEW}", "session-supervisor-plain", b"{\xff"))
    refused(answer, 400, "not_json")


@pytest.mark.parametrize("who", ["session-worker-plain", "device-supervisor-plain", "desk", "wallboard"])
def test_whoever_reads_no_plans_is_told_so_whatever_they_sent(house: Everybody, who: str) -> None:
    refused(asked(house, who, site="nowhere"), 403, "not_allowed")
    refused(asyncio.run(house.ask(f"GET {PLANS}", who)), 403, "not_allowed")


@pytest.mark.parametrize("who", ["session-supervisor-plain", "session-administrator-plain", "session-auditor-plain"])
def test_a_program_learns_of_no_tie_either(house: Everybody, who: str) -> None:
    here = house.ring.world.directory(ORG)
    free = asked(house, who, member="noor")
    teo = replace(here.members["teo"], not_told_about=("noor",))
    house.ring.world.directories[ORG] = replace(here, members={**here.members, "teo": teo})
    tied, kept = asked(house, who, member="noor"), asked(house, "session-coordinator-plain", member="noor")
    house.ring.world.directories[ORG] = here
    assert tied.body == free.body and b'"tied"' not in tied.body and b'"tied"' in kept.body
