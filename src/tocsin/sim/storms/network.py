"""The network: cut one way, cut the other way, clogged."""

from __future__ import annotations

from tocsin.sim.climate import Mishap
from tocsin.sim.storms.town import Stormy, Town

CUT_S = (3.0, 45.0)


def storms(town: Town) -> Stormy:
    network, loop, chance, journal = town.street.node.network, town.street.loop, town.chance, town.street.journal

    async def inbound() -> None:
        """Nobody reaches the node; what it sends still goes out."""
        network.inbound_cut = True
        await loop.pause(chance.uniform(*CUT_S))
        network.inbound_cut = False

    async def outbound() -> None:
        """The node reaches no vendor; everybody still reaches the node."""
        outage = journal.outage_began(Mishap.OUTBOUND_CUT)
        network.outbound_cut = True
        await loop.pause(chance.uniform(*CUT_S))
        network.outbound_cut = False
        journal.outage_ended(outage)

    async def clogged() -> None:
        network.clogged = True
        await loop.pause(chance.uniform(*CUT_S))
        network.clogged = False

    return {Mishap.INBOUND_CUT: inbound, Mishap.OUTBOUND_CUT: outbound, Mishap.NETWORK_CLOGGED: clogged}
