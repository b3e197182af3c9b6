"""What closed before there were lists comes into them bit by bit, and a press never waits for it."""

from __future__ import annotations

import pytest
from rig import ORG, Rig

from tocsin.core.alert import Alert
from tocsin.core.listing import lines_of
from tocsin.ports import Snapshot, StoreFull
from tocsin.runtime import catching_up
from tocsin.runtime.catching_up import PAUSE_S, REST_S, WHOLE, CatchingUp


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catching_up, "STEP_ALERTS", 2)


async def years(rig: Rig) -> list[str]:
    """Five that closed, and one that is open, in a store that has no lists."""
    ids = []
    for number in range(5):
        ids.append(await rig.raised(str(number)))
        await rig.close(ids[-1])
        await rig.settle(300)
    await rig.raised("open")
    rig.store.content.listed.clear()
    return ids


def listed(rig: Rig) -> list[str]:
    return sorted({line.alert for line in rig.store.content.listed.values()})


@pytest.mark.usefixtures("small_steps")
async def test_the_lists_grow_from_the_newest_back_until_they_are_whole(rig: Rig) -> None:
    ids = await years(rig)
    catching = CatchingUp(rig.bell)
    known = []
    while await catching.step():
        known.append(len(listed(rig)))
    assert known == [1, 3, 5, 5] and listed(rig) == ids and rig.store.listed_from(ORG) == WHOLE
    wanted = {(ORG, x.list, x.shelf, x.id): x for id in ids for x in lines_of(rig.alert(id))}
    assert rig.store.content.listed == wanted


@pytest.mark.usefixtures("small_steps")
async def test_it_goes_on_by_itself_and_ends(rig: Rig) -> None:
    ids = await years(rig)
    CatchingUp(rig.bell).start()
    await rig.settle(10 * PAUSE_S)
    assert listed(rig) == ids and rig.store.listed_from(ORG) == WHOLE


@pytest.mark.usefixtures("small_steps")
async def test_after_a_crash_it_goes_on_where_it_stood(rig: Rig) -> None:
    ids = await years(rig)
    await CatchingUp(rig.bell).step()
    since = rig.store.listed_from(ORG)
    rig.crash()
    assert rig.store.listed_from(ORG) == since != WHOLE
    while await CatchingUp(rig.bell).step():
        pass
    assert listed(rig) == ids


@pytest.mark.usefixtures("small_steps")
async def test_a_full_disk_has_better_things_to_take(rig: Rig) -> None:
    ids = await years(rig)
    rig.store.mood = StoreFull()
    CatchingUp(rig.bell).start()
    await rig.settle(10 * PAUSE_S)
    assert rig.pages == ["store_refuses"] and listed(rig) == []
    rig.store.mood = None
    await rig.settle(REST_S + 10 * PAUSE_S)
    assert listed(rig) == ids


async def test_a_stopped_node_writes_no_more(rig: Rig) -> None:
    await years(rig)
    catching = CatchingUp(rig.bell)
    catching.start()
    catching.stop()
    await rig.settle(10 * PAUSE_S)
    assert listed(rig) == []


async def test_what_has_no_past_has_whole_lists_at_once(rig: Rig) -> None:
    assert await CatchingUp(rig.bell).step() and not await CatchingUp(rig.bell).step()
    assert rig.store.listed_from(ORG) == WHOLE


async def test_what_can_not_be_read_is_written_down_and_tried_again(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = await years(rig)

    def unreadable(row: Snapshot) -> Alert:
        raise ValueError

    with monkeypatch.context() as damaged:
        damaged.setattr(catching_up, "read_alert", unreadable)
        CatchingUp(rig.bell).start()
        await rig.settle(10 * PAUSE_S)
    assert listed(rig) == []
    await rig.settle(REST_S + 10 * PAUSE_S)
    assert listed(rig) == ids
