"""I16: within three seconds a phone knows whether it must call by other means, also when the disk is mute."""

from __future__ import annotations

import asyncio

from outside import Centre
from tocsin.core import commands as c
from tocsin.core.limits import PRESS_ANSWERED_MAX_S
from tocsin.intake.credentials import Credentials
from tocsin.intake.presses import Presses
from tocsin.sim.clock import VirtualTimeLoop
from tocsin.sim.disk import weather


class StalledRing:
    """A ring whose disk says nothing until it is released."""

    def __init__(self, centre: Centre) -> None:
        self._ring, self.released = centre.ring, asyncio.Event()
        self.world, self.clock, self.store, self.subscribe = (
            self._ring.world, self._ring.clock, self._ring.store, self._ring.subscribe,
        )  # fmt: skip
        self.subscribe_walks = self._ring.subscribe_walks

    async def submit(self, command: c.Command) -> c.Reply:
        await self.released.wait()
        return await self._ring.submit(command)


def test_a_phone_learns_in_time_that_the_disk_says_nothing() -> None:
    centre, loop = Centre(), VirtualTimeLoop(weather(1))
    ring = StalledRing(centre)
    presses = Presses(ring, Credentials(ring))

    async def story() -> None:
        began = loop.time()
        status, body = await presses.take(f"Bearer {centre.token('noor')}", "one", b"")
        assert status == 503 and b"Call by phone" in body
        assert loop.time() - began <= PRESS_ANSWERED_MAX_S <= 3
        ring.released.set()
        status, _ = await presses.take(f"Bearer {centre.token('noor')}", "one", b"")
        assert status in (200, 201)

    loop.run_until_complete(story())
    loop.close()
