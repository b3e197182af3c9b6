"""Small lives for the crash harness: what the engine writes, without the engine."""

from __future__ import annotations

import hashlib

from tocsin.core.dice import Dice
from tocsin.ports import Change, DeliveryRow, Fact, Fix, Receipt, Snapshot, Store, Wake
from tocsin.sim.disk import Weather

ORG = "centre"
STEPS = 7


def intake(store: Store, chance: Weather) -> None:
    """A shift: presses alone and in batches, deliveries that move on, second presses, a backup, closes."""
    dice = Dice(chance.randbytes(32))
    for _ in range(STEPS):
        act = chance.choice((_presses, _presses, _moves, _moves, _repeats, _closes))
        store.append(act(store, chance, dice))
    if chance.random() < 0.3:
        store.backup(f"{dice.bytes(4).hex()}.backup")


def _presses(store: Store, chance: Weather, dice: Dice) -> list[Change]:
    return [_press(chance, dice) for _ in range(chance.choice((1, 1, 1, 2, 5)))]


def _press(chance: Weather, dice: Dice) -> Change:
    alert, at_ms = dice.uuid7(chance.randrange(2**40)), chance.randrange(2**40)
    stream = f"alert/{alert}"
    return Change(
        ORG,
        facts=(_fact(chance, stream, 1), _fact(chance, stream, 2)),
        snapshots=(Snapshot(stream, "alert", 2, True, _body(chance, 2_000)),),
        deliveries=tuple(
            DeliveryRow(dice.uuid7(at_ms), alert, "queued", at_ms, _body(chance, 500))
            for _ in range(chance.choice((1, 3, 8)))
        ),
        wakes=(Wake(stream, at_ms + 5_000),),
        receipts=(Receipt(dice.bytes(8).hex(), dice.bytes(8).hex(), dice.uuid7(at_ms), alert, at_ms),),
        fixes=(Fix(dice.uuid7(at_ms), alert, 51.5, -0.1, 30.0, at_ms),),
    )


def _moves(store: Store, chance: Weather, dice: Dice) -> list[Change]:
    """What carriers report of the deliveries that are due: each a change of its own."""
    due = store.due_deliveries(ORG)[:6]
    return [Change(ORG, deliveries=(DeliveryRow(row.id, row.alert, "delivered", None, row.body),)) for row in due]


def _repeats(store: Store, chance: Weather, dice: Dice) -> list[Change]:
    """A second press on each of the newest alerts, beside a fact that exists already and must change nothing."""
    newest = store.recent(ORG, "alert", None, 3)
    stale = [Change(ORG, facts=(_fact(chance, state.stream, 1),), wakes=(Wake(state.stream, 1),)) for state in newest]
    return [_next(state, chance, Wake(state.stream, 7), is_open=True) for state in newest] + stale


def _closes(store: Store, chance: Weather, dice: Dice) -> list[Change]:
    """The oldest open alert closes; its wake-up and its positions go."""
    oldest = list(store.snapshots(ORG, "alert", only_open=True))[:1]
    return [_next(state, chance, Wake(state.stream, None), is_open=False) for state in oldest]


def _next(state: Snapshot, chance: Weather, wake: Wake, *, is_open: bool) -> Change:
    version = state.version + 1
    return Change(
        ORG,
        facts=(_fact(chance, state.stream, version),),
        snapshots=(Snapshot(state.stream, "alert", version, is_open, _body(chance, 2_000)),),
        wakes=(wake,),
        erase_fixes_of=() if is_open else (state.stream.removeprefix("alert/"),),
    )


def _fact(chance: Weather, stream: str, version: int) -> Fact:
    salt, body = chance.randbytes(16), _body(chance, 400)
    return Fact(stream, version, "rung", version, body, salt, hashlib.sha256(b"\0" + salt + body).digest())


def _body(chance: Weather, most: int) -> bytes:
    return chance.randbytes(chance.randrange(10, most))
