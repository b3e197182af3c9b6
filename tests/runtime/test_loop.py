"""Append, then acknowledge, then act: and what is said and done when the store will not."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace

import pytest
from msgspec.structs import replace
from rig import NUMBERS, ORG, MoodyStore, Rig, held_by, pressing, refused

from tocsin.core import commands as c
from tocsin.core.words import Answer, DeliveryState, Phase, PlaceKind
from tocsin.ports import Change, Conflict, StoreBroken, Stored, StoreFull
from tocsin.runtime.loop import BATCH_MAX
from tocsin.runtime.writer import ThreadWriter, Verdicts

# Append, acknowledge, act ----------------------------------------------------------------------------------------


async def test_no_reply_and_no_message_before_the_commit(held: Rig) -> None:
    pressed = asyncio.ensure_future(held.press())
    await held.settle(30)
    assert held_by(held).holds == 1
    assert not pressed.done() and not held.carrier.sent and not held.world.open
    held_by(held).release()
    await held.settle()
    taken = await pressed
    assert isinstance(taken, c.PressTaken) and not taken.known
    assert sorted(held.carrier.took()) == ["bo", "ines", "teo"]


async def test_what_comes_while_a_batch_is_written_goes_together_in_the_next(held: Rig) -> None:
    pressed = [asyncio.ensure_future(held.press("0"))]
    await held.settle()
    for key in range(1, 6):
        pressed.append(asyncio.ensure_future(held.press(str(key), member="teo")))
        await held.settle()
    held_by(held).release()
    await held.settle()
    held_by(held).release()
    await held.settle()
    assert held.store.batches == [1, 5]
    assert all(task.done() for task in pressed)


async def test_a_batch_has_an_end(held: Rig) -> None:
    first = held.press("0")
    others = [held.press(str(key)) for key in range(1, BATCH_MAX + 2)]
    waiting = [asyncio.ensure_future(one) for one in (first, *others)]
    await held.settle()
    held_by(held).release()
    await held.settle()
    assert held.store.batches[0] == BATCH_MAX
    assert sum(task.done() for task in waiting) == BATCH_MAX
    held_by(held).release()
    await asyncio.wait(waiting)


async def test_the_same_press_twice_in_one_batch_is_one_press(held: Rig) -> None:
    twice = [asyncio.ensure_future(held.press("same")) for _ in range(2)]
    await held.settle()
    held_by(held).release()
    await held.settle()
    one, two = [task.result() for task in twice]
    assert isinstance(one, c.PressTaken) and isinstance(two, c.PressTaken)
    assert (one.alert, one.receipt, {one.known, two.known}) == (two.alert, two.receipt, {False, True})
    assert len(held.world.open) == 1


async def test_a_command_that_changes_nothing_is_answered_without_the_disk(rig: Rig) -> None:
    reply = await rig.say("no-such-alert", "teo", Answer.COMING)
    assert reply == c.Declined(problem=c.Problem.NO_SUCH_ALERT)
    assert rig.store.batches == []


async def test_whoever_hangs_up_before_the_commit_has_still_pressed(held: Rig) -> None:
    pressed = asyncio.ensure_future(held.press())
    await held.settle()
    pressed.cancel()
    await held.settle()
    held_by(held).release()
    await held.settle()
    assert len(held.world.open) == 1 and len(held.carrier.sent) == 3


async def test_watchers_are_told_after_each_commit_until_they_leave(rig: Rig) -> None:
    heard: list[tuple[str, frozenset[str], int]] = []
    leave = rig.bell.subscribe(lambda *news: heard.append(news))
    alert = await rig.raised()
    assert heard[0] == (ORG, frozenset({alert}), heard[0][2])
    assert [position for _, _, position in heard] == sorted(position for _, _, position in heard)
    assert rig.bell.position == heard[-1][2]
    leave()
    count = len(heard)
    await rig.say(alert, "teo", Answer.COMING)
    assert len(heard) == count


# The store will not ----------------------------------------------------------------------------------------------


async def test_a_full_disk_refuses_at_once_and_nothing_has_changed(rig: Rig) -> None:
    rig.store.mood = StoreFull()
    before = rig.loop.now_ns
    assert await refused(rig, pressing())
    assert rig.loop.now_ns == before
    assert not rig.world.open and not rig.carrier.sent and not rig.world.alerts
    assert rig.pages == ["store_refuses"] and not rig.broken


async def test_everyone_in_the_batch_is_told_that_it_was_not_stored(held: Rig) -> None:
    asked = [asyncio.ensure_future(refused(held, pressing(str(key)))) for key in range(3)]
    await held.settle()
    held_by(held).release(StoreFull())
    await held.settle()
    assert [await one for one in asked] == [True, True, True]


async def test_a_full_disk_heals_when_there_is_room(rig: Rig) -> None:
    rig.store.mood = StoreFull()
    assert await refused(rig, pressing())
    rig.store.mood = None
    taken = await rig.press()
    assert isinstance(taken, c.PressTaken) and not taken.known


async def test_time_is_looked_at_again_a_second_after_a_refusal(rig: Rig) -> None:
    alert = await rig.raised()
    rig.carrier.took()
    await rig.settle(119)
    rig.store.mood = StoreFull()
    await rig.settle(3)  # The repeat at 120 s could not be stored.
    assert rig.carrier.took() == [] and rig.pages[0] == "store_refuses"
    assert 3 <= rig.pages.count("store_refuses") <= 4
    rig.store.mood = None
    await rig.settle(1.1)
    assert sorted(rig.carrier.took()) == ["bo", "ines", "teo"]
    assert rig.alert(alert).open


async def test_what_the_carrier_said_is_said_again_after_a_refusal(rig: Rig) -> None:
    rig.carrier.hold = True
    alert = await rig.raised()
    rig.store.mood = StoreFull()
    rig.carrier.release()
    await rig.settle(0.5)
    assert rig.deliveries(alert)["teo"].state is DeliveryState.QUEUED
    rig.store.mood = None
    await rig.settle(1)
    assert rig.deliveries(alert)["teo"].state is DeliveryState.HANDED_OVER
    assert rig.deliveries(alert)["teo"].attempts == 1


async def test_coordinates_are_erased_later_when_the_disk_was_full(rig: Rig) -> None:
    alert = await rig.raised()
    here = c.PlaceReport(kind=PlaceKind.FIX, at_ms=rig.clock.now_ms(), lat=47.0, lon=-122.0)
    await rig.bell.submit(c.AddPlace(org=ORG, alert=alert, member="noor", place=here))
    await rig.close(alert)
    assert rig.store.fixes(ORG, alert) and rig.world.fixes_of(alert)
    await rig.settle(24 * 3_600 - 1)
    assert rig.store.fixes(ORG, alert)
    rig.store.mood = StoreFull()
    await rig.settle(2)
    rig.store.mood = None
    await rig.settle(2)
    assert not rig.store.fixes(ORG, alert) and not rig.world.fixes_of(alert)


async def test_a_broken_disk_is_reported_and_everything_is_refused(rig: Rig) -> None:
    rig.store.mood = StoreBroken()
    assert await refused(rig, pressing())
    assert await refused(rig, pressing("2"))
    assert rig.broken == 2 and not rig.world.open and not rig.carrier.sent


async def test_a_store_that_raises_what_it_never_should_counts_as_broken(rig: Rig) -> None:
    rig.store.fault = MemoryError()
    assert await refused(rig, pressing())
    assert rig.broken == 1


async def test_after_a_conflict_the_world_is_read_anew(rig: Rig) -> None:
    alert = await rig.raised()
    other = Rig(rig.loop)
    other.store = rig.store
    other.crash()  # A second node, on the same store.
    await other.say(alert, "teo", Answer.COMING)
    assert await refused(rig, c.Say(org=ORG, alert=alert, member="ines", answer=Answer.COMING))
    assert rig.pages == ["store_conflict"]
    assert rig.alert(alert).people["teo"].answer is Answer.COMING
    assert await rig.say(alert, "ines", Answer.COMING) == c.Done()
    assert rig.alert(alert).phase is Phase.PAUSED


async def test_an_alert_that_another_node_closed_is_open_nowhere_after_a_conflict(rig: Rig) -> None:
    alert = await rig.raised()
    other = Rig(rig.loop)
    other.store = rig.store
    other.crash()
    await other.close(alert)
    assert await refused(rig, c.Say(org=ORG, alert=alert, member="ines", answer=Answer.COMING))
    taken = await rig.press("2")
    assert isinstance(taken, c.PressTaken) and taken.alert != alert and list(rig.world.open) == [taken.alert]


async def test_a_press_that_was_stored_beside_a_conflict_is_known_when_it_is_pressed_again(held: Rig) -> None:
    pressed = asyncio.ensure_future(refused(held, pressing("a")))
    await held.settle()
    held_by(held).release([Conflict("fact")])
    await held.settle()
    assert await pressed
    again = asyncio.ensure_future(held.press("a"))
    await held.settle()
    held_by(held).release()
    assert isinstance(await again, c.PressTaken)


async def test_a_conflict_on_a_store_that_cannot_be_read_is_a_broken_disk(rig: Rig) -> None:
    rig.store.conflicts, rig.store.unreadable = 1, StoreBroken()
    assert await refused(rig, pressing())
    assert rig.broken == 1
    rig.store.unreadable = None
    assert not await refused(rig, pressing())


# What cannot be decided, or not be done --------------------------------------------------------------------------


async def test_what_cannot_be_decided_is_refused_paged_and_its_alert_made_louder(rig: Rig) -> None:
    alert = await rig.raised()
    rig.carrier.took()
    rig.chance.fails = 1
    assert await refused(rig, c.Say(org=ORG, alert=alert, member="teo", answer=Answer.COMING))
    await rig.settle()
    assert rig.pages == ["decision_failed", "alert_audited"]
    assert rig.alert(alert).findings == ("decision_failed",)
    assert {"bo", "ines", "teo"} <= set(rig.carrier.took())


async def test_what_cannot_be_made_louder_either_is_not_tried_for_ever(rig: Rig) -> None:
    alert = await rig.raised()
    rig.chance.fails = 10
    assert await refused(rig, c.Say(org=ORG, alert=alert, member="teo", answer=Answer.COMING))
    await rig.settle(10)
    assert rig.pages == ["decision_failed"] * 2


async def test_a_press_that_cannot_be_decided_is_refused_aloud(rig: Rig) -> None:
    rig.chance.fails = 1
    assert await refused(rig, pressing())
    assert rig.pages == ["decision_failed"] and isinstance(await rig.press(), c.PressTaken)


async def test_a_failed_decision_leaves_no_trace_for_the_next_in_its_batch(held: Rig) -> None:
    bad = c.ReplaceDirectory(org=ORG, directory=replace(held.world.directory(ORG), members={"x": 1}), by="x")
    one = asyncio.ensure_future(refused(held, bad))
    two = asyncio.ensure_future(held.press())
    await held.settle()
    held_by(held).release()
    assert await one and isinstance(await two, c.PressTaken)
    assert set(held.world.directory(ORG).members) > {"noor"}


async def test_a_watcher_that_fails_silences_nobody(rig: Rig) -> None:
    def faulty(org: str, alerts: frozenset[str], position: int) -> None:
        raise ValueError("a page that cannot be drawn")

    heard: list[frozenset[str]] = []
    rig.bell.subscribe(faulty)
    rig.bell.subscribe(lambda org, alerts, position: heard.append(alerts))
    alert = await rig.raised()
    assert set(rig.pages) == {"watcher_failed"} and frozenset({alert}) in heard
    assert len(rig.carrier.sent) == 3
    assert await rig.say(alert, "teo", Answer.COMING) == c.Done()


async def test_whoever_pressed_has_the_answer_before_anything_follows_from_it(rig: Rig) -> None:
    went: list[str] = []
    rig.bell.subscribe(lambda org, alerts, position: went.append("acted"))

    async def phone() -> None:
        await rig.press()
        went.append("answered")

    await asyncio.gather(phone(), rig.settle())
    assert went[:2] == ["answered", "acted"] and len(rig.carrier.sent) == 3


async def test_what_cannot_be_done_after_a_commit_keeps_nobody_else_waiting(rig: Rig) -> None:
    good, rig.bell.outbox = rig.bell.outbox, None  # type: ignore[assignment]  # broken on purpose
    taken = await rig.press()
    await rig.settle()
    assert isinstance(taken, c.PressTaken) and rig.pages == ["decision_failed"]
    rig.bell.outbox = good
    assert await rig.say(taken.alert, "teo", Answer.COMING) == c.Done()


# The thread ------------------------------------------------------------------------------------------------------


def test_a_log_that_fails_does_not_take_the_writer_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody_reads(*_: object, **__: object) -> None:
        raise BrokenPipeError

    async def story() -> Verdicts:
        told: asyncio.Future[Verdicts] = asyncio.get_running_loop().create_future()
        store = SlowStore()
        store.fault = ValueError("no store should")
        writer = ThreadWriter(store)
        writer.write([Change(org=ORG)], told.set_result)
        verdicts = await told
        writer.stop()
        return verdicts

    monkeypatch.setattr("tocsin.runtime.writer.log", SimpleNamespace(exception=nobody_reads))
    assert isinstance(asyncio.run(story()), StoreBroken)


class SlowStore(MoodyStore):
    def __init__(self) -> None:
        super().__init__()
        self.threads: set[str] = set()

    def append(self, changes: object) -> list[Stored | Conflict]:
        self.threads.add(threading.current_thread().name)
        return super().append(changes)  # type: ignore[arg-type]  # what the writer gives


@pytest.mark.parametrize("fault", [None, StoreFull(), ValueError("no store should")])
def test_the_writer_s_thread_writes_tells_the_loop_and_ends(fault: Exception | None) -> None:
    async def story() -> Verdicts:
        told: asyncio.Future[Verdicts] = asyncio.get_running_loop().create_future()
        store = SlowStore()
        store.fault = fault
        writer = ThreadWriter(store)
        writer.write([Change(org=ORG)], told.set_result)
        verdicts = await told
        writer.stop()
        assert store.threads == {"tocsin-writer"}
        return verdicts

    verdicts = asyncio.run(story())
    if fault is None:
        assert verdicts == [Stored(0)]
    else:
        assert isinstance(verdicts, StoreFull if isinstance(fault, StoreFull) else StoreBroken)


async def test_a_stop_is_shown_at_once_to_whoever_looks_at_an_alert_that_rang_them(rig: Rig) -> None:
    alert, other = await rig.raised(), await rig.raised(member="teo")
    await rig.settle(1)
    shown: list[frozenset[str]] = []
    rig.bell.subscribe(lambda _, alerts, __: shown.append(alerts))
    number = NUMBERS["teo"]
    await rig.bell.submit(
        c.TextIn(org=ORG, vendor="v", message="1", sender=number, text="", opt_out="STOP", opt_out_only=True)
    )
    await rig.settle()
    assert shown == [frozenset({alert})] and "teo" not in rig.alert(other).people
