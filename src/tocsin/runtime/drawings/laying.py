"""Outlines on a sheet: as fine as they are drawn, and simpler where one, or all of them, would be too much."""

from __future__ import annotations

from itertools import pairwise

import shapely
from msgspec import Struct

from tocsin.core.limits import CORNERS_MAX, CORNERS_SITE_MAX, OUTLINES_AT_ONCE_MAX
from tocsin.core.outline import Corner, outline_faults
from tocsin.runtime.drawings.paper import Paper
from tocsin.runtime.drawings.shapes import Refused, Why, shown

COARSER = (0.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0)  # Units of the sheet by which an outline may be off.


class Found(Struct):
    """A feature that can be used so far.  `points`: longitude and latitude of each corner."""

    number: int
    id: str
    name: str
    kind: str
    inside: str
    points: list[tuple[float, float]]
    outline: tuple[Corner, ...] = ()


def lay(found: list[Found], paper: Paper, lines: list[Refused]) -> None:
    """Give each its outline on the sheet: as fine as it is, and coarser where all of them would be too much."""
    for off in COARSER:
        simpler = {one.number for one in found if _outline(one, paper, off)}
        counts = [len(one.outline) for one in found]
        if sum(counts) <= CORNERS_SITE_MAX and sum(count**2 for count in counts) <= OUTLINES_AT_ONCE_MAX:
            break
    for one in found:
        if not one.outline or outline_faults(one.outline, one.kind, paper.height):
            why = Why.TOO_MANY_CORNERS if len(one.outline) > CORNERS_MAX else Why.TOO_SMALL
            one.outline = ()
            lines.append(Refused(one.number, shown(one.name), why))
        elif one.number in simpler:
            lines.append(Refused(one.number, shown(one.name), Why.SIMPLER))


def _outline(one: Found, paper: Paper, least: float) -> bool:
    """Lay it, off by at least so much; is it simpler than it was?"""
    whole = _rounded([paper.at(lat, lon) for lon, lat in one.points])
    for off in COARSER:
        if off >= least:
            one.outline = _coarser(whole, off)
            if len(one.outline) <= CORNERS_MAX:
                break
    return len(one.outline) < len(whole)


def _rounded(points: list[tuple[float, float]]) -> tuple[Corner, ...]:
    corners = [(round(x), round(y)) for x, y in points]
    kept = [*corners[:1], *(after for before, after in pairwise(corners) if after != before)]
    if len(points) > 2 and len(kept) > 1 and kept[0] == kept[-1]:
        kept.pop()
    return tuple(kept) if len(kept) > 2 or len(points) < 3 else ()


def _coarser(outline: tuple[Corner, ...], off: float) -> tuple[Corner, ...]:
    if not off or len(outline) <= 3:
        return outline
    shape = shapely.Polygon(outline).simplify(off)
    return _rounded(list(shape.exterior.coords)[:-1]) if isinstance(shape, shapely.Polygon) else ()
