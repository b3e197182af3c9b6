"""A node: a store, a bell in front of it, and the ways out behind it, on one data directory."""

from __future__ import annotations

import asyncio
import fcntl
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from tocsin.app.keys import derived
from tocsin.app.pushing import pushes_of
from tocsin.app.ways import names_of, sources_of, ways_of
from tocsin.core.limits import RETRY_AFTER_MAX_MS
from tocsin.core.sos_words import HELP
from tocsin.intake.care import BACKUP, Care, Vendors
from tocsin.intake.drills import Drills
from tocsin.intake.office import Office
from tocsin.intake.phones import is_emergency
from tocsin.intake.reaching import Reaching
from tocsin.intake.reconciling import WHOLE, Reconciler
from tocsin.intake.roll_sending import RollSending
from tocsin.intake.tls import Certificate
from tocsin.ports import StoreFull
from tocsin.runtime.access.links import for_people
from tocsin.runtime.doctor import Finding, record_findings
from tocsin.runtime.lookouts import (
    alerts_watch,
    clock_watch,
    disk_watch,
    feeds_watch,
    space_at,
    suspensions_watch,
)
from tocsin.runtime.loop import Bell
from tocsin.runtime.marks import Marks
from tocsin.runtime.metrics import Metrics
from tocsin.runtime.outbox import Outbox
from tocsin.runtime.readiness import NotReady, Readiness, Watch
from tocsin.runtime.recall import latest_ms, world_of
from tocsin.runtime.rounds.front import Front
from tocsin.runtime.routes import Routes
from tocsin.runtime.rung_links import RungLinks
from tocsin.runtime.stages import Compose, Mark, Send, Stage, StillWanted, no_link
from tocsin.runtime.system import SteadyClock, SystemClocks, SystemEntropy, refuse_optimised
from tocsin.runtime.tally import Tally
from tocsin.runtime.withdrawals import Withdrawals
from tocsin.runtime.world import World
from tocsin.runtime.writer import InlineWriter, ThreadWriter
from tocsin.settings import Settings
from tocsin.store.backup import restore
from tocsin.store.ballast import Ballast
from tocsin.store.begun import BegunSends, NothingBegun
from tocsin.store.doctor import apart, read_findings
from tocsin.store.sqlite import SqliteStore


class Held(Exception):
    """Another server uses this data directory."""


@dataclass
class Node:
    """A running bell with all it needs; `stop` ends it in order."""

    settings: Settings
    clock: SteadyClock
    store: SqliteStore
    readiness: Readiness
    bell: Bell
    office: Office
    routes: Routes
    broken: asyncio.Event
    ballast: Ballast
    metrics: Metrics
    care: Care
    certificate: Certificate | None
    links: RungLinks | None

    def drills(self, front: Front) -> Drills:
        """The operator's way to drills of many people."""
        return Drills(front, self.bell.world, self.clock, SystemEntropy())

    def reaching(self, front: Front) -> Reaching:
        """The reach tests that nobody has to ask for."""
        return Reaching(front, self.bell.world, self.clock, SystemEntropy(), self.settings.reach.every_days)

    def roll_sending(self, front: Front) -> RollSending:
        """What sends the messages of roll calls."""
        return RollSending(front, self.bell.world, self.clock, SystemEntropy())

    async def stop(self) -> None:
        await self.bell.stop()
        await self.routes.close()
        for source in self.care.reconciler.sources:
            await source.close()
        self.store.close()


