"""At which instants to come would a roster, or an audience of a plan, be thinner than it was, and too thin?

Theory of operation
-------------------
Both organisations, as it is and as it would be, are walked through from now on, from one beginning or end of a shift to
the next; in between nobody comes or goes.  At each such instant the shift, and each audience of each plan that the
shift takes part in, is counted in both, as an alert would count it.  It is too thin where it is below `needed` and
thinner than it was.  Of the edits, those are to blame that take somebody away at that instant.

It is counted up to three times, each time with fewer ways to reach people: with all that there are; with those that
have been there for a day, or answered a test (`new_ways.py`); with those that an answer has proven of late.  In the
organisation as it would be none counts that was not there, and as good, before these edits.  So whoever is hired, or
given a number, today makes up for nobody who leaves today: an administrator calls any number verified, his own or a
dead one.  And where tests are made no way that nobody has proven, however long ago it was added, makes up for one that
is proven.

The roster is judged as it is planned.  Whoever came in besides it makes up for nobody: they go when they like; and
whoever has gone home today is taken away by an edit all the same.

Only what lies within an edit that takes somebody away is walked, so that next week's roster costs nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec.structs import replace

from tocsin.core.access.edits import Edit, MemberEdit, ShiftEdit
from tocsin.core.access.new_ways import NOBODY, proven, standing
from tocsin.core.access.weakens import Weakens
from tocsin.core.directory import Contact, Directory, Member, Rung, Shift
from tocsin.core.escalation import audience
from tocsin.core.limits import NEEDED_MIN

Span = tuple[int, int]
ON_SHIFT = Rung(0, ("on_shift",))


class Thinning:
    """What these edits together do to every hour to come; ask for each edit `of` it."""

    def __init__(self, before: Directory, after: Directory, edits: Sequence[Edit], now_ms: int) -> None:
        before, after = (replace(one, attendance={}) for one in (before, after))
        self._before, self._now_ms = before, now_ms
        self._bad: dict[str, list[tuple[int, Weakens]]] = {}  # By site, in the order of time.
        spans: dict[str, list[Span]] = defaultdict(list)
        for edit in edits:
            for site, span in self._taken(edit):
                spans[site].append(span)
        worlds = list(_worlds(before, after, now_ms)) if spans else []
        for site, theirs in spans.items():
            self._bad[site] = sorted(found for world in worlds for found in _too_thin(*world, site, theirs))

    def of(self, edit: Edit) -> Iterator[Weakens]:
        for site, (starts_ms, ends_ms) in self._taken(edit):
            bad = self._bad[site]
            first = bisect_left(bad, starts_ms, key=lambda one: one[0])
            last = bisect_left(bad, ends_ms, key=lambda one: one[0])
            yield from (why for _, why in bad[first:last])

    def _taken(self, edit: Edit) -> Iterator[tuple[str, Span]]:
        """Where and when this edit takes somebody away, as far as it is not over."""
        found: Iterable[Shift] = ()
        match edit:
            case ShiftEdit(before=tuple() as people):
                site, starts_ms, ends_ms, _ = edit.shift
                gone = not set(people) <= set(edit.after or ())
                found = (Shift(site, (), starts_ms, ends_ms),) if gone else ()
            case MemberEdit(after=None):
                found = (shift for shift in self._before.shifts if edit.member in shift.members)
        for shift in found:
            if shift.ends_ms > self._now_ms:
                yield shift.site, (max(shift.starts_ms, self._now_ms), shift.ends_ms)


def _too_thin(before: Directory, after: Directory, site: str, spans: list[Span]) -> Iterator[tuple[int, Weakens]]:
    asked = list(_asked(before, site))
    was, would_be = _Walk(before), _Walk(after)
    edges = {*was.edges, *would_be.edges, *(start for start, _ in spans)}
    for at_ms in _within(sorted(edges), sorted(spans)):
        then, later = _Count(was.at(at_ms), at_ms), _Count(would_be.at(at_ms), at_ms)
        for why, place, rung, needed in asked:
            left = later.of(place, rung)
            if left[1] < needed and (left[0] < then.of(place, rung)[0] or left[1] < then.of(place, rung)[1]):
                yield at_ms, why


def _worlds(before: Directory, after: Directory, now_ms: int) -> Iterator[tuple[Directory, Directory]]:
    """As it is and as it would be: by all that reaches people, by what has done so for a day, by what is proven."""
    reaching = [contact for member in before.members.values() for contact in member.contacts if contact.reaches]
    yield before, _by_ways_of(before, after, lambda contact: contact.reaches)
    if not all(standing(contact, now_ms) for contact in reaching):
        yield _both(before, after, lambda contact: standing(contact, now_ms))
    if any(proven(contact, now_ms) for contact in reaching):
        yield _both(before, after, lambda contact: proven(contact, now_ms))


def _both(before: Directory, after: Directory, good: Callable[[Contact], bool]) -> tuple[Directory, Directory]:
    return _by_ways_of(before, before, good), _by_ways_of(before, after, good)


def _by_ways_of(before: Directory, after: Directory, good: Callable[[Contact], bool]) -> Directory:
    """`after`, in which people have only those numbers and addresses that are theirs and good in `before`."""

    def left(member: Member) -> Member:
        known = before.members.get(member.id, NOBODY)
        ways = {(contact.kind, contact.to) for contact in known.contacts if good(contact)}
        contacts = tuple(contact for contact in member.contacts if (contact.kind, contact.to) in ways)
        return member if contacts == member.contacts else replace(member, contacts=contacts)

    return replace(after, members={id: left(member) for id, member in after.members.items()})


class _Walk:
    """An organisation from instant to instant, each time with the shifts alone that run then."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._coming = sorted(directory.shifts, key=lambda shift: shift.starts_ms, reverse=True)
        self._running: list[Shift] = []
        self.edges = {edge for shift in directory.shifts for edge in (shift.starts_ms, shift.ends_ms)}

    def at(self, at_ms: int) -> Directory:
        """As it is at this instant, which is later than the one asked for before."""
        while self._coming and self._coming[-1].starts_ms <= at_ms:
            self._running.append(self._coming.pop())
        self._running = [shift for shift in self._running if at_ms < shift.ends_ms]
        return replace(self._directory, shifts=tuple(self._running))


