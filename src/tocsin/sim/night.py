"""A night for the crash harness, decided by the real engine: presses, answers, climbs, places, closes and a backup."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from tocsin.core import commands as c
from tocsin.core.engine import decide
from tocsin.core.words import Answer, Came, Channel, Outcome, PlaceKind
from tocsin.ports import Store, Stored
from tocsin.runtime import ledger
from tocsin.runtime.recall import latest_ms, load_world, world_of
from tocsin.runtime.world import World
from tocsin.sim.centre import BACKSTOP, WORKERS, centre, device
from tocsin.sim.clock import EPOCH_MS
from tocsin.sim.disk import Weather
from tocsin.sim.scripts import ORG

STEPS = 8


def night(store: Store, chance: Weather) -> None:
    """Go on from whatever the store holds, as a server that starts does."""
    world = world_of(store, {Channel.SMS: ("sms",)})
    load_world(store, world)
    now_ms = max(latest_ms(store), EPOCH_MS)
    if not world.directories:
        founded = c.ReplaceDirectory(org=ORG, directory=replace(centre(chance), id=ORG), by="night")
        _append(store, world, [founded], now_ms, chance)
    for _ in range(STEPS):
        now_ms += chance.choice((7, 1_000, 30_000, 61_000))
        _append(store, world, list(_wanted(world, chance)), now_ms, chance)
    if chance.random() < 0.3:
        store.backup(f"{chance.randbytes(4).hex()}.backup")


def _append(store: Store, world: World, commands: list[c.Command], now_ms: int, chance: Weather) -> None:
    """One batch, as the loop writes it."""
    layer, changes = World(world), []
    for command in commands:
        docket = decide(layer, command, now_ms, chance.randbytes(32), lambda number: False).docket
        change = ledger.change(docket, layer)
        layer.absorb(docket)
        changes.extend([change] if change is not None else [])
    if changes:
        assert all(isinstance(verdict, Stored) for verdict in store.append(changes))
    layer.merge_down()


def _wanted(world: World, chance: Weather) -> Iterator[c.Command]:
    """A press, or what people, carriers and time do to the newest open alert."""
    alerts = list(world.open_alerts(ORG))
    if not alerts or chance.random() < 0.3:
        yield from (_press(chance) for _ in range(chance.choice((1, 1, 3))))
        return
    id = alerts[-1].id
    yield c.Look(org=ORG, alert=id)
    for delivery in list(world.deliveries(ORG, id).values())[-chance.choice((1, 3, 8)) :]:
        moved = chance.choice((c.Moved.ACCEPTED, c.Moved.DELIVERED, c.Moved.UNDELIVERED, c.Moved.UNKNOWN))
        yield c.Report(org=ORG, delivery=delivery.id, alert=id, moved=moved, seq=1)
    yield _said(id, chance)


def _press(chance: Weather) -> c.Press:
    who = chance.choice(WORKERS)
    fix = c.PlaceReport(PlaceKind.FIX, EPOCH_MS, lat=38.9, lon=-77.0, radius_m=20.0)
    key = chance.randbytes(8).hex()
    return c.Press(
        org=ORG, credential=device(who), key=key, member=who, device=device(who), came=Came.DEVICE, places=(fix,)
    )


def _said(id: str, chance: Weather) -> c.Command:
    who, other = chance.choice(BACKSTOP), chance.choice(BACKSTOP)
    return chance.choice(
        (
            c.Say(org=ORG, alert=id, member=who, answer=chance.choice(tuple(Answer))),
            c.Climb(org=ORG, alert=id, member=who),
            c.AddNote(org=ORG, alert=id, member=who, text="noted"),
            c.ProposeClose(org=ORG, alert=id, member=who, device=device(who), outcome=Outcome.SAFE),
            c.ConfirmClose(org=ORG, alert=id, member=other, device=device(other)),
            c.Safe(org=ORG, alert=id, member=chance.choice(WORKERS), device="d", match=c.PinMatch.REAL),
        )
    )
