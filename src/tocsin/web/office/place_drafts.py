"""What was read of a drawing, kept in memory until somebody confirms it, an hour at the longest.

A picture of megabytes is not carried by a page as a roster is.  What is lost here (a restart, a hundred others) is lost
before anything was changed: the page says so, and the file is chosen once more.
"""

from __future__ import annotations

import hashlib

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tocsin.core.limits import DRAFT_KEPT_MS, DRAFTS_MAX, DRAFTS_OF_ONE_MAX
from tocsin.runtime.drawings.shapes import Drawn, Outlined


class Draft(Struct, frozen=True):
    """`member` chose the file `name` for this sheet, at `at_ms`."""

    org: str
    member: str
    site: str
    on: str
    name: str
    read: Drawn | Outlined
    at_ms: int
    id: str = ""


class Drafts:
    """Nobody is handed what somebody else has chosen."""

    def __init__(self) -> None:
        self._known: dict[str, Draft] = {}

    def keep(self, draft: Draft) -> Draft:
        """With its id.  The oldest go where there are too many."""
        named = replace(draft, id=hashlib.sha256(msgspec.msgpack.encode(draft)).hexdigest()[:32])
        self._known.pop(named.id, None)
        self._known[named.id] = named
        mine = [id for id, one in self._known.items() if (one.org, one.member) == (draft.org, draft.member)]
        for id in [*mine[:-DRAFTS_OF_ONE_MAX], *list(self._known)[:-DRAFTS_MAX]]:
            self._known.pop(id, None)
        return named

    def find(self, org: str, member: str, id: str, now_ms: int) -> Draft | None:
        found = self._known.get(id)
        if found is None or (found.org, found.member) != (org, member) or now_ms - found.at_ms > DRAFT_KEPT_MS:
            return None
        return found

    def forget(self, draft: Draft) -> None:
        self._known.pop(draft.id, None)
