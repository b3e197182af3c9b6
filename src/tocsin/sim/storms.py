"""What befalls the computer, the vendor and the office at moments of its own choosing, rather than at each message."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping

from msgspec.structs import replace

from tocsin.core import commands as c
from tocsin.sim.centre import FRIENDS, ORG, WORKERS, number, shifts
from tocsin.sim.climate import Mishap, chance_of
from tocsin.sim.clock import MS_NS
from tocsin.sim.disk import Act, Disk, Fault, Operation, no_fault
from tocsin.sim.node import DOWN_S
from tocsin.sim.people import Office, Street, Worker

JUMPS_MS = (1_000, -1_000, 3_600_000, -3_600_000, 86_400_000, -86_400_000)
CLOCK_WRONG_S = 60.0  # Longer, and the clock's lawful lean alone would be more than a timer's tolerance.


class Storms:
    """`until_s`: the weather ends then."""

    def __init__(self, street: Street, office: Office, workers: list[Worker], until_s: float) -> None:
        self.street, self.office, self.workers, self.until_s = street, office, workers, until_s
        self.node, self.loop, self.carrier = street.node, street.loop, street.carrier
        self.chance = chance_of(street.climate.seed, "storms")

    def gather(self) -> None:
        """Arrange everything that this seed has in store."""
        of_disk = {Mishap.POWER_LOST, Mishap.POWER_LOST_IN_COMMIT, Mishap.DISK_FULL, Mishap.DISK_FAILED}
        for mishap, storm in self._storms().items():
            chance = chance_of(self.street.climate.seed, f"storm/{mishap}")
            for _ in range(chance.choice((1, 1, 2))):
                at_s = chance.uniform(0.5, self.until_s)
                if self.street.climate.on(mishap) and (self.node.on_disk or mishap not in of_disk):
                    self.street.go(self._at(at_s, mishap, storm))

    async def _at(self, at_s: float, mishap: Mishap, storm: Callable[[], Awaitable[object]]) -> None:
        await self.loop.pause(at_s)
        if self.street.climate.on(mishap):
            self.street.climate.note(mishap)
            self.street.journal.trace("storm", mishap)
            await storm()

    def _storms(self) -> Mapping[Mishap, Callable[[], Awaitable[object]]]:
        return {
            Mishap.POWER_LOST: self._power,
            Mishap.POWER_LOST_IN_COMMIT: self._power_in_commit,
            Mishap.KILLED: self._killed,
            Mishap.RESTARTED: self.node.restart,
            Mishap.DISK_FULL: self._full,
            Mishap.DISK_FAILED: self._failed,
            Mishap.CLOCK_SET: self._clock,
            Mishap.VENDOR_DOWN: self._vendor_down,
            Mishap.SENDER_SUSPENDED: self._sender_suspended,
            Mishap.NUMBER_DEAD: self._number_dead,
            Mishap.PHONE_OFF: self._phone_off,
            Mishap.DRILL: self._drill,
            Mishap.DRILL_INTERRUPTED: self._drill_interrupted,
            Mishap.SHIFT_CHANGED: self._shift,
            Mishap.SHIFT_EMPTIED: self._shift_emptied,
            Mishap.MEMBER_SUSPENDED: self._suspend,
            Mishap.MEMBER_TIED: self._tie,
        }

    # The computer ------------------------------------------------------------------------------------------------

    async def _power(self) -> None:
        if self.node.life is not None:
            self.node.lose_power()
            self.node.start_later(DOWN_S)

    async def _power_in_commit(self) -> None:
        disk = self.node.disk
        if disk is not None and self.node.life is not None:
            goes = disk.operations + self.chance.randrange(1, 30)
            disk.rule = lambda number, operation: Fault.POWER if number >= goes else None

    async def _killed(self) -> None:
        if self.node.life is not None:
            self.node.end("killed")
            self.node.start_later(DOWN_S)

    async def _full(self) -> None:
        disk = self.node.disk
        if disk is None:
            return
        outage = self.street.journal.outage_began("disk full")
        disk.rule = lambda number, operation: Fault.ENOSPC if _needs_room(disk, operation) else None
        await self.loop.pause(self.chance.uniform(0.5, 15))
        disk.rule = no_fault
        self.street.journal.outage_ended(outage)

    async def _failed(self) -> None:
        disk = self.node.disk
        if disk is None:
            return

        def once(number: int, operation: Operation) -> Fault | None:
            if operation.act is not Act.SYNC:
                return None
            disk.rule = no_fault
            return Fault.EIO

        disk.rule = once

    async def _clock(self) -> None:
        """Somebody sets the wall clock, and sets it right again.  A machine that starts has asked a time server."""
        if self.node.life is None:
            return
        jump_ns = self.chance.choice(JUMPS_MS) * MS_NS
        self.node.clocks.wrong_ns += jump_ns
        await self.loop.pause(self.chance.uniform(1, CLOCK_WRONG_S))
        self.node.clocks.wrong_ns = 0

    # The vendor --------------------------------------------------------------------------------------------------

    async def _vendor_down(self) -> None:
        self.carrier.down = True
        await self.loop.pause(self.chance.uniform(5, 60))
        self.carrier.down = False

    async def _sender_suspended(self) -> None:
        self.carrier.suspended = True
        await self.loop.pause(self.chance.uniform(5, 60))
        self.carrier.suspended = False

    async def _number_dead(self) -> None:
        self.carrier.dead.add(self._some_number())

    async def _phone_off(self) -> None:
        phone = self._some_number()
        self.carrier.off.add(phone)
        await self.loop.pause(self.chance.uniform(20, 120))
        self.carrier.off.discard(phone)

    def _some_number(self) -> str:
        return number(self.chance.randrange(8))

    # People ------------------------------------------------------------------------------------------------------

    async def _drill(self) -> None:
        await self.chance.choice(self.workers).press(drill=True)

    async def _drill_interrupted(self) -> None:
        await self.workers[0].press(drill=True)
        await self.loop.pause(self.chance.uniform(0, 5))
        await self.workers[-1].press(silent=self.chance.random() < 0.3)

    async def _shift(self) -> None:
        await self._roster(empty=False)

    async def _shift_emptied(self) -> None:
        await self._roster(empty=True)

    async def _roster(self, *, empty: bool) -> None:
        directory = self.node.world.directory(ORG)
        changed = replace(directory, shifts=shifts(self.chance, empty=empty))
        await self.street.insist(c.ReplaceDirectory(org=ORG, directory=changed, by="wale"))

    async def _suspend(self) -> None:
        member = self.chance.choice((*FRIENDS, "teo", "ada", *WORKERS))
        self.office.suspended.append(member)
        await self.office.suspend(member)
        if self.chance.random() < 0.3:
            await self.loop.pause(self.chance.uniform(1, 60))
            await self.office.suspend(member, lifted=True)

    async def _tie(self) -> None:
        await self.office.tie(self.chance.choice((*FRIENDS, "teo", "ada")), self.chance.choice(WORKERS))


def _needs_room(disk: Disk, operation: Operation) -> bool:
    """A full disk still takes what overwrites."""
    if operation.act is not Act.WRITE:
        return operation.act is Act.CREATE
    return operation.offset + len(operation.data) > os.path.getsize(disk.path(operation.name))
