"""What one reader is handed of the people, and of what was done about access.  The alerts are `core/sight.py`'s.

Theory of operation
-------------------
Who may read at all is the table's to say (`permissions.py`); how much of it, is said here.  A tie is shown to
coordinators who are free of both its ends, and to nobody else, not even to whoever reads the whole trail: whomever it
binds, and whoever might tell them, learn nothing.  And nothing here depends on whether an alert is open: a member's
page says the same while their silent alert rings as it said before, and the trail has no line that an alert wrote (each
alert keeps its own record).
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import UNSET, Struct, UnsetType

from tocsin.core.access.record import Act, TieAsked
from tocsin.core.access.words import Told
from tocsin.core.directory import Contact, Directory, Member
from tocsin.core.shown_parts import who
from tocsin.core.views import Who, moment, moment_or_none
from tocsin.core.words import Channel, Duty, Reason, Role

ASKED = frozenset({"tie_set", "tie_asked", "tie_taken_back"})  # What whoever asked knows that they asked.


class ContactView(Struct, frozen=True):
    """`wakes`: does it count as a way to them?  `why`: what ended it.  `answered_at`: of the last reach test."""

    id: str
    kind: Channel
    to: str
    verified: bool
    wakes: bool
    why: Reason | None
    answered_at: str | None


class MemberView(Struct, frozen=True, kw_only=True):
    """A member.  `ways`: how many independent ways wake them (one is half reachable).  `contacts`, `kept_from`: to
    whom may have them; `kept_from` are those about whom they are not to be told."""

    id: str
    name: str
    roles: tuple[Role, ...]
    duties: tuple[Duty, ...]
    language: str
    suspended: bool
    ways: int
    contacts: tuple[ContactView, ...] | UnsetType = UNSET
    kept_from: tuple[Who, ...] | UnsetType = UNSET


class TieView(Struct, frozen=True):
    """`member` is not to be told about `about`.  `waiting`: a second coordinator must want it too."""

    member: Who
    about: Who
    waiting: bool = False


class ActView(Struct, frozen=True):
    """A line of the trail.  `by` and `about` are null where there is nobody in particular."""

    id: str
    at: str
    by: Who | None
    via: str
    what: str
    about: Who | None
    subject: str
    detail: str
    why: str
    told: Told


def untied(directory: Directory, reader: str, *others: str) -> bool:
    """Is this reader none of these, and free to be told about each of them?"""
    member = directory.members.get(reader)
    return member is not None and reader not in others and not set(others).intersection(member.not_told_about)


def keeps_tie(directory: Directory, reader: str, member: str, about: str) -> bool:
    """May this reader know whether there is a tie between these two?"""
    known = directory.members.get(reader)
    able = known is not None and Role.COORDINATOR in known.roles and not known.suspended
    return able and untied(directory, reader, member, about)


def member_view(
    directory: Directory, member: Member, reader: str, askings: Iterable[TieAsked], *, contacts: bool
) -> MemberView:
    """A member as this reader, who may read members, gets them.  `contacts`: they may have those too."""
    asking = directory.members.get(reader)
    coordinates = asking is not None and Role.COORDINATOR in asking.roles
    ties = tie_views(directory, reader, [member], askings) if coordinates else []
    return MemberView(
        id=member.id,
        name=member.name,
        roles=member.roles,
        duties=member.duties,
        language=member.language,
        suspended=member.suspended,
        ways=len({contact.kind for contact in member.contacts if contact.reaches}),
        contacts=tuple(map(contact_view, member.contacts)) if contacts else UNSET,
        kept_from=tuple(tie.about for tie in ties if not tie.waiting) if coordinates else UNSET,
    )


def contact_view(contact: Contact) -> ContactView:
    why = Reason.OPTED_OUT if contact.opted_out else Reason(contact.dead) if contact.dead else None
    answered_at = moment_or_none(contact.answered_ms)
    return ContactView(contact.id, contact.kind, contact.to, contact.verified, contact.reaches, why, answered_at)


def tie_views(
    directory: Directory, reader: str, members: Iterable[Member], askings: Iterable[TieAsked]
) -> list[TieView]:
    """The ties of these members that this reader may know of; and to somebody who asked for one that they may not
    keep, that one too, as if it were so."""
    known = {member.id: member for member in members}
    pairs = [(id, about, False) for id, member in known.items() for about in member.not_told_about]
    found = [pair for pair in pairs if keeps_tie(directory, reader, pair[0], pair[1])]
    for asked in askings:
        keeps = keeps_tie(directory, reader, asked.member, asked.about)
        if asked.member in known and (asked.by.member == reader if asked.veiled else keeps):
            found.append((asked.member, asked.about, asked.short))
    return [TieView(who(directory, member), who(directory, about), waiting) for member, about, waiting in found]


def shows_act(directory: Directory, reader: str, act: Act) -> bool:
    """May a reader of the trail have this line?  One about a tie only whoever keeps that tie, or asked for it."""
    if act.told is not Told.COORDINATORS:
        return True
    return keeps_tie(directory, reader, act.about, act.subject) or (act.what in ASKED and act.by.member == reader)


def announced_to(directory: Directory, reader: str, act: Act) -> bool:
    """Was this told to this member, besides whoever reads the trail?"""
    member = directory.members.get(reader)
    if member is None or member.suspended:
        return False
    match act.told:
        case Told.THEMSELF:
            return act.about == reader
        case Told.SUPERVISORS:
            return Role.SUPERVISOR in member.roles
        case Told.COORDINATORS:
            return shows_act(directory, reader, act)
        case _:
            return False


def act_view(directory: Directory, act: Act) -> ActView:
    return ActView(
        id=act.id,
        at=moment(act.at_ms),
        by=who(directory, act.by.member) if act.by.member else None,
        via=act.by.via.value,
        what=act.what,
        about=who(directory, act.about) if act.about else None,
        subject=act.subject,
        detail=act.detail,
        why=act.why,
        told=act.told,
    )
