"""Mail, services and webhooks may all hang: what wakes people goes out all the same."""

from __future__ import annotations

import asyncio

from rig import NUMBERS, ORG, Rig

from tocsin.core import commands as c
from tocsin.core.delivery import Delivery
from tocsin.core.limits import SMS_VALID_MS
from tocsin.core.words import Channel, Purpose
from tocsin.runtime.outbox import BESIDES_IN_FLIGHT_MAX, Outbox
from tocsin.runtime.stages import Parcel
from tocsin.sim.clock import VirtualTimeLoop


def message(id: str, channel: Channel, at_ms: int, purpose: Purpose = Purpose.RING) -> Delivery:
    return Delivery(
        id=id,
        alert="00000000-0001-7000-8000-000000000000",
        member="teo",
        channel=channel,
        contact=f"teo/{channel}",
        to=NUMBERS["teo"],
        purpose=purpose,
        ringing=1,
        drill=False,
        created_at_ms=at_ms,
        valid_until_ms=at_ms + SMS_VALID_MS,
        due_at_ms=at_ms,
    )


class Hangs:
    """A last stage in which everything but a text hangs until `gate` is opened."""

    def __init__(self) -> None:
        self.came: list[Channel] = []
        self.gate = asyncio.Event()

    async def __call__(self, parcel: Parcel) -> Parcel | c.Report:
        delivery = parcel.delivery
        self.came.append(delivery.channel)
        if delivery.channel is not Channel.SMS:
            await self.gate.wait()
        return c.Report(org=ORG, delivery=delivery.id, alert=delivery.alert, moved=c.Moved.ACCEPTED)


async def test_a_crowd_of_mails_that_hang_takes_no_place_from_a_text(loop: VirtualTimeLoop) -> None:
    hangs, told = Hangs(), list[c.Report]()
    box = Outbox(Rig(loop).clock, [hangs])
    box.connect(told.append, lambda alert: ORG)
    for number in range(8 * BESIDES_IN_FLIGHT_MAX):
        box.take(message(f"mail-{number}", Channel.EMAIL, loop.now_ms))
    for number in range(600):
        box.take(message(f"text-{number}", Channel.SMS, loop.now_ms, Purpose.ALL_CLEAR))
    await loop.pause(0.001)
    assert len(told) == hangs.came.count(Channel.SMS) == 600
    assert hangs.came.count(Channel.EMAIL) == BESIDES_IN_FLIGHT_MAX
    hangs.gate.set()
    await loop.pause(0.001)
    assert len(told) == 600 + 8 * BESIDES_IN_FLIGHT_MAX
    await box.stop()


async def test_a_mail_that_waits_is_seen_waiting(loop: VirtualTimeLoop) -> None:
    hangs = Hangs()
    box = Outbox(Rig(loop).clock, [hangs])
    box.connect(lambda report: None, lambda alert: ORG)
    then_ms = loop.now_ms
    for number in range(BESIDES_IN_FLIGHT_MAX + 1):
        box.take(message(f"mail-{number}", Channel.EMAIL, loop.now_ms))
    await loop.pause(0.001)
    assert box.oldest_ms == then_ms and len(box) == BESIDES_IN_FLIGHT_MAX + 1
    hangs.gate.set()
    await box.stop()
