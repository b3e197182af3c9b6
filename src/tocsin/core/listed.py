"""A line of a list of closed alerts: the shape alone; `listing.py` says which there are."""

from __future__ import annotations

from msgspec import Struct

ALL, RUNNING = "all", "running"


class Listed(Struct, frozen=True, gc=False):
    """A line.  `id`: under which this list knows the alert; `member`: who was in danger; `place`: folded words."""

    list: str
    shelf: str
    id: str
    alert: str
    member: str
    place: str = ""
