"""Every story here runs on a loop whose time is a number; an async test is run to its end on it."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator

import pytest
from rig import HeldWriter, Rig, held_by

from tocsin.sim.clock import VirtualTimeLoop
from tocsin.sim.disk import weather


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = inspect.signature(pyfuncitem.obj).parameters
    given = {name: pyfuncitem.funcargs[name] for name in names}
    loop = pyfuncitem.funcargs["loop"]
    assert isinstance(loop, VirtualTimeLoop)
    loop.run_until_complete(pyfuncitem.obj(**given))
    return True


@pytest.fixture
def loop() -> Iterator[VirtualTimeLoop]:
    loop = VirtualTimeLoop(weather(1))
    yield loop
    loop.close()


@pytest.fixture
def rig(loop: VirtualTimeLoop) -> Rig:
    """A node at rest, with an organisation in its store."""
    rig = Rig(loop)
    loop.run_until_complete(rig.found())
    return rig


@pytest.fixture
def held(loop: VirtualTimeLoop) -> Rig:
    """A node whose disk holds every batch until it is released; nothing has happened yet."""
    rig = Rig(loop, HeldWriter)

    async def found() -> None:
        founding = asyncio.ensure_future(rig.found())
        await rig.settle()
        held_by(rig).release()
        await founding

    loop.run_until_complete(found())
    return rig
