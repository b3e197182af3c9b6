"""The outside of a small dispatch centre: the real surface on a ring made of the pure core and a store in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
from msgspec.structs import replace

from tocsin.core import commands as c
from tocsin.core.access.record import OPERATOR
from tocsin.core.alert import Alert
from tocsin.core.directory import Contact, Device, Directory, Member, Plan, Rung, Shift, Site
from tocsin.core.engine import decide
from tocsin.core.walk import Walk
from tocsin.core.words import Channel, Kind, Role
from tocsin.identity.pin import hash_pin
from tocsin.identity.token import token_hash
from tocsin.intake.care import Care, Vendors
from tocsin.intake.http import Hooks, build_app, build_sos_app
from tocsin.intake.lanes import App
from tocsin.intake.reconciling import Reconciler, Source
from tocsin.runtime import ledger
from tocsin.runtime.loop import Unavailable
from tocsin.runtime.marks import Marks
from tocsin.runtime.readiness import Readiness
from tocsin.runtime.recall import world_of
from tocsin.runtime.world import World
from tocsin.store.memory import MemoryStore
from tocsin.wire.twilio import signature

ORG, SITE = "alder", "centre"
BEGAN_MS = 1_795_000_000_000
PIN, DURESS_PIN = "7351", "8264"
SECRET, PUBLIC_URL = "an invented secret", "https://tocsin.example.org"
NUMBERS = {"noor": "+12025550111", "teo": "+12025550112", "ines": "+12025550113", "wale": "+12025550114",
           "rafi": "+12025550115", "omar": "+12025550116"}  # fmt: skip
_HASHES: list[str] = []


def _hashes() -> list[str]:
    """The two hashes, made once: each costs some twenty milliseconds."""
    if not _HASHES:
        _HASHES.extend(hash_pin(pin, salt=b"an invented salt") for pin in (PIN, DURESS_PIN))
    return _HASHES


def member(id: str, *roles: Role, **more: Any) -> Member:
    contact = Contact(f"{id}/sms", Channel.SMS, NUMBERS[id], verified=True)
    return Member(id, f"{id.title()} Invented", roles, contacts=(contact,), **more)


def centre() -> Directory:
    """Noor works; Teo, Ines and Wale may close; Rafi is rung; Omar is tied to Noor (a friend of who follows her)."""
    pin, duress = _hashes()
    people = [
        member("noor", Role.WORKER, Role.RESPONDER, pin_hash=pin, duress_pin_hash=duress),
        member("teo", Role.RESPONDER, Role.SUPERVISOR),
        member("ines", Role.SUPERVISOR),
        member("wale", Role.COORDINATOR),
        member("rafi", Role.WORKER, Role.RESPONDER),
        member("omar", Role.RESPONDER, Role.SUPERVISOR, not_told_about=("noor",)),
    ]
    rungs = (
        Rung(0, ("on_shift",)),
        Rung(45, ("role:supervisor", "member:ines")),
        Rung(90, ("member:teo", "member:ines", "member:wale")),
    )
    return Directory(
        ORG,
        "Alder County Dispatch",
        members={person.id: person for person in people},
        sites={SITE: Site(SITE, "Dispatch Centre", "UTC", "+12025550100")},
        shifts=(Shift(SITE, ("noor", "teo", "rafi", "omar"), 0, 10**15),),
        plans=(Plan(SITE, Kind.SOS, 2, rungs),),
    )


class HandClock:
    def __init__(self) -> None:
        self.ms = BEGAN_MS

    def now_ms(self) -> int:
        return self.ms


class FakeRing:
    """Decides and stores one command after the other.  `full`: the disk refuses."""

    def __init__(self) -> None:
        self.store, self.clock = MemoryStore(), HandClock()
        self.world = world_of(self.store, {Channel.SMS: ("twilio",)})
        self.position, self.full, self.seeds = 0, False, 0
        self.commands: list[c.Command] = []
        self._watchers: list[Callable[[str, frozenset[str], int], None]] = []
        self._of_walks: list[Callable[[str, frozenset[str], int], None]] = []

    async def submit(self, command: c.Command) -> c.Reply:
        if self.full:
            raise Unavailable()
        self.commands.append(command)
        return self.decide(command)

    def decide(self, command: c.Command) -> c.Reply:
        self.seeds += 1
        layer = World(self.world)
        decision = decide(layer, command, self.clock.now_ms(), self.seeds.to_bytes(32, "big"), lambda number: False)
        change = ledger.change(decision.docket, layer)
        layer.absorb(decision.docket)
        for verdict in self.store.append([change] if change else []):
            self.position = max(self.position, getattr(verdict, "position", 0))
        layer.merge_down()
        touched = frozenset(d.alert.id for d in decision.docket.drafts.values() if d.events or d.changed)
        if touched or decision.docket.strangers or decision.docket.moves_people:
            for watcher in tuple(self._watchers):
                watcher(command.org, touched, self.position)
        if walked := frozenset(id for id, draft in decision.docket.walks.items() if draft.events):
            for watcher in tuple(self._of_walks):
                watcher(command.org, walked, self.position)
        return decision.reply

    def subscribe_walks(self, watcher: Callable[[str, frozenset[str], int], None]) -> Callable[[], None]:
        self._of_walks.append(watcher)
        return lambda: self._of_walks.remove(watcher)

    def subscribe(self, watcher: Callable[[str, frozenset[str], int], None]) -> Callable[[], None]:
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def run_until(self, at_ms: int) -> None:
        """Let time pass, and every wake-up ring on the way."""
        while due := [one for one in self._running() if (one.wake_at_ms or at_ms + 1) <= at_ms]:
            first = min(due, key=lambda one: one.wake_at_ms or 0)
            self.clock.ms = max(self.clock.ms, first.wake_at_ms or 0)
            if isinstance(first, Walk):
                self.decide(c.LookWalk(org=ORG, walk=first.id))
                continue
            before = self.world.alert(ORG, first.id)
            self.decide(c.Look(org=ORG, alert=first.id))
            if self.world.alert(ORG, first.id) is before:
                self.world.alerts[first.id] = replace(first, looked_ms=self.clock.ms)
        self.clock.ms = at_ms

    def _running(self) -> list[Alert | Walk]:
        return [*self.world.open_alerts(ORG), *self.world.open_walks(ORG)]


def care_of(centre: Centre, folder: Path, *sources: Source, vendors: Vendors | None = None) -> Care:
    """What this centre knows of its own health; its marks lie in `folder`, and so would its master key."""
    marks, key = Marks(folder / "marks.json"), folder / "master.key"
    reconciler = Reconciler(centre.ring, sources, marks)
    return Care(centre.ring.clock, centre.readiness, reconciler, marks, vendors or Vendors(), key)


class Answer:
    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)

    @property
    def type(self) -> str:
        return self.headers.get("content-type", "").split(";")[0]


class Centre:
    """The ring, its two applications, and a token for each member (`token("noor")`)."""

    def __init__(self, directory: Directory | None = None, handlers: Sequence[Any] = ()) -> None:
        self.ring = FakeRing()
        self.readiness = Readiness(self.ring.clock)
        self.leaving = asyncio.Event()
        hooks = Hooks(PUBLIC_URL, SECRET, SECRET)
        self.app: App = build_app(
            self.ring,
            hooks=hooks,
            readiness=self.readiness,
            leaving=self.leaving,
            handlers=handlers,
            sos_numbers=("+12025550190",),
        )
        self.sos: App = build_sos_app(self.ring, hooks=hooks, readiness=self.readiness)
        self.set_directory(directory or centre())
        for id in NUMBERS:
            self.enrol(id)

    def set_directory(self, directory: Directory) -> None:
        """The organisation as a file would make it, and the people's own state with it."""
        self.ring.world.directories[ORG] = replace(
            directory, devices={**directory.devices, **self.ring.world.directory(ORG).devices}
        )

    def enrol(self, id: str, device: str = "phone") -> None:
        hashed = token_hash(self.token(id, device))
        self.ring.decide(c.Enrol(org=ORG, by=OPERATOR, member=id, device=f"{id}-{device}", token_hash=hashed))

    def device(self, id: str) -> Device:
        return self.ring.world.directory(ORG).devices[f"{id}-phone"]

    def token(self, id: str, device: str = "phone") -> str:
        return f"tocsin_{id}_{device}"

    def wait(self, seconds: float) -> None:
        self.ring.run_until(self.ring.clock.ms + int(seconds * 1_000))

    # Calls -------------------------------------------------------------------------------------------------------

    async def call(
        self,
        method: str,
        path: str,
        who: str | None = None,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        app: App | None = None,
    ) -> Answer:
        """One request.  `who`: a member, by the token of their phone; `body`: bytes as they are, else as JSON."""
        sent = dict(headers or {})
        if who is not None:
            sent.setdefault("authorization", f"Bearer {self.token(who)}")
        raw = body if isinstance(body, bytes) else b"" if body is None else msgspec.json.encode(body)
        return await ask(app or self.app, method, path, sent, [raw])

    async def press(self, who: str = "noor", body: Any = None, key: str | None = None) -> Answer:
        headers = {} if key is None else {"idempotency-key": key}
        return await self.call("POST", "/api/v1/alerts", who, body, headers=headers)

    async def act(self, who: str, alert: str, act: str, body: Any = None) -> Answer:
        return await self.call("POST", f"/api/v1/alerts/{alert}/{act}", who, body)

    async def look(self, who: str, alert: str) -> Answer:
        return await self.call("GET", f"/api/v1/alerts/{alert}", who)

    async def text(self, sender: str, text: str, sid: str = "SM1", secret: str = SECRET) -> Answer:
        form = {"From": sender, "To": "+12025550190", "Body": text, "MessageSid": sid}
        return await self.hook("/hooks/twilio/sms", form, secret)

    async def hook(self, path: str, form: Mapping[str, str], secret: str = SECRET) -> Answer:
        signed = signature(secret, PUBLIC_URL + path, tuple(form.items()))
        headers = {"x-twilio-signature": signed, "content-type": "application/x-www-form-urlencoded"}
        return await self.call("POST", path, body=urlencode(form).encode(), headers=headers)

    def alert(self, id: str) -> Any:
        return self.ring.world.alert(ORG, id)


