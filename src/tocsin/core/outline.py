"""Outlines of places: what corners are one, how large it is and where its middle is.  Exact, in whole numbers.

Theory of operation
-------------------
A corner is (x, y) in whole ten-thousandths of its sheet's width, from the upper left, y downwards.  An outline is one
simple polygon: no corner twice, and no two edges share a point but neighbours, which share one end.  One corner is a
point, two are a line; only a door may be a line.  All of it is whole numbers, so that every check is exact and the same
on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import pairwise

from tocsin.core.limits import CORNERS_MAX, SHEET_TALL_MAX_UNITS, SHEET_UNITS

Corner = tuple[int, int]
Outline = tuple[Corner, ...]


class OutlineFault(StrEnum):
    """Why corners are no outline."""

    TOO_FEW = "too_few"
    TOO_MANY = "too_many"
    OUTSIDE = "outside"  # Of the sheet.
    SAME_CORNER = "same_corner"
    NO_AREA = "no_area"
    CROSSES = "crosses"  # Or touches itself.


def outline_faults(outline: Sequence[Corner], kind: str = "", tall: int = SHEET_TALL_MAX_UNITS) -> list[OutlineFault]:
    """Everything wrong with it as the outline of a place of this kind, on a sheet that goes so far down.  None: []."""
    faults = [*_count_faults(outline, kind)]
    if not all(0 <= x <= SHEET_UNITS and 0 <= y <= tall for x, y in outline):
        faults.append(OutlineFault.OUTSIDE)
    if len(set(outline)) < len(outline):
        faults.append(OutlineFault.SAME_CORNER)
    elif 3 <= len(outline) <= CORNERS_MAX:
        if _in_a_line(outline):
            faults.append(OutlineFault.NO_AREA)
        elif _crosses(outline):
            faults.append(OutlineFault.CROSSES)
    return faults


def _count_faults(outline: Sequence[Corner], kind: str) -> Iterator[OutlineFault]:
    if not outline or (len(outline) == 2 and kind != "door"):
        yield OutlineFault.TOO_FEW
    if len(outline) > CORNERS_MAX:
        yield OutlineFault.TOO_MANY


def is_simple(outline: Sequence[Corner]) -> bool:
    """Is it a polygon that neither crosses nor touches itself?"""
    return len(outline) >= 3 and len(set(outline)) == len(outline) and not (_in_a_line(outline) or _crosses(outline))


def area(outline: Sequence[Corner]) -> float:
    """In square units of the sheet; of a point or a line 0."""
    return abs(_twice(outline)) / 2


def middle(outline: Sequence[Corner]) -> tuple[float, float]:
    """Where its name may stand: the centre of its area, of a point or a line of its corners.  Raises where empty."""
    twice = _twice(outline)
    if not twice:
        return sum(x for x, _ in outline) / len(outline), sum(y for _, y in outline) / len(outline)
    x0, y0 = outline[0]  # From a corner of its own: small numbers stay exact.
    moved = [(x - x0, y - y0) for x, y in outline]
    parts = [(a, b, _cross((0, 0), a, b)) for a, b in _edges(moved)]
    across = sum((a[0] + b[0]) * part for a, b, part in parts)
    down = sum((a[1] + b[1]) * part for a, b, part in parts)
    return x0 + across / (3 * twice), y0 + down / (3 * twice)


def _edges(outline: Sequence[Corner]) -> list[tuple[Corner, Corner]]:
    return [*pairwise(outline), (outline[-1], outline[0])] if outline else []


def _twice(outline: Sequence[Corner]) -> int:
    """Twice the area; below 0 where its corners go round against the clock, as a reader of the sheet sees them."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in _edges(outline))


def _cross(o: Corner, a: Corner, b: Corner) -> int:
    """On which side of the line from `o` to `a` lies `b`?  0: on it."""
    return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0])


def _in_a_line(outline: Sequence[Corner]) -> bool:
    first, second = outline[0], outline[1]
    return all(_cross(first, second, corner) == 0 for corner in outline)


def _crosses(outline: Sequence[Corner]) -> bool:
    """Do two edges share a point that they should not?  Walked from edge to edge, with those that are under way."""
    edges = _edges(_across(outline))
    spans = [(min(a[0], b[0]), max(a[0], b[0]), min(a[1], b[1]), max(a[1], b[1])) for a, b in edges]
    under_way: list[int] = []
    for i in sorted(range(len(edges)), key=lambda edge: spans[edge][0]):
        left, _, low, high = spans[i]
        under_way = [j for j in under_way if spans[j][1] >= left]
        near = (j for j in under_way if spans[j][2] <= high and spans[j][3] >= low)
        if any(_clash(edges, i, j) for j in near):
            return True
        under_way.append(i)
    return False


def _across(outline: Sequence[Corner]) -> Sequence[Corner]:
    """The same, perhaps with its axes exchanged, so that fewer edges lie over each other from left to right."""
    wide = sum(abs(a[0] - b[0]) for a, b in _edges(outline))
    high = sum(abs(a[1] - b[1]) for a, b in _edges(outline))
    return [(y, x) for x, y in outline] if wide > high else outline


def _clash(edges: Sequence[tuple[Corner, Corner]], i: int, j: int) -> bool:
    """Do these two edges share what they should not?  Neighbours share one end, and may not turn right back."""
    (a, b), (c, d), count = edges[i], edges[j], len(edges)
    if (i + 1) % count == j:
        return _turns_back(a, b, d)
    if (j + 1) % count == i:
        return _turns_back(c, d, b)
    return _meet(a, b, c, d)


def _turns_back(a: Corner, b: Corner, c: Corner) -> bool:
    """Does the way from `a` over `b` to `c` go back on itself?"""
    if _cross(a, b, c):
        return False
    return (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1]) < 0


def _meet(a: Corner, b: Corner, c: Corner, d: Corner) -> bool:
    """Have these two closed pieces of lines, whose frames overlap, a point in common?"""
    return _either_side(_cross(a, b, c), _cross(a, b, d)) and _either_side(_cross(c, d, a), _cross(c, d, b))


def _either_side(one: int, other: int) -> bool:
    return one == 0 or other == 0 or (one > 0) != (other > 0)
