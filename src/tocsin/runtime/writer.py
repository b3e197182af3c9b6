"""Where a batch is made durable: in a thread of its own (production) or on the spot (simulation)."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog

from tocsin.ports import Change, Conflict, Store, StoreBroken, Stored, StoreError, StoreFull

Verdicts = list[Stored | Conflict] | StoreError
Told = Callable[[Verdicts], None]
Relief = Callable[[], bool]
log = structlog.get_logger("tocsin.writer")


class Writer(Protocol):
    def write(self, changes: Sequence[Change], told: Told) -> None:
        """Store these, then call `told` on the event loop.  One batch at a time."""
        ...

    def stop(self) -> None:
        """Returns when the batch under way, if any, has ended."""
        ...


def no_relief() -> bool:
    """There is nothing to throw off."""
    return False


def _append(store: Store, changes: Sequence[Change], relief: Relief) -> Verdicts:
    """`relief` makes room on a full disk, if it can: then the same batch is written after all."""
    try:
        return store.append(changes)
    except StoreFull as error:
        return _append(store, changes, no_relief) if relief() else error
    except StoreError as error:
        return error
    except Exception:  # Whoever waits for this batch must hear of it, and nobody knows what is on the disk.
        with contextlib.suppress(Exception):  # A log that fails must not take the writer with it.
            log.exception("append_failed")
        return StoreBroken()


class InlineWriter:
    """Writes where it stands, so that one seed is one history."""

    def __init__(self, store: Store, relief: Relief = no_relief) -> None:
        self._store, self._relief = store, relief

    def write(self, changes: Sequence[Change], told: Told) -> None:
        told(_append(self._store, changes, self._relief))

    def stop(self) -> None:
        """Nothing is ever under way."""


class ThreadWriter:
    """One thread, so that a slow disk holds nobody up but those who wait for it."""

    def __init__(self, store: Store, relief: Relief = no_relief) -> None:
        """`relief` is called in that thread."""
        self._store, self._relief = store, relief
        self._work: queue.SimpleQueue[tuple[Sequence[Change], Told, asyncio.AbstractEventLoop] | None]
        self._work = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="tocsin-writer", daemon=True)
        self._thread.start()

    def write(self, changes: Sequence[Change], told: Told) -> None:
        self._work.put((changes, told, asyncio.get_running_loop()))

    def stop(self) -> None:
        self._work.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            changes, told, loop = work
            verdicts = _append(self._store, changes, self._relief)
            loop.call_soon_threadsafe(told, verdicts)
