"""What may be in what, what a report of a place says, and what a file that says nothing of it leaves as it is."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tocsin.core.directory import Directory, Place, Site
from tocsin.core.findings import Wrong
from tocsin.core.limits import CORNERS_SITE_MAX, PLACES_MAX
from tocsin.core.outline import Outline
from tocsin.core.place import KINDS, WITHIN, drawn_as, labels, may_be_in, of_site, way_up
from tocsin.core.place_problems import place_problems

SQUARE: Outline = ((0, 0), (900, 0), (900, 900), (0, 900))
HOUSE = Place("centre", "house", "Main house", "building")
FIRST = Place("centre", "first", "Floor 1", "floor", inside="house")
SECOND = Place("centre", "second", "Floor 2", "floor", inside="house")
HALL = Place("centre", "hall", "Dispatch floor", "room", inside="first", on="first", outline=SQUARE)
LOT = Place("centre", "lot-b", "Lot B", "lot", on="", outline=SQUARE)


def findings(*places: Place) -> list[tuple[str, Wrong]]:
    directory = Directory("alder", "Alder", sites={"centre": Site("centre", "Centre", "UTC")}, places=places)
    return [(told.where, told.code) for told in place_problems(directory)]


def test_a_site_with_a_building_its_floors_rooms_doors_lots_and_bays_is_whole() -> None:
    door = Place("centre", "north", "North door", "door", inside="first", on="first", outline=((5, 5), (9, 5)))
    bay = Place("centre", "b14", "Bay 14", "bay", inside="lot-b", on="lot-b", outline=((5, 5),))
    assert findings(HOUSE, FIRST, SECOND, HALL, LOT, door, bay, Place("centre", "all", "Everywhere", "site")) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("inside", KINDS)
def test_a_place_is_only_in_what_can_hold_it(kind: str, inside: str) -> None:
    over, place = Place("centre", "over", "Over", inside), Place("centre", "under", "Under", kind, inside="over")
    assert may_be_in(kind, inside) == (inside in WITHIN[kind])
    assert findings(over, place) == ([] if may_be_in(kind, inside) else [("place centre/under", Wrong.INSIDE_KIND)])


def test_places_that_are_in_each_other_are_refused_and_lead_nobody_round_for_ever() -> None:
    one, other = replace(FIRST, inside="second"), replace(SECOND, inside="first")
    assert findings(one, other) == [
        ("place centre/first", Wrong.INSIDE_KIND),
        ("place centre/second", Wrong.INSIDE_KIND),
    ]
    itself = replace(HOUSE, inside="house")
    assert findings(itself) == [("place centre/house", Wrong.INSIDE_KIND)]
    assert way_up(of_site((one, other), "centre"), one) == [other] and way_up({"house": itself}, itself) == []
    three = {id: Place("centre", id, id, "floor", inside=over) for id, over in (("a", "b"), ("b", "c"), ("c", "b"))}
    assert [over.id for over in way_up(three, three["a"])] == ["b", "c"]


def test_what_is_not_there_is_nothing_to_be_in_or_drawn_on() -> None:
    lost = Place("centre", "lost", "Lost", "room", inside="gone", on="gone", outline=SQUARE)
    assert findings(lost) == [("place centre/lost", Wrong.UNKNOWN_PLACE)] * 2
    elsewhere = Place("north", "house", "House", "building")
    assert findings(elsewhere, FIRST) == [
        ("place north/house", Wrong.UNKNOWN_SITE),
        ("place centre/first", Wrong.UNKNOWN_PLACE),
    ]


def test_only_a_building_a_floor_and_a_lot_have_a_sheet() -> None:
    corner = Place("centre", "corner", "Corner", "door", inside="first", on="hall", outline=((1, 1),))
    assert findings(HOUSE, FIRST, HALL, corner) == [("place centre/corner", Wrong.NO_SHEET)]


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        (replace(LOT, outline=((0, 0), (9, 9), (9, 0), (0, 9))), Wrong.OUTLINE_CROSSES),
        (replace(LOT, outline=((0, 0), (9, 9))), Wrong.OUTLINE_TOO_FEW),
        (replace(LOT, on=None), Wrong.OUTLINE_HALF),
        (replace(LOT, outline=()), Wrong.OUTLINE_HALF),
        (replace(LOT, kind="field"), Wrong.KIND_OF_PLACE),
    ],
)
def test_each_thing_that_is_wrong_with_a_place_is_named(place: Place, wrong: Wrong) -> None:
    assert findings(place) == [("place centre/lot-b", wrong)]


def test_an_outline_that_was_looked_at_is_not_looked_at_again() -> None:
    crossed = replace(LOT, outline=((0, 0), (9, 9), (9, 0), (0, 9)))
    directory = Directory("alder", "Alder", sites={"centre": Site("centre", "Centre", "UTC")}, places=(crossed,))
    assert [told.code for told in place_problems(directory)] == [Wrong.OUTLINE_CROSSES]
    assert not list(place_problems(directory, directory.places))


def test_two_places_of_one_name_are_refused_unless_they_are_in_different_places() -> None:
    same = Place("centre", "lot-2", "LOT  b", "lot")
    assert findings(LOT, same) == [("place centre/lot-2", Wrong.NAME_TWICE)]
    rooms = [Place("centre", f"r{floor}", "Room 1", "room", inside=floor) for floor in ("first", "second")]
    assert findings(HOUSE, FIRST, SECOND, *rooms) == []
    assert findings(LOT, LOT) == [("place centre/lot-b", Wrong.PLACE_TWICE)]


def test_a_report_of_a_place_says_its_name_and_where_it_is_if_another_has_the_name_too() -> None:
    rooms = [Place("centre", f"r{floor}", "Room 1", "room", inside=floor) for floor in ("first", "second")]
    known = of_site((HOUSE, FIRST, SECOND, LOT, *rooms, Place("north", "x", "Room 1", "room")), "centre")
    assert labels(known) == {
        "house": "Main house",
        "first": "Floor 1",
        "second": "Floor 2",
        "lot-b": "Lot B",
        "rfirst": "Room 1, Floor 1, Main house",
        "rsecond": "Room 1, Floor 2, Main house",
    }


def test_a_file_that_says_nothing_of_where_a_place_is_leaves_it_there() -> None:
    bare = Place("centre", "hall", "Big hall", "room")
    assert drawn_as(HALL, bare) == replace(HALL, name="Big hall")
    assert drawn_as(None, bare) == bare
    moved = Place("centre", "hall", "Hall", "room", inside="second", on="second", outline=((1, 1),))
    assert drawn_as(HALL, moved) == moved


def test_a_site_has_no_more_places_and_corners_than_can_be_weighed_at_once() -> None:
    many = tuple(Place("centre", f"p{n}", f"Place {n}", "room") for n in range(PLACES_MAX + 1))
    assert findings(*many) == [("site centre", Wrong.TOO_MANY_PLACES)] and findings(*many[1:]) == []
    ring: Outline = tuple((n, n * n // 2) for n in range(150))
    wide = tuple(replace(place, on="", outline=ring) for place in many[: CORNERS_SITE_MAX // 150 + 1])
    assert findings(*wide) == [("site centre", Wrong.TOO_MANY_CORNERS)] and findings(*wide[1:]) == []
