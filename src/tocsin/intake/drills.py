"""Drills of a shift or a site, and reach tests, as the operator asks for them: begin, watch, pause, go on, stop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from tocsin.core.commands import Declined
from tocsin.core.dice import Dice
from tocsin.core.directory import Directory, Member
from tocsin.core.limits import SECOND_MS
from tocsin.core.raising import REAL_ALERT_OPEN
from tocsin.core.reach import can_answer
from tocsin.core.roster import on_shift
from tocsin.core.round import PREFIX, Round, RoundKind, Target
from tocsin.intake.office import Refusal
from tocsin.ports import Clock, Entropy
from tocsin.runtime.rounds.front import Away, Front, Refused
from tocsin.runtime.world import World

START_MAX_S = 60.0  # The process that sends may have to be started first.
LOOK_EVERY_S = 0.2
AT_ONCE = 500  # People of whom targets are made in one turn of the loop: a press waits behind no ten thousand.


class Wish(Struct, frozen=True, kw_only=True):
    """Whom a round is for.  `site` empty: the only one there is; `shift`: who is on there now, else all it rosters."""

    kind: RoundKind
    site: str = ""
    shift: bool = False
    member: str = ""
    by: str = "operator"
    why: str = ""


class Drills:
    """Every method returns what `--json` prints.  Raises Refusal, and has changed nothing."""

    def __init__(self, front: Front, world: World, clock: Clock, entropy: Entropy) -> None:
        self._front, self._world, self._clock, self._entropy = front, world, clock, entropy

    async def round(self, org: str, wish: Wish, wait_s: int) -> dict[str, Any]:
        """Begin one, and wait until nobody is left to answer, or `wait_s` after the last message went out."""
        now = await self._wanted(org, wish)
        await self._ready()
        reply = await self._asked(self._front.begin(now))
        if reply == REAL_ALERT_OPEN:
            raise Refusal("a real alert is open there; a drill or a reach test waits until it is closed")
        assert not isinstance(reply, Declined)
        await self._heard_out(now.id, wait_s)
        return await self.status(now.id)

    async def status(self, round: str, *, rows: bool = True) -> dict[str, Any]:
        """`rows`: with a line for each person."""
        await self._ready()
        try:
            told: dict[str, Any] = await self._asked(self._front.status(round, rows=rows))
        except Away:  # It died while it was asked; the next one knows as much.
            await self._ready()
            told = await self._asked(self._front.status(round, rows=rows))
        return told

    async def hold(self, round: str, what: str, by: str) -> dict[str, Any]:
        """`what`: pause, resume or stop."""
        await self._ready()
        await self._asked(self._front.hold(round, what, by))
        return await self.status(round)

    async def _ready(self) -> None:
        if not await self._front.ready(START_MAX_S):
            raise Refusal(f"{Away.what} {Away.remedy}")

    async def _asked(self, asking: Any) -> Any:
        try:
            return await asking
        except Refused as refused:
            raise Refusal(str(refused)) from refused

    async def _heard_out(self, round: str, wait_s: int) -> None:
        """Looks now and then; the process that sends has its own clock, and this one only waits."""
        sent_ms: int | None = None
        while True:
            told = await self.status(round, rows=False)
            if told["state"] not in ("sending", "listening") or (told["state"] == "listening" and not told["awaited"]):
                return
            now_ms = self._clock.now_ms()
            if told["state"] == "listening":
                sent_ms = sent_ms or now_ms
                if now_ms - sent_ms >= wait_s * SECOND_MS:
                    return
            elif wait_s == 0:
                return
            await _pause(LOOK_EVERY_S)

    async def _wanted(self, org: str, wish: Wish) -> Round:
        directory, now_ms = self._world.directory(org), self._clock.now_ms()
        site = _site(directory, wish)
        people = [directory.members[id] for id in _people(directory, wish, site, now_ms)]
        targets: list[Target] = []
        for first in range(0, len(people), AT_ONCE):
            targets += _targets(
                wish.kind, (member for member in people[first : first + AT_ONCE] if not member.suspended)
            )
            await _pause(0)
        if not targets:
            raise Refusal(
                "there is nobody to send to: " + ("nobody is on shift" if wish.shift else "see the site file")
            )
        return Round(
            id=PREFIX + Dice(self._entropy.seed()).uuid7(now_ms),
            org=org,
            kind=wish.kind,
            site=site,
            by=wish.by,
            why=wish.why,
            targets=tuple(targets),
            began_ms=now_ms,
        )


def _site(directory: Directory, wish: Wish) -> str:
    if wish.site and wish.site not in directory.sites:
        raise Refusal(f"there is no site {wish.site!r}")
    if wish.site or wish.kind is RoundKind.REACH:
        return wish.site
    if len(directory.sites) != 1:
        raise Refusal(f"say which site with --site: {', '.join(directory.sites)}")
    return next(iter(directory.sites))


def _people(directory: Directory, wish: Wish, site: str, now_ms: int) -> Iterable[str]:
    if wish.member:
        if wish.member not in directory.members or directory.members[wish.member].seat:
            raise Refusal(f"there is no member {wish.member!r}")
        return [wish.member]
    if wish.shift:
        return on_shift(directory, site, now_ms)
    if not site:
        return [member.id for member in directory.members.values() if not member.seat]
    rostered = (member for shift in directory.shifts if shift.site == site for member in shift.members)
    return [member for member in dict.fromkeys(rostered) if member in directory.members]


def _targets(kind: RoundKind, people: Iterable[Member]) -> Iterable[Target]:
    """A drill is for people; a reach test is for each contact that can be answered on."""
    for member in people:
        if kind is RoundKind.DRILL:
            yield Target(member.id)
        else:
            yield from (Target(member.id, contact.id) for contact in can_answer(member))


async def _pause(seconds: float) -> None:
    """Let that much time pass."""
    over = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, over.set)
    await over.wait()
