"""A walk over HTTP, from the door to home: what each act does, who sees what of it, and how a bad one is declined."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from msgspec.structs import replace

from outside import BEGAN_MS, DURESS_PIN, ORG, PIN, SITE, Answer, Centre, centre
from tocsin.core.access.commands import Suspend
from tocsin.core.access.place_record import PlanSheet
from tocsin.core.access.record import OPERATOR
from tocsin.core.attendance import Attendance, AttendancePhase
from tocsin.core.directory import Directory, Place, Site
from tocsin.core.ground import Known
from tocsin.core.views import moment
from tocsin.core.words import Came, Kind, PlaceKind

HERE = AttendancePhase.HERE
WALKS = "/api/v1/walks"
MINUTE = 60_000
Story = Callable[[Centre], Coroutine[Any, Any, None]]


def with_places(watched: bool = False) -> Directory:
    """The centre with a lot; `watched`: Noor is in a watch window."""
    plain = centre()
    noor = replace(plain.members["noor"], watch_window=watched)
    lot = Place(SITE, "lot-b", "Lot B", "lot")
    return replace(plain, members={**plain.members, "noor": noor}, places=(lot,))


def tell(story: Story, *, watched: bool = False) -> Centre:
    world = Centre(with_places(watched))
    asyncio.run(story(world))
    return world


async def start(world: Centre, who: str = "noor", key: str | None = None, **body: Any) -> Answer:
    headers = {} if key is None else {"idempotency-key": key}
    return await world.call("POST", WALKS, who, {"minutes": 15, **body}, headers=headers)


async def begun(world: Centre, **body: Any) -> str:
    answer = await start(world, **body)
    assert answer.status == 201, answer.body
    id = answer.json["id"]
    assert isinstance(id, str)
    return id


async def do(world: Centre, walk: str, act: str, body: Any = None, who: str = "noor") -> Answer:
    return await world.call("POST", f"{WALKS}/{walk}/{act}", who, body)


async def look(world: Centre, walk: str, who: str = "noor") -> Answer:
    return await world.call("GET", f"{WALKS}/{walk}", who)


def refused(answer: Answer, status: int, code: str) -> None:
    assert (answer.status, answer.json["code"], answer.type) == (status, code, "application/problem+json")
    assert answer.json["fault"] in ("caller", "people", "server") and answer.json["remedy"]


def alerts(world: Centre) -> list[Any]:
    return list(world.ring.world.open_alerts(ORG))


# From the door to home ------------------------------------------------------------------------------------------------


def test_a_walk_is_started_extended_and_ends_at_home() -> None:
    async def story(world: Centre) -> None:
        answer = await start(world, key="k", destination="car", bay="lot-b", way="along the fence", buddy="rafi")
        walk = answer.json
        assert answer.status == 201 and walk["state"] == "out" and walk["minutes"] == 15
        assert (walk["due_at"], walk["bay"], walk["way"]) == (
            moment(BEGAN_MS + 15 * MINUTE), "Lot B", "along the fence",
        )  # fmt: skip
        again = await start(world, key="k", minutes=99)
        assert (again.status, again.json["id"], again.json["minutes"]) == (200, walk["id"], 15)
        world.wait(60)
        longer = (await do(world, walk["id"], "extend", {"minutes": 10})).json
        assert longer["due_at"] == moment(BEGAN_MS + 25 * MINUTE)
        assert (await do(world, walk["id"], "home")).json["state"] == "home"
        world.wait(3_600)
        assert alerts(world) == [] and (await look(world, walk["id"])).json["state"] == "home"

    tell(story)


def test_more_time_asked_for_again_with_its_key_is_given_once() -> None:
    async def story(world: Centre) -> None:
        walk = await begun(world)
        for key, minutes in (("k", 10), ("k", 10), ("", 5), (None, 5)):
            headers = {} if key is None else {"idempotency-key": key}
            answer = await world.call("POST", f"{WALKS}/{walk}/extend", "noor", {"minutes": minutes}, headers=headers)
            assert answer.status == 200
        assert answer.json["due_at"] == moment(BEGAN_MS + 35 * MINUTE)
        assert (await do(world, walk, "home")).json["state"] == "home"

    tell(story)


def test_nobody_home_in_time_is_an_alert_that_knows_the_place() -> None:
    async def story(world: Centre) -> None:
        walk = await begun(world, bay="lot-b", buddy="rafi")
        fix = {"kind": "fix", "lat": 41.5, "lon": -93.25, "radius_m": 12}
        assert (await do(world, walk, "check-in", {"place": fix})).json["places"][-1]["lat"] == 41.5
        world.wait(15 * 60 + 59)
        assert alerts(world) == [] and (await look(world, walk)).json["state"] == "due"
        world.wait(1)
        (alert,) = alerts(world)
        assert (alert.kind, alert.came, alert.member) == (Kind.OVERDUE, Came.WALK, "noor")
        assert alert.places[PlaceKind.PLANNED].label == "Lot B" and PlaceKind.FIX in alert.places
        shown = (await look(world, walk)).json
        assert shown["state"] == "raised" and shown["alert"] == alert.id
        late = await do(world, walk, "home")
        assert (late.status, late.json["state"]) == (200, "raised"), "it takes nothing back"
        assert alerts(world) and (await world.look("teo", alert.id)).json["notes"]

    tell(story)


def test_a_walk_that_does_not_begin_after_all_is_cancelled() -> None:
    async def story(world: Centre) -> None:
        walk = await begun(world)
        assert (await do(world, walk, "cancel")).json["state"] == "cancelled"
        refused(await do(world, walk, "extend", {"minutes": 5}), 409, "walk_over")
        refused(await do(world, walk, "check-in", {}), 409, "walk_over")
        assert (await start(world)).status == 201

    tell(story)


def test_a_supervisor_starts_one_for_a_colleague_and_nobody_else_does() -> None:
    async def story(world: Centre) -> None:
        refused(await start(world, "rafi", for_member="noor"), 403, "not_allowed")
        refused(await start(world, "wale", for_member="noor"), 403, "not_allowed")
        refused(await start(world, "omar", for_member="noor"), 403, "not_allowed")
        answer = await start(world, "ines", for_member="noor", bay="lot-b")
        assert answer.status == 201 and answer.json["member"]["id"] == "noor" and "places" not in answer.json
        assert (await look(world, answer.json["id"])).json["bay"] == "Lot B"
        refused(await do(world, answer.json["id"], "home", who="ines"), 404, "no_such_walk")

    tell(story)


# Who sees what --------------------------------------------------------------------------------------------------------


def test_each_sees_of_a_walk_what_they_need_and_whoever_is_tied_nothing() -> None:
    async def story(world: Centre) -> None:
        walk = await begun(world, bay="lot-b", buddy="rafi")
        await do(world, walk, "check-in", {"place": {"kind": "spoken", "label": "by the gate"}})
        own, buddy, lead = [(await look(world, walk, who)).json for who in ("noor", "rafi", "ines")]
        assert own["places"] and own["buddy"]["id"] == "rafi"
        assert buddy["bay"] == "Lot B" and buddy["destination"] == "car" and "places" not in buddy
        assert lead["due_at"] == own["due_at"] and not {"places", "bay", "way", "buddy"} & set(lead)
        for who in ("noor", "rafi", "ines", "wale", "teo"):
            assert [one["id"] for one in (await world.call("GET", WALKS, who)).json["walks"]] == [walk], who
        assert (await world.call("GET", WALKS, "omar")).json == {"walks": []}
        theirs, nobodys = await look(world, walk, "omar"), await look(world, "nothing", "omar")
        assert (theirs.status, theirs.body) == (nobodys.status, nobodys.body) == (404, theirs.body)
        refused(await start(world, buddy="omar"), 409, "walk_open_already")

    tell(story)


def test_the_list_has_those_under_way_the_first_to_end_first() -> None:
    async def story(world: Centre) -> None:
        ids = [(await start(world, who, minutes=minutes)).json["id"] for who, minutes in (("rafi", 30), ("noor", 10))]
        told = (await world.call("GET", WALKS, "ines")).json["walks"]
        assert [one["id"] for one in told] == ids[::-1]
        await do(world, ids[1], "home")
        assert [one["id"] for one in (await world.call("GET", WALKS, "ines")).json["walks"]] == ids[:1]

    tell(story)


# PINs -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["home", "cancel", "extend"])
def test_in_a_watch_window_nothing_ends_or_lengthens_a_walk_but_a_pin(act: str) -> None:
    async def story(world: Centre) -> None:
        walk = await begun(world)
        body = {"minutes": 5} if act == "extend" else {}
        refused(await do(world, walk, act, body), 403, "pin_needed")
        refused(await do(world, walk, act, {**body, "pin": "0000"}), 403, "wrong_pin")
        assert (await look(world, walk)).json["pin_needed"] and (await look(world, walk)).json["state"] == "out"
        assert (await do(world, walk, act, {**body, "pin": PIN})).status == 200
        assert alerts(world) == []

    tell(story, watched=True)


@pytest.mark.parametrize("watched", [True, False])
@pytest.mark.parametrize("act", ["home", "cancel", "extend"])
def test_both_pins_are_answered_in_the_same_bytes_and_one_of_them_calls_for_help(act: str, watched: bool) -> None:
    told = []
    for pin in (PIN, DURESS_PIN):

        async def story(world: Centre, pin: str = pin) -> None:
            walk = await begun(world, bay="lot-b", buddy="rafi")
            world.wait(30)
            heard = [await do(world, walk, act, {"pin": pin, "minutes": 5}), await look(world, walk)]
            heard += [await world.call("GET", path, "noor") for path in (WALKS, "/api/v1/alerts", "/api/v1/me")]
            told.append([(answer.status, answer.body) for answer in heard])
            help_comes = [alert.member for alert in alerts(world) if alert.silent and alert.under_duress]
            assert help_comes == (["noor"] if pin == DURESS_PIN else [])

        tell(story, watched=watched)
    assert told[0] == told[1]


@pytest.mark.parametrize("act", ["press", "report"])
def test_a_place_that_is_named_later_at_another_site_says_the_same_after_either_pin(act: str) -> None:
    """Each site has its own Lot B: here it needs no name of the site behind it, wherever a hidden alert began."""
    told = []
    for pin in (PIN, DURESS_PIN):

        async def story(world: Centre, pin: str = pin) -> None:
            await do(world, await begun(world), "home", {"pin": pin})
            plain = with_places()
            there = Site("annex", "Annex", "UTC")
            moved = replace(
                plain,
                sites={**plain.sites, "annex": there},
                places=(Place("annex", "gate", "Gate", "gate"),),
                attendance={"noor": Attendance(id="noor", site="annex", phase=HERE, since_ms=0, until_ms=10**15)},
            )
            world.set_directory(moved)
            here = {"place": {"kind": "zone", "place": "gate"}}
            pressed = await world.press("noor", here if act == "press" else {})
            id = pressed.json["id"]
            if act == "report":
                assert (await world.act("noor", id, "places", here["place"])).status == 200
            told.append([place["label"] for place in (await world.look("noor", id)).json["places"]])

        tell(story)
    assert told == [["Gate"], ["Gate"]]


def test_a_place_for_a_call_that_no_phone_of_hers_was_shown_comes_too_late_after_its_close() -> None:
    async def story(world: Centre) -> None:
        await do(world, await begun(world), "home", {"pin": DURESS_PIN})
        (alert,) = alerts(world)
        await world.act("teo", alert.id, "close", {"outcome": "safe"})
        assert (await world.act("rafi", alert.id, "close/confirm")).status == 200
        world.wait(61)
        assert alerts(world) == []
        late = await world.act("rafi", alert.id, "places", {"kind": "spoken", "label": "by the gate"})
        refused(late, 409, "alert_closed")

    tell(story)


def test_a_pin_for_somebody_elses_walk_is_a_pin_for_none() -> None:
    async def story(world: Centre) -> None:
        walk = await begun(world)
        theirs, nobodys = [await do(world, id, "home", {"pin": PIN}, "teo") for id in (walk, "nothing")]
        assert (theirs.status, theirs.body) == (nobodys.status, nobodys.body)
        refused(theirs, 404, "no_such_walk")

    tell(story)


# Whoever was cut off --------------------------------------------------------------------------------------------------


def test_whoever_is_suspended_still_says_home_and_learns_that_it_was_received() -> None:
    async def story(world: Centre) -> None:
        walk = await begun(world)
        world.ring.decide(Suspend(org=ORG, member="noor", by=OPERATOR))
        refused(await look(world, walk), 403, "raise_only")
        refused(await start(world), 403, "raise_only")
        refused(await do(world, walk, "extend", {"minutes": 5}), 403, "raise_only")
        refused(await do(world, "nothing", "home"), 403, "raise_only")
        place = {"place": {"kind": "spoken", "label": "by the gate"}}
        for act, body in (("check-in", place), ("home", {"pin": "0000"}), ("home", {}), ("home", {})):
            answer = await do(world, walk, act, body)
            assert (answer.status, answer.json) == (200, {"received": True})
        world.wait(3_600)
        assert alerts(world) == []

    tell(story)


# Bad input ------------------------------------------------------------------------------------------------------------


BAD: list[tuple[bytes, int, str]] = [
    (b"", 400, "bad_field"), (b"{", 400, "not_json"), (b'{"way":"\xff"}', 400, "not_json"),
    (b"[]", 400, "bad_field"), (b'{"minutes":"soon"}', 400, "bad_field"),
    (b'{"minutes":0}', 400, "bad_walk_time"), (b'{"minutes":100000}', 400, "bad_walk_time"),
    (b'{"minutes":-5}', 400, "bad_walk_time"), (b'{"minutes":1e3000}', 400, "bad_field"),
    (b'{"minutes":99999999999999999999}', 400, "bad_field"), (b'{"minutes":1.5}', 400, "bad_field"),
    (b'{"minutes":true}', 400, "bad_field"), (b'{"minutes":15,"destination":"moon"}', 400, "bad_field"),
    (b'{"minutes":15,"bay":"lot-z"}', 409, "bad_bay"), (b'{"minutes":15,"buddy":"omar"}', 409, "bad_buddy"),
    (b'{"minutes":15,"buddy":"nobody"}', 409, "bad_buddy"), (b'{"minutes":15,"buddy":"noor"}', 409, "bad_buddy"),
    (b'{"minutes":15,"way":"' + b"x" * 300 + b'"}', 400, "bad_field"),
    (b'{"minutes":15,"for_member":"nobody"}', 403, "not_allowed"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "status", "code"), BAD)
def test_a_start_that_cannot_be_used_says_why_and_starts_nothing(body: bytes, status: int, code: str) -> None:
    async def story(world: Centre) -> None:
        facts = len(world.ring.store.content.facts)
        answer = await world.call("POST", WALKS, "noor", body or b"{}")
        refused(answer, status, code)
        assert b"moon" not in answer.body and b"lot-z" not in answer.body, "what was sent does not come back"
        assert len(world.ring.store.content.facts) == facts and (await start(world)).status == 201

    tell(story)


@pytest.mark.parametrize(
    ("act", "body", "code"),
    [
        ("extend", b"", "bad_field"), ("extend", b'{"minutes":0}', "bad_walk_time"),
        ("extend", b'{"minutes":-1}', "bad_walk_time"), ("extend", b'{"minutes":61}', "extended_enough"),
        ("home", b'{"pin":7351}', "bad_field"), ("home", b"\xff", "not_json"),
        ("check-in", b'{"place":{"kind":"fix","lat":999,"lon":0}}', "bad_field"),
        ("check-in", b'{"place":{"kind":"fix"}}', "bad_field"), ("check-in", b'{"place":7}', "bad_field"),
        ("check-in", b'{"place":{"kind":"zone","code":"nowhere"}}', "bad_field"),
    ],
)  # fmt: skip
def test_an_act_that_cannot_be_used_says_why_and_the_timer_runs(act: str, body: bytes, code: str) -> None:
    async def story(world: Centre) -> None:
        walk = await begun(world)
        answer = await do(world, walk, act, body)
        refused(answer, 409 if code == "extended_enough" else 400, code)
        assert (await look(world, walk)).json["due_at"] == moment(BEGAN_MS + 15 * MINUTE)

    tell(story)


def test_a_fix_on_another_continent_is_the_phones_mistake_and_is_said_to_be() -> None:
    known = (Known(0, 0, 41.5, -93.25), Known(5_000, 0, 41.5, -93.24))

    async def story(world: Centre) -> None:
        sheet = PlanSheet(id=f"{SITE}/", site=SITE, on="", width=1, height=1, known=known, made_ms=0)
        world.ring.world.know(ORG, sheet)
        walk = await begun(world)
        near, far = ({"kind": "fix", "lat": 41.6, "lon": lon, "radius_m": 12} for lon in (-93.2, 13.4))
        answer = await do(world, walk, "check-in", {"place": far})
        refused(answer, 400, "bad_field")
        assert "place" in answer.json["detail"] and "13.4" not in answer.json["detail"]
        assert (await do(world, walk, "check-in", {"place": near})).status == 200

    tell(story)


def test_a_phones_clock_that_is_wrong_by_a_day_moves_no_time() -> None:
    async def story(world: Centre) -> None:
        walk = await begun(world)
        ahead = {"kind": "fix", "lat": 41.5, "lon": -93.2, "at": moment(BEGAN_MS + 86_400_000)}
        (place,) = (await do(world, walk, "check-in", {"place": ahead})).json["places"]
        assert place["at"] == moment(BEGAN_MS), "set back to ours"
        behind = {**ahead, "at": moment(BEGAN_MS - 86_400_000)}
        answer = await do(world, walk, "check-in", {"place": behind})
        refused(answer, 400, "bad_field")
        assert "clock" in answer.json["detail"]
        world.wait(15 * 60 + 59)
        assert alerts(world) == []
        world.wait(1)
        assert alerts(world)

    tell(story)


def test_what_could_not_be_stored_says_so() -> None:
    async def story(world: Centre) -> None:
        walk = await begun(world)
        world.ring.full = True
        refused(await do(world, walk, "home"), 503, "not_stored")
        refused(await start(world, "rafi"), 503, "not_stored")

    tell(story)


def test_a_screen_or_a_stranger_starts_no_walk() -> None:
    async def story(world: Centre) -> None:
        refused(await world.call("POST", WALKS, body={"minutes": 5}), 401, "no_credential")
        refused(await world.call("POST", f"{WALKS}/x/home"), 401, "no_credential")

    tell(story)
