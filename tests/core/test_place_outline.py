"""What corners are an outline: simple polygons are, whatever their turning; what crosses itself never is."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.limits import CORNERS_MAX, SHEET_UNITS
from tocsin.core.outline import Outline, OutlineFault, area, is_simple, middle, outline_faults

SQUARE: Outline = ((1_000, 1_000), (2_000, 1_000), (2_000, 2_000), (1_000, 2_000))
F = OutlineFault
angles = st.floats(0, 2 * math.pi)


def turned(corners: tuple[tuple[float, float], ...], angle: float) -> Outline:
    """Round the middle of the sheet."""
    cos, sin = math.cos(angle), math.sin(angle)
    return tuple((round(5_000 + x * cos - y * sin), round(5_000 + x * sin + y * cos)) for x, y in corners)


@given(angles, st.integers(10, 3_000), st.booleans())
def test_a_square_is_an_outline_however_it_is_turned(angle: float, half: int, back: bool) -> None:
    square = turned(((-half, -half), (half, -half), (half, half), (-half, half)), angle)
    assert is_simple(square[::-1] if back else square) and not outline_faults(square)
    assert area(square) == pytest.approx(4 * half * half, rel=0.3)
    assert middle(square) == pytest.approx((5_000, 5_000), abs=2)


@given(angles, st.integers(10, 3_000), st.integers(0, 3), st.booleans())
def test_a_bow_tie_never_is(angle: float, half: int, first: int, back: bool) -> None:
    tie = turned(((-half, -half), (half, half), (half, -half), (-half, half)), angle)
    tie = (*tie[first:], *tie[:first])
    assert not is_simple(tie[::-1] if back else tie)
    assert outline_faults(tie) == [F.CROSSES]


@given(st.lists(st.floats(0.2, 1), min_size=3, max_size=40), angles)
def test_a_star_round_one_point_is_an_outline_as_long_as_its_corners_are_apart(rays: list[float], angle: float) -> None:
    steps = ((angle + 2 * math.pi * i / len(rays), ray * 4_000) for i, ray in enumerate(rays))
    star = tuple((round(5_000 + ray * math.cos(at)), round(5_000 + ray * math.sin(at))) for at, ray in steps)
    if len(rays) > 4:  # Fewer may turn the point out of it, and lie on a line.
        assert is_simple(star)


@st.composite
def outlines(draw: st.DrawFn) -> Outline:
    """Any corners on a coarse grid, so that they meet, touch and lie on lines often."""
    corner = st.tuples(st.integers(0, 5), st.integers(0, 5))
    return tuple(draw(st.lists(corner, min_size=3, max_size=7)))


def crossing_by_the_book(outline: Outline) -> bool:
    """Every pair of edges asked, slowly, with fractions left out: a second opinion."""
    edges = list(zip(outline, (*outline[1:], outline[0]), strict=True))

    def side(o: tuple[int, int], a: tuple[int, int], b: tuple[int, int]) -> int:
        value = (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0])
        return (value > 0) - (value < 0)

    def on(p: tuple[int, int], a: tuple[int, int], b: tuple[int, int]) -> bool:
        within = all(min(a[i], b[i]) <= p[i] <= max(a[i], b[i]) for i in (0, 1))
        return side(a, b, p) == 0 and within

    def shared(i: int, j: int) -> bool:
        (a, b), (c, d) = edges[i], edges[j]
        points = {p for p in (a, b) if on(p, c, d)} | {p for p in (c, d) if on(p, a, b)}
        if (j - i) in (1, len(edges) - 1):
            return len(points) > 1
        return bool(points) or (side(a, b, c) != side(a, b, d) and side(c, d, a) != side(c, d, b))

    return any(shared(i, j) for i in range(len(edges)) for j in range(i + 1, len(edges)))


@given(outlines())
def test_the_quick_way_says_what_every_pair_of_edges_says(outline: Outline) -> None:
    expected = len(set(outline)) == len(outline) and not crossing_by_the_book(outline)
    assert is_simple(outline) == expected
    assert bool({F.CROSSES, F.NO_AREA, F.SAME_CORNER}.intersection(outline_faults(outline))) != expected


@pytest.mark.parametrize(
    ("outline", "kind", "faults"),
    [
        ((), "room", [F.TOO_FEW]),
        (((5, 5),), "room", []),
        (((5, 5), (9, 5)), "room", [F.TOO_FEW]),
        (((5, 5), (9, 5)), "door", []),
        (((5, 5), (5, 5)), "door", [F.SAME_CORNER]),
        (((5, 5), (9, 5), (7, 5)), "room", [F.NO_AREA]),
        (((0, 0), (4, 0), (2, 0), (2, 3)), "room", [F.CROSSES]),
        (((0, 0), (9, 0), (9, 9), (5, 0)), "room", [F.CROSSES]),
        (((0, 0), (10, 0), (10, 10), (5, 0), (0, 10)), "room", [F.CROSSES]),
        (((0, 0), (9, 0), (9, 9), (0, 0), (4, 9)), "room", [F.SAME_CORNER]),
        (((0, 0), (-1, 0), (9, 9)), "room", [F.OUTSIDE]),
        (((0, 0), (SHEET_UNITS, 0), (9, 7_001)), "room", [F.OUTSIDE]),
        (((0, 0), (SHEET_UNITS + 1, 0), (9, 9)), "room", [F.OUTSIDE]),
        (tuple((i, i * i) for i in range(0, CORNERS_MAX + 1)), "room", [F.TOO_MANY, F.OUTSIDE]),
        (((0, 0), (3, 0), (6, 0), (6, 6), (0, 6)), "lot", []),
    ],
)
def test_each_fault_has_its_name(outline: Outline, kind: str, faults: list[OutlineFault]) -> None:
    assert outline_faults(outline, kind, 7_000) == outline_faults(outline[::-1], kind, 7_000) == faults


def test_the_middle_of_a_point_and_of_a_line_is_between_their_corners() -> None:
    assert middle(((5, 7),)) == (5, 7) and middle(((0, 0), (10, 4))) == (5, 2)
    assert area(((0, 0), (10, 4))) == area(((5, 7),)) == 0
    assert middle(SQUARE) == (1_500, 1_500) and area(SQUARE) == 1_000_000


def test_the_middle_of_a_hooked_room_is_of_its_area_and_not_of_its_corners() -> None:
    hooked = ((0, 0), (6_000, 0), (6_000, 1_000), (1_000, 1_000), (1_000, 6_000), (0, 6_000))
    assert middle(hooked) == pytest.approx((1_863.636, 1_863.636), abs=0.001)


def test_a_straight_wall_with_a_corner_in_it_is_no_way_back() -> None:
    assert is_simple(((0, 0), (5, 0), (9, 0), (9, 9)))
    assert not is_simple(((0, 0), (9, 0), (5, 0), (5, 9)))
    assert not is_simple(((0, 0), (9, 0)))
