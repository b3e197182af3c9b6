"""Where a link goes: into what is read on a phone, as long as whoever reads it may have one."""

from __future__ import annotations

from msgspec.structs import replace
from rig import ORG, Rig

from tocsin.core import commands as c
from tocsin.core.delivery import Delivery
from tocsin.core.words import Channel, Purpose
from tocsin.runtime.rung_links import RungLinks
from tocsin.runtime.stages import Compose, Parcel

ADDRESS = "https://tocsin.example.org"


async def rung(rig: Rig) -> Delivery:
    """Noor has pressed; the message to Ines."""
    await rig.found()
    alert = await rig.raised()
    return next(one for one in rig.deliveries(alert).values() if one.member == "ines")


def composing(rig: Rig) -> Compose:
    return Compose(rig.world, rig.clock, ADDRESS, RungLinks(rig.world, bytes(32), ADDRESS).of)


async def composed(rig: Rig, delivery: Delivery, **changes: object) -> Parcel | c.Report:
    return await composing(rig)(Parcel(ORG, replace(delivery, **changes)))


async def test_a_text_is_sent_with_the_link_of_whoever_reads_it(rig: Rig) -> None:
    delivery = await rung(rig)
    parcel = await composed(rig, delivery)
    assert isinstance(parcel, Parcel) and parcel.link.startswith(f"{ADDRESS}/r/")


async def test_a_call_and_a_letter_carry_none(rig: Rig) -> None:
    delivery = await rung(rig)
    for channel in (Channel.VOICE, Channel.EMAIL, Channel.WEBHOOK):
        parcel = await composed(rig, delivery, channel=channel)
        assert isinstance(parcel, Parcel) and parcel.link == "" and "/r/" not in parcel.text


async def test_after_an_answer_on_a_call_the_link_is_the_message(rig: Rig) -> None:
    delivery = await rung(rig)
    parcel = await composed(rig, delivery, purpose=Purpose.FOLLOW_UP)
    assert isinstance(parcel, Parcel) and parcel.text.endswith(parcel.link)


async def test_without_a_link_that_message_is_not_sent(rig: Rig) -> None:
    """They were withdrawn meanwhile, or nobody knows a public address."""
    delivery = await rung(rig)
    told = await Compose(rig.world, rig.clock)(Parcel(ORG, replace(delivery, purpose=Purpose.FOLLOW_UP)))
    assert isinstance(told, c.Report) and told.moved is c.Moved.WITHDRAWN
