"""The words of one delivery, from what is known at the moment it is sent."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.core.alert import Alert
from tocsin.core.alert_parts import Spot
from tocsin.core.commands import PlaceReport
from tocsin.core.composer import all_clear_text, closing_text, drill_over_text
from tocsin.core.delivery import Delivery
from tocsin.core.directory import Directory
from tocsin.core.docket import FixKept
from tocsin.core.ring import Saying, ring_text
from tocsin.core.words import Outcome, PlaceKind, Purpose

NEWEST_FIRST = (PlaceKind.ZONE, PlaceKind.FIX, PlaceKind.SPOKEN, PlaceKind.PLANNED)


def text_of(delivery: Delivery, alert: Alert, directory: Directory, fixes: Mapping[str, FixKept], now_ms: int) -> str:
    """What this message says now; one GSM-7 segment.  `fixes`: the coordinates that still exist, by their id."""
    language = _language(directory, delivery.member)
    match delivery.purpose:
        case Purpose.ALL_CLEAR:
            return all_clear_text(_name(directory, alert.member), language, delivery.id, drill=alert.drill)
        case Purpose.DRILL_OVER:
            return drill_over_text(language, delivery.id)
        case Purpose.CLOSING:
            return _closing(delivery, alert, directory, language)
        case _:
            return ring_text(_saying(delivery, alert, directory, fixes, language), now_ms)


def places(alert: Alert, fixes: Mapping[str, FixKept]) -> tuple[PlaceReport, ...]:
    """The newest report of each kind, with coordinates where they still exist."""
    return tuple(_report(alert.places[kind], fixes) for kind in NEWEST_FIRST if kind in alert.places)


def _report(spot: Spot, fixes: Mapping[str, FixKept]) -> PlaceReport:
    fix = fixes.get(spot.fix) if spot.fix else None
    lat, lon = (fix.lat, fix.lon) if fix else (None, None)
    return PlaceReport(spot.kind, spot.at_ms, spot.label, lat, lon, spot.radius_m)


def _saying(
    delivery: Delivery, alert: Alert, directory: Directory, fixes: Mapping[str, FixKept], language: str
) -> Saying:
    member = directory.members.get(delivery.member)
    return Saying(
        who=_name(directory, alert.member),
        numbers=alert.people[delivery.member].numbers,
        reference=delivery.id,
        kind=alert.kind,
        places=places(alert, fixes),
        language=language,
        duties=member.duties if member else (),
        scripts=alert.plan.scripts,
        why=alert.why,
        came=alert.came,
        again=delivery.attempts > 1,
        drill=alert.drill,
        after_drill=delivery.member in alert.after_drill,
        silent_helper=_name(directory, alert.silent_helper) if alert.silent_helper else None,
        says_safe=alert.said_safe,
        under_duress=alert.under_duress,
        suspended=alert.suspended,
        occurred_at_ms=alert.occurred_at_ms,
    )


def _closing(delivery: Delivery, alert: Alert, directory: Directory, language: str) -> str:
    proposal = alert.proposal
    by = proposal.by if proposal else alert.member
    outcome = proposal.outcome if proposal else Outcome.OTHER
    who = _name(directory, alert.member)
    return closing_text(who, _name(directory, by), outcome, language, delivery.id, drill=alert.drill)


def _name(directory: Directory, member: str) -> str:
    return directory.members[member].name if member in directory.members else member


def _language(directory: Directory, member: str) -> str:
    return directory.members[member].language if member in directory.members else "en"