def _within(edges: list[int], spans: list[Span]) -> Iterator[int]:
    """The edges that lie in one of the spans, each once; both in the order of time."""
    until_ms = 0
    rest = iter([*spans, None])
    span = next(rest)
    for edge in edges:
        while span is not None and span[0] <= edge:
            until_ms = max(until_ms, span[1])
            span = next(rest)
        if edge < until_ms:
            yield edge


def _asked(directory: Directory, site: str) -> Iterator[tuple[Weakens, str, Rung, int]]:
    """What is counted for this site: its shift, and each rung that the shift takes part in; and how many are needed."""
    plans = [plan for plan in directory.plans if plan.site == site]
    yield Weakens.EMPTIES_ROSTER, site, ON_SHIFT, max((plan.needed for plan in plans), default=NEEDED_MIN)
    for plan in directory.plans:
        for rung in plan.rungs:
            if any(_by_shift(word, plan.site, site) for word in rung.audience):
                yield Weakens.EMPTIES_RUNG, plan.site, rung, plan.needed


def _by_shift(word: str, here: str, site: str) -> bool:
    kind, _, name = word.partition(":")
    return (here == site and kind in ("on_shift", "role")) or (kind == "site" and name == site)


class _Count:
    """How many of an audience can be reached at an instant, and how many of them would come to whoever is worst placed.

    Asked once for each audience, however many rungs call it.
    """

    def __init__(self, directory: Directory, at_ms: int) -> None:
        self._directory, self._at_ms = directory, at_ms
        self._known: dict[tuple[str, tuple[str, ...]], tuple[int, int]] = {}

    def of(self, site: str, rung: Rung) -> tuple[int, int]:
        known = self._known.get((site, rung.audience))
        if known is None:
            known = self._known[site, rung.audience] = self._counted(site, rung)
        return known

    def _counted(self, site: str, rung: Rung) -> tuple[int, int]:
        members = self._directory.members
        called = [members[id] for id in audience(self._directory, site, rung, self._at_ms)]
        able = [one for one in called if not one.suspended and any(contact.reaches for contact in one.contacts)]
        if not any(one.not_told_about for one in able):
            return len(able), max(len(able) - 1, 0)
        kept_from = Counter(about for one in able for about in {*one.not_told_about, one.id})
        return len(able), len(able) - max(kept_from.values())
