"""The process that sends to many, on a bench: a desk with its paper and its phones, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace
from rig import NUMBERS, ORG, SITE, SMS, Chance, Clock, directory

from tocsin import ports
from tocsin.core.commands import Moved, Report
from tocsin.core.directory import Directory
from tocsin.core.round import Round, RoundKind, Target
from tocsin.core.words import Channel, Reason
from tocsin.runtime.rounds import frames as f
from tocsin.runtime.rounds.desk import Desk
from tocsin.runtime.rounds.keeping import Keeping
from tocsin.runtime.routes import Routes
from tocsin.runtime.stages import Send
from tocsin.sim.clock import VirtualTimeLoop

DRILL = Round(
    id="round-1",
    org=ORG,
    kind=RoundKind.DRILL,
    site=SITE,
    by="ines",
    why="yearly",
    targets=tuple(map(Target, ("noor", "teo", "ines", "bo"))),
    began_ms=0,
)


class Paper:
    """A file that keeps what is written, refuses with `mood`, and outlives any desk."""

    def __init__(self) -> None:
        self.mood: ports.StoreError | None = None
        self.kept: dict[str, bytes] = {}
        self.lines: dict[str, dict[str, bytes]] = {}

    def write(self, rounds: Sequence[tuple[str, bool, bytes]], messages: Sequence[tuple[str, str, bytes]]) -> None:
        if self.mood is not None:
            raise self.mood
        self.kept.update({id: body for id, _, body in rounds})
        for round, id, body in messages:
            self.lines.setdefault(round, {})[id] = body

    def round(self, id: str) -> bytes | None:
        return self.kept.get(id)

    def rounds(self, limit: int) -> list[bytes]:
        return [self.kept[id] for id in sorted(self.kept, reverse=True)][:limit]

    def messages(self, round: str) -> list[bytes]:
        return [body for _, body in sorted(self.lines.get(round, {}).items())]


class Phones:
    """A carrier: takes everything, or has another answer for that number; holds what it is told to hold."""

    def __init__(self) -> None:
        self.sent: list[ports.Message] = []
        self.results: dict[str, ports.Accepted | ports.Refused | ports.Unknown | Exception] = {}
        self.gate: asyncio.Event | None = None
        self.seen: Callable[[ports.Message], None] = lambda message: None

    async def send(self, message: ports.Message) -> ports.Accepted | ports.Refused | ports.Unknown:
        self.sent.append(message)
        self.seen(message)
        if self.gate is not None:
            await self.gate.wait()
        result = self.results.get(message.to, ports.Accepted(f"SM{len(self.sent)}"))
        if isinstance(result, Exception):
            raise result
        return result

    async def close(self) -> None:
        """Nothing to close."""

    def to(self, name: str) -> list[ports.Message]:
        return [message for message in self.sent if message.to == NUMBERS[name]]


def crowded(people: Directory) -> Directory:
    """With five hundred more, who have one telephone between them."""
    more = {f"p{n}": replace(people.members["teo"], id=f"p{n}") for n in range(500)}
    return replace(people, members={**people.members, **more})


class Bench:
    """A desk with its paper and its phones; `start` begins a new process on the same paper."""

    def __init__(self, loop: VirtualTimeLoop) -> None:
        self.loop, self.paper, self.phones = loop, Paper(), Phones()
        self.people: Directory = crowded(directory())
        self.told: list[f.Message] = []
        self.done: list[str] = []
        self.broken = 0
        self.start()

    def start(self) -> None:
        clock = Clock(self.loop)
        self.told.clear()
        self.desk = Desk(
            Keeping(self.paper),
            clock,
            Chance(),
            Send(Routes({Channel.SMS: {"twilio": self.phones}}), clock),
            SMS,
            lambda org: self.people,
            self.told.append,
            self._break,
        )
        self.desk.resume()

    def _break(self) -> None:
        self.broken += 1

    def did(self, what: str) -> Callable[[], None]:
        return lambda: self.done.append(what)

    async def pass_ms(self, ms: int) -> None:
        await asyncio.wait([asyncio.ensure_future(_nothing())])
        over = asyncio.Event()
        self.loop.call_later(ms / 1_000, over.set)
        await over.wait()

    async def begun(self, now: Round = DRILL) -> None:
        self.desk.begin(now, self.did("begin"))
        await self.pass_ms(200)

    def status(self, round: str = "round-1") -> dict[str, Any]:
        told = self.desk.status(round, rows=True)
        assert told is not None
        return told

    def rows(self) -> dict[str, dict[str, Any]]:
        return {row["who"]: row for row in self.status()["report"]}

    def news(self, message: ports.Message, moved: Moved, reason: Reason | None = None) -> bool:
        round, _, id = message.reference.partition("/")
        report = Report(org=ORG, delivery=id, alert=round, moved=moved, reason=reason)
        return self.desk.news(report, self.did("news"))

    def frames(self, kind: type[Any]) -> list[Any]:
        return [frame for frame in self.told if isinstance(frame, kind)]

    def answer(self, name: str) -> bool:
        number = next(row.number for frame in self.frames(f.Asking) for row in frame.rows if row.member == name)
        return self.desk.answer("round-1", name, number, self.did("answer"))


async def _nothing() -> None:
    """One turn of the loop."""
