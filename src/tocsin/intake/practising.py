"""The bell with the process that sends to many beside it: what carriers and people say of a round goes there.

A 2xx means durable here too: the word is acknowledged when that process has stored it.  Nothing else waits for it.
"""

from __future__ import annotations

from collections.abc import Callable

from tocsin.core import commands as c
from tocsin.core.round import is_round
from tocsin.core.round_commands import PracticeAnswer
from tocsin.intake.ring import Ring, Watcher
from tocsin.ports import Clock, Store
from tocsin.runtime.rounds.front import Front, Refused
from tocsin.runtime.world import World


class PractisingRing:
    """A `Ring` like the one within."""

    def __init__(self, within: Ring, front: Front) -> None:
        self._within, self._front = within, front

    @property
    def world(self) -> World:
        return self._within.world

    @property
    def clock(self) -> Clock:
        return self._within.clock

    @property
    def store(self) -> Store:
        return self._within.store

    def subscribe(self, watcher: Watcher) -> Callable[[], None]:
        return self._within.subscribe(watcher)

    def subscribe_walks(self, watcher: Watcher) -> Callable[[], None]:
        return self._within.subscribe_walks(watcher)

    async def submit(self, command: c.Command) -> c.Reply:
        if isinstance(command, c.Report) and is_round(command.alert):
            return await self._news(command)
        reply = await self._within.submit(command)
        if isinstance(reply, c.Done) and reply.practice is not None:
            await self._answered(reply.practice)
        return reply

    async def _news(self, report: c.Report) -> c.Reply:
        try:
            await self._front.news(report)
        except Refused:
            return c.Declined(problem=c.Problem.NO_SUCH_DELIVERY)
        return c.Done()

    async def _answered(self, said: PracticeAnswer) -> None:
        """The text itself is stored; a carrier that hears of no success sends it again, and this is tried again."""
        try:
            await self._front.answer(said)
        except Refused:
            return  # Whoever sent the number knows of no such round any more: there is nobody left to tell.
