"""Where the name of a place stands on its sheet: inside of its outline, and not on anything that is in it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from tocsin.core.directory import Place
from tocsin.core.outline import Corner, middle

Point = tuple[float, float]
PARTS = 7  # A name is tried at so many places across, and down.
TRIED = 12  # Of those the nearest to its middle; the first that has the most room is taken.
STRIDES = 24  # How finely the room to its left and right is measured.


def label_of(place: Place, within: Iterable[Place]) -> tuple[int, int, int]:
    """x, y, and how wide the name may be there; 0: as wide as it is.  `within`: what lies in it, on the same sheet."""
    x, y = middle(place.outline)
    if len(place.outline) < 3:
        return round(x), round(y), 0
    inner = [one.outline for one in within if len(one.outline) > 2]
    spots = sorted(_spots(place.outline), key=lambda spot: math.dist(spot, (x, y)))
    free = [spot for spot in [(x, y), *spots] if _free(spot, place.outline, inner)] or [(x, y)]
    room, spot = max(((_room(spot, place.outline, inner), spot) for spot in free[:TRIED]), key=lambda tried: tried[0])
    return round(spot[0]), round(spot[1]), room


def _spots(outline: Sequence[Corner]) -> Iterator[Point]:
    left, right, top, bottom = _bounds(outline)
    for n in range(1, PARTS + 1):
        for m in range(1, PARTS + 1):
            yield left + (right - left) * n / (PARTS + 1), top + (bottom - top) * m / (PARTS + 1)


def _bounds(outline: Sequence[Corner]) -> tuple[int, int, int, int]:
    across, down = [x for x, _ in outline], [y for _, y in outline]
    return min(across), max(across), min(down), max(down)


def _free(spot: Point, outline: Sequence[Corner], inner: Sequence[Sequence[Corner]]) -> bool:
    return holds(outline, spot) and not any(holds(one, spot) for one in inner)


def _room(spot: Point, outline: Sequence[Corner], inner: Sequence[Sequence[Corner]]) -> int:
    """Twice the way to the nearer end: the name stands with its middle there."""
    left, right, _, _ = _bounds(outline)
    stride = max(1, (right - left) // STRIDES)
    for n in range(1, STRIDES + 1):
        ends = ((spot[0] - n * stride, spot[1]), (spot[0] + n * stride, spot[1]))
        if not all(_free(end, outline, inner) for end in ends):
            return 2 * (n - 1) * stride or stride
    return right - left


def holds(outline: Sequence[Corner], spot: Point) -> bool:
    """Does the point lie inside?  By the rule of odd crossings."""
    x, y = spot
    inside = False
    for n, (ax, ay) in enumerate(outline):
        bx, by = outline[n - 1]
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
    return inside
