"""Crowds: drills, a drill of a whole annex, and everybody in danger at once."""

from __future__ import annotations

from tocsin.core import commands as c
from tocsin.sim.centre import ANNEX, ORG
from tocsin.sim.climate import Mishap
from tocsin.sim.storms.town import Stormy, Town

CROWD = 4


def storms(town: Town) -> Stormy:
    crowds = Crowds(town)
    return {
        Mishap.DRILL: crowds.drill,
        Mishap.DRILL_INTERRUPTED: crowds.drill_interrupted,
        Mishap.MASS_DRILL: crowds.mass_drill,
        Mishap.CROWD: crowds.crowd,
    }


class Crowds:
    def __init__(self, town: Town) -> None:
        self.town, self.street, self.chance, self.loop = town, town.street, town.chance, town.street.loop

    async def drill(self) -> None:
        await self.chance.choice(self.town.workers[:2]).press(drill=True)

    async def drill_interrupted(self) -> None:
        await self.town.workers[0].press(drill=True)
        await self.loop.pause(self.chance.uniform(0, 5))
        await self.town.workers[1].press(silent=self.chance.random() < 0.3)

    async def mass_drill(self) -> None:
        """Another site is drilled, all of it, and somebody here is in danger in the middle of that."""
        drill = self.town.workers[1]
        await drill.press(drill=True, site=ANNEX)
        self.street.go(self.town.workers[0].press())
        await self.loop.pause(self.chance.uniform(5, 30))
        if drill.shown is not None:
            await self.street.insist(c.EndDrill(org=ORG, alert=drill.shown))

    async def crowd(self) -> None:
        """Half of them are in danger, within a second."""
        for worker in self.town.workers[:CROWD]:
            self.street.go(worker.press())
            await self.loop.pause(self.chance.uniform(0, 0.25))
