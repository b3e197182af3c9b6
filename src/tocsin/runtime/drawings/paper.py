"""A sheet of blank paper laid around positions on the globe, north up, so that two of its corners are known."""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec import Struct

from tocsin.core.ground import EARTH_M, Known
from tocsin.core.limits import SHEET_TALL_UNITS, SHEET_UNITS
from tocsin.runtime.drawings.shapes import No, Nothing

MARGIN = 0.04  # Of the sheet, on each side, so that nothing lies on its edge.
ACROSS_MIN_M, ACROSS_MAX_M = 20.0, 20_000.0  # A single door has some paper around it; no site is wider.


class Paper(Struct, frozen=True):
    """`lat`, `lon`: of its middle.  `metres`: how long a unit is.  `width`, `height` in units."""

    lat: float
    lon: float
    metres: float
    width: int = SHEET_UNITS
    height: int = SHEET_TALL_UNITS

    @classmethod
    def around(cls, points: Sequence[tuple[float, float]]) -> Paper:
        """The points as longitude and latitude, at least one.  Raises Nothing: they are too far apart."""
        lons, lats = [lon for lon, _ in points], [lat for _, lat in points]
        lat, lon = (min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2
        across = _metres(max(lons) - min(lons)) * math.cos(math.radians(lat))
        down = _metres(max(lats) - min(lats))
        if max(across, down) > ACROSS_MAX_M:
            raise Nothing(No.TOO_WIDE, str(round(max(across, down) / 1_000)))
        room = 1 - 2 * MARGIN
        metres = max(across / (room * SHEET_UNITS), down / (room * SHEET_TALL_UNITS), ACROSS_MIN_M / SHEET_UNITS)
        return cls(lat, lon, metres)

    def at(self, lat: float, lon: float) -> tuple[float, float]:
        """Where on the sheet this is, in units from its upper left corner."""
        x = self.width / 2 + _metres(lon - self.lon) * math.cos(math.radians(self.lat)) / self.metres
        return x, self.height / 2 - _metres(lat - self.lat) / self.metres

    @property
    def known(self) -> tuple[Known, Known]:
        """Its lower left and its upper right corner, within the margin."""
        left, top = round(MARGIN * self.width), round(MARGIN * self.height)
        return self._known(left, self.height - top), self._known(self.width - left, top)

    def _known(self, x: int, y: int) -> Known:
        east = (x - self.width / 2) * self.metres / math.cos(math.radians(self.lat))
        south = (y - self.height / 2) * self.metres
        return Known(x, y, self.lat - math.degrees(south / EARTH_M), self.lon + math.degrees(east / EARTH_M))


def _metres(degrees: float) -> float:
    """Along a great circle."""
    return math.radians(degrees) * EARTH_M
