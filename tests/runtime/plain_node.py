"""A node without a loop of its own: each command is decided, stored and merged where it is submitted."""

from __future__ import annotations

from tocsin.core import commands as c
from tocsin.core.directory import Directory
from tocsin.core.engine import decide
from tocsin.ports import Stored
from tocsin.runtime import ledger
from tocsin.runtime.recall import world_of
from tocsin.runtime.world import World
from tocsin.store.memory import MemoryStore


class PlainNode:
    """`time_ms` stands still until a test moves it."""

    def __init__(self, directory: Directory, time_ms: int) -> None:
        self.store = MemoryStore()
        self.world = world_of(self.store, {})
        self.world.directories[directory.id] = directory
        self.time_ms, self._count = time_ms, 0

    @property
    def clock(self) -> PlainNode:
        return self

    def now_ms(self) -> int:
        return self.time_ms

    def seed(self) -> bytes:
        self._count += 1
        return self._count.to_bytes(32, "big")

    async def submit(self, command: c.Command) -> c.Reply:
        layer = World(self.world)
        decision = decide(layer, command, self.time_ms, self.seed(), lambda number: False)
        change = ledger.change(decision.docket, layer)
        layer.absorb(decision.docket)
        if change is not None:
            assert all(isinstance(verdict, Stored) for verdict in self.store.append([change]))
        layer.merge_down()
        return decision.reply

    @property
    def facts(self) -> int:
        return len(self.store.content.facts)
