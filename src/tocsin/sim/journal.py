"""What the world outside saw: the phones' acknowledged presses and answers, the carrier's physical sends, the outages.

The checkers compare this with what the store says at the end; nothing in here comes from inside the system.
Times are true times in milliseconds, not those of the system's own clock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from msgspec import Struct

from tocsin import ports
from tocsin.core import commands as c
from tocsin.core.words import Answer, Reason, WalkState
from tocsin.sim.clock import VirtualTimeLoop

ASLEEP = "asleep"


class Pressed(Struct):
    """One press, and every acknowledgement of it.  `over`: nobody tried it any more after that."""

    credential: str
    key: str
    member: str
    drill: bool
    tried_ms: int
    acked: list[tuple[int, c.PressTaken]] = []


class Said(Struct):
    """One answer.  `acked_ms` is None where nobody heard that it was taken.  `alert` is None where a text named it."""

    member: str
    answer: Answer
    counts: bool
    tried_ms: int
    alert: str
    acked_ms: int | None = None


class Sent(Struct):
    """One physical send.  `ref`: what the vendor calls it.  `result` is None where the sender died before it knew."""

    reference: str
    to: str
    text: str
    begun_ms: int
    life: int
    route: str
    ref: str
    result: ports.Accepted | ports.Refused | ports.Unknown | None = None
    ended_ms: int | None = None

    @property
    def alert(self) -> str:
        return self.reference.partition("/")[0]

    @property
    def delivery(self) -> str:
        return self.reference.partition("/")[2]


class Called(Struct):
    """One callback, and when the system acknowledged it."""

    delivery: str
    ref: str
    moved: c.Moved
    tried_ms: int
    acked_ms: int | None = None
    reason: Reason | None = None


class Heard(Struct):
    """Somebody read of an alert by this credential, on a stream or in a list.

    `unreached`: whom it named as such; None where it was over, or was not theirs to know.  `over`: did it say so?
    """

    at_ms: int
    member: str
    credential: str
    alert: str
    how: str
    unreached: tuple[str, ...] | None = None
    over: bool | None = None


class ToldOfWalk(Struct):
    """Somebody read of a walk by this credential: what it said, and by which names it said more (`keys`)."""

    at_ms: int
    member: str
    credential: str
    walk: str
    how: str
    state: WalkState
    due_at: str
    alert: str | None
    keys: frozenset[str]


class Deed(Struct):
    """What somebody did to an alert by this credential was taken.  `asked_ms`: when it came to the edge."""

    member: str
    credential: str
    alert: str
    what: str
    asked_ms: int


class Shown(Struct):
    """The page of a member called this way to them a way that wakes them, or not."""

    at_ms: int
    member: str
    contact: str
    to: str
    wakes: bool


class Decided(Struct):
    """One decision, and the true time at which it became durable."""

    at_ms: int
    facts: tuple[ports.Fact | ports.StoredFact, ...]


class Began(Struct):
    """A walk that somebody began by a phone, and every answer that the phone heard."""

    member: str
    credential: str
    key: str
    minutes: int
    tried_ms: int
    acked: list[tuple[int, c.Reply]] = []


class Word(Struct):
    """What somebody on a walk said of it, and what was answered.  `match`: of the PIN that was typed, if one was.

    `phone`: by which; None by text.  `what`: home, cancel, extend, check-in.
    """

    walk: str
    member: str
    what: str
    phone: str | None
    match: c.PinMatch | None
    tried_ms: int
    minutes: int = 0
    heard: list[tuple[int, c.Reply]] = []


class Stepped(Struct):
    """What was stored of a walk, at which true time, and what the system's own clock said then."""

    at_ms: int
    said_ms: int
    walk: str
    facts: tuple[ports.Fact, ...]

    def decided_ms(self, fact: ports.Fact) -> int:
        """The true time at which this was decided: a disk may have stalled since."""
        return self.at_ms - (self.said_ms - fact.at_ms)


class Forged(Struct):
    """A callback that no vendor of ours sent.  `declined`: it changed nothing."""

    delivery: str
    declined: bool


class Refused(Struct):
    """A command that was not taken, or that nobody answered in time."""

    command: str
    at_ms: int
    why: str
    waited_ms: int


