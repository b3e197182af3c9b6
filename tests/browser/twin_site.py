"""A centre whose whole wire is written down, and whose clock moves only when the story moves it.

The clock of the loop moves along, so that whatever the server does by a timer happens at its moment of the story.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from linked_site import ORG
from msgspec.structs import replace
from walked_site import WalkedSite

from tocsin.core import commands as c
from tocsin.core.alert import Alert
from tocsin.core.shadow import next_change_ms
from tocsin.intake.live import BEAT

TURNS = 40  # Of the loop: whoever was woken has said what there was to say.
LIVE = "/api/v1/live"
API = "/api/"


CAME_BACK = "last-event-id"


def _lasting(frame: str) -> str:
    return re.sub(r'^id: \d+\n|"server_now":"[^"]+"', "", frame)


class MovedLoop(asyncio.SelectorEventLoop):
    moved_s = 0.0

    def time(self) -> float:
        return super().time() + self.moved_s


@dataclass
class Exchange:
    """One request and what came back, as far as it has come."""

    method: str
    path: str
    asked: list[Any]
    body: bytes = b""
    status: int = 0
    headers: list[Any] = field(default_factory=list)
    frames: list[bytes] = field(default_factory=list)
    over: bool = False

    @property
    def whole(self) -> list[Any]:
        said = b"".join(self.frames)
        return [self.method, self.path, self.asked, self.body.decode(), self.status, self.headers, said.decode()]


class TwinSite(WalkedSite):
    """Its own clock, in its loop too, and its wire."""

    def __init__(self) -> None:
        self.wire: list[Exchange] = []
        super().__init__()

    def loop(self) -> asyncio.AbstractEventLoop:
        self.moved = MovedLoop()
        return self.moved

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        asked = sorted((name.decode(), value.decode()) for name, value in scope["headers"])
        query = scope["query_string"].decode()
        exchange = Exchange(scope["method"], scope["path"] + (f"?{query}" if query else ""), asked)
        self.wire.append(exchange)

        async def received() -> Any:
            message = await receive()
            exchange.body += message.get("body", b"")
            return message

        async def sent(message: Any) -> None:
            if message["type"] == "http.response.start":
                exchange.status = message["status"]
                exchange.headers = sorted((name.decode(), value.decode()) for name, value in message["headers"])
            elif message.get("body"):
                exchange.frames.append(message["body"])
            await send(message)

        try:
            await super()._app(scope, received, sent)
        finally:
            exchange.over = True

    # What went over the wire -------------------------------------------------------------------------------------

    @property
    def at_rest(self) -> bool:
        """Nothing is on its way but the lines that stay open."""
        return all(one.over for one in self.wire if one.path.startswith(API) and one.path != LIVE)

    @property
    def follows(self) -> bool:
        """Does somebody follow what happens?"""
        return any(one.frames and not one.over for one in self.wire if one.path == LIVE)

    def lines(self) -> list[Any]:
        """How the stream was asked for, and what was said before its first word."""
        lines = [one for one in self.wire if one.path == LIVE and one.status]
        return [[[field for field in one.asked if field[0] != CAME_BACK], one.status, one.headers] for one in lines]

    def frames(self) -> list[str]:
        """All that the stream said, but beats.

        A line that a busy machine broke, and its page begun anew, repeats what stands: that is no news here.
        """
        said: list[str] = []
        for one in [one for one in self.wire if one.path == LIVE]:
            again, known = CAME_BACK in dict(one.asked), {_lasting(frame) for frame in said}
            frames = [frame.decode() for frame in one.frames if frame != BEAT]
            said += [frame for frame in frames if not (again and _lasting(frame) in known)]
        return said

    def last_word(self, since: int) -> str:
        """What the lines begun since then said last."""
        said = [frame for one in self.wire[since:] if one.path == LIVE for frame in one.frames if frame != BEAT]
        return said[-1].decode().partition("data: ")[2].strip() if said else ""

    def answered(self, method: str, path: str) -> list[Exchange]:
        return [one for one in self.wire if one.over and (one.method, one.path) == (method, path)]

    # Time --------------------------------------------------------------------------------------------------------

    def moments(self, seconds: float) -> Iterator[int]:
        """Each at which something happens by itself, and the last: whoever asks for the next has let this one pass."""
        until_ms = self.node.clock.ms + int(seconds * 1_000)
        while (at_ms := min(self._moments(), default=until_ms)) < until_ms:
            yield at_ms
        yield until_ms

    def wait(self, seconds: float) -> None:
        for at_ms in self.moments(seconds):
            self.go_on(at_ms)

    def _moments(self) -> list[int]:
        alerts, now_ms, known = self.node.world.open_alerts(ORG), self.node.clock.ms, self.node.world.directory(ORG)
        changes = [time for one in alerts for time in (one.wake_at_ms, next_change_ms(one, known, now_ms))]
        times = [time for time in changes if time is not None]
        return [time for time in times if time > now_ms]

    def go_on(self, at_ms: int) -> None:
        """It is that moment now: whoever waited for it wakes, and has said what there is to say."""

        async def passing() -> None:
            self.moved.moved_s += (at_ms - self.node.clock.ms) / 1_000
            self.node.clock.ms = at_ms
            for alert in self.node.world.open_alerts(ORG):
                self._wake(alert)
            for _ in range(TURNS):
                turned = self.moved.create_future()
                self.moved.call_soon(turned.set_result, None)
                await turned

        self._told(passing)

    def _wake(self, alert: Alert) -> None:
        now_ms, world = self.node.clock.ms, self.node.world
        if (alert.wake_at_ms or now_ms + 1) > now_ms:
            return
        self.node.decide(c.Look(org=ORG, alert=alert.id))
        if world.alert(ORG, alert.id) is alert:
            world.alerts[alert.id] = world.open[alert.id] = replace(alert, looked_ms=now_ms)
