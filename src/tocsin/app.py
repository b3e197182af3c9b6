"""The composition root: the only place that names implementations.

A node is a store, a bell in front of it, and the channels behind it.  `tocsin serve`, the demo, the benchmarks and the
command line beside a stopped server build theirs here, from settings; the simulator builds its own from fakes.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NamedTuple
from urllib.parse import quote

import aiohttp
import structlog

from tocsin import ports
from tocsin.channels.session import carrier_session
from tocsin.channels.sms_twilio import TwilioSms
from tocsin.core.words import Channel
from tocsin.intake.control import control_app
from tocsin.intake.http import Hooks, build_app, build_sos_app
from tocsin.intake.office import Office
from tocsin.intake.phones import is_emergency
from tocsin.intake.serving import Listener, bind, bind_file
from tocsin.runtime.doctor import Finding, record_findings
from tocsin.runtime.lifecycle import Beats
from tocsin.runtime.loop import Bell
from tocsin.runtime.outbox import Outbox
from tocsin.runtime.readiness import NotReady, Readiness
from tocsin.runtime.recall import latest_ms, world_of
from tocsin.runtime.stages import Compose, Send, Stage, StillWanted
from tocsin.runtime.system import SteadyClock, SystemEntropy, refuse_optimised
from tocsin.runtime.writer import InlineWriter, ThreadWriter
from tocsin.settings import LOOPBACK, FatalSetting, Settings, Twilio
from tocsin.store.backup import restore
from tocsin.store.doctor import apart, read_findings
from tocsin.store.sqlite import SqliteStore
from tocsin.web.pages import page_handlers

HEARTBEAT_MAX_S = 10
DISK_FAILED = 3  # The exit status after which a supervisor starts us anew, on the store as the disk left it.
log = structlog.get_logger("tocsin.app")


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
    channels: Mapping[Channel, ports.Channel]
    broken: asyncio.Event

    async def stop(self) -> None:
        await self.bell.stop()
        for channel in self.channels.values():
            await channel.close()
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


def channels_of(settings: Settings) -> dict[Channel, ports.Channel]:
    """Every channel that is set up.  To be called inside the running loop."""
    return {} if settings.twilio is None else {Channel.SMS: _twilio(settings.twilio, settings.server.public_url)}


def _twilio(twilio: Twilio, public_url: str) -> ports.Channel:
    def status_url(reference: str) -> str:
        alert, _, delivery = reference.partition("/")
        return f"{public_url.rstrip('/')}/hooks/twilio/status?delivery={quote(delivery)}&alert={quote(alert)}"

    token = twilio.auth_token.reveal()
    return TwilioSms(twilio.base_url, twilio.account_sid, token, twilio.senders, status_url, carrier_session())


def build(settings: Settings, *, inline: bool = False) -> Node:
    """A node on the data directory, resumed where the last one left off.

    `inline`: for one command beside a stopped server.  No writer thread, and nobody is rung: that is the next server's.
    """
    refuse_optimised()
    data = Path(settings.server.data)
    store = SqliteStore(str(store_file(data)))
    clock, entropy = SteadyClock(data, not_before_ms=latest_ms(store)), SystemEntropy()
    channels = {} if inline else channels_of(settings)
    known = frozenset({Channel.SMS}) if settings.twilio else frozenset()
    disabled = tuple(NotReady(problem.part, problem.what, problem.remedy) for problem in settings.problems)
    readiness = Readiness(clock, disabled)
    world = world_of(store, known)
    stages: list[Stage] = [StillWanted(world, clock), Compose(world, clock), Send(channels, clock)]
    outbox = Outbox(clock, stages)
    broken = asyncio.Event()
    bell = Bell(
        store=store,
        clock=clock,
        entropy=entropy,
        writer=InlineWriter(store) if inline else ThreadWriter(store),
        world=world,
        outbox=outbox,
        is_emergency=is_emergency,
        page=readiness.page,
        broken=broken.set,
    )
    outbox.connect(bell.tell, bell.org_of)
    if inline:
        bell.rest()
    else:
        bell.resume()
    office = Office(bell, entropy, lambda: examined(store), resting=inline)
    return Node(settings, clock, store, readiness, bell, office, channels, broken)


def examined(store: SqliteStore) -> list[Finding]:
    """What the file and the record show, read apart from the server, in any thread."""
    with apart(store) as twin:
        wrong = [Finding("error", line, "Restore a backup and keep this file.") for line in read_findings(twin)]
        return wrong + [found for org in twin.organisations() for found in record_findings(twin, org)]


@dataclass
class Guest:
    """Whoever else lives on the public socket: their handlers, and how they are told that the server leaves."""

    handlers: Sequence[Any] = ()
    leave: Callable[[], None] = lambda: None


class Doors(NamedTuple):
    """The listening sockets."""

    public: socket.socket
    sos: socket.socket
    control: socket.socket


def open_doors(settings: Settings) -> Doors:
    """Raises OSError when one of them cannot be opened; none is open then."""
    server, opened = settings.server, contextlib.ExitStack()
    with opened:
        doors = Doors(
            opened.enter_context(bind(server.host, server.port)),
            opened.enter_context(bind(server.host, server.sos_port_used)),
            opened.enter_context(bind_file(socket_file(Path(server.data)))),
        )
        opened.pop_all()
    return doors


class Server:
    """A node with its sockets: the public one, the SOS one, and the operator's file."""

    def __init__(self, node: Node, doors: Doors, guest: Guest | None = None) -> None:
        settings = node.settings
        self.node, self._leaving, self._guest = node, asyncio.Event(), guest or Guest()
        self._session: aiohttp.ClientSession | None = None
        hooks = _hooks(settings)
        app = build_app(
            node.bell,
            hooks=hooks,
            readiness=node.readiness,
            leaving=self._leaving,
            handlers=[*page_handlers(), *self._guest.handlers],
            sos_numbers=settings.twilio.senders if settings.twilio else (),
        )
        sos = build_sos_app(node.bell, hooks=hooks, readiness=node.readiness)
        self._listeners = [
            Listener(app, doors.public),
            Listener(sos, doors.sos),
            Listener(control_app(node.office), doors.control),
        ]
        self._beats = Beats(node.bell, lambda: not node.readiness.reasons(), self._heartbeat())

    def _heartbeat(self) -> Callable[[], Awaitable[None]] | None:
        url = self.node.settings.heartbeat.url if self.node.settings.heartbeat else ""
        if not url:
            return None

        async def beat() -> None:
            session = self._session or aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=HEARTBEAT_MAX_S))
            self._session = session
            try:
                async with session.post(url, allow_redirects=False):
                    pass
            except (aiohttp.ClientError, TimeoutError) as error:
                log.warning("heartbeat_failed", error=type(error).__name__)

        return beat

    async def start(self) -> None:
        for listener in self._listeners:
            await listener.listen()
        self._beats.start()

    async def stop(self) -> None:
        """Streams end at once, requests under way finish, wakes and messages stay in the store."""
        self._leaving.set()
        self._guest.leave()
        self._beats.stop()
        await asyncio.gather(*(listener.stop() for listener in self._listeners))
        if self._session is not None:
            await self._session.close()
        await self.node.stop()
        socket_file(Path(self.node.settings.server.data)).unlink(missing_ok=True)


