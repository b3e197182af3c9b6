"""One node on a bench: the real bell over a store, a disk and a carrier that do as they are told, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from msgspec.structs import replace

from tocsin import ports
from tocsin.core import commands as c
from tocsin.core.access.record import Kept
from tocsin.core.alert import Alert
from tocsin.core.delivery import Delivery
from tocsin.core.dice import Dice
from tocsin.core.directory import Contact, Directory, Member, Plan, Rung, Shift, Site
from tocsin.core.docket import Docket
from tocsin.core.words import Answer, Came, Channel, Kind, Role
from tocsin.runtime import ledger
from tocsin.runtime.loop import Bell, Unavailable
from tocsin.runtime.outbox import Outbox
from tocsin.runtime.recall import load_deliveries, world_of
from tocsin.runtime.routes import Routes
from tocsin.runtime.stages import Compose, Send, Stage, StillWanted
from tocsin.runtime.withdrawals import Withdrawals
from tocsin.runtime.world import World
from tocsin.runtime.writer import InlineWriter, Told, Verdicts, Writer
from tocsin.sim.clock import VirtualTimeLoop
from tocsin.store.memory import MemoryStore

ORG, SITE = "alder", "centre"
PEOPLE = {
    "noor": Role.WORKER,
    "teo": Role.RESPONDER,
    "ines": Role.SUPERVISOR,
    "wale": Role.COORDINATOR,
    "bo": Role.RESPONDER,
}
NUMBERS = {name: f"+120255501{20 + index}" for index, name in enumerate(PEOPLE)}
SMS = {Channel.SMS: ("twilio",)}


def directory() -> Directory:
    """Everybody is on shift; the backstop is ten minutes away, so that nothing climbs by itself here."""
    members = {
        name: Member(name, name.title(), (role,), contacts=(Contact(f"{name}/sms", Channel.SMS, NUMBERS[name], True),))
        for name, role in PEOPLE.items()
    }
    by_sms = ((Channel.SMS,),)
    rungs = (Rung(0, ("on_shift",), by_sms, 120), Rung(600, ("member:teo", "member:ines", "member:wale"), by_sms, 120))
    return Directory(
        ORG,
        "Alder dispatch",
        members=members,
        sites={SITE: Site(SITE, "Alder", "UTC")},
        shifts=(Shift(SITE, ("noor", "teo", "ines", "bo"), 0, 10**15),),
        plans=(Plan(SITE, Kind.SOS, 2, rungs),),
    )


class Clock:
    """The loop's time, or as far behind it (or ahead) as a test says."""

    def __init__(self, loop: VirtualTimeLoop) -> None:
        self._loop, self.ahead_ms = loop, 0

    def now_ms(self) -> int:
        return self._loop.now_ms + self.ahead_ms


class Chance:
    """Fails as often as `fails` says: then a decision cannot be made."""

    def __init__(self) -> None:
        self._count, self.fails = 0, 0

    def seed(self) -> bytes:
        if self.fails:
            self.fails -= 1
            raise AssertionError("a broken invariant")
        self._count += 1
        return self._count.to_bytes(32, "big")


class MoodyStore(MemoryStore):
    """Refuses a batch with `mood`; raises `fault` where no store ever should; reports `conflicts` to come."""

    mood: ports.StoreError | None = None
    fault: Exception | None = None
    unreadable: ports.StoreError | None = None
    conflicts = 0
    batches: list[int]

    def __init__(self) -> None:
        super().__init__()
        self.batches = []

    def append(self, changes: Sequence[ports.Change]) -> list[ports.Stored | ports.Conflict]:
        if self.mood or self.fault:
            raise self.mood or self.fault or AssertionError
        self.batches.append(len(changes))
        if self.conflicts:
            self.conflicts -= 1
            return [ports.Conflict("fact") for _ in changes]
        return super().append(changes)

    def organisations(self) -> list[str]:
        if self.unreadable:
            raise self.unreadable
        return super().organisations()


class HeldWriter:
    """Makes nothing durable until it is released."""

    def __init__(self, store: ports.Store) -> None:
        self._inline, self._held = InlineWriter(store), list[tuple[Sequence[ports.Change], Told]]()

    def write(self, changes: Sequence[ports.Change], told: Told) -> None:
        self._held.append((changes, told))

    @property
    def holds(self) -> int:
        return len(self._held)

    def release(self, instead: Verdicts | None = None) -> None:
        """The batch is durable now; or this is what became of it."""
        changes, told = self._held.pop(0)
        if instead is None:
            self._inline.write(changes, told)
        else:
            told(instead)

    def stop(self) -> None:
        assert not self._held


class Carrier:
    """Takes everything, unless `results` has something else for that number; with `hold`, only when released."""

    def __init__(self) -> None:
        self.sent: list[ports.Message] = []
        self.results: dict[str, ports.Accepted | ports.Refused | ports.Unknown | Exception] = {}
        self.withdrawn: list[str] = []  # By the carrier's own names.
        self.hold = self.withdrawing_fails = False
        self.deaf_to_withdrawals = 0  # So many requests find the vendor down.
        self._waiting: list[asyncio.Future[None]] = []

    async def send(self, message: ports.Message) -> ports.Accepted | ports.Refused | ports.Unknown:
        self.sent.append(message)
        if self.hold:
            self._waiting.append(asyncio.get_running_loop().create_future())
            await self._waiting[-1]
        result = self.results.get(message.to, ports.Accepted(f"SM{len(self.sent)}"))
        if isinstance(result, Exception):
            raise result
        return result

    async def withdraw(self, provider_ref: str) -> bool:
        self.withdrawn.append(provider_ref)
        if self.hold:
            self._waiting.append(asyncio.get_running_loop().create_future())
            await self._waiting[-1]
        if self.withdrawing_fails:
            raise RuntimeError("the vendor's page could not be read")
        self.deaf_to_withdrawals -= 1
        return self.deaf_to_withdrawals < 0

    def release(self) -> None:
        self.hold = False
        for waiting in self._waiting:
            waiting.set_result(None)
        self._waiting.clear()

    async def close(self) -> None:
        """Nothing to let go of."""

    def took(self) -> list[str]:
        """Whose phones were sent something since we last asked, in order."""
        names = {number: name for name, number in NUMBERS.items()}
        sent, self.sent = self.sent, []
        return [names[message.to] for message in sent]


