"""The real surface with its pages and its links, on the pure core and a store in memory, served on loopback.

Time stands still unless it is told to go on: a loan runs out when the story says so, not when the machine is slow.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any, TypeVar

import uvicorn
from drawn_site import PLACES, at, picture
from msgspec.structs import replace

from bureau import BEGAN_MS, HandClock
from tocsin.core import commands as c
from tocsin.core.access.place_commands import SetSheet
from tocsin.core.access.place_record import Picture
from tocsin.core.access.record import OPERATOR
from tocsin.core.alert import Alert
from tocsin.core.directory import Contact, Directory, Member, Place, Plan, Rung, Shift, Site
from tocsin.core.engine import decide
from tocsin.core.ground import Known
from tocsin.core.words import Answer, Came, Channel, Duty, Kind, Outcome, Role
from tocsin.identity.token import token_hash
from tocsin.intake.http import Hooks, build_app
from tocsin.intake.rung import Binding
from tocsin.runtime import ledger
from tocsin.runtime.readiness import Readiness
from tocsin.runtime.recall import world_of
from tocsin.runtime.rung_links import RungLinks
from tocsin.runtime.world import World
from tocsin.store.memory import MemoryStore
from tocsin.web.pages import page_handlers

ORG, SITE = "alder", "centre"
KEY = bytes(range(32))
A = TypeVar("A")
NUMBERS = {"maya": "+12025550141", "dana": "+12025550142", "priya": "+12025550143", "tomas": "+12025550144"}
OFF_SHIFT = {"wale": "+12025550145", "hana": "+12025550146"}


def people() -> Directory:
    """Maya is in danger; Dana watches the door, Priya leads, Tomás reads Spanish."""

    def member(id: str, name: str, *roles: Role, **more: Any) -> Member:
        return Member(
            id, name, roles, contacts=(Contact("sms", Channel.SMS, (NUMBERS | OFF_SHIFT)[id], verified=True),), **more
        )

    everybody = [
        member("maya", "Maya Lindqvist", Role.WORKER),
        member("dana", "Dana Okafor", Role.RESPONDER, duties=(Duty.DOOR,)),
        member("priya", "Priya Raman", Role.RESPONDER, Role.SUPERVISOR),
        member("tomas", "Tom\u00e1s Zieli\u0144ski", Role.RESPONDER, language="es"),
        member("wale", "Wale Adeyemi", Role.COORDINATOR),
        member("hana", "Hana Kova\u010d", Role.SUPERVISOR),
    ]
    rungs = (Rung(0, ("on_shift",)), Rung(45, ("member:wale", "member:hana", "member:priya")))
    return Directory(
        ORG,
        "Wrenfield",
        members={one.id: one for one in everybody},
        sites={SITE: Site(SITE, "Dispatch Centre", "UTC", "+12025550100")},
        shifts=(Shift(SITE, tuple(NUMBERS), 0, 10**15),),
        plans=(Plan(SITE, Kind.SOS, 2, rungs),),
    )


class Node:
    """Decides one command after the other, in the loop of the server."""

    def __init__(self) -> None:
        self.store, self.clock, self.seeds = MemoryStore(), HandClock(), 0
        self.world = world_of(self.store, {Channel.SMS: ("twilio",)})
        self.position = 0
        self._watchers: list[Callable[[str, frozenset[str], int], None]] = []
        self._of_walks: list[Callable[[str, frozenset[str], int], None]] = []
        founded = self.decide(c.ReplaceDirectory(org=ORG, directory=people(), by="site file"))
        assert isinstance(founded, c.Done), founded

    def seed(self) -> bytes:
        self.seeds += 1
        return self.seeds.to_bytes(32, "big")

    async def submit(self, command: c.Command) -> c.Reply:
        return self.decide(command)

    def decide(self, command: c.Command) -> c.Reply:
        layer = World(self.world)
        decision = decide(layer, command, self.clock.now_ms(), self.seed(), lambda number: False)
        change = ledger.change(decision.docket, layer)
        layer.absorb(decision.docket)
        for verdict in self.store.append([change] if change else []):
            self.position = max(self.position, getattr(verdict, "position", 0))
        layer.merge_down()
        touched = frozenset(d.alert.id for d in decision.docket.drafts.values() if d.events or d.changed)
        for watcher in tuple(self._watchers):
            watcher(command.org, touched, self.position)
        walked = frozenset(id for id, draft in decision.docket.walks.items() if draft.events)
        for watcher in tuple(self._of_walks) if walked else ():
            watcher(command.org, walked, self.position)
        return decision.reply

    def subscribe_walks(self, watcher: Callable[[str, frozenset[str], int], None]) -> Callable[[], None]:
        self._of_walks.append(watcher)
        return lambda: self._of_walks.remove(watcher)

    def subscribe(self, watcher: Callable[[str, frozenset[str], int], None]) -> Callable[[], None]:
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)


class LinkedSite:
    """Served while the test runs; everything that happens to it happens in its own loop."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.node = Node()
        self.links = RungLinks(self.node.world, KEY, self.url)
        self.leaving, self.down = asyncio.Event(), False
        self._inner = build_app(
            self.node,
            hooks=Hooks(self.url),
            readiness=Readiness(self.node.clock),
            leaving=self.leaving,
            handlers=page_handlers(),
            binding=Binding(self.node, self.links, self.node),
        )
        config = uvicorn.Config(self._app, log_level="critical", lifespan="off", interface="asgi3")
        self.server, self._loop = uvicorn.Server(config), self.loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.new_event_loop()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self.server.serve(sockets=[self.socket]))
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        if self.down and scope["method"] == "POST":
            await send({"type": "http.response.start", "status": 503, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        await self._inner(scope, receive, send)

    def stop(self) -> None:
        self._told(self._leave)
        self.server.should_exit = True
        self._thread.join(20)

    async def _leave(self) -> None:
        self.leaving.set()

    def _told(self, what: Callable[[], Awaitable[A]]) -> A:
        async def done() -> A:
            return await what()

        return asyncio.run_coroutine_threadsafe(done(), self._loop).result(60)

    # Its plan ----------------------------------------------------------------------------------------------------

    def draw(self) -> None:
        """The plan of the scripted site: a picture with a car park and a building, and another sheet for its floor."""
        known = self.node.world.directory(ORG)
        drawn = [{**one, "outline": tuple((x, y) for x, y in one["outline"])} for one in PLACES]
        places = tuple(Place(SITE, **{key: one[key] for key in one if key != "label"}) for one in drawn)
        self.node.world.directories[ORG] = replace(known, places=places)
        content = picture()
        made = Picture(id=sha256(content).hexdigest(), content=content, width=1600, height=1200)
        ground = tuple(Known(x, y, *at(x, y)) for x, y in ((0, 0), (10_000, 7_500)))
        for sheet in (
            SetSheet(org=ORG, by=OPERATOR, site=SITE, on="", picture=made, before=None, known=ground),
            SetSheet(org=ORG, by=OPERATOR, site=SITE, on="upper", picture=None, before=None, width=100, height=70),
        ):
            assert self.do(sheet) == c.Done()

    # What happens ------------------------------------------------------------------------------------------------

    def do(self, command: c.Command) -> c.Reply:
        async def done() -> c.Reply:
            return self.node.decide(command)

        return self._told(done)

    def press(self, *places: c.PlaceReport, **more: Any) -> str:
        fields = {"came": Came.DEVICE, "credential": "maya-phone", "device": "maya-phone", **more}
        taken = self.do(c.Press(org=ORG, key=f"k{self.node.seeds}", member="maya", places=places, **fields))
        assert isinstance(taken, c.PressTaken)
        return taken.alert

    def texted(self) -> str:
        """Maya texts for help; the link in what comes back."""
        done = self.do(c.TextIn(org=ORG, vendor="twilio", message="SM1", sender=NUMBERS["maya"], text="SOS"))
        assert isinstance(done, c.Done) and done.reply is not None
        return self.links.behind(ORG, done.reply, done.link).rpartition(" ")[2]

    def link(self, name: str, alert: str) -> str:
        return self.links.of(ORG, alert, name)

    def say(self, name: str, answer: Answer, alert: str) -> None:
        self.do(c.Say(org=ORG, alert=alert, member=name, answer=answer))

    def close(self, alert: str) -> None:
        """Two people say that it is over, and the minute runs out."""
        self.propose(alert)
        self.do(c.ConfirmClose(org=ORG, alert=alert, member="tomas", device="tomas-phone"))
        self.wait(61)

    def propose(self, alert: str) -> None:
        self.do(c.ProposeClose(org=ORG, alert=alert, member="priya", device="priya-phone", outcome=Outcome.SAFE))

    def wait(self, seconds: float) -> None:
        """Let time pass, and every wake-up ring on the way."""

        async def passing() -> None:
            clock, until_ms = self.node.clock, self.node.clock.ms + int(seconds * 1_000)
            while due := self._due(until_ms):
                clock.ms = max(clock.ms, due.wake_at_ms or 0)
                self.node.decide(c.Look(org=ORG, alert=due.id))
                if self.node.world.alert(ORG, due.id) is due:
                    self.node.world.alerts[due.id] = self.node.world.open[due.id] = replace(due, looked_ms=clock.ms)
            clock.ms = until_ms

        self._told(passing)

    def _due(self, until_ms: int) -> Alert | None:
        waking = [one for one in self.node.world.open_alerts(ORG) if (one.wake_at_ms or until_ms + 1) <= until_ms]
        return min(waking, key=lambda one: one.wake_at_ms or 0, default=None)

    def alert(self, id: str) -> Alert:
        found = self.node.world.alert(ORG, id)
        assert found is not None
        return found

    def enrol(self, name: str) -> str:
        """The token of a phone of this member."""
        token = f"tocsin_{name}_phone"
        self.do(c.Enrol(org=ORG, by=OPERATOR, member=name, device=f"{name}-phone", token_hash=token_hash(token)))
        return token

    @property
    def began_ms(self) -> int:
        return BEGAN_MS
