"""One history: a seed becomes people, a carrier, a computer and their weather; then calm, and what must be true.

Theory of operation
-------------------
The weather lasts a few minutes.  Then every fault stops, two people close what is still open, and ten simulated minutes
pass: by then every obligation must be in a terminal state and every queue empty.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable
from typing import Any

import structlog
from msgspec import Struct

from tocsin.core import commands as c
from tocsin.core.access.changes import Change, ChangePhase
from tocsin.core.words import Channel
from tocsin.runtime.loop import Unavailable
from tocsin.sim.carriers.mail import SimMail
from tocsin.sim.carriers.phones import Phones
from tocsin.sim.carriers.push import SimPush
from tocsin.sim.carriers.sms import ProbedSms, SimSms
from tocsin.sim.carriers.voice import SimVoice
from tocsin.sim.centre import ORG, PEOPLE, WORKERS, centre, for_walks, mail, number, with_office
from tocsin.sim.checkers import Broken, broken_promises
from tocsin.sim.climate import Climate, Mishap, chance_of
from tocsin.sim.clock import VirtualTimeLoop
from tocsin.sim.disk import no_fault
from tocsin.sim.doors import Gate
from tocsin.sim.journal import Journal
from tocsin.sim.node import Node
from tocsin.sim.options import WHOLE, Options
from tocsin.sim.people import Colleague, Office, Street, Worker, confirm, propose
from tocsin.sim.promises.scene import Scene
from tocsin.sim.readers import READS, Desk, readers_of
from tocsin.sim.record import Record
from tocsin.sim.staff import Staff
from tocsin.sim.storms.gather import gather
from tocsin.sim.storms.pushes import PushPhones
from tocsin.sim.storms.town import Town
from tocsin.sim.walkers import Walker
from tocsin.sim.watch import LOOK_EVERY_S, Watch

CALM_S = 600.0
TWO_DAYS_S, SETTLED_S, TWO_DAYS = 172_800.0, 60.0, 0.5
WALKS_S = 45.0  # So much longer the weather lasts of nights in which people walk.
ROUNDS, ROUND_S = 8, 65.0  # Attempts to close what is open, each longer than the time to object.
CLOSERS = ("teo", "ines", "wale")


class Report(Struct, frozen=True):
    """What one seed gave.  `options`: its mishaps and their rates; `digest`: of the whole trace.

    `told_with`: how it was made smaller; `weather_s`: how long its weather lasted.
    """

    seed: int
    broken: tuple[Broken, ...]
    faults: dict[str, int]
    options: dict[str, float]
    simulated_s: float
    digest: str
    told_with: Options = WHOLE
    weather_s: float = 0.0


class History:
    def __init__(self, seed: int, show: Callable[[str], None] | None = None, options: Options = WHOLE) -> None:
        self.climate, chance = Climate(seed, options), chance_of(seed, "history")
        self.loop = VirtualTimeLoop(chance_of(seed, "loop"))
        self.loop.set_exception_handler(self._unhandled)
        self.journal = Journal(self.loop, show)
        self.node = Node(self.loop, self.climate, self.journal, on_disk=chance.random() < 0.5)
        self.phones = Phones()
        self._set_up_vendors()
        self.street = Street(self.node, self.texts, self.climate, self.journal)
        self.workers = [Worker(self.street, name, number(index)) for index, (name, *_) in enumerate(PEOPLE)]
        self.office = Office(self.street)
        self.directory = centre(chance, annex=self.climate.on(Mishap.MASS_DRILL))
        self.guarded = self.climate.on(Mishap.GUARDED)
        if self.guarded:
            self.directory = with_office(self.directory)
        self.walking = self.climate.on(Mishap.WALKING)
        if self.walking:
            self.directory = for_walks(self.directory, watched=self._watched())
        self.weather_s, self.starts_s = chance.uniform(30, 150), [chance.uniform(0, 60) for _ in WORKERS]
        self.weather_s += WALKS_S if self.walking else 0.0
        self.forecast_s, self.weather_s = self.weather_s, options.weather_s or self.weather_s
        self.endangered = self.workers[: chance.choice((1, 1, 2))]
        self.watch, self.over, self.off_s = Watch(self.node, self.journal), False, 0.0
        self.colleagues: dict[str, Colleague] = {}
        for index, (name, *_) in enumerate(PEOPLE):
            colleague = Colleague(self.street, name, number(index))
            self.colleagues[name] = colleague
            for address in (number(index), number(index + 50), mail(index)):
                self.phones.owners[address] = colleague.rung
        self.town = Town(
            self.street,
            self.office,
            self.workers,
            self.colleagues,
            self.phones,
            self.texts,
            self.voice,
            self.push,
            chance_of(seed, "storms"),
            Staff(self.street),
        )

    def _set_up_vendors(self) -> None:
        """All ways by which the house speaks to people; by push only in the nights in which phones take it."""
        self.texts = [
            SimSms(self.node, self.climate, self.journal, ORG, "first", self.phones),
            ProbedSms(self.node, self.climate, self.journal, ORG, "second", self.phones),
        ]
        self.voice = SimVoice(self.node, self.climate, self.journal, ORG, "calls", self.phones)
        self.push = SimPush(self.node, self.climate, self.journal, ORG, self.phones)
        self.mail = SimMail(self.node, self.climate, self.journal, "mail", self.phones)
        self.node.ways = {
            Channel.SMS: {vendor.name: vendor for vendor in self.texts},
            Channel.VOICE: {self.voice.name: self.voice},
            Channel.EMAIL: {self.mail.name: self.mail},
        }
        self.pushing = self.climate.on(Mishap.PUSHING)
        if self.pushing:
            self.node.ways[Channel.PUSH] = {self.push.name: self.push}

    def _watched(self) -> tuple[str, ...]:
        """Who is in a watch window tonight."""
        return tuple(name for name in WORKERS if self.climate.happens(Mishap.WALKER_WATCHED))

    def run(self) -> Report:
        before = structlog.get_config()
        structlog.configure(processors=[self._logged])
        asyncio.set_event_loop(None)
        try:
            broken = self.loop.run_until_complete(self._live())
        except Exception:  # Whatever stops a simulation is a finding.
            broken = [
                Broken("simulator", "The simulation itself ran to its end.", traceback.format_exc(), "simulation")
            ]
        finally:
            self.node.close()
            self.loop.close()
            structlog.configure(**before)
        simulated_s = round(self.loop.now_ns / 1e9 - self.off_s, 1)
        faults = dict(sorted(self.climate.counts.items()))
        return Report(
            self.climate.seed,
            tuple(broken),
            faults,
            self.climate.expanded(),
            simulated_s,
            self.journal.digest,
            self.climate.options,
            self.weather_s,
        )

    async def _live(self) -> list[Broken]:
        self.climate.calm = True
        self.node.start()
        reply = await self.node.ask(c.ReplaceDirectory(org=ORG, directory=self.directory, by="wale"))
        assert reply == c.Done(), reply
        if self.guarded:
            await self.town.staff.found()
        if self.pushing:
            await PushPhones(self.town).found()
            self.climate.note(Mishap.PUSHING)
        self.climate.calm = False
        if self.guarded:
            self._people_come_in()
        gather(self.town, self.forecast_s)
        for worker, start_s in zip(self.endangered, self.starts_s, strict=False):
            if self.climate.acts(worker.name):
                self.street.go(self._begin(worker, start_s))
        if self.walking:
            self._people_walk()
        self.street.go(self._look())
        await self.loop.pause(self.weather_s)
        await self._calm()
        moved = frozenset(name for name, colleague in self.colleagues.items() if colleague.moved)
        return broken_promises(Scene(self.journal, Record(self.node.store, ORG), self.node, moved))

    def _people_come_in(self) -> None:
        """They signed in before the night; from now on some of them look, whatever process runs."""
        town, gate = self.town, Gate(self.node, chance_of(self.climate.seed, "gate"))
        self.climate.note(Mishap.GUARDED)
        self.journal.trace("everybody has signed in")
        town.readers, chance = readers_of(self.street, gate, town.staff), chance_of(self.climate.seed, "readers")
        looking = [reader for reader in town.readers if chance.random() < READS]
        gate.open(lambda doors, life: [life.task(reader.follow(doors)) for reader in looking])
        for reader in looking:
            self.street.go(reader.look_and_try())
        self.street.go(Desk(self.street, gate, town.staff).look())

    def _people_walk(self) -> None:
        """Some go early in the night, so that the weather is there when their time is over."""
        self.climate.note(Mishap.WALKING)
        chance = chance_of(self.climate.seed, "walks")
        for worker in chance.sample(self.workers, chance.choice((1, 2, 2, 3))):
            if self.climate.acts(worker.name):
                self.street.go(
                    self._goes(Walker(worker, self.office, self.town.staff), chance.uniform(0, self.forecast_s / 2))
                )

    async def _goes(self, walker: Walker, start_s: float) -> None:
        await self.loop.pause(start_s)
        await walker.walk()

    async def _look(self) -> None:
        while not self.over:
            await self.loop.pause(LOOK_EVERY_S)
            self.watch.look()

    async def _begin(self, worker: Worker, start_s: float) -> None:
        await self.loop.pause(start_s)
        await worker.in_danger()

    # Calm --------------------------------------------------------------------------------------------------------

    async def _calm(self) -> None:
        """All faults stop; two people close what is open; time passes."""
        self.climate.calm = True
        self.journal.trace("calm")
        if self.node.disk is not None:
            self.node.disk.rule = no_fault
        self.node.clocks.wrong_ns = 0
        self.node.network.heal()
        for vendor in self.town.vendors:
            vendor.heal()
        self.push.heal()
        self.phones.off.clear()
        ends_ms = self.loop.now_ms + int(CALM_S * 1000)
        self.node.start_again()
        await self.loop.pause(1)
        await self._up()
        for member in self.office.suspended:
            await self.office.suspend(member, lifted=True)
        for _ in range(ROUNDS):
            await self._close_all()
            await self.loop.pause(ROUND_S)
        await self.loop.pause(max(ends_ms - self.loop.now_ms, 0) / 1000)
        late = [report for vendor in self.town.vendors for report in vendor.hooks.days_late]
        if late or self._something_falls_due():
            self.over = True
            await self._two_days_later(late)

    def _something_falls_due(self) -> bool:
        """Of half the nights that leave a change agreed, or a position, one sees what becomes of it after its day."""
        if self.climate.counts[Mishap.WALK_PLACED] and chance_of(self.climate.seed, "days later").random() < TWO_DAYS:
            return True
        changes = self.node.world.all_kept(ORG, Change).values() if self.guarded else ()
        agreed = any(change.phase is ChangePhase.AGREED for change in changes)
        return agreed and chance_of(self.climate.seed, "two days").random() < TWO_DAYS

    async def _two_days_later(self, late: list[c.Report]) -> None:
        """The node was off meanwhile; callbacks come that everybody has forgotten."""
        self.off_s = TWO_DAYS_S
        await self.node.restart(TWO_DAYS_S)
        await self.loop.pause(SETTLED_S)
        for report in late:
            self.texts[0].hooks.call(report)
        await self.loop.pause(CALM_S if self.guarded else SETTLED_S)  # Whoever is back may hear of it by mail.

    async def _up(self) -> None:
        """Whatever was being restarted when the calm came is up."""
        while self.node.life is None or self.node.stopping:
            await self.loop.pause(1)

    async def _close_all(self) -> None:
        await self._up()
        for snapshot in list(self.node.store.snapshots(ORG, "alert", only_open=True)):
            await self._close(snapshot.stream.partition("/")[2])

    async def _close(self, alert: str) -> None:
        """Whoever may propose does, whoever was rung and may confirm does; asking too much only gets a no."""
        known = self.node.world.alert(ORG, alert)
        rung = known.people if known is not None else ()
        for name in dict.fromkeys((*CLOSERS, *rung)):
            if isinstance(await propose(self.street, name, alert), c.Done):
                break
        for name in dict.fromkeys((*CLOSERS, *self.colleagues, *rung)):
            if isinstance(await confirm(self.street, name, alert), c.Done):
                return

    # What must not be overheard or overlooked --------------------------------------------------------------------

    def _logged(self, logger: Any, method: str, event: Any) -> Any:
        """Every log line comes by here and goes no further; a traceback in one is a finding."""
        if event.get("exc_info"):
            self.journal.found("decisions", traceback.format_exc())
        raise structlog.DropEvent

    def _unhandled(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if not isinstance(error, Unavailable):
            trail = "".join(traceback.format_exception(error)) if error else ""
            self.journal.found("decisions", f"{context.get('message')} {trail}")


def simulate(seed: int, show: Callable[[str], None] | None = None, options: Options = WHOLE) -> Report:
    """Live through one seed.  `show` gets every line of the trace; `options` make it smaller."""
    return History(seed, show, options).run()
