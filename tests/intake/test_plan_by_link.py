"""The plan of a site by the link of a message: what leads to where that one alert is said to be, while it is open."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from linked import Held, Linked, pressed, told
from msgspec.structs import replace

from outside import NUMBERS, ORG, PIN, PUBLIC_URL, SITE, Answer
from tocsin.core import commands as c
from tocsin.core.access.commands import Suspend
from tocsin.core.access.edits import PlaceEdit
from tocsin.core.access.place_commands import EditPlaces, SetSheet
from tocsin.core.access.place_record import Picture
from tocsin.core.access.record import OPERATOR
from tocsin.core.directory import Place, Site
from tocsin.core.ground import Known
from tocsin.core.rung_link import LinkFor, LinkWanted
from tocsin.runtime.access.reading import NotAllowed, Records
from tocsin.runtime.passes import Passes

PLAN = f"/api/v1/sites/{SITE}/plan"
KNOWN = (Known(0, 0, 41.5, -87.25), Known(9_000, 0, 41.5, -87.24))
CORNERS = ((0, 0), (9, 0), (9, 9))
PLACES = (
    Place(SITE, "house", "Main house", "building", on="", outline=CORNERS),
    Place(SITE, "first", "Floor 1", "floor", inside="house"),
    Place(SITE, "second", "Floor 2", "floor", inside="house"),
    Place(SITE, "r1", "Room 1", "room", inside="first", on="first", outline=CORNERS),
    Place(SITE, "r2", "Room 1", "room", inside="second", on="second", outline=CORNERS),
    Place(SITE, "ward", "Ward", "room", inside="second", on="second", outline=CORNERS),
    Place(SITE, "lot-b", "Lot B", "lot"),
)


def picture(name: str) -> Picture:
    content = b"\x89PNG\r\n\x1a\n" + name.encode()
    return Picture(id=hashlib.sha256(content).hexdigest(), content=content, width=2_000, height=1_000)


PICTURES = {on: picture(f"of {on}") for on in ("", "first", "second")}
GROUNDED = "second"  # The sheet of which somebody has said where on the globe it lies.
FIX = {"place": {"kind": "fix", "lat": 41.5, "lon": -87.245, "radius_m": 9}}


def drawn(centre: Linked) -> Linked:
    """A house of two floors, each with a picture, and a lot that nobody has drawn; and another site with a lot."""
    known = centre.ring.world.directory(ORG)
    centre.ring.world.directories[ORG] = replace(known, sites={**known.sites, "north": Site("north", "North", "UTC")})
    for site, places in ((SITE, PLACES), ("north", (Place("north", "lot-b", "Lot B", "lot", on="", outline=CORNERS),))):
        edits = tuple(PlaceEdit(site, place.id, None, place) for place in places)
        assert centre.ring.decide(EditPlaces(org=ORG, by=OPERATOR, site=site, edits=edits)) == c.Done()
    for on, made in PICTURES.items():
        ground = KNOWN if on == GROUNDED else ()
        sheet = SetSheet(org=ORG, by=OPERATOR, site=SITE, on=on, picture=made, before=None, known=ground)
        assert centre.ring.decide(sheet) == c.Done()
    return centre


def story(what: Callable[[Linked], Coroutine[Any, Any, None]]) -> None:
    async def begun(centre: Linked) -> None:
        await what(drawn(centre))

    told(begun)


async def called(centre: Linked, who: str = "rafi", **body: Any) -> Held:
    return await centre.opened(await pressed(centre, **body), who)


def zone(label: str) -> dict[str, Any]:
    return {"place": {"kind": "zone", "label": label}}


def sheets(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.body
    return [sheet["on"] for sheet in answer.json["sheets"]]


def outlined(answer: Answer) -> set[str]:
    return {place["id"] for place in answer.json["places"] if place["outline"]}


def code(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.json["code"]


@pytest.mark.parametrize(
    ("said", "on", "places"),
    [
        ({}, [""], {"house"}),
        ({"text": "behind the bins"}, [""], {"house"}),
        (zone("Lot B"), [""], {"house"}),
        (zone("  \uff37\uff21\uff32\uff24 "), ["", "second"], {"house", "r2", "ward"}),
        (zone("Room 1, Floor 1, Main house"), ["", "first"], {"house", "r1"}),
        (zone("Room 1"), ["", "first", "second"], {"house", "r1", "r2", "ward"}),
        (FIX, ["", GROUNDED], {"house", "r2", "ward"}),
    ],
)
def test_it_shows_the_sheets_that_lead_to_where_the_alert_is_said_to_be(
    said: dict[str, Any], on: list[str], places: set[str]
) -> None:
    async def what(centre: Linked) -> None:
        answer = await (await called(centre, **said)).get(PLAN)
        assert sheets(answer) == on and outlined(answer) == places
        assert [place["id"] for place in answer.json["places"]] == [place.id for place in PLACES]
        hidden = [place for place in answer.json["places"] if place["id"] not in places]
        assert {place["on"] for place in hidden} <= {None}

    story(what)


def test_what_it_shows_follows_the_alert_from_floor_to_floor() -> None:
    async def what(centre: Linked) -> None:
        held = await called(centre, **zone("Room 1, Floor 1, Main house"))
        before = await held.get(PLAN)
        unchanged = {**held.headers, "if-none-match": before.headers["etag"]}
        assert (await centre.call("GET", PLAN, headers=unchanged)).status == 304
        assert (await centre.act("rafi", held.alert, "places", {"kind": "zone", "label": "Ward"})).status == 200
        after = await centre.call("GET", PLAN, headers=unchanged)
        assert sheets(before) == ["", "first"] and sheets(after) == ["", "second"]

    story(what)


@pytest.mark.parametrize("who", ["rafi", "teo"])
def test_it_shows_nothing_that_the_same_person_signed_in_would_not_see(who: str) -> None:
    async def what(centre: Linked) -> None:
        by_link = await (await called(centre, who, text="Ward")).get(PLAN)
        signed_in = await centre.call("GET", PLAN, who)
        assert all(sheet in signed_in.json["sheets"] for sheet in by_link.json["sheets"])
        assert all(place in signed_in.json["places"] for place in by_link.json["places"] if place["outline"])
        assert len(by_link.json["sheets"]) < len(signed_in.json["sheets"])

    story(what)


def test_a_picture_comes_with_its_sheet_and_any_other_is_none_and_no_browser_keeps_either() -> None:
    async def what(centre: Linked) -> None:
        held = await called(centre, text="Ward")
        plan = await held.get(PLAN)
        for sheet in plan.json["sheets"]:
            answer = await held.get(sheet["picture"])
            assert (answer.status, answer.body) == (200, PICTURES[sheet["on"]].content)
            assert answer.headers["cache-control"] == plan.headers["cache-control"] == "no-store"
        hidden, never = [
            await held.get(f"/api/v1/pictures/{id}") for id in (PICTURES["first"].id, PICTURES["first"].id[:-1] + "x")
        ]
        assert code(hidden) == (404, "no_such_record") and hidden.body == never.body

    story(what)


def test_of_another_site_it_says_no_more_than_of_one_that_is_nowhere() -> None:
    async def what(centre: Linked) -> None:
        held = await called(centre, text="Lot B")
        other, nowhere = [await held.get(f"/api/v1/sites/{site}/plan") for site in ("north", "nowhere")]
        assert code(other) == (403, "not_allowed") and other.body == nowhere.body
        assert (await centre.call("GET", "/api/v1/sites/north/plan", "rafi")).status == 200

    story(what)


def test_a_site_that_was_since_taken_away_has_no_plan() -> None:
    async def what(centre: Linked) -> None:
        held = await called(centre, text="Lot B")
        known = centre.ring.world.directory(ORG)
        centre.ring.world.directories[ORG] = replace(known, sites={"north": known.sites["north"]})
        assert code(await held.get(PLAN)) == (404, "no_such_record")
        assert (await held.get(f"/api/v1/pictures/{PICTURES[''].id}")).status == 404

    story(what)


async def nothing_any_more(held: Held, said: tuple[int, str]) -> None:
    for path in (PLAN, f"/api/v1/pictures/{PICTURES[''].id}"):
        assert code(await held.get(path)) == said


def test_with_the_alert_it_is_over_though_how_that_ended_may_still_be_read() -> None:
    async def what(centre: Linked) -> None:
        held = await called(centre)
        assert (await held.get(PLAN)).status == 200
        await centre.act("noor", held.alert, "safe", {"pin": PIN})
        assert (await held.look()).json["state"] == "closed"
        await nothing_any_more(held, (403, "not_allowed"))

    story(what)


def test_with_a_suspension_it_is_over_at_once() -> None:
    async def what(centre: Linked) -> None:
        held = await called(centre)
        centre.ring.decide(Suspend(org=ORG, by=OPERATOR, member="rafi"))
        await nothing_any_more(held, (403, "raise_only"))

    story(what)


def test_whoever_was_tied_since_gets_nothing_by_it() -> None:
    async def what(centre: Linked) -> None:
        held = await called(centre)
        people = centre.ring.world.directory(ORG)
        rafi = replace(people.members["rafi"], not_told_about=("noor",))
        centre.ring.world.directories[ORG] = replace(people, members={**people.members, "rafi": rafi})
        await nothing_any_more(held, (403, "not_allowed"))

    story(what)


def test_a_link_that_another_has_replaced_shows_nothing() -> None:
    async def what(centre: Linked) -> None:
        held = await called(centre)
        second = await centre.opened(held.alert, "rafi")
        await nothing_any_more(held, (403, "raise_only"))
        assert (await second.get(PLAN)).status == 200

    story(what)


def test_the_person_in_danger_has_a_link_for_their_place_and_for_no_plan() -> None:
    """It is the same before and after duress, since it is never given."""

    async def what(centre: Linked) -> None:
        await centre.text(NUMBERS["noor"], "SOS")
        (alert,) = centre.ring.world.open_alerts(ORG)
        wanted = LinkWanted(alert.id, "noor", LinkFor.OWN, "en")
        link = centre.links.behind(ORG, "Received.", wanted).rpartition(" ")[2]
        token = (await centre.tap(link.removeprefix(PUBLIC_URL))).json["token"]
        await nothing_any_more(Held(centre, token, alert.id), (403, "not_allowed"))

    story(what)


def test_whose_sheets_those_are_is_not_for_a_link() -> None:
    async def what(centre: Linked) -> None:
        held = await called(centre)
        found = Passes(centre.ring).of(held.headers["authorization"].removeprefix("Bearer "))
        assert found is not None
        with pytest.raises(NotAllowed):
            Records(centre.ring).sheets(found, SITE)

    story(what)
