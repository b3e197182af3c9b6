"""A scripted Tocsin on loopback: the real page shells in front of an API that says what the test tells it to say."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import uvicorn
from fake_api import api_of
from litestar import Litestar

from tocsin.intake.lanes import App, Receive, Scope, Send, locking
from tocsin.settings.tiles import origin_of
from tocsin.web.pages import NO_TILES, page_handlers

PRESSED = datetime(2026, 6, 11, 23, 4, 7, tzinfo=UTC)
MAYA, LUIS, DANA, PRIYA, TOMASZ, OWEN = (
    {"id": name.split()[0].lower(), "name": name}
    for name in ("Maya Lindqvist", "Luis Ferreira", "Dana Okafor", "Priya Raman", "Tomasz Zieliński", "Owen Pritchard")
)
READERS = {"worker-token": MAYA, "lead-token": LUIS, "chief-token": DANA}
ROLES = {"maya": ["worker"], "luis": ["responder", "supervisor"], "dana": ["responder", "coordinator"]}
MAY = ["answer", "note", "place", "climb", "police", "handover", "handover/take", "close", "confirm", "object"]
TOCSIN = "+12025550199"
Json = dict[str, Any]


class FakeSite:
    """The server's own clock starts at a fixed moment and jumps when told; every request of the API is remembered."""

    def __init__(self) -> None:
        self.port = 0
        self.pin = "2468"
        self.refuse: int | None = None
        self.refuse_acts = ""
        self.refuse_code = ""
        self.revoked = False
        self.deaf = False
        self.on_shift = 6
        self.more: Json = {}  # What else a server may say of the reader.
        self.speaks = "en"
        self.disabled: list[Json] = []
        self.may = MAY
        self.calm: Json | None = None
        self.plan: Json | None = None
        self.push: Json | None = None  # As of a server that knows nothing of it.
        self.push_listed = True
        self.walks: dict[str, Json] = {}
        self.colleagues = [DANA, LUIS, OWEN, PRIYA, TOMASZ]
        self.pictures: dict[str, bytes] = {}
        self.tiles = NO_TILES
        self.alerts: dict[str, Json] = {}
        self.keys: dict[str, str] = {}
        self.asked: list[tuple[str, str, Any]] = []
        self.phones: list[Json] = []
        self._jumped = timedelta()
        self._begun = time.monotonic()
        self._streams: set[asyncio.Queue[bytes]] = set()
        self._position = 0
        self._loop: asyncio.AbstractEventLoop | None = None

    # The script ------------------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return PRESSED + self._jumped + timedelta(seconds=time.monotonic() - self._begun)

    @property
    def streams(self) -> int:
        return len(self._streams)

    def jump(self, seconds: float) -> None:
        self._jumped += timedelta(seconds=seconds)
        for alert in self.alerts:
            self.tell(alert)

    def stamp(self, seconds: float = 0) -> str:
        return (self.now + timedelta(seconds=seconds)).isoformat()

    def raise_alert(self, **fields: Any) -> Json:
        alert: Json = {
            "id": f"alert-{len(self.alerts) + 1}", "kind": "sos", "state": "climbing", "drill": False, "silent": False,
            "attended": False, "closing": None, "says_safe": False, "member": MAYA, "raised_at": self.stamp(),
            "places": [], "rung": 1, "next_rung_at": self.stamp(30), "answers": [], "deliveries": [], "notes": [],
            "police": [], "outcome": None, "warnings": [], "people_rung": 0, "run_by": None, "handover": None,
            "still_open": ["nobody_with_them", "place_not_known"], "can_take": [DANA, PRIYA],
            "scripts": [{"duty": "everyone", "text": "Do not go out."}, {"duty": "door", "text": "Lock doors."}],
        }  # fmt: skip
        alert.update(fields)
        self.alerts[alert["id"]] = alert
        return alert

    def change(self, alert: str, **fields: Any) -> None:
        self.alerts[alert].update(fields)
        self.tell(alert)

    def tell(self, alert: str) -> None:
        """Send the alert as it is now to every open stream."""
        self._position += 1
        self._send(f"id: {self._position}\nevent: alert\n", self.view(alert))

    def text(self, number: str, message: Json) -> None:
        next(phone for phone in self.phones if phone["number"] == number)["messages"].append(message)
        self._send("event: message\n", {"number": number, "message": message})

    def message(self, sender: str, text: str, ago: float = 0) -> Json:
        self._position += 1
        direction = "out" if sender == TOCSIN else "in"
        return {
            "id": f"m{self._position}",
            "from": sender,
            "text": text,
            "at": self.stamp(-ago),
            "direction": direction,
        }

    def said(self, member: Json, answer: str, lapses: float | None = 90, ago: float = 0) -> Json:
        """One answer of the alert's JSON; `lapses` seconds from now, None for *cannot*."""
        lapses_at = None if lapses is None else self.stamp(lapses)
        return {"member": member, "answer": answer, "at": self.stamp(-ago), "lapses_at": lapses_at, "counts": True}

    def view(self, alert: str) -> Json:
        return {**self.alerts[alert], "server_now": self.stamp(), "you": {"member": "luis", "may": self.may}}

    def be_calm(self, **fields: Any) -> None:
        """Somebody of each kind on shift, and a night with a hole in it."""
        reach = ("none", "half", "unproven", "stale", "proven", "proven")
        people = [
            {
                "member": one,
                "reach": how,
                "ways": [] if how == "none" else ["sms", "voice"],
                "proven_at": self.stamp(-n),
            }
            for n, (one, how) in enumerate(zip((OWEN, MAYA, PRIYA, TOMASZ, DANA, LUIS), reach, strict=True), 200)
        ]
        hour = self.now.replace(minute=0, second=0)
        hours = [(hour + timedelta(hours=n)).isoformat() for n in range(24)]
        cover = [{"at": at, "people": 6, "lacks": []} for at in hours]
        cover[4] = {**cover[4], "people": 1, "lacks": ["too_few", "no_closer"]}
        cover[5] = {**cover[5], "people": 0, "lacks": ["nobody"]}
        ways = [
            {"channel": "sms", "proven": 5, "all": 6, "newest_at": self.stamp(-90)},
            {"channel": "voice", "proven": 6, "all": 6, "newest_at": self.stamp(-90)},
        ]
        told = {"site": "wren", "at": self.stamp(), "on_shift": 6, "people": people, "ways": ways, "cover": cover}
        self.calm = {**told, **fields}

    def walk(self, member: Json, minutes: float, ago: float = 0, **fields: Any) -> Json:
        """Somebody is on a walk, as a supervisor is shown it; told on every open stream."""
        walk: Json = {
            "id": f"walk-{len(self.walks) + 1}", "state": "out", "member": member, "started_at": self.stamp(-60 * ago),
            "due_at": self.stamp(60 * minutes), "server_now": self.stamp(), "you": {"member": "luis", "may": []},
        }  # fmt: skip
        self.walks[walk["id"]] = {**walk, **fields}
        self.send("walk", self.walks[walk["id"]])
        return self.walks[walk["id"]]

    def walked(self, walk: str, **fields: Any) -> None:
        """What became of it."""
        self.walks[walk] = {**self.walks[walk], **fields, "server_now": self.stamp()}
        self.send("walk", self.walks[walk])

    def press(self, key: str, silent: bool) -> tuple[Json, bool]:
        """The receipt, and whether this very press was taken before."""
        known = key in self.keys
        mine = [alert for alert in self.alerts.values() if alert["state"] != "closed" and alert["member"] == MAYA]
        before = self.alerts.get(self.keys.get(key, ""))  # A press that comes again is that press, whatever has ended.
        alert = before or (mine[0] if mine else self.raise_alert(silent=silent))
        self.keys[key] = alert["id"]
        self.tell(alert["id"])
        return {"id": alert["id"], "receipt": f"receipt-{key}", "state": alert["state"], "warnings": []}, known

    def act(self, alert: str, act: str, by: Json | None, body: Json) -> None:
        """What the real server would make of it, without its rules."""
        now = self.alerts[alert]
        if act == "/safe":
            self.change(alert, state="closed", outcome="safe", closing=None)
        if act == "/close":
            alone = {"confirmed_by": None, "commits_at": None, "outcome": body["outcome"]}
            self.change(alert, closing={"by": by, **alone})
        if act == "/close/confirm":
            self.change(alert, closing={**now["closing"], "confirmed_by": by, "commits_at": self.stamp(60)})
        if act == "/close/object":
            self.change(alert, closing=None)
        if act == "/handover":
            to = next(one for one in now["can_take"] if one["id"] == body["to"])
            asked = {"at": self.stamp(), "still_open": now["still_open"], "text": body.get("text")}
            self.change(alert, handover={"by": by, "to": to, **asked})
        if act == "/handover/take":
            self.change(alert, run_by=by, handover=None)
        if act == "/notes" and body["key"] not in self.keys:
            self.keys[body["key"]] = alert
            self.change(alert, notes=[*now["notes"], {"member": by, "text": body["text"], "at": self.stamp()}])

    def me(self, token: str) -> Json | None:
        reader = READERS.get(token)
        if reader is None:
            return None
        member = {**reader, "roles": ROLES[reader["id"]], "site_phone": "+12025550100", "language": self.speaks}
        here = {"site": {"id": "wren", "name": "Wrenfield County 911"}, "sos_numbers": [TOCSIN]}
        told = {"on_shift_count": self.on_shift, "calm": self.calm is not None, "disabled": self.disabled}
        return {"member": member, **told, **here, **self.more}

    def tries(self) -> list[Any]:
        return [body for method, path, body in self.asked if (method, path) == ("POST", "/api/v1/alerts")]

    def pressed(self) -> list[Any]:
        """Each press once: a page tries again where the answer is slow, and the same key makes it the same press."""
        return list({body["key"]: body for body in self.tries()}.values())

    def posted(self, end: str) -> list[Any]:
        """Each body without its key."""
        found = [body for method, path, body in self.asked if method == "POST" and path.endswith(end)]
        return [body and {name: value for name, value in body.items() if name != "key"} for body in found]

    def send(self, event: str, data: Json) -> None:
        """Any event, on every open stream."""
        self._send(f"event: {event}\n", data)

    def _send(self, head: str, data: Json) -> None:
        self.raw(f"{head}data: {json.dumps(data)}\n\n".encode())

    def raw(self, frame: bytes) -> None:
        if self._loop:
            self._loop.call_soon_threadsafe(self._put, frame)

    def hang_up(self) -> None:
        """Every stream ends, and none can be opened until `deaf` is False again."""
        self.deaf = True
        if self._loop:
            self._loop.call_soon_threadsafe(self._put, b"")

    def _put(self, frame: bytes) -> None:
        for queue in self._streams:
            queue.put_nowait(frame)

    # The server ------------------------------------------------------------------------------------------------

    def serve(self) -> uvicorn.Server:
        server = uvicorn.Server(uvicorn.Config(self.app(), port=0, log_level="critical", lifespan="off"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        started = threading.Event()
        while not server.started:
            started.wait(0.01)
        self.port = server.servers[0].sockets[0].getsockname()[1]
        return server

    def app(self) -> App:
        """The pages with the headers that they have in the real program."""
        pages = cast("App", Litestar([*page_handlers(tiles=self.tiles), *api_of(self)], openapi_config=None))
        tiles = origin_of(self.tiles.url).encode()

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await pages(scope, receive, locking(send, https=False, beside=tiles))

        return app

    async def follow(self) -> AsyncIterator[bytes]:
        self._loop = asyncio.get_running_loop()
        queue: asyncio.Queue[bytes] = asyncio.Queue()
        self._streams.add(queue)
        try:
            yield f"event: hello\ndata: {json.dumps({'server_now': self.stamp()})}\n\n".encode()
            while frame := await self._next(queue):
                yield frame
        finally:
            self._streams.discard(queue)

    async def _next(self, queue: asyncio.Queue[bytes]) -> bytes:
        try:
            return await asyncio.wait_for(queue.get(), 0.8)
        except TimeoutError:
            return b": beat\n\n"
