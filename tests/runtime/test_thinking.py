"""Something long that must stay on the loop lets whatever waits go between its parts."""

from __future__ import annotations

import asyncio
import sys

from tocsin.runtime.thinking import SWITCH_S, give_way, pause

USUAL_S = 0.005  # What an interpreter begins with.


def test_what_waits_goes_between_the_parts_of_something_long() -> None:
    done: list[str] = []

    async def long() -> None:
        for part in range(3):
            done.append(f"part {part}")
            await pause()

    async def press() -> None:
        done.append("press")

    async def story() -> None:
        table = asyncio.ensure_future(long())
        pressed = asyncio.ensure_future(press())
        await asyncio.gather(table, pressed)

    asyncio.run(story())
    assert done[:2] == ["part 0", "press"] and done[2:] == ["part 1", "part 2"]


def test_whoever_hangs_up_in_a_pause_leaves_nothing_behind() -> None:
    faults: list[object] = []

    async def story() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda loop, about: faults.append(about))
        waits = asyncio.ensure_future(pause())
        asyncio.get_running_loop().call_soon(waits.cancel)
        await asyncio.wait([waits])
        await pause()
        assert waits.cancelled()

    asyncio.run(story())
    assert faults == []


def test_a_thought_keeps_the_interpreter_from_the_loop_for_a_moment_only() -> None:
    known_s = sys.getswitchinterval()
    sys.setswitchinterval(USUAL_S)
    try:
        give_way()
        assert sys.getswitchinterval() == SWITCH_S < USUAL_S
    finally:
        sys.setswitchinterval(known_s)
