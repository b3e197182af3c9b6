"""People who look: at open streams, at lists, at the pages of the office; and who try what they hold, ended or not.

What each of them was shown, by which credential and when, goes into the journal, and only that is held against the
system.  The edges that they come through are the product's own (`doors.py`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from http import HTTPStatus
from typing import Any

import msgspec
from msgspec import Struct

from tocsin.core.access.words import Via
from tocsin.core.listing import ANYTHING
from tocsin.core.words import Answer, Phase, WalkState
from tocsin.intake.credentials import Pass
from tocsin.intake.lookout import OPEN
from tocsin.sim.climate import chance_of
from tocsin.sim.doors import Doors, Gate
from tocsin.sim.journal import Deed, Heard, Said, Shown, ToldOfWalk
from tocsin.sim.people import Street
from tocsin.sim.staff import FIRST, Staff, Token

READS = 0.4  # Of those who could, in each night.
WAITS_S, LOOKS_S, STAYS_S = (0.2, 4.0), (3.0, 20.0), (5.0, 60.0)
_ACTS = (
    ("answers", b'{"answer":"seen"}'),
    ("answers", b'{"answer":"coming","eta_s":60}'),
    ("notes", b'{"text":"noted"}'),
    ("handover/take", b""),
    ("handover", b'{"to":"%s"}' % FIRST.encode()),
    ("close", b'{"outcome":"safe"}'),
    ("close/confirm", b""),
)
_ANSWERS = {b'{"answer":"seen"}': Answer.SEEN, b'{"answer":"coming","eta_s":60}': Answer.COMING}


class Seen(Struct):
    """What is held against a view."""

    id: str
    state: Phase
    unreached: list[dict[str, Any]] | None = None


class SeenWalk(Struct):
    """The same of a walk."""

    id: str
    state: WalkState
    due_at: str
    alert: str | None


_read = msgspec.json.Decoder(Seen).decode
_read_walk = msgspec.json.Decoder(SeenWalk).decode
_names = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class Reader:
    """Somebody with a credential or several.

    `known`, `walks`: alerts and walks that they ever heard of, for what they try later.
    """

    def __init__(self, street: Street, gate: Gate, name: str, tokens: Callable[[], list[Token]]) -> None:
        self.street, self.gate, self.name, self.tokens = street, gate, name, tokens
        self.chance = chance_of(street.climate.seed, f"reader {name}")
        self.known: dict[str, None] = {}
        self.walks: dict[str, None] = {}
        self._streams: list[AsyncIterator[bytes]] = []  # Kept: what a dead process left open is nobody's to close.

    @property
    def _calm(self) -> bool:
        return self.street.climate.calm

    async def follow(self, doors: Doors) -> None:
        """In the process: one stream after the other, each until it ends or they hang up."""
        while not self._calm:
            await self.street.loop.pause(self.chance.uniform(*WAITS_S))
            token = self.chance.choice(self.tokens())
            who = doors.credentials.of(f"Bearer {token.secret}")
            if who is not None and not who.raise_only:
                await self._one_stream(doors, who)

    async def _one_stream(self, doors: Doors, who: Pass) -> None:
        until_s = self.street.loop.time() + self.chance.uniform(*STAYS_S)
        stream = doors.live.follow(who, None)
        self._streams.append(stream)
        async for frame in stream:
            self._told(frame, who)
            if self.street.loop.time() >= until_s or self._calm:
                break
        await stream.aclose()  # type: ignore[attr-defined]

    def _told(self, frame: bytes, who: Pass) -> None:
        lines = frame.split(b"\n")
        if len(lines) > 2 and lines[1] == b"event: alert":
            self._heard(_read(lines[2].removeprefix(b"data: ")), who, "stream")
        elif len(lines) > 2 and lines[1] == b"event: walk":
            self._heard_of_walk(lines[2].removeprefix(b"data: "), who, "stream")

    def _heard(self, seen: Seen, who: Pass, how: str) -> None:
        alert, journal = seen.id, self.street.journal
        self.known[alert] = None
        named = seen.unreached if seen.state in OPEN else None
        unreached = None if named is None else tuple(one["member"]["id"] for one in named)
        over = seen.state not in OPEN
        journal.heard.append(Heard(self.street.loop.now_ms, self.name, who.credential, alert, how, unreached, over))
        journal.trace("reads", self.name, how, alert)

    def _heard_of_walk(self, view: bytes, who: Pass, how: str) -> None:
        """Whoever is told by a walk which alert it raised is told of that too."""
        seen, journal, now_ms = _read_walk(view), self.street.journal, self.street.loop.now_ms
        self.walks[seen.id] = None
        said = (seen.id, how, seen.state, seen.due_at, seen.alert, frozenset(_names(view)))
        journal.told_of_walks.append(ToldOfWalk(now_ms, self.name, who.credential, *said))
        if seen.alert is not None:
            journal.heard.append(Heard(now_ms, self.name, who.credential, seen.alert, "walk"))
        journal.trace("reads", self.name, how, seen.id, seen.state)

    async def look_and_try(self) -> None:
        """From outside: lists, and acts on what they know, with whatever they hold."""
        while not self._calm:
            await self.street.loop.pause(self.chance.uniform(*LOOKS_S))
            token = self.chance.choice(self.tokens())
            await self.gate.through(lambda doors, held=token: self._read(doors, held))  # type: ignore[misc]
            if self.known and not self._calm and self.chance.random() < 0.5:
                await self.try_something(token)

    async def _read(self, doors: Doors, token: Token) -> None:
        who = doors.credentials.reading(f"Bearer {token.secret}")
        for view in doors.lookout.page(who, ANYTHING, None).views:
            self._heard(_read(msgspec.json.encode(view)), who, "list")
        for walk in doors.walks.under_way(who):
            self._heard_of_walk(msgspec.json.encode(walk), who, "list")
        for walk in filter(None, [doors.walks.find(who, id) for id in self.walks]):
            self._heard_of_walk(msgspec.json.encode(walk), who, "page")

    async def try_something(self, token: Token) -> None:
        act, body = self.chance.choice(_ACTS)
        await self.act(token, self.chance.choice(list(self.known)), act, body)

    async def act(self, token: Token, alert: str, act: str, body: bytes) -> None:
        said = None
        if body in _ANSWERS:
            said = Said(self.name, _ANSWERS[body], True, self.street.loop.now_ms, alert)
            self.street.journal.answers.append(said)

        async def work(doors: Doors) -> bool:
            asked_ms = self.street.loop.now_ms
            who = doors.credentials.reading(f"Bearer {token.secret}")
            await doors.acts.do(who, alert, act, body)
            self.street.journal.deeds.append(Deed(self.name, who.credential, alert, act, asked_ms))
            return True

        if await self.gate.through(work) and said is not None:
            said.acked_ms = self.street.loop.now_ms
        self.street.journal.trace("tries", self.name, act, alert)

    async def press(self, token: Token, key: str) -> None:
        """A call for help, by whatever they still hold: never refused, and of an ended one *received* is all."""
        alive = self.gate.doors is not None and self.gate.doors.credentials.of(f"Bearer {token.secret}")
        if not alive:
            return
        answer = await self.gate.through(lambda doors: doors.presses.take(f"Bearer {token.secret}", key, b"{}"))
        if answer is None or answer[0] >= HTTPStatus.MULTIPLE_CHOICES or not alive.raise_only:
            return
        if set(msgspec.json.decode(answer[1])) - {"receipt"}:
            self.street.journal.found("I20", f"{self.name}'s ended credential learnt more than *received*")


class Desk:
    """The administrator's page of members, read again and again: who can be reached?"""

    def __init__(self, street: Street, gate: Gate, staff: Staff) -> None:
        self.street, self.gate, self.staff = street, gate, staff
        self.chance = chance_of(street.climate.seed, "desk")

    async def look(self) -> None:
        while not self.street.climate.calm:
            await self.street.loop.pause(self.chance.uniform(*LOOKS_S))
            await self.gate.through(self._members)

    async def _members(self, doors: Doors) -> None:
        now_ms = self.street.loop.now_ms
        who = doors.credentials.reading(f"Bearer {self.staff.sessions[FIRST][-1].secret}")
        for view in doors.records.members(who):
            for contact in view.contacts or ():
                self.street.journal.shown.append(Shown(now_ms, view.id, contact.id, contact.to, contact.wakes))


def readers_of(street: Street, gate: Gate, staff: Staff) -> list[Reader]:
    """Everybody who holds something; who of them looks tonight is drawn (`READS`)."""
    people = list(dict.fromkeys((*staff.sessions, *staff.phones)))
    readers = [Reader(street, gate, name, lambda name=name: staff.held(name)) for name in people]  # type: ignore[misc]
    for via in (Via.WALLBOARD, Via.KEY, Via.DESK):
        readers.append(Reader(street, gate, via.value, lambda via=via: [staff.screens[via]]))  # type: ignore[misc]
    return readers
