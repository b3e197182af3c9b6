"""Being here in mid-alert: people come in besides the roster and go before it says so, and hand their shifts over.

Somebody clocks in because of an alert, the last of a shift goes home, a supervisor says of another that they have gone,
and a part of tonight's shift changes hands within the minute.  Each act is the very command that a page would send.
"""

from __future__ import annotations

from tocsin.core import commands as c
from tocsin.core.access.clock_commands import ClockIn, ClockOut
from tocsin.core.access.sheet import numbered
from tocsin.core.access.swap_commands import AnswerSwap, AskSwap, WithdrawSwap
from tocsin.core.access.swaps import Stretch, Swap
from tocsin.core.directory import Directory
from tocsin.core.roster import on_shift
from tocsin.sim.centre import ORG, SITE
from tocsin.sim.climate import Mishap, chance_of
from tocsin.sim.storms.town import Stormy, Town

SOON_MS = (5_000, 90_000)  # From now to the part of a shift that is given.


def storms(town: Town) -> Stormy:
    floor = Floor(town)
    return {
        Mishap.CLOCKED_IN: floor.clock_in,
        Mishap.CLOCKED_OUT: floor.clock_out,
        Mishap.CLOCKED_OUT_BY_ANOTHER: floor.clock_out_another,
        Mishap.SHIFT_GONE_HOME: floor.go_home,
        Mishap.SHIFT_SWAPPED: floor.swap,
    }


class Floor:
    def __init__(self, town: Town) -> None:
        self.street, self.staff = town.street, town.staff
        self.chance = chance_of(town.street.climate.seed, "floor")
        self.node, self.loop = town.street.node, town.street.loop

    @property
    def directory(self) -> Directory:
        return self.node.world.directory(ORG)

    async def _ask(self, command: c.Command) -> c.Reply | None:
        return await self.street.insist(command)

    def _signed_in(self) -> list[str]:
        return sorted(id for id in self.staff.sessions if id in self.directory.members)

    def _on(self) -> list[str]:
        here = on_shift(self.directory, SITE, self.node.clock.now_ms())
        return [id for id in here if id in self.staff.sessions]

    async def clock_in(self) -> None:
        """Anybody; a second time, at once, because no answer came."""
        member = self.chance.choice(self._signed_in())
        for _ in range(self.chance.choice((1, 1, 2))):
            await self._ask(ClockIn(org=ORG, by=self.staff.by(member), member=member, site=SITE))
        if self.chance.random() < 0.3:
            await self.loop.pause(self.chance.uniform(1, 60))
            await self._ask(ClockOut(org=ORG, by=self.staff.by(member), member=member))

    async def clock_out(self) -> None:
        member = self.chance.choice(self._on() or self._signed_in())
        await self._ask(ClockOut(org=ORG, by=self.staff.by(member), member=member))
        if self.chance.random() < 0.3:
            await self.loop.pause(self.chance.uniform(1, 60))
            await self._ask(ClockIn(org=ORG, by=self.staff.by(member), member=member, site=SITE))

    async def clock_out_another(self) -> None:
        member = self.chance.choice(self._on() or self._signed_in())
        by = self.staff.by(self.chance.choice(("teo", "ines", "ben")))
        await self._ask(ClockOut(org=ORG, by=by, member=member))

    async def go_home(self) -> None:
        """The whole shift, one after the other."""
        for member in self._on():
            await self._ask(ClockOut(org=ORG, by=self.staff.by(member), member=member))
            await self.loop.pause(self.chance.uniform(0, 5))

    async def swap(self) -> None:
        """The rest of a shift that runs, from some seconds on."""
        now_ms = self.node.clock.now_ms()
        running = [(key, shift) for key, shift in numbered(self.directory.shifts).items() if shift.ends_ms > now_ms]
        theirs = [(key, id) for key, shift in running for id in shift.members if id in self.staff.sessions]
        if not theirs:
            return
        key, giver = self.chance.choice(theirs)
        from_ms = max(now_ms + self.chance.randrange(*SOON_MS), key[1])
        taker = self.chance.choice(self._signed_in())
        if from_ms >= key[2]:
            return
        known = set(self.node.world.all_kept(ORG, Swap))
        gives = Stretch(key, from_ms, key[2])
        await self._ask(AskSwap(org=ORG, by=self.staff.by(giver), taker=taker, gives=gives))
        for swap in sorted(set(self.node.world.all_kept(ORG, Swap)) - known):
            await self._answer(swap, giver, taker)

    async def _answer(self, swap: str, giver: str, taker: str) -> None:
        await self.loop.pause(self.chance.uniform(0, 20))
        if self.chance.random() < 0.15:
            await self._ask(WithdrawSwap(org=ORG, by=self.staff.by(giver), swap=swap))
        accepts = self.chance.random() < 0.85
        await self._ask(AnswerSwap(org=ORG, by=self.staff.by(taker), swap=swap, accepts=accepts))
