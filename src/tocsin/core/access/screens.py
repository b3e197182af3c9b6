"""Screens: wallboards, which show a site to whoever passes, and desks, from which whoever sits there calls for help.

Theory of operation
-------------------
A wallboard reads one site as the public may, for as long as it stands there: no idle limit.  It raises nothing, being
nobody and nowhere.

A desk stands at a place.  A press at it is a call for help by whoever sits there: it is raised for the desk's *seat*,
a member without roles, contacts or PINs, by the desk's name (*Console 3*), who is never rung, rostered, invited or
counted.  The seat outlives the desk: an ended one still raises, and learns only *received*.

Both begin by a one-time link opened at the screen itself.  A new one of the same name at the same place takes the place
of the one before, in the same decision, and with it its seat: an alert raised there is still that desk's.
"""

from __future__ import annotations

from msgspec.structs import replace

from tocsin.core.access.entry_commands import UseLink
from tocsin.core.access.record import By, Desk, Link, Wallboard, id_of
from tocsin.core.access.words import Ended, Told, Via
from tocsin.core.directory import Directory, Member
from tocsin.core.docket import Docket
from tocsin.core.limits import LABEL_MAX_CHARS

SEAT = "seat:"  # No id in a site file can begin so.


def wallboard_by(docket: Docket, link: Link, command: UseLink) -> bool:
    """A browser has used the link of a wallboard.  False, and nothing is changed: the site is gone."""
    site = docket.directory.sites.get(link.subject)
    if site is None:
        return False
    label = _label(link, command) or site.name
    for before in docket.all_kept(Wallboard).values():
        if (before.site, before.label) == (site.id, label):
            _end(docket, _by(link), before, Ended.REPLACED)
    board = Wallboard(
        id=id_of(command.token_hash),
        token_hash=command.token_hash,
        site=site.id,
        label=label,
        made_ms=docket.now_ms,
        by=link.by.member,
    )
    docket.keep(board)
    docket.act(_by(link), "wallboard_set_up", subject=board.id, detail=label, told=Told.SUPERVISORS)
    return True


def desk_by(docket: Docket, link: Link, command: UseLink) -> bool:
    """A browser has used the link of a desk.  False, and nothing is changed: the place is gone."""
    site, _, place = link.subject.partition("/")
    name = place_name(docket.directory, site, place)
    if name is None:
        return False
    label = _label(link, command) or name
    for before in docket.all_kept(Desk).values():
        if (before.site, before.place, before.label) == (site, place, label):
            _end(docket, _by(link), before, Ended.REPLACED)
    desk = Desk(
        id=id_of(command.token_hash),
        token_hash=command.token_hash,
        site=site,
        place=place,
        label=label,
        seat=_seat(docket, link.subject, label),
        made_ms=docket.now_ms,
        by=link.by.member,
    )
    docket.keep(desk)
    docket.act(_by(link), "desk_set_up", subject=desk.id, detail=label, told=Told.SUPERVISORS)
    return True


def place_name(directory: Directory, site: str, place: str) -> str | None:
    """What people call it; None: there is no such place any more."""
    return next((spot.name for spot in directory.places if (spot.site, spot.id) == (site, place)), None)


def _label(link: Link, command: UseLink) -> str:
    return (link.label or command.label)[:LABEL_MAX_CHARS]


def _by(link: Link) -> By:
    """Who set it up: whoever made the link."""
    return By(link.by.member, Via.LINK, link.id)


def _seat(docket: Docket, where: str, name: str) -> str:
    """The member who stands for the desk of this name at this place, made if there is none."""
    for member in docket.directory.members.values():
        if (member.seat, member.name) == (where, name):
            return member.id
    seat = Member(f"{SEAT}{docket.id()}", name, (), docket.directory.languages[0], seat=where)
    docket.set_members([seat])
    return seat.id


def _end(docket: Docket, by: By, screen: Wallboard | Desk, why: Ended) -> None:
    docket.keep(replace(screen, ended=why))
    what = "desk_ended" if isinstance(screen, Desk) else "wallboard_ended"
    docket.act(by, what, subject=screen.id, detail=f"{screen.label}: {why}", told=Told.SUPERVISORS)
