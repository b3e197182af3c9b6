"""Long thoughts apart from the loop: previews, gaps, the cover of a day, the weighing of rosters.

They have two threads of their own, however many people look.  The threads that everything else borrows (looking up a
carrier's address, hashing a code) are never full of them.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")
THREADS = 2
SWITCH_S = 0.0005  # So long a thought keeps the interpreter from the loop, which gives it up a dozen times in a press.
_THOUGHTS = ThreadPoolExecutor(THREADS, thread_name_prefix="tocsin-thought")


def give_way() -> None:
    """From now on whoever thinks in this process lets the loop go on after SWITCH_S; by itself it is ten times that."""
    sys.setswitchinterval(SWITCH_S)


async def thought(work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
    """What `work` makes of it.  It must be pure: nobody waits for it when the loop goes on without it."""
    return await asyncio.get_running_loop().run_in_executor(_THOUGHTS, lambda: work(*given, **named))


async def pause() -> None:
    """Let the loop do what waits, a press first of all: between the parts of something long that must stay on it."""
    done = asyncio.Event()
    asyncio.get_running_loop().call_soon(done.set)
    await done.wait()
