"""What a crowd, a dead disk and a clock that was set back may not do to a press."""

from __future__ import annotations

import asyncio

from rig import ORG, HeldWriter, Rig, pressing

from tocsin.core import commands as c
from tocsin.runtime.loop import BATCH_MAX
from tocsin.runtime.turns import Asked, Turns
from tocsin.sim.clock import VirtualTimeLoop


def held_by(rig: Rig) -> HeldWriter:
    assert isinstance(rig.writer, HeldWriter)
    return rig.writer


async def let_go(rig: Rig, batches: int = 1_000) -> None:
    """The disk finishes so many batches, or all there are."""
    await rig.settle()
    while held_by(rig).holds and batches:
        held_by(rig).release()
        await rig.settle()
        batches -= 1


async def test_a_press_does_not_wait_behind_a_crowd_that_can(loop: VirtualTimeLoop) -> None:
    rig = Rig(loop, HeldWriter)
    founding = asyncio.ensure_future(rig.found())
    await let_go(rig)
    await founding
    raising = asyncio.ensure_future(rig.raised())
    await let_go(rig)
    alert = await raising
    for _ in range(BATCH_MAX * 6):
        rig.bell.tell(c.AddNote(org=ORG, alert=alert, member="teo", text="so much to say"))
    pressed = asyncio.ensure_future(rig.press("2"))
    await let_go(rig, 2)  # The batch that was begun, and the next.
    assert pressed.done(), "an SOS waits behind what can wait"
    await let_go(rig)
    assert len(rig.alert(alert).notes) > 0


def look(id: int) -> Asked:
    return Asked(c.Look(org=ORG, alert=str(id)), None)


def news(id: int) -> Asked:
    return Asked(c.Report(org=ORG, delivery=str(id), alert="a", moved=c.Moved.DELIVERED), None)


def test_no_line_starves_another_and_each_is_first_come_first_served() -> None:
    turns = Turns()
    presses, looks, reports = (
        [make(id) for id in range(50)] for make in (lambda id: Asked(pressing(str(id)), None), look, news)
    )
    for asked in (*reports, *looks, *presses):
        turns.append(asked)
    first = turns.take(16)
    assert first == [*presses[:8], *looks[:4], *reports[:4]]
    assert turns.take(200) == [*presses[8:], *looks[4:], *reports[4:]] and not len(turns)


def test_a_batch_is_as_full_as_it_may_be_whoever_waits() -> None:
    for make in (look, news):
        turns = Turns()
        waiting = [make(id) for id in range(20)]
        for asked in waiting:
            turns.append(asked)
        assert turns.take(16) == waiting[:16] and list(turns) == waiting[16:]
