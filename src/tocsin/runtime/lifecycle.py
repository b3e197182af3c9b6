"""Start, tick, drain, stop: the beats a node needs besides the commands that come in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from tocsin.core.limits import SECOND_MS
from tocsin.runtime.auditor import AUDIT_EVERY_MS, audit
from tocsin.runtime.loop import Bell

HEARTBEAT_EVERY_MS = 30 * SECOND_MS
MINUTE_MS = 60 * SECOND_MS
log = structlog.get_logger("tocsin.lifecycle")


class Beats:
    """The auditor's rounds, and the heartbeat whose silence is the alarm: sent only while all is well.

    `each_minute` holds back room on the disk again, once there is plenty, and takes a renewed certificate.
    """

    def __init__(
        self,
        bell: Bell,
        healthy: Callable[[], bool],
        heartbeat: Callable[[], Awaitable[None]] | None,
        each_minute: Callable[[], object] | None = None,
    ) -> None:
        self._bell, self._healthy, self._heartbeat, self._minute = bell, healthy, heartbeat, each_minute
        self._timers: list[asyncio.TimerHandle] = []
        self._beating: set[asyncio.Task[None]] = set()
        self._stopped = False

    def start(self) -> None:
        self._every(AUDIT_EVERY_MS, self._audit)
        if self._heartbeat is not None:
            self._every(HEARTBEAT_EVERY_MS, self._beat)
        if self._minute is not None:
            self._every(MINUTE_MS, self._minute)

    def stop(self) -> None:
        self._stopped = True
        for timer in self._timers:
            timer.cancel()

    def _every(self, every_ms: int, act: Callable[[], object]) -> None:
        def ring() -> None:
            if self._stopped:
                return
            self._timers[:] = [timer for timer in self._timers if timer.when() > loop.time()]
            self._timers.append(loop.call_later(every_ms / 1000, ring))
            act()

        loop = asyncio.get_running_loop()
        self._timers.append(loop.call_later(every_ms / 1000, ring))

    def _audit(self) -> None:
        found = audit(self._bell)
        if found:
            log.error("auditor_found", alerts=found)

    def _beat(self) -> None:
        if self._heartbeat is None or not self._healthy():
            return
        task = asyncio.ensure_future(self._heartbeat())
        self._beating.add(task)  # The loop keeps only a weak reference to it.
        task.add_done_callback(self._beating.discard)
