"""A stop in good order, and a node that stands beside a stopped server."""

from __future__ import annotations

import asyncio

from rig import ORG, Rig, held_by, pressing, refused

from tocsin.core import commands as c
from tocsin.core.access.commands import Suspend
from tocsin.core.access.record import OPERATOR
from tocsin.core.words import DeliveryState

# Stopping --------------------------------------------------------------------------------------------------------


async def test_a_stop_records_what_the_carrier_says_of_messages_under_way(rig: Rig) -> None:
    rig.carrier.hold = True
    alert = await rig.raised()
    stopping = asyncio.ensure_future(rig.bell.stop())
    await rig.settle(1)
    assert not stopping.done() and await refused(rig, pressing("2"))
    rig.carrier.release()
    await stopping
    assert {d.state for d in rig.deliveries(alert).values()} == {DeliveryState.HANDED_OVER}
    sent = len(rig.carrier.sent)
    rig.crash()
    await rig.settle(20)
    assert len(rig.carrier.sent) == sent, "sent again after a stop in good order"


async def test_a_stop_ends_the_batch_under_way_and_leaves_the_sending_to_the_next_process(held: Rig) -> None:
    pressed = asyncio.ensure_future(held.press())
    await held.settle()
    stopping = asyncio.ensure_future(held.bell.stop())
    await held.settle()
    assert not pressed.done() and not stopping.done()
    held_by(held).release()
    taken = await pressed
    await stopping
    assert isinstance(taken, c.PressTaken)
    assert not held.carrier.sent
    assert {d.state for d in held.deliveries(taken.alert).values()} == {DeliveryState.QUEUED}


async def test_nothing_rings_after_a_stop(rig: Rig) -> None:
    await rig.raised()
    await rig.bell.stop()
    rig.carrier.took()
    rig.bell.tell(c.Look(org=ORG, alert="x"))
    await rig.settle(700)
    assert rig.carrier.took() == [] and not rig.bell.busy


# At rest ---------------------------------------------------------------------------------------------------------


async def test_a_node_at_rest_stores_what_is_asked_and_rings_nobody(rig: Rig) -> None:
    rig.carrier.hold = True
    alert = await rig.raised()
    before = rig.deliveries(alert)
    beside = Rig(rig.loop)
    beside.store = rig.store
    beside._switch_on()
    beside.bell.rest()
    enrolled = await beside.bell.submit(c.Enrol(org=ORG, by=OPERATOR, member="teo", device="d", token_hash="h"))
    await beside.bell.submit(Suspend(org=ORG, member="bo", by=OPERATOR))
    await rig.settle(60)
    assert enrolled == c.Done() and beside.carrier.sent == []
    assert rig.deliveries(alert)["teo"] == before["teo"]
    assert rig.deliveries(alert)["bo"].state is DeliveryState.SUPERSEDED
    await beside.bell.stop()
