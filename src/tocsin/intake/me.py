"""The reader, as their own page greets them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import UNSET, Struct, UnsetType

from tocsin.core.access.permissions import May
from tocsin.core.access.roll_sight import OwnRoll
from tocsin.core.directory import Directory, Member, Site
from tocsin.core.escalation import audience, barred, plan_for
from tocsin.core.roster import on_shift, site_of
from tocsin.core.words import Kind, Role
from tocsin.intake.credentials import Pass
from tocsin.intake.ring import Ring
from tocsin.runtime.access.reading import Records
from tocsin.runtime.access.rolls import Rolls
from tocsin.runtime.readiness import NotReady, Readiness

LEADING = frozenset({Role.SUPERVISOR, Role.COORDINATOR, Role.ADMINISTRATOR})
NOBODY = Member("", "")  # Whom a wallboard stands for, and a program.


class SiteSeen(Struct, frozen=True):
    """`utc_offset_s`: how far its wall clock is ahead of UTC now, so that a page need not look a zone up to compare."""

    id: str
    name: str
    time_zone: str
    utc_offset_s: int


class MemberSeen(Struct, frozen=True):
    id: str
    name: str
    roles: tuple[Role, ...]
    site_phone: str | None
    language: str | None


class Me(Struct, frozen=True):
    """The reader.  `on_shift_count`: people on shift at their site, themselves not counted; who, is not told here.

    `would_ring`: how many a press of theirs would ring at once, as far as anything reaches them.  `addresses`: every
    origin at which presses are taken, where there is more than one.  `calm`: what a watch shows while nothing happens
    is theirs to read, so that a page need not ask only to be refused.  `disabled`: parts that a bad setting has turned
    off, for those who lead.  `member.language`: what to speak with them; null for a screen or a program, which speaks
    as its browser asks.  `rolls`: the roll calls that ask them now, where there are any.  `sites`: all of them, where
    there are several and a person asks.
    """

    member: MemberSeen
    site: SiteSeen | None
    sos_numbers: tuple[str, ...]
    on_shift_count: int
    would_ring: int
    addresses: tuple[str, ...]
    calm: bool
    drill: bool
    disabled: list[NotReady] = []
    rolls: list[OwnRoll] | UnsetType = UNSET
    sites: tuple[SiteSeen, ...] | UnsetType = UNSET


class Greeting:
    """What is the same for every reader of one server."""

    def __init__(
        self, ring: Ring, readiness: Readiness, sos_numbers: Sequence[str], addresses: Sequence[str] = ()
    ) -> None:
        self._ring, self._readiness, self._records = ring, readiness, Records(ring)
        self._rolls = Rolls(ring)
        self._sos_numbers, self._addresses = tuple(sos_numbers), tuple(addresses)

    def me(self, who: Pass) -> Me:
        directory, now_ms = self._ring.world.directory(who.org), self._ring.clock.now_ms()
        member = directory.members.get(who.reader.member, NOBODY)
        site = directory.sites.get(who.site or site_of(directory, member.id, now_ms) or "")
        sites = directory.sites.values()
        here = on_shift(directory, site.id, now_ms) if site else []
        others = [id for id in here if id != member.id and not directory.members[id].suspended]
        drills = (a for a in self._ring.world.open_alerts(who.org) if a.drill and site and a.site == site.id)
        return Me(
            member=MemberSeen(
                member.id,
                member.name,
                member.roles,
                site.phone if site else None,
                None if member is NOBODY else member.language,
            ),
            site=_seen(site, now_ms) if site else None,
            sos_numbers=self._sos_numbers,
            on_shift_count=len(others),
            would_ring=would_ring(directory, site.id, member.id, now_ms) if site else 0,
            addresses=self._addresses,
            calm=self._records.may(who, May.READ_PLANS),
            drill=any(a.member != member.id and not barred(directory, a.member, member.id) for a in drills),
            disabled=self._readiness.disabled() if LEADING.intersection(member.roles) else [],
            rolls=self._rolls.of_page(who) or UNSET,
            sites=tuple(_seen(one, now_ms) for one in sites) if member is not NOBODY and len(sites) > 1 else UNSET,
        )


def _seen(site: Site, now_ms: int) -> SiteSeen:
    return SiteSeen(site.id, site.name, site.time_zone, _offset_s(site.time_zone, now_ms))


def _offset_s(zone: str, now_ms: int) -> int:
    """That of UTC where nobody knows this zone: a page that greets nobody would be worse than a wrong hour."""
    try:
        offset = datetime.fromtimestamp(now_ms / 1_000, ZoneInfo(zone)).utcoffset()
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return 0
    return int(offset.total_seconds()) if offset is not None else 0


def would_ring(directory: Directory, site: str, member: str, now_ms: int) -> int:
    """How many people the first step of the site's plan would ring now for this member, and can reach at all."""
    first = plan_for(directory, site, Kind.SOS).rungs[0]
    meant = (id for id in audience(directory, site, first, now_ms) if not barred(directory, member, id))
    return sum(any(contact.reaches for contact in directory.members[id].contacts) for id in meant)
