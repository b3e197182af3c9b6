"""When would an alert find too few?  The coming days of a site, asked of the escalation that would ring.

Theory of operation
-------------------
Between two beginnings or ends of shifts (or of what somebody said of being here) nobody comes or goes, so each such
stretch is judged once, at its first instant, and never minute by minute.  A stretch is judged for each plan of the
site by whom its steps before the last would ring then, on a channel by which they can be woken.  The one in danger may
be any of them and does not help, so one is taken away.  The last step, and whoever joins where too few remain, are the
net below; that even the net is empty is said too.

Ties are left out: who reads of gaps may not know of them, and a count would tell.  `lacking` asks the real functions
of `escalation.py` about one instant; `gaps` walks through a week and counts along, so that ten thousand people cost a
fraction of a second; that both say the same is tested.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from msgspec import Struct

from tocsin.core.attendance import AttendancePhase
from tocsin.core.directory import Directory, Member, Plan, Rung
from tocsin.core.escalation import audience, plan_for, reach
from tocsin.core.roster import closers, may_close
from tocsin.core.words import REACHING, Channel, Kind

Span = tuple[int, int]
Pair = tuple[str, str]  # Site, member.


class Lack(StrEnum):
    """What is missing.  Of too few and nobody only the worse is said."""

    REACHES_NOBODY = "reaches_nobody"  # Not even the last step, or those who join, can be reached.
    NOBODY = "nobody"
    TOO_FEW = "too_few"
    NO_CLOSER = "no_closer"


class Gap(Struct, frozen=True):
    """From `starts_ms` (included) to `ends_ms` (not included).  `kinds`: for which kinds of alert."""

    starts_ms: int
    ends_ms: int
    lacks: tuple[Lack, ...]
    kinds: tuple[Kind, ...]


def lacking(directory: Directory, site: str, plan: Plan, at_ms: int, channels: frozenset[Channel]) -> tuple[Lack, ...]:
    """What an alert by this plan would lack at this instant, in the order of `Lack`."""
    called = {id for rung in steps_before_the_net(plan) for id in _rung_by(directory, site, rung, at_ms, channels)}
    net = _net_reaches(directory, site, plan, at_ms, channels) if not called else True
    closing = sum(may_close(directory.members[id]) for id in called)
    return _lacks(plan.needed, len(called), closing, net=net)


def steps_before_the_net(plan: Plan) -> tuple[Rung, ...]:
    """The steps that ring whoever is here; of a plan of one step, that one."""
    return plan.rungs[:-1] or plan.rungs


def plans_of(directory: Directory, site: str) -> list[Plan]:
    """Those by which this site's alerts ring: its own, else the one for where nothing is planned."""
    return [plan for plan in directory.plans if plan.site == site] or [plan_for(directory, site, Kind.SOS)]


def _lacks(needed: int, called: int, closing: int, *, net: bool) -> tuple[Lack, ...]:
    if not net:
        return (Lack.REACHES_NOBODY,)
    if not called:
        return (Lack.NOBODY,)
    few = (Lack.TOO_FEW,) if called - 1 < needed else ()
    return few if closing else (*few, Lack.NO_CLOSER)


def _rung_by(directory: Directory, site: str, rung: Rung, at_ms: int, channels: frozenset[Channel]) -> Iterator[str]:
    meant = audience(directory, site, rung, at_ms)
    return (id for id in meant if wakes(directory.members[id], rung, channels))


def wakes(member: Member, rung: Rung, channels: frozenset[Channel]) -> bool:
    """Would this step wake this member, by one of these channels?"""
    if member.suspended or member.seat:
        return False
    return any(contact.reaches for group in reach(member, channels & REACHING, rung.channels) for contact in group)


def _net_reaches(directory: Directory, site: str, plan: Plan, at_ms: int, channels: frozenset[Channel]) -> bool:
    """Is there anybody of the last step, or of those who join, who could be woken?"""
    last = plan.rungs[-1]
    if any(True for _ in _rung_by(directory, site, last, at_ms, channels)):
        return True
    joining = (member for member in closers(directory) if not member.suspended)
    return any(contact.reaches and contact.kind in channels for member in joining for contact in member.contacts)


# A week ----------------------------------------------------------------------------------------------------------


def gaps(directory: Directory, site: str, from_ms: int, to_ms: int, channels: frozenset[Channel]) -> list[Gap]:
    """Every stretch of this time in which an alert here would lack something, in the order of time."""
    counts = [Count(directory, site, plan, channels) for plan in plans_of(directory, site)]
    turns = turns_of(directory, from_ms, to_ms, frozenset().union(*(count.sites for count in counts)))
    edges = [*sorted({from_ms, *turns}), to_ms]
    found: list[Gap] = []
    for at_ms, until_ms in itertools.pairwise(edges):
        for count in counts:
            count.take(turns.get(at_ms, {}))
        lacks = [(count.plan.kind, count.lacks(at_ms)) for count in counts]
        for said in dict.fromkeys(lack for _, lack in lacks if lack):
            _add(found, Gap(at_ms, until_ms, said, tuple(kind for kind, lack in lacks if lack == said)))
    return sorted(found, key=lambda gap: (gap.starts_ms, gap.ends_ms))