def _hooks(settings: Settings) -> Hooks:
    token = settings.twilio.auth_token.reveal() if settings.twilio else None
    return Hooks(public_url=settings.server.public_url, twilio_auth_token=token)


def refuse_to_face_a_network(settings: Settings) -> None:
    """Raise FatalSetting unless only this machine can connect: there is no sign-in yet."""
    if settings.server.host not in LOOPBACK:
        raise FatalSetting(
            f"server.host is {settings.server.host!r}, but this release has no sign-in and serves this machine only; "
            "set it to 127.0.0.1 and wait for the release that has access control"
        )


async def serve(
    settings: Settings,
    until: asyncio.Event,
    ready: Callable[[Node], Awaitable[None]],
    guest: Guest | None = None,
) -> int:
    """Run until `until` is set or the disk fails.  Returns the exit status."""
    refuse_to_face_a_network(settings)
    data = Path(settings.server.data)
    with hold(data):
        doors = open_doors(settings)  # First: a start that fails must not count as a try of what waits to be sent.
        try:
            server = Server(build(settings), doors, guest)
        except BaseException:
            for door in doors:
                door.close()
            raise
        await server.start()
        await ready(server.node)
        stopping = [asyncio.ensure_future(event.wait()) for event in (until, server.node.broken)]
        await asyncio.wait(stopping, return_when=asyncio.FIRST_COMPLETED)
        if server.node.broken.is_set():
            log.critical("disk_failed", what="the store cannot be trusted until it is opened anew")
            await server.node.bell.outbox.stop()  # What is on its way to a carrier still gets there.
            os._exit(DISK_FAILED)
        for waiting in stopping:
            waiting.cancel()
        await server.stop()
    return 0
