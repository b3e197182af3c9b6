"""Phones that ring: calls out and in, with whoever (or whatever) picks up.

Theory of operation
-------------------
`take` is the request that rings a phone.  What follows is one task for each call: it reports *initiated* and *ringing*,
lets the phone's habit decide who picks up, walks through the TwiML as the carrier does (it speaks, asks, follows a
redirect, hangs up) and reports how it ended.  Whoever is on the phone presses their keys one question after the other;
`heard` is every word that came out of the receiver.

With `per_second` calls wait in line to be dialled, as at a carrier.  `change` takes one back that waits or rings.
A phone has one line: whoever is called while another call of ours rings there, or is heard, is busy.

Written from the carrier's documentation and apart from `wire/twilio_voice.py` on purpose.
https://www.twilio.com/docs/voice/twiml
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Literal
from urllib.parse import parse_qs
from xml.etree import ElementTree  # nosec B405 - for the product's own words on loopback.

from msgspec import Struct, field

from tocsin.core.dice import Dice
from tocsin.ports import Clock
from tocsin.sandbox import dialect
from tocsin.sandbox.faults import Weather

TWIML_MAX_CHARS = 4_000
TURNS_MAX = 50  # A call that goes in circles is hung up on.
DECLINED = {"down": 20503, "To": 21201, "From": 21213, "Twiml": 21205}
MACHINE = {"voicemail": "machine_start", "fax": "fax"}
UNHEARD = {"busy": "busy", "no_answer": "no-answer", "fails": "failed", "hangs_up_on_us": "canceled"}

PicksUp = Literal["human", "silent", "voicemail", "fax", "busy", "no_answer", "fails", "hangs_up_on_us"]


class Habit(Struct, frozen=True, forbid_unknown_fields=True):
    """What becomes of a call to a phone.

    picks_up: `human` presses `keys`, one entry a question; `silent` listens and presses nothing; `voicemail` and `fax`
    are machines.  cut_off_ms: the line breaks so long after it was picked up.  unnoticed: the carrier takes a machine
    for a person.
    """

    picks_up: PicksUp = "silent"
    keys: tuple[str, ...] = ()
    cut_off_ms: int | None = None
    unnoticed: bool = False


class Tempo(Struct, frozen=True):
    """How long things take, in milliseconds.  `second_ms`: what a second of the TwiML's is here."""

    ring_ms: int = 200
    word_ms: int = 300
    second_ms: int = 1_000
    machine_ms: int = 2_000


class Call(Struct):
    """One call: every field of the request that made it (none: it came in), what was heard, what was reported."""

    sid: str
    caller: str
    to: str
    form: dict[str, str]
    events: tuple[str, ...] = ()
    heard: list[str] = field(default_factory=list)
    reported: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    inbound: bool = False
    dialled: bool = False
    over: bool = False

    @property
    def status(self) -> str:
        """The carrier's word for how it stands."""
        return self.reported[-1] if self.reported else "queued"


Post = Callable[[str, dialect.Form], Awaitable[tuple[int, bytes]]]
Wait = Callable[[int], Awaitable[None]]
Begin = Callable[[Coroutine[Any, Any, None]], None]


