"""Sends what roll calls want: each wave a round of its own, by the process that sends to many.

What is wanted stands in the record (`RollCall.waves`), and so does what was begun (`sent`); here it is only looked at,
every ROLL_CALL_LOOK_S.  So a server that died between the two, and a sender that died with a round, lose nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import structlog

from tocsin.core.access.roll_calls import to_ask, words_of
from tocsin.core.access.roll_record import RollCall, RollSaid, roll_of, round_of
from tocsin.core.dice import Dice
from tocsin.core.limits import ROLL_CALL_LOOK_S
from tocsin.core.round import Round, RoundKind, Target
from tocsin.ports import Clock, Entropy
from tocsin.runtime.loop import Unavailable
from tocsin.runtime.rounds.front import Front, Refused
from tocsin.runtime.world import World

log = structlog.get_logger("tocsin.rounds")


class RollSending:
    """`start` and `stop` as the other parts of a node."""

    def __init__(self, front: Front, world: World, clock: Clock, entropy: Entropy) -> None:
        self._front, self._world, self._clock, self._entropy = front, world, clock, entropy
        self._timer: asyncio.TimerHandle | None = None
        self._doing: dict[str, asyncio.Task[None]] = {}

    def start(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(ROLL_CALL_LOOK_S, self._look)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        for task in self._doing.values():
            task.cancel()

    def _look(self) -> None:
        self.start()
        for org in self._world.directories:
            for now in self.wanted(org):
                self._do(roll_of(now.id), now)
            for round in self.unwanted(org):
                self._do(round, round)

    def _do(self, key: str, what: Round | str) -> None:
        """One thing at a time for each; what failed is wanted still, and done at the next look."""
        if key not in self._doing:
            self._doing[key] = asyncio.ensure_future(self._done(what))
            self._doing[key].add_done_callback(lambda _: self._doing.pop(key, None))

    async def _done(self, what: Round | str) -> None:
        try:
            if isinstance(what, Round):
                await self._front.begin(what)
            else:
                await self._front.hold(what, "stop", "")
        except (Refused, Unavailable) as error:
            log.warning("roll_call_failed", error=type(error).__name__)

    def wanted(self, org: str) -> Iterator[Round]:
        """The waves to begin now."""
        for roll in list(self._world.all_kept(org, RollCall).values()):
            if roll.running and roll.sent < roll.waves:
                said = words_of(roll, self._world.all_kept(org, RollSaid).values())
                people = to_ask(roll, said, self._world.open_alerts(org))
                if people:
                    yield self._round(org, roll, people)

    def _round(self, org: str, roll: RollCall, people: tuple[str, ...]) -> Round:
        now_ms = self._clock.now_ms()
        return Round(
            id=round_of(roll.id, Dice(self._entropy.seed()).uuid7(now_ms)),
            org=org,
            kind=RoundKind.ROLL_CALL,
            site=roll.site,
            by=roll.by,
            why="roll_call",
            targets=tuple(map(Target, people)),
            began_ms=now_ms,
        )

    def unwanted(self, org: str) -> Iterator[str]:
        """Rounds that still send for a roll call which is closed."""
        for (whose, id), known in list(self._world.rounds.items()):
            if whose == org and known.open and known.kind == RoundKind.ROLL_CALL:
                roll = self._world.kept(org, RollCall, roll_of(id))
                if roll is None or not roll.running:
                    yield id