class Rig:
    """`writer` and `stages` take the place of the usual ones; `reboot` starts another bell on the same store."""

    channel = Channel.SMS

    def __init__(
        self,
        loop: VirtualTimeLoop,
        writer: Callable[[ports.Store], Writer] = InlineWriter,
        stages: Sequence[Stage] | None = None,
    ) -> None:
        self.loop, self.clock, self.chance = loop, Clock(loop), Chance()
        self.store, self.carrier = MoodyStore(), Carrier()
        self.pages: list[str] = []
        self.broken = 0
        self._make, self._stages = writer, stages
        self._switch_on()

    def _switch_on(self) -> None:
        self.writer = self._make(self.store)
        self.world = world_of(self.store, {self.channel: ("twilio",)})
        self._ways: dict[str, ports.Channel] = {"twilio": self.carrier}
        routes = Routes({self.channel: self._ways})
        usual: list[Stage] = [
            StillWanted(self.world, self.clock),
            Compose(self.world, self.clock),
            Send(routes, self.clock, lambda *sent: self.bell.tally.sent(*sent)),
        ]
        self.outbox = Outbox(self.clock, self._stages or usual)
        self.bell = Bell(
            store=self.store,
            clock=self.clock,
            entropy=self.chance,
            writer=self.writer,
            world=self.world,
            outbox=self.outbox,
            is_emergency=lambda number: False,
            page=self.pages.append,
            broken=self._broke,
            withdrawals=Withdrawals(routes),
        )
        self.outbox.connect(self.bell.tell, self.bell.org_of)

    def routes_to(self, channel: ports.Channel) -> None:
        """This is the vendor from now on."""
        self._ways["twilio"] = channel

    def _broke(self) -> None:
        self.broken += 1

    def crash(self) -> None:
        """The old process is gone without a word; a new one reads what it left."""
        self.bell.wakes.stop()
        self.outbox._wakes.stop()
        self.bell._queue.take(len(self.bell._queue))
        self.bell._ended = self.outbox._stopped = True
        self._switch_on()
        self.bell.resume()

    # Asking -----------------------------------------------------------------------------------------------------

    async def found(self, wanted: Directory | None = None) -> None:
        """The organisation is there, and nothing has happened yet."""
        await self.bell.submit(c.ReplaceDirectory(org=ORG, directory=wanted or directory(), by="file"))
        self.store.batches.clear()

    def press(self, key: str = "1", *, member: str = "noor", drill: bool = False) -> Awaitable[c.Reply]:
        return self.bell.submit(pressing(key, member=member, drill=drill))

    async def raised(self, key: str = "1", *, member: str = "noor", drill: bool = False) -> str:
        """The id of an alert that is open now; its messages are with the carrier."""
        taken = await self.press(key, member=member, drill=drill)
        assert isinstance(taken, c.PressTaken)
        await self.settle()
        return taken.alert

    async def say(self, alert: str, member: str, answer: Answer) -> c.Reply:
        return await self.bell.submit(c.Say(org=ORG, alert=alert, member=member, answer=answer))

    async def close(self, alert: str) -> None:
        """By the worker's PIN."""
        await self.bell.submit(c.Safe(org=ORG, alert=alert, member="noor", device="phone", match=c.PinMatch.REAL))

    async def settle(self, seconds: float = 0.01) -> None:
        await self.loop.pause(seconds)

    # What is true -----------------------------------------------------------------------------------------------

    def alert(self, id: str) -> Alert:
        found = self.world.alert(ORG, id)
        assert found is not None
        return found

    def deliveries(self, alert: str) -> dict[str, Delivery]:
        """By member, the newest of each, as the store has them."""
        return {delivery.member: delivery for delivery in load_deliveries(self.store, ORG, alert).values()}

    def put(self, delivery: Delivery, **changes: Any) -> None:
        """Change a delivery's row behind the bell's back."""
        after = replace(delivery, **changes)
        row = ports.DeliveryRow(after.id, after.alert, after.state, after.due_at_ms, ledger._encode(after))
        self.store.content.deliveries[ORG, after.id] = row


def pressing(key: str = "1", *, member: str = "noor", drill: bool = False) -> c.Press:
    came = Came.DRILL if drill else Came.DEVICE
    return c.Press(
        org=ORG, credential=f"{member}-phone", key=key, member=member, device=f"{member}-phone", came=came, drill=drill
    )


def held_by(rig: Rig) -> HeldWriter:
    """The writer of a rig whose disk holds every batch."""
    assert isinstance(rig.writer, HeldWriter)
    return rig.writer


async def refused(rig: Rig, command: c.Command) -> bool:
    """Was nothing of it stored?"""
    try:
        await rig.bell.submit(command)
    except Unavailable:
        return True
    return False


def begin(rig: Rig, *records: Kept) -> None:
    """They are kept, however they came about."""
    layer = World(rig.world)
    docket = Docket(layer, ORG, rig.clock.now_ms(), Dice(bytes(32)))
    for record in records:
        docket.keep(record)
    change = ledger.change(docket, layer)
    assert change is not None
    layer.absorb(docket)
    rig.store.append([change])
    layer.merge_down()
