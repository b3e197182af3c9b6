"""The ladder of an alert: whom it rings next, by which ways, and when a rung is passed.  Written once.

Theory of operation
-------------------
Two climb by it.  `ringing.py` rings people, with messages that go out.  `fresh_ladder.py` rings nobody: it follows on
paper what a fresh alert would have done, so that a shadow shows just that.  Were it written for each of them, a rule
that is changed for the one and not for the other would show whoever holds the phone that an alert lives on.

Nothing is rung here.  `climb` and `tend` say what is to be rung, one `Ringing` after the other; whoever asked rings it
before the next one is asked for, because that depends on what became of it.  `rang` says what a ringing comes to.

`climb` goes to the next rung and on past every rung that can reach nobody, at once.  Rung times count from the first
press of a pass (`alert.py`); skipping ahead never moves the later rungs back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol

from msgspec.structs import replace

from tocsin.core import events as e
from tocsin.core.alert import Alert
from tocsin.core.alert_parts import Person
from tocsin.core.directory import Contact, Directory, Rung
from tocsin.core.escalation import barred, can_be_reached, joining, may_still_come, reach, recipients, why_unreachable
from tocsin.core.roster import may_close
from tocsin.core.words import REACHING, Channel, Phase, Why

NO_NUMBERS = ("", "", "")


class Ladder(Protocol):
    """Whatever climbs: the alert as it is now, and what that is asked of."""

    @property
    def alert(self) -> Alert: ...

    @property
    def directory(self) -> Directory: ...

    @property
    def now_ms(self) -> int: ...

    @property
    def channels(self) -> frozenset[Channel]:
        """Those for which a vendor is set up."""
        ...


class Ringing(NamedTuple):
    """Ring these, for this reason; on a rung of the plan, or (None) whoever is part of it or joins besides."""

    members: Iterable[str]
    why: Why
    rung: int | None = None


Ways = Mapping[str, tuple[Rung, list[list[Contact]]]]  # Of each who is asked: the rung that says how, and the contacts.


def is_due(alert: Alert, now_ms: int) -> bool:
    """Has the time of its next rung come, and does it climb?"""
    return alert.phase is Phase.CLIMBING and alert.next_rung_ms <= now_ms


def climb(ladder: Ladder, why: Why) -> Iterator[Ringing]:
    """The next rung, and past those that reach nobody; after the backstop the ladder waits for its next pass."""
    rungs = ladder.alert.plan.rungs
    while True:
        index = (ladder.alert.rung + 1) % len(rungs)
        if index == 0 and ladder.alert.ladder_pass > 0:
            why = Why.LADDER_REPEATS
        asked = recipients(ladder.directory, ladder.alert, rungs[index], ladder.now_ms)
        yield Ringing(asked, why, index)
        if _reaches_any(ladder, asked) or index == len(rungs) - 1:
            break
        why = Why.RUNG_SKIPPED


def tend(ladder: Ladder) -> Iterator[Ringing]:
    """What holds after anything that happened: no dead rung is waited for, and enough people remain."""
    if on_dead_rung(ladder):
        yield from climb(ladder, Why.RUNG_SKIPPED)
    yield Ringing(joining(ladder.directory, ladder.alert, ladder.channels), Why.TOO_FEW)


def on_dead_rung(ladder: Ladder) -> bool:
    """Is nobody of the present rung left to try?  The backstop waits for the next pass."""
    alert = ladder.alert
    last = alert.rung == len(alert.plan.rungs) - 1
    return alert.phase is Phase.CLIMBING and not last and not _reaches_any(ladder, alert.rung_asked)


def _reaches_any(ladder: Ladder, members: Iterable[str]) -> bool:
    directory, alert = ladder.directory, ladder.alert
    told = (m for m in members if not barred(directory, alert.member, m))
    return any(can_be_reached(directory, alert, m, ladder.channels) for m in told)


def may_anybody_come(ladder: Ladder) -> bool:
    """Is somebody left who can be reached and has not said *cannot*?"""
    directory, alert = ladder.directory, ladder.alert
    left = (person.member for person in alert.people.values() if person.reachable)
    told = (m for m in left if not barred(directory, alert.member, m))
    return any(may_still_come(directory, alert, m, ladder.channels) for m in told)


def rang(ladder: Ladder, ringing: Ringing, spared: Callable[[Person], bool]) -> tuple[e.Rang, Ways] | None:
    """What comes of it, without a message yet and without numbers to answer by; None: nobody is rung.

    `spared`: who of a rung is left in peace.  Otherwise all of them are rung.
    """
    directory, alert, rung = ladder.directory, ladder.alert, ringing.rung
    wanted = [m for m in ringing.members if not barred(directory, alert.member, m)]
    met = (alert.people.get(m) for m in wanted) if rung is not None else ()
    left = {person.member for person in met if person is not None and spared(person)}
    asked = [m for m in wanted if m not in left] if left else wanted
    if rung is None and not asked:
        return None
    ways = {m: _ways(ladder, m, rung) for m in asked}
    unreachable = [m for m in asked if not _reaching(ways[m][1])]
    event = e.Rang(
        why=ringing.why,
        rung=rung,
        asked=tuple(asked),
        answered=tuple(m for m in wanted if m in left),
        joined=tuple(e.Summons(m, NO_NUMBERS) for m in asked if m not in alert.people),
        unreachable=tuple((m, why_unreachable(directory.members[m], ladder.channels)) for m in unreachable),
    )
    return event, ways


def _ways(ladder: Ladder, member: str, rung: int | None) -> tuple[Rung, list[list[Contact]]]:
    asking = _rung_of(ladder.alert, member, rung)
    groups = _groups(ladder, member, asking)
    if _reaching(groups):
        return asking, groups
    other = _another(ladder, member, rung, asking)
    return other, _groups(ladder, member, other)


def _rung_of(alert: Alert, member: str, rung: int | None) -> Rung:
    """The rung that says by which channels: the one that rings now, else the last that asked for this person."""
    person = alert.people.get(member)
    last = person.rung if person is not None else alert.rung
    return alert.plan.rungs[last if rung is None else rung]


def _another(ladder: Ladder, member: str, rung: int | None, asking: Rung) -> Rung:
    """The rung by whose ways this person is rung to whom that which asks has none: an earlier one, if it had one.

    Each rung adds people and ways; none takes back what reached somebody.  The supervisors and coordinators of the
    backstop, and those who join because too few remain, are the net below all plans: rung by whatever they have.
    """
    person, rungs = ladder.alert.people.get(member), ladder.alert.plan.rungs
    earlier = rungs[person.joined_rung : person.rung + 1] if person is not None else ()
    for one in reversed(earlier):
        if _reaching(_groups(ladder, member, one)):
            return _besides(one, asking)
    net = rung is None or rung == len(rungs) - 1
    if net and may_close(ladder.directory.members[member]):
        return _besides(replace(asking, channels=(tuple(sorted(REACHING)),)), asking)
    return asking


def _besides(one: Rung, asking: Rung) -> Rung:
    """By the ways of the one; and what the other only tells besides, such as by mail, it tells all the same."""
    known = {channel for group in one.channels for channel in group}
    more = tuple(channel for group in asking.channels for channel in group if channel not in known)
    return replace(one, channels=(*one.channels, more)) if more else one


def _groups(ladder: Ladder, member: str, rung: Rung) -> list[list[Contact]]:
    return reach(ladder.directory.members[member], ladder.channels, rung.channels)


def _reaching(groups: list[list[Contact]]) -> bool:
    return any(contact.reaches for group in groups for contact in group)
