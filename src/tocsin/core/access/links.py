"""A one-time link: made for one purpose, used once at the most, and worth nothing soon after.

Theory of operation
-------------------
A link lets somebody in who has nothing yet: an administrator into an empty system, a member whom one invites, a phone
that is enrolled, a screen on a wall.  Whoever holds it is whom it was made for, as far as anybody can tell; so it lives
for minutes (`LIVES_MS`), works once, and is shown to nobody but its maker.  Looking at it consumes nothing: scanners of
mail look at every link.  Of two who use it at once one is first, and the other is told that it is worn out.

A new link for the same purpose ends the one before.  A link is worth nothing as soon as the member it is for, or the
member who made it, is suspended or gone: what an insider has put by does not outlive their access.  One that is made by
somebody tied to the member it is for is worth nothing from the beginning: by it they would read her alerts as herself.
They are not told so, because nobody is told of a tie that binds them; to whoever tries it, it is worn out.

An invitation is for somebody who cannot sign in.  Whoever has a passkey and lost it is let in by two people and a day's
delay (`recovery.py`), never by one person's link.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec.structs import replace

from tocsin.core.access.entry_commands import MakeLink
from tocsin.core.access.permissions import May
from tocsin.core.access.permit import NOT_ALLOWED, refused
from tocsin.core.access.record import SYSTEM, Link, Passkey, id_of
from tocsin.core.access.words import Ended, LinkKind, Told, Via
from tocsin.core.because import Because
from tocsin.core.commands import Declined, Done, Problem, Reply
from tocsin.core.directory import Directory
from tocsin.core.docket import Docket
from tocsin.core.escalation import barred
from tocsin.core.limits import (
    LABEL_MAX_CHARS,
    LINK_ENROLMENT_MS,
    LINK_FIRST_ADMINISTRATOR_MS,
    LINK_INVITATION_MS,
    LINK_RECOVERY_MS,
    LINK_SCREEN_MS,
)
from tocsin.core.refusals import NO_SUCH_MEMBER, NO_SUCH_RECORD, NO_SUCH_SITE
from tocsin.core.words import Role

LIVES_MS: Mapping[LinkKind, int] = {
    LinkKind.FIRST_ADMINISTRATOR: LINK_FIRST_ADMINISTRATOR_MS,
    LinkKind.INVITATION: LINK_INVITATION_MS,
    LinkKind.ENROLMENT: LINK_ENROLMENT_MS,
    LinkKind.DESK: LINK_SCREEN_MS,
    LinkKind.WALLBOARD: LINK_SCREEN_MS,
    LinkKind.RECOVERY: LINK_RECOVERY_MS,
}
FOR_A_MEMBER = frozenset({LinkKind.FIRST_ADMINISTRATOR, LinkKind.INVITATION, LinkKind.ENROLMENT, LinkKind.RECOVERY})


class LinkState(StrEnum):
    MADE = "made"
    USED = "used"
    LAPSED = "lapsed"
    ENDED = "ended"


class IllegalEnd(Exception):
    """This link has ended before; it is unchanged."""


STATES: Mapping[Ended | None, LinkState] = {None: LinkState.MADE, Ended.USED: LinkState.USED} | {
    Ended.EXPIRED: LinkState.LAPSED,
    **dict.fromkeys((Ended.REPLACED, Ended.REVOKED, Ended.SUSPENDED), LinkState.ENDED),
}
TRANSITIONS: Mapping[LinkState, Mapping[Ended, frozenset[LinkState]]] = {
    LinkState.MADE: {why: frozenset({state}) for why, state in STATES.items() if why is not None},
    LinkState.USED: {},
    LinkState.LAPSED: {},
    LinkState.ENDED: {},
}


def state_of(link: Link) -> LinkState:
    return STATES[link.ended]


def ended(link: Link, why: Ended) -> Link:
    """The link after its end.  Raises IllegalEnd, and changes nothing, if it has ended or cannot end so."""
    if why not in TRANSITIONS[state_of(link)]:
        raise IllegalEnd(f"{why} while {state_of(link)}")
    return replace(link, ended=why)


# Made ------------------------------------------------------------------------------------------------------------


def make_link(docket: Docket, command: MakeLink) -> Reply:
    """A link for a member, or for a screen.  A recovery's is made in `recovery.py`."""
    no = _may_not_make(docket, command)
    if no is not None:
        return no
    made(docket, command)
    return Done()


def made(docket: Docket, command: MakeLink) -> Link:
    """The link, whoever may make it having been asked; the one before it for the same purpose ends."""
    link = Link(
        id=id_of(command.token_hash),
        token_hash=command.token_hash,
        kind=command.kind,
        made_ms=docket.now_ms,
        ends_ms=docket.now_ms + LIVES_MS[command.kind],
        by=command.by,
        member=command.member,
        subject=command.subject,
        label=command.label[:LABEL_MAX_CHARS],
    )
    for before in docket.all_kept(Link).values():
        if _purpose(before) == _purpose(link):
            end(docket, before, Ended.REPLACED)
    docket.keep(link)
    docket.wakes[f"link/{link.id}"] = link.ends_ms
    for told in _told(link):
        docket.act(command.by, "link_made", about=link.member, subject=link.id, detail=link.kind, told=told)
    return link


