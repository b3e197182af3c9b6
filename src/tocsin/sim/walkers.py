"""People who go on walks at night: to their cars, through holes of the network, with batteries that end.

Theory of operation
-------------------
A walker says what their phone says for them: each word is tried until somebody answers, like a press.  What the phone
heard goes into the journal, and only that is held against the system.  Whoever forgets, or whose battery ends, says
nothing more; then time must speak for them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tocsin.core import commands as c
from tocsin.core.access.record import By
from tocsin.core.access.words import Via
from tocsin.core.roster import may_close
from tocsin.core.walk import Walk
from tocsin.core.walk_commands import CancelWalk, CheckIn, ExtendWalk, HomeWalk, StartWalk, WalkTaken
from tocsin.core.words import Destination, PlaceKind, WalkState
from tocsin.sim.carriers.sms import SimSms
from tocsin.sim.centre import ORG, device
from tocsin.sim.climate import Climate, Mishap, chance_of
from tocsin.sim.disk import Weather
from tocsin.sim.journal import Began, Word
from tocsin.sim.network import PATIENCE_S
from tocsin.sim.people import TRIES, Office, Street, Worker
from tocsin.sim.staff import Staff, Token

RETRY_S = 2.0  # Of a phone that has no answer.
HOLE_S, STEP_S = (3.0, 60.0), (2.0, 20.0)
EXTENDS_MIN, FAR_MIN = 1, 61
EXTENDS_MOST = 5  # By one person: a walk that is still not due in the calm would be found by nobody before its end.
NO_TIMES = (0, -5, 100_000)
BUDDIES = (None, "kit", "ada", "teo", "ben")
CLOCKS_MS = (-86_400_000, 86_400_000, -3_600_000)
ABROAD = (12.5, 8.25)
SOON_S = 30.0
SELDOM = 2.0  # What a walk has one chance of happens so much likelier.
ALMOST_ALWAYS = 20.0  # And what needs another kind to be there as well.


class Mobile:
    """A phone on the way.  In a hole of the network requests are lost, or their answers, or all of it comes late."""

    def __init__(self, street: Street, chance: Weather) -> None:
        self.street, self.chance, self.dead, self._back_s = street, chance, False, 0.0

    def loses_coverage(self) -> None:
        self._back_s = self.street.loop.time() + self.chance.uniform(*HOLE_S)

    async def ask(self, command: c.Command) -> c.Reply | None:
        """Once.  None: this phone does not know."""
        if self.dead:
            return None
        if self.street.loop.time() < self._back_s:
            if self.chance.random() < 0.5:  # The request came through, and its answer does not.
                self.street.go(self.street.ask(command))
            await self.street.loop.pause(PATIENCE_S)
            return None
        return await self.street.ask(command)

    async def insist(self, command: c.Command) -> c.Reply | None:
        """Every RETRY_S until somebody answers, or the battery ends."""
        for _ in range(TRIES):
            reply = await self.ask(command)
            if reply is not None or self.dead:
                return reply
            await self.street.loop.pause(RETRY_S)
        return None


class Walker:
    """One person, and one walk after the other.  `worker`: the same person, when they press."""

    def __init__(self, worker: Worker, office: Office, staff: Staff) -> None:
        self.worker, self.office, self.staff, self.name = worker, office, staff, worker.name
        self.street, self.journal = worker.street, worker.street.journal
        self.chance = chance_of(self.street.climate.seed, f"walker {worker.name}")
        self.mobile = Mobile(self.street, self.chance)
        self.forgets, self._extends = False, 0
        self._keys = 0

    @property
    def climate(self) -> Climate:
        return self.street.climate

    def _by(self, name: str) -> By:
        """Of nights in which people sign in, by a phone or a session of theirs; it may have ended."""
        held = self.staff.held(name)
        if not held:
            return By(name, Via.SYSTEM, device(name))
        token = self.chance.choice(held)
        return By(name, Via.DEVICE, self._id_of(token)) if token.via is Via.DEVICE else token.by

    def _id_of(self, token: Token) -> str:
        known = self.staff.device(token)
        return device(self.name) if known is None else known.id

    @property
    def _phone(self) -> str:
        """The one that they carry."""
        held = self.staff.phones.get(self.name)
        return self._id_of(held[-1]) if held else device(self.name)

    @property
    def _texts(self) -> SimSms:
        return self.chance.choice(self.street.texts)

    async def walk(self) -> None:
        """Out, on the way, and back; or not."""
        self.forgets = self.climate.happens(Mishap.WALK_FORGOTTEN, often=SELDOM)
        walk = await self._start()
        if walk is not None:
            self.journal.trace("walks", self.name, walk)
            await self._on_the_way(walk)

    # Out ---------------------------------------------------------------------------------------------------------

    async def _start(self) -> str | None:
        """The id of the walk, as this phone knows it."""
        happens = self.climate.happens
        if happens(Mishap.WALK_OF_NO_TIME, often=SELDOM):
            reply = await self.mobile.ask(self._starts(self.name, self.chance.choice(NO_TIMES)))
            if isinstance(reply, WalkTaken):
                self.journal.found("law", f"{self.name} was let go for a time that is none: {reply}")
        if happens(Mishap.WALK_BY_SMS, often=SELDOM):
            await self._texts.text(self.worker.number, self.chance.choice(("WALK 1", "walk 1 lot b", "Walk 2.")))
            return self._under_way()
        by = self.chance.choice(("teo", "ines")) if happens(Mishap.WALK_FOR_ANOTHER, often=SELDOM) else self.name
        command = self._starts(by, self.chance.choice((1, 1, 1, 2)))
        if happens(Mishap.WALK_REPEATED, often=SELDOM):
            for _ in range(self.chance.randrange(1, 5)):
                self.street.go(self._began(command))
            self.street.go(self._began(self._starts(by, 1)))
        return await self._began(command)

    def _starts(self, by: str, minutes: int) -> StartWalk:
        self._keys += 1
        return StartWalk(
            org=ORG,
            by=self._by(by),
            credential=device(by),
            key=f"walk {self._keys} of {self.name}",
            member=self.name,
            device=self._phone if by == self.name else None,
            destination=self.chance.choice(tuple(Destination)),
            minutes=minutes,
            way=self.chance.choice((None, "by the gate")),
            bay=self.chance.choice((None, "lot-b")),
            buddy=self.chance.choice([buddy for buddy in BUDDIES if buddy != self.name]),
        )

    async def _began(self, command: StartWalk) -> str | None:
        named = (command.credential, command.key)
        fresh = Began(self.name, *named, command.minutes, self.street.loop.now_ms)
        began = self.journal.begun.setdefault(named, fresh)
        reply = await self.mobile.insist(command)
        if reply is not None:
            began.acked = [*began.acked, (self.street.loop.now_ms, reply)]
        return reply.walk if isinstance(reply, WalkTaken) else self._under_way()

    def _under_way(self) -> str | None:
        """What the list of one's own walks would show now."""
        known = None if self.street.node.life is None else self.street.node.world.walk_of(ORG, self.name)
        return None if known is None else known.id

    def _known(self, id: str) -> Walk | None:
        return None if self.street.node.life is None else self.street.node.world.walk(ORG, id)

    # On the way --------------------------------------------------------------------------------------------------

    async def _on_the_way(self, id: str) -> None:
        walk = self._known(id)
        span_s = 60.0 if walk is None else walk.minutes * 60.0
        last = self.climate.happens(Mishap.WALK_HOME_IN_THE_LAST_SECOND, often=SELDOM)
        home_s = self.street.loop.time() + span_s * self.chance.uniform(0.4, 1.1)
        while self.street.loop.time() < home_s and not self.climate.calm:
            await self.street.loop.pause(self.chance.uniform(*STEP_S))
            await self._something(id)
            if self.mobile.dead:
                return
        if self.forgets:
            await self._late(id)
            return
        if last:
            await self._until_the_last_second(id)
        await self._come_home(id)

    async def _something(self, id: str) -> None:
        """Whatever this night has in store for them."""
        acts = list(self._acts(id).items())
        self.chance.shuffle(acts)
        for mishap, act in acts:
            if self.climate.happens(mishap):
                self.journal.trace("on the way", self.name, mishap)
                await act()
                return

    def _acts(self, id: str) -> dict[Mishap, Callable[[], Awaitable[object]]]:
        return {
            Mishap.COVERAGE_LOST: self._into_a_hole,
            Mishap.BATTERY_DEAD: self._battery_ends,
            Mishap.WALK_PLACED: lambda: self._place(id),
            Mishap.WALK_EXTENDED: lambda: self._extend(id, EXTENDS_MIN),
            Mishap.WALK_EXTENDED_TOO_FAR: lambda: self._extend(id, FAR_MIN),
            Mishap.WALK_SOS: self._press,
            Mishap.WALK_PIN_WRONG: lambda: self._say(id, "home", c.PinMatch.WRONG),
            Mishap.WALK_CANCELLED: lambda: self._say(id, "cancel", self._pin(id)),
            Mishap.WALK_PIN: lambda: self._say(id, "home", c.PinMatch.REAL),
            Mishap.WALK_DURESS: lambda: self._duress(id),
            **({Mishap.WALKER_SUSPENDED: self._suspended} if self._can_be_spared() else {}),
            Mishap.BUDDY_TIED: lambda: self._buddy_tied(id),
        }

    async def _into_a_hole(self) -> None:
        self.mobile.loses_coverage()

    async def _battery_ends(self) -> None:
        self.mobile.dead = True

    async def _press(self) -> None:
        self.street.go(self.worker.press(silent=self.chance.random() < 0.3))

    def _can_be_spared(self) -> bool:
        """Not whoever may close, where a return waits for a day: one in danger, one suspended, and nobody could.

        Nor whoever only one could close for then: a buddy who may close was tied on the way.
        """
        member = self.street.node.world.directory(ORG).members[self.name]
        returns = Mishap.GUARDED not in self.climate.rates or not may_close(member)
        return returns and self.office.two_left(self.name)

    async def _suspended(self) -> None:
        self.office.suspended.append(self.name)
        await self.office.suspend(self.name)

    async def _buddy_tied(self, id: str) -> None:
        walk = self._known(id)
        if walk is not None and walk.buddy is not None:
            await self.office.tie(walk.buddy, self.name)

    async def _place(self, id: str) -> None:
        at_ms = self.street.loop.now_ms
        if self.climate.happens(Mishap.WALK_CLOCK_WRONG, often=ALMOST_ALWAYS):
            at_ms += self.chance.choice(CLOCKS_MS)
        lat, lon = ABROAD
        fix = c.PlaceReport(PlaceKind.FIX, at_ms, None, lat, lon + self.chance.random(), 40.0)
        zone = c.PlaceReport(PlaceKind.ZONE, at_ms, "Gate 2")
        place = self.chance.choice((fix, fix, zone))
        await self._word(id, "check-in", None, 0, CheckIn(org=ORG, walk=id, member=self.name, place=place))

    async def _extend(self, id: str, minutes: int) -> None:
        match = self._pin(id)
        command = ExtendWalk(org=ORG, walk=id, member=self.name, minutes=minutes, device=self._phone, match=match)
        await self._word(id, "extend", match, minutes, command)

    async def _duress(self, id: str) -> None:
        what = self.chance.choice(("home", "home", "cancel", "extend"))
        if what == "extend":
            match = c.PinMatch.DURESS
            command = ExtendWalk(org=ORG, walk=id, member=self.name, minutes=1, device=self._phone, match=match)
            await self._word(id, what, match, 1, command)
        else:
            await self._say(id, what, c.PinMatch.DURESS)

    def _pin(self, id: str) -> c.PinMatch | None:
        """Where one is asked for, as the page says, it is typed; nearly always."""
        known = self.street.node.world.directory(ORG).members.get(self.name) if self.street.node.life else None
        asked = known is not None and known.watch_window and self.chance.random() < 0.7
        return c.PinMatch.REAL if asked else None

    # Back --------------------------------------------------------------------------------------------------------

    async def _until_the_last_second(self, id: str) -> None:
        walk = self._known(id)
        if walk is not None and walk.open:
            left_s = (walk.raises_ms - self.street.loop.now_ms) / 1000 + self.chance.uniform(-1.5, 1.0)
            await self.street.loop.pause(max(left_s, 0))

    async def _come_home(self, id: str) -> None:
        if self.climate.happens(Mishap.WALK_BY_TWO_PHONES, often=SELDOM):
            match = self._pin(id)
            self.street.go(self._say(id, "home", match, "old phone"))
            await self._say(id, "home", match)
        elif self.climate.happens(Mishap.WALK_BY_SMS, often=SELDOM):
            word = Word(id, self.name, "home", None, None, self.street.loop.now_ms)
            self.journal.words.append(word)
            await self._texts.text(self.worker.number, self.chance.choice(("HOME", "home.")))
        else:
            await self._say(id, "home", self._pin(id))

    async def _late(self, id: str) -> None:
        """They remember when everybody is looking for them; or never."""
        walk = self._known(id)
        if walk is None or not self.climate.happens(Mishap.WALK_HOME_LATE, often=SELDOM):
            return
        left_s = max((walk.raises_ms - self.street.loop.now_ms) / 1000, 0)
        await self.street.loop.pause(left_s + self.chance.uniform(0, SOON_S))
        await self._say(id, "home", self.chance.choice((None, c.PinMatch.REAL, c.PinMatch.DURESS)))

    async def _say(self, id: str, what: str, match: c.PinMatch | None, phone: str | None = None) -> c.Reply | None:
        phone = phone or self._phone
        kind = HomeWalk if what == "home" else CancelWalk
        return await self._word(id, what, match, 0, kind(org=ORG, walk=id, member=self.name, device=phone, match=match))

    async def _word(
        self, id: str, what: str, match: c.PinMatch | None, minutes: int, command: c.Command
    ) -> c.Reply | None:
        self._extends += what == "extend"
        if what == "extend" and self._extends > EXTENDS_MOST:
            return None
        phone = getattr(command, "device", None) or self._phone
        word = Word(id, self.name, what, phone, match, self.street.loop.now_ms, minutes)
        self.journal.words.append(word)
        self.journal.trace("says of a walk", self.name, what, match, id)
        asks = self.mobile.ask if what == "extend" else self.mobile.insist  # No phone says *longer* twice by itself.
        reply = await asks(command)
        if reply is not None:
            word.heard = [*word.heard, (self.street.loop.now_ms, reply)]
            self.journal.trace("hears of a walk", self.name, what, _heard(reply))
        return reply


def _heard(reply: c.Reply) -> WalkState | str:
    return reply.state if isinstance(reply, WalkTaken) else type(reply).__name__
