"""A backup was put in place: whoever was cut off since it was made stays cut off.

Theory of operation
-------------------
An old backup knows sessions, links and keys that have ended since.  So all of them end at a restore, whatever else is
known: people sign in anew, programs get new keys, and each may still call for help.  What the replaced data directory
can still tell of later cuts (suspensions, phones, passkeys, screens, feeds and codes of places that ended, ties, watch
windows, numbers that said STOP or are dead, people who went home) is done again; what it tells of weakenings is not.
Phones go on otherwise: with none of them nobody could answer an alert.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from tocsin.core.access import clocking, closed_numbers, devices, feeds
from tocsin.core.access.commands import Restore
from tocsin.core.access.ending import end_record
from tocsin.core.access.feed_record import Feed
from tocsin.core.access.permit import NOT_ALLOWED
from tocsin.core.access.place_record import PlaceCode
from tocsin.core.access.record import Desk, Key, Link, Passkey, Restored, Session, Suspension, Wallboard
from tocsin.core.access.words import Ended, Told, Via
from tocsin.core.commands import Done, Reply
from tocsin.core.directory import Member
from tocsin.core.docket import Docket
from tocsin.core.membership import withdraw_the_barred

RESTORED = "restored"


def restore(docket: Docket, command: Restore) -> Reply:
    """In the first decision on a restored store, before anybody is let in."""
    if command.by.via is not Via.OPERATOR:
        return NOT_ALLOWED
    for record in _ending(docket, command):
        end_record(docket, record, Ended.REVOKED)
    for id in command.devices:
        device = docket.directory.devices.get(id)
        if device is not None and not device.revoked:
            docket.set_device(devices.ended(device, Ended.REVOKED))
    _people(docket, command)
    closed_numbers.again(docket, command.closed)
    for id, feed in list(docket.all_kept(Feed).items()):
        if id in command.feeds:
            docket.keep(feeds.closed(feed))
    for id, code in list(docket.all_kept(PlaceCode).items()):
        if id in command.codes:
            docket.keep(replace(code, ended=Ended.REVOKED))
    if command.replayed:
        clocking.again(docket, command.attendance)
    docket.keep(Restored(id=RESTORED, at_ms=docket.now_ms, replayed=command.replayed))
    detail = "later suspensions replayed" if command.replayed else "later suspensions unknown"
    docket.act(command.by, "restored", detail=detail, told=Told.SUPERVISORS)
    return Done()


def _ending(docket: Docket, command: Restore) -> Iterator[Session | Link | Key | Passkey | Wallboard | Desk]:
    yield from list(docket.all_kept(Session).values())
    yield from list(docket.all_kept(Link).values())
    yield from list(docket.all_kept(Key).values())
    yield from [one for id, one in docket.all_kept(Passkey).items() if id in command.passkeys]
    yield from [one for id, one in docket.all_kept(Wallboard).items() if id in command.screens]
    yield from [one for id, one in docket.all_kept(Desk).items() if id in command.screens]


def _people(docket: Docket, command: Restore) -> None:
    known = docket.directory.members
    again = [after for member in known.values() if (after := _again(member, command)) != member]
    newly = [member.id for member in again if member.suspended and not known[member.id].suspended]
    if again:
        docket.set_members(again)
    for id in newly:
        asked_ms = docket.now_ms
        docket.keep(Suspension(id=id, by=command.by, asked_ms=asked_ms, why=RESTORED, began_ms=0))  # Not of now.
    withdraw_the_barred(docket)


def _again(member: Member, command: Restore) -> Member:
    ties = tuple(about for who, about in command.ties if who == member.id)
    return replace(
        member,
        suspended=member.suspended or member.id in command.suspended,
        watch_window=member.watch_window or member.id in command.watched,
        not_told_about=tuple(dict.fromkeys((*member.not_told_about, *ties))),
    )
