"""Whoever only looks goes on one by one, and after everybody who calls for help."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from tocsin.runtime.thinking import pause
from tocsin.runtime.turnstile import HELD_MAX_S, Turnstile, turnstile
from tocsin.sim.clock import VirtualTimeLoop


def test_of_many_who_come_at_once_one_goes_on_in_each_turn_and_others_between_them() -> None:
    done: list[str] = []

    async def page(name: str) -> None:
        await turnstile().passed()
        done.append(name)

    def press() -> None:
        done.append("press")
        if done.count("press") < 50:
            asyncio.get_running_loop().call_soon(press)

    async def story() -> None:
        pages = [asyncio.ensure_future(page(name)) for name in ("one", "two", "gone", "three")]
        press()
        await pause()
        pages[2].cancel()
        await asyncio.wait(pages)

    for _ in range(2):  # In another loop, as after a start, the same way goes on.
        done.clear()
        asyncio.run(story())
        assert [name for name in done if name != "press"] == ["one", "two", "three"]
        places = [place for place, name in enumerate(done) if name != "press"]
        assert all(later - sooner > 1 for sooner, later in pairwise(places))


class Looked:
    """Pages that were asked for, and when each was let on, in seconds."""

    def __init__(self, loop: VirtualTimeLoop) -> None:
        self.stile, self.at_s = Turnstile(), dict[str, float]()
        self._loop, self._pages = loop, list[asyncio.Task[None]]()

    def ask(self, *names: str) -> None:
        self._pages += [asyncio.ensure_future(self._page(name)) for name in names]

    async def _page(self, name: str) -> None:
        await self.stile.passed()
        self.at_s[name] = self._loop.time()


async def test_while_somebody_calls_for_help_nobody_is_let_on_and_then_all_in_their_order(
    loop: VirtualTimeLoop,
) -> None:
    looked = Looked(loop)
    with looked.stile.ahead():
        looked.ask("one")
        with looked.stile.ahead():
            await loop.pause(HELD_MAX_S / 4)
            looked.ask("two")
        await loop.pause(HELD_MAX_S / 4)
        assert looked.at_s == {}, "one of the two calls is still on its way"
    over_s = loop.time()
    await loop.pause(1)
    assert looked.at_s == {"one": over_s, "two": over_s} and list(looked.at_s) == ["one", "two"]


async def test_however_long_they_call_nobody_who_looks_is_held_for_longer_than_a_moment(loop: VirtualTimeLoop) -> None:
    looked = Looked(loop)
    with looked.stile.ahead():
        looked.ask("one")
        await loop.pause(HELD_MAX_S / 2)
        looked.ask("two")
        await loop.pause(1)
    assert looked.at_s == pytest.approx({"one": HELD_MAX_S, "two": HELD_MAX_S * 1.5})


def test_who_was_let_on_when_a_call_came_waits_once_more_and_keeps_their_place() -> None:
    done: list[str] = []
    stile = Turnstile()

    async def page(name: str) -> None:
        await stile.passed()
        done.append(name)

    async def press() -> None:
        with stile.ahead():
            done.append("called")
            for _ in range(5):
                await pause()
            done.append("taken")

    async def story() -> None:
        loop = asyncio.get_running_loop()
        pages = [asyncio.ensure_future(page(name)) for name in ("one", "two")]
        # In one turn they come to the stile, in the next the first is told to go on and the press comes, then they go.
        loop.call_soon(loop.create_task, press())
        await asyncio.wait(pages)

    asyncio.run(story())
    assert done == ["called", "taken", "one", "two"]


async def test_whoever_hangs_up_while_they_are_held_keeps_nobody_waiting(loop: VirtualTimeLoop) -> None:
    looked = Looked(loop)
    gone = asyncio.ensure_future(looked.stile.passed())
    with looked.stile.ahead():
        await loop.pause(HELD_MAX_S / 4)
        gone.cancel()
        looked.ask("two")
    await loop.pause(1)
    assert gone.cancelled() and looked.at_s == pytest.approx({"two": HELD_MAX_S / 4})
    with looked.stile.ahead():
        pass
    looked.ask("three")
    await loop.pause(1)
    assert list(looked.at_s) == ["two", "three"]
