"""Places as GeoJSON: each shape is used as it is, or named with why not, and all of them lie where they are."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from drawn import feature, geojson, outlined, refusal, square
from hypothesis import given
from hypothesis import strategies as some

from tocsin.core.ground import ground, known_faults
from tocsin.core.limits import CORNERS_MAX, CORNERS_SITE_MAX, OUTLINES_AT_ONCE_MAX, PLACES_MAX
from tocsin.core.outline import outline_faults
from tocsin.runtime.drawings.reading import read
from tocsin.runtime.drawings.shapes import No, Outlined, Refused, Unreadable, Why

BOW_TIE = [[0, 0], [0.001, 0.001], [0.001, 0], [0, 0.001], [0, 0]]


def circle(corners: int, lon: float = 0.0, size: float = 0.001) -> list[list[float]]:
    steps = [2 * math.pi * n / corners for n in range(corners)]
    ring = [[lon + size * math.cos(step), size * math.sin(step)] for step in steps]
    return [*ring, ring[0]]


def shape(type: str, coordinates: Any, name: str = "Gate", kind: str = "door") -> dict[str, Any]:
    return feature(name, geometry={"type": type, "coordinates": coordinates}, kind=kind)


def test_places_lie_on_paper_north_up_and_the_paper_on_the_globe() -> None:
    west, east = feature("West lot", square(-87.63)), feature("East lot", square(-87.62, 41.885))
    told = outlined(geojson(west, east))
    assert (told.width, told.height, told.refused, told.noted) == (10_000, 7_000, (), ())
    assert [(place.id, place.name, place.kind) for place in told.places] == [
        ("west-lot", "West lot", "lot"),
        ("east-lot", "East lot", "lot"),
    ]
    one, other = (place.outline for place in told.places)
    assert max(x for x, _ in one) < min(x for x, _ in other)  # East is to the right,
    assert min(y for _, y in one) > max(y for _, y in other)  # and north is up.
    assert known_faults(told.known, told.height) == []
    lies = ground(told.known)
    assert lies is not None
    lat, lon = lies.to_globe(*one[0])
    assert abs(lat - 41.88) * 111_000 < 1 and abs(lon + 87.63) * 83_000 < 1  # Within a metre of where it was.


def test_doors_may_be_points_or_lines() -> None:
    line = shape("LineString", [[0, 0], [0.0001, 0]], "North gate")
    told = outlined(geojson(feature("Lot", square(0, 0)), shape("Point", [0, 0.0005]), line))
    assert [len(place.outline) for place in told.places] == [4, 1, 2]
    alone = outlined(geojson(shape("Point", [-87.63, 41.88])))
    assert len(alone.places[0].outline) == 1 and known_faults(alone.known) == []


def test_what_says_no_kind_is_a_room_or_a_door() -> None:
    told = outlined(geojson(feature("Ward", kind=""), shape("Point", [-87.63, 41.88], kind="")))
    assert [place.kind for place in told.places] == ["room", "door"]


def test_what_a_place_is_in_may_be_said_by_id_or_by_name() -> None:
    house = feature("House", square(0, 0), kind="building", id="house")
    floor = feature("First", square(0, 0, 0.0008), kind="floor", inside="house", id="first")
    room = feature("Ward", square(0, 0, 0.0005), kind="room", inside="FIRST")
    there = feature("Store", square(0, 0, 0.0004), kind="room", inside="second-floor")
    wrong = feature("Attic", square(0, 0, 0.0003), kind="floor", inside="Ward")
    nobody = feature("Shed", square(0, 0, 0.0002), kind="room", inside="No such place")
    told = outlined(geojson(house, floor, room, there, wrong, nobody))
    assert [place.inside for place in told.places] == ["", "house", "first", "second-floor", "", ""]
    assert [(line.number, line.why) for line in told.noted] == [(5, Why.NOT_THERE_INSIDE), (6, Why.NOT_THERE_INSIDE)]


def test_ids_are_the_file_s_own_or_made_of_the_name_and_nobody_has_one_twice() -> None:
    named = {**feature("A", square(0, 0)), "id": 7}
    bad = feature("B b/B", square(0.001, 0), id="../etc")
    same = feature("C", square(0.002, 0), id="7")
    far = feature("B_b b", square(0.003, 0))
    told = outlined(geojson(named, bad, same, far, feature("\u65e5\u672c", square(0.004, 0))))
    assert [place.id for place in told.places] == ["7", "b-b-b", "b-b-b-2", "place"]
    assert told.refused == (Refused(3, "C", Why.SAME_ID),)


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (feature("Bow", BOW_TIE), Why.CROSSES_ITSELF),
        (shape("MultiPolygon", [[square()], [square(-87.6)]], kind="lot"), Why.SEVERAL_PARTS),
        (shape("MultiPolygon", [], kind="lot"), Why.TOO_FEW),
        (shape("Polygon", [], kind="lot"), Why.TOO_FEW),
        (shape("Polygon", [[[0, 0], [1, 1], [0, 0]]], kind="lot"), Why.TOO_FEW),
        (shape("LineString", [[0, 0]]), Why.TOO_FEW),
        (shape("LineString", [[0, 0], [0, 0]]), Why.TOO_FEW),
        (shape("LineString", [[0, 0], [1, 1], [2, 0]]), Why.LONG_LINE),
        (shape("LineString", [[0, 0], [0.001, 0]], kind="lot"), Why.NOT_A_DOOR),
        (shape("GeometryCollection", []), Why.NOT_A_SHAPE),
        (shape("Klein bottle", []), Why.NOT_A_SHAPE),
        (feature("Nowhere", geometry=None), Why.NOWHERE),
        (shape("Point", ["here", "there"]), Why.NO_NUMBER),
        (shape("Point", [1]), Why.NO_NUMBER),
        (shape("Point", {"lat": 1}), Why.NO_NUMBER),
        (shape("Point", [181, 0]), Why.OUT_OF_RANGE),
        (shape("Point", [0, 91]), Why.OUT_OF_RANGE),
        (feature(""), Why.NO_NAME),
        (feature("\u202e"), Why.NO_NAME),
        (feature("x" * 121), Why.LONG_NAME),
        (feature("Lot", kind="volcano"), Why.NO_SUCH_KIND),
        (feature("GOOD "), Why.SAME_NAME),
        ({"type": "Fixture"}, Why.NOT_A_SHAPE),
        ("a lot", Why.NOT_A_SHAPE),
        ({"type": "Feature", "properties": "none"}, Why.NOT_A_SHAPE),
        (feature("Speck", square(side=1e-9)), Why.TOO_SMALL),
    ],
)
def test_what_cannot_be_used_is_named_and_costs_nothing_but_itself(bad: Any, why: Why) -> None:
    told = outlined(geojson(feature("Good", square(-87.631)), bad))
    assert [place.name for place in told.places] == ["Good"]
    assert [(line.number, line.why) for line in told.refused] == [(2, why)]


@pytest.mark.parametrize("number", ["1e999", "-1e999"])
def test_a_number_too_large_to_be_one_is_named(number: str) -> None:
    text = geojson(feature("Good"), shape("Point", [0.5, 0])).replace(b"0.5", number.encode())
    assert outlined(text).refused == (Refused(2, "Gate", Why.NO_NUMBER),)


def test_a_hole_is_left_out_and_said() -> None:
    told = outlined(geojson(feature("Ring", square(0, 0, 0.003), square(0.001, 0.001, 0.001))))
    assert len(told.places[0].outline) == 4 and told.noted == (Refused(1, "Ring", Why.HOLE),)


def test_an_outline_with_too_many_corners_is_made_simpler_and_said() -> None:
    told = outlined(geojson(feature("Tower", circle(2_000))))
    assert 20 < len(told.places[0].outline) <= CORNERS_MAX and told.noted == (Refused(1, "Tower", Why.SIMPLER),)


@pytest.mark.slow
def test_all_outlines_together_fit_on_one_site() -> None:
    for number, corners in ((200, 190), (60, 190), (1_500, 16)):
        many = [feature(f"Bay {n}", circle(corners, n * 0.0001, 0.00004), kind="bay") for n in range(number)]
        told = outlined(geojson(*many))
        counts = [len(place.outline) for place in told.places]
        assert len(counts) + len(told.refused) == number and (told.noted or told.refused)
        assert sum(counts) <= CORNERS_SITE_MAX and sum(count**2 for count in counts) <= OUTLINES_AT_ONCE_MAX


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"{", Unreadable(No.NO_JSON, "1")),
        (b'{"type": "FeatureCollection",\n"features": [NaN]}', Unreadable(No.NO_JSON, "2")),
        (geojson(shape("Point", [float("nan"), 0])), Unreadable(No.NO_JSON, "1")),
        (geojson(shape("Point", [float("inf"), 0])), Unreadable(No.NO_JSON, "1")),
        (b"[]", Unreadable(No.NO_COLLECTION)),
        (b"{}", Unreadable(No.NO_COLLECTION)),
        (b'{"type": "FeatureCollection"}', Unreadable(No.NO_COLLECTION)),
        (b'{"type": "FeatureCollection", "features": {}}', Unreadable(No.NO_COLLECTION)),
        (b'{"type": "Topology", "objects": {}}', Unreadable(No.NO_COLLECTION)),
        (b"[" * 5_000_000, Unreadable(No.NO_COLLECTION)),
        (b'{"crs":' + b"[" * 5_000_000, Unreadable(No.TOO_DEEP)),
        (geojson(), Unreadable(No.NO_SHAPE)),
        (geojson(feature("Bow", BOW_TIE)), Unreadable(No.NO_SHAPE)),
        (geojson(feature("Speck", square(side=1e-12))), Unreadable(No.NO_SHAPE)),
        (geojson(*[{}] * (PLACES_MAX + 1)), Unreadable(No.TOO_MANY_SHAPES, str(PLACES_MAX))),
        (geojson(feature("A", square(-87)), feature("B", square(-80))), Unreadable(No.TOO_WIDE, "580")),
        (geojson(feature("A", square(448_000, 4_636_000, 50))), Unreadable(No.NO_DEGREES)),
        (
            geojson(feature(), crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}),
            Unreadable(No.OTHER_EARTH, "urn:ogc:def:crs:EPSG::25832"),
        ),
        (geojson(feature(), crs="EPSG:3857"), Unreadable(No.OTHER_EARTH, "?")),
        (geojson(feature(), crs={"properties": [1]}), Unreadable(No.OTHER_EARTH, "?")),
    ],
)
def test_a_file_of_which_nothing_can_be_used_is_named(content: bytes, told: Unreadable) -> None:
    assert refusal(content) == told


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326"])
def test_a_file_that_names_the_globe_as_it_is_meant_is_read(name: str) -> None:
    assert outlined(geojson(feature(), crs={"type": "name", "properties": {"name": name}})).places


@pytest.mark.slow
def test_ten_thousand_features_and_eight_megabytes_of_nesting_are_named() -> None:
    assert refusal(geojson(*[feature(f"Bay {n}") for n in range(10_000)])).why is No.TOO_MANY_SHAPES
    deep = b'{"type":"FeatureCollection","features":[' + b'{"a":' * 1_300_000 + b"1" + b"}" * 1_300_000 + b"]}"
    assert refusal(deep).why is No.TOO_DEEP
    bad = geojson(*[{**feature(f"Bow {n}"), "geometry": {"type": "Polygon", "coordinates": 1}} for n in range(1_999)])
    assert refusal(bad).why is No.NO_SHAPE


WORDS = ("type", "features", "geometry", "coordinates", "properties", "name", "kind", "inside", "id", "crs")
JSON = some.recursive(
    some.none() | some.booleans() | some.floats(allow_nan=False, allow_infinity=False) | some.text(max_size=5),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.sampled_from(WORDS), inner, max_size=4),
    max_leaves=15,
)
NUMBERS = some.floats(-0.01, 0.01) | some.sampled_from([0.0, 0.001, 200.0, 1e300])
RINGS = some.lists(some.lists(NUMBERS, min_size=1, max_size=3), max_size=8)
GEOMETRY = some.builds(
    lambda type, coordinates: {"type": type, "coordinates": coordinates},
    some.sampled_from(["Polygon", "Point", "LineString", "MultiPolygon", "Curve"]),
    some.lists(RINGS, max_size=2) | RINGS | JSON,
)
FEATURES = some.builds(
    lambda name, geometry, kind: feature(name, geometry=geometry, kind=kind),
    some.text(max_size=6),
    GEOMETRY,
    some.sampled_from(["", "door", "lot", "bay", "sea"]),
)


@pytest.mark.slow
@given(some.lists(FEATURES | JSON, max_size=6), JSON)
def test_whatever_a_file_says_what_is_taken_of_it_the_rules_take_too(features: list[Any], crs: Any) -> None:
    content = json.dumps({"type": "FeatureCollection", "features": features, "crs": crs}).encode()
    told = read(content)
    if isinstance(told, Outlined):
        assert known_faults(told.known, told.height) == []
        assert len({place.id for place in told.places}) == len(told.places)
        assert len(told.places) + len(told.refused) == len(features)
        for place in told.places:
            assert outline_faults(place.outline, place.kind, told.height) == []
