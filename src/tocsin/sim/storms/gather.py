"""Arranges everything that a seed has in store."""

from __future__ import annotations

from tocsin.sim.climate import RARE, Mishap, chance_of
from tocsin.sim.clock import SUMMER_ENDS_S
from tocsin.sim.storms import access, attendance, crowds, machine, network, numbers, office, pushes, vendors
from tocsin.sim.storms.town import Storm, Stormy, Town

OF_DISK = frozenset(
    {
        Mishap.POWER_LOST,
        Mishap.POWER_LOST_IN_COMMIT,
        Mishap.DISK_FULL,
        Mishap.DISK_FAILED,
        Mishap.WAL_PINNED,
        Mishap.BACKUP_TAKEN,
    }
)


def all_storms(town: Town) -> Stormy:
    people = (office.storms, access.storms, numbers.storms, attendance.storms)
    parts = (machine.storms, network.storms, vendors.storms, crowds.storms, *people, pushes.storms)
    return {mishap: storm for part in parts for mishap, storm in part(town).items()}


def gather(town: Town, until_s: float) -> None:
    """Each kind that this seed has comes once or twice; the weather ends after `until_s`."""
    street = town.street
    for mishap, storm in all_storms(town).items():
        chance = chance_of(street.climate.seed, f"storm/{mishap}")
        for _ in range(1 if mishap in RARE else chance.choice((1, 1, 2))):
            at_s = SUMMER_ENDS_S if mishap is Mishap.SUMMER_ENDS else chance.uniform(0.5, until_s)
            if street.climate.on(mishap) and (street.node.on_disk or mishap not in OF_DISK):
                street.go(_at(town, at_s, mishap, storm))


async def _at(town: Town, at_s: float, mishap: Mishap, storm: Storm) -> None:
    street = town.street
    await street.loop.pause(at_s)
    if street.climate.on(mishap):
        street.climate.note(mishap)
        street.journal.trace("storm", mishap)
        await storm()
