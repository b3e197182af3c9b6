"""An event loop whose time is a number, and the raw clocks of a simulated computer.

Theory of operation
-------------------
The selector never blocks: it moves time on to the next timer.  Nothing ready and nothing armed is a deadlock, and
raises.  The order in which ready *tasks* go on is shuffled by a seeded generator, so one seed is one history; plain
callbacks keep their order, because library code leans on asyncio's promise of first in, first out.

A simulated process ends by `Life.end`: whatever it had ready or armed never runs, as after a kill -9.  To which life a
callback belongs is told by the context it was made in, so the product's code need not know that it can die.
"""

from __future__ import annotations

import asyncio
import heapq
import inspect
import selectors
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Executor
from contextvars import Context, ContextVar, copy_context
from typing import Any, TypeVar, TypeVarTuple

from tocsin.sim.disk import Weather

ZONE = "America/New_York"
EPOCH_MS = 1_825_567_140_000  # When every simulated night begins: a minute before summer ends in that zone.
SUMMER_ENDS_S = 60.0
SECOND_NS, MS_NS = 10**9, 10**6
ROUNDS_MAX = 5_000  # Of the loop in one instant: a busy night needs a few dozen.
Value = TypeVar("Value")
Arguments = TypeVarTuple("Arguments")


class Deadlock(RuntimeError):
    """Every task waits and no timer is armed: somebody in danger would wait for ever."""


class Livelock(RuntimeError):
    """Something runs again and again and time stands still."""


class Life:
    """One time a process runs; `over` is done when it has ended, however it ended."""

    def __init__(self, loop: VirtualTimeLoop) -> None:
        self._loop, self.ended, self.frozen, self.over = loop, False, False, loop.create_future()
        self.held: list[asyncio.Handle] = []  # What would have run while it was frozen.
        self.parked: list[asyncio.TimerHandle] = []
        self.context = copy_context()
        self.context.run(_LIFE.set, self)

    def task(self, work: Coroutine[Any, Any, Value]) -> asyncio.Task[Value]:
        """Run this as part of the process."""
        return self._loop.create_task(work, context=self.context)

    def freeze(self) -> None:
        """Nothing of it runs until it is thawed."""
        self.frozen = True
        self._loop.park(self)

    def thaw(self, timers_late_s: float = 0.0) -> None:
        """It goes on.  Of a machine that slept the timers stood still: they come later by as long as it did."""
        self.frozen = False
        self._loop.run_again(self, timers_late_s)

    def end(self) -> None:
        """At once and without a word: nothing of it runs again."""
        self.ended = True
        self._loop.bury(self)
        if not self.over.done():
            self.over.set_result(None)


_LIFE: ContextVar[Life | None] = ContextVar("life", default=None)


