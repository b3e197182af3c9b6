"""Texts and opt-outs that the carrier's webhooks never brought: asked for, and taken as if they had come.

Theory of operation
-------------------
A webhook can be lost: we were down, the way was cut, the carrier gave up.  So we ask the carrier ourselves what came
in, at the start, then every few minutes, and once a day for all that it can tell, numbers it would not send to
included.  Each text is given to the same decision as the webhook's, under the same id, so one that did come changes
nothing (`core/texting.py` says what its age means).  Of several STOP and START of one number only the last is believed,
whichever of them was lost.

A text that is only seconds old is left to its webhook, which may be on its way and can answer its sender; the next
round finds it if it was lost.  An error is told and asked again at the next round; nothing waits for any of this.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

import structlog
from msgspec import Struct

from tocsin.core import commands as c
from tocsin.core.limits import (
    FETCH_AGAIN_MS,
    FETCH_EVERY_MS,
    FETCH_FIRST_MS,
    FETCH_FRESH_MS,
    FETCH_OVERLAP_MS,
    FETCH_WHOLE_EVERY_MS,
    LATE_ANSWER_MS,
    TEXT_MAX_CHARS,
)
from tocsin.intake.hooks import number_of, opt_out_in
from tocsin.intake.plain import kept_key, words
from tocsin.intake.ring import Ring
from tocsin.runtime.loop import Unavailable
from tocsin.wire.twilio_list import OPTED_OUT, Listed

FETCHED, WHOLE = "texts_fetched", "reconciliation"  # The marks of a round, and of a whole one.
BREATH = 50  # Texts looked at in one go.
log = structlog.get_logger("tocsin.reconciling")


class Source(Protocol):
    """A vendor's list of messages."""

    @property
    def vendor(self) -> str: ...

    async def since(self, since_ms: int, *, sent_too: bool) -> list[Listed]:
        """What came in since then, and what went out where `sent_too`.  Raises OSError: nothing is known."""
        ...

    async def close(self) -> None: ...


class Remembered(Protocol):
    """Moments that outlive a restart."""

    def get(self, name: str) -> int | None: ...

    def set(self, name: str, at_ms: int) -> None: ...


class Tidings(Struct):
    """What one round found.  `asked`: messages looked at; `failed`: vendors that gave no list, or our own store."""

    asked: int = 0
    missed: int = 0
    rang: int = 0
    opted_out: int = 0
    opted_in: int = 0
    failed: tuple[str, ...] = ()


