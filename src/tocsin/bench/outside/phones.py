"""The phones of a night outside: they press at a steady pace, press again until it is taken, and write a journal.

A phone is told the truth when it hears, within three seconds of reaching the server, that the press was taken or that
it was not: a connection that is refused or cut is such a truth, silence is not.  Every try ends in one named outcome.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from enum import StrEnum

import aiohttp
import msgspec
from msgspec import Struct, field

from tocsin.bench.outside.site import FIRST_TEXTER, LABEL
from tocsin.bench.outside.waiting import passed
from tocsin.bench.town import SENDER, fictional
from tocsin.sandbox import dialect
from tocsin.sandbox.box import Sandbox

SILENT_S = 10.0  # After this a phone gives up waiting: three times as long as the truth may take.
AGAIN_S = 0.5
TRIES_MAX = 40
TEXTED_EACH = 10  # One press in so many is a text.
REFUSAL = "not_stored"


class Outcome(StrEnum):
    """How one try ended, as the phone saw it."""

    TAKEN = "taken"
    REFUSED = "refused"  # A problem document: not stored.
    CUT = "cut"  # The connection ended before an answer.
    UNREACHED = "unreached"  # Nobody took the connection.
    SILENT = "silent"  # Nothing at all: a broken promise.
    ODD = "odd"  # An answer that no press may get: a broken promise.


class Try(Struct, frozen=True):
    """One attempt, in seconds of the loop's clock."""

    outcome: Outcome
    began_s: float
    ended_s: float
    told: str = ""


class Pressed(Struct):
    """One press: by whom, under which key, every try, and what the 2xx said.  `sid`: of a text."""

    who: str
    key: str
    began_s: float
    sid: str = ""
    number: str = ""
    tries: list[Try] = field(default_factory=list)
    alert: str = ""
    receipt: str = ""

    @property
    def taken(self) -> bool:
        return bool(self.tries) and self.tries[-1].outcome is Outcome.TAKEN


class Answer(Struct):
    """What of an answer to a press the harness looks at."""

    id: str = ""
    receipt: str = ""
    code: str = ""


