"""A site's own time: what its clock shows, the nights on which it is changed, and what somebody typed of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from msgspec import Struct

from tocsin.web.forms import Form
from tocsin.web.speaking import Say, words

NO_TIME = words("This is no day and time. Write it like 2026-11-25 14:00.")
SKIPPED = words("That time does not exist: that night the clock goes forward over it. Take one before or after.")
TWICE = words("That time comes twice: that night the clock goes back. Choose which of the two.")
LONG_DAY = words("That night the clock goes back: this day has 25 hours.")
SHORT_DAY = words("That night the clock goes forward: this day has 23 hours.")
HOUR_MS, DAY_H = 3_600_000, 24
LAST_MS = 253_370_764_800_000  # The year 9999: a shift without an end is shown to end then.
FIRST, SECOND = "first", "second"


class Zone:
    """The clock of a site, for a reader of this language."""

    def __init__(self, name: str, language: str) -> None:
        self._zone, self._language = _zone(name), language
        self._moments: dict[int, str] = {}  # Two thousand people come and go with a few dozen shifts.

    def at(self, at_ms: int) -> datetime:
        return datetime.fromtimestamp(min(at_ms, LAST_MS) / 1000, UTC).astimezone(self._zone)

    def day_of(self, at_ms: int) -> date:
        return self.at(at_ms).date()

    def midnight_ms(self, day: date) -> int:
        """The first instant of this day there."""
        return _ms(datetime.combine(day, time(), self._zone))

    def days(self, first: date, count: int) -> Iterator[date]:
        return (first + timedelta(days=n) for n in range(count))

    def hours_of(self, day: date) -> int:
        """24, but on the two days of the year on which the clock is changed."""
        return round((self.midnight_ms(day + timedelta(days=1)) - self.midnight_ms(day)) / HOUR_MS)

    def note_of(self, day: date) -> str:
        hours = self.hours_of(day)
        return "" if hours == DAY_H else LONG_DAY if hours > DAY_H else SHORT_DAY

    # Said ---------------------------------------------------------------------------------------------------------

    def clock(self, at_ms: int) -> str:
        return format_time(self.at(at_ms), "H:mm", tzinfo=self._zone, locale=self._language)

    def day(self, day: date) -> str:
        return format_date(day, "EEEE d MMMM", locale=self._language)

    def moment(self, at_ms: int) -> str:
        """With its day; and with its distance from UTC where that hour comes twice."""
        known = self._moments.get(at_ms)
        if known is None:
            known = self._moments[at_ms] = self._moment(self.at(at_ms))
        return known

    def _moment(self, at: datetime) -> str:
        told = format_datetime(at, "EEEE d MMM, H:mm", tzinfo=self._zone, locale=self._language)
        return f"{told} ({at.tzname()})" if _comes_twice(at) else told

    def span(self, starts_ms: int, ends_ms: int, say: Say) -> str:
        """`Sunday 29 Nov, 2:00 to 6:00`; with both days where it ends on another."""
        same = self.day_of(starts_ms) == self.day_of(ends_ms) or ends_ms == self.midnight_ms(self.day_of(ends_ms))
        near = self.day_of(ends_ms) - self.day_of(starts_ms) <= timedelta(days=1)
        ends = self.clock(ends_ms) if same and near and not _comes_twice(self.at(ends_ms)) else self.moment(ends_ms)
        return say("%(begins)s to %(ends)s", begins=self.moment(starts_ms), ends=ends)

    # Typed --------------------------------------------------------------------------------------------------------

    def typed(self, at_ms: int) -> str:
        """As a field of a form takes it."""
        return self.at(at_ms).strftime("%Y-%m-%dT%H:%M")

    def which(self, at_ms: int) -> str:
        """Which of two, where that hour comes twice."""
        at = self.at(at_ms)
        return "" if not _comes_twice(at) else SECOND if at.fold else FIRST

    def read(self, form: Form, name: str) -> int | None:
        """The instant that was meant; None, with a fault beside the field, where it is none or one of two."""
        try:
            naive = datetime.fromisoformat(form.raw(name).strip())
        except ValueError:
            form.fault(name, NO_TIME)
            return None
        which = form.raw(f"{name}-which")
        at = naive.replace(tzinfo=self._zone, second=0, microsecond=0, fold=int(which == SECOND))
        if self.at(_ms(at)).replace(tzinfo=None) != at.replace(tzinfo=None):
            form.fault(name, SKIPPED)
            return None
        if _comes_twice(at) and which not in (FIRST, SECOND):
            form.fault(name, TWICE)
            return None
        return _ms(at)

    def asks_which(self, form: Form, name: str) -> bool:
        """Does that hour, as it was typed, come twice?"""
        try:
            naive = datetime.fromisoformat(form.raw(name).strip())
        except ValueError:
            return False
        return _comes_twice(naive.replace(tzinfo=self._zone))


class Option(Struct, frozen=True):
    value: str
    said: str


def _comes_twice(at: datetime) -> bool:
    earlier, later = at.replace(fold=0), at.replace(fold=1)
    return (earlier.utcoffset() or timedelta()) > (later.utcoffset() or timedelta())


def _ms(at: datetime) -> int:
    return round(at.timestamp()) * 1000


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return ZoneInfo("UTC")