class Reconciler:
    """`failed` are the vendors of the last round that gave no list."""

    def __init__(self, ring: Ring, sources: Sequence[Source], marks: Remembered) -> None:
        self._ring, self.sources, self._marks = ring, tuple(sources), marks
        self._one_at_a_time = asyncio.Lock()
        self.failed: tuple[str, ...] = ()

    async def round(self, *, whole: bool) -> Tidings:
        """Ask every vendor, and take what was missed.  Raises nothing but cancellation."""
        async with self._one_at_a_time:
            began_ms = self._ring.clock.now_ms()
            since_ms = self._since_ms(whole, began_ms)
            told = Tidings()
            for source in self.sources:
                if not await self._ask(source, since_ms, whole, told):
                    told.failed = (*told.failed, source.vendor)
            if not told.failed:
                for name in (FETCHED, WHOLE) if whole else (FETCHED,):
                    self._marks.set(name, began_ms)
            self.failed = told.failed
            return told

    def whole_is_due(self) -> bool:
        """Was the last whole round a day ago?  A night that was missed is made up at the next start."""
        last_ms = self._marks.get(WHOLE)
        return last_ms is None or self._ring.clock.now_ms() - last_ms >= FETCH_WHOLE_EVERY_MS

    def _since_ms(self, whole: bool, now_ms: int) -> int:
        last_ms = self._marks.get(WHOLE if whole else FETCHED)
        return (now_ms - FETCH_FIRST_MS if last_ms is None else min(last_ms, now_ms)) - FETCH_OVERLAP_MS

    async def _ask(self, source: Source, since_ms: int, whole: bool, told: Tidings) -> bool:
        try:
            listed = await source.since(since_ms, sent_too=whole)
            told.asked += len(listed)
            await self._take(source.vendor, listed, told)
        except (OSError, Unavailable) as error:
            log.warning("reconciliation_failed", vendor=source.vendor, error=type(error).__name__)
            return False
        return True

    async def _take(self, vendor: str, listed: Sequence[Listed], told: Tidings) -> None:
        now_ms = self._ring.clock.now_ms()
        texts = sorted((one for one in listed if one.inbound), key=lambda one: one.at_ms or now_ms)
        last = {number_of(one.sender): one for one in texts if opt_out_in(one.text)}
        for number, one in enumerate(texts):
            if number % BREATH == 0:
                await _let_others_go()
            fresh = one.at_ms is not None and now_ms - one.at_ms < FETCH_FRESH_MS
            if not fresh and not self._known(vendor, kept_key(one.message)):
                believed = last.get(number_of(one.sender)) is one
                await self._text(vendor, one, opt_out_in(one.text) if believed else None, told)
        for one in listed:
            if not one.inbound and one.error == OPTED_OUT and not _came_back(one, last.get(number_of(one.to))):
                await self._refused(vendor, one, told)

    def _known(self, vendor: str, message: str) -> bool:
        """Did this text come by itself, or in an earlier round?"""
        world = self._ring.world
        return any(world.known_press(org, f"sms:{vendor}", message) is not None for org in world.directories)

    async def _text(self, vendor: str, one: Listed, opt: str | None, told: Tidings) -> None:
        number, unclear_ms = number_of(one.sender), self._ring.clock.now_ms() - LATE_ANSWER_MS
        text, _ = words(one.text, TEXT_MAX_CHARS)
        await self._feed(
            c.TextIn(
                org=self._org_of(number), vendor=vendor, message=kept_key(one.message), sender=number,
                text=text or "", opt_out=opt, sent_at_ms=unclear_ms if one.at_ms is None else one.at_ms,
            ),
            told,
        )  # fmt: skip

    async def _refused(self, vendor: str, one: Listed, told: Tidings) -> None:
        """The carrier would not send to this number, because it has opted out there."""
        number = number_of(one.to)
        await self._feed(
            c.TextIn(
                org=self._org_of(number), vendor=vendor, message=kept_key(f"opted-out-{number}-{one.message}"),
                sender=number, text="", opt_out="STOP", sent_at_ms=one.at_ms, opt_out_only=True,
            ),
            told,
        )  # fmt: skip

    async def _feed(self, command: c.TextIn, told: Tidings) -> None:
        world, credential = self._ring.world, f"sms:{command.vendor}"
        if not command.org or self._known(command.vendor, command.message):
            return
        before = self._out(command)
        reply = await self._ring.submit(command)
        if isinstance(reply, c.Done) and reply.known:
            return
        told.missed += 1
        told.opted_out += not before and self._out(command)
        told.opted_in += before and not self._out(command)
        press = world.known_press(command.org, credential, command.message)
        told.rang += press is not None and bool(press.alert)

    def _out(self, command: c.TextIn) -> bool:
        members = self._ring.world.known_by_number(command.org, command.sender)
        return any(contact.opted_out for m in members for contact in m.contacts if contact.to == command.sender)

    def _org_of(self, number: str) -> str:
        """The organisation that knows this number, else the first there is; empty where there is none."""
        orgs = self._ring.world.directories
        known = (org for org in orgs if self._ring.world.known_by_number(org, number))
        return next(known, next(iter(orgs), ""))


def _came_back(refused: Listed, last: Listed | None) -> bool:
    """Has this number said START after the carrier refused to send to it?"""
    return last is not None and (last.at_ms or 0) > (refused.at_ms or 0) and opt_out_in(last.text) == "START"


async def _let_others_go() -> None:
    """A long list must not hold the loop: whoever waits for it goes first."""
    loop = asyncio.get_running_loop()
    turn = loop.create_future()
    loop.call_soon(turn.set_result, None)
    await turn


class Fetches:
    """The rounds of a running node: at once, again when what was fresh at the start is not, then every few minutes."""

    def __init__(self, reconciler: Reconciler) -> None:
        self._reconciler = reconciler
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self._reconciler.sources:
            self._go(FETCH_AGAIN_MS)

    async def stop(self) -> None:
        """No round begins any more; the one under way ends where it stands, and the next start goes over it again."""
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def _go(self, next_ms: int) -> None:
        loop = asyncio.get_running_loop()
        if self._task is None or self._task.done():  # A vendor may take longer than that for its list.
            self._task = loop.create_task(self._round())
        self._timer = loop.call_later(next_ms / 1_000, self._go, FETCH_EVERY_MS)

    async def _round(self) -> None:
        told = await self._reconciler.round(whole=self._reconciler.whole_is_due())
        if told.missed:
            log.warning("reconciled", count=told.missed)