class Outage(Struct):
    """A time in which the system could not work: off, or its disk refused.  `end_ms` is None while it lasts."""

    why: str
    start_ms: int
    end_ms: int | None = None


class Journal:
    """Everything noted in one history, and the trace that two runs of a seed must share."""

    def __init__(self, loop: VirtualTimeLoop, show: Callable[[str], None] | None) -> None:
        self._loop, self._show, self._hash = loop, show, hashlib.sha256()
        self.presses: dict[tuple[str, str], Pressed] = {}
        self.answers: list[Said] = []
        self.sends: list[Sent] = []
        self.calls: list[Called] = []
        self.forged: list[Forged] = []
        self.opted: list[tuple[int, str, bool]] = []  # True time, number, is it a STOP: as the system has stored it.
        self.clock_lost = False  # A machine started on a clock that was hours or years behind.
        self.began_late_ms = 0  # By how much its own clock was behind when it began, at the most.
        self.refusals: list[Refused] = []
        self.outages: list[Outage] = []
        self.pages: list[tuple[int, str]] = []
        self.objections: list[tuple[str, int]] = []
        self.commits: list[tuple[int, int]] = []  # True time, and what the system's clock said.
        self._behind_ms = 0  # By how much it said less, at the most.
        self.closed_ms: dict[str, int] = {}
        self.hidden_ms: dict[str, int] = {}  # Since when an alert looks closed to its worker's devices.
        self.unasked: list[int] = []  # When a vendor of calls could not be asked to take one back.
        self.rung: list[tuple[int, str]] = []  # When a telephone began to ring, and for which message.
        self.heard: list[Heard] = []
        self.told_of_walks: list[ToldOfWalk] = []
        self.deeds: list[Deed] = []
        self.shown: list[Shown] = []
        self.decided: list[Decided] = []  # What was decided of people, plans and access.
        self.begun: dict[tuple[str, str], Began] = {}  # By credential and key.
        self.words: list[Word] = []
        self.stepped: list[Stepped] = []
        self.broken: list[tuple[str, str]] = []  # What was found while it ran: the promise, and what broke it.

    @property
    def now_ms(self) -> int:
        return self._loop.now_ms

    @property
    def lag_ms(self) -> int:
        """How far the system's clock may lawfully be behind: only where a machine lost the time altogether."""
        if not self.clock_lost:
            return 0
        return max(self.began_late_ms, self._behind_ms)

    def committed(self, true_ms: int, said_ms: int) -> None:
        self.commits.append((true_ms, said_ms))
        self._behind_ms = max(self._behind_ms, true_ms - said_ms)

    def outage_now(self, within_ms: int = 6_000) -> bool:
        """Does the system stand still now, or did it a moment ago?"""
        return self.outage_near(self.now_ms, within_ms)

    def outage_near(self, at_ms: int, within_ms: int) -> bool:
        return any(
            outage.start_ms <= at_ms and (outage.end_ms is None or outage.end_ms + within_ms >= at_ms)
            for outage in self.outages
        )

    def rang(self, reference: str) -> None:
        self.rung.append((self.now_ms, reference))
        self.trace("rings", reference)

    def trace(self, *words: object) -> None:
        """One line of the history."""
        line = " ".join((f"{self._loop.now_ns / 1e9:10.6f}", *map(str, words)))
        self._hash.update(line.encode() + b"\n")
        if self._show is not None:
            self._show(line)

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    def press(self, command: c.Press) -> Pressed:
        pressed = Pressed(command.credential, command.key, command.member, command.drill, self.now_ms)
        return self.presses.setdefault((command.credential, command.key), pressed)

    def outage_began(self, why: str) -> Outage:
        outage = Outage(why, self.now_ms)
        self.outages.append(outage)
        self.trace("outage", why)
        return outage

    def outage_ended(self, outage: Outage) -> None:
        outage.end_ms = self.now_ms
        self.trace("works again", outage.why)

    def paged(self, name: str) -> None:
        self.pages.append((self.now_ms, name))
        self.trace("page", name)

    def found(self, promise: str, what: str) -> None:
        """A promise was broken before our eyes."""
        self.broken.append((promise, what))
        self.trace("BROKEN", promise, what)
