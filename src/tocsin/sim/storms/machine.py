"""The computer: its power, its process, its disk, its clock, its memory."""

from __future__ import annotations

import contextlib
import os

import apsw

from tocsin.ports import StoreError
from tocsin.sim.centre import ORG
from tocsin.sim.climate import Mishap
from tocsin.sim.clock import MS_NS
from tocsin.sim.disk import Act, Disk, Fault, Operation, no_fault
from tocsin.sim.journal import Outage
from tocsin.sim.node import DOWN_S
from tocsin.sim.storms.town import Stormy, Town
from tocsin.store.migrations import Migration

JUMPS_MS = (1_000, -1_000, 3_600_000, -3_600_000, 86_400_000, -86_400_000)
CLOCK_WRONG_S = 60.0  # Longer, and the clock's lawful lean alone would be more than a timer's tolerance.
FORGETS_S = 0.2
AUDIT_S = 25.0  # By then the auditor has been round.
SLEEP_S = (1.0, 90.0)
NEXT = "create table later_{n} (id integer primary key) strict; alter table delivery add column later_{n} text;"


def storms(town: Town) -> Stormy:
    machine = Machine(town)
    return {
        Mishap.POWER_LOST: machine.power,
        Mishap.POWER_LOST_IN_COMMIT: machine.power_in_commit,
        Mishap.KILLED: machine.killed,
        Mishap.RESTARTED: machine.restarted,
        Mishap.UPGRADED: machine.upgraded,
        Mishap.SETTINGS_CHANGED: machine.settings,
        Mishap.DISK_FULL: machine.full,
        Mishap.DISK_FAILED: machine.failed,
        Mishap.WAL_PINNED: machine.pinned,
        Mishap.BACKUP_TAKEN: machine.backup,
        Mishap.CLOCK_SET: machine.clock,
        Mishap.MACHINE_ASLEEP: machine.asleep,
        Mishap.PROCESS_PAUSED: machine.paused,
        Mishap.WAKE_LOST: machine.wake_lost,
        Mishap.WALK_WAKE_LOST: machine.walk_wake_lost,
    }


