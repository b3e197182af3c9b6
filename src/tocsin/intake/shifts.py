"""Clocking in and out from a phone or a page's session, and who is on: body in, command to the bell, the state out.

Both acts say how it shall be, so that one repeated because its answer was lost changes nothing and is answered alike;
an `Idempotency-Key` is taken and needs nothing done.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from tocsin.core import commands as c
from tocsin.core.access.clock_commands import ClockIn, ClockOut
from tocsin.core.access.clocking import where_on
from tocsin.core.access.shift_sight import OnShift, on_shift_views
from tocsin.core.limits import ASKED_OF_MAX_MS, CLOCK_IN_MAX_MS
from tocsin.core.roster import site_of
from tocsin.core.views import moment
from tocsin.intake.acts import read
from tocsin.intake.credentials import Pass
from tocsin.intake.plain import moment_ms
from tocsin.intake.problems import Trouble, trouble_of
from tocsin.intake.ring import Ring
from tocsin.runtime.access.reading import NotAllowed, Records


class ClockingIn(Struct, frozen=True):
    """`site`: where; left out: where the roster has you.  `until`: when you mean to go.  `member`: by a supervisor."""

    site: str = ""
    until: str | None = None
    member: str = ""


class ClockingOut(Struct, frozen=True):
    """`member`: by a supervisor; left out: yourself."""

    member: str = ""


class Clocked(Struct, frozen=True):
    """How it is now.  `site`: where they are on; null: nowhere.  `until`: when what they said lapses; null:
    they said nothing, or it does not lapse within a year."""

    member: str
    on: bool
    site: str | None
    until: str | None


class Roll(Struct, frozen=True):
    """Who is on at `site` at that moment."""

    site: str
    at: str
    people: list[OnShift]


class Shifts:
    """On one ring.  Every method raises Trouble, and Unavailable where nothing could be stored."""

    def __init__(self, ring: Ring, records: Records) -> None:
        self._ring, self._records = ring, records

    async def clock_in(self, who: Pass, body: bytes) -> Clocked:
        given = read(body or b"{}", ClockingIn)
        until_ms, now_ms = self._until_ms(given.until), self._ring.clock.now_ms()
        if until_ms is not None and not now_ms < until_ms <= now_ms + CLOCK_IN_MAX_MS:
            raise Trouble("bad_field", "until: a time within the next 16 hours was expected")
        if given.site and given.site not in self._ring.world.directory(who.org).sites:
            raise Trouble("bad_field", "site: the id of a site of yours was expected")
        member = given.member or who.reader.member
        await self._do(ClockIn(org=who.org, by=who.by, member=member, site=given.site, until_ms=until_ms))
        return self._now(who, member)

    def _until_ms(self, until: str | None) -> int | None:
        until_ms = None if until is None else moment_ms(until)
        if until is not None and until_ms is None:
            raise Trouble("bad_field", "until: a time with its zone was expected")
        return until_ms

    async def clock_out(self, who: Pass, body: bytes) -> Clocked:
        member = read(body or b"{}", ClockingOut).member or who.reader.member
        await self._do(ClockOut(org=who.org, by=who.by, member=member))
        return self._now(who, member)

    async def _do(self, command: ClockIn | ClockOut) -> None:
        reply = await self._ring.submit(command)
        if isinstance(reply, c.Declined):
            raise Trouble("no_such_record") if reply.problem is c.Problem.NO_SUCH_MEMBER else trouble_of(reply)

    def _now(self, who: Pass, member: str) -> Clocked:
        directory, now_ms = self._ring.world.directory(who.org), self._ring.clock.now_ms()
        site, word = where_on(directory, member, now_ms), directory.attendance.get(member)
        holds = word is not None and word.holds(now_ms) and word.until_ms < now_ms + ASKED_OF_MAX_MS
        return Clocked(member, site is not None, site, moment(word.until_ms) if word and holds else None)

    def roll(self, who: Pass, asked: Any) -> Roll:
        """`asked`: the query; `at` (now), `site` (where the reader is)."""
        now_ms = self._ring.clock.now_ms()
        try:
            directory = self._records.rostering(who)
        except NotAllowed:
            raise Trouble("not_allowed") from None
        at_ms = now_ms if asked.get("at") is None else moment_ms(asked["at"])
        if at_ms is None or not now_ms - ASKED_OF_MAX_MS < at_ms < now_ms + ASKED_OF_MAX_MS:
            raise Trouble("bad_query", "at: a time with its zone, within a year of now")
        site = asked.get("site") or site_of(directory, who.reader.member, now_ms)
        if site not in directory.sites:
            raise Trouble("bad_query", "site: the id of a site of yours")
        return Roll(site, moment(at_ms), on_shift_views(directory, site, at_ms))
