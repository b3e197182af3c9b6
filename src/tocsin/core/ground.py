"""How a sheet lies on the ground: two points whose positions are known put all of it there.

Theory of operation
-------------------
A similarity (turned, moved, enlarged, never sheared) leads from the sheet to the plane that touches the globe at the
first of the two: on a site of some kilometres that is exact to centimetres.  Both have y downwards, so nothing is ever
mirrored.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from tocsin.core.limits import (
    KNOWN_APART_MAX_M,
    KNOWN_APART_MIN_M,
    KNOWN_APART_MIN_UNITS,
    SHEET_TALL_MAX_UNITS,
    SHEET_UNITS,
)

EARTH_M = 6_371_008.8  # The mean radius.
FAR_M = 200_000  # A position farther than this from a sheet has nothing to do with it.


class Known(Struct, frozen=True, gc=False):
    """A point of a sheet of which somebody knows where it is: degrees, WGS 84."""

    x: int
    y: int
    lat: float
    lon: float


class KnownFault(StrEnum):
    """Why known points put no sheet on the ground."""

    NOT_TWO = "not_two"
    OUTSIDE = "outside"  # Of the sheet.
    NOWHERE = "nowhere"  # Off the globe, or at a pole.
    TOO_CLOSE = "too_close"  # On the sheet or on the ground.
    TOO_FAR = "too_far"  # On the ground.


def known_faults(known: Sequence[Known], tall: int = SHEET_TALL_MAX_UNITS) -> list[KnownFault]:
    """What is wrong with these points of a sheet that goes so far down; none at all are fine too."""
    if not known:
        return []
    if len(known) != 2:
        return [KnownFault.NOT_TWO]
    faults = []
    if not all(0 <= point.x <= SHEET_UNITS and 0 <= point.y <= tall for point in known):
        faults.append(KnownFault.OUTSIDE)
    if not all(_on_the_globe(point.lat, point.lon) for point in known):
        return [*faults, KnownFault.NOWHERE]
    one, other = known
    apart_m = abs(_plane(one, other.lat, other.lon))
    if math.dist((one.x, one.y), (other.x, other.y)) < KNOWN_APART_MIN_UNITS or apart_m < KNOWN_APART_MIN_M:
        faults.append(KnownFault.TOO_CLOSE)
    if apart_m > KNOWN_APART_MAX_M:
        faults.append(KnownFault.TOO_FAR)
    return faults


class Ground(Struct, frozen=True):
    """How a sheet lies on the globe; made by `ground`.  `turn`: metres for each unit of the sheet, and its turning."""

    first: Known
    turn: complex

    @property
    def metres(self) -> float:
        """How long one unit of the sheet is on the ground."""
        return abs(self.turn)

    def to_sheet(self, lat: float, lon: float) -> tuple[float, float] | None:
        """Where this position is on the sheet, perhaps beside it; None: nowhere near it, or no position."""
        if not _on_the_globe(lat, lon):
            return None
        at_m = _plane(self.first, lat, lon)
        if abs(at_m) > FAR_M:
            return None
        moved = at_m / self.turn
        return self.first.x + moved.real, self.first.y + moved.imag

    def to_globe(self, x: float, y: float) -> tuple[float, float]:
        """The latitude and longitude of a point of the sheet."""
        at_m = complex(x - self.first.x, y - self.first.y) * self.turn
        lat = self.first.lat - math.degrees(at_m.imag / EARTH_M)
        lon = self.first.lon + math.degrees(at_m.real / (EARTH_M * math.cos(math.radians(self.first.lat))))
        return lat, (lon + 180) % 360 - 180


def ground(known: Sequence[Known]) -> Ground | None:
    """None where these points say nothing of where the sheet is."""
    if not known or known_faults(known):
        return None
    one, other = known
    return Ground(one, _plane(one, other.lat, other.lon) / complex(other.x - one.x, other.y - one.y))


def apart_m(one: Known, lat: float, lon: float) -> float:
    """How far a position is from a known point, over the ground, however far that is."""
    here, there = math.radians(one.lat), math.radians(lat)
    north, east = math.sin((there - here) / 2), math.sin(math.radians(lon - one.lon) / 2)
    return 2 * EARTH_M * math.asin(min(math.sqrt(north**2 + math.cos(here) * math.cos(there) * east**2), 1.0))


def _on_the_globe(lat: float, lon: float) -> bool:
    """At the poles there is no east; what is not finite is nowhere."""
    return -89 <= lat <= 89 and -180 <= lon <= 180


def _plane(origin: Known, lat: float, lon: float) -> complex:
    """Metres from `origin`: east, and south, as a sheet's y goes down."""
    around = (lon - origin.lon + 180) % 360 - 180
    east = math.radians(around) * EARTH_M * math.cos(math.radians(origin.lat))
    return complex(east, -math.radians(lat - origin.lat) * EARTH_M)
