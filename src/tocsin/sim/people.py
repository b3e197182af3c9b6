"""People at night: those in danger, those who help, those who only seem to, and those who sleep.

Each is an actor of their own, with chance of their own.  A phone never forgets a press: it tries with the same key
until somebody says *durable*.  What a phone heard goes into the journal, and only that is held against the system.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from tocsin.core import commands as c
from tocsin.core.access.commands import Reinstate, Suspend
from tocsin.core.access.record import OPERATOR
from tocsin.core.limits import NEEDED_MIN
from tocsin.core.roster import may_close
from tocsin.core.shadow import life_of, worker_view
from tocsin.core.words import Answer, Came, Outcome, Phase, PlaceKind
from tocsin.runtime.loop import Unavailable
from tocsin.sim.carriers.phones import By
from tocsin.sim.carriers.sms import SimSms
from tocsin.sim.centre import FRIENDS, ORG, as_a_file, device
from tocsin.sim.climate import Climate, Mishap, chance_of
from tocsin.sim.journal import Journal, Said
from tocsin.sim.network import NoAnswer
from tocsin.sim.node import Node

TRIES = 60
NUMBERS = re.compile(r"\b(\d{4})=")
HAMMERED = 50  # Presses of one key by a thumb, or a phone, that has lost its mind.
WRONG_MS = (-315_360_000_000, -86_400_000, -3_600_000, 3_600_000, 315_360_000_000)
LATE_ANSWER_S = (100.0, 500.0)
BY_PLACE = (Answer.COMING, Answer.WITH_THEM, Answer.CANNOT)


class Street:
    """What all of them share: the node, the carrier, the weather, and a place to run."""

    def __init__(self, node: Node, texts: list[SimSms], climate: Climate, journal: Journal) -> None:
        self.node, self.texts, self.climate, self.journal, self.loop = node, texts, climate, journal, node.loop

    def go(self, work: Coroutine[Any, Any, object]) -> asyncio.Task[object]:
        return self.loop.create_task(work, context=self.node.outside)

    async def ask(self, command: c.Command) -> c.Reply | None:
        """Once; None when nobody knows or nothing was stored."""
        try:
            return await self.node.ask(command)
        except (NoAnswer, Unavailable):
            return None

    async def insist(self, command: c.Command) -> c.Reply | None:
        """Until somebody answers."""
        for _ in range(TRIES):
            reply = await self.ask(command)
            if reply is not None:
                return reply
            await self.loop.pause(2)
        return None


class Worker:
    """Somebody who may be in danger.  `shown` is the alert as their own phone knows it."""

    def __init__(self, street: Street, name: str, number: str) -> None:
        self.street, self.name, self.number = street, name, number
        self.chance = chance_of(street.climate.seed, f"worker {name}")
        self.shown: str | None = None
        self.revoked = False
        self._keys = 0

    async def in_danger(self) -> None:
        """One bad quarter of an hour."""
        climate, loop = self.street.climate, self.street.loop
        silent = climate.happens(Mishap.PRESS_SILENT)
        if climate.happens(Mishap.PRESS_BY_SMS):
            await self.text_sos()
        else:
            await self.press(silent=silent)
        if climate.happens(Mishap.PRESS_TWO_DEVICES):
            self.street.go(self.press(silent=silent, device="old phone"))
        for _ in range(6):
            await loop.pause(self.chance.uniform(5, 60))
            if climate.calm:
                return
            if climate.happens(Mishap.PRESS_AGAIN):
                await self.press(silent=silent)
            await self._pin()

    async def press(
        self, *, silent: bool = False, drill: bool = False, device: str | None = None, site: str | None = None
    ) -> None:
        """Press, and never forget it."""
        self._keys += 1
        revoked = not drill and (self.revoked or self.street.climate.happens(Mishap.PRESS_REVOKED))
        command = self._press(f"{self.name}-{self._keys}", device, silent=silent, drill=drill, revoked=revoked)
        command = replace(command, site=site)
        if self.street.climate.happens(Mishap.PRESS_REPLAYED):
            for _ in range(self.chance.randrange(1, 4)):
                self.street.go(self.send(command))
        if self.street.climate.happens(Mishap.PRESS_HAMMERED, often=0.5):
            for _ in range(HAMMERED):
                self.street.go(self.send(command))
        await self.send(command)

    def _press(self, key: str, phone: str | None, *, silent: bool, drill: bool, revoked: bool) -> c.Press:
        phone, now_ms = phone or device(self.name), self.street.loop.now_ms
        occurred_ms = None
        if self.street.climate.happens(Mishap.PHONE_CLOCK_WRONG):
            occurred_ms = now_ms = now_ms + self.chance.choice(WRONG_MS)
        place = c.PlaceReport(PlaceKind.FIX, now_ms, "Lot B", 12.5, 8.25, 40.0)
        return c.Press(
            occurred_at_ms=occurred_ms,
            org=ORG,
            credential=phone,
            key=key,
            member=self.name,
            device=phone,
            came=Came.DRILL if drill else Came.REVOKED if revoked else Came.DEVICE,
            silent=silent,
            drill=drill,
            text=self.chance.choice((None, "by the gate")),
            places=(place,) if self.chance.random() < 0.5 else (),
        )

    async def send(self, command: c.Press) -> None:
        """Try until it is durable."""
        pressed = self.street.journal.press(command)
        self.street.journal.trace("press", command.key)
        for _ in range(TRIES):
            reply = await self.street.ask(command)
            if reply is not None:
                break
            await self.street.loop.pause(self.chance.uniform(0.5, 3))
        if isinstance(reply, c.PressTaken):
            pressed.acked = [*pressed.acked, (self.street.loop.now_ms, reply)]
            self.shown = reply.alert
            self.street.journal.trace("press taken", command.key, reply.alert, reply.receipt)
        elif reply is not None and not command.drill:  # Of a drill that is the right answer while somebody needs help.
            self.street.journal.found("I15", f"a press was answered with {reply}")

    async def text_sos(self) -> None:
        self.street.journal.trace("text sos", self.name)
        vendor = self.chance.choice(self.street.texts)
        await vendor.text(self.number, self.chance.choice(("SOS", "sos, lot b", "help me")))

    async def _pin(self) -> None:
        happens = self.street.climate.happens
        if self.shown is None:
            return
        for mishap, match in (
            (Mishap.PIN_WRONG, c.PinMatch.WRONG),
            (Mishap.PIN_DURESS, c.PinMatch.DURESS),
            (Mishap.PIN, c.PinMatch.REAL),
        ):
            if happens(mishap):
                self.street.journal.trace("pin", self.name, match)
                safe = c.Safe(org=ORG, alert=self.shown, member=self.name, device=device(self.name), match=match)
                if isinstance(await self.street.ask(safe), c.Done) and match is c.PinMatch.DURESS:
                    self._look_over_the_shoulder(self.shown)

    def _look_over_the_shoulder(self, shown: str) -> None:
        """I11: after the duress PIN was taken, this phone shows an alert that is over, and nothing besides."""
        node = self.street.node
        alert = None if node.life is None else node.world.alert(ORG, shown)
        life = None if alert is None else life_of(alert, shown)
        if alert is None or life is None or self.shown != shown:
            return
        view = worker_view(alert, life, node.world.directory(ORG), {}, self.street.loop.now_ms)
        if view.state is not Phase.CLOSED or view.outcome is not Outcome.SAFE or view.under_duress is not UNSET:
            self.street.journal.found("I11", f"after the duress PIN the phone shows {view.state}, {view.outcome}")


class Colleague:
    """Somebody who may be rung."""

    def __init__(self, street: Street, name: str, number: str) -> None:
        self.street, self.name, self.number = street, name, number
        self.chance = chance_of(street.climate.seed, f"colleague {name}")
        self.friend = name in FRIENDS
        self._answered: dict[str, int] = {}
        self._asleep: set[str] = set()
        self.stopped = False  # Once is enough: two at a time would overtake each other on the way.
        self.moved = False  # To another number: a text from one of the two may come from nobody we know.

    def rung(self, alert: str, text: str, by: By) -> None:
        """The phone in their pocket."""
        climate = self.street.climate
        if alert not in self._asleep and not climate.calm and climate.acts(self.name):
            self.street.go(self._react(alert, text, by))

    async def _react(self, alert: str, text: str, by: By) -> None:
        climate, times = self.street.climate, self._answered.get(alert, 0)
        if by is By.CALL and climate.happens(Mishap.ANSWER_BY_KEY):
            await self._press_key(alert)
            return
        if climate.happens(Mishap.ANSWER_AFTER_CLOSE, often=0.3):
            self.street.go(self._answer_late(alert))
        await self.street.loop.pause(self.chance.uniform(0.5, 15))
        if self.friend and climate.happens(Mishap.FRIEND_SAYS_WITH_THEM):
            await self.say(alert, Answer.WITH_THEM)
        elif self.friend and climate.happens(Mishap.FRIENDS_CLOSE):
            await self._close(alert)
        elif not self.stopped and climate.happens(Mishap.STOP_TEXTED, often=0.35):
            await self.stop()
        elif times < 3 and self.chance.random() < 0.5:
            self._answered[alert] = times + 1
            await self._answer(alert, text)
        elif climate.happens(Mishap.OBJECTS, often=0.3):
            self.street.journal.objections.append((alert, self.street.loop.now_ms))
            await self.street.ask(c.ObjectClose(org=ORG, alert=alert, member=self.name))
        elif climate.happens(Mishap.CLOSES):
            await self._close(alert)

    async def _answer(self, alert: str, text: str) -> None:
        happens = self.street.climate.happens
        answer = self.chance.choice((Answer.SEEN, Answer.COMING, Answer.COMING, Answer.WITH_THEM))
        if happens(Mishap.CANNOT):
            answer = Answer.CANNOT
        numbers = NUMBERS.findall(text)
        if answer in BY_PLACE and len(numbers) == 3 and happens(Mishap.ANSWER_BY_SMS):
            await self._text(alert, answer, numbers[BY_PLACE.index(answer)])
        elif happens(Mishap.ANSWER_FORGEABLE, often=0.3):
            await self._vendor().text(self.number, self.chance.choice("123"))
        else:
            await self.say(alert, answer)
        if answer is Answer.COMING and happens(Mishap.SLEEPS_AFTER_COMING):
            self._asleep.add(alert)

    async def say(self, alert: str, answer: Answer) -> None:
        """Answer in the app, and keep trying until it is known to be taken."""
        eta_s = self.chance.choice((None, 20, 300)) if answer is Answer.COMING else None
        said = self._said(alert, answer)
        reply = await self.street.insist(c.Say(org=ORG, alert=alert, member=self.name, answer=answer, eta_s=eta_s))
        if isinstance(reply, c.Done):
            said.acked_ms = self.street.loop.now_ms

    async def _text(self, alert: str, answer: Answer, number: str) -> None:
        said = self._said(alert, answer)
        if await self._vendor().text(self.number, f" {number}. ") is not None and not self.moved:
            said.acked_ms = self.street.loop.now_ms

    def _vendor(self) -> SimSms:
        return self.chance.choice(self.street.texts)

    async def _press_key(self, alert: str) -> None:
        """1, 2 or 3 on a call: the vendor tells us, and tries that again as it does its other hooks."""
        answer = self.chance.choice(BY_PLACE)
        await self.street.loop.pause(self.chance.uniform(1, 10))
        said = self._said(alert, answer)
        key = c.Say(org=ORG, alert=alert, member=self.name, answer=answer)
        if isinstance(await self._vendor().hooks.hook(key), c.Done):
            said.acked_ms = self.street.loop.now_ms

    async def _answer_late(self, alert: str) -> None:
        """When it is over, most likely."""
        await self.street.loop.pause(self.chance.uniform(*LATE_ANSWER_S))
        await self.say(alert, Answer.COMING)

    async def stop(self) -> None:
        """Texts STOP to a sender of ours, and perhaps thinks better of it."""
        self.stopped = True
        vendor, number = self._vendor(), self.number
        if await vendor.text(number, "STOP", "STOP") is None or self.moved:
            return
        self.street.journal.opted.append((self.street.loop.now_ms, number, True))
        if self.street.climate.happens(Mishap.START_TEXTED, often=20):
            await self.street.loop.pause(self.chance.uniform(1, 30))
            self.street.journal.opted.append((self.street.loop.now_ms, number, False))
            await vendor.text(number, "START", "START")

    def _said(self, alert: str, answer: Answer) -> Said:
        self.street.journal.trace("says", self.name, answer, alert)
        said = Said(self.name, answer, True, self.street.loop.now_ms, alert)
        self.street.journal.answers.append(said)
        return said

    async def _close(self, alert: str) -> None:
        """Whichever half of a closing is still missing."""
        if not isinstance(await self.propose(alert), c.Done):
            await self.confirm(alert)

    async def propose(self, alert: str) -> c.Reply | None:
        return await propose(self.street, self.name, alert)

    async def confirm(self, alert: str) -> c.Reply | None:
        return await confirm(self.street, self.name, alert)


async def propose(street: Street, name: str, alert: str) -> c.Reply | None:
    street.journal.trace("proposes", name, alert)
    close = c.ProposeClose(org=ORG, alert=alert, member=name, device=device(name), outcome=Outcome.SAFE)
    return await street.ask(close)


async def confirm(street: Street, name: str, alert: str) -> c.Reply | None:
    """By whoever was rung, also those of the office, who carry no phone of the street."""
    street.journal.trace("confirms", name, alert)
    return await street.ask(c.ConfirmClose(org=ORG, alert=alert, member=name, device=device(name)))


class Office:
    """Whoever changes members and shifts while people are in danger."""

    def __init__(self, street: Street) -> None:
        self.street, self.chance = street, chance_of(street.climate.seed, "office")
        self.suspended: list[str] = []
        self.tied: set[str] = set()

    def two_left(self, member: str, *, but: str = "") -> bool:
        """While they are suspended their alert rings those alone who may close: are there two who may be told of it?"""
        people = self.street.node.world.directory(ORG).members.values()
        told = [one for one in people if member not in (one.id, *one.not_told_about) and one.id != but]
        return sum(map(may_close, told)) >= NEEDED_MIN

    async def suspend(self, member: str, *, lifted: bool = False) -> None:
        await self.street.insist((Reinstate if lifted else Suspend)(org=ORG, member=member, by=OPERATOR))

    async def tie(self, member: str, about: str) -> None:
        """`member` is not to be told about `about` any more."""
        directory = self.street.node.world.directory(ORG)
        if member not in directory.members:
            return
        known, other = directory.members[member], directory.members.get(about)
        if other is not None and other.suspended and not self.two_left(about, but=member):
            return
        marked = replace(known, not_told_about=tuple(dict.fromkeys((*known.not_told_about, about))))
        changed = replace(directory, members={**directory.members, member: marked})
        await self.street.insist(c.ReplaceDirectory(org=ORG, directory=as_a_file(changed), by="wale"))
        self.tied.add(member)
