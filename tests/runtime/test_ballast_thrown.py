"""A full disk: what was held back for it carries the alerts on that are open."""

from __future__ import annotations

from pathlib import Path

import pytest
from rig import Rig

from tocsin.ports import StoreFull
from tocsin.runtime.loop import Unavailable
from tocsin.runtime.writer import InlineWriter
from tocsin.store.ballast import Ballast


def thrown_off(rig: Rig, ballast: Ballast) -> list[bool]:
    """Let the rig's writer give up this ballast; what is returned tells each time whether there was any."""
    given: list[bool] = []

    def relief() -> bool:
        given.append(ballast.give_up())
        if given[-1]:
            rig.store.mood = None
        return given[-1]

    rig.bell._writer = InlineWriter(rig.store, relief)
    return given


async def test_an_open_alert_goes_on_ringing_on_a_full_disk_while_there_is_ballast(rig: Rig, tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "ballast", 8_192)
    assert ballast.take()
    given = thrown_off(rig, ballast)
    await rig.raised()
    rig.carrier.took()
    await rig.settle(119)
    rig.store.mood = StoreFull()
    await rig.settle(3)  # The repeat at 120 s was written into the room of the ballast.
    assert sorted(rig.carrier.took()) == ["bo", "ines", "teo"]
    assert given == [True] and rig.pages == []


async def test_without_ballast_a_full_disk_refuses_at_once_as_before(rig: Rig, tmp_path: Path) -> None:
    given = thrown_off(rig, Ballast(tmp_path / "ballast", 8_192))
    rig.store.mood = StoreFull()
    with pytest.raises(Unavailable):
        await rig.press()
    assert given == [False] and rig.pages == ["store_refuses"] and not rig.world.open