def hold(data: Path) -> IO[bytes]:
    """The lock of a data directory, made if absent.  Raises Held while another process has it."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = (data / "lock").open("ab")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise Held(f"{data} is in use by a running server") from None
    return lock


def socket_file(data: Path) -> Path:
    return data / "control.sock"


def store_file(data: Path) -> Path:
    return data / "tocsin.db"


def restore_store(backup: Path, data: Path) -> Path:
    """Put a verified copy of `backup` into `data`, which must hold no store.  Raises StoreError, nothing changed."""
    restore(str(backup), str(store_file(data)))
    return store_file(data)


def build(settings: Settings, *, inline: bool = False) -> Node:
    """A node on the data directory, resumed where the last one left off.

    `inline`: for one command beside a stopped server.  No writer thread, and nobody is rung: that is the next server's.
    """
    refuse_optimised()
    data = Path(settings.server.data)
    ballast = Ballast(data / "ballast")
    store = opened(str(store_file(data)), ballast)
    clock, entropy = SteadyClock(data, not_before_ms=latest_ms(store)), SystemEntropy()
    disabled = tuple(NotReady(problem.part, problem.what, problem.remedy) for problem in settings.problems)
    readiness = Readiness(clock, disabled)
    world = world_of(store, names_of(settings), settings.sos_words)
    ways = {} if inline else {**ways_of(settings), **pushes_of(settings, world)}
    routes = Routes(ways, clock, readiness.page)
    tally = Tally(SystemClocks().elapsed_ns)
    begun = NothingBegun() if inline else BegunSends(data / "begun", SystemClocks().boot())
    links = None if inline else _links(settings, world)
    words = Compose(world, clock, settings.server.public_url, links.of if links else no_link)
    stages: list[Stage] = [StillWanted(world, clock), words, Mark(begun), Send(routes, clock, tally.sent)]
    outbox = Outbox(clock, stages, begun.begun)
    broken = asyncio.Event()
    bell = Bell(
        store=store,
        clock=clock,
        entropy=entropy,
        writer=InlineWriter(store, ballast.give_up) if inline else _writer(store, ballast, readiness),
        world=world,
        outbox=outbox,
        is_emergency=is_emergency,
        page=readiness.page,
        broken=broken.set,
        tally=tally,
        withdrawals=Withdrawals(routes),
        doubt_ms=RETRY_AFTER_MAX_MS if clock.without_the_time else 0,
    )
    for look in (*_watches(clock, data, world), routes.not_ready):
        readiness.watch(look)
    outbox.connect(bell.tell, bell.org_of)
    (bell.rest if inline else bell.resume)()
    marks = Marks(data / "marks.json")
    care = _care(settings, bell, readiness, marks, resting=inline)
    office = Office(bell, entropy, lambda: examined(store), care, resting=inline, public_url=settings.server.public_url)
    certificate = None if inline else _certificate(settings, readiness)
    metrics = _metrics(settings, bell, readiness, routes, marks, certificate)
    return Node(
        settings, clock, store, readiness, bell, office, routes, broken, ballast, metrics, care, certificate, links
    )


def _links(settings: Settings, world: World) -> RungLinks | None:
    """None: nothing was ever started with these settings, so they have no key yet."""
    if settings.server.master_key is None:
        return None
    return RungLinks(world, derived(settings, "rung-links"), for_people(settings.server.public_url))


def _watches(clock: SteadyClock, data: Path, world: World) -> tuple[Watch, ...]:
    """What is looked at whenever somebody asks whether this node is fit."""
    here = clock_watch(clock), disk_watch(space_at(data))
    return *here, alerts_watch(world), suspensions_watch(world, clock), feeds_watch(world, clock)


def _certificate(settings: Settings, readiness: Readiness) -> Certificate | None:
    """Ours, watched.  Raises BadCertificate where its files went bad since the settings were checked, a moment ago.

    The next start says why.  Never without it: the host was chosen because it was there.
    """
    if settings.tls is None:
        return None
    certificate = Certificate(Path(settings.tls.certificate), Path(settings.tls.private_key))
    readiness.watch(lambda: certificate.not_ready(SystemClocks().wall_ns() // 1_000_000_000))
    return certificate


def _care(settings: Settings, bell: Bell, readiness: Readiness, marks: Marks, *, resting: bool) -> Care:
    sources = () if resting else sources_of(settings)
    unlisted = tuple(vendor for vendor in settings.vendors if vendor != "twilio")
    helps = ("twilio",) if "twilio" in settings.vendors else ()
    key = settings.server.master_key_path
    vendors = Vendors(unlisted, helps, help_rings=HELP in settings.sos_words)
    return Care(bell.clock, readiness, Reconciler(bell, sources, marks), marks, vendors, key)


def _metrics(
    settings: Settings,
    bell: Bell,
    readiness: Readiness,
    routes: Routes,
    marks: Marks,
    certificate: Certificate | None,
) -> Metrics:
    space = space_at(Path(settings.server.data))
    return Metrics(
        bell,
        readiness,
        vendors={vendor for vendors in names_of(settings).values() for vendor in vendors},
        disk_free=lambda: (space() or (None,))[0],
        healths=lambda: ((seen.channel, seen.vendor, seen.state == "well") for seen in routes.health()),
        last_done={name: partial(marks.get, name) for name in (BACKUP, WHOLE)},
        certificate_expires_s=lambda: certificate.expires_s if certificate else None,
    )


def opened(path: str, ballast: Ballast) -> SqliteStore:
    """The store at `path`.  A disk that is too full even to open it is given the ballast's room first."""
    try:
        return SqliteStore(path)
    except StoreFull:
        if not ballast.give_up():
            raise
        return SqliteStore(path)


def _writer(store: SqliteStore, ballast: Ballast, readiness: Readiness) -> ThreadWriter:
    """A writer that throws off the ballast when the disk is full, and has the operator told."""
    loop = asyncio.get_running_loop()

    def relief() -> bool:
        given_up = ballast.give_up()
        if given_up:
            loop.call_soon_threadsafe(readiness.page, "ballast_given_up")
        return given_up

    return ThreadWriter(store, relief)


def examined(store: SqliteStore) -> list[Finding]:
    """What the file and the record show, read apart from the server, in any thread."""
    with apart(store) as twin:
        remedy = "Restore a backup and keep this file."
        wrong = [Finding("store_damaged", "error", line, remedy) for line in read_findings(twin)]
        return wrong + [found for org in twin.organisations() for found in record_findings(twin, org)]
