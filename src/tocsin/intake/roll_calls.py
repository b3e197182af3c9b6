"""Roll calls over HTTP: call one, look who has answered, say that one is safe, close it.

A roll call that runs at the site already is the one that was asked for: pressed twice, people are asked once.
"""

from __future__ import annotations

from collections.abc import Callable

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from tocsin.core import commands as c
from tocsin.core.access.roll_commands import CallRoll, CloseRoll, RollCommand, SaySafe
from tocsin.core.access.roll_sight import OwnRoll, RollBrief, RollView
from tocsin.core.limits import ROLL_WHY_MAX_CHARS
from tocsin.intake.acts import read
from tocsin.intake.answers import AnyRequest, told
from tocsin.intake.credentials import Pass
from tocsin.intake.plain import words
from tocsin.intake.problems import Trouble, accepted
from tocsin.intake.ring import Ring
from tocsin.runtime.access.reading import NotAllowed
from tocsin.runtime.access.rolls import Rolls

PATH = "/api/v1/roll-calls"


class Calling(Struct, frozen=True):
    """`site`: whose people on shift are asked.  `why`: for the record; it goes to nobody's phone."""

    site: str
    why: str | None = None


class RollPage(Struct, frozen=True):
    """`asked`: those that ask you now.  `roll_calls`: of whoever may call one, the newest first."""

    asked: list[OwnRoll]
    roll_calls: list[RollBrief]


class RollCalls:
    """On one ring.  Raises Trouble (nothing changed), and Unavailable where nothing could be stored."""

    def __init__(self, ring: Ring) -> None:
        self._ring, self._rolls = ring, Rolls(ring)

    def page(self, who: Pass) -> RollPage:
        try:
            asked = self._rolls.asking(who)
        except NotAllowed:
            raise Trouble("not_allowed") from None
        return RollPage(asked, self._rolls.all(who) if self._rolls.may(who) else [])

    def find(self, who: Pass, id: str) -> RollView:
        try:
            view = self._rolls.find(who, id)
        except NotAllowed:
            raise Trouble("not_allowed") from None
        if view is None:
            raise Trouble("no_such_record")
        return view

    async def call(self, who: Pass, body: bytes) -> tuple[int, RollView]:
        """201 and the roll call; 200 where one was running there."""
        if not self._rolls.may(who):
            raise Trouble("not_allowed")
        given = read(body, Calling)
        why, cut = words(given.why, ROLL_WHY_MAX_CHARS)
        if cut:
            raise Trouble("bad_field", f"why: {ROLL_WHY_MAX_CHARS} characters at the most")
        done = await self._do(CallRoll(org=who.org, by=who.by, site=given.site, why=why or ""))
        running = self._rolls.running_at(who, given.site)
        if running is None:
            raise Trouble("conflict")  # It was closed in this very moment.
        return 200 if done.known else 201, self.find(who, running)

    async def safe(self, who: Pass, id: str) -> RollPage:
        """What asks them now, as they have just answered it."""
        await self._do(SaySafe(org=who.org, by=who.by, roll=id))
        return self.page(who)

    async def close(self, who: Pass, id: str) -> RollView:
        await self._do(CloseRoll(org=who.org, by=who.by, roll=id))
        return self.find(who, id)

    async def _do(self, command: RollCommand) -> c.Done:
        reply = accepted(await self._ring.submit(command))
        assert isinstance(reply, c.Done)
        return reply


def roll_handlers(rolls: RollCalls, reader: Callable[[AnyRequest], Pass]) -> list[HTTPRouteHandler]:
    """`reader`: whose credential a request shows, if it may read; raises Trouble."""

    @post(PATH, name="call roll")
    async def call(request: AnyRequest) -> Response[bytes]:
        status, view = await rolls.call(reader(request), await request.body())
        return told(view, status)

    @get(PATH, name="roll calls")
    async def page(request: AnyRequest) -> Response[bytes]:
        return told(rolls.page(reader(request)))

    @get(PATH + "/{roll:str}", name="roll call")
    async def one(roll: FromPath[str], request: AnyRequest) -> Response[bytes]:
        return told(rolls.find(reader(request), roll))

    @post(PATH + "/{roll:str}/safe", status_code=200, name="say safe")
    async def safe(roll: FromPath[str], request: AnyRequest) -> Response[bytes]:
        return told(await rolls.safe(reader(request), roll))

    @post(PATH + "/{roll:str}/close", status_code=200, name="close roll")
    async def close(roll: FromPath[str], request: AnyRequest) -> Response[bytes]:
        return told(await rolls.close(reader(request), roll))

    return [call, page, one, safe, close]
