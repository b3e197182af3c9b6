"""A second, smaller telling of the climb: what the facts oblige the system to do, and when.

Theory of operation
-------------------
It is written from the rules, not from `core.alert`: who owes what until when, when the next rung is due.  Between two
facts nothing changes but time; so at each fact it is enough to ask whether something was due before it and did not
happen, and whether what happened was due.

Whom nothing could reach is tried again where a ring finds a way: by a new message, or by a call that a carrier took
and has not ended yet, which is joined and not doubled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct

from tocsin.core import events as e
from tocsin.core.words import Answer, Why
from tocsin.sim.journal import ASLEEP, Journal
from tocsin.sim.record import Story

HEALTHY_MS = 1_000  # I6: how late a timer may be on a good day.
AFTER_OUTAGE_MS = 5_000  # I6: start-up, and this.
ACT_MS = 250  # From looking at the clock to the commit.
EARLY_MS = 50
LOAN_S = {Answer.SEEN: 60, Answer.COMING: 120, Answer.WITH_THEM: 120}
CLIMBING = ("the next rung", "climbing past a rung of nobody")
HELP = (Answer.COMING, Answer.WITH_THEM)


class Loan(Struct):
    answer: Answer
    until_ms: int
    counts: bool


class Telling:
    """What is owed, after the facts so far.  `under_way`: does a ring to this person wait at that time?"""

    def __init__(self, raised: e.Raised, at_ms: int, under_way: Callable[[str, int], bool]) -> None:
        self._under_way = under_way
        self.rungs, self.needed, self.member = raised.plan.rungs, raised.plan.needed, raised.member
        self.drill = raised.drill
        self.loans: dict[str, Loan] = {}
        self.repeat_ms: dict[str, int] = {}
        self.of_rung: dict[str, int] = {}
        self.rung, self.passes, self.pass_ms, self.next_rung_ms = -1, 0, at_ms, at_ms
        self.of_this_rung: tuple[str, ...] = ()
        self.gone: set[str] = set()  # Whom nothing can reach, as far as the record knows.
        self.dead_since_ms = at_ms
        self.resumed_ms = at_ms  # When the climb last went on after a pause.
        self.commits_ms: int | None = None
        self.lapses_ms: int | None = None
        self.closed = False

    @property
    def helpers(self) -> int:
        return sum(loan.counts and loan.answer in HELP for loan in self.loans.values())

    @property
    def paused(self) -> bool:
        return self.helpers >= self.needed

    def due(self) -> dict[str, int]:
        """Everything that must happen, and when."""
        if self.closed:
            return {}
        found = {f"the loan of {name}": loan.until_ms for name, loan in self.loans.items()}
        found |= {f"ringing {name} again": at_ms for name, at_ms in self.repeat_ms.items()}
        if self.rung_is_dead:
            found["climbing past a rung of nobody"] = self.dead_since_ms
        if not self.paused:
            found["the next rung"] = max(self.next_rung_ms, self.resumed_ms)
        if self.commits_ms is not None:
            found["the close"] = self.commits_ms
        if self.lapses_ms is not None:
            found["forgetting the proposal"] = self.lapses_ms
        return found

    @property
    def rung_is_dead(self) -> bool:
        """Is there nobody left to try on the present rung?  (The backstop waits for its next pass.)"""
        last = self.rung == len(self.rungs) - 1
        return not last and not self.paused and not self.closed and all(name in self.gone for name in self.of_this_rung)

    def take(self, event: e.Event, at_ms: int) -> Iterator[str]:
        """Take one fact in; says what of it was not yet due or not allowed."""
        paused, dead = self.paused, self.rung_is_dead
        yield from self._take(event, at_ms)
        if self.rung_is_dead and not dead:
            self.dead_since_ms = at_ms
        if paused and not self.paused:
            self.resumed_ms = at_ms

    def _take(self, event: e.Event, at_ms: int) -> Iterator[str]:
        match event:
            case e.Rang():
                yield from self._rang(event, at_ms)
            case e.Answered():
                self.gone.discard(event.member)
                yield from self._answered(event, at_ms)
            case e.NotReached(member=member):
                self.gone.add(member)
            case e.ReachedAgain(member=member):
                self.gone.discard(member)
            case e.LoanLapsed(member=member):
                loan = self.loans.pop(member, None)
                if loan is None or loan.until_ms > at_ms:
                    yield f"the loan of {member} lapsed early"
            case e.PressedAgain():
                self.loans.clear()
            case e.Withdrawn(member=member):
                self.loans.pop(member, None)
                self.repeat_ms.pop(member, None)
                self.gone.add(member)
            case e.CloseProposed():
                self.commits_ms, self.lapses_ms = None, at_ms + 120_000
            case e.CloseConfirmed():
                self.commits_ms, self.lapses_ms = at_ms + 60_000, None
            case e.CloseUndone(why=why):
                if why == "unconfirmed" and (self.lapses_ms is None or self.lapses_ms > at_ms):
                    yield "a proposal was forgotten early"
                self.commits_ms = self.lapses_ms = None
            case e.SaidSafe():
                self.commits_ms = self.lapses_ms = None
            case e.Closed(by=by, ended_by=ended_by):
                two = ended_by is None and by != (self.member,) and not (self.drill and not by)
                if two and (self.commits_ms is None or self.commits_ms > at_ms):
                    yield "it closed early"
                self.closed = True
            case _:
                pass

    def _answered(self, event: e.Answered, at_ms: int) -> Iterator[str]:
        self.loans.pop(event.member, None)
        if event.counts:
            self.repeat_ms.pop(event.member, None)
        if event.answer is Answer.CANNOT:
            return
        assert event.lapses_at_ms is not None
        if event.lapses_at_ms > at_ms + LOAN_S[event.answer] * 1_000:
            yield f"{event.member} was lent more than {LOAN_S[event.answer]} s"
        self.loans[event.member] = Loan(event.answer, event.lapses_at_ms, event.counts)

    def _rang(self, event: e.Rang, at_ms: int) -> Iterator[str]:
        if event.why is Why.REPEAT:
            early = [name for name in event.asked if self.repeat_ms.get(name, at_ms) > at_ms]
            if early:
                yield f"{early[0]} was rung again early"
        if event.rung is not None:
            yield from self._on_rung(event, at_ms)
            self.of_this_rung = (*event.asked, *event.answered)
        tried = {sending.member for sending in event.sendings}
        tried |= {name for name in self.gone.intersection(event.asked) if self._under_way(name, at_ms)}
        self.gone = (self.gone - tried) | {name for name, _ in event.unreachable}
        for summons in event.joined:
            self.of_rung[summons.member] = self.rung if event.rung is None else event.rung
        for name in event.asked:
            if event.rung is not None and name in self.of_rung:
                self.of_rung[name] = event.rung
            if name not in self.of_rung:
                yield f"{name} was rung and never joined"
                continue
            self.repeat_ms[name] = at_ms + self.rungs[self.of_rung[name]].repeat_s * 1_000

    def _on_rung(self, event: e.Rang, at_ms: int) -> Iterator[str]:
        assert event.rung is not None
        if event.rung != (self.rung + 1) % len(self.rungs):
            yield f"rung {event.rung} followed rung {self.rung}"
        if event.why is Why.RUNG_DUE and self.next_rung_ms > at_ms:
            yield f"rung {event.rung} was rung early"
        if event.rung == 0 and self.passes:
            self.pass_ms = at_ms
        self.passes += event.rung == 0
        self.rung = event.rung
        if self.rung + 1 < len(self.rungs):
            self.next_rung_ms = self.pass_ms + self.rungs[self.rung + 1].after_s * 1_000
        else:
            self.next_rung_ms = max(at_ms + self.rungs[-1].repeat_s * 1_000, self.pass_ms + 30_000)


def _tell(story: Story, journal: Journal) -> Iterator[tuple[str, str]]:
    """(of the climb or of a timer, what was wrong)."""
    first = story.happened[0]
    assert isinstance(first.event, e.Raised)
    telling, last_ms = Telling(first.event, first.at_ms, story.under_way), first.at_ms
    for happened in story.happened[1:]:
        if happened.at_ms > last_ms:
            for what, due_ms in telling.due().items():
                if happened.at_ms > latest_ms(due_ms, journal):
                    yield what, f"{what} of {story.id} was due at {due_ms}, not done at {happened.at_ms}"
        last_ms = happened.at_ms
        for wrong in telling.take(happened.event, happened.at_ms):
            yield "early", f"in {story.id} at {happened.at_ms}: {wrong}"


def latest_ms(due_ms: int, journal: Journal) -> int:
    """Until when this may happen: outages that were there when it was due, and those that followed at once, count."""
    latest_ms = due_ms + HEALTHY_MS
    for outage in journal.outages:
        end_ms = journal.now_ms if outage.end_ms is None else outage.end_ms
        after_ms = AFTER_OUTAGE_MS if outage.why == ASLEEP else EARLY_MS  # Timers stood still while it slept.
        if outage.start_ms <= latest_ms + EARLY_MS + journal.lag_ms and end_ms + after_ms >= due_ms:
            latest_ms = max(latest_ms, end_ms + AFTER_OUTAGE_MS + ACT_MS)
    return latest_ms


def timers(story: Story, journal: Journal) -> Iterator[str]:
    """Everything but the climb: loans, repeats, proposals; and whatever came early."""
    return (sentence for what, sentence in _tell(story, journal) if what not in CLIMBING)


def climbs(story: Story, journal: Journal) -> Iterator[str]:
    """The next rung is rung when it is due, unless enough people are on their way."""
    return (sentence for what, sentence in _tell(story, journal) if what in CLIMBING)
