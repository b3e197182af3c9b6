"""Place reports in the words of a text message: what is known, from which source, how long ago.

Reports are never merged.  The one people can run to comes first: the newest zone or spoken place, unless it has gone
stale beside a newer position; a planned way only where nothing better is known.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec import Struct

from tocsin.core.commands import PlaceReport
from tocsin.core.gsm7 import has_letters, latin
from tocsin.core.scripts import SOURCES, phrase, spoken
from tocsin.core.words import PlaceKind

WORDS_STALE_MS = 600_000  # After ten minutes a newer position says more than the door somebody once passed.
RADIUS_MAX_M = 100_000  # Beyond this a circle says nothing; it is written as unknown.
NOW_MS = 5_000
MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
AHEAD_MAX_MS = 60_000  # A phone's clock this far ahead of ours is not called an age.


class Said(Struct, frozen=True):
    """One report in words.  `words` may be cut, `source` (source and age) may not.  `brief`: without coordinates."""

    words: str
    source: str
    brief: str = ""

    @property
    def whole(self) -> str:
        return f"{self.words} ({self.source})"


def age_in(then_ms: int, now_ms: int) -> tuple[str, int]:
    """How long ago, as the name of the largest unit that is at least one, and how many of it."""
    since_ms = now_ms - then_ms
    if since_ms < -AHEAD_MAX_MS:
        return "time_unclear", 0
    if since_ms < NOW_MS:
        return "now", 0
    units = (("seconds", 1_000, MINUTE_MS), ("minutes", MINUTE_MS, HOUR_MS), ("hours", HOUR_MS, 2 * DAY_MS))
    for key, unit_ms, below_ms in units:
        if since_ms < below_ms:
            return key, since_ms // unit_ms
    return "days", min(since_ms // DAY_MS, 999)


def age(then_ms: int, now_ms: int, language: str) -> str:
    """The same in the few letters of a text message."""
    key, count = age_in(then_ms, now_ms)
    return phrase(language, key).format(n=count)


def said(reports: Sequence[PlaceReport], now_ms: int, language: str) -> tuple[Said, ...]:
    """Every report that says something, the most useful first; empty when nothing is known."""
    return tuple(_in_words(report, now_ms, language) for report in in_order(reports, now_ms))


def in_order(reports: Sequence[PlaceReport], now_ms: int) -> list[PlaceReport]:
    """Those that say something, the most useful first."""
    known = [report for report in reports if is_fix(report) or latin(report.label or "")]
    newest_ms = max((report.at_ms for report in known if is_fix(report)), default=None)
    return sorted(known, key=lambda report: (_rank(report, newest_ms, now_ms), -report.at_ms))


def _rank(report: PlaceReport, newest_fix_ms: int | None, now_ms: int) -> int:
    if report.kind is PlaceKind.PLANNED:
        return 3
    if is_fix(report):
        return 1
    stale = now_ms - report.at_ms > WORDS_STALE_MS
    return 2 if stale and newest_fix_ms is not None and newest_fix_ms > report.at_ms else 0


def is_fix(report: PlaceReport) -> bool:
    """A position that can be written down; anything not finite or off the globe is not one."""
    if report.kind is not PlaceKind.FIX or report.lat is None or report.lon is None:
        return False
    return abs(report.lat) <= 90 and abs(report.lon) <= 180


def _in_words(report: PlaceReport, now_ms: int, language: str) -> Said:
    since = age(report.at_ms, now_ms, language)
    if not is_fix(report):
        label = latin(report.label or "")
        source = latin(SOURCES[spoken(language)][report.kind])
        return Said(label if has_letters(label) else phrase(language, "no_label"), f"{source}, {since}")
    within = latin(_within(report.radius_m, language))
    return Said(f"{within} {report.lat:.5f},{report.lon:.5f}", since, brief=within)


def _within(radius_m: float | None, language: str) -> str:
    if radius_m is None or not 0 <= radius_m <= RADIUS_MAX_M:
        return phrase(language, "gps_unsure")
    text = f"{math.ceil(radius_m)} m" if radius_m < 1_000 else f"{math.ceil(radius_m / 1_000)} km"
    return phrase(language, "gps").format(radius=text)
