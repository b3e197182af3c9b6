"""Between the phones and the node: requests and replies that are lost, cut off, held up, or come after everybody left.

Whoever asks waits for `PATIENCE_S` and then knows nothing.  A request that was given up may arrive all the same.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tocsin.core import commands as c
from tocsin.runtime.loop import Unavailable
from tocsin.sim.climate import Mishap, chance_of
from tocsin.sim.journal import Refused

if TYPE_CHECKING:
    from tocsin.sim.node import Node

PATIENCE_S = 3.0  # I16: how long a phone waits before it says *not sent*.
USUAL_S = (0.005, 0.15)
CLOGGED_S = (0.5, 6.0)
RESET_S = 0.05


class NoAnswer(Exception):
    """Nobody knows whether it arrived: the connection was refused, lost, or silent for too long."""


class Network:
    """`inbound_cut`: nothing reaches the node.  `outbound_cut`: the node reaches no vendor.  `clogged`: all is slow."""

    def __init__(self, node: Node) -> None:
        self._node, self._loop, self._climate, self._journal = node, node.loop, node.climate, node.journal
        self._chance = chance_of(node.climate.seed, "network")
        self.inbound_cut = self.outbound_cut = self.clogged = False

    def heal(self) -> None:
        self.inbound_cut = self.outbound_cut = self.clogged = False

    async def ask(self, command: c.Command) -> c.Reply:
        """As over the network.  Raises NoAnswer (nobody knows), or Unavailable (nothing was stored)."""
        began_ms = self._loop.now_ms
        try:
            return await self._asked(command)
        except (NoAnswer, Unavailable) as error:
            waited_ms = self._loop.now_ms - began_ms
            refused = Refused(type(command).__name__, self._loop.now_ms, type(error).__name__, waited_ms)
            self._journal.refusals.append(refused)
            raise

    async def _asked(self, command: c.Command) -> c.Reply:
        happens = self._climate.happens
        gives_up_s = self._loop.time() + PATIENCE_S
        if self.inbound_cut or happens(Mishap.REQUEST_LOST, often=0.3):
            await self._until(gives_up_s)
            raise NoAnswer
        if happens(Mishap.CONNECTION_RESET, often=0.3):
            await self._reset(command)
        takes_s = self._takes_s()
        if happens(Mishap.REQUEST_LATE, often=0.2):
            takes_s = self._chance.uniform(PATIENCE_S, 30)
        if takes_s >= PATIENCE_S:
            self._loop.call_later(takes_s, self._arrives, command, context=self._node.outside)
            await self._until(gives_up_s)
            raise NoAnswer
        await self._loop.pause(takes_s)
        return await self._replied(command, gives_up_s)

    async def _reset(self, command: c.Command) -> None:
        """The connection breaks, before or after the node has read what came over it."""
        await self._loop.pause(RESET_S)
        if self._chance.random() < 0.5:
            self._arrives(command)
        raise NoAnswer

    def _takes_s(self) -> float:
        return self._chance.uniform(*(CLOGGED_S if self.clogged else USUAL_S))

    def _arrives(self, command: c.Command) -> None:
        """Nobody waits for the reply any more."""
        life = self._node.life
        if life is not None:
            life.task(self._node.bell.submit(command)).add_done_callback(_forget)

    async def _replied(self, command: c.Command, gives_up_s: float) -> c.Reply:
        life = self._node.life
        if life is None:
            raise NoAnswer
        task = life.task(self._node.bell.submit(command))
        task.add_done_callback(_forget)
        left_s = max(gives_up_s - self._loop.time(), 0)
        await asyncio.wait({task, life.over}, timeout=left_s, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise NoAnswer
        reply, takes_s = task.result(), self._takes_s()
        lost = self._climate.happens(Mishap.REPLY_LOST, often=0.3)
        if lost or self.inbound_cut or self._loop.time() + takes_s > gives_up_s:
            await self._until(gives_up_s)
            raise NoAnswer
        await self._loop.pause(takes_s)
        return reply

    async def _until(self, time_s: float) -> None:
        await self._loop.pause(max(time_s - self._loop.time(), 0))


def _forget(task: asyncio.Task[c.Reply]) -> None:
    """Whoever gave up does not want to hear that it was refused either."""
    if not task.cancelled():
        task.exception()
