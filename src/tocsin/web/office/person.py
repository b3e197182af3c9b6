"""One member: how they are reached, what they sign in with, and what the reader may do for them or to them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from babel.dates import format_timedelta
from msgspec import UNSET, Struct
from msgspec.structs import replace

from tocsin.core.access.people_sight import ContactView, MemberView
from tocsin.core.access.permissions import May
from tocsin.core.access.push_record import CONTACT
from tocsin.core.access.words import Ended
from tocsin.core.directory import Device
from tocsin.core.limits import REACH_ANSWERED_MAX_MS
from tocsin.core.words import Channel
from tocsin.runtime.access.reading import Asked
from tocsin.web.office.lines import Line, at_ms, lines
from tocsin.web.office.people import Named, named, page_of, reach_of
from tocsin.web.office.person_acts import acts_for
from tocsin.web.office.person_waits import waiting_for
from tocsin.web.office.rooms import Answer, Office
from tocsin.web.office.saying import CHANNELS, DUTIES, ENDS_A_CONTACT, ROLES, listed
from tocsin.web.refusals import PageRefusal
from tocsin.web.speaking import NAMES_OF_LANGUAGES, when, words

LATELY_SHOWN = 10
NOT_TESTED = words("Verified, not yet tested")
ENDED_PHONES = {
    Ended.LOST: words("Lost. It may still call for help."),
    Ended.REPLACED: words("Replaced. It may still call for help."),
}
ENDED_PHONE = words("Ended. It may still call for help.")


HEADINGS = {
    "reachable": words("%(name)s can be reached"),
    "half": words("%(name)s can be reached in one way only"),
    "none": words("%(name)s can not be reached"),
    "suspended": words("%(name)s is suspended"),
}


class Way(Struct, frozen=True):
    """One contact.  `state`: works, dead, unsure."""

    kind: str
    to: str
    state: str
    words: str


class Phone(Struct, frozen=True):
    label: str
    words: str
    forms: bool
    action: str


class Shown(Struct, frozen=True):
    id: str
    name: str
    roles: str
    reach: str
    suspended: bool
    duties: str
    language: str
    contacts: list[Way] | None
    kept_from: list[Named] | None
    phones: list[Phone] | None
    signs_in: str


async def person_page(office: Office) -> Answer:
    member = known(office)
    return page_of_person(office, member)


def known(office: Office) -> MemberView:
    """Whom the address names.  Raises PageRefusal: there is nobody such, and no seat of a desk is anybody."""
    office.must(May.READ_MEMBERS)
    id = office.visit.asked.under["member"]
    member = office.records.member(office.visit.signed_in, id)
    if member is None or office.visit.directory.members[id].seat:
        raise PageRefusal("no_such_record")
    return member


def page_of_person(office: Office, member: MemberView) -> Answer:
    """Their page, with the form that was not right unfolded."""
    may_end = office.may(May.REVOKE_FOR_OTHERS)
    waiting = waiting_for(office, member.id)
    stands = "suspended" if member.suspended else reach_of(member)
    return office.show(
        "member",
        heading=office.visit._(HEADINGS[stands], name=member.name),
        member=_shown(office, member, may_end),
        is_self=member.id == office.visit.by.member,
        edit_url=f"{page_of(member.id)}/edit" if office.may(May.EDIT_MEMBERS) else "",
        end_sessions_url=f"{page_of(member.id)}/end" if may_end and not member.suspended else "",
        lately=_lately(office, member),
        trail_url=f"/office/trail?person={member.id}",
        waiting=waiting,
        acts=acts_for(office, member, {one.key for one in waiting}),
    )


def _shown(office: Office, member: MemberView, may_end: bool) -> Shown:
    say = office.visit._
    return Shown(
        id=member.id,
        name=member.name,
        roles=listed(ROLES, member.roles, say),
        reach=reach_of(member),
        suspended=member.suspended,
        duties=listed(DUTIES, member.duties, say),
        language=NAMES_OF_LANGUAGES.get(member.language, member.language),
        contacts=None if member.contacts is UNSET else [_way(office, contact) for contact in member.contacts],
        kept_from=None if member.kept_from is UNSET else [named(who, say) for who in member.kept_from],
        phones=list(_phones(office, member)) if may_end else None,
        signs_in=_signs_in(office, member) if may_end else "",
    )


def _way(office: Office, contact: ContactView) -> Way:
    way = _said(office, contact)
    return way if contact.kind is not Channel.PUSH else replace(way, to=_phone_of(office, contact))


def _phone_of(office: Office, contact: ContactView) -> str:
    """A phone that takes pushes is called what its owner calls it."""
    device = office.visit.directory.devices.get(contact.id.removeprefix(CONTACT))
    return (device.label if device else "") or office.visit._("A phone")


def _said(office: Office, contact: ContactView) -> Way:
    say, kind = office.visit._, CHANNELS[contact.kind]
    if contact.why is not None:
        return Way(say(kind), contact.to, "dead", say(ENDS_A_CONTACT.get(contact.why, words("Not reached"))))
    if contact.answered_at is not None:
        since = timedelta(milliseconds=at_ms(contact.answered_at) - office.visit.now_ms)
        ago = format_timedelta(since, add_direction=True, locale=office.visit.language)
        if since < -timedelta(milliseconds=REACH_ANSWERED_MAX_MS):
            return Way(say(kind), contact.to, "unsure", say("Stale: proven %(ago)s", ago=ago))
        return Way(say(kind), contact.to, "works", say("Proven, %(ago)s", ago=ago))
    if not contact.verified:
        return Way(say(kind), contact.to, "unsure", say(words("Not verified, so not used")))
    if not contact.wakes:
        return Way(say(kind), contact.to, "unsure", say(words("Tells besides, wakes nobody")))
    return Way(say(kind), contact.to, "works", say(NOT_TESTED))


def _phones(office: Office, member: MemberView) -> Iterator[Phone]:
    say = office.visit._
    for device in office.records.devices(office.visit.signed_in, member.id):
        action = f"{page_of(member.id)}/phones/{device.id}"
        yield Phone(device.label or say("A phone"), _of_phone(office, device), not device.revoked, action)


def _of_phone(office: Office, device: Device) -> str:
    say = office.visit._
    if device.revoked:
        return say(ENDED_PHONES.get(device.ended, ENDED_PHONE)) if device.ended else say(ENDED_PHONE)
    if not device.enrolled_ms:
        return say("Enrolled")
    at = when(device.enrolled_ms, office.visit.language, office.visit.time_zone)
    return say("Enrolled %(at)s", at=at)


def _signs_in(office: Office, member: MemberView) -> str:
    who = office.visit.signed_in
    passkeys = len(office.records.passkeys(who, member.id))
    sessions = len(office.records.sessions(who, member.id))
    keys = office.ngettext("%(num)s passkey", "%(num)s passkeys", passkeys)
    begun = office.ngettext("%(num)s open session", "%(num)s open sessions", sessions)
    return f"{keys}, {begun}"


def _lately(office: Office, member: MemberView) -> list[Line] | None:
    if not office.may(May.READ_TRAIL):
        return None
    found = office.records.trail(office.visit.signed_in, Asked(member=member.id))
    return lines(office, found.acts[:LATELY_SHOWN])
