"""Asking a vendor to give back what it took: after the commit, until it has heard, harmless where it is in vain."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from rig import NUMBERS, ORG, HeldWriter, Rig, directory, held_by

from tocsin import ports
from tocsin.core import commands as c
from tocsin.core.directory import Contact, Directory
from tocsin.core.words import Answer, Channel, DeliveryState, Reason
from tocsin.runtime import withdrawals
from tocsin.runtime.routes import Routes
from tocsin.runtime.withdrawals import AT_ONCE_MAX, WAITING_MAX, Withdrawals
from tocsin.sim.clock import VirtualTimeLoop


class Telephones(Rig):
    channel = Channel.VOICE


def telephones() -> Directory:
    """Nobody has anything but a telephone."""
    people = directory()
    members = {
        name: replace(m, contacts=(Contact(f"{name}/voice", Channel.VOICE, NUMBERS[name], verified=True),))
        for name, m in people.members.items()
    }
    plans = tuple(
        replace(plan, rungs=tuple(replace(rung, channels=((Channel.VOICE,),)) for rung in plan.rungs))
        for plan in people.plans
    )
    return replace(people, members=members, plans=plans)


@pytest.fixture
def rig(loop: VirtualTimeLoop) -> Telephones:
    rig = Telephones(loop)
    loop.run_until_complete(rig.found(telephones()))
    return rig


def refs(rig: Rig, alert: str) -> list[str]:
    return sorted(d.provider_ref for d in rig.deliveries(alert).values() if d.provider_ref is not None)


async def test_the_close_asks_every_call_back_within_a_moment(rig: Telephones) -> None:
    alert = await rig.raised()
    given = refs(rig, alert)
    await rig.close(alert)
    await rig.settle()
    assert given and sorted(rig.carrier.withdrawn) == given


async def test_an_answer_asks_back_the_call_of_that_person_alone(rig: Telephones) -> None:
    alert = await rig.raised()
    await rig.say(alert, "teo", Answer.COMING)
    await rig.settle()
    assert rig.carrier.withdrawn == [rig.deliveries(alert)["teo"].provider_ref]


async def test_nothing_is_asked_back_before_the_close_is_durable(loop: VirtualTimeLoop) -> None:
    rig = Telephones(loop, HeldWriter)
    founding = loop.create_task(rig.found(telephones()))
    await rig.settle()
    held_by(rig).release()
    await founding
    pressing = loop.create_task(rig.raised())
    while not pressing.done() or held_by(rig).holds:
        if held_by(rig).holds:
            held_by(rig).release()
        await rig.settle()
    closing = loop.create_task(rig.close(await pressing))
    await rig.settle(1)
    assert held_by(rig).holds and rig.carrier.withdrawn == []
    held_by(rig).release()
    await closing
    await rig.settle()
    assert rig.carrier.withdrawn


async def test_a_call_in_the_air_at_the_close_is_asked_back_by_the_name_it_gets(rig: Telephones) -> None:
    rig.carrier.results = {number: ports.Accepted(f"CA{name}") for name, number in NUMBERS.items()}
    rig.carrier.hold = True
    alert = await rig.raised()
    await rig.close(alert)
    await rig.settle()
    assert rig.carrier.withdrawn == []
    rig.carrier.release()
    await rig.settle(0.1)
    assert sorted(rig.carrier.withdrawn) == ["CAbo", "CAines", "CAteo"]


async def test_a_call_of_a_former_process_is_asked_back_when_its_first_callback_names_it(rig: Telephones) -> None:
    rig.carrier.hold = True
    alert = await rig.raised()
    lost = rig.deliveries(alert)["teo"]
    await rig.close(alert)
    rig.crash()
    for _ in range(3):
        news = c.Report(org=ORG, delivery=lost.id, alert=alert, moved=c.Moved.ACCEPTED, provider_ref="CA7", send=1)
        await rig.bell.submit(news)
    await rig.settle()
    assert rig.carrier.withdrawn == ["CA7"]
    rig.carrier.release()


async def test_a_server_that_died_between_the_close_and_the_request_asks_after_its_start(rig: Telephones) -> None:
    alert = await rig.raised()
    given = refs(rig, alert)
    rig.bell._withdrawals = None  # It dies before it has asked.
    await rig.close(alert)
    rig.crash()
    await rig.settle()
    assert sorted(rig.carrier.withdrawn) == given


async def test_a_vendor_that_cannot_be_asked_harms_nothing(rig: Telephones) -> None:
    rig.carrier.withdrawing_fails = True
    alert = await rig.raised()
    await rig.close(alert)
    await rig.settle()
    assert rig.carrier.withdrawn and rig.pages == []
    teo = rig.deliveries(alert)["teo"]
    assert await rig.bell.submit(
        c.Report(org=ORG, delivery=teo.id, alert=alert, moved=c.Moved.UNDELIVERED, reason=Reason.NO_ANSWER, send=1)
    ) in (c.Done(), c.Done(known=True))


async def test_a_vendor_that_was_down_for_a_moment_is_asked_again_and_then_no_more(rig: Telephones) -> None:
    alert = await rig.raised()
    given = refs(rig, alert)
    rig.carrier.deaf_to_withdrawals = len(given)
    await rig.close(alert)
    await rig.settle(0.5)
    assert sorted(rig.carrier.withdrawn) == given
    await rig.settle(60)
    assert sorted(rig.carrier.withdrawn) == sorted(given * 2)


async def test_a_vendor_that_stays_down_is_asked_a_few_times_and_a_stop_asks_no_more(rig: Telephones) -> None:
    rig.carrier.deaf_to_withdrawals = 1_000
    asking = Withdrawals(Routes({Channel.VOICE: {"twilio": rig.carrier}}))
    asking.ask(Channel.VOICE, "twilio", "CA1")
    await rig.settle(300)
    assert rig.carrier.withdrawn == ["CA1"] * (1 + len(withdrawals.AGAIN_AFTER_S))
    asking.ask(Channel.VOICE, "twilio", "CA2")
    await rig.settle(0.5)
    await asking.stop()
    await rig.settle(300)
    assert rig.carrier.withdrawn.count("CA2") == 1


async def test_a_vendor_that_hangs_holds_up_no_press_and_no_stop_beyond_its_deadline(rig: Telephones) -> None:
    alert = await rig.raised()
    rig.carrier.hold = True
    await rig.close(alert)
    await rig.settle()
    began_s = rig.loop.time()
    await rig.press("2")
    assert rig.loop.time() - began_s < 0.01
    rig.loop.call_later(1, rig.carrier.release)
    await rig.bell.stop()
    assert rig.loop.time() - began_s >= 1


async def test_a_call_whose_validity_ended_at_the_vendor_leaves_its_queue(rig: Telephones) -> None:
    alert = await rig.raised()
    (first,) = [d.provider_ref for d in rig.deliveries(alert).values() if d.member == "teo"]
    rig.carrier.took()
    await rig.settle(239)
    assert "teo" not in rig.carrier.took() and rig.carrier.withdrawn == []
    await rig.settle(2)
    assert first in rig.carrier.withdrawn


async def test_a_thousand_requests_are_asked_a_few_at_once_and_the_oldest_beyond_reason_are_dropped(
    rig: Telephones,
) -> None:
    asking = Withdrawals(Routes({Channel.VOICE: {"twilio": rig.carrier}}))
    rig.carrier.hold = True
    for number in range(AT_ONCE_MAX + WAITING_MAX + 10):
        asking.ask(Channel.VOICE, "twilio", f"CA{number}")
    await rig.settle()
    assert len(rig.carrier.withdrawn) == AT_ONCE_MAX
    rig.carrier.release()
    await rig.settle()
    assert len(rig.carrier.withdrawn) == AT_ONCE_MAX + WAITING_MAX
    assert f"CA{AT_ONCE_MAX + 9}" not in rig.carrier.withdrawn


async def test_names_asked_for_are_remembered_for_a_while_and_not_for_ever(
    rig: Telephones, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withdrawals, "REMEMBERED_MAX", 2)
    asking = Withdrawals(Routes({Channel.VOICE: {"twilio": rig.carrier}}))
    for ref in ("CA1", "CA2", "CA2", "CA3", "CA1"):
        asking.ask(Channel.VOICE, None, ref)
    await rig.settle()
    assert sorted(rig.carrier.withdrawn) == ["CA1", "CA1", "CA2", "CA3"]
    await asking.stop()


class Deaf:
    """A channel that takes nothing back."""

    async def send(self, message: ports.Message) -> ports.Accepted:
        return ports.Accepted("CA1")

    async def close(self) -> None:
        """Nothing is open."""


async def test_a_vendor_that_takes_nothing_back_or_is_not_set_up_any_more_is_left_alone(rig: Telephones) -> None:
    routes = Routes({Channel.VOICE: {"deaf": Deaf()}})
    for vendor in ("deaf", "gone", None):
        await routes.withdraw(Channel.VOICE, vendor, "CA1")
    await routes.withdraw(Channel.PUSH, None, "CA1")
    alert = await rig.raised()
    assert rig.deliveries(alert)["teo"].state is DeliveryState.HANDED_OVER
