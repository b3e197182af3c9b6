"""What the outside needs of the bell."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from tocsin.core.commands import Command, Reply
from tocsin.core.limits import PRESS_ANSWERED_MAX_S
from tocsin.ports import Clock, Store
from tocsin.runtime.loop import Unavailable
from tocsin.runtime.world import World

Watcher = Callable[[str, frozenset[str], int], None]  # Organisation, alerts that changed, position of the commit.


class Ring(Protocol):
    """The running node, as its edges see it."""

    @property
    def world(self) -> World:
        """Committed truth."""
        ...

    @property
    def clock(self) -> Clock: ...

    @property
    def store(self) -> Store: ...

    async def submit(self, command: Command) -> Reply:
        """The reply, once it is durable.  Raises `runtime.loop.Unavailable` when nothing was stored."""
        ...

    def subscribe(self, watcher: Watcher) -> Callable[[], None]:
        """Be called after each commit; what is returned ends that."""
        ...

    def subscribe_walks(self, watcher: Watcher) -> Callable[[], None]:
        """The same of commits that touched walks, with their ids."""
        ...


async def submitted(ring: Ring, command: Command) -> Reply:
    """The reply, once it is durable; for whoever waits on a telephone.  Raises Unavailable within PRESS_ANSWERED_MAX_S.

    Should a disk that stalled store it after all, it rings: nobody minds.
    """
    try:
        async with asyncio.timeout(PRESS_ANSWERED_MAX_S):
            return await ring.submit(command)
    except TimeoutError:
        raise Unavailable() from None
