"""Announcements on their way: in their turn, to those who may still be told, over a stop, a kill and a full disk."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace
from rig import NUMBERS, ORG, Rig, begin, directory, refused

from tocsin import ports
from tocsin.core import commands as c
from tocsin.core.access.announcement import Announcement
from tocsin.core.access.commands import Suspend
from tocsin.core.access.record import OPERATOR, Guard
from tocsin.core.delivery import Delivery
from tocsin.core.directory import Directory
from tocsin.core.limits import ANNOUNCED_EVERY_MS, ANNOUNCED_TEXT_EVERY_MS
from tocsin.core.words import Channel, DeliveryState, Purpose, Reason
from tocsin.runtime import ledger
from tocsin.runtime.outbox import ANNOUNCED_IN_FLIGHT_MAX, Outbox
from tocsin.runtime.stages import Compose, Parcel, StillWanted
from tocsin.sim.clock import VirtualTimeLoop

LATER_S = 2 * ANNOUNCED_TEXT_EVERY_MS / 1000 + 0.1
SUSPEND_BO = Suspend(org=ORG, by=OPERATOR, member="bo")


def messages(rig: Rig) -> dict[str, Delivery]:
    """By member, the newest of each."""
    rows = sorted(rig.store.content.deliveries.items())
    found = [ledger.read_delivery(row) for _, row in rows]
    return {one.member: one for one in found if one.purpose is Purpose.ANNOUNCEMENT}


async def at_work(rig: Rig, wanted: Directory | None = None) -> None:
    """An organisation in which a supervisor has signed in."""
    await rig.found(wanted)
    begin(rig, Guard(id="guard", since_ms=0))


async def test_a_suspension_reaches_phones_in_words_that_say_nothing(rig: Rig) -> None:
    await at_work(rig)
    await rig.bell.submit(SUSPEND_BO)
    await rig.settle(LATER_S)
    said = {message.to: message for message in rig.carrier.sent}
    assert set(said) == {NUMBERS["ines"], NUMBERS["wale"]}
    for message in said.values():
        assert message.text.startswith("There is something to look at in Tocsin. #") and not message.answerable
        assert message.purpose is Purpose.ANNOUNCEMENT and message.reference.count("/") == 1
    assert {one.state for one in messages(rig).values()} == {DeliveryState.HANDED_OVER}


async def test_whoever_is_suspended_between_the_act_and_the_sending_is_not_told(rig: Rig) -> None:
    await at_work(rig)
    await rig.bell.submit(SUSPEND_BO)
    await rig.bell.submit(Suspend(org=ORG, by=OPERATOR, member="ines"))
    await rig.settle(LATER_S)
    assert "ines" not in rig.carrier.took()
    assert messages(rig)["ines"].reason is Reason.NO_LONGER_A_RECIPIENT


async def test_a_killed_server_tells_after_its_start_and_at_most_twice(rig: Rig) -> None:
    await at_work(rig)
    rig.carrier.hold = True
    await rig.bell.submit(SUSPEND_BO)
    await rig.settle(LATER_S)
    assert sorted(rig.carrier.took()) == ["ines", "wale"]
    rig.crash()
    rig.carrier.release()
    await rig.settle(LATER_S + 10)
    assert sorted(rig.carrier.took()) == ["ines", "wale"]
    assert {one.attempts for one in messages(rig).values()} == {2}
    again = next(iter(messages(rig).values()))
    await rig.settle(2 * ANNOUNCED_EVERY_MS / 1000)
    assert rig.carrier.took() == [] and again.provider_ref is not None


async def test_what_waits_is_told_by_the_next_server(rig: Rig) -> None:
    await at_work(rig)
    await rig.bell.submit(SUSPEND_BO)
    await rig.settle(LATER_S)
    await rig.bell.submit(Suspend(org=ORG, by=OPERATOR, member="teo"))
    rig.carrier.took()
    rig.crash()
    await rig.settle(ANNOUNCED_EVERY_MS / 1000 + LATER_S)
    assert sorted(rig.carrier.took()) == ["ines", "wale"]
    await rig.settle(2 * ANNOUNCED_EVERY_MS / 1000)
    assert not rig.world.all_kept(ORG, Announcement) and not rig.store.wakes(ORG)
    assert not {one for one in rig.world.sent if one not in rig.world.alerts}, "nothing of it stays in memory"


async def test_on_a_full_disk_nothing_is_told_that_did_not_happen(rig: Rig) -> None:
    await at_work(rig)
    rig.store.mood = ports.StoreFull("full")
    assert await refused(rig, SUSPEND_BO)
    await rig.settle(LATER_S)
    rig.store.mood = None
    assert rig.carrier.took() == []
    await rig.bell.submit(SUSPEND_BO)
    await rig.settle(LATER_S)
    assert sorted(rig.carrier.took()) == ["ines", "wale"]


async def test_a_wake_up_on_a_full_disk_rings_again(rig: Rig) -> None:
    await at_work(rig)
    await rig.bell.submit(SUSPEND_BO)
    await rig.bell.submit(Suspend(org=ORG, by=OPERATOR, member="teo"))
    await rig.settle(LATER_S)
    rig.carrier.took()
    rig.store.mood = ports.StoreFull("full")
    await rig.settle(ANNOUNCED_EVERY_MS / 1000 + 5)
    assert rig.carrier.took() == []
    rig.store.mood = None
    await rig.settle(LATER_S + 2)
    assert sorted(rig.carrier.took()) == ["ines", "wale"]


async def test_a_number_that_is_no_longer_theirs_gets_nothing(rig: Rig) -> None:
    await at_work(rig)
    await rig.bell.submit(SUSPEND_BO)
    ines = rig.world.directory(ORG).members["ines"]
    moved = replace(ines, contacts=(replace(ines.contacts[0], to="+12025550199"),))
    here = rig.world.directory(ORG)
    rig.world.directories[ORG] = replace(here, members={**here.members, "ines": moved})
    await rig.settle(LATER_S)
    assert rig.carrier.took() == ["wale"] and messages(rig)["ines"].reason is Reason.NO_CONTACT


async def test_a_message_of_which_no_announcement_is_known_does_not_go(rig: Rig) -> None:
    await at_work(rig)
    await rig.bell.submit(SUSPEND_BO)
    message = messages(rig)["wale"]
    rig.outbox.take(replace(message, id="stray", alert="018bcfe5-6800-7000-8000-000000000000", due_at_ms=0))
    rig.outbox.take(replace(message, id="another", due_at_ms=0))
    await rig.settle(LATER_S)
    assert sorted(rig.carrier.took()) == ["ines", "wale"]


async def test_a_message_whose_validity_is_over_is_not_sent(rig: Rig) -> None:
    await at_work(rig)
    await rig.bell.submit(SUSPEND_BO)
    late = replace(messages(rig)["ines"], valid_until_ms=0)
    report = await StillWanted(rig.world, rig.clock)(Parcel(ORG, late))
    assert isinstance(report, c.Report) and report.moved is c.Moved.DUE


async def test_the_address_is_the_public_one_and_the_language_theirs(rig: Rig) -> None:
    here = directory()
    spanish = replace(here.members["ines"], language="es")
    await at_work(rig, replace(here, members={**here.members, "ines": spanish}))
    await rig.bell.submit(SUSPEND_BO)
    write = Compose(rig.world, rig.clock, "https://tocsin.example.org")
    parcel = await write(Parcel(ORG, messages(rig)["ines"]))
    assert isinstance(parcel, Parcel)
    assert parcel.text.startswith("Hay algo que mirar en Tocsin. https://tocsin.example.org #")


class Hangs:
    """A last stage in which announcements hang until `gate` is opened."""

    def __init__(self) -> None:
        self.came: list[Purpose] = []
        self.gate = asyncio.Event()

    async def __call__(self, parcel: Parcel) -> Parcel | c.Report:
        delivery = parcel.delivery
        self.came.append(delivery.purpose)
        if delivery.purpose is Purpose.ANNOUNCEMENT:
            await self.gate.wait()
        return c.Report(org=ORG, delivery=delivery.id, alert=delivery.alert, moved=c.Moved.ACCEPTED)


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.EMAIL])
async def test_a_crowd_of_announcements_that_hang_takes_no_place_from_an_alert(
    loop: VirtualTimeLoop, channel: Channel
) -> None:
    hangs, told = Hangs(), list[c.Report]()
    box = Outbox(Rig(loop).clock, [hangs])
    box.connect(told.append, lambda alert: ORG)
    first = Delivery(
        id="",
        alert="00000000-0001-7000-8000-000000000000",
        member="teo",
        channel=channel,
        contact=f"teo/{channel}",
        to=NUMBERS["teo"],
        purpose=Purpose.ANNOUNCEMENT,
        ringing=0,
        drill=False,
        created_at_ms=loop.now_ms,
        valid_until_ms=loop.now_ms + 540_000,
        due_at_ms=loop.now_ms,
    )
    rings = [replace(first, id=f"ring-{number}", purpose=Purpose.RING, ringing=1) for number in range(600)]
    box.take(*(replace(first, id=f"announcement-{number}") for number in range(600)), *rings)
    await loop.pause(0.001)
    assert hangs.came[:32] == [Purpose.RING] * 32, "alerts go first"
    assert len(told) == 600 and hangs.came.count(Purpose.ANNOUNCEMENT) == ANNOUNCED_IN_FLIGHT_MAX
    hangs.gate.set()
    await loop.pause(0.01)
    assert len(told) == 1_200