def _add(found: list[Gap], new: Gap) -> None:
    """One more, or the same one longer."""
    for index in range(len(found) - 1, max(len(found) - 1 - len(Lack) * len(Kind), -1), -1):
        known = found[index]
        if (known.ends_ms, known.lacks, known.kinds) == (new.starts_ms, new.lacks, new.kinds):
            found[index] = Gap(known.starts_ms, new.ends_ms, known.lacks, known.kinds)
            return
    found.append(new)


def turns_of(directory: Directory, from_ms: int, to_ms: int, sites: frozenset[str]) -> dict[int, dict[Pair, int]]:
    """At each instant who comes (more than nought) and who goes, by how many shifts."""
    turns: dict[int, dict[Pair, int]] = defaultdict(lambda: defaultdict(int))
    for pair, (starts_ms, ends_ms) in _presences(directory, sites):
        if starts_ms < to_ms and from_ms < ends_ms:
            turns[max(starts_ms, from_ms)][pair] += 1
            if ends_ms < to_ms:
                turns[ends_ms][pair] -= 1
    return turns


def _presences(directory: Directory, sites: frozenset[str]) -> Iterator[tuple[Pair, Span]]:
    said = {id: word for id, word in directory.attendance.items() if word.open}
    for shift in directory.shifts:
        if shift.site in sites:
            span = (shift.starts_ms, shift.ends_ms)
            for member in shift.members:
                word = said.get(member)
                if word is None:
                    yield (shift.site, member), span
                    continue
                for left in _besides(span, (word.since_ms, word.until_ms)):
                    yield (shift.site, member), left
    for id, word in said.items():
        if word.phase is AttendancePhase.HERE and word.site in sites:
            yield (word.site, id), (word.since_ms, word.until_ms)


def _besides(span: Span, taken: Span) -> Iterable[Span]:
    """What of this time is left without that."""
    parts = ((span[0], min(span[1], taken[0])), (max(span[0], taken[1]), span[1]))
    return (part for part in parts if part[0] < part[1])


class Count:
    """Whom one plan's steps would ring, counted along as people come and go."""

    def __init__(self, directory: Directory, site: str, plan: Plan, channels: frozenset[Channel]) -> None:
        self.plan = plan
        self._directory, self._site, self._channels = directory, site, channels
        self._steps = steps_before_the_net(plan)
        words = {word for rung in self._steps for word in rung.audience}
        self.sites = frozenset({site, *(word.partition(":")[2] for word in words if word.startswith("site:"))})
        self._here: Counter[Pair] = Counter()
        self._called: Counter[str] = Counter()
        self._closing = 0
        self._matters: dict[Pair, bool] = {}
        for rung in self._steps:
            for name in (word.partition(":")[2] for word in rung.audience if word.startswith("member:")):
                if name in directory.members and wakes(directory.members[name], rung, channels):
                    self._call(name, 1)

    def take(self, turns: Mapping[Pair, int]) -> None:
        """All who come and go at one instant."""
        for pair, by in turns.items():
            if by:
                self.turn(pair, by)

    def turn(self, pair: Pair, by: int) -> None:
        """This person comes, goes, or is on by one shift more or less."""
        was = self._here[pair] > 0
        self._here[pair] += by
        now = self._here[pair] > 0
        if was != now and self._matter(pair):
            self._call(pair[1], 1 if now else -1)

    @property
    def people(self) -> int:
        """How many it would ring, by whom the steps before the last mean."""
        return len(self._called)

    def lacks(self, at_ms: int) -> tuple[Lack, ...]:
        net = True
        if not self._called:
            net = _net_reaches(self._directory, self._site, self.plan, at_ms, self._channels)
        return _lacks(self.plan.needed, len(self._called), self._closing, net=net)

    def _call(self, member: str, by: int) -> None:
        was = self._called[member] > 0
        self._called[member] += by
        if not self._called[member]:
            del self._called[member]
        if was != (member in self._called) and may_close(self._directory.members[member]):
            self._closing += 1 if not was else -1

    def _matter(self, pair: Pair) -> bool:
        """Would this plan ring this member when they are on there?"""
        known = self._matters.get(pair)
        if known is None:
            member = self._directory.members.get(pair[1])
            known = member is not None and any(
                self._means(rung, pair[0], member) and wakes(member, rung, self._channels) for rung in self._steps
            )
            self._matters[pair] = known
        return known

    def _means(self, rung: Rung, site: str, member: Member) -> bool:
        words = {f"site:{site}"}
        if site == self._site:
            words |= {"on_shift", *(f"role:{role}" for role in member.roles)}
        return not words.isdisjoint(rung.audience)
