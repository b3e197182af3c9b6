"""Puts into the lists what closed before there were lists: bit by bit, the newest first, while nobody waits.

Theory of operation
-------------------
A server with a million old alerts starts at once, and takes presses at once: nothing of this is needed for either.
While the bell is idle, STEP_ALERTS alerts are read and their lines written as one command, with how far the lists are
whole then; so a crash loses a step at the most.  Whoever looks for an alert meanwhile is served by looking through the
rest (`history.py`).  What closes meanwhile brings its own lines with its close.
"""

from __future__ import annotations

import asyncio

import structlog

from tocsin.core.commands import ListClosed
from tocsin.core.listing import lines_of
from tocsin.ports import StoreError
from tocsin.runtime.ledger import read_alert
from tocsin.runtime.loop import Bell, Unavailable

STEP_ALERTS = 40  # Read in half a millisecond, written in two: a press that comes meanwhile waits no longer.
PAUSE_S = 0.02  # Between steps: a million alerts take some ten minutes, and a tenth of one core.
REST_S = 60.0  # After the disk refused (it has better things to take), and when all is done.
log = structlog.get_logger("tocsin.catching_up")
WHOLE = ""  # Below every id: the lists are whole back to the beginning.


class CatchingUp:
    """One node's lists, until they are whole."""

    def __init__(self, bell: Bell) -> None:
        self._bell = bell
        self._timer: asyncio.TimerHandle | None = None
        self._writing: asyncio.Future[None] | None = None

    def start(self) -> None:
        self._later(PAUSE_S)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _later(self, after_s: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(after_s, self._go_on)

    def _go_on(self) -> None:
        if self._bell.busy:
            self._later(PAUSE_S)
        else:
            self._writing = asyncio.ensure_future(self._write())

    async def _write(self) -> None:
        try:
            self._later(PAUSE_S if await self.step() else REST_S)  # An organisation may still be founded.
        except (Unavailable, StoreError):
            self._later(REST_S)
        except Exception:  # One alert that cannot be read must not end it without a word.
            log.exception("catching_up_failed")
            self._later(REST_S)

    async def step(self) -> bool:
        """Write the next lines.  False: there are no more to write, in any organisation.  Raises Unavailable."""
        for org in self._bell.store.organisations():
            since = self._bell.store.listed_from(org)
            if since != WHOLE:
                await self._bell.submit(self._next(org, since))
                return True
        return False

    def _next(self, org: str, since: str | None) -> ListClosed:
        before = None if since is None else f"alert/{since}"
        rows = self._bell.store.recent(org, "alert", before, STEP_ALERTS)
        closed = (read_alert(row) for row in rows if not row.open)
        lines = tuple(line for alert in closed for line in lines_of(alert))
        reached = rows[-1].stream.partition("/")[2] if len(rows) == STEP_ALERTS else WHOLE
        return ListClosed(org=org, lines=lines, since=reached)
