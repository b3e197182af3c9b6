"""Two known points put a sheet on the ground: there and back is the same point, turned and enlarged as they say."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tocsin.core.ground import EARTH_M, FAR_M, Ground, Known, KnownFault, apart_m, ground, known_faults

F = KnownFault
DEGREE_M = math.radians(1) * EARTH_M
HERE = Known(1_000, 1_000, 41.5, -87.25)
EAST_100_M = Known(3_000, 1_000, 41.5, -87.25 + 100 / (DEGREE_M * math.cos(math.radians(41.5))))


@st.composite
def placed(draw: st.DrawFn) -> tuple[Known, Known]:
    """Any two points that are far enough apart, anywhere people work."""
    lat, lon = draw(st.floats(-70, 70)), draw(st.floats(-180, 180))
    x, y, x2, y2 = (draw(st.integers(0, 10_000)) for _ in range(4))
    assume(math.dist((x, y), (x2, y2)) >= 500)
    apart_m, angle = draw(st.floats(5, 5_000)), draw(st.floats(0, 2 * math.pi))
    there = (
        lat + apart_m * math.sin(angle) / DEGREE_M,
        (lon + apart_m * math.cos(angle) / DEGREE_M / math.cos(math.radians(lat)) + 180) % 360 - 180,
    )
    return Known(x, y, lat, lon), Known(x2, y2, *there)


def laid(known: tuple[Known, ...]) -> Ground:
    found = ground(known)
    assert found is not None
    return found


@given(placed(), st.integers(0, 10_000), st.integers(0, 10_000))
def test_to_the_ground_and_back_is_the_same_point(known: tuple[Known, Known], x: int, y: int) -> None:
    on = laid(known)
    there = on.to_sheet(*on.to_globe(x, y))
    if on.metres * 15_000 < FAR_M:
        assert there == pytest.approx((x, y), abs=0.01)


@given(placed())
def test_the_two_points_are_where_somebody_said_they_are(known: tuple[Known, Known]) -> None:
    on = laid(known)
    for point in known:
        assert on.to_sheet(point.lat, point.lon) == pytest.approx((point.x, point.y), abs=0.5)


def test_a_sheet_with_its_north_at_the_top_is_not_mirrored() -> None:
    on = laid((HERE, EAST_100_M))
    assert on.metres == pytest.approx(0.05, rel=1e-6)
    north_m = 41.5 + 50 / DEGREE_M
    assert on.to_sheet(north_m, -87.25) == pytest.approx((1_000, 0), abs=0.01)
    lat, lon = on.to_globe(1_000, 2_000)
    assert lat < 41.5 and lon == pytest.approx(-87.25)


def test_a_sheet_that_lies_across_the_date_line_is_whole() -> None:
    east, west = Known(0, 0, -17.0, 179.9999), Known(5_000, 0, -17.0, -179.9999)
    on = laid((east, west))
    assert on.to_sheet(-17.0, 180.0) == pytest.approx((2_500, 0), abs=0.1)
    assert on.to_globe(10_000, 0)[1] == pytest.approx(-179.9997, abs=1e-5)


@pytest.mark.parametrize("at", [(41.5, 90.0), (91.0, 0.0), (math.nan, 0.0), (0.0, math.inf), (-90.0, 0.0)])
def test_a_position_that_is_none_or_far_away_is_not_on_the_sheet(at: tuple[float, float]) -> None:
    assert laid((HERE, EAST_100_M)).to_sheet(*at) is None


@pytest.mark.parametrize(
    ("known", "faults"),
    [
        ((), []),
        ((HERE,), [F.NOT_TWO]),
        ((HERE, EAST_100_M, HERE), [F.NOT_TWO]),
        ((HERE, EAST_100_M), []),
        ((HERE, Known(1_200, 1_000, 41.6, -87.25)), [F.TOO_CLOSE]),
        ((HERE, Known(3_000, 1_000, 41.5, -87.25)), [F.TOO_CLOSE]),
        ((HERE, Known(3_000, 1_000, 43.0, -87.25)), [F.TOO_FAR]),
        ((HERE, Known(10_001, 1_000, 41.501, -87.25)), [F.OUTSIDE]),
        ((HERE, Known(3_000, 7_001, 41.501, -87.25)), [F.OUTSIDE]),
        ((HERE, Known(3_000, -1, 95.0, -87.25)), [F.OUTSIDE, F.NOWHERE]),
        ((HERE, Known(3_000, 0, math.nan, -87.25)), [F.NOWHERE]),
    ],
)
def test_points_that_say_nothing_of_where_it_is_are_named(known: tuple[Known, ...], faults: list[KnownFault]) -> None:
    assert known_faults(known, 7_000) == faults
    assert (ground(known) is None) == (not known or bool(known_faults(known)))


@pytest.mark.parametrize(
    ("at", "apart"),
    [
        ((41.5, -87.25), 0),
        ((42.5, -87.25), DEGREE_M),
        ((41.5, 92.75), 97 * DEGREE_M),
        ((-41.5, 92.75), 180 * DEGREE_M),
    ],
)
def test_how_far_a_position_is_holds_to_the_other_side_of_the_globe(at: tuple[float, float], apart: float) -> None:
    assert apart_m(HERE, *at) == pytest.approx(apart, abs=1)
