"""The ladder that a fresh alert would have climbed by now: what a press from the shadow seems to have begun.

Theory of operation
-------------------
To those who help, a press from the shadow is one on the alert that they have, and its ladder goes on.  To the worker's
devices it is a fresh alert with a ladder from the first rung, by the plan and at the site that it would have.  So that
one is climbed here on paper, by the rules of every ladder (`ladder.py`) and by the very machine of the alert
(`alert.py`): whom each rung means is found in the roster of its moment, a rung that reaches nobody is climbed past at
once, people join where too few would remain, and enough who help pause it.

What became of whoever is rung is what became of them in the alert that lives on, from when it did: who helps, who said
*cannot*, whom nothing reaches.

Nothing is kept: it follows from the alert, the directory and the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from msgspec.structs import replace

from tocsin.core.alert import Alert, evolve, raised
from tocsin.core.alert_parts import Person, Shadow
from tocsin.core.directory import Directory, Plan
from tocsin.core.ladder import Ringing, climb, rang, tend
from tocsin.core.words import Answer, Channel, Phase, Reason, Why

NEWS_MAX = 100  # So often at the most it is asked who joins because somebody is not reached, or has said *cannot*.


class Climbed(NamedTuple):
    """The rung that it has reached, whom it has rung so far, and when it rings the next (None: it is paused)."""

    rung: int
    met: Mapping[str, Person]
    climbs_ms: int | None


def plan_of(alert: Alert, life: Shadow) -> Plan:
    """The plan by which this life seems to ring."""
    return life.plan or alert.plan


def climbed(alert: Alert, life: Shadow, directory: Directory, now_ms: int) -> Climbed:
    """How far a ladder that began with this life would be by now, and whom it would have rung."""
    paper = _Paper(alert, life, directory)
    paper.ring(climb(paper, Why.RAISED))
    paper.ring([Ringing(life.buddies, Why.RAISED)])
    paper.ring(tend(paper))
    while paper.live(now_ms):
        paper.skip_passes(now_ms)
    return Climbed(paper.alert.rung, paper.alert.people, paper.climbs_ms)


class News(NamedTuple):
    """What became of somebody in the alert that lives on, as their fields say it, and when."""

    at_ms: int
    member: str
    said: Mapping[str, Any]


class _Paper:
    """A `Ladder` that rings nobody.  `_coming`: news that is not heard yet, the next of it last; `_said`: what was."""

    def __init__(self, real: Alert, life: Shadow, directory: Directory) -> None:
        self.directory, self.now_ms = directory, life.raised_ms
        self.channels = frozenset(life.channels or Channel)
        known = {"site": life.site, "plan": plan_of(real, life), "watch_window": life.watch_window}
        self.alert = raised(replace(real, **known, buddy=next(iter(life.buddies), None)), life.raised_ms)
        news = (one for person in real.people.values() for one in _news_of(person, life.raised_ms))
        since = (one for one in news if one.at_ms >= life.raised_ms)
        self._coming = sorted(since, key=lambda one: one.at_ms)[::-1]
        self._at_a_time = 1 + len(self._coming) // NEWS_MAX
        self._said: dict[str, dict[str, Any]] = {}
        self._heard_ms = life.raised_ms

    @property
    def climbs_ms(self) -> int | None:
        """When its next rung is rung: at once, if it came due while it was paused.  None: it is paused."""
        return max(self.alert.next_rung_ms, self.now_ms) if self.alert.phase is Phase.CLIMBING else None

    def live(self, until_ms: int) -> bool:
        """The next thing happens, unless that is later."""
        climbs_ms, hears_ms = self.climbs_ms, self._coming[-1].at_ms if self._coming else None
        at_ms = min((ms for ms in (climbs_ms, hears_ms) if ms is not None), default=until_ms + 1)
        if at_ms > until_ms:
            return False
        self.now_ms = at_ms
        if at_ms == climbs_ms:
            self.ring(climb(self, Why.RUNG_DUE))
        else:
            self._hear(until_ms if climbs_ms is None else min(until_ms, climbs_ms))
        self.ring(tend(self))
        return True

    def ring(self, ringings: Iterable[Ringing]) -> None:
        """Whoever was reached before is not rung again: that would change nothing here."""
        for ringing in ringings:
            found = rang(self, ringing, spared=lambda person: person.reachable)
            if found is not None:
                self.alert = evolve(self.alert, found[0], self.now_ms)
                self._know([member for member in found[0].asked if member in self._said])

    def _hear(self, until_ms: int) -> None:
        """The next news; of very many some at a time: else each of a thousand phones that fail would be looked at."""
        news = [self._coming.pop() for one in self._coming[: -self._at_a_time - 1 : -1] if one.at_ms <= until_ms]
        for one in news:
            self._said.setdefault(one.member, {}).update(one.said)
        self.now_ms = self._heard_ms = news[-1].at_ms
        self._know([one.member for one in news if one.member in self.alert.people])

    def _know(self, members: list[str]) -> None:
        if members:
            people = self.alert.people
            known = {member: replace(people[member], **self._said[member]) for member in members}
            self.alert = replace(self.alert, people={**people, **known})

    def skip_passes(self, until_ms: int) -> None:
        """After a pass in which nothing was heard it goes on with the last but one, until something is.

        Those between are as that one was.  Whoever came on in between and went again is not found.
        """
        alert = self.alert
        if alert.rung == len(alert.plan.rungs) - 1 and alert.pass_started_ms >= self._heard_ms:
            until_ms = min([until_ms, *(news.at_ms for news in self._coming[-1:])])
            lasts_ms = alert.next_rung_ms - alert.pass_started_ms
            passes = max((until_ms - alert.next_rung_ms) // lasts_ms - 1, 0)
            self.alert = replace(alert, next_rung_ms=alert.next_rung_ms + passes * lasts_ms)


def _news_of(person: Person, since_ms: int) -> Iterator[News]:
    """That nothing reached them; what they have said, by which they were reached; that their word counts no more.

    When somebody was withdrawn nobody has written down: not before they were last rung.
    """
    if person.withdrawn:
        yield News(max(person.rung_ms, since_ms), person.member, {"withdrawn": True})
    for failed_ms in person.failed_ms:
        yield News(failed_ms, person.member, {"unreachable": person.unreachable or Reason.VENDOR_REFUSED})
    said = {"answer": person.answer, "loan_until_ms": person.loan_until_ms or person.lapsed_ms}
    said_ms = person.answered_ms if person.answer is Answer.CANNOT else person.helping_since_ms
    if said_ms is not None and (person.counts or person.lapsed_ms is not None):
        yield News(said_ms, person.member, {"unreachable": None, "counts": True, **said})
    if person.lapsed_ms is not None:
        yield News(person.lapsed_ms, person.member, {"counts": False, "loan_until_ms": None})
