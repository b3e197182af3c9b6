"""A carrier in a box: takes messages, moves them to invented phones, calls back, forwards what the phones write.

Theory of operation
-------------------
`take` is the send request.  It answers at once and leaves the rest to the loop's timers: *sent*, then the text on the
phone with *delivered*.  Faults bend each step.  `sent` is what truly went out, one entry per physical send accepted, so
a test counts what the world saw and not what the product believes.

Time is the running loop's, so under a virtual loop all of it is virtual.  Nothing here is remembered after the process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from msgspec import Struct, field

from tocsin.core.dice import Dice
from tocsin.ports import Clock, Entropy
from tocsin.sandbox import dialect
from tocsin.sandbox.calls import Exchange
from tocsin.sandbox.faults import CALM, Fault, Weather
from tocsin.sandbox.pushes import PushBox

ACCOUNT_SID = "AC" + "5a" * 16
AUTH_TOKEN = "an-invented-token-of-the-sandbox"  # noqa: S105  # nosec B105 - it opens nothing but this sandbox.

PUSH_SENDER = "push"  # From whom a notification seems to be, on the page that shows the phones.
FIRST_SENDER = "+12025550190"  # Whom a phone writes to that nobody has written to.


class Text(Struct, frozen=True):
    """One message on a phone.  `direction`: `in` came to the phone, `out` was written on it."""

    id: str
    sender: str = field(name="from")
    to: str
    text: str
    at: str
    direction: str


class Phone(Struct):
    number: str
    name: str
    messages: list[Text] = field(default_factory=list)


class Sent(Struct, frozen=True):
    """One physical send that the carrier took: when (loop seconds), as what, and every field of the request."""

    at_s: float
    sid: str
    to: str
    sender: str
    text: str
    form: dict[str, str]


class Pace(Struct, frozen=True):
    """Milliseconds from a send to its callbacks; `queued_ms` None leaves that callback out, as is usual."""

    queued_ms: int | None = None
    sent_ms: int = 20
    delivered_ms: int = 120


class Forwarded(Struct, frozen=True):
    """How the product's webhook answered a text: HTTP status (0: it was not there) and the replies it asked for."""

    status: int
    replies: tuple[str, ...] = ()


class Hooks(Protocol):
    """Carries a signed form to the product; status 0 and no body where nobody listens.  Never raises."""

    async def post(self, url: str, body: bytes, signature: str) -> tuple[int, bytes]: ...

    async def close(self) -> None: ...


Heard = Callable[[str, Text | None], None]  # None: the box closes.


