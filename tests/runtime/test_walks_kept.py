"""Walks in a node: the timer rings whatever happens to the process, the disk and the heap, and it rings once."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from msgspec.structs import replace
from rig import NUMBERS, ORG, Rig

from tocsin.core import commands as c
from tocsin.core.access.record import By
from tocsin.core.access.words import Via
from tocsin.core.particulars import PlaceReport
from tocsin.core.walk import Walk
from tocsin.core.walk_commands import CheckIn, HomeWalk, LookWalk, StartWalk, WalkTaken
from tocsin.core.words import DeliveryState, Destination, PlaceKind, Purpose, Reason, WalkState
from tocsin.ports import StoreFull
from tocsin.runtime import walks
from tocsin.runtime.auditor import audit
from tocsin.runtime.doctor import record_findings
from tocsin.runtime.recall import latest_ms

MINUTE_S, GRACE_S = 60.0, 60.0
HELPERS = ["bo", "ines", "teo"]


async def started(rig: Rig, member: str = "noor", minutes: int = 2, buddy: str | None = None) -> str:
    """The id of a walk that has just begun; its messages are with the carrier."""
    taken = await rig.bell.submit(
        StartWalk(
            org=ORG,
            by=By(member, Via.SYSTEM),
            credential=f"{member}-phone",
            key=f"{member}-{rig.clock.now_ms()}",
            member=member,
            destination=Destination.CAR,
            minutes=minutes,
            buddy=buddy,
        )
    )
    assert isinstance(taken, WalkTaken)
    await rig.settle()
    return taken.walk


async def home(rig: Rig, walk: str, member: str = "noor") -> None:
    await rig.bell.submit(HomeWalk(org=ORG, walk=walk, member=member))
    await rig.settle()


def known(rig: Rig, id: str) -> Walk:
    found = rig.world.walk(ORG, id)
    assert found is not None
    return found


async def test_a_walk_overdue_raises_an_alert_by_itself(rig: Rig) -> None:
    walk = await started(rig)
    await rig.settle(MINUTE_S)
    assert rig.carrier.took() == ["noor"] and known(rig, walk).state is WalkState.REMINDED
    await rig.settle(MINUTE_S)
    assert rig.carrier.took() == ["noor"] and known(rig, walk).state is WalkState.DUE
    await rig.settle(GRACE_S - 0.1)
    assert not rig.carrier.took() and not rig.world.open
    await rig.settle(0.2)
    assert sorted(rig.carrier.took()) == HELPERS and known(rig, walk).state is WalkState.RAISED
    (alert,) = rig.world.open.values()
    assert known(rig, walk).alert == alert.id and not alert.was_down


@pytest.mark.parametrize("crashes_at_s", [0.0, 30.0, 61.0, 121.0, 179.0, 181.0])
async def test_whenever_the_process_dies_it_rings_once(rig: Rig, crashes_at_s: float) -> None:
    walk = await started(rig)
    await rig.settle(crashes_at_s)
    rig.crash()
    await rig.settle(200.0 - crashes_at_s)
    assert known(rig, walk).state is WalkState.RAISED and len(rig.world.open) == 1
    (alert,) = rig.world.open.values()
    assert alert.presses == 1 and set(rig.carrier.took()) == {*HELPERS, "noor"}


async def test_after_downtime_it_fires_at_once(rig: Rig) -> None:
    walk = await started(rig)
    rig.bell.wakes.stop()
    await rig.settle(3_600)
    assert not rig.world.open
    assert latest_ms(rig.store) == known(rig, walk).begun_ms
    rig.crash()
    await rig.settle()
    (alert,) = rig.world.open.values()
    assert alert.was_down and known(rig, walk).service_was_down
    assert all("service was down" in message.text for message in rig.carrier.sent)


async def test_a_disk_that_is_full_when_it_is_time_puts_it_off_and_loses_nothing(rig: Rig) -> None:
    walk = await started(rig)
    await rig.settle(179)
    rig.store.mood = StoreFull()
    await rig.settle(3)
    assert not rig.world.open and "store_refuses" in rig.pages
    rig.store.mood = None
    await rig.settle(2)
    assert known(rig, walk).state is WalkState.RAISED and len(rig.world.open) == 1


async def test_a_decision_that_fails_when_it_is_time_is_made_without_the_walk(rig: Rig) -> None:
    walk = await started(rig)
    await rig.settle(179)
    rig.chance.fails = 1
    await rig.settle(2)
    assert "decision_failed" in rig.pages and len(rig.world.open) == 1
    assert audit(rig.bell) == 1, "its wake-up is gone"
    await rig.settle()
    (alert,) = rig.world.open.values()
    assert known(rig, walk).alert == alert.id and alert.presses == 1


async def test_a_decision_that_fails_before_it_is_time_raises_nothing_early(rig: Rig) -> None:
    walk = await started(rig)
    await rig.settle(59)
    rig.chance.fails = 1
    await rig.settle(2)
    assert not rig.world.open and known(rig, walk).state is WalkState.OUT
    assert audit(rig.bell) == 1, "its wake-up is gone, and the auditor sees it"
    await rig.settle()
    assert known(rig, walk).state is WalkState.REMINDED
    await rig.settle(120)
    assert len(rig.world.open) == 1


async def test_the_auditor_finds_a_walk_whose_wake_is_lost_or_far_or_late(rig: Rig) -> None:
    walk = await started(rig)
    key = f"walk/{ORG}/{walk}"
    right = rig.bell.wakes.at_ms(key)
    assert right == known(rig, walk).remind_ms and audit(rig.bell) == 0
    for wrong in (None, right + 60_000, rig.clock.now_ms() - 6_000):
        rig.bell.wakes._times.pop(key, None)
        if wrong is not None:
            rig.bell.wakes._times[key] = wrong
        assert audit(rig.bell) == 1
        assert audit(rig.bell) == (0 if wrong is None else 1), "one that waits in the queue is not told twice"
        await rig.settle()
        assert rig.bell.wakes.at_ms(key) == right
    await home(rig, walk)
    assert rig.bell.wakes.at_ms(key) is None


async def test_of_very_many_walks_each_has_its_turn_with_the_auditor(rig: Rig) -> None:
    names = [await started(rig, member) for member in ("noor", "teo", "bo")]
    turns = [{walk.id for walk in rig.world.walks.some(turn, 1)} for turn in range(3)]
    assert set.union(*turns) == set(names) and all(len(turn) == 1 for turn in turns)
    assert {walk.id for walk in rig.world.walks.some(7, 10)} == set(names)


async def test_a_reminder_that_was_not_sent_when_the_process_died_is_sent(rig: Rig) -> None:
    rig.carrier.hold = True
    walk = await started(rig, buddy="teo")
    await rig.settle(1)
    rig.carrier.took()
    rig.crash()
    rig.carrier.hold = False
    await rig.settle(5)
    assert rig.carrier.took() == ["teo"]
    assert rig.deliveries(walk)["teo"].state is DeliveryState.HANDED_OVER


async def test_what_a_carrier_says_of_a_message_of_a_walk_holds(rig: Rig) -> None:
    rig.carrier.hold = True
    walk = await started(rig, buddy="teo")
    rig.crash()
    message = rig.deliveries(walk)["teo"]
    news = c.Report(org=ORG, delivery=message.id, alert=walk, moved=c.Moved.REFUSED, reason=Reason.NUMBER_DEAD)
    assert await rig.bell.submit(news) == c.Done()
    assert rig.world.directory(ORG).members["teo"].contacts[0].dead == Reason.NUMBER_DEAD
    other = c.Report(org=ORG, delivery="none", alert=walk, moved=c.Moved.DELIVERED)
    assert await rig.bell.submit(other) == c.Declined(problem=c.Problem.NO_SUCH_DELIVERY)
    rig.carrier.release()
    await rig.settle(1)


async def test_walks_that_ended_long_ago_are_forgotten_and_found_again(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walks, "ENDED_KEPT", 1)
    ended = []
    for _ in range(3):
        ended.append(await started(rig, buddy="teo"))
        await rig.bell.submit(CheckIn(org=ORG, walk=ended[-1], member="noor", place=position(rig)))
        await home(rig, ended[-1])
        await rig.settle(300)
    assert not rig.world.has_walk(ORG, ended[0]) and rig.world.has_walk(ORG, ended[-1])
    assert ended[0] not in rig.world.sent and (ORG, f"walk/{ended[0]}") not in rig.world.versions
    message = rig.deliveries(ended[0])["teo"]
    late = c.Report(org=ORG, delivery=message.id, alert=ended[0], moved=c.Moved.DELIVERED, provider_ref="?")
    assert await rig.bell.submit(late) == c.Declined(problem=c.Problem.NO_SUCH_DELIVERY)
    assert known(rig, ended[0]).state is WalkState.HOME and rig.world.fixes_of(ended[0])
    assert rig.world.walk("elsewhere", ended[0]) is None and not rig.world.has_walk("elsewhere", ended[0])
    again = await rig.bell.submit(HomeWalk(org=ORG, walk=ended[0], member="noor"))
    assert again == WalkTaken(walk=ended[0], state=WalkState.HOME, known=True)


async def test_a_walk_of_which_a_message_is_under_way_is_not_forgotten(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walks, "ENDED_KEPT", 0)
    rig.carrier.hold = True
    walk = await started(rig, buddy="teo")
    await home(rig, walk)
    other = await started(rig, "bo")
    await home(rig, other, "bo")
    assert rig.world.has_walk(ORG, walk) and not rig.world.has_walk(ORG, other)
    rig.carrier.release()
    await rig.settle(1)


def position(rig: Rig) -> PlaceReport:
    return PlaceReport(PlaceKind.FIX, rig.clock.now_ms(), None, 41.5, -87.25, 10.0)


async def test_positions_go_by_themselves_a_day_after_the_walk(rig: Rig) -> None:
    walk = await started(rig)
    await rig.bell.submit(CheckIn(org=ORG, walk=walk, member="noor", place=position(rig)))
    await home(rig, walk)
    rig.crash()
    await rig.settle(86_399)
    assert rig.store.fixes(ORG, walk)
    await rig.settle(2)
    assert not rig.store.fixes(ORG, walk) and not rig.world.fixes_of(walk)


async def test_of_a_walk_that_was_open_at_the_start_the_rest_is_read_when_it_is_wanted(rig: Rig) -> None:
    walk = await started(rig, buddy="teo")
    await rig.bell.submit(CheckIn(org=ORG, walk=walk, member="noor", place=position(rig)))
    await rig.settle(5)
    rig.crash()
    assert walk in rig.world.walks.unread and walk not in rig.world.fixes
    assert [fix.lat for fix in rig.world.fixes_of(walk).values()] == [41.5]
    assert rig.world.deliveries(ORG, walk) and walk not in rig.world.walks.unread
    await rig.press()
    await rig.settle()
    (alert,) = rig.world.open.values()
    assert [fix.lat for fix in rig.world.fixes_of(alert.id).values()] == [41.5]


def cannot_draw(org: str, ids: frozenset[str], position: int) -> None:
    raise ZeroDivisionError


async def test_whoever_watches_walks_hears_of_each_and_of_nothing_else(rig: Rig) -> None:
    heard: list[tuple[str, frozenset[str]]] = []
    end = rig.bell.subscribe_walks(lambda org, ids, position: heard.append((org, ids)))
    rig.bell.subscribe_walks(cannot_draw)
    walk = await started(rig)
    await rig.bell.submit(LookWalk(org=ORG, walk=walk))
    await rig.raised(member="teo")
    assert heard == [(ORG, frozenset({walk}))] and "watcher_failed" in rig.pages
    end()
    await home(rig, walk)
    assert len(heard) == 1


async def test_one_batch_may_end_a_walk_and_begin_another(rig: Rig) -> None:
    first = await started(rig)
    ended = rig.bell.submit(HomeWalk(org=ORG, walk=first, member="noor"))
    begun = started(rig)
    assert isinstance(await ended, WalkTaken)
    second = await begun
    assert rig.world.walk_of(ORG, "noor") == known(rig, second) and [*rig.world.open_walks(ORG)] == [known(rig, second)]


async def test_a_message_of_a_walk_whose_time_is_over_is_not_sent(rig: Rig) -> None:
    walk = await started(rig)
    rig.outbox._stopped = True
    await rig.settle(MINUTE_S)
    await home(rig, walk)
    rig.outbox._stopped = False
    await started(rig, "bo")
    await rig.settle(1)
    assert rig.carrier.took() == []
    messages = [d for d in rig.world.deliveries(ORG, walk).values() if d.purpose is Purpose.WALK]
    assert [d.state for d in messages] == [DeliveryState.SUPERSEDED] and NUMBERS["noor"] == messages[0].to


async def test_doctor_sees_a_walk_whose_snapshot_is_not_what_its_facts_tell(rig: Rig) -> None:
    walk = await started(rig)
    await rig.settle(MINUTE_S + 1)
    assert not list(record_findings(rig.store, ORG))
    kept = rig.store.snapshot(ORG, f"walk/{walk}")
    assert kept is not None
    later = replace(known(rig, walk), due_ms=known(rig, walk).due_ms + 1)
    rig.store.content.snapshots[ORG, kept.stream] = replace(kept, body=msgspec.msgpack.encode(later))
    assert [found.code for found in record_findings(rig.store, ORG)] == ["snapshot_differs"]
    rig.store.content.snapshots[ORG, kept.stream] = kept
    await home(rig, walk)


async def test_news_of_a_walk_that_is_over_hides_no_other_that_is_open(rig: Rig) -> None:
    """Both in one transaction: a late *home* of the first, and whatever else comes while the second is open."""
    first = await started(rig, minutes=1)
    await rig.settle(MINUTE_S + GRACE_S + 1)
    assert known(rig, first).state is WalkState.RAISED
    second = await started(rig, minutes=30)
    start = StartWalk(
        org=ORG,
        by=By("noor", Via.SYSTEM),
        credential="noor-phone",
        key="third",
        member="noor",
        destination=Destination.CAR,
        minutes=5,
    )
    late = HomeWalk(org=ORG, walk=first, member="noor")
    _, third = await asyncio.gather(rig.bell.submit(late), rig.bell.submit(start))
    assert third == c.Declined(problem=c.Problem.WALK_OPEN_ALREADY)
    held = rig.world.walk_of(ORG, "noor")
    assert held is not None and held.id == second
