"""One simulated computer that runs the very system: the parts `app/` assembles, over a disk, a clock and a network.

Theory of operation
-------------------
A node lives many lives.  Power loss and kill end one without a word; what the disk kept is all that the next one has.
Commands reach it as over a network: the request or the reply may be lost, and whoever asked then knows nothing.
On the memory store (much faster) only processes end, never power: it is what a disk without faults would be.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Sequence
from contextvars import copy_context
from pathlib import Path

from tocsin import ports
from tocsin.core.limits import RETRY_AFTER_MAX_MS
from tocsin.core.words import Channel
from tocsin.runtime.lifecycle import Beats
from tocsin.runtime.loop import Bell
from tocsin.runtime.outbox import Outbox
from tocsin.runtime.push_proofs import PushProofs
from tocsin.runtime.recall import latest_ms, world_of
from tocsin.runtime.routes import Routes
from tocsin.runtime.rung_links import RungLinks
from tocsin.runtime.stages import Compose, Send, StillWanted
from tocsin.runtime.system import SteadyClock
from tocsin.runtime.withdrawals import Withdrawals
from tocsin.runtime.writer import Told, Verdicts
from tocsin.sim.climate import Climate, Mishap, chance_of
from tocsin.sim.clock import MS_NS, Life, SimulatedClocks, VirtualTimeLoop
from tocsin.sim.disk import Disk, Weather
from tocsin.sim.journal import ASLEEP, Journal, Outage
from tocsin.sim.network import Network
from tocsin.store.memory import MemoryStore
from tocsin.store.migrations import MIGRATIONS, Migration
from tocsin.store.sqlite import SqliteStore

LINKS_KEY = bytes(32)  # Nobody in here guesses.
BACK_MS = (3_600_000, 86_400_000, 10 * 365 * 86_400_000)  # How far a flat battery sets a clock back.
TIME_SERVER_S = 60.0  # Until a machine without the time is told it.
COMMIT_S = (0.0002, 0.004)  # How long the disk takes.
STALL_S = (0.2, 2.0)
DOWN_S = 20.0  # At most, after a crash.
ALWAYS = 100.0


def _is_emergency(number: str) -> bool:
    return number in ("911", "+1911")


class Dice:
    """`ports.Entropy` that can be replayed."""

    def __init__(self, chance: Weather) -> None:
        self._chance = chance

    def seed(self) -> bytes:
        return self._chance.randbytes(32)


class Node:
    """`opened` gives the store of the next life (anew from the disk, or the same one in memory)."""

    def __init__(self, loop: VirtualTimeLoop, climate: Climate, journal: Journal, *, on_disk: bool) -> None:
        self.loop, self.climate, self.journal, self.on_disk = loop, climate, journal, on_disk
        self.chance = chance_of(climate.seed, "node")
        self.clocks = SimulatedClocks(loop)
        self._scratch = tempfile.TemporaryDirectory(prefix="tocsin-sim-")
        self.disk = Disk(climate.seed) if on_disk else None
        self._memory = MemoryStore()
        self.ways: dict[Channel, dict[str, ports.Channel]] = {}
        self.disabled: frozenset[str] = frozenset()  # Vendors that the settings of the next process leave out.
        self.migrations: tuple[Migration, ...] = MIGRATIONS
        self.network = Network(self)
        self.ask = self.network.ask
        self._rebooted = False
        self.life: Life | None = None
        self.store: ports.Store = self._memory
        self.lives, self.stopping = 0, False
        self.checks: list[Callable[[Sequence[ports.Change]], None]] = []
        self.on_start: list[Callable[[], None]] = []
        self.in_doubt: list[tuple[int, int, ports.Change]] = []  # When (true, said) the disk failed taking these.
        self._outage: Outage | None = None
        self.outside = copy_context()

    # Living ------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Switch on: open the store, read it, go on.  A disk that is not ready yet is tried again."""
        if self.disk is not None and not self.disk.machine.on:
            self.disk.lose_power()
        self.life = life = Life(self.loop)
        self.lives += 1
        try:
            self.store = self._opened()
        except ports.StoreError as error:
            self.journal.trace("does not start", type(error).__name__)
            life.end()
            self.life = None
            self.start_later(5)
            return
        if self._outage is not None:
            self.journal.outage_ended(self._outage)
            self._outage = None
        life.context.run(self._build, life)
        self.journal.trace("started", self.lives)
        for check in self.on_start:
            check()

    def _build(self, life: Life) -> None:
        not_before_ms = latest_ms(self.store)
        if self._rebooted and not_before_ms and self.climate.happens(Mishap.CLOCK_LOST, often=ALWAYS):
            self._lose_the_time()
        self._rebooted = False
        self.clock = SteadyClock(Path(self._scratch.name), self.clocks, not_before_ms=not_before_ms)
        self.journal.began_late_ms = max(self.journal.began_late_ms, self.loop.now_ms - self.clock.now_ms())
        ways = {channel: self._enabled(vendors) for channel, vendors in self.ways.items()}
        self.routes = routes = Routes(ways, self.clock, self.journal.paged)
        self.world = world_of(self.store, routes.names)
        link_of = RungLinks(self.world, LINKS_KEY, "https://tocsin.example.org").of
        wanted, words = StillWanted(self.world, self.clock), Compose(self.world, self.clock, link_of=link_of)
        self.outbox = Outbox(self.clock, [wanted, words, Send(routes, self.clock)])
        self.bell = Bell(
            store=self.store,
            clock=self.clock,
            entropy=Dice(self.chance),
            writer=SlowWriter(self),
            world=self.world,
            outbox=self.outbox,
            is_emergency=_is_emergency,
            page=self.journal.paged,
            broken=lambda: self._broke_soon(life),
            withdrawals=Withdrawals(routes),
            doubt_ms=RETRY_AFTER_MAX_MS if self.clock.without_the_time else 0,
        )
        self.proofs = PushProofs(routes, self.bell.tell)
        self.outbox.connect(self.bell.tell, self._org_of)
        self.beats = Beats(self.bell, lambda: True, None)
        asyncio.get_running_loop().call_soon(self._resume)

    def _enabled(self, vendors: dict[str, ports.Channel]) -> dict[str, ports.Channel]:
        return {name: vendor for name, vendor in vendors.items() if name not in self.disabled}

    def _lose_the_time(self) -> None:
        """The battery is flat; a time server says the truth a little later."""
        self.journal.clock_lost = True
        self.clocks.wrong_ns = -self.chance.choice(BACK_MS) * MS_NS
        self.loop.call_later(self.chance.uniform(1, TIME_SERVER_S), self.clocks.set_right, context=self.outside)

    def _resume(self) -> None:
        self.bell.resume()
        self.beats.start()

    def _org_of(self, alert: str) -> str | None:
        return self.bell.org_of(alert)

    def _opened(self) -> ports.Store:
        if self.disk is None:
            return self._memory
        return SqliteStore(
            self.disk.path("tocsin.db"), vfs=self.disk.name, files=self.disk.files, migrations=self.migrations
        )

    def end(self, why: str) -> None:
        """The process is gone, now."""
        assert self.life is not None
        self.journal.trace("ended", why)
        self._outage = self.journal.outage_began(why)
        self.life.end()
        self.life = None
        if self.disk is not None:
            self.store.close()

    def lose_power(self) -> None:
        """The machine is off; what was not synced may be gone."""
        assert self.disk is not None
        self.disk.machine.on = False
        self.end("power lost")
        self.disk.lose_power()
        self.clocks.reboot()
        self._rebooted = True

    def _broke_soon(self, life: Life) -> None:
        self.loop.call_soon(self.broke, life, context=self.outside)

    def broke(self, life: Life) -> None:
        """The store asked to be opened anew: the process exits, and its keeper starts it again."""
        if self.life is life:
            self.end("store broken")
            self.start_later(3)

    def committed(self, changes: Sequence[ports.Change], verdicts: Sequence[ports.Stored | ports.Conflict]) -> None:
        """This is durable, and nobody has been told yet."""
        stored = [
            change for change, verdict in zip(changes, verdicts, strict=True) if isinstance(verdict, ports.Stored)
        ]
        for check in self.checks:
            check(stored)

    def start_later(self, most_s: float) -> None:
        """Somebody, or the keeper of processes, switches it on again."""
        self.loop.call_later(self.chance.uniform(0, most_s), self.start_again, context=self.outside)

    def start_again(self) -> None:
        if self.life is None:
            self.start()

    async def freeze(self, seconds: float, *, asleep: bool) -> None:
        """The machine sleeps, or the process alone is stopped; then it goes on as if nothing had been."""
        life = self.life
        if life is None or life.frozen:
            return
        outage = self.journal.outage_began(ASLEEP)
        life.freeze()
        await self.loop.pause(seconds)
        if not life.ended:
            life.thaw(seconds if asleep else 0.0)
        self.journal.outage_ended(outage)

    async def restart(self, off_s: float | None = None) -> None:
        """Stop in good order, as for an upgrade."""
        life, bell = self.life, self.bell
        if life is None:
            return
        self.journal.trace("stopping")
        self.stopping = True
        outage = self.journal.outage_began("restart")
        self.beats.stop()
        stopping = life.task(bell.stop())
        await asyncio.wait({stopping, life.over}, return_when=asyncio.FIRST_COMPLETED)
        self.journal.outage_ended(outage)
        self.stopping = False
        if self.life is life:
            self.end("restarted")
            await self.loop.pause(self.chance.uniform(0.1, 2) if off_s is None else off_s)
            self.start_again()

    def close(self) -> None:
        """The end of the simulation."""
        if self.life is not None:
            self.end("over")
        if self.disk is not None:
            self.disk.close()
        self._scratch.cleanup()