class Sandbox:
    """The state of the box.  `sms_url`: the product's webhook for incoming texts."""

    def __init__(
        self, clock: Clock, entropy: Entropy, hooks: Hooks, sms_url: str = "", pace: Pace | None = None
    ) -> None:
        self.clock, self.hooks, self.sms_url, self.pace = clock, hooks, sms_url, pace or Pace()
        self.account_sid, self.auth_token = ACCOUNT_SID, AUTH_TOKEN
        self.phones: dict[str, Phone] = {}
        self.sent: list[Sent] = []
        self.weather = Weather()
        self.opted_out: set[tuple[str, str]] = set()
        self.callbacks: list[tuple[str, int]] = []
        self.listeners: set[Heard] = set()
        self._dice = Dice(entropy.seed())
        self._last_sender: dict[str, str] = {}
        self._closed = False
        self._waits: set[asyncio.Event] = set()
        self._timers: set[asyncio.TimerHandle] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.pushes = PushBox(self._dice, clock, self._show_push, self._wait, self._begin)
        self.calls = Exchange(self.account_sid, self._dice, clock, self.weather, self._post, self._wait, self._begin)

    # People and weather ------------------------------------------------------------------------------------------

    def phone(self, number: str, name: str = "") -> Phone:
        """The phone with this number; one that nobody named yet is made."""
        known = self.phones.get(number)
        if known is None:
            known = self.phones[number] = Phone(number, name or number)
        return known

    def fault(self, number: str | None = None, fault: Fault = CALM) -> None:
        """Weather for one number, or for the whole carrier; CALM ends it."""
        self.weather.set(number, fault)

    def sent_to(self, number: str) -> list[Sent]:
        return [sent for sent in self.sent if sent.to == number]

    # Messages out ------------------------------------------------------------------------------------------------

    async def take(self, form: dialect.Form) -> tuple[int, bytes] | None:
        """Answer one send request: status and body, or None where the sender shall wait in vain."""
        fault = self.weather.over(form.get("To", ""))
        if fault.slow_ms:
            await self._wait(fault.slow_ms)
        if code := self._declined(form, fault):
            return dialect.error(code)
        sid = "SM" + self._dice.bytes(16).hex()
        self._last_sender[form["To"]] = form["From"]
        now_s = asyncio.get_running_loop().time()
        self.sent.append(Sent(now_s, sid, form["To"], form["From"], form["Body"], form))
        self._plan(sid, form, fault)
        return None if fault.hang else (201, dialect.created(self.account_sid, sid, form, self.clock.now_ms()))

    def account(self) -> tuple[int, bytes] | None:
        """Answer a request for our own account, which sends nothing; None where the caller shall wait in vain."""
        fault = self.weather.everywhere
        if fault.down:
            return dialect.error(20503)
        return None if fault.hang else (200, dialect.account(self.account_sid))

    def _declined(self, form: dialect.Form, fault: Fault) -> int | None:
        if fault.down:
            return 20503
        for name, code in (("To", 21604), ("From", 21603), ("Body", 21602)):
            if not form.get(name):
                return code
        if not form["To"].startswith("+") or not form["To"][1:].isdecimal():
            return 21211
        if len(form["Body"]) > dialect.TEXT_MAX_CHARS:
            return 21617
        if fault.opted_out or (form["To"], form["From"]) in self.opted_out:
            return 21610
        return fault.refused

    def _plan(self, sid: str, form: dialect.Form, fault: Fault) -> None:
        pace, late_ms = self.pace, fault.late_ms
        first_ms, last_ms = pace.sent_ms, pace.delivered_ms
        if fault.reordered:
            first_ms, last_ms = last_ms, first_ms
        if pace.queued_ms is not None:
            self._call_back(sid, form, fault, "queued", pace.queued_ms + late_ms)
        self._call_back(sid, form, fault, "sent", first_ms + late_ms)
        if fault.undelivered is not None:
            self._call_back(sid, form, fault, "undelivered", last_ms + late_ms)
        elif not fault.lost:
            self._later(last_ms, lambda: self._land(sid, form))
            self._call_back(sid, form, fault, "delivered", last_ms + late_ms)

    def _land(self, sid: str, form: dialect.Form) -> None:
        self._show(form["To"], Text(sid, form["From"], form["To"], form["Body"], self._at(), "in"))

    def _call_back(self, sid: str, form: dialect.Form, fault: Fault, status: str, after_ms: int) -> None:
        url = form.get("StatusCallback")
        if not url:
            return
        code = fault.undelivered if status == "undelivered" else None
        told = dialect.status_form(self.account_sid, sid, form, status, code)
        for _ in range(fault.repeats):
            self._later(after_ms, lambda: self._begin(self._tell(url, told)))

    async def _tell(self, url: str, form: dialect.Form) -> None:
        status, _ = await self._post(url, form)
        self.callbacks.append((form["MessageStatus"], status))

    async def _post(self, url: str, form: dialect.Form) -> tuple[int, bytes]:
        return await self.hooks.post(url, dialect.encoded(form), dialect.signature(self.auth_token, url, form))

    # Messages in -------------------------------------------------------------------------------------------------

    async def text(self, number: str, text: str, to: str | None = None) -> Forwarded:
        """Write `text` on the phone `number`; done when the product has answered its webhook.

        `to` is the product's number: by default the one that wrote last to this phone.  STOP and START act here, as at
        the carrier, and are forwarded too.
        """
        to = to or self._last_sender.get(number, FIRST_SENDER)
        sid = "SM" + self._dice.bytes(16).hex()
        self._show(number, Text(sid, number, to, text, self._at(), "out"))
        self._opt(dialect.opt_word(text), number, to)
        if self.weather.over(number).unheard:
            return Forwarded(0)
        return await self.forward(dialect.inbound_form(self.account_sid, sid, number, to, text))

    def _opt(self, word: str | None, number: str, to: str) -> None:
        if word == "STOP":
            self.opted_out.add((number, to))
        elif word == "START":
            self.opted_out.discard((number, to))

    async def forward(self, form: dialect.Form) -> Forwarded:
        """Give one inbound form to the product (a second time: a replay) and put its replies on the phone."""
        status, body = await self._post(self.sms_url, form)
        replies = tuple(dialect.replies_in(body)) if 200 <= status < 300 else ()
        if (form["From"], form["To"]) not in self.opted_out:
            for reply in replies:
                sid = "SM" + self._dice.bytes(16).hex()
                self._show(form["From"], Text(sid, form["To"], form["From"], reply, self._at(), "in"))
        return Forwarded(status, replies)

    # Time --------------------------------------------------------------------------------------------------------

    def _show(self, number: str, text: Text) -> None:
        self.phone(number).messages.append(text)
        for heard in tuple(self.listeners):
            heard(number, text)

    def _show_push(self, number: str, id: str, words: str) -> None:
        self._show(number, Text(id, PUSH_SENDER, number, words, self._at(), "in"))

    def _at(self) -> str:
        return dialect.moment(self.clock.now_ms())

    def _later(self, after_ms: int, act: Callable[[], None]) -> None:
        def due() -> None:
            self._timers.discard(timer)
            act()

        if not self._closed:
            timer = asyncio.get_running_loop().call_later(after_ms / 1_000, due)
            self._timers.add(timer)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _wait(self, ms: int) -> None:
        done = asyncio.Event()
        self._waits.add(done)
        self._later(ms, done.set)
        if not self._closed:
            await done.wait()
        self._waits.discard(done)

    async def settled(self) -> None:
        """Return when nothing sent so far has anything left to happen to it."""
        while self._timers or self._tasks:
            if self._tasks:
                await asyncio.wait(self._tasks)
            else:
                await self._wait(1)

    def hurry(self) -> None:
        """What waits for its time waits no longer."""
        for wait in self._waits:
            wait.set()

    def end_live(self) -> None:
        """End every live stream: a server that carries them calls this first, since it drains what is open."""
        for heard in tuple(self.listeners):
            heard("", None)

    async def close(self) -> None:
        """End every timer, wait, callback and live stream under way; nothing happens in this box any more."""
        self._closed = True
        self.end_live()
        self.hurry()
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.pushes.hooks.close()
        await self.hooks.close()
