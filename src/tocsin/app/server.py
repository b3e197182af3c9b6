"""A node with its sockets, from the settings to the exit status."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import structlog

from tocsin.app.feeds import feed_documents_of, feeds_of
from tocsin.app.keys import with_key
from tocsin.app.node import Node, build, hold, socket_file
from tocsin.app.pages import pages_of
from tocsin.app.pushing import delisted, service_of
from tocsin.app.reach_testing import ReachTesting
from tocsin.app.rounds import Sender
from tocsin.app.single_sign_on import documents_of, single_sign_on_of
from tocsin.app.ways import replies_of
from tocsin.intake.control import control_app
from tocsin.intake.crowd import Crowd, take_every_descriptor
from tocsin.intake.floods import limiting
from tocsin.intake.hooks import no_link_behind
from tocsin.intake.http import Hooks, build_app, build_sos_app
from tocsin.intake.practising import PractisingRing
from tocsin.intake.reconciling import Fetches
from tocsin.intake.rung import Binding
from tocsin.intake.serving import Listener, bind, bind_file
from tocsin.runtime.catching_up import CatchingUp
from tocsin.runtime.lifecycle import Beats
from tocsin.runtime.passes import Passes
from tocsin.runtime.push_proofs import PushProofs
from tocsin.runtime.replies import Replies
from tocsin.runtime.rounds.front import Front
from tocsin.runtime.rung_links import RungLinks
from tocsin.runtime.system import SystemEntropy, calm_collector
from tocsin.runtime.thinking import give_way
from tocsin.settings import Settings
from tocsin.settings.addresses import all_addresses
from tocsin.settings.tiles import origin_of
from tocsin.web.pages import Tiles

HEARTBEAT_MAX_S = 10
DISK_FAILED = 3  # The exit status after which a supervisor starts us anew, on the store as the disk left it.
log = structlog.get_logger("tocsin.app")


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
        self._replies, self._proofs = replies_of(node.routes), PushProofs(node.routes, node.bell.tell)
        hooks, front = _hooks(settings, self._replies, node.links), Front(node.bell)
        self._reaching, self._roll_sending = node.reaching(front), node.roll_sending(front)
        self._sender, ring = Sender(settings, front, node.readiness), PractisingRing(node.bell, front)
        self._documents = documents_of(settings)
        own_sign_in = single_sign_on_of(settings, ring, SystemEntropy(), self._documents)
        url, tests = settings.server.public_url, ReachTesting(front, node.bell.world, node.clock, SystemEntropy())
        addresses = all_addresses(settings.server)
        tiles = Tiles(settings.map.tiles_url, settings.map.tiles_credit)
        pages = pages_of(ring, SystemEntropy(), url, own_sign_in, node.readiness.disabled, tests, tiles, addresses)
        app = build_app(
            ring,
            hooks=hooks,
            readiness=node.readiness,
            leaving=self._leaving,
            handlers=[*pages.handlers, *self._guest.handlers],
            pressed=pages.pressed,
            strays=pages.strays,
            sos_numbers=_sos_numbers(settings),
            metrics=node.metrics.text,
            limiting=limiting(Passes(node.bell), node.clock, pages.strays),
            behind_proxy=settings.server.behind_proxy,
            tiles=origin_of(tiles.url),
            pushes=service_of(settings, self._proofs),
            binding=Binding(ring, node.links, SystemEntropy()),
            addresses=addresses,
        )
        sos = build_sos_app(ring, hooks=hooks, readiness=node.readiness, pressed=pages.pressed, addresses=addresses)
        crowd, tls = Crowd(), node.certificate.context if node.certificate else None
        self._listeners = [
            Listener(app, doors.public, crowd, tls),
            Listener(sos, doors.sos, crowd, tls),
            Listener(control_app(node.office, node.drills(front)), doors.control, crowd),
        ]
        self._fetches = Fetches(node.care.reconciler)
        self._feed_documents = feed_documents_of(settings)
        self._feeds = feeds_of(settings, node.bell, self._feed_documents)
        self._catching_up = CatchingUp(node.bell)
        self._beats = Beats(node.bell, lambda: not node.readiness.reasons(), self._heartbeat(), self._each_minute)

    def _each_minute(self) -> None:
        self.node.ballast.take()
        if self.node.certificate is not None:
            self.node.certificate.renew()

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
        self.node.ballast.take()
        self._beats.start()
        self._fetches.start()
        self._sender.start()
        self._reaching.start()
        self._roll_sending.start()
        self._feeds.start()
        self._catching_up.start()
        for gone in tuple(delisted(self.node.settings, self.node.bell.world)):
            self.node.bell.tell(gone)

    async def stop(self) -> None:
        """Streams end at once, requests under way finish, wakes and messages stay in the store."""
        self._leaving.set()
        self._guest.leave()
        self._beats.stop()
        self._catching_up.stop()
        await asyncio.gather(*(listener.stop() for listener in self._listeners))
        for open_one in (self._session, self._documents):
            if open_one is not None:
                await open_one.close()
        self._reaching.stop()
        self._roll_sending.stop()
        self._feeds.stop()
        await self._feed_documents.close()
        await self._sender.stop()
        await self._fetches.stop()
        if self._replies is not None:
            await self._replies.stop()
        await self._proofs.stop()
        await self.node.stop()
        socket_file(Path(self.node.settings.server.data)).unlink(missing_ok=True)


def _hooks(settings: Settings, replies: Replies | None, links: RungLinks | None) -> Hooks:
    twilio, voice, vonage = settings.twilio, settings.voice, settings.vonage
    return Hooks(
        public_url=settings.server.public_url,
        twilio_auth_token=twilio.auth_token.reveal() if twilio else None,
        twilio_voice_token=voice.auth_token.reveal() if voice else None,
        vonage_api_key=vonage.api_key if vonage else None,
        vonage_signature_secret=vonage.signature_secret.reveal() if vonage else None,
        reply=replies.say if replies else None,
        behind=links.behind if links else no_link_behind,
    )


def _sos_numbers(settings: Settings) -> tuple[str, ...]:
    """Where an SOS may be texted to: every number of ours that a vendor hands on."""
    vonage = (settings.vonage.sender,) if settings.vonage else ()
    return (*(settings.twilio.senders if settings.twilio else ()), *vonage)


async def serve(
    settings: Settings,
    until: asyncio.Event,
    ready: Callable[[Node], Awaitable[None]],
    guest: Guest | None = None,
) -> int:
    """Run until `until` is set or the disk fails.  Returns the exit status."""
    data = Path(settings.server.data)
    take_every_descriptor()
    with hold(data):
        doors = open_doors(settings)  # First: a start that fails must not count as a try of what waits to be sent.
        try:
            server = Server(build(with_key(settings, SystemEntropy().seed())), doors, guest)
        except BaseException:
            for door in doors:
                door.close()
            raise
        await server.start()
        calm_collector()
        give_way()
        await ready(server.node)
        stopping = [asyncio.ensure_future(event.wait()) for event in (until, server.node.broken)]
        await asyncio.wait(stopping, return_when=asyncio.FIRST_COMPLETED)
        if server.node.broken.is_set():
            log.critical("disk_failed")
            await server.node.bell.outbox.stop()  # What is on its way to a carrier still gets there.
            os._exit(DISK_FAILED)
        for waiting in stopping:
            waiting.cancel()
        await server.stop()
    return 0