def scope_of(method: str, path: str, headers: Mapping[str, str]) -> dict[str, Any]:
    plain, _, query = path.partition("?")
    return {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": method,
        "scheme": "http", "path": plain, "raw_path": plain.encode("utf-8", "replace"), "root_path": "",
        "query_string": query.encode("utf-8", "replace"), "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()],
    }  # fmt: skip


async def ask(app: App, method: str, path: str, headers: Mapping[str, str], parts: Sequence[bytes | None]) -> Answer:
    """One request whose body comes in these parts; None: the caller hangs up."""
    waiting = list(parts)
    said: list[Any] = []

    async def receive() -> dict[str, Any]:
        part = waiting.pop(0) if waiting else None
        if part is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": part, "more_body": bool(waiting)}

    async def send(message: Any) -> None:
        said.append(message)

    await app(scope_of(method, path, headers), receive, send)
    start = next(message for message in said if message["type"] == "http.response.start")
    body = b"".join(message.get("body", b"") for message in said if message["type"] == "http.response.body")
    names = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], names, body)


class Stream:
    """A live stream as a client has it; `frames` is what has come, without the beats."""

    def __init__(self, app: App, headers: Mapping[str, str]) -> None:
        self.status, self.raw, self.ended = 0, b"", False
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._gone, self._came = asyncio.Event(), asyncio.Event()
        self._asked = False
        self._task = asyncio.ensure_future(self._run(app, headers))

    async def _run(self, app: App, headers: Mapping[str, str]) -> None:
        await app(scope_of("GET", "/api/v1/live", headers), self._receive, self._send)
        self.ended = True
        self.finished.set_result(None)

    async def _receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        self.status = message.get("status", self.status)
        self.raw += message.get("body", b"")
        self._came.set()
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            self._gone.set()  # As servers do: nothing more is to be had of this request.

    async def heard(self, what: bytes) -> None:
        """Wait until this has come."""
        while what not in self.raw:
            self._came.clear()
            await self._came.wait()

    @property
    def events(self) -> list[tuple[str, Any]]:
        """Name and data of each event so far."""
        found = []
        for block in self.raw.decode().split("\n\n"):
            lines = dict(line.split(": ", 1) for line in block.split("\n") if line and not line.startswith(":"))
            if "event" in lines:
                found.append((lines["event"], msgspec.json.decode(lines["data"])))
        return found

    @property
    def last_id(self) -> str:
        return [line for line in self.raw.decode().split("\n") if line.startswith("id: ")][-1][4:]

    def taken(self) -> list[tuple[str, Any]]:
        """The events since the last time."""
        events, self.raw = self.events, b""
        return events

    async def hang_up(self) -> None:
        self._gone.set()
        await asyncio.wait_for(self._task, 60)


async def turns(count: int = 12) -> None:
    """Let everything that is ready happen."""
    for _ in range(count):
        turned = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(turned.set_result, None)
        await turned


async def listen(centre: Centre, who: str, last_id: str | None = None, device: str = "phone") -> Stream:
    headers = {"authorization": f"Bearer {centre.token(who, device)}"}
    stream = Stream(centre.app, headers if last_id is None else {**headers, "last-event-id": last_id})
    await turns()
    return stream
