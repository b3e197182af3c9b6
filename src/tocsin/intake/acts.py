"""What a person may do to an alert they can see: body in, command to the bell, the alert as they now see it out.

Theory of operation
-------------------
What a reader cannot see does not exist for them, whatever they try.  A worker whose device believes an alert closed is
answered as if it were; what they sent is kept for the responders all the same.

Both PINs are hashed and compared off the loop, in a pool of their own, for any alert id whatever: the same work and
the same time for each.  Typed where one may only call for help, every PIN is answered with that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from tocsin.core import commands as c
from tocsin.core.access.permissions import LINES, may_of
from tocsin.core.alert import Alert
from tocsin.core.directory import Member
from tocsin.core.limits import ETA_MAX_S, LABEL_MAX_CHARS, NAME_MAX_CHARS, TEXT_MAX_CHARS
from tocsin.core.shadow import lives_of
from tocsin.core.sight import looks_open
from tocsin.core.views import AlertView
from tocsin.core.words import Answer, Outcome, PlaceKind
from tocsin.identity.pin import compare_pins
from tocsin.intake.credentials import Pass
from tocsin.intake.lookout import Lookout
from tocsin.intake.places_named import asked_for, named_in
from tocsin.intake.plain import kept_key, moment_ms, words
from tocsin.intake.presses import read_place
from tocsin.intake.problems import Trouble, accepted
from tocsin.intake.ring import Ring

NOBODY = Member("", "")  # Who was taken out meanwhile has no PIN.
PIN_THREADS = 2  # A flood of PINs may fill these, and nothing else.
Body = TypeVar("Body")


class Answering(Struct, frozen=True):
    """One answer to an alert that rang you.  `eta_s` belongs to *coming*."""

    answer: Answer
    eta_s: Annotated[int, Meta(ge=0, le=ETA_MAX_S)] | None = None


class Placing(Struct, frozen=True):
    """One place report: coordinates, words, or both; or a place of the site by its code or its id.

    A code or id that names none is dropped.
    """

    kind: PlaceKind
    label: str | None = None
    lat: float | None = None
    lon: float | None = None
    radius_m: float | None = None
    at: str | None = None
    code: str | None = None
    place: str | None = None


class Noting(Struct, frozen=True):
    text: str


class CallingPolice(Struct, frozen=True):
    """A person has called.  `number`: the number that was dialled, `at`: when (now if absent)."""

    who: str
    number: str
    at: str | None = None


class HandingOver(Struct, frozen=True):
    """`to`: the id of the supervisor or coordinator who shall run this alert."""

    to: str
    text: str | None = None


class Closing(Struct, frozen=True):
    outcome: Outcome
    note: str | None = None


class Pinning(Struct, frozen=True):
    pin: str


class Nothing(Struct, frozen=True):
    """An act that needs no words."""


BODIES: Mapping[str, type[Struct]] = {
    "answers": Answering,
    "places": Placing,
    "notes": Noting,
    "climb": Nothing,
    "police": CallingPolice,
    "handover": HandingOver,
    "handover/take": Nothing,
    "close": Closing,
    "close/confirm": Nothing,
    "close/object": Nothing,
    "safe": Pinning,
}


class Acts:
    """`do` is every POST below an alert."""

    def __init__(self, ring: Ring, lookout: Lookout) -> None:
        self._ring, self._lookout = ring, lookout
        self._pins = ThreadPoolExecutor(PIN_THREADS, "tocsin-pin")

    async def do(self, who: Pass, shown_id: str, act: str, body: bytes, key: str | None = None) -> AlertView:
        """The alert afterwards.  Raises Trouble (nothing changed) or Unavailable (nothing stored).

        `key`: the same note again stands once.

        By what may only call for help nothing is done; a PIN is heard all the same (`core/own_pin.py`).
        """
        able = who.via in LINES[may_of(act)].by
        if who.raise_only:
            if able and act == "safe":
                await self._hear(who, shown_id, body)
            raise Trouble("raise_only")
        if not able:
            raise Trouble("not_allowed")
        given = read(body, BODIES[act])
        if isinstance(given, Pinning):
            return await self._safe(who, shown_id, given.pin)
        alert, _ = self._lookout.find(who, shown_id)
        directory = self._lookout.directory(who)
        looked_open = looks_open(alert, shown_id, directory, who.reader)
        looked_over = isinstance(given, Placing) and not looked_open
        lives = lives_of(alert)  # None of one that its worker was never shown.
        if looked_over and lives and looks_open(alert, lives[-1], directory, who.reader):
            raise Trouble("alert_closed")  # It would turn up in the life that the device believes another alert.
        warnings: list[str] = []
        command = self._command(who, alert, act, given, warnings)
        if isinstance(command, c.AddNote) and key:
            command = replace(command, key=kept_key(key))
        if command is not None:
            await self._submit(command)
        if looked_over:
            raise Trouble("alert_closed")  # Kept for the responders, who know better.
        view = self._lookout.find(who, shown_id)[1]
        return replace(view, warnings=(*(view.warnings or ()), *warnings)) if warnings else view

    def _command(self, who: Pass, alert: Alert, act: str, given: Any, warnings: list[str]) -> c.Command | None:
        """None: all that was sent is the code of no place here, which is dropped and refuses nothing."""
        now_ms = self._ring.clock.now_ms()
        if not isinstance(given, Placing):
            return _command(who, alert, act, given, now_ms)
        sent, named = msgspec.structs.asdict(given), named_in(self._ring.world, who.org, lambda: self._site(who, alert))
        place = read_place(sent, now_ms, [], named)
        asked_for(sent, named, warnings)
        if place is None and warnings:
            return None
        return c.AddPlace(org=who.org, alert=alert.id, member=who.reader.member, place=_needed(place, "place"))

    def _site(self, who: Pass, alert: Alert) -> str:
        """Where it is.  To its worker after a duress PIN where a fresh one is: it must look like one."""
        return alert.shown_site if alert.member == who.reader.member else alert.site

    async def _hear(self, who: Pass, shown_id: str, body: bytes) -> None:
        with suppress(Trouble):  # Whatever was sent, and whichever PIN it was, the answer is one.
            await self._type(who, shown_id, read(body, Pinning).pin)

    async def _safe(self, who: Pass, shown_id: str, pin: str) -> AlertView:
        await self._type(who, shown_id, pin)
        return self._lookout.find(who, shown_id)[1]

    async def _type(self, who: Pass, shown_id: str, pin: str) -> None:
        match, only = await self.match(who, pin), who.raise_only
        member, device = who.reader.member, who.credential
        await self._submit(
            c.Safe(org=who.org, alert=shown_id, member=member, device=device, match=match, raise_only=only)
        )

    async def match(self, who: Pass, pin: str) -> c.PinMatch:
        """Which of their PINs it is; always as much work."""
        member = self._lookout.directory(who).members.get(who.reader.member, NOBODY)
        return await asyncio.get_running_loop().run_in_executor(
            self._pins, compare_pins, pin, member.pin_hash, member.duress_pin_hash
        )

    async def _submit(self, command: c.Command) -> None:
        accepted(await self._ring.submit(command))


def read(body: bytes, shape: type[Body]) -> Body:
    """The body as `shape`.  Raises Trouble; the detail names the field and never what was in it."""
    if shape is Nothing:
        return shape()
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError as error:
        raise Trouble("bad_field", _where(str(error))) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Trouble("not_json") from None


def _where(message: str) -> str:
    """The sentence of the decoder without the value it quotes."""
    said, _, path = message.partition(" - at ")
    wrong = "one of the fixed words was expected" if said.startswith("Invalid enum value") else said
    return f"{path.strip('`').removeprefix('$.') or 'body'}: {wrong}" if path else said


def _command(who: Pass, alert: Alert, act: str, given: Any, now_ms: int) -> c.Command:
    org, member, device = who.org, who.reader.member, who.credential
    match given:
        case Answering():
            return c.Say(org=org, alert=alert.id, member=member, answer=given.answer, eta_s=given.eta_s)
        case Noting():
            text, _ = words(given.text, TEXT_MAX_CHARS)
            return c.AddNote(org=org, alert=alert.id, member=member, text=_needed(text, "text"))
        case CallingPolice():
            return _police(who, alert, given, now_ms)
        case HandingOver():
            text, _ = words(given.text, TEXT_MAX_CHARS)
            return c.HandOver(org=org, alert=alert.id, member=member, to=given.to, text=text)
        case Closing():
            note, _ = words(given.note, TEXT_MAX_CHARS)
            return c.ProposeClose(
                org=org, alert=alert.id, member=member, device=device, outcome=given.outcome, note=note
            )
        case _:
            return _WORDLESS[act](who, alert)


def _police(who: Pass, alert: Alert, given: CallingPolice, now_ms: int) -> c.PoliceCalled:
    at_ms = now_ms if given.at is None else _needed(moment_ms(given.at), "at")
    name, _ = words(given.who, NAME_MAX_CHARS)
    number, _ = words(given.number, LABEL_MAX_CHARS)
    return c.PoliceCalled(
        org=who.org,
        alert=alert.id,
        member=who.reader.member,
        who=_needed(name, "who"),
        number=_needed(number, "number"),
        at_ms=min(at_ms, now_ms),
    )


def _needed(value: Body | None, field: str) -> Body:
    if value is None:
        raise Trouble("bad_field", f"{field}: nothing in it can be used")
    return value


_WORDLESS: Mapping[str, Callable[[Pass, Alert], c.Command]] = {
    "climb": lambda who, alert: c.Climb(org=who.org, alert=alert.id, member=who.reader.member),
    "handover/take": lambda who, alert: c.TakeOver(org=who.org, alert=alert.id, member=who.reader.member),
    "close/confirm": lambda who, alert: c.ConfirmClose(
        org=who.org, alert=alert.id, member=who.reader.member, device=who.credential
    ),
    "close/object": lambda who, alert: c.ObjectClose(org=who.org, alert=alert.id, member=who.reader.member),
}