class Phones:
    """Everybody who presses.  `journal` is the clients' own record; nothing in it comes from the server's side."""

    def __init__(
        self, sandbox: Sandbox, port: int, tokens: Sequence[str], texters: int, patience_s: float = SILENT_S
    ) -> None:
        self._sandbox, self._port, self._tokens, self._texters = sandbox, port, tokens, texters
        self._patience_s = patience_s
        self.journal: list[Pressed] = []
        self._pressing: set[asyncio.Task[None]] = set()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, force_close=True), timeout=aiohttp.ClientTimeout(total=patience_s)
        )

    async def close(self) -> None:
        await self._session.close()

    # The load -----------------------------------------------------------------------------------------------------

    async def press_on(self, each_second: float, stop: asyncio.Event) -> None:
        """Begin so many presses each second, whatever becomes of those before; then wait for the last."""
        loop = asyncio.get_running_loop()
        next_s = loop.time()
        while not stop.is_set():
            self._begin()
            next_s = max(next_s + 1 / each_second, loop.time() - 1)  # Whoever was held up catches up, but not for ever.
            await passed(max(0.0, next_s - loop.time()))
        await asyncio.gather(*self._pressing)

    def _begin(self) -> None:
        task = asyncio.get_running_loop().create_task(self.press(self._next()))
        self._pressing.add(task)
        task.add_done_callback(self._pressing.discard)

    def _next(self) -> Pressed:
        number, now_s = len(self.journal), asyncio.get_running_loop().time()
        texter = number // TEXTED_EACH % self._texters
        if number % TEXTED_EACH == 0:
            pressed = Pressed(f"t{texter}", "", now_s, f"SM{number:032x}", fictional(FIRST_TEXTER + texter))
        else:
            pressed = Pressed(f"w{number % len(self._tokens)}", f"key-{number}", now_s)
        self.journal.append(pressed)
        return pressed

    async def press(self, pressed: Pressed) -> None:
        """As a phone does: the same press, until somebody says that it is durable, or nobody has for long."""
        for _ in range(TRIES_MAX):
            pressed.tries.append(await self.try_once(pressed))
            if pressed.taken:
                return
            await passed(AGAIN_S)

    async def probe(self) -> bool:
        """One try of one more press.  Was it taken?"""
        number = len(self.journal)
        pressed = Pressed(f"w{number % len(self._tokens)}", f"key-{number}", asyncio.get_running_loop().time())
        self.journal.append(pressed)
        pressed.tries.append(await self.try_once(pressed))
        return pressed.taken

    # One try ------------------------------------------------------------------------------------------------------

    async def try_once(self, pressed: Pressed) -> Try:
        """Press, or press again under the same key; a first 2xx is noted in `pressed`."""
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        outcome, answer = await (self._text(pressed) if pressed.sid else self._post(pressed))
        if outcome is Outcome.TAKEN and not pressed.receipt:
            pressed.alert, pressed.receipt = answer.id, answer.receipt
        return Try(outcome, began_s, loop.time(), answer.code)

    async def again(self, pressed: Pressed) -> tuple[int, Answer]:
        """The same press once more, long after: the status, and what was said."""
        async with self._ask(pressed) as reply:
            return reply.status, msgspec.json.decode(await reply.read(), type=Answer)

    async def text_again(self, pressed: Pressed) -> tuple[int, tuple[str, ...]]:
        """The carrier repeats a text: the status, and the replies it was asked to send."""
        forwarded = await self._sandbox.forward(self._form(pressed))
        return forwarded.status, forwarded.replies

    def _ask(self, pressed: Pressed) -> aiohttp.client._RequestContextManager:
        worker = int(pressed.who[1:])
        port = self._port + worker % 2  # Every other phone knows the port for presses alone.
        headers = {"Authorization": f"Bearer {self._tokens[worker]}", "Idempotency-Key": pressed.key}
        body = {"kind": "sos", "place": {"kind": "spoken", "label": LABEL}}
        return self._session.post(f"http://127.0.0.1:{port}/api/v1/alerts", json=body, headers=headers)

    async def _post(self, pressed: Pressed) -> tuple[Outcome, Answer]:
        try:
            async with self._ask(pressed) as reply:
                return _read(reply.status, await reply.read())
        except TimeoutError:
            return Outcome.SILENT, Answer()
        except aiohttp.ClientConnectorError:
            return Outcome.UNREACHED, Answer()
        except (aiohttp.ClientError, OSError):
            return Outcome.CUT, Answer()

    async def _text(self, pressed: Pressed) -> tuple[Outcome, Answer]:
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        status = (await self._sandbox.forward(self._form(pressed))).status
        if status == 0:
            return (Outcome.SILENT if loop.time() - began_s >= self._patience_s else Outcome.CUT), Answer()
        if status == 503:
            return Outcome.REFUSED, Answer(code=REFUSAL)
        return (Outcome.TAKEN if status == 200 else Outcome.ODD), Answer(receipt=pressed.sid, code=str(status))

    def _form(self, pressed: Pressed) -> dialect.Form:
        return dialect.inbound_form(self._sandbox.account_sid, pressed.sid, pressed.number, SENDER, f"SOS {LABEL}")

    # Reading ------------------------------------------------------------------------------------------------------

    async def own_alert(self, token: str) -> str:
        """The newest alert that this person may read: their own.  Empty if there is none."""
        headers = {"Authorization": f"Bearer {token}"}
        async with self._session.get(f"http://127.0.0.1:{self._port}/api/v1/alerts", headers=headers) as reply:
            listed = msgspec.json.decode(await reply.read())
        alerts = listed.get("alerts", [])
        return str(alerts[0]["id"]) if alerts else ""


def _read(status: int, body: bytes) -> tuple[Outcome, Answer]:
    try:
        answer = msgspec.json.decode(body, type=Answer)
    except msgspec.DecodeError:
        return Outcome.ODD, Answer(code=str(status))
    if status in (200, 201):
        return Outcome.TAKEN, answer
    return (Outcome.REFUSED if (status, answer.code) == (503, REFUSAL) else Outcome.ODD), answer
