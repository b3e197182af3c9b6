"""Pages and readings wait while a press is on its way, and a press waits for none of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from outside import PUBLIC_URL, SECRET, Centre, FakeRing
from tocsin.core import commands as c
from tocsin.intake.http import Hooks, build_app
from tocsin.runtime.turnstile import HELD_MAX_S
from tocsin.sim.clock import VirtualTimeLoop
from tocsin.sim.disk import weather


@pytest.fixture
def loop() -> Iterator[VirtualTimeLoop]:
    """Its time stands still while anybody has something to do."""
    loop = VirtualTimeLoop(weather(1))
    yield loop
    loop.close()


class SlowRing(FakeRing):
    """The ring of a centre, with a disk that takes its time."""

    def __init__(self, centre: Centre, loop: VirtualTimeLoop) -> None:
        vars(self).update(vars(centre.ring))
        self._loop = loop

    async def submit(self, command: c.Command) -> c.Reply:
        await self._loop.pause(HELD_MAX_S / 2)
        return await super().submit(command)


def test_who_looks_is_answered_after_whoever_presses_and_a_press_after_nobody(loop: VirtualTimeLoop) -> None:
    centre, done = Centre(), list[str]()
    hooks = Hooks(PUBLIC_URL, SECRET, SECRET)
    app = build_app(SlowRing(centre, loop), hooks=hooks, readiness=centre.readiness, leaving=centre.leaving)

    async def look() -> None:
        assert (await centre.call("GET", "/api/v1/me", "noor", app=app)).status == 200
        done.append("looked")

    async def press() -> None:
        assert (await centre.call("POST", "/api/v1/alerts", "noor", {}, app=app)).status == 201
        done.append("pressed")

    async def story() -> None:
        await asyncio.gather(press(), look(), look())
        await look()

    loop.run_until_complete(story())
    assert done == ["pressed", "looked", "looked", "looked"]
