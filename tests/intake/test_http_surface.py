"""The surface: what each call answers, to whom, and how it says no."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from litestar import Litestar, get
from msgspec.structs import replace

from outside import ORG, PIN, Answer, Centre, ask
from tocsin.core import commands as c
from tocsin.core.access.commands import Suspend
from tocsin.core.access.record import OPERATOR
from tocsin.core.directory import Site
from tocsin.core.limits import LISTED_MAX
from tocsin.core.words import Came
from tocsin.identity.token import token_hash
from tocsin.intake.http import Desk, api_handlers
from tocsin.intake.lanes import nothing_else
from tocsin.intake.problems import SORTS, trouble_of

ALERTS = "/api/v1/alerts"
ACTS: list[tuple[str, Any]] = [
    ("answers", {"answer": "seen"}), ("places", {"kind": "spoken", "label": "lot b"}), ("notes", {"text": "here"}),
    ("climb", None), ("police", {"who": "desk", "number": "the line"}), ("close", {"outcome": "safe"}),
    ("handover", {"to": "wale"}), ("handover/take", None), ("close/confirm", None), ("close/object", None),
    ("safe", {"pin": PIN}),
]  # fmt: skip


def calls(alert: str) -> list[tuple[str, str, Any]]:
    """Every call that needs a credential, but the press."""
    reads = [("GET", f"{ALERTS}/{alert}", None), ("GET", ALERTS, None), ("GET", "/api/v1/me", None)]
    return [*reads, ("GET", "/api/v1/live", None), *(("POST", f"{ALERTS}/{alert}/{act}", body) for act, body in ACTS)]


async def raised(centre: Centre, **body: Any) -> str:
    id = (await centre.press(body=body)).json["id"]
    assert isinstance(id, str)
    return id


def refused(answer: Answer, status: int, code: str) -> None:
    assert (answer.status, answer.json["code"], answer.type) == (status, code, "application/problem+json")
    assert {"type", "title", "status", "detail", "fault", "remedy"} <= set(answer.json)


# Who -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("credential", ["none", "never issued", "revoked", "suspended", "removed"])
def test_a_credential_that_may_not_read_does_nothing_anywhere(credential: str) -> None:
    centre = Centre()

    async def story() -> None:
        alert = await raised(centre)
        if credential == "revoked":
            centre.ring.decide(c.Revoke(org=ORG, by=OPERATOR, device="teo-phone"))
        elif credential == "suspended":
            centre.ring.decide(Suspend(org=ORG, member="teo", by=OPERATOR))
        elif credential == "removed":
            directory = centre.ring.world.directory(ORG)
            members = {id: one for id, one in directory.members.items() if id != "teo"}
            centre.ring.world.directories[ORG] = replace(directory, members=members)
        token = {"none": None, "never issued": "Bearer tocsin_another"}.get(credential, f"Bearer {centre.token('teo')}")
        headers = {} if token is None else {"authorization": token}
        facts = len(centre.ring.store.content.facts)
        for method, path, body in calls(alert):
            raw = b"" if body is None else msgspec.json.encode(body)
            answer = await ask(centre.app, method, path, headers, [raw])
            issued = credential in ("revoked", "suspended", "removed")
            refused(answer, 403 if issued else 401, "raise_only" if issued else "no_credential")
            assert b"noor" not in answer.body and alert.encode() not in answer.body
        assert len(centre.ring.store.content.facts) == facts

    asyncio.run(story())


def test_to_a_tied_member_an_alert_is_what_does_not_exist() -> None:
    centre = Centre()

    async def story() -> None:
        alert = await raised(centre)
        for act, body in ACTS:
            real = await centre.act("omar", alert, act, body)
            invented = await centre.act("omar", alert[:-4] + "0000", act, body)
            assert (real.status, real.body) == (invented.status, invented.body) == (404, real.body)
        assert (await centre.call("GET", ALERTS, "omar")).json == {"alerts": [], "next": None}
        assert (await centre.look("omar", alert)).status == 404

    asyncio.run(story())


def test_a_member_of_another_organisation_sees_nothing_of_this_one() -> None:
    centre = Centre()

    async def story() -> None:
        alert = await raised(centre)
        other = replace(centre.ring.world.directory(ORG), id="birch", devices={})
        centre.ring.world.directories["birch"] = other
        hashed = token_hash("tocsin_birch")
        centre.ring.decide(c.Enrol(org="birch", by=OPERATOR, member="teo", device="b1", token_hash=hashed))
        headers = {"authorization": "Bearer tocsin_birch"}
        for method, path, body in calls(alert):
            if path in ("/api/v1/me", "/api/v1/live"):
                continue
            raw = b"" if body is None else msgspec.json.encode(body)
            answer = await ask(centre.app, method, path, headers, [raw])
            assert answer.status == 404 or answer.json == {"alerts": [], "next": None}

    asyncio.run(story())


def test_a_token_issued_while_the_server_runs_works_at_once_and_a_revoked_one_no_more() -> None:
    centre = Centre()

    async def story() -> None:
        headers = {"authorization": f"Bearer {centre.token('rafi', 'tablet')}"}
        assert (await ask(centre.app, "GET", "/api/v1/me", headers, [b""])).status == 401
        centre.enrol("rafi", "tablet")
        assert (await ask(centre.app, "GET", "/api/v1/me", headers, [b""])).status == 200
        centre.ring.decide(c.Revoke(org=ORG, by=OPERATOR, device="rafi-tablet"))
        assert (await ask(centre.app, "GET", "/api/v1/me", headers, [b""])).status == 403
        assert (await centre.call("GET", "/api/v1/me", "rafi")).status == 200, "the other device is as it was"

    asyncio.run(story())


# Lists ---------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_list_is_newest_first_by_state_and_in_pages() -> None:
    centre = Centre()

    async def story() -> None:
        for _ in range(LISTED_MAX + 5):
            centre.wait(1)
            await centre.act("noor", await raised(centre), "safe", {"pin": PIN})
        centre.wait(1)
        last = await raised(centre)
        first = (await centre.call("GET", ALERTS, "teo")).json
        assert len(first["alerts"]) == LISTED_MAX and first["alerts"][0]["id"] == last
        second = (await centre.call("GET", f"{ALERTS}?after={first['next']}", "teo")).json
        assert len(second["alerts"]) == 6 and second["next"] is None
        ids = [alert["id"] for alert in first["alerts"] + second["alerts"]]
        assert ids == sorted(set(ids), reverse=True) and len(ids) == LISTED_MAX + 6
        for state, count in (("open", 1), ("climbing", 1), ("paused", 0)):
            assert len((await centre.call("GET", f"{ALERTS}?state={state}", "teo")).json["alerts"]) == count
        closed = (await centre.call("GET", f"{ALERTS}?state=closed", "teo")).json["alerts"]
        assert {alert["state"] for alert in closed} == {"closed"} and len(closed) == LISTED_MAX

    asyncio.run(story())


def test_a_state_nobody_knows_is_a_problem() -> None:
    refused(asyncio.run(Centre().call("GET", f"{ALERTS}?state=lost", "teo")), 400, "bad_query")


def test_me_counts_the_others_on_shift_and_names_nobody() -> None:
    centre = Centre()

    async def story() -> None:
        me = (await centre.call("GET", "/api/v1/me", "noor")).json
        assert me == {
            "member": {
                "id": "noor", "name": "Noor Invented", "roles": ["worker", "responder"], "site_phone": "+12025550100",
                "language": "en",
            },
            "site": {"id": "centre", "name": "Dispatch Centre", "time_zone": "UTC", "utc_offset_s": 0},
            "sos_numbers": ["+12025550190"], "on_shift_count": 3, "would_ring": 2, "addresses": [], "calm": False,
            "drill": False, "disabled": [],
        }  # fmt: skip
        drill = c.Press(org=ORG, credential="x", key="x", member="noor", device=None, came=Came.DRILL, drill=True)
        centre.ring.decide(drill)
        assert (await centre.call("GET", "/api/v1/me", "teo")).json["drill"] is True
        assert (await centre.call("GET", "/api/v1/me", "omar")).json["drill"] is False, "tied to whom it is about"
        nowhere = replace(centre.ring.world.directory(ORG), sites={})
        centre.ring.world.directories[ORG] = nowhere
        assert (await centre.call("GET", "/api/v1/me", "teo")).json["site"] is None
        teo = replace(nowhere.members["teo"], language="es")
        centre.ring.world.directories[ORG] = replace(nowhere, members={**nowhere.members, "teo": teo})
        assert (await centre.call("GET", "/api/v1/me", "teo")).json["member"]["language"] == "es"

    asyncio.run(story())


def test_a_person_of_several_sites_is_told_their_names_and_their_hours() -> None:
    """So that a watch can say at which of them an alert is, and shows the hours of the wall that it hangs on."""
    centre = Centre()
    known = centre.ring.world.directory(ORG)
    north = Site("north", "North Annex", "America/Chicago")
    odd = Site("odd", "Odd", "Nowhere/Land")  # A page that greets nobody would be worse than a wrong hour.
    centre.ring.world.directories[ORG] = replace(known, sites={**known.sites, "north": north, "odd": odd})
    me = asyncio.run(centre.call("GET", "/api/v1/me", "noor")).json
    assert [(one["name"], one["time_zone"]) for one in me["sites"]] == [
        ("Dispatch Centre", "UTC"),
        ("North Annex", "America/Chicago"),
        ("Odd", "Nowhere/Land"),
    ]
    offsets = [one["utc_offset_s"] for one in me["sites"]]
    assert offsets[0] == offsets[2] == 0 and offsets[1] in (-5 * 3_600, -6 * 3_600)


# The rest ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"), ("GET", "/", 404, "not_found"), ("PUT", ALERTS, 405, "wrong_method"),
        ("DELETE", f"{ALERTS}/x", 405, "wrong_method"), ("GET", "/hooks/twilio/sms", 404, "not_found"),
        ("GET", f"{ALERTS}/\x00", 404, "no_such_alert"), ("GET", f"{ALERTS}/%ff", 404, "no_such_alert"),
        ("GET", f"{ALERTS}/{'x' * 5000}", 404, "no_such_alert"), ("POST", f"{ALERTS}/x/nothing", 404, "not_found"),
    ],
)  # fmt: skip
def test_whatever_is_not_there_is_a_problem(method: str, path: str, status: int, code: str) -> None:
    refused(asyncio.run(Centre().call(method, path, "teo")), status, code)


def test_a_host_that_is_none_is_a_problem_and_not_a_traceback() -> None:
    refused(asyncio.run(Centre().call("GET", "/healthz", headers={"host": "no host/"})), 400, "bad_request")


def test_a_fault_in_a_page_is_a_problem_without_content() -> None:
    @get("/broken")
    async def broken() -> None:
        raise RuntimeError("a secret")

    answer = asyncio.run(Centre(handlers=[broken]).call("GET", "/broken"))
    refused(answer, 500, "fault")
    assert b"secret" not in answer.body


def test_a_get_changes_nothing() -> None:
    centre = Centre()

    async def story() -> None:
        alert = await raised(centre)
        facts, commands = len(centre.ring.store.content.facts), len(centre.ring.commands)
        for who in ("noor", "teo", "omar", "wale"):
            for path in (f"{ALERTS}/{alert}", ALERTS, "/api/v1/me", "/healthz", "/readyz", "/metrics", "/openapi.json"):
                answer = await centre.call("GET", path, who)
                assert answer.headers["cache-control"] == "no-store"
        assert (len(centre.ring.store.content.facts), len(centre.ring.commands)) == (facts, commands)

    asyncio.run(story())


def test_the_sos_socket_serves_the_sos_and_nothing_else() -> None:
    centre = Centre()

    async def story() -> None:
        for path in (ALERTS, "/healthz", "/api/v1/me", "/"):
            refused(await centre.call("GET", path, "teo", app=centre.sos), 404, "not_found")
        assert (await centre.call("POST", ALERTS, "noor", {}, app=centre.sos)).status == 201

    asyncio.run(story())


@pytest.mark.parametrize("kind", ["websocket", "lifespan"])
def test_beyond_the_lane_of_the_sos_socket_other_protocols_end_politely(kind: str) -> None:
    said: list[str] = []

    async def receive() -> dict[str, Any]:
        return {"type": f"{kind}.any"}

    async def send(message: Any) -> None:
        said.append(message["type"])

    asyncio.run(nothing_else({"type": kind}, receive, send))
    assert said == (
        ["websocket.close"] if kind == "websocket" else ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    )


def test_openapi_names_every_route_and_every_route_is_in_it() -> None:
    centre = Centre()
    told = asyncio.run(centre.call("GET", "/openapi.json")).json
    assert told["openapi"] == "3.1.0"
    in_document = {(method.upper(), path) for path, methods in told["paths"].items() for method in methods}
    desk = Desk(centre.ring, centre.readiness, centre.leaving, (), bytes)
    litestar: Any = Litestar(api_handlers(desk), openapi_config=None)  # What lies behind the lane.
    served = {
        (method, route.path_format) for route in litestar.routes for method in route.methods if method != "OPTIONS"
    }
    lane = {("POST", path) for path in (ALERTS, *centre.app._hooks)}  # type: ignore[attr-defined]
    assert in_document == served | lane


def test_openapi_gives_an_example_of_everything_and_only_problems_that_exist() -> None:
    told = asyncio.run(Centre().call("GET", "/openapi.json")).json
    for methods in told["paths"].values():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                for media in answer["content"].values():
                    assert "example" in media or media["examples"]
                    assert {example["value"]["status"] for example in media.get("examples", {}).values()} <= {
                        int(status)
                    }
                    assert set(media.get("examples", {})) <= set(SORTS)


def test_openapi_says_what_waits_and_that_no_press_does() -> None:
    """And of whatever a session changes by its cookie, or a browser binds, that it has to come from a page of ours."""
    told = asyncio.run(Centre().call("GET", "/openapi.json")).json
    from_here = (ALERTS, "/api/v1/shifts", "/api/v1/plans", "/api/v1/walks", "/api/v1/roll-calls", "/r/")
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            lane = path.startswith("/hooks") or (path, method) == (ALERTS, "post")
            assert ("429" in operation["responses"]) == (not lane and path != "/healthz"), path
            refused = str(operation["responses"].get("403", ""))
            assert ("not_ours" in refused) == (path.startswith(from_here) and method == "post"), path


def test_every_reason_of_the_core_has_a_sentence() -> None:
    assert {trouble_of(c.Declined(problem=problem)).code for problem in c.Problem} <= set(SORTS)


def test_while_leaving_no_stream_begins() -> None:
    centre = Centre()
    centre.leaving.set()
    refused(asyncio.run(centre.call("GET", "/api/v1/live", "teo")), 503, "stopping")
