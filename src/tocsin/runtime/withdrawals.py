"""What was given to a vendor and is no longer wanted is asked back: a phone must not ring for what is over.

Theory of operation
-------------------
Like a send, a request to take something back follows its commit: the record says first that it is not wanted.  Each is
asked of the vendor that has it, and nobody waits for the reply: what became of it the vendor's callbacks say.  A vendor
that could not be asked (it was down for a moment, as vendors are) is asked again a few times, while a phone may still
be about to ring.  One that fails for good harms nothing but the sleeper whose phone rings.

A send that was in the air when its message was set aside ends with a name, and by that name is asked back.  The same
holds for one that a former process began: its first callback names it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator

import structlog

from tocsin.core import commands as c
from tocsin.core.delivery import RECALLED, Delivery
from tocsin.core.docket import Docket
from tocsin.core.words import Channel, DeliveryState
from tocsin.runtime.routes import Routes
from tocsin.runtime.world import World

AT_ONCE_MAX = 32  # Requests to take back in the air: the rest waits its turn, behind no send.
WAITING_MAX = 4_096  # More than the largest rung has calls; the oldest is given up, its phone soon stops by itself.
AGAIN_AFTER_S = (1, 2, 4, 8)  # A call waits at a vendor for seconds, and rings for half a minute; then it is over.
REMEMBERED_MAX = 16_384  # Names asked for lately, so that ten callbacks are one request.
log = structlog.get_logger("tocsin.withdrawals")
Wanted = tuple[Channel, str | None, str]
"""The channel, the vendor (None: whoever is the channel's only one), and the vendor's name for the send."""


def no_longer_wanted(command: c.Command, docket: Docket, world: World) -> Iterator[Wanted]:
    """What this decision, once it is stored, makes useless of all that vendors have."""
    for draft in docket.drafts.values():
        for delivery in draft.changed.values():
            ref = delivery.provider_ref
            if delivery.recalled is not None and ref is not None and not _at_their_ear(delivery, command):
                yield delivery.channel, delivery.route, ref
    if isinstance(command, c.Report) and command.moved is c.Moved.ACCEPTED and command.provider_ref is not None:
        known = world.deliveries(command.org, command.alert).get(command.delivery)
        if known is not None and _set_aside(known):
            yield known.channel, command.route, command.provider_ref


def _at_their_ear(delivery: Delivery, command: c.Command) -> bool:
    """Was it answered by a key on this very call?"""
    return isinstance(command, c.CallKey) and command.delivery == delivery.id


def _set_aside(delivery: Delivery) -> bool:
    aside = delivery.recalled is not None or delivery.state is DeliveryState.SUPERSEDED
    return aside and delivery.channel in RECALLED


class Withdrawals:
    """Asks the vendors behind `routes`."""

    def __init__(self, routes: Routes) -> None:
        self._routes, self._stopped = routes, False
        self._waiting: deque[tuple[Wanted, int]] = deque(maxlen=WAITING_MAX)
        self._asking: set[asyncio.Task[None]] = set()
        self._asked: dict[str, None] = {}
        self._again: set[asyncio.TimerHandle] = set()

    def after(self, command: c.Command, docket: Docket, world: World) -> None:
        """A decision was stored: ask back what it made useless, each once."""
        for wanted in no_longer_wanted(command, docket, world):
            self.ask(*wanted)

    def ask(self, channel: Channel, vendor: str | None, ref: str) -> None:
        """Ask for this one, once there is room.  A name that was asked for lately is not asked for again."""
        if ref in self._asked:
            return
        self._asked[ref] = None
        while len(self._asked) > REMEMBERED_MAX:
            del self._asked[next(iter(self._asked))]
        self._line_up((channel, vendor, ref), 0)

    def _line_up(self, wanted: Wanted, tried: int) -> None:
        self._waiting.append((wanted, tried))
        self._pump()

    def _pump(self) -> None:
        while self._waiting and len(self._asking) < AT_ONCE_MAX:
            task = asyncio.get_running_loop().create_task(self._withdraw(*self._waiting.popleft()))
            self._asking.add(task)
            task.add_done_callback(self._ended)

    async def _withdraw(self, wanted: Wanted, tried: int) -> None:
        try:
            heard = await self._routes.withdraw(*wanted)
        except Exception:
            log.exception("withdrawal_failed")
            return
        if not heard and not self._stopped and tried < len(AGAIN_AFTER_S):
            self._ask_again(wanted, tried)

    def _ask_again(self, wanted: Wanted, tried: int) -> None:
        def now() -> None:
            self._again.discard(timer)
            self._line_up(wanted, tried + 1)

        timer = asyncio.get_running_loop().call_later(AGAIN_AFTER_S[tried], now)
        self._again.add(timer)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._asking.discard(task)
        self._pump()

    async def stop(self) -> None:
        """What is in the air ends (its channel has a deadline); what waits is left to its own end."""
        self._stopped = True
        self._waiting.clear()
        while self._again:
            self._again.pop().cancel()
        if self._asking:
            await asyncio.wait(self._asking)
