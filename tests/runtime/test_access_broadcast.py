"""Whoever looks on is looked at again as soon as people or access have changed, though no alert has."""

from __future__ import annotations

from rig import ORG, Rig

from tocsin.core import commands as c
from tocsin.core.access.commands import EndAccess, Suspend
from tocsin.core.access.record import OPERATOR
from tocsin.core.access.words import What
from tocsin.core.limits import SUSPENSIONS_MANY, SUSPENSIONS_SHOWN_MS
from tocsin.core.words import DeliveryState
from tocsin.runtime.lookouts import suspensions_watch
from tocsin.runtime.readiness import Readiness


async def test_watchers_hear_of_a_commit_that_moves_people_or_access(rig: Rig) -> None:
    await rig.bell.submit(c.Enrol(org=ORG, by=OPERATOR, member="teo", device="teo-phone", token_hash="h"))
    await rig.settle(1)
    heard: list[tuple[str, frozenset[str]]] = []
    rig.bell.subscribe(lambda org, alerts, position: heard.append((org, alerts)))
    for command in (
        EndAccess(org=ORG, by=OPERATOR, what=What.DEVICE, id="teo-phone"),
        Suspend(org=ORG, by=OPERATOR, member="teo"),
    ):
        assert await rig.bell.submit(command) == c.Done()
        await rig.settle(1)
        assert heard == [(ORG, frozenset())]
        heard.clear()


async def test_a_message_with_the_outbox_that_has_not_begun_is_not_sent_to_somebody_suspended_meanwhile(
    rig: Rig,
) -> None:
    """The press and the suspension are one commit apart: the messages wait, made and not begun."""
    taken, suspended = rig.press(), rig.bell.submit(Suspend(org=ORG, by=OPERATOR, member="teo"))
    alert = await taken
    assert isinstance(alert, c.PressTaken) and await suspended == c.Done()
    await rig.settle(1)
    assert "teo" not in rig.carrier.took()
    assert rig.deliveries(alert.alert)["teo"].state is DeliveryState.SUPERSEDED


async def test_what_a_vendor_had_already_is_all_that_a_suspended_person_gets(rig: Rig) -> None:
    rig.carrier.hold = True
    alert = await rig.raised()
    assert "teo" in rig.carrier.took()
    await rig.bell.submit(Suspend(org=ORG, by=OPERATOR, member="teo"))
    rig.carrier.release()
    await rig.settle(300)
    assert "teo" not in rig.carrier.took() and rig.world.alert(ORG, alert) is not None


async def test_many_suspensions_at_once_page_the_operator_and_keep_readyz_red_for_an_hour(rig: Rig) -> None:
    readiness = Readiness(rig.clock)
    readiness.watch(suspensions_watch(rig.world, rig.clock))
    for count, name in enumerate(("bo", "teo", "ines", "wale"), 1):
        await rig.bell.submit(Suspend(org=ORG, by=OPERATOR, member=name))
        await rig.settle(60)
        assert [reason.part for reason in readiness.reasons()] == ["access"] * (count > SUSPENSIONS_MANY)
    assert rig.pages == ["many_suspensions"]
    await rig.settle(SUSPENSIONS_SHOWN_MS / 1_000 - 240)
    assert [reason.part for reason in readiness.reasons()] == ["access"]
    await rig.settle(300)
    assert readiness.reasons() == []