class _NoSockets(selectors.BaseSelector):
    """Waits for nothing but time."""

    loop: VirtualTimeLoop

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise Deadlock(Deadlock.__doc__)
        self.loop.now_ns += max(round(timeout * SECOND_NS), 0)
        return []

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return selectors.SelectorKey(fileobj, 0, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return selectors.SelectorKey(fileobj, 0, 0, None)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return {}

    def get_key(self, fileobj: Any) -> selectors.SelectorKey:
        raise KeyError(fileobj)


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """See the module.  `now_ns` counts from the beginning of the simulation."""

    _ready: deque[asyncio.Handle]
    _scheduled: list[asyncio.TimerHandle]

    def __init__(self, chance: Weather) -> None:
        self.now_ns, self._chance, self._tasks = 0, chance, list[asyncio.Task[Any]]()
        self._rounds = self._round_ns = 0
        selector = _NoSockets()
        super().__init__(selector)
        selector.loop = self
        self._clock_resolution = 1 / SECOND_NS
        self.set_task_factory(self._task)

    def time(self) -> float:
        return self.now_ns / SECOND_NS

    @property
    def now_ms(self) -> int:
        """True time: what a perfect clock on the wall would show."""
        return EPOCH_MS + self.now_ns // MS_NS

    def pause(self, seconds: float) -> asyncio.Future[None]:
        """Done after so many simulated seconds."""
        future: asyncio.Future[None] = self.create_future()
        self.call_later(seconds, _done, future)
        return future

    def bury(self, life: Life) -> None:
        """Take away what an ended process had armed."""
        for timer in self._scheduled:
            if _of(timer) is life:
                timer.cancel()

    def park(self, life: Life) -> None:
        """Set aside everything this process had armed."""
        life.parked = [timer for timer in self._scheduled if _of(timer) is life]
        self._scheduled = [timer for timer in self._scheduled if _of(timer) is not life]
        heapq.heapify(self._scheduled)

    def run_again(self, life: Life, timers_late_s: float) -> None:
        """What was held while it was frozen is ready now, and what was armed is armed again."""
        self._ready.extend(life.held)
        for timer in life.parked:
            timer._when += timers_late_s  # type: ignore[attr-defined]
            heapq.heappush(self._scheduled, timer)
        life.held, life.parked = [], []

    def close(self) -> None:
        """Tasks that never ended are left where they stood."""
        for task in self._tasks:
            task._log_destroy_pending = False  # type: ignore[attr-defined]
            work = task.get_coro()
            if inspect.iscoroutine(work) and inspect.getcoroutinestate(work) == inspect.CORO_CREATED:
                work.close()  # Its process ended before it began.
        super().close()

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*Arguments], Value], *args: *Arguments
    ) -> asyncio.Future[Value]:
        """There are no threads here: it is done on the spot."""
        future: asyncio.Future[Value] = self.create_future()
        future.set_result(func(*args))
        return future

    def _task(self, loop: asyncio.AbstractEventLoop, work: Any, context: Context | None = None) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.Task(work, loop=loop, context=context)
        self._tasks.append(task)
        return task

    def _run_once(self) -> None:
        """One round: the dead do not go on, and the living tasks go on in any order."""
        self._rounds = self._rounds + 1 if self._round_ns == self.now_ns else 0
        self._round_ns = self.now_ns
        if self._rounds > ROUNDS_MAX:
            raise Livelock(Livelock.__doc__)
        ready = [handle for handle in self._ready if _runs(handle)]
        if len(ready) > 1:
            places = [place for place, handle in enumerate(ready) if _is_task(handle)]
            moved = [ready[place] for place in places]
            self._chance.shuffle(moved)
            for place, handle in zip(places, moved, strict=True):
                ready[place] = handle
        self._ready.clear()
        self._ready.extend(ready)
        super()._run_once()  # type: ignore[misc]


def _done(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _of(handle: asyncio.Handle) -> Life | None:
    context: Context = handle._context  # type: ignore[attr-defined]
    return context.get(_LIFE)


def _runs(handle: asyncio.Handle) -> bool:
    """The dead do not; what is frozen waits."""
    life = _of(handle)
    if life is None or not (life.ended or life.frozen):
        return True
    if not life.ended:
        life.held.append(handle)
    return False


def _is_task(handle: asyncio.Handle) -> bool:
    callback = handle._callback  # type: ignore[attr-defined]
    return isinstance(getattr(callback, "__self__", None), asyncio.Task)


class SimulatedClocks:
    """The raw clocks of one computer (`runtime.system.RawClocks`): its wall clock may be set by anybody.

    `boots` counts how often it was switched on; after each the time server has set the wall clock right.
    """

    def __init__(self, loop: VirtualTimeLoop) -> None:
        self._loop, self.wrong_ns, self.boots = loop, 0, 1

    def wall_ns(self) -> int:
        return EPOCH_MS * MS_NS + self._loop.now_ns + self.wrong_ns

    def elapsed_ns(self) -> int:
        return self._loop.now_ns

    def boot(self) -> str | None:
        return f"boot-{self.boots}"

    def set_right(self) -> None:
        """A time server has spoken."""
        self.wrong_ns = 0

    def reboot(self) -> None:
        self.boots, self.wrong_ns = self.boots + 1, 0
