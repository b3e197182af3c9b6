"""What was thought of late holds for the very same value, for a while, and for all who ask at once."""

from __future__ import annotations

import asyncio

import pytest

from tocsin.runtime.lately import Lately

LASTS_MS = 1_000


class Thinker:
    """Says how often it thought."""

    def __init__(self) -> None:
        self.thoughts = 0
        self.fails = False

    def think(self) -> int:
        self.thoughts += 1
        if self.fails:
            raise ArithmeticError
        return self.thoughts


def test_however_many_ask_at_once_it_is_thought_once() -> None:
    async def story() -> None:
        lately, thinker, value = Lately[int](LASTS_MS), Thinker(), object()
        answers = await asyncio.gather(*(lately.answer("a", 0, thinker.think, of=value) for _ in range(50)))
        assert set(answers) == {1} and thinker.thoughts == 1
        assert await lately.answer("a", LASTS_MS - 1, thinker.think, of=value) == 1

    asyncio.run(story())


def test_an_answer_holds_for_the_same_value_and_circumstances_and_for_a_while() -> None:
    async def story() -> None:
        lately, thinker, value = Lately[int](LASTS_MS), Thinker(), ["equal"]
        assert await lately.answer("a", 0, thinker.think, of=value, also=1) == 1
        assert await lately.answer("a", 0, thinker.think, of=value, also=2) == 2, "something else has changed"
        assert await lately.answer("a", 0, thinker.think, of=["equal"], also=2) == 3, (
            "another value, though it is equal"
        )
        assert await lately.answer("a", LASTS_MS, thinker.think, of=value, also=2) == 4
        assert await lately.answer("a", 0, thinker.think, of=value, also=2) == 5, "of a time that is yet to come"
        assert await lately.answer("b", 0, thinker.think, of=value, also=2) == 6
        assert await lately.answer("a", 0, thinker.think, of=value, also=2) == 5, "each thing asked about has its own"

    asyncio.run(story())


def test_whoever_goes_away_takes_the_answer_from_nobody() -> None:
    async def story() -> None:
        lately, thinker, value = Lately[int](LASTS_MS), Thinker(), object()
        gone = asyncio.ensure_future(lately.answer("a", 0, thinker.think, of=value))
        waits = asyncio.ensure_future(lately.answer("a", 0, thinker.think, of=value))
        asyncio.get_running_loop().call_soon(gone.cancel)
        assert await waits == 1 and thinker.thoughts == 1
        with pytest.raises(asyncio.CancelledError):
            await gone

    asyncio.run(story())


def test_what_went_wrong_is_raised_and_thought_anew() -> None:
    async def story() -> None:
        lately, thinker, value = Lately[int](LASTS_MS), Thinker(), object()
        thinker.fails = True
        told = await asyncio.gather(
            *(lately.answer("a", 0, thinker.think, of=value) for _ in range(2)), return_exceptions=True
        )
        assert [type(each) for each in told] == [ArithmeticError, ArithmeticError]
        thinker.fails = False
        assert await lately.answer("a", 0, thinker.think, of=value) == 2

    asyncio.run(story())
