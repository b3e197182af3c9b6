"""The words of one delivery, from what is known at the moment it is sent."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from tocsin.core.alert import Alert
from tocsin.core.alert_parts import Spot
from tocsin.core.commands import PlaceReport
from tocsin.core.composer import all_clear_text, announcement_text, answered_text, closing_text, drill_over_text
from tocsin.core.delivery import Delivery
from tocsin.core.directory import Directory, Member
from tocsin.core.docket import FixKept
from tocsin.core.mailing import announcement_letter, letter_text
from tocsin.core.push_words import push_text
from tocsin.core.ring import Saying, ring_text
from tocsin.core.speech import all_clear_speech, closing_speech, drill_over_speech, ring_speech
from tocsin.core.words import REACHING, Channel, Duty, Outcome, PlaceKind, Purpose

NO_NUMBERS = ("", "", "")
NEWEST_FIRST = (PlaceKind.ZONE, PlaceKind.FIX, PlaceKind.SPOKEN, PlaceKind.PLANNED)


def text_of(
    delivery: Delivery, alert: Alert, directory: Directory, fixes: Mapping[str, FixKept], now_ms: int, link: str = ""
) -> str:
    """What this message says now; one GSM-7 segment; what a voice reads on a call; what is read on a locked screen
    (`push_words.py`); a letter (`mailing.py`) elsewhere.

    `fixes`: the coordinates that still exist, by their id.  `link`: to this person's page of the alert.
    """
    if delivery.channel is Channel.VOICE:
        return _speech(delivery, alert, directory, fixes, now_ms)
    language = _language(directory, delivery.member)
    if delivery.channel is Channel.PUSH:
        return push_text(_saying(delivery, alert, directory, fixes, language), delivery.purpose, now_ms)
    if delivery.channel not in REACHING:
        saying = _saying(delivery, alert, directory, fixes, language)
        return letter_text(saying, delivery.purpose, now_ms)
    match delivery.purpose:
        case Purpose.ALL_CLEAR:
            return all_clear_text(_name(directory, alert.member), language, delivery.id, drill=alert.drill)
        case Purpose.DRILL_OVER:
            return drill_over_text(language, delivery.id)
        case Purpose.CLOSING:
            return _closing(delivery, alert, directory, language)
        case Purpose.FOLLOW_UP:
            return answered_text(language, delivery.id, link, drill=alert.drill)
        case _:
            return ring_text(replace(_saying(delivery, alert, directory, fixes, language), link=link), now_ms)


def announcement_of(delivery: Delivery, directory: Directory, address: str) -> str:
    """What a message of an announcement says.  `address`: where this Tocsin is found; no page of it, and no token."""
    write = announcement_text if delivery.channel is Channel.SMS else announcement_letter
    return write(address, _language(directory, delivery.member), delivery.id, again=delivery.attempts > 1)


def _speech(delivery: Delivery, alert: Alert, directory: Directory, fixes: Mapping[str, FixKept], now_ms: int) -> str:
    language, who = _language(directory, delivery.member), _name(directory, alert.member)
    match delivery.purpose:
        case Purpose.ALL_CLEAR:
            return all_clear_speech(who, language, drill=alert.drill)
        case Purpose.DRILL_OVER:
            return drill_over_speech(language)
        case Purpose.CLOSING:
            by, outcome = _proposed(alert)
            return closing_speech(who, _name(directory, by), outcome, language, drill=alert.drill)
        case _:
            return ring_speech(_saying(delivery, alert, directory, fixes, language), now_ms)


def spoken_alert(alert: Alert, directory: Directory, fixes: Mapping[str, FixKept], member: str, now_ms: int) -> str:
    """The alert read out to this member, who called in: without keys to answer by."""
    saying = saying_to(member, alert, directory, fixes, _language(directory, member))
    return ring_speech(saying, now_ms, answerable=False)


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
    saying = saying_to(delivery.member, alert, directory, fixes, language)
    return replace(saying, reference=delivery.id, again=delivery.attempts > 1)


def saying_to(
    member_id: str, alert: Alert, directory: Directory, fixes: Mapping[str, FixKept], language: str
) -> Saying:
    """All that a ring says to this member, who may be one of those it rang (then with their numbers) or not."""
    member, person = directory.members.get(member_id), alert.people.get(member_id)
    return Saying(
        who=_name(directory, alert.member),
        numbers=person.numbers if person else NO_NUMBERS,
        reference="",
        kind=alert.kind,
        places=places(alert, fixes),
        language=language,
        duties=_duties(member, alert),
        scripts=alert.plan.scripts,
        why=alert.why,
        came=alert.came,
        drill=alert.drill,
        after_drill=member_id in alert.after_drill,
        silent_helper=_name(directory, alert.silent_helper) if alert.silent_helper else None,
        says_safe=alert.said_safe,
        under_duress=alert.under_duress,
        suspended=alert.suspended,
        occurred_at_ms=alert.occurred_at_ms,
        was_down=alert.was_down,
    )


def _duties(member: Member | None, alert: Alert) -> tuple[Duty, ...]:
    """What they do here; the buddy of a walk is asked to stay on the line, whatever else they do."""
    if member is None:
        return ()
    return (Duty.BUDDY,) if member.id == alert.buddy else member.duties


def _closing(delivery: Delivery, alert: Alert, directory: Directory, language: str) -> str:
    by, outcome = _proposed(alert)
    who = _name(directory, alert.member)
    return closing_text(who, _name(directory, by), outcome, language, delivery.id, drill=alert.drill)


def _proposed(alert: Alert) -> tuple[str, Outcome]:
    proposal = alert.proposal
    return (alert.member, Outcome.OTHER) if proposal is None else (proposal.by, proposal.outcome)


def _name(directory: Directory, member: str) -> str:
    return directory.members[member].name if member in directory.members else member


def _language(directory: Directory, member: str) -> str:
    return directory.members[member].language if member in directory.members else "en"
