"""What may be asked about being here: to clock in and out."""

from __future__ import annotations

from msgspec import Struct

from tocsin.core.access.record import By


class ClockIn(Struct, frozen=True, kw_only=True):
    """`member` is at `site` (empty: where the roster has them, else where they are taken to be), from now on.

    `until_ms`: when they mean to go; None: as `clocking.until_ms` says.
    """

    org: str
    by: By
    member: str
    site: str = ""
    until_ms: int | None = None


class ClockOut(Struct, frozen=True, kw_only=True):
    """`member` goes now, whatever the roster says."""

    org: str
    by: By
    member: str


ClockCommand = ClockIn | ClockOut
