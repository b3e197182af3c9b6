"""What several commands have in them: a place as somebody said it, and what a PIN turned out to be."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from tocsin.core.words import PlaceKind


class PinMatch(StrEnum):
    """What the hashed comparison said; the digits themselves never reach the core."""

    REAL = "real"
    DURESS = "duress"
    WRONG = "wrong"


class PlaceReport(Struct, frozen=True, gc=False):
    """One way of saying where.  Coordinates live in the fix table under `fix`, not in the record."""

    kind: PlaceKind
    at_ms: int
    label: str | None = None
    lat: float | None = None
    lon: float | None = None
    radius_m: float | None = None
