"""One receiver that is gone is not every receiver: it pages nobody and turns nothing red; a mail server does."""

from __future__ import annotations

import pytest
from rig import Rig

from tocsin.core.words import Channel, Reason
from tocsin.ports import Message, Refused
from tocsin.runtime.routes import Route, Routes
from tocsin.sim.clock import VirtualTimeLoop


class Gone:
    async def send(self, message: Message) -> Refused:
        return Refused(Reason.VENDOR_DOWN)

    async def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize(
    ("channel", "minded"), [(Channel.WEBHOOK, False), (Channel.OTHER, False), (Channel.EMAIL, True)]
)
async def test_a_contact_that_is_a_vendor_of_its_own_speaks_for_itself(
    loop: VirtualTimeLoop, channel: Channel, minded: bool
) -> None:
    pages: list[str] = []
    routes = Routes({channel: {"way": Gone()}}, Rig(loop).clock, pages.append)
    for _ in range(5):
        await routes.send(Route("way", Gone()), Message("a/d", "x", "x", 60), channel)
    assert bool(list(routes.not_ready())) == minded
    assert pages == (["vendor_down"] if minded else [])
    await routes.close()
