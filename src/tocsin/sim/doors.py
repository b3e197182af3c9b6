"""The edges of one process of the node, by which people come in with credentials: the very ones that serve HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tocsin import ports
from tocsin.intake.acts import Acts
from tocsin.intake.credentials import Credentials
from tocsin.intake.live import Live
from tocsin.intake.lookout import Lookout
from tocsin.intake.presses import Presses
from tocsin.intake.problems import Trouble
from tocsin.runtime.access.reading import NotAllowed, Records
from tocsin.runtime.loop import Bell, Unavailable
from tocsin.runtime.walks_seen import WalksSeen
from tocsin.sim.clock import Life
from tocsin.sim.disk import Weather
from tocsin.sim.network import PATIENCE_S, USUAL_S
from tocsin.sim.node import Node

Value = TypeVar("Value")
Opened = Callable[["Doors", Life], object]
REFUSED = (Trouble, NotAllowed, Unavailable, ports.StoreError)


class Doors:
    """Of one life of the node."""

    def __init__(self, bell: Bell) -> None:
        self.bell, self.credentials, self.lookout, self.records = bell, Credentials(bell), Lookout(bell), Records(bell)
        self.walks = WalksSeen(bell)
        self.live = Live(bell, self.credentials, self.lookout, asyncio.Event())
        self.acts, self.presses = Acts(bell, self.lookout), Presses(bell, self.credentials)


class Gate:
    """Where people find the doors of whatever process runs now."""

    def __init__(self, node: Node, chance: Weather) -> None:
        self.node, self._chance = node, chance
        self.doors: Doors | None = None
        self.past: list[Doors] = []  # Nothing of a dead process is cleared away before the end of the history.
        self._on_open: Opened = lambda doors, life: None

    def open(self, on_open: Opened) -> None:
        """From now on, in this process and each that follows; `on_open` is told of each."""
        self._on_open = on_open
        self.node.on_start.append(self._opened)
        self._opened()

    def _opened(self) -> None:
        life = self.node.life
        assert life is not None
        self.doors = doors = life.context.run(Doors, self.node.bell)
        self.past.append(doors)
        self._on_open(doors, life)

    async def through(self, work: Callable[[Doors], Awaitable[Value]]) -> Value | None:
        """One request.  None: it was refused, or nobody knows."""
        node, loop = self.node, self.node.loop
        await loop.pause(self._chance.uniform(*USUAL_S))
        life, doors = node.life, self.doors
        if life is None or doors is None or node.network.inbound_cut:
            return None
        task = life.task(_tried(work, doors))
        await asyncio.wait({task, life.over}, timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
        await loop.pause(self._chance.uniform(*USUAL_S))
        return task.result() if task.done() else None


async def _tried(work: Callable[[Doors], Awaitable[Value]], doors: Doors) -> Value | None:
    try:
        return await work(doors)
    except REFUSED:
        return None
