"""Calls that block: each has a deadline, a stuck one holds its place and no other, and nobody waits for it at exit."""

from __future__ import annotations

import asyncio
from threading import Event

import pytest

from tocsin.channels.workers import NotBegun, Workers


def test_a_call_returns_what_it_returns_and_raises_what_it_raises() -> None:
    async def story() -> None:
        workers = Workers(1, "test")
        assert await workers.run(lambda: 7, 5) == 7
        with pytest.raises(ZeroDivisionError):
            await workers.run(lambda: 1 // 0, 5)
        with pytest.raises(TimeoutError, match="its own"):
            await workers.run(_times_out, 5)
        assert workers.stuck == 0

    asyncio.run(story())


def _times_out() -> None:
    raise TimeoutError("its own")


def test_a_stuck_call_keeps_its_place_until_it_comes_back_and_no_longer() -> None:
    gate = Event()

    async def story() -> None:
        workers = Workers(2, "test")
        with pytest.raises(TimeoutError) as given_up:
            await workers.run(gate.wait, 0.05)
        assert not isinstance(given_up.value, NotBegun) and workers.stuck == 1
        assert await workers.run(lambda: "the other place is free", 5)
        with pytest.raises(TimeoutError):
            await workers.run(gate.wait, 0.05)
        assert workers.stuck == 2
        with pytest.raises(NotBegun):
            await workers.run(lambda: "never begun", 0.05)
        gate.set()
        assert await workers.run(lambda: "free again", 5)
        while workers.stuck:
            await workers.run(lambda: None, 5)

    asyncio.run(story())


def test_a_call_that_comes_back_after_the_loop_has_ended_hurts_nobody() -> None:
    gate, over = Event(), Event()

    def work() -> None:
        gate.wait(5)
        over.set()

    async def story() -> None:
        with pytest.raises(TimeoutError):
            await Workers(1, "test").run(work, 0.01)

    asyncio.run(story())
    gate.set()
    assert over.wait(5)


def test_a_system_without_threads_is_told_as_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(self: object) -> None:
        raise RuntimeError("can't start new thread")

    async def story() -> None:
        workers = Workers(1, "test")
        for _ in range(2):
            with pytest.raises(NotBegun):
                await workers.run(lambda: None, 5)

    monkeypatch.setattr("threading.Thread.start", none_left)
    asyncio.run(story())
