"""What channels say of a message, and what a restart makes of it."""

from __future__ import annotations

import asyncio

import pytest
from rig import NUMBERS, ORG, HeldWriter, Rig

from tocsin.core.limits import SENDS_MAX, SMS_VALID_MS
from tocsin.core.words import DeliveryState, Purpose, Reason
from tocsin.ports import Refused, Unknown
from tocsin.sim.clock import VirtualTimeLoop

S = DeliveryState


# What channels say -----------------------------------------------------------------------------------------------


async def test_a_refusal_that_may_pass_is_tried_when_the_vendor_says(rig: Rig) -> None:
    rig.carrier.results[NUMBERS["teo"]] = Refused(Reason.RATE_LIMITED, "429", retry_after_ms=7_000)
    await rig.raised()
    assert sorted(rig.carrier.took()) == ["bo", "ines", "teo"]
    await rig.settle(6.9)
    assert rig.carrier.took() == []
    await rig.settle(0.2)
    assert rig.carrier.took() == ["teo"]


@pytest.mark.parametrize("result", [Unknown("time-out"), ConnectionResetError("a channel that raises")])
async def test_of_a_send_of_which_nobody_knows_the_end_three_are_the_most(
    rig: Rig, result: Unknown | Exception
) -> None:
    rig.carrier.results[NUMBERS["teo"]] = result
    alert = await rig.raised()
    await rig.settle(30)
    assert rig.carrier.took().count("teo") == SENDS_MAX
    teo = rig.deliveries(alert)["teo"]
    assert (teo.state, teo.reason) == (S.UNDELIVERABLE, Reason.NOBODY_KNOWS)


async def test_silence_until_the_end_of_the_validity_is_a_failure(rig: Rig) -> None:
    alert = await rig.raised()
    first = rig.deliveries(alert)["bo"]
    await rig.settle(SMS_VALID_MS / 1_000 + 1)
    rows = [d for d in rig.world.deliveries(ORG, alert).values() if d.id == first.id]
    assert (rows[0].state, rows[0].reason) == (S.FAILED, Reason.EXPIRED)


# Resuming --------------------------------------------------------------------------------------------------------


async def test_what_was_due_when_the_process_died_counts_as_perhaps_sent(rig: Rig) -> None:
    rig.carrier.hold = True
    alert = await rig.raised()
    rig.carrier.took()
    rig.crash()
    rig.carrier.hold = False
    await rig.settle()
    assert {d.attempts for d in rig.deliveries(alert).values()} == {2} and rig.carrier.took() == []
    await rig.settle(1)
    assert sorted(rig.carrier.took()) == ["bo", "ines", "teo"]
    assert {d.state for d in rig.deliveries(alert).values()} == {S.HANDED_OVER}


async def test_the_third_crash_ends_it(rig: Rig) -> None:
    rig.carrier.hold = True
    alert = await rig.raised()
    first = rig.deliveries(alert)["teo"].id
    for wait_s in (1.5, 4.5):
        rig.crash()
        await rig.settle(wait_s)
    assert rig.carrier.took().count("teo") == SENDS_MAX
    rig.crash()
    await rig.settle()
    ended = rig.world.deliveries(ORG, alert)[first]
    assert ended.state in (S.FAILED, S.UNDELIVERABLE) and ended.attempts == SENDS_MAX
    assert rig.alert(alert).open, "the alert itself rings on"


async def test_what_was_not_yet_due_waits_on_after_a_restart(rig: Rig) -> None:
    rig.carrier.results[NUMBERS["teo"]] = Refused(Reason.RATE_LIMITED, "429", retry_after_ms=4_000)
    alert = await rig.raised()
    rig.carrier.took()
    rig.crash()
    await rig.settle(3.9)
    assert rig.carrier.took() == [] and rig.deliveries(alert)["teo"].attempts == 2
    await rig.settle(0.2)
    assert rig.carrier.took() == ["teo"]


async def test_the_all_clear_that_waits_for_another_try_goes_after_a_restart(rig: Rig) -> None:
    alert = await rig.raised()
    rig.carrier.took()
    rig.carrier.results[NUMBERS["teo"]] = Refused(Reason.RATE_LIMITED, "429", retry_after_ms=5_000)
    await rig.close(alert)
    await rig.settle()
    rig.crash()
    assert rig.carrier.took().count("teo") == 1
    rig.carrier.results.clear()
    await rig.settle(6)
    assert rig.carrier.took() == ["teo"]
    told = [d for d in rig.world.deliveries(ORG, alert).values() if d.purpose is Purpose.ALL_CLEAR]
    assert {d.state for d in told} == {S.HANDED_OVER}


async def test_an_all_clear_with_the_carrier_ends_after_a_restart(rig: Rig) -> None:
    alert = await rig.raised()
    await rig.close(alert)
    await rig.settle()
    rig.crash()
    await rig.settle(SMS_VALID_MS / 1_000 + 1)
    assert all(d.due_at_ms is None for d in rig.world.deliveries(ORG, alert).values())
    assert rig.store.due_deliveries(ORG) == []


async def test_a_held_disk_sends_nothing(loop: VirtualTimeLoop) -> None:
    rig = Rig(loop, HeldWriter)
    founding = asyncio.ensure_future(rig.found())
    await rig.settle(100)
    assert not founding.done() and not rig.carrier.sent
    assert isinstance(rig.writer, HeldWriter)
    rig.writer.release()
    await founding
