"""Walks over HTTP: start one, look, say where one is, more time, home; body in, command to the bell, the view out.

Theory of operation
-------------------
Everything is decided in the core; here bytes become commands.  A PIN may come with more time, with *home* and with a
cancel.  Both PINs are hashed and compared off the loop whatever walk is named, and whichever it was, the answer is made
of the same view.

A credential that may only call for help still says *home*, and where it is, of its owner's own walk, and learns no more
than that it was received: not whether the PIN was right, nor what became of the walk.  A PIN that comes with what it
may not say is heard and refused, whichever it is.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Meta, Struct
from msgspec.structs import replace

from tocsin.core import commands as c
from tocsin.core.access.permissions import LINES, May
from tocsin.core.access.place_record import PlanSheet
from tocsin.core.ground import apart_m
from tocsin.core.limits import FIX_BEFORE_WALK_MS, FIX_FAR_M, LABEL_MAX_CHARS
from tocsin.core.walk import Walk
from tocsin.core.walk_commands import CancelWalk, CheckIn, ExtendWalk, HomeWalk, StartWalk, WalkCommand, WalkTaken
from tocsin.core.walk_sight import WalkView
from tocsin.core.words import Destination
from tocsin.intake.acts import Placing, read
from tocsin.intake.answers import AnyRequest, told
from tocsin.intake.credentials import Credentials, Pass
from tocsin.intake.places_named import named_in
from tocsin.intake.plain import words
from tocsin.intake.presses import key_of, read_place
from tocsin.intake.problems import Trouble, accepted
from tocsin.intake.ring import Ring
from tocsin.runtime.walks_seen import WalksSeen

PATH = "/api/v1/walks"
Minutes = Annotated[int, Meta(ge=-(2**31), lt=2**31)]  # What a computer can count; what a walk can take says the core.
Matched = Callable[[Pass, str], Awaitable[c.PinMatch]]


class Starting(Struct, frozen=True):
    """`minutes`: until you are there.  `bay`: the id of a place of the site; `way`: in words.  `buddy`: the id of a
    colleague.  `for_member`: whom a supervisor starts it for."""

    minutes: Minutes
    destination: Destination = Destination.CAR
    way: str | None = None
    bay: str | None = None
    buddy: str | None = None
    for_member: str | None = None


class CheckingIn(Struct, frozen=True):
    """A sign of life, and where; it moves no time."""

    place: Placing | None = None


class Extending(Struct, frozen=True):
    minutes: Minutes
    pin: str | None = None


class Ending(Struct, frozen=True):
    """`pin`: needed in a watch window."""

    pin: str | None = None


class WalkPage(Struct, frozen=True):
    """Those under way that you may see, the first to end first; the first two hundred of them."""

    walks: list[WalkView]


class Received(Struct, frozen=True):
    """All that a credential learns which may only call for help."""

    received: bool = True


BODIES: Mapping[str, type[Struct]] = {
    "check-in": CheckingIn,
    "extend": Extending,
    "home": Ending,
    "cancel": Ending,
}
TAKEN_FROM_ANYBODY = frozenset({"check-in", "home"})  # Of one's own walk, by whatever could ever say it.


class Walks:
    """On one ring.  Raises Trouble (nothing changed), and Unavailable where nothing could be stored."""

    def __init__(self, ring: Ring, matched: Matched) -> None:
        """`matched`: compares a PIN with both of whoever has this pass."""
        self._ring, self._matched = ring, matched
        self._seen = WalksSeen(ring)

    # Reading -----------------------------------------------------------------------------------------------------

    def page(self, who: Pass) -> WalkPage:
        _must(who)
        return WalkPage(self._seen.under_way(who))

    def find(self, who: Pass, id: str) -> WalkView:
        """As this reader gets it; raises Trouble where to them there is none."""
        _must(who)
        view = self._seen.find(who, id)
        if view is None:
            raise Trouble("no_such_walk")
        return view

    # Doing -------------------------------------------------------------------------------------------------------

    async def start(self, who: Pass, key: str | None, body: bytes) -> tuple[int, WalkView]:
        """201 and the walk; 200 where this very start was taken before."""
        _must(who)
        given = read(body, Starting)
        member = given.for_member or who.reader.member
        way, cut = words(given.way, LABEL_MAX_CHARS)
        if cut:
            raise Trouble("bad_field", f"way: {LABEL_MAX_CHARS} characters at the most")
        taken = await self._submit(
            StartWalk(
                org=who.org,
                by=who.by,
                credential=who.credential,
                key=key_of(key, self._ring.clock.now_ms()),
                member=member,
                device=who.credential if member == who.reader.member else None,
                destination=given.destination,
                minutes=given.minutes,
                way=way,
                bay=given.bay or None,
                buddy=given.buddy or None,
            )
        )
        return 200 if taken.known else 201, self.find(who, taken.walk)

    async def do(self, who: Pass, id: str, act: str, key: str | None, body: bytes) -> WalkView | Received:
        """The walk afterwards, as whoever did it is shown it.  `key`: the same extension again lengthens once."""
        if who.raise_only:
            return await self._taken(who, id, act, body)
        _must(who)
        command = await self._command(who, id, act, body)
        if isinstance(command, ExtendWalk) and key:
            command = replace(command, key=key_of(key, self._ring.clock.now_ms()))
        await self._submit(command)
        return self.find(who, id)

    async def _taken(self, who: Pass, id: str, act: str, body: bytes) -> Received:
        if who.via not in LINES[May.WALK].by or self._own(who, id) is None:
            raise Trouble("raise_only")
        await self._ring.submit(await self._command(who, id, act, body))  # The core takes what it may, and hears all.
        if act not in TAKEN_FROM_ANYBODY:
            raise Trouble("raise_only")
        return Received()

    def _own(self, who: Pass, id: str) -> Walk | None:
        walk = self._ring.world.walk(who.org, id)
        return walk if walk is not None and walk.member == who.reader.member else None

    async def _command(self, who: Pass, id: str, act: str, body: bytes) -> WalkCommand:
        given = read(body or b"{}", BODIES[act])
        own: dict[str, Any] = {"org": who.org, "walk": id, "member": who.reader.member, "device": who.credential}
        if isinstance(given, CheckingIn):
            return CheckIn(**own, place=self._place(who, id, given.place))
        assert isinstance(given, Extending | Ending)
        match = None if given.pin is None else await self._matched(who, given.pin)
        if isinstance(given, Extending):
            return ExtendWalk(**own, minutes=given.minutes, match=match)
        return HomeWalk(**own, match=match) if act == "home" else CancelWalk(**own, match=match)

    async def _submit(self, command: WalkCommand) -> WalkTaken:
        reply = accepted(await self._ring.submit(command))
        assert isinstance(reply, WalkTaken)
        return reply

    def _place(self, who: Pass, id: str, given: Placing | None) -> c.PlaceReport | None:
        """What can be used of it.  Raises Trouble where that is nothing, or where nobody on a walk can be or was."""
        if given is None:
            return None
        walk = self._own(who, id)
        site = "" if walk is None else walk.site
        named = named_in(self._ring.world, who.org, lambda: site)
        place = read_place(msgspec.structs.asdict(given), self._ring.clock.now_ms(), [], named)
        if place is None:
            raise Trouble("bad_field", "place: nothing in it can be used")
        if self._is_far(who, site, place):
            raise Trouble(
                "bad_field", "place: nobody on a walk is that far from the site; look at the phone's location"
            )
        if walk is not None and place.at_ms < walk.started_ms - FIX_BEFORE_WALK_MS:
            raise Trouble("bad_field", "place.at: before the walk began; set the phone's clock right, or leave it out")
        return place

    def _is_far(self, who: Pass, site: str, place: c.PlaceReport) -> bool:
        if place.lat is None or place.lon is None:
            return False
        sheets = self._ring.world.all_kept(who.org, PlanSheet).values()
        known = next((sheet.known[0] for sheet in sheets if sheet.site == site and sheet.known), None)
        return known is not None and apart_m(known, place.lat, place.lon) > FIX_FAR_M


def _must(who: Pass) -> None:
    """Raises Trouble for what stands for nobody who walks: a screen, a desk, a program."""
    if who.via not in LINES[May.WALK].by:
        raise Trouble("not_allowed")


def walk_handlers(
    walks: Walks, credentials: Credentials, reader: Callable[[AnyRequest], Pass]
) -> list[HTTPRouteHandler]:
    """`reader`: whose credential a request shows, if it may read; raises Trouble."""

    @post(PATH, name="start walk")
    async def start(request: AnyRequest) -> Response[bytes]:
        status, view = await walks.start(reader(request), request.headers.get("idempotency-key"), await request.body())
        return told(view, status)

    @get(PATH, name="walks")
    async def page(request: AnyRequest) -> Response[bytes]:
        return told(walks.page(reader(request)))

    @get(PATH + "/{walk:str}", name="walk")
    async def one(walk: FromPath[str], request: AnyRequest) -> Response[bytes]:
        return told(walks.find(reader(request), walk))

    return [start, page, one, *(_act(walks, credentials, act) for act in BODIES)]


def _act(walks: Walks, credentials: Credentials, act: str) -> HTTPRouteHandler:
    @post(PATH + "/{walk:str}/" + act, status_code=200, name=f"walk {act}")
    async def do(walk: FromPath[str], request: AnyRequest) -> Response[bytes]:
        who = credentials.sender(request.headers.get)
        return told(await walks.do(who, walk, act, request.headers.get("idempotency-key"), await request.body()))

    return do
