"""A second, smaller telling of a walk's time: when somebody must be reminded, asked and looked for.

It is written from the rules, not from `core.walk`: the facts say what was done, and time says what was due.
"""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.core import walk_events as w
from tocsin.sim.journal import Journal
from tocsin.sim.model import latest_ms
from tocsin.sim.record import Step

MINUTE_MS = 60_000


class Timer:
    """What is owed to somebody on a walk, after the steps so far.  `next_ms`: when; None when nothing is."""

    def __init__(self, first: Step) -> None:
        assert isinstance(first.event, w.WalkStarted)
        self.begins, self.grace_ms = first.event, first.event.grace_ms
        self.due_ms, self.owes = first.at_ms, "reminding"
        self._reach(first.at_ms, first.at_ms + first.event.minutes * MINUTE_MS)

    def _reach(self, from_ms: int, due_ms: int) -> None:
        """It runs from now until then; nobody is reminded in the first half."""
        self.due_ms, self.owes = due_ms, "reminding"
        self.remind_ms = max(due_ms - self.begins.remind_before_ms, from_ms + (due_ms - from_ms) // 2)

    @property
    def raises_ms(self) -> int:
        return self.due_ms + self.grace_ms

    def owed_ms(self) -> dict[str, int]:
        """By what is owed next, when."""
        times = {"reminding": self.remind_ms, "asking": self.due_ms, "looking for them": self.raises_ms}
        return {self.owes: times[self.owes]} if self.owes in times else {}

    def missed(self, now_ms: int, journal: Journal) -> Iterator[str]:
        """What should have been done before this moment."""
        for what, due_ms in self.owed_ms().items():
            if now_ms > latest_ms(due_ms, journal):
                yield f"{what} was due at {due_ms}, and was not done at {now_ms}"

    def take(self, step: Step) -> Iterator[str]:
        """One step; says what of it came early, or after the end."""
        match step.event:
            case w.WalkReminded():
                yield from self._at(step, self.remind_ms, "asking")
            case w.WalkDue():
                yield from self._at(step, self.due_ms, "looking for them")
            case w.WalkOverdue():
                yield from self._at(step, self.raises_ms, "nothing")
            case w.WalkExtended(minutes=minutes):
                self._reach(step.at_ms, max(self.due_ms, step.at_ms) + minutes * MINUTE_MS)
            case w.WalkEnded():
                if step.at_ms > self.raises_ms and self.owes == "nothing":
                    yield f"it ended at {step.at_ms}, after they were looked for"
                self.owes = "nothing"
            case w.WalkRaised():
                self.owes = "nothing"
            case _:
                pass

    def _at(self, step: Step, due_ms: int, then: str) -> Iterator[str]:
        if step.at_ms < due_ms:
            yield f"{type(step.event).__name__} came at {step.at_ms}, {due_ms - step.at_ms} ms early"
        self.owes = then
