"""What the lines of a roster say, gathered: who is on when, what could not be read, and in the end the shifts.

Theory of operation
-------------------
A person whose times overlap is on from the first of them to the last: nobody is on twice, and no minute is lost.  Those
who are on from and to the same instants are one shift.  A time that the clocks skip, or go through twice, is taken so
that the person is on *longer*: a start is the earlier of the two instants, an end the later; and the line is named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tocsin.core.directory import Shift
from tocsin.core.limits import ROSTER_PLACES_MAX, ROSTER_SHIFT_MAX_MS, ROSTER_UNREAD_SHOWN_MAX
from tocsin.runtime.rosters.shapes import Entry, Job, No, Nothing, NotRead, Unread, Why, shown

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


class Gathering:
    """One file being read."""

    def __init__(self, job: Job, zone: ZoneInfo) -> None:
        self.job, self.zone = job, zone
        self.entries: list[Entry] = []
        self.unread: list[Unread] = []
        self.noted: list[Unread] = []
        self.unread_count = self.over = self.cancelled = 0

    def not_read(self, line: int, what: str, why: Why) -> None:
        self.unread_count += 1
        if len(self.unread) < ROSTER_UNREAD_SHOWN_MAX:
            self.unread.append(Unread(line, shown(what), why))

    def note(self, line: int, what: str, why: Why) -> None:
        if len(self.noted) < ROSTER_UNREAD_SHOWN_MAX:
            self.noted.append(Unread(line, shown(what), why))

    def add(self, members: Iterable[str], starts_ms: int, ends_ms: int) -> None:
        """These are on.  Raises NotRead, or Nothing where it is too much of it."""
        if ends_ms <= starts_ms:
            raise NotRead(Why.ENDS_FIRST)
        if ends_ms - starts_ms > ROSTER_SHIFT_MAX_MS:
            raise NotRead(Why.TOO_LONG)
        if ends_ms <= self.job.from_ms:
            self.over += 1
            return
        if starts_ms >= self.job.until_ms:
            if self.job.until_is_a_fault:
                raise NotRead(Why.TOO_FAR_AHEAD)
            return
        self.entries += (Entry(member, starts_ms, ends_ms) for member in members)
        if len(self.entries) > ROSTER_PLACES_MAX:
            raise Nothing(No.TOO_MANY, str(ROSTER_PLACES_MAX))

    # Times of day ---------------------------------------------------------------------------------------------------

    def starts(self, moment: datetime, line: int) -> int:
        """The instant of a start; one without a zone is the site's."""
        early, late, twice = self._placed(moment)
        if early != late:
            self.note(line, _clock(moment), Why.STARTS_TWICE if twice else Why.STARTS_NEVER)
        return early

    def ends(self, moment: datetime, line: int) -> int:
        early, late, twice = self._placed(moment)
        if early != late:
            self.note(line, _clock(moment), Why.ENDS_TWICE if twice else Why.ENDS_NEVER)
        return late

    def _placed(self, moment: datetime) -> tuple[int, int, bool]:
        """The earlier and the later instant that this time can be, and whether it comes twice (else never)."""
        placed = moment if moment.tzinfo is not None else moment.replace(tzinfo=self.zone)
        try:
            one, other = (_instant(placed.replace(fold=fold)) for fold in (0, 1))
        except (OverflowError, ValueError):
            raise NotRead(Why.NO_SUCH_DAY) from None
        return min(one, other), max(one, other), one < other


def _instant(moment: datetime) -> int:
    return (moment - EPOCH) // MILLISECOND


def _clock(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")


def shifts_of(entries: Iterable[Entry], site: str) -> tuple[Shift, ...]:
    """The roster of these entries, in order of beginning."""
    people: dict[tuple[int, int], list[str]] = defaultdict(list)
    for member, starts_ms, ends_ms in _joined(entries):
        people[starts_ms, ends_ms].append(member)
    return tuple(Shift(site, tuple(members), *span) for span, members in sorted(people.items()))


def _joined(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Each person's times in their order, those that overlap as one."""
    theirs: dict[str, list[tuple[int, int]]] = {}
    for member, starts_ms, ends_ms in entries:
        theirs.setdefault(member, []).append((starts_ms, ends_ms))
    for member, spans in theirs.items():
        spans.sort()
        begins, until = spans[0]
        for starts_ms, ends_ms in spans[1:]:
            if starts_ms < until:
                until = max(until, ends_ms)
            else:
                yield Entry(member, begins, until)
                begins, until = starts_ms, ends_ms
        yield Entry(member, begins, until)