class SlowWriter:
    """Makes a batch durable after as long as a disk takes; commands that come meanwhile make the next batch."""

    def __init__(self, node: Node) -> None:
        self._node, self._store, self._life = node, node.store, node.life
        self._under_way: tuple[Sequence[ports.Change], Told, asyncio.TimerHandle] | None = None

    def write(self, changes: Sequence[ports.Change], told: Told) -> None:
        chance, climate = self._node.chance, self._node.climate
        stalls = climate.happens(Mishap.DISK_STALLED, often=0.1)
        wait_s = chance.uniform(*(STALL_S if stalls else COMMIT_S))
        if stalls:
            now_ms = self._node.loop.now_ms
            self._node.journal.outages.append(Outage("disk stalled", now_ms, now_ms + int(wait_s * 1_000) + 1))
        timer = asyncio.get_running_loop().call_later(wait_s, self._write)
        self._under_way = (changes, told, timer)

    def _write(self) -> None:
        assert self._under_way is not None
        (changes, told, _), self._under_way = self._under_way, None
        verdicts, node = self._appended(changes), self._node
        if isinstance(verdicts, ports.StoreError):
            node.in_doubt.extend((node.loop.now_ms, node.clock.now_ms(), change) for change in changes)
        if node.disk is not None and not node.disk.machine.on:
            node.lose_power()
            node.start_later(DOWN_S)
            return
        if not isinstance(verdicts, ports.StoreError):
            node.committed(changes, verdicts)
        if node.climate.happens(Mishap.KILLED_AFTER_COMMIT, often=0.02):
            node.end("killed after commit")
            node.start_later(DOWN_S)
        else:
            told(verdicts)

    def _appended(self, changes: Sequence[ports.Change]) -> Verdicts:
        try:
            return self._store.append(changes)
        except ports.StoreError as error:
            return error

    def stop(self) -> None:
        """What is under way is finished first."""
        if self._under_way is not None:
            self._under_way[2].cancel()
            self._write()
