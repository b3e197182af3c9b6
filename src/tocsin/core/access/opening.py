"""What the use of a one-time link opens, and the founding of an organisation, which is what the first link is for.

Theory of operation
-------------------
One table says what each kind of link brings about.  The link ends in the same decision, so of two who use it at once
one has it all and the other is told that it is worn out; so is whoever holds a link that has lapsed, was taken back or
hangs on somebody who is cut off.  Why it is worth nothing is not said: whoever holds it may be anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tocsin.core.access import devices, links, recovery, say, screens, sessions
from tocsin.core.access.entry_commands import Found, MakeLink, UseLink
from tocsin.core.access.permit import NOT_ALLOWED
from tocsin.core.access.record import By, Link
from tocsin.core.access.words import Ended, LinkKind, SignedIn, Told, Via
from tocsin.core.because import Because
from tocsin.core.commands import Declined, Done, Problem, Reply
from tocsin.core.directory import Directory, Member, Site
from tocsin.core.docket import Docket
from tocsin.core.refusals import LINK_WORN_OUT
from tocsin.core.words import Role

FOUNDED_ALREADY = Declined(problem=Problem.CONFLICT, because=Because.FOUNDED)


def make_link(docket: Docket, command: MakeLink) -> Reply:
    """A recovery's link has rules of its own."""
    make = recovery.make_link if command.kind is LinkKind.RECOVERY else links.make_link
    return make(docket, command)


def use_link(docket: Docket, command: UseLink) -> Reply:
    """Done: what it was good for has begun.  Declined: it is worn out, and nothing changed."""
    link = docket.kept(Link, command.link)
    if link is None or not links.holds(docket.directory, link, docket.now_ms):
        return LINK_WORN_OUT
    if not _OPENS[link.kind](docket, link, command):
        return LINK_WORN_OUT
    links.end(docket, link, Ended.USED)
    by = By(link.member, Via.LINK, link.id)
    docket.act(by, "link_used", about=link.member, subject=link.id, detail=link.kind, told=Told.THEMSELF)
    return Done()


def _signs_in(docket: Docket, link: Link, command: UseLink) -> bool:
    say.let_in(docket, link.member)
    sessions.begin(docket, docket.directory.members[link.member], SignedIn.LINK, command.token_hash, command.label)
    return True


def _recovers(docket: Docket, link: Link, command: UseLink) -> bool:
    return recovery.completed(docket, link) and _signs_in(docket, link, command)


_OPENS: Mapping[LinkKind, Callable[[Docket, Link, UseLink], bool]] = {
    LinkKind.FIRST_ADMINISTRATOR: _signs_in,
    LinkKind.INVITATION: _signs_in,
    LinkKind.RECOVERY: _recovers,
    LinkKind.ENROLMENT: devices.enrolled_by,
    LinkKind.DESK: screens.desk_by,
    LinkKind.WALLBOARD: screens.wallboard_by,
}


def found(docket: Docket, command: Found) -> Reply:
    """One site, and one person who runs the system and works there.  Plans come later: until then an SOS rings all."""
    if command.by.via is not Via.OPERATOR:
        return NOT_ALLOWED
    if docket.directory.members or docket.directory.sites:
        return FOUNDED_ALREADY
    site = Site(command.site, command.site_name, command.time_zone)
    first = Member(command.member, command.member_name, (Role.ADMINISTRATOR, Role.WORKER))
    docket.set_members([first])
    docket.set_rules(Directory(command.org, command.name, members={first.id: first}, sites={site.id: site}))
    docket.act(command.by, "founded", about=first.id, told=Told.SUPERVISORS)
    return Done()