class Machine:
    def __init__(self, town: Town) -> None:
        self.town, self.chance = town, town.chance
        self.node, self.loop, self.journal = town.street.node, town.street.loop, town.street.journal

    async def power(self) -> None:
        if self.node.life is not None:
            self.node.lose_power()
            self.node.start_later(DOWN_S)

    async def power_in_commit(self) -> None:
        disk = self.node.disk
        if disk is not None and self.node.life is not None:
            goes = disk.operations + self.chance.randrange(1, 30)
            disk.rule = lambda number, operation: Fault.POWER if number >= goes else None

    async def killed(self) -> None:
        if self.node.life is not None:
            self.node.end("killed")
            self.node.start_later(DOWN_S)

    async def restarted(self) -> None:
        await self.node.restart()

    async def upgraded(self) -> None:
        """The next release, with a schema of its own, takes over in mid-alert."""
        number = len(self.node.migrations) + 1
        sql = NEXT.format(n=number)
        self.node.migrations = (*self.node.migrations, Migration(number, f"{number:04d}_pre_later", sql))
        await self.node.restart()

    async def settings(self) -> None:
        """Somebody takes a vendor out of the settings, and thinks better of it."""
        self.node.disabled = frozenset({self.chance.choice((self.town.voice.name, self.town.texts[0].name))})
        await self.node.restart()
        await self.loop.pause(self.chance.uniform(5, 60))
        self.node.disabled = frozenset()
        await self.node.restart()

    # The disk ----------------------------------------------------------------------------------------------------

    async def full(self) -> None:
        disk = self.node.disk
        if disk is None:
            return
        outage = self.journal.outage_began("disk full")
        disk.rule = lambda number, operation: Fault.ENOSPC if _needs_room(disk, operation) else None
        await self.loop.pause(self.chance.uniform(0.5, 15))
        disk.rule = no_fault
        self.journal.outage_ended(outage)

    async def failed(self) -> None:
        disk = self.node.disk
        if disk is None:
            return

        def once(number: int, operation: Operation) -> Fault | None:
            if operation.act is not Act.SYNC:
                return None
            disk.rule = no_fault
            return Fault.EIO

        disk.rule = once

    async def pinned(self) -> None:
        """Somebody reads, and does not stop: the log cannot be emptied meanwhile."""
        disk = self.node.disk
        if disk is None or not disk.machine.on or self.node.life is None:
            return
        with contextlib.suppress(apsw.Error):
            reader = apsw.Connection(disk.path("tocsin.db"), flags=apsw.SQLITE_OPEN_READONLY, vfs=disk.name)
            try:
                reader.execute("begin")
                reader.execute("select count(*) from fact").fetchall()
                await self.loop.pause(self.chance.uniform(5, 60))
            finally:
                reader.close(True)

    async def backup(self) -> None:
        disk = self.node.disk
        if disk is None or self.node.life is None:
            return
        with contextlib.suppress(StoreError):
            self.node.store.backup(disk.path(f"{self.chance.randbytes(4).hex()}.backup"))

    # Time and memory ---------------------------------------------------------------------------------------------

    async def clock(self) -> None:
        """Somebody sets the wall clock, and sets it right again.  A machine that starts has asked a time server."""
        if self.node.life is None:
            return
        jump_ns = self.chance.choice(JUMPS_MS) * MS_NS
        self.node.clocks.wrong_ns += jump_ns
        await self.loop.pause(self.chance.uniform(1, CLOCK_WRONG_S))
        self.node.clocks.wrong_ns = 0

    async def asleep(self) -> None:
        await self.node.freeze(self.chance.uniform(*SLEEP_S), asleep=True)

    async def paused(self) -> None:
        await self.node.freeze(self.chance.uniform(*SLEEP_S), asleep=False)

    async def wake_lost(self) -> None:
        """A bit flips, again and again: of one open alert the process forgets when to look, until it is audited."""
        life = self.node.life
        if life is None or self.node.stopping or not self.node.world.open:
            return
        alert, pages = self.chance.choice(sorted(self.node.world.open)), len(self.journal.pages)
        outage, well = self.journal.outage_began(Mishap.WAKE_LOST), len(self.journal.outages)
        ends_s, audited = self.loop.time() + AUDIT_S, False
        while self.loop.time() < ends_s and not audited and self.node.life is life and alert in self.node.world.open:
            if self.node.bell.wakes.at_ms(f"alert/{ORG}/{alert}") is not None:
                self.node.bell.wakes.set(f"alert/{ORG}/{alert}", None)
                ends_s = self.loop.time() + AUDIT_S  # Something happened meanwhile, and set it anew.
            await self.loop.pause(FORGETS_S)
            audited = any(name == "alert_audited" for _, name in self.journal.pages[pages:])
        alone = len(self.journal.outages) == well and not self._troubled(outage)
        if alone and not audited and self.node.life is life and alert in self.node.world.open:
            self.journal.found("I4", f"{alert} had no wake-up for {AUDIT_S} s, and the auditor did not see it")
        if not audited:
            await self.loop.pause(AUDIT_S)  # It may have slept meanwhile: the auditor goes round when it can.
        self.journal.outage_ended(outage)

    async def walk_wake_lost(self) -> None:
        """The same of a walk, once: the auditor says nothing of it, and looks."""
        node = self.node
        walks = sorted(walk.id for walk in node.world.open_walks(ORG)) if node.life is not None else []
        if walks and not node.stopping:
            outage = self.journal.outage_began(Mishap.WALK_WAKE_LOST)
            node.bell.wakes.set(f"walk/{ORG}/{self.chance.choice(walks)}", None)
            await self.loop.pause(AUDIT_S)
            self.journal.outage_ended(outage)

    def _troubled(self, lost: Outage) -> bool:
        """Was there trouble of another kind when this began, or just before?"""
        return any(
            other is not lost and (other.end_ms is None or other.end_ms + 6_000 >= lost.start_ms)
            for other in self.journal.outages
        )


def _needs_room(disk: Disk, operation: Operation) -> bool:
    """A full disk still takes what overwrites."""
    if operation.act is not Act.WRITE:
        return operation.act is Act.CREATE
    return operation.offset + len(operation.data) > os.path.getsize(disk.path(operation.name))
