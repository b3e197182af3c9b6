"""A call that came in to the site's number: one key calls for help, another and a code read out what is open.

The key for help works at every turn, also at the question for the code; whoever only listens raises nothing.  A number
can be forged, so it opens nothing by itself, and every word before the code is neutral: somebody else may hold the
phone.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping

from msgspec import Struct

from tocsin.core import commands as c
from tocsin.core.access.call_tries import guessed_at
from tocsin.core.access.record import CodeTries
from tocsin.core.calling import read_out
from tocsin.core.directory import Member
from tocsin.core.limits import (
    CALL_CODE_DIGITS,
    CODE_MISSES_HOUR_MAX,
    CODE_MISSES_MAX,
    CODE_MISSES_WINDOW_MS,
    READ_OUT_MAX,
)
from tocsin.core.message import spoken_alert
from tocsin.core.scripts import spoken
from tocsin.core.spoken_words import aloud
from tocsin.identity.pin import code_matches
from tocsin.intake.hooks import VENDOR, CarrierCalls, number_of
from tocsin.intake.plain import count_in, kept_key
from tocsin.intake.problems import Trouble
from tocsin.intake.ring import Ring
from tocsin.runtime.in_time import submitted
from tocsin.runtime.loop import Unavailable
from tocsin.wire.twilio_voice import HANG_UP, CallAsked, gather, last_words, menu_address, redirect, response, say

SILENCES_MAX = 1  # A caller who says nothing is asked once more.
ODD_KEYS_MAX = 10  # Then we hang up: nobody mistakes the key for help so often.
MENU_WAIT_S, CODE_WAIT_S = 8, 6
HELP_DIGITS = frozenset({"911", "112"})  # What shaking hands dial; nothing that could be a code.


class Turn(Struct, frozen=True):
    """Where a call that came in stands.  `at`: menu, code, or closed (to reading).  The rest counts what was before."""

    at: str = "menu"
    silent: int = 0
    odd: int = 0
    missed: int = 0


class Caller(Struct, frozen=True):
    """Who calls, as far as the number tells; `member` None: nobody we know."""

    org: str
    number: str
    member: Member | None
    language: str


class CallIns:
    """The turns of calls that came in.

    Wrong codes of the last hour are counted in the record, and here besides: a try that is being looked at, and one
    that a full disk did not take, count too.
    """

    def __init__(self, ring: Ring, carrier: CarrierCalls) -> None:
        self._ring, self._carrier = ring, carrier
        self._missed: dict[str, deque[int]] = {}

    async def turn(self, call: CallAsked, asked: Mapping[str, str]) -> str:
        """The TwiML to go on with.  Raises Trouble."""
        caller, turn = self._caller(call), _turn(asked)
        if call.digits is None:
            return self._silence(caller, turn, first="at" not in asked)
        try:
            return await self._pressed(caller, turn, call, call.digits)
        except Unavailable:
            return self._ask(caller, Turn("closed"), "not_taken")

    async def _pressed(self, caller: Caller, turn: Turn, call: CallAsked, digits: str) -> str:
        """Raises Unavailable when nothing was stored."""
        if _asks_for_help(digits):
            return await self._help(caller, call)
        if turn.at == "code" and caller.member is not None:
            return await self._code(caller, caller.member, call, turn)
        if turn.at == "menu" and digits == "5" and caller.member is not None:
            return self._ask_for_code(caller, caller.member)
        return self._odd_key(caller, turn)

    def _caller(self, call: CallAsked) -> Caller:
        number = number_of(call.caller)
        org = self._carrier.org_of(number)
        if org is None:
            raise Trouble("not_served")
        member = next(iter(self._ring.world.known_by_number(org, number)), None)
        language = member.language if member else next(iter(self._ring.world.directory(org).languages), "en")
        return Caller(org, number, member, spoken(language))

    async def _help(self, caller: Caller, call: CallAsked) -> str:
        """The one thing that is never refused."""
        command = c.CallIn(org=caller.org, vendor=VENDOR, call=kept_key(call.call), caller=caller.number)
        reply = await submitted(self._ring, command)
        assert isinstance(reply, c.Done) and reply.reply is not None
        return last_words(reply.reply, caller.language)

    def _silence(self, caller: Caller, turn: Turn, *, first: bool) -> str:
        if first:
            return self._ask(caller, Turn())
        if turn.silent >= SILENCES_MAX:
            return response(HANG_UP)
        return self._ask(caller, Turn(turn.at, turn.silent + 1, turn.odd, turn.missed))

    def _odd_key(self, caller: Caller, turn: Turn) -> str:
        if turn.odd >= ODD_KEYS_MAX:
            return response(HANG_UP)
        return self._ask(caller, Turn(turn.at, turn.silent, turn.odd + 1, turn.missed), "other_key")

    def _ask(self, caller: Caller, turn: Turn, first: str = "") -> str:
        """Say what the keys do, and wait for one."""
        words = [first, {"code": "code", "closed": "sos_stays"}.get(turn.at, _menu(caller))]
        said = " ".join(aloud(caller.language, key) for key in words if key)
        address = menu_address(self._carrier.public_url, **_counts(turn))
        digits, wait_s = (CALL_CODE_DIGITS, CODE_WAIT_S) if turn.at == "code" else (1, MENU_WAIT_S)
        asked = gather(address, say(said, caller.language), wait_s=wait_s, digits=digits)
        return response(asked, redirect(address))

    # The code ----------------------------------------------------------------------------------------------------

    def _ask_for_code(self, caller: Caller, member: Member) -> str:
        if self._guessed_at(caller.org, member):
            return self._ask(caller, Turn("closed"), "code_ended")
        return self._ask(caller, Turn("code"))

    async def _code(self, caller: Caller, member: Member, call: CallAsked, turn: Turn) -> str:
        """Costs a hash whatever is typed, in another thread: not while somebody else's SOS waits.

        A try counts as missed until it is known to be right: guesses on many calls at once are no more than in a row.
        """
        assert call.digits is not None
        if self._guessed_at(caller.org, member):
            return self._ask(caller, Turn("closed"), "code_ended")
        misses = self._one_more_miss(caller.org, member)
        if await asyncio.to_thread(code_matches, call.digits, member.call_code_hash):
            misses.pop()
            return self._read_out(caller, member)
        await submitted(self._ring, c.CodeMissed(org=caller.org, member=member.id))
        missed = turn.missed + 1
        if missed < CODE_MISSES_MAX and not self._guessed_at(caller.org, member):
            return self._ask(caller, Turn("code", 0, turn.odd, missed), "code_wrong")
        command = c.CodesMissed(org=caller.org, vendor=VENDOR, call=kept_key(call.call), member=member.id)
        await submitted(self._ring, command)
        return self._ask(caller, Turn("closed"), "code_wrong")

    def _one_more_miss(self, org: str, member: Member) -> deque[int]:
        """The misses of this member with one of now; those of whom nobody guesses any more are forgotten."""
        now_ms = self._ring.clock.now_ms()
        self._missed = {
            key: old for key, old in self._missed.items() if old and old[-1] > now_ms - CODE_MISSES_WINDOW_MS
        }
        misses = self._missed.setdefault(f"{org}/{member.id}", deque(maxlen=CODE_MISSES_HOUR_MAX))
        misses.append(now_ms)
        return misses

    @property
    def guessed_at_of_late(self) -> int:
        """At how many members' codes."""
        return len(self._missed)

    def _guessed_at(self, org: str, member: Member) -> bool:
        """Were so many wrong codes tried of late, on whatever calls, that somebody guesses?"""
        if guessed_at(self._ring.world.kept(org, CodeTries, member.id), self._ring.clock.now_ms()):
            return True
        misses = self._missed.get(f"{org}/{member.id}")
        since_ms = self._ring.clock.now_ms() - CODE_MISSES_WINDOW_MS
        return misses is not None and len(misses) == CODE_MISSES_HOUR_MAX and misses[0] > since_ms

    def _read_out(self, caller: Caller, member: Member) -> str:
        """Only said, with no key to press: here 1 would call for help, and on our own calls it answers."""
        world, now_ms = self._ring.world, self._ring.clock.now_ms()
        directory = world.directory(caller.org)
        open_now = read_out(world.open_alerts(caller.org), directory, member.id)
        texts = [
            spoken_alert(alert, directory, world.fixes_of(alert.id), member.id, now_ms)
            for alert in open_now[:READ_OUT_MAX]
        ]
        if not texts:
            texts = [aloud(caller.language, "nothing_open")]
        elif len(open_now) > READ_OUT_MAX:
            texts.append(aloud(caller.language, "more_open").replace("{n}", str(len(open_now) - READ_OUT_MAX)))
        return response(*(say(text, caller.language) for text in texts), HANG_UP)


def _asks_for_help(digits: str) -> bool:
    """1, however often; or what people dial in danger.  A call code is never one of these."""
    return set(digits) == {"1"} or digits in HELP_DIGITS


def _menu(caller: Caller) -> str:
    return "menu_stranger" if caller.member is None else "menu"


def _turn(asked: Mapping[str, str]) -> Turn:
    at = asked.get("at", "menu")
    counted = (count_in(asked.get(name), 100) for name in ("silent", "odd", "missed"))
    return Turn(at if at in ("menu", "code", "closed") else "menu", *counted)


def _counts(turn: Turn) -> dict[str, str]:
    return {"at": turn.at, "silent": str(turn.silent), "odd": str(turn.odd), "missed": str(turn.missed)}
