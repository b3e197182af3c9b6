"""Whom one may choose as the buddy of a walk, over HTTP: names, and no word of who is on or who is tied."""

from __future__ import annotations

from collections.abc import Callable
from heapq import nsmallest
from typing import Any

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from tocsin.core.access.permissions import May, Reach, reach_of
from tocsin.core.limits import BUDDIES_SHOWN_MAX, LABEL_MAX_CHARS
from tocsin.core.views import Who
from tocsin.core.walk_buddies import buddies
from tocsin.intake.answers import AnyRequest, told
from tocsin.intake.credentials import Pass
from tocsin.intake.problems import Trouble
from tocsin.intake.ring import Ring
from tocsin.runtime.rosters.people import folded

PATH = "/api/v1/walks/buddies"


class BuddyPage(Struct, frozen=True):
    """In the order of their names, two hundred at the most.  `more`: there are others; ask by name."""

    people: list[Who]
    more: bool


class Buddies:
    """On one ring.  Reads, and changes nothing; raises Trouble."""

    def __init__(self, ring: Ring) -> None:
        self._ring = ring

    def page(self, who: Pass, asked: Any) -> BuddyPage:
        """`asked`: the query; `name`: a part of it, whatever its case and accents."""
        directory, me = self._ring.world.directory(who.org), who.reader.member
        member = directory.members.get(me)
        if member is None or reach_of(member.roles, May.WALK, who.via) is Reach.NONE:
            raise Trouble("not_allowed")
        name = asked.get("name", "")
        if len(name) > LABEL_MAX_CHARS:
            raise Trouble("bad_query", f"name: {LABEL_MAX_CHARS} characters at the most")
        part = folded(name)
        there = ((folded(one.name), one.id) for one in buddies(directory, me, self._ring.clock.now_ms()))
        first = nsmallest(BUDDIES_SHOWN_MAX + 1, (one for one in there if part in one[0]))
        people = [Who(id, directory.members[id].name) for _, id in first[:BUDDIES_SHOWN_MAX]]
        return BuddyPage(people, len(first) > BUDDIES_SHOWN_MAX)


def buddy_handlers(buddies: Buddies, reader: Callable[[AnyRequest], Pass]) -> list[HTTPRouteHandler]:
    """`reader`: whose credential a request shows, if it may read; raises Trouble."""

    @get(PATH, name="buddies")
    async def page(request: AnyRequest) -> Response[bytes]:
        return told(buddies.page(reader(request), request.query_params))

    return [page]
