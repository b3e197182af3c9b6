"""The real surface with its pages, for walks: people with two PINs, places with names, a clock that is moved."""

from __future__ import annotations

from collections.abc import Callable

from linked_site import ORG, SITE, LinkedSite
from msgspec.structs import replace

from tocsin.core import commands as c
from tocsin.core.access.record import By
from tocsin.core.access.words import Via
from tocsin.core.directory import Place
from tocsin.core.walk import Walk
from tocsin.core.walk_commands import StartWalk
from tocsin.core.words import Destination, WalkState
from tocsin.identity.pin import hash_pin

PIN, DURESS_PIN = "7351", "8264"
_HASHES: list[str] = []  # Made once: hashing is meant to be slow.


def hashes() -> list[str]:
    if not _HASHES:
        _HASHES.extend(hash_pin(pin, salt=b"an invented salt") for pin in (PIN, DURESS_PIN))
    return _HASHES


class WalkedSite(LinkedSite):
    """Maya walks to her car.  `hears_nothing`: every request is left without an answer, as without a network."""

    def walkers(self, *, watched: bool = False) -> None:
        """Maya gets her PINs; `watched`: she is in a watch window.  Two places have names."""
        plain = self.node.world.directory(ORG)
        pin, duress = hashes()
        maya = replace(plain.members["maya"], pin_hash=pin, duress_pin_hash=duress, watch_window=watched)
        places = (Place(SITE, "north-door", "North door", "door"), Place(SITE, "row-c", "Row C", "bay"))

        async def known() -> None:
            self.node.world.directories[ORG] = replace(plain, members={**plain.members, "maya": maya}, places=places)

        self._told(known)

    def set_out(self, buddy: str = "dana") -> str:
        """Maya leaves, by her own phone."""
        self.enrol("maya")
        walk = StartWalk(
            org=ORG,
            by=By("maya", Via.DEVICE, "maya-phone"),
            credential="maya-phone",
            key=f"k{self.node.seeds}",
            member="maya",
            device="maya-phone",
            destination=Destination.CAR,
            minutes=15,
            way="along the fence",
            bay="row-c",
            buddy=buddy,
            site=None,
        )
        self.do(walk)
        return self.walks()[0].id

    def walks(self) -> list[Walk]:
        return list(self.node.world.open_walks(ORG))

    def walk(self, id: str) -> Walk:
        found = self.node.world.walk(ORG, id)
        assert found is not None
        return found

    def look(self) -> None:
        """What time has done to each walk."""
        for walk in self.walks():
            self.do(c.LookWalk(org=ORG, walk=walk.id))

    def pass_until(self, moment: Callable[[Walk], int]) -> None:
        """It is that moment of the walk that is under way, and its wake-up rings."""
        (walk,) = self.walks()
        self.wait((moment(walk) - self.node.clock.ms) / 1_000)
        self.look()

    @property
    def raised(self) -> list[str]:
        """Of every alert that is open: its id."""
        return [alert.id for alert in self.node.world.open_alerts(ORG)]


__all__ = ["DURESS_PIN", "PIN", "WalkState", "WalkedSite"]
