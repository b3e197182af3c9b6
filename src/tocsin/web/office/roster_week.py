"""Seven days of a roster, by day or by person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from heapq import nsmallest
from urllib.parse import urlencode

from msgspec import Struct

from tocsin.core.access.edits import ShiftKey
from tocsin.core.access.sheet import numbered
from tocsin.core.directory import Directory, Shift
from tocsin.core.limits import LISTED_MAX
from tocsin.web.office.local_time import Zone
from tocsin.web.office.people import Named, page_of
from tocsin.web.office.rooms import Office
from tocsin.web.office.saying import folded

DAYS = 7
NAMES_SHOWN = 12
SHIFTS_SHOWN = 60  # Of one day.
Slot = tuple[ShiftKey, Shift]


class ShiftLine(Struct, frozen=True):
    """`more`: how many people besides those named.  `empty`: nobody is on it."""

    url: str
    times: str
    people: list[Named]
    more: str
    empty: bool


class Day(Struct, frozen=True):
    heading: str
    today: bool
    note: str
    shifts: list[ShiftLine]
    more: str


class PersonLine(Struct, frozen=True):
    person: Named
    shifts: list[str]


def shift_url(key: ShiftKey) -> str:
    """The page on which a shift is changed."""
    site, starts_ms, ends_ms, number = key
    return f"/office/roster/shift?{urlencode({'site': site, 'from': starts_ms, 'until': ends_ms, 'n': number})}"


def first_day(typed: str, today: date) -> date:
    try:
        return min(max(date.fromisoformat(typed), today - timedelta(days=400)), today + timedelta(days=400))
    except ValueError:
        return today


class Week:
    """Of one site, from this day on."""

    def __init__(self, office: Office, directory: Directory, zone: Zone, site: str, first: date) -> None:
        self._office, self._directory, self._zone, self._first = office, directory, zone, first
        self._from_ms, until_ms = zone.midnight_ms(first), zone.midnight_ms(first + timedelta(days=DAYS))
        touching = (
            (key, shift)
            for key, shift in numbered(directory.shifts).items()
            if shift.site == site and shift.starts_ms < until_ms and shift.ends_ms > self._from_ms
        )
        self._slots: list[Slot] = sorted(touching, key=lambda slot: slot[0])

    def days(self) -> Iterator[Day]:
        """Each shift on the day on which it begins; what runs already, on the first."""
        of_day: dict[date, list[Slot]] = defaultdict(list)
        for slot in self._slots:
            of_day[max(self._zone.day_of(slot[1].starts_ms), self._first)].append(slot)
        today = self._zone.day_of(self._office.visit.now_ms)
        for day in self._zone.days(self._first, DAYS):
            slots, say = of_day[day], self._office.visit._
            note = self._zone.note_of(day)
            yield Day(
                heading=self._zone.day(day),
                today=day == today,
                note=say(note) if note else "",
                shifts=[self._line(slot) for slot in slots[:SHIFTS_SHOWN]],
                more=self._count(len(slots) - SHIFTS_SHOWN),
            )

    def _line(self, slot: Slot) -> ShiftLine:
        key, shift = slot
        members = self._directory.members
        known = list(filter(members.__contains__, shift.members))
        more = len(known) - NAMES_SHOWN
        ngettext = self._office.ngettext
        return ShiftLine(
            url=shift_url(key),
            times=self.times(shift),
            people=[Named(members[id].name, page_of(id)) for id in known[:NAMES_SHOWN]],
            more=ngettext("and %(num)s more", "and %(num)s more", more) if more > 0 else "",
            empty=not known,
        )

    def times(self, shift: Shift) -> str:
        """`14:00 to 22:00`; where it begins or ends on another day than the one it stands under, with that day."""
        zone, say = self._zone, self._office.visit._
        before = shift.starts_ms < self._from_ms
        begins = zone.moment(shift.starts_ms) if before else zone.clock(shift.starts_ms)
        nights = (zone.day_of(shift.ends_ms) - zone.day_of(shift.starts_ms)).days
        short = zone.at(shift.ends_ms).time() <= zone.at(shift.starts_ms).time()
        if nights == 1 and not before and short:
            return say("%(begins)s to %(ends)s, the next day", begins=begins, ends=zone.clock(shift.ends_ms))
        ends = zone.clock(shift.ends_ms) if nights == 0 else zone.moment(shift.ends_ms)
        return say("%(begins)s to %(ends)s", begins=begins, ends=ends)

    def _count(self, more: int) -> str:
        return self._office.ngettext("and %(num)s shift more", "and %(num)s shifts more", more) if more > 0 else ""

    def people(self, called: str) -> Iterator[PersonLine]:
        """In order of name, those whose name has this in it, LISTED_MAX at the most."""
        on, wanted = set[str]().union(*(shift.members for _, shift in self._slots)), folded(called)
        known = ((folded(member.name), id) for id, member in self._directory.members.items() if id in on)
        shown = [id for _, id in nsmallest(LISTED_MAX, (one for one in known if wanted in one[0]))]
        theirs = self._of(shown)
        for id in shown:
            spans = [self._zone.span(shift.starts_ms, shift.ends_ms, self._office.visit._) for shift in theirs[id]]
            yield PersonLine(Named(self._directory.members[id].name, page_of(id)), spans)

    def _of(self, people: Collection[str]) -> Mapping[str, list[Shift]]:
        """The shifts of each of these."""
        theirs: dict[str, list[Shift]] = defaultdict(list)
        for _, shift in self._slots:
            for id in set(people).intersection(shift.members):
                theirs[id].append(shift)
        return theirs
