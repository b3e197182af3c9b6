"""The plan of a site over HTTP: for everybody who works there, whole, and its pictures for nobody else."""

from __future__ import annotations

import asyncio
import hashlib

import msgspec
import pytest
from everybody import FOREIGN, Everybody
from msgspec.structs import replace

from outside import ORG, SITE, Answer
from tocsin.core.access.edits import PlaceEdit
from tocsin.core.access.place_commands import EditPlaces, MakeCodes, SetSheet
from tocsin.core.access.place_record import Picture, PlaceCode
from tocsin.core.access.place_sight import PlanView
from tocsin.core.access.record import OPERATOR
from tocsin.core.commands import Done
from tocsin.core.directory import Place, Site
from tocsin.core.ground import Known
from tocsin.wire.response_headers import PICTURE_POLICY

PLAN = f"GET /api/v1/sites/{SITE}/plan"
PNG = b"\x89PNG\r\n\x1a\n and so on"
PICTURE = Picture(id=hashlib.sha256(PNG).hexdigest(), content=PNG, width=2_000, height=1_000)
KNOWN = (Known(0, 0, 41.5, -87.25), Known(9_000, 0, 41.5, -87.24))
PLACES = (
    Place(SITE, "house", "Main house", "building"),
    Place(SITE, "first", "Floor 1", "floor", inside="house"),
    Place(SITE, "second", "Floor 2", "floor", inside="house"),
    Place(SITE, "r1", "Room 1", "room", inside="first", on="first", outline=((0, 0), (9, 0), (9, 9))),
    Place(SITE, "r2", "Room 1", "room", inside="second"),
    Place(SITE, "lot-b", "Lot B", "lot", on="", outline=((1, 1), (5, 1), (5, 5))),
)


@pytest.fixture(scope="module")
def house() -> Everybody:
    centre = Everybody()
    edits = tuple(PlaceEdit(SITE, place.id, None, place) for place in PLACES)
    for command in (
        EditPlaces(org=ORG, by=OPERATOR, site=SITE, edits=edits),
        SetSheet(org=ORG, by=OPERATOR, site=SITE, on="first", picture=PICTURE, before=None, known=KNOWN),
        MakeCodes(org=ORG, by=OPERATOR, site=SITE, places=("lot-b",)),
    ):
        assert centre.ring.decide(command) == Done()
    return centre


def asked(house: Everybody, route: str = PLAN, who: str = "device-worker-plain", **headers: str) -> Answer:
    return asyncio.run(house.ask(route, who, **headers))


def test_whoever_works_there_gets_every_sheet_and_place(house: Everybody) -> None:
    answer = asked(house)
    plan = msgspec.json.decode(answer.body, type=PlanView)
    assert (plan.site, plan.name) == (SITE, "Dispatch Centre")
    assert [(sheet.on, sheet.picture, sheet.width, sheet.height, sheet.known) for sheet in plan.sheets] == [
        ("", None, 10_000, 7_000, ()),
        ("first", f"/api/v1/pictures/{PICTURE.id}", 2_000, 1_000, KNOWN),
    ]
    assert [sheet.name for sheet in plan.sheets] == ["Dispatch Centre", "Floor 1"]
    assert [place.id for place in plan.places] == [place.id for place in PLACES]
    assert {place.id: place.label for place in plan.places}["r2"] == "Room 1, Floor 2, Main house"
    assert answer.json["places"][3] == {
        "id": "r1",
        "name": "Room 1",
        "label": "Room 1, Floor 1, Main house",
        "kind": "room",
        "inside": "first",
        "on": "first",
        "outline": [[0, 0], [9, 0], [9, 9]],
    }


def test_no_code_of_a_wall_is_in_a_plan(house: Everybody) -> None:
    (code,) = house.ring.world.all_kept(ORG, PlaceCode)
    assert code.encode() not in asked(house).body and b"code" not in asked(house).body


def test_a_plan_that_is_known_already_is_not_sent_again_until_it_changes(house: Everybody) -> None:
    first = asked(house)
    tag = first.headers["etag"]
    again = asked(house, **{"if-none-match": f'W/"other", {tag}'})
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert first.headers["cache-control"] == "private, no-cache"
    lot = next(place for place in house.ring.world.directory(ORG).places if place.id == "lot-b")
    for before, after in ((lot, replace(lot, name="Lot Bravo")), (replace(lot, name="Lot Bravo"), lot)):
        edit = PlaceEdit(SITE, "lot-b", before, after)
        assert house.ring.decide(EditPlaces(org=ORG, by=OPERATOR, site=SITE, edits=(edit,))) == Done()
        changed = asked(house, **{"if-none-match": tag})
        assert changed.status == (200 if after.name == "Lot Bravo" else 304)


def test_a_site_that_is_nowhere_and_a_picture_that_is_none_are_named_as_that(house: Everybody) -> None:
    for route in ("GET /api/v1/sites/nowhere/plan", "GET /api/v1/pictures/nothing"):
        answer = asked(house, route)
        assert (answer.status, answer.json["code"]) == (404, "no_such_record")


def test_a_picture_runs_nothing_and_is_kept_by_the_browser_alone(house: Everybody) -> None:
    answer = asked(house, f"GET /api/v1/pictures/{PICTURE.id}")
    assert (answer.status, answer.body, answer.type) == (200, PNG, "image/png")
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == PICTURE_POLICY and PICTURE_POLICY.endswith("; sandbox")


@pytest.mark.parametrize("who", ["session-worker-foreign", "device-administrator-foreign"])
def test_another_organisation_gets_neither_the_places_nor_the_picture(house: Everybody, who: str) -> None:
    assert house.ring.world.directory(FOREIGN).sites.keys() == {SITE}, "even of a site of the same name"
    plan = asked(house, who=who)
    assert plan.json["places"] == [] and plan.json["sheets"] == []
    assert asked(house, f"GET /api/v1/pictures/{PICTURE.id}", who).status == 404


@pytest.mark.parametrize("who", ["nobody", "device-worker-suspended", "ended-worker-plain", "desk", "wallboard"])
def test_whoever_does_not_work_there_now_gets_nothing(house: Everybody, who: str) -> None:
    for route in (PLAN, f"GET /api/v1/pictures/{PICTURE.id}"):
        assert asked(house, route, who).status in (401, 403)


def test_a_site_without_a_plan_is_an_empty_one() -> None:
    answer = asked(Everybody())
    assert answer.status == 200 and answer.json["sheets"] == answer.json["places"] == []


def test_each_site_has_its_own_sheet_and_places() -> None:
    centre = Everybody()
    known = centre.ring.world.directory(ORG)
    sites = {**known.sites, "north": Site("north", "North", "UTC")}
    lots = tuple(Place(site, "lot-b", "Lot B", "lot", on="", outline=((1, 1),)) for site in sites)
    centre.ring.world.directories[ORG] = replace(known, sites=sites, places=lots)
    for site, wide in ((SITE, 300), ("north", 200)):
        blank = SetSheet(org=ORG, by=OPERATOR, site=site, on="", picture=None, before=None, width=wide, height=100)
        assert centre.ring.decide(blank) == Done()
    for site, wide in ((SITE, 300), ("north", 200)):
        told = asked(centre, f"GET /api/v1/sites/{site}/plan").json
        assert [sheet["width"] for sheet in told["sheets"]] == [wide] and len(told["places"]) == 1
