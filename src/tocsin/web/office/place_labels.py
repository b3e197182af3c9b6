"""Where the name of a place stands on its sheet: inside of its outline, and not on anything that is in it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from tocsin.core.directory import Place
from tocsin.core.outline import Corner, middle

Outline = tuple[Corner, ...]
Point = tuple[float, float]
PARTS = 7  # A name is tried at so many places across, and down.
TRIED = 12  # Of those the nearest to its middle; the first that has the most room is taken.
BESIDE = (-0.25, -0.12, 0, 0.12, 0.25)  # Where the height is measured: parts of the room across, from its middle.
LONG = 4  # A name is so many times as long as it is high.


def label_of(place: Place, within: Iterable[Place]) -> tuple[int, int, int, int]:
    """x, y, how wide and how high the name may be there; 0: as it is.  `within`: what lies in it, on the same sheet."""
    return _label(place.outline, tuple(one.outline for one in within if len(one.outline) > 2))


@lru_cache(maxsize=8_192)  # A sheet is looked at more often than it changes, and one may have thousands.
def _label(outline: Outline, inner: tuple[Outline, ...]) -> tuple[int, int, int, int]:
    x, y = middle(outline)
    if len(outline) < 3:
        return round(x), round(y), 0, 0
    best = _sized((x, y), outline, inner)
    if inner or not best[0]:
        near = sorted(_spots(outline), key=lambda tried: math.dist(tried, (x, y)))
        free = [tried for tried in near if _room(tried, outline, inner)]
        tries = (best, *(_sized(tried, outline, inner) for tried in free[:TRIED]))
        best = max(tries, key=lambda tried: min(tried[0], LONG * tried[1]))
    room, high, spot = best
    return round(spot[0]), round(spot[1]), round(room) or 1, round(high) or 1


def _sized(spot: Point, outline: Outline, inner: Sequence[Outline]) -> tuple[float, float, Point]:
    """How wide and how high a name may be there: between two bays there is room for a letter, and not for a name."""
    x, y = spot
    across = _room(spot, outline, inner)
    turned, within = _turned(outline), [_turned(one) for one in inner]
    beside = [x + across * part for part in BESIDE] if inner else [x]
    return across, min(_room((y, aside), turned, within) for aside in beside), spot


def _spots(outline: Outline) -> Iterator[Point]:
    across, down = [x for x, _ in outline], [y for _, y in outline]
    for n in range(1, PARTS + 1):
        for m in range(1, PARTS + 1):
            yield _part(across, n), _part(down, m)


def _part(along: Sequence[int], n: int) -> float:
    return min(along) + (max(along) - min(along)) * n / (PARTS + 1)


def _room(spot: Point, outline: Outline, inner: Iterable[Outline]) -> float:
    """Twice the way to the nearer line beside it: the name has its middle there.  0: it would stand on something."""
    x, y = spot
    own = _crossings(outline, y)
    others = [_crossings(one, y) for one in inner]
    if not _is_between(own, x) or any(_is_between(one, x) for one in others):
        return 0
    return 2 * min(abs(x - one) for line in (own, *others) for one in line)


def _turned(outline: Outline) -> Outline:
    """What was across goes down."""
    return tuple((y, x) for x, y in outline)


def _crossings(outline: Outline, y: float) -> list[float]:
    """Where the line at this height meets the outline."""
    edges = [*pairwise(outline), (outline[-1], outline[0])]
    return [(bx - ax) * (y - ay) / (by - ay) + ax for (ax, ay), (bx, by) in edges if (ay > y) != (by > y)]


def _is_between(crossings: Sequence[float], x: float) -> bool:
    """Inside of what has these crossings?  By the rule of odd ones."""
    return sum(one < x for one in crossings) % 2 == 1
