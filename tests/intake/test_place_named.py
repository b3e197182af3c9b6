"""A press that says where by a code on the wall, or by the id of a place: a zone, in the site's own words."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from everybody import Everybody
from msgspec.structs import replace

from outside import ORG, SITE, Answer
from tocsin.core.access.place_commands import MakeCodes
from tocsin.core.access.place_record import PlaceCode
from tocsin.core.access.record import OPERATOR
from tocsin.core.directory import Place, Shift, Site
from tocsin.core.words import PlaceKind

PRESS = "POST /api/v1/alerts"
LOT = Place(SITE, "lot-b", "Lot B", "lot")
PLACES = (
    *(Place(SITE, "house", "Main house", "building"), Place(SITE, "first", "Floor 1", "floor", inside="house")),
    *(Place(SITE, "r1", "Room 1", "room", inside="first"), Place(SITE, "r2", "Room 1", "room", inside="house"), LOT),
    *(Place("north", "lot-b", "Lot B", "lot"), Place("north", "gate", "Gate", "door")),
    *(Place("south", "yard", "Yard", "lot"), Place("north", "yard", "Yard", "lot")),
)
NO_CODE = "place.code was dropped: it names no place here"
NO_ID = "place.place was dropped: it names no place here"
NOTHING = "place was dropped: it has no value that can be used"


@pytest.fixture
def house() -> Everybody:
    centre = Everybody()
    known = centre.ring.world.directory(ORG)
    more = {id: Site(id, id.title(), "UTC") for id in ("north", "south")}
    centre.ring.world.directories[ORG] = replace(known, sites={**known.sites, **more}, places=PLACES)
    for site, places in ((SITE, ("lot-b", "r1")), ("north", ("gate",))):
        centre.ring.decide(MakeCodes(org=ORG, by=OPERATOR, site=site, places=places))
    return centre


def code(house: Everybody, place: str) -> str:
    return next(code.id for code in house.ring.world.all_kept(ORG, PlaceCode).values() if code.place == place)


def pressed(house: Everybody, who: str = "device-noor", **place: object) -> tuple[Answer, dict[str, tuple[Any, str]]]:
    """What a press is answered, and what the alert says of where."""
    body = msgspec.json.encode({"kind": "sos", "place": place})
    answer = asyncio.run(house.ask(PRESS, who, body, **{"idempotency-key": str(place)}))
    assert answer.status == 201
    (alert,) = house.ring.world.open_alerts(ORG)
    return answer, {kind.value: (spot.label, spot.by) for kind, spot in alert.places.items()}


def test_a_press_with_a_code_says_the_place_as_the_site_calls_it(house: Everybody) -> None:
    answer, places = pressed(house, kind="zone", code=code(house, "lot-b"))
    assert places == {"zone": ("Lot B", "noor")} and answer.json["warnings"] == []


def test_a_code_is_the_same_however_it_is_typed(house: Everybody) -> None:
    typed = code(house, "lot-b").lower()
    _, places = pressed(house, code=f"{typed[:5]}-{typed[5:]} ")
    assert places == {"zone": ("Lot B", "noor")}


def test_a_sender_cannot_call_a_place_otherwise(house: Everybody) -> None:
    _, places = pressed(house, kind="spoken", code=code(house, "lot-b"), label="Lot C", lat=1.0, lon=2.0)
    assert places == {"zone": ("Lot B", "noor")}


@pytest.mark.parametrize(
    ("place", "label"),
    [
        ("lot-b", "Lot B"),
        ("north/lot-b", "Lot B, North"),
        ("gate", "Gate, North"),
        ("r1", "Room 1, Floor 1, Main house"),
        ("r2", "Room 1, Main house"),
    ],
)
def test_a_press_with_an_id_says_it_too_with_the_site_where_it_is_another(
    house: Everybody, place: str, label: str
) -> None:
    _, places = pressed(house, kind="zone", place=place)
    assert places == {"zone": (label, "noor")}


def test_a_code_of_another_site_says_which(house: Everybody) -> None:
    _, places = pressed(house, code=code(house, "gate"))
    assert places == {"zone": ("Gate, North", "noor")}


def test_which_site_is_said_is_that_of_whoever_is_in_danger(house: Everybody) -> None:
    """A supervisor here raises for somebody who is on at the other site: this Lot B is not theirs."""
    known = house.ring.world.directory(ORG)
    elsewhere = Shift("north", ("rafi",), 0, 10**15)
    here = tuple(replace(s, members=tuple(id for id in s.members if id != "rafi")) for s in known.shifts)
    house.ring.world.directories[ORG] = replace(known, shifts=(elsewhere, *here))
    body = {"place": {"place": f"{SITE}/lot-b"}, "for_member": "rafi"}
    asyncio.run(house.ask(PRESS, "session-supervisor-plain", msgspec.json.encode(body)))
    (alert,) = house.ring.world.open_alerts(ORG)
    assert (alert.site, alert.places[PlaceKind.ZONE].label) == ("north", "Lot B, Dispatch Centre")


def test_a_second_press_says_the_site_where_it_is_not_the_alerts(house: Everybody) -> None:
    pressed(house)
    known = house.ring.world.directory(ORG)
    house.ring.world.directories[ORG] = replace(known, shifts=(Shift("north", ("noor",), 0, 10**15),))
    _, places = pressed(house, place="north/lot-b")
    assert places == {"zone": ("Lot B, North", "noor")}


@pytest.mark.parametrize("place", ["yard", "nowhere", "nowhere/lot-b", "north/nowhere", "", "x" * 999, 7, None])
def test_what_names_no_place_or_two_is_dropped_and_refuses_nothing(house: Everybody, place: object) -> None:
    answer, places = pressed(house, kind="zone", place=place)
    assert places == {} and answer.json["warnings"] == ([NOTHING] if place is None else [NO_ID, NOTHING])


def test_words_beside_a_code_that_is_none_are_kept(house: Everybody) -> None:
    answer, places = pressed(house, kind="spoken", code="AAAAAAAAAA", label="behind the shed")
    assert places == {"spoken": ("behind the shed", "noor")} and answer.json["warnings"] == [NO_CODE]


def test_a_code_that_was_replaced_is_dropped(house: Everybody) -> None:
    old = code(house, "lot-b")
    house.ring.decide(MakeCodes(org=ORG, by=OPERATOR, site=SITE, places=("lot-b",), renew=True))
    answer, places = pressed(house, code=old)
    assert places == {} and NO_CODE in answer.json["warnings"]
    assert house.ring.world.kept(ORG, PlaceCode, old) is not None, "it is still known, and says nothing"


def test_a_code_of_another_organisation_names_nothing(house: Everybody) -> None:
    body = msgspec.json.encode({"place": {"code": code(house, "lot-b")}})
    answer = asyncio.run(house.ask(PRESS, "device-worker-foreign", body))
    assert answer.status == 201 and NO_CODE in answer.json["warnings"] and b"Lot B" not in answer.body


def test_a_phone_that_may_only_raise_says_where_all_the_same(house: Everybody) -> None:
    answer, places = pressed(house, "device-worker-suspended", code=code(house, "lot-b"))
    assert places == {"zone": ("Lot B", "worker-suspended")} and answer.json.keys() == {"receipt"}


def test_whose_alert_is_open_says_where_they_are_now_and_a_code_that_is_none_is_warned_of(house: Everybody) -> None:
    answer, _ = pressed(house)
    path = f"{PRESS}/{answer.json['id']}/places"
    (alert,) = house.ring.world.open_alerts(ORG)

    def said(**place: object) -> Answer:
        route = path.replace("{alert}", alert.id)
        return asyncio.run(house.ask(route, "device-noor", msgspec.json.encode({"kind": "zone", **place})))

    good = said(code=code(house, "r1"))
    assert good.status == 200 and "warnings" not in good.json
    assert [(spot["kind"], spot["label"]) for spot in good.json["places"]] == [("zone", "Room 1, Floor 1, Main house")]
    before = len(house.ring.commands)
    bad = said(code="AAAAAAAAAA")
    assert bad.status == 200 and bad.json["warnings"] == [NO_CODE] and len(house.ring.commands) == before
    both = said(place="nowhere", label="the shed")
    assert both.status == 200 and both.json["warnings"] == [NO_ID]
    assert said().status == 400 and said(code=7).status == 400
    (now,) = house.ring.world.open_alerts(ORG)
    assert now.places[PlaceKind.ZONE].label == "the shed", "a zone in the sender's own words, as ever"


def test_a_report_by_code_on_an_alert_elsewhere_says_its_site(house: Everybody) -> None:
    answer, _ = pressed(house)
    route = f"{PRESS}/{answer.json['id']}/places"
    sent = msgspec.json.encode({"kind": "zone", "code": code(house, "gate")})
    told = asyncio.run(house.ask(route, "device-noor", sent))
    assert [spot["label"] for spot in told.json["places"]] == ["Gate, North"]


def on_at_north(house: Everybody, member: str) -> None:
    known = house.ring.world.directory(ORG)
    elsewhere = Shift("north", (member,), 0, 10**15)
    shifts = tuple(replace(one, members=tuple(m for m in one.members if m != member)) for one in known.shifts)
    house.ring.world.directories[ORG] = replace(known, shifts=(*shifts, elsewhere))


def test_whoever_is_pressed_for_is_at_their_own_site_and_each_has_its_own_lot_b(house: Everybody) -> None:
    on_at_north(house, "noor")
    body = {"kind": "sos", "for_member": "noor", "place": {"kind": "zone", "place": f"{SITE}/lot-b"}}
    answer = asyncio.run(house.ask(PRESS, "device-supervisor-plain", msgspec.json.encode(body)))
    assert answer.status == 201 and answer.json["warnings"] == []
    (alert,) = house.ring.world.open_alerts(ORG)
    label = alert.places[PlaceKind.ZONE].label
    assert (alert.site, alert.member) == ("north", "noor") and label is not None and label.startswith("Lot B, ")


def test_whoever_presses_again_from_another_site_says_which(house: Everybody) -> None:
    pressed(house)
    on_at_north(house, "noor")
    _, places = pressed(house, kind="zone", place="north/lot-b")
    assert places == {"zone": ("Lot B, North", "noor")}


def test_the_page_of_a_code_is_the_same_bytes_whether_it_exists_or_not_and_changes_nothing(house: Everybody) -> None:
    before = len(house.ring.store.content.facts)
    codes = (code(house, "lot-b"), "AAAAAAAAAA", "%00", "x" * 500)
    answers = [asyncio.run(house.ask(f"GET /z/{one}", who)) for one in codes for who in ("nobody", "device-noor")]
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1
    assert len({str(sorted(answer.headers.items())) for answer in answers}) == 1
    assert len(house.ring.store.content.facts) == before