def _told(link: Link) -> tuple[Told, ...]:
    """Of a link for somebody else they hear, and so do the supervisors: whoever made it may open it and be them."""
    if link.by.member == link.member:
        return (Told.NOBODY,)
    return (Told.THEMSELF, Told.SUPERVISORS) if link.member else (Told.THEMSELF,)


def _purpose(link: Link) -> tuple[LinkKind, str, str]:
    """For a member there is one of a kind at a time; for screens one for each place."""
    return link.kind, link.member, "" if link.kind in FOR_A_MEMBER else f"{link.subject} {link.label}"


def _may_not_make(docket: Docket, command: MakeLink) -> Declined | None:
    match command.kind:
        case LinkKind.FIRST_ADMINISTRATOR:
            return _not_first(docket, command)
        case LinkKind.INVITATION:
            return refused(docket, command.by, May.INVITE) or _not_invited(docket, command.member)
        case LinkKind.ENROLMENT:
            return _not_enrolled(docket, command)
        case _:
            return refused(docket, command.by, May.KEEP_SCREENS) or _nowhere(docket.directory, command)


def _not_first(docket: Docket, command: MakeLink) -> Declined | None:
    if command.by.via is not Via.OPERATOR:
        return NOT_ALLOWED
    for passkey in docket.all_kept(Passkey).values():
        owner = docket.directory.members.get(passkey.member)
        if owner is not None and not owner.suspended and Role.ADMINISTRATOR in owner.roles:
            return Declined(problem=Problem.NOT_ALLOWED, because=Because.ADMINISTRATOR_IS_IN)
    member = docket.directory.members.get(command.member)
    if member is not None and Role.ADMINISTRATOR not in member.roles:
        return Declined(problem=Problem.NOT_ALLOWED, because=Because.NO_ADMINISTRATOR)
    return no_one_to_let_in(docket.directory, command.member)


def _not_invited(docket: Docket, member: str) -> Declined | None:
    if any(passkey.member == member for passkey in docket.all_kept(Passkey).values()):
        return Declined(problem=Problem.NOT_ALLOWED, because=Because.HAS_A_PASSKEY)
    return no_one_to_let_in(docket.directory, member)


def _not_enrolled(docket: Docket, command: MakeLink) -> Declined | None:
    own = bool(command.by.member) and command.by.member == command.member
    no = refused(docket, command.by, May.KEEP_OWN_ACCOUNT if own else May.ENROL_FOR_OTHERS)
    if no is not None:
        return no
    before = docket.directory.devices.get(command.subject)
    if command.subject and (before is None or before.member != command.member):
        return NO_SUCH_RECORD
    return no_one_to_let_in(docket.directory, command.member)


def no_one_to_let_in(directory: Directory, id: str) -> Declined | None:
    """Is this nobody for whom anything could be opened: not here, a desk's seat, suspended?"""
    member = directory.members.get(id)
    if member is None or member.seat:
        return NO_SUCH_MEMBER
    if member.suspended:
        return Declined(problem=Problem.NOT_ALLOWED, because=Because.SUSPENDED)
    return None


def _nowhere(directory: Directory, command: MakeLink) -> Declined | None:
    site, _, place = command.subject.partition("/")
    if site not in directory.sites:
        return NO_SUCH_SITE
    known = {spot.id for spot in directory.places if spot.site == site}
    if command.kind is LinkKind.DESK and place not in known:
        return Declined(problem=Problem.NO_SUCH_RECORD, because=Because.NO_SUCH_PLACE)
    return None


# Ended -----------------------------------------------------------------------------------------------------------


def holds(directory: Directory, link: Link, now_ms: int) -> bool:
    """Is it worth anything now?  Not once it has ended, nor if who made it may not speak for whom it lets in."""
    if not link.open or now_ms >= link.ends_ms:
        return False
    if _cut_off(directory, link.member) or _cut_off(directory, link.by.member):
        return False
    return not tied(directory, link.member, link.by.member)


def tied(directory: Directory, member: str, maker: str) -> bool:
    """Is one of two different people not to be told about the other?"""
    if not member or not maker or member == maker:
        return False
    return barred(directory, member, maker) or barred(directory, maker, member)


def _cut_off(directory: Directory, id: str) -> bool:
    member = directory.members.get(id)
    return bool(id) and (member is None or member.suspended)


def end(docket: Docket, link: Link, why: Ended) -> None:
    docket.keep(ended(link, why))
    docket.wakes[f"link/{link.id}"] = None


def due(docket: Docket, id: str) -> None:
    """Its time is over: it leaves memory."""
    link = docket.all_kept(Link).get(id)
    if link is None:
        return
    if docket.now_ms < link.ends_ms:
        docket.wakes[f"link/{id}"] = link.ends_ms
        return
    end(docket, link, Ended.EXPIRED)
    docket.act(SYSTEM, "link_lapsed", about=link.member, subject=id, detail=link.kind)
