"""Who gives way when descriptors run short: whoever holds a connection and asks for nothing.

Theory of operation
-------------------
A process that has no descriptor left takes no connection any more, and a call for help is refused like any other.  So
as soon as few are left, every connection that has waited for PATIENCE_S without a whole request is hung up, from
whichever socket it came, and an answer is the last one on its connection.  A phone sends its press with its first
packets; only those that came to hold a place, and browsers that can open another, have that long to wait.
"""

from __future__ import annotations

import asyncio
import os
import resource
from collections.abc import Callable
from typing import Protocol

PATIENCE_S = 1.0  # A press on a bad line comes within this after its connection.
LOOK_EVERY_S = 0.25  # While descriptors are short.
SHORT_FROM = 0.75  # Of all: the rest is for presses on their way in, and for messages on their way out.


class Connection(Protocol):
    def hang_up(self) -> None: ...


class Crowd:
    """All connections of one process that wait for a request to become whole.  `short`: are few descriptors left?"""

    def __init__(
        self,
        short: Callable[[], bool] | None = None,
        *,
        patience_s: float = PATIENCE_S,
        look_every_s: float = LOOK_EVERY_S,
    ) -> None:
        self._short, self._patience_s, self._look_every_s = short or descriptors_short, patience_s, look_every_s
        self._waiting: dict[Connection, float] = {}
        self._look: asyncio.TimerHandle | None = None

    @property
    def pressing(self) -> bool:
        """Were few descriptors left when somebody last looked?"""
        return self._look is not None

    def came(self, connection: Connection) -> None:
        """A connection more: the only moment at which descriptors become few by what others do."""
        self.waits(connection)
        if self._look is None and self._short():
            self._look_later()

    def waits(self, connection: Connection) -> None:
        """Its wait begins, or begins anew."""
        self._waiting[connection] = asyncio.get_running_loop().time()

    def done(self, connection: Connection) -> None:
        """It has asked for something, or it is gone."""
        self._waiting.pop(connection, None)

    def _look_later(self) -> None:
        self._look = asyncio.get_running_loop().call_later(self._look_every_s, self._look_again)

    def _look_again(self) -> None:
        """Even where nobody comes any more: with no descriptor left, nobody can."""
        self._look = None
        if not self._short():
            return
        longest_s = asyncio.get_running_loop().time() - self._patience_s
        for connection in [each for each, since_s in self._waiting.items() if since_s <= longest_s]:
            self.done(connection)
            connection.hang_up()
        if self._waiting:
            self._look_later()


def descriptors_short() -> bool:
    """Are more than SHORT_FROM of the descriptors in use?  The system gives out the lowest one that is free."""
    try:
        probe = os.open(os.devnull, os.O_RDONLY)
    except OSError:
        return True
    os.close(probe)
    return probe >= resource.getrlimit(resource.RLIMIT_NOFILE)[0] * SHORT_FROM


def take_every_descriptor() -> None:
    """Raise our own limit to what the system allows us: many leave a process a thousand unless it asks."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