class Exchange:
    """Every call of the box.  `voice_url`: the product's webhook for calls that come in.

    `everyone`: the habit of a phone that has none of its own in `habits`.  `per_second`: how many calls are dialled in
    a second (None: all at once).  `changed`: each request to change a call, its name and what was asked.
    """

    def __init__(
        self, account_sid: str, dice: Dice, clock: Clock, weather: Weather, post: Post, wait: Wait, begin: Begin
    ) -> None:
        self._account_sid, self._dice, self._clock, self._weather = account_sid, dice, clock, weather
        self._post, self._wait, self._begin = post, wait, begin
        self.voice_url = ""
        self.tempo = Tempo()
        self.everyone = Habit()
        self.habits: dict[str, Habit] = {}
        self.made: list[Call] = []
        self.changed: list[tuple[str, str]] = []
        self.per_second: float | None = None
        self._turn = asyncio.Lock()

    def made_to(self, number: str) -> list[Call]:
        return [call for call in self.made if call.to == number]

    # Calls out ---------------------------------------------------------------------------------------------------

    async def take(self, body: bytes) -> tuple[int, bytes] | None:
        """Answer one request for a call: status and body, or None where the caller shall wait in vain."""
        form = dialect.form_of(body)
        fault = self._weather.over(form.get("To", ""))
        if fault.slow_ms:
            await self._wait(fault.slow_ms)
        code = DECLINED["down"] if fault.down else _declined(form) or fault.refused
        if code:
            return dialect.error(code)
        events = parse_qs(body.decode("utf-8", "replace")).get("StatusCallbackEvent", ["completed"])
        sid = "CA" + self._dice.bytes(16).hex()
        call = Call(sid, form["From"], form["To"], form, tuple(events))
        self.made.append(call)
        if not fault.lost:
            self._begin(self._live(call, self.habits.get(call.to, self.everyone)))
        return None if fault.hang else (201, self._resource(call))

    async def change(self, sid: str, body: bytes) -> tuple[int, bytes] | None:
        """Answer one request to change a call; None where the caller shall wait in vain."""
        call = next((made for made in self.made if made.sid == sid), None)
        status = dialect.form_of(body).get("Status", "")
        self.changed.append((sid, status))
        fault = self._weather.over(call.to if call else "")
        if fault.down or call is None or status != "canceled" or call.over:
            return dialect.error(DECLINED["down"] if fault.down else 20404 if call is None else 21220)
        if call.status != "in-progress":
            call.over = True
            await self._tell(call, "completed", "canceled")
        return None if fault.hang else (200, self._resource(call))

    def _resource(self, call: Call) -> bytes:
        return dialect.call_created(self._account_sid, call.sid, call.form, self._clock.now_ms(), call.status)

    async def _live(self, call: Call, habit: Habit) -> None:
        await self._wait_in_line(call)
        if not call.over:
            await self._dialled(call, habit)

    async def _wait_in_line(self, call: Call) -> None:
        """One after the other; those that were taken back meanwhile cost no time."""
        async with self._turn:
            if self.per_second is not None and not call.over:
                await self._wait(int(1_000 / self.per_second))

    async def _dialled(self, call: Call, habit: Habit) -> None:
        await self._tell(call, "initiated", "initiated")
        if self._engaged(call):
            habit = Habit("busy")
        else:
            call.dialled = True
            await self._tell(call, "ringing", "ringing")
            await self._wait(self.tempo.ring_ms)
        if not call.over:
            await self._picked_up(call, habit)
            call.over = True

    def _engaged(self, call: Call) -> bool:
        return any(other.dialled and not other.over for other in self.made_to(call.to))

    async def _picked_up(self, call: Call, habit: Habit) -> None:
        if habit.picks_up in UNHEARD:
            code = {"ErrorCode": "13224"} if habit.picks_up == "fails" else {}
            await self._tell(call, "completed", UNHEARD[habit.picks_up], code)
        else:
            await self._tell(call, "answered", "in-progress")
            self._begin(self._notice(call, habit))
            await self._until_cut(self._talk(call, call.form["Twiml"].encode(), list(habit.keys)), habit)
            await self._tell(call, "completed", "completed")

    async def _until_cut(self, talk: Coroutine[Any, Any, None], habit: Habit) -> None:
        with contextlib.suppress(TimeoutError):  # The line is dead; what was heard was heard.
            await asyncio.wait_for(talk, None if habit.cut_off_ms is None else habit.cut_off_ms / 1_000)

    async def _notice(self, call: Call, habit: Habit) -> None:
        """What picked up is found out beside the talk, and told if it was asked for."""
        url = call.form.get("AsyncAmdStatusCallback")
        if url and call.form.get("MachineDetection") == "Enable" and call.form.get("AsyncAmd") == "true":
            await self._wait(self.tempo.machine_ms)
            found = "human" if habit.unnoticed else MACHINE.get(habit.picks_up, "human")
            form = {"AccountSid": self._account_sid, "CallSid": call.sid, "AnsweredBy": found}
            status, _ = await self._post(url, form)
            call.answers.append(status)

    async def _tell(self, call: Call, event: str, status: str, more: dialect.Form | None = None) -> None:
        call.reported.append(status)
        fault, url = self._weather.over(call.to), call.form.get("StatusCallback")
        if url and event in call.events:
            for _ in range(fault.repeats):
                self._begin(self._later(call, url, self._fields(call, status) | (more or {}), fault.late_ms))

    async def _later(self, call: Call, url: str, form: dialect.Form, late_ms: int) -> None:
        if late_ms:
            await self._wait(late_ms)
        status, _ = await self._post(url, form)
        call.answers.append(status)

    # The talk ----------------------------------------------------------------------------------------------------

    async def _talk(self, call: Call, twiml: bytes, keys: list[str]) -> None:
        """Walk through one document after the other until one ends."""
        for _ in range(TURNS_MAX):
            following = await self._document(call, twiml, keys)
            if following is None:
                return
            twiml = following

    async def _document(self, call: Call, twiml: bytes, keys: list[str]) -> bytes | None:
        for verb in ElementTree.fromstring(twiml):  # noqa: S314  # nosec B314 - the product's own words.
            match verb.tag:
                case "Say":
                    await self._hear(call, verb)
                case "Gather":
                    digits = await self._asked(call, verb, keys)
                    if digits is not None:
                        return await self._go_on(call, verb.get("action", ""), {"Digits": digits})
                case "Redirect":
                    return await self._go_on(call, verb.text or "", {})
                case "Hangup":
                    return None
                case odd:
                    raise AssertionError(f"the carrier knows no {odd} here")
        return None

    async def _asked(self, call: Call, gather: ElementTree.Element, keys: list[str]) -> str | None:
        for said in gather:
            await self._hear(call, said, hurried=bool(keys))
        if keys:
            return keys.pop(0).rstrip("#")[: int(gather.get("numDigits", "99"))]
        await self._wait(int(gather.get("timeout", "5")) * self.tempo.second_ms)
        return None

    async def _hear(self, call: Call, said: ElementTree.Element, *, hurried: bool = False) -> None:
        """Whoever is about to press a key listens once."""
        text = " ".join("".join(said.itertext()).split())
        for _ in range(1 if hurried else int(said.get("loop", "1"))):
            call.heard.append(text)
            await self._wait(len(text.split()) * self.tempo.word_ms)

    async def _go_on(self, call: Call, url: str, more: dialect.Form) -> bytes | None:
        """What the product says next; where it says nothing the carrier hangs up."""
        status, body = await self._post(url, self._fields(call, "in-progress") | more)
        call.answers.append(status)
        return body if status == 200 else None

    # Calls in ----------------------------------------------------------------------------------------------------

    async def dial(self, number: str, to: str, keys: tuple[str, ...] = ()) -> Call:
        """Call the product from the phone `number` and press these keys; done when the call is over."""
        call = Call("CA" + self._dice.bytes(16).hex(), number, to, {}, inbound=True)
        self.made.append(call)
        first = await self._go_on(call, self.voice_url, {})
        if first is not None:
            await self._talk(call, first, list(keys))
        call.over = True
        return call

    def _fields(self, call: Call, status: str) -> dialect.Form:
        return dialect.call_form(self._account_sid, call.sid, call.caller, call.to, status, inbound=call.inbound)


def _declined(form: dialect.Form) -> int | None:
    for name in ("To", "From", "Twiml"):
        if not form.get(name):
            return DECLINED[name]
    if not form["To"].startswith("+") or not form["To"][1:].isdecimal():
        return 21211
    return 21205 if len(form["Twiml"]) > TWIML_MAX_CHARS else None
