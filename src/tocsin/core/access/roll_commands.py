"""What may be asked of roll calls: to call one, to say that one is safe, to close it."""

from __future__ import annotations

from msgspec import Struct

from tocsin.core.access.record import By


class CallRoll(Struct, frozen=True, kw_only=True):
    """Everybody on shift at `site` is asked whether they are safe.  One runs there already: it is that one."""

    org: str
    by: By
    site: str
    why: str = ""


class SaySafe(Struct, frozen=True, kw_only=True):
    """Whoever says so is safe.  Said again it changes nothing."""

    org: str
    by: By
    roll: str


class CloseRoll(Struct, frozen=True, kw_only=True):
    """Nobody is asked any more; what was said until now is the report."""

    org: str
    by: By
    roll: str


RollCommand = CallRoll | SaySafe | CloseRoll
