"""A server that is killed behind a long queue gives no message up that nobody ever sent."""

from __future__ import annotations

import asyncio
from pathlib import Path

from rig import ORG
from test_outbox import Notes, message

from tocsin.core.commands import Report
from tocsin.core.dice import Dice
from tocsin.runtime.outbox import Outbox
from tocsin.runtime.stages import Mark
from tocsin.sim.clock import VirtualTimeLoop
from tocsin.store.begun import BegunSends

BOOT = "one-boot"


class LoopClock:
    def __init__(self, loop: VirtualTimeLoop) -> None:
        self._loop = loop

    def now_ms(self) -> int:
        return self._loop.now_ms


def outbox_of(loop: VirtualTimeLoop, folder: Path, notes: Notes) -> Outbox:
    """The outbox of one life on this folder."""
    begun = BegunSends(folder / "begun", BOOT, marks=64)
    outbox = Outbox(LoopClock(loop), [Mark(begun), notes], begun.begun)
    heard: list[Report] = []
    outbox.connect(heard.append, lambda alert: ORG)
    return outbox


async def test_after_a_kill_only_a_send_that_had_begun_costs_a_try(loop: VirtualTimeLoop, tmp_path: Path) -> None:
    now_ms = loop.now_ms
    ids = [Dice(bytes([number]) * 32).uuid7(now_ms) for number in range(2)]
    sent, waiting = (message(id, now_ms, now_ms) for id in ids)
    outbox_of(loop, tmp_path, Notes())  # The first start of all knows nothing; from the second on it is known.
    notes = Notes()
    first = outbox_of(loop, tmp_path, notes)
    first.take(sent)
    await asyncio.wait_for(_came(notes), 1)
    for _ in range(3):  # Killed, three times, before the second message had its turn.
        after = outbox_of(loop, tmp_path, Notes())
        assert after.may_have_been_sent(sent, now_ms)
        assert not after.may_have_been_sent(waiting, now_ms)


async def _came(notes: Notes) -> None:
    while not notes.came:
        turn = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(turn.set_result, None)
        await turn
