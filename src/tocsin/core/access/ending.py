"""One act ends a way in: a session, a phone, a key, a link, a screen, a passkey, or all that somebody has.

Theory of operation
-------------------
What has ended stays in the record and is worth a call for help, nothing else; ending it again changes nothing.  It acts
in the decision that takes it: the next request with it is refused, and whoever watches the commits ends its streams.
Nobody needs leave to end what is their own; what is others' goes by the permission table.  A desk alone waits for a
second person, because turning it off takes a way to call for help from whoever sits there (`proposing.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from tocsin.core.access import devices, links, passkeys, sessions
from tocsin.core.access.commands import EndAccess
from tocsin.core.access.edits import DeskEdit
from tocsin.core.access.permissions import May
from tocsin.core.access.permit import refused
from tocsin.core.access.proposing import propose
from tocsin.core.access.record import REGISTER, Desk, Kept, Key, Link, Passkey, Session, Wallboard
from tocsin.core.access.rung_record import RungLink
from tocsin.core.access.words import Ended, LinkKind, Told, What
from tocsin.core.commands import Done, Reply
from tocsin.core.directory import Device
from tocsin.core.docket import Docket
from tocsin.core.refusals import NO_SUCH_RECORD

DONE = Done()
SCREENS = frozenset({LinkKind.DESK, LinkKind.WALLBOARD})


class Found(Struct, frozen=True):
    """What is to be ended: whose it is (empty: nobody's), who may end it besides them, and how it ends."""

    owners: frozenset[str]
    may: May
    ended: bool
    end: Callable[[], None]


def end_access(docket: Docket, command: EndAccess) -> Reply:
    """Ended when this is durable.  Declined: there is no such thing, or it is not theirs to end; nothing changed."""
    found = _FIND[command.what](docket, command.id)
    if found is None:
        return NO_SUCH_RECORD
    own = command.by.member != "" and command.by.member in found.owners
    declined = refused(docket, command.by, May.KEEP_OWN_ACCOUNT if own else found.may)
    if declined is not None:
        return declined
    if command.what is What.DESK and not found.ended:
        return _turn_off(docket, command)
    if not found.ended:
        found.end()
        about = next(iter(sorted(found.owners - {""})), "")
        what, told = f"{command.what.value}_ended", _told(command.what, own=own)
        docket.act(command.by, what, about=about, subject=command.id, why=command.why, told=told)
    return DONE


def _turn_off(docket: Docket, command: EndAccess) -> Reply:
    """Nobody could call for help from there by a key held down, so it is asked of two."""
    desk = docket.kept(Desk, command.id)
    assert desk is not None, "it was found"
    return propose(docket, command.by, DeskEdit(desk.id, desk.label, desk.site), command.why)


def _told(what: What, *, own: bool) -> Told:
    if own:
        return Told.NOBODY
    return Told.THEMSELF if what in (What.SESSION, What.PASSKEY, What.DEVICE) else Told.SUPERVISORS


def end_all_of(docket: Docket, member: str, why: Ended) -> None:
    """Everything by which this member comes in, and what they made for others to come in by.

    Passkeys stay: they say who somebody is, and let nobody in whom the organisation does not.  So do desks: whoever
    sits there must be able to call for help, and a desk shows nothing but its own.
    """
    theirs: list[Any] = [one for one in docket.all_kept(Session).values() if one.member == member]
    theirs += [one for one in docket.all_kept(Link).values() if member in (one.member, one.by.member)]
    theirs += [one for one in docket.all_kept(RungLink).values() if one.member == member]
    theirs += [one for one in docket.all_kept(Key).values() if one.by == member]
    theirs += [one for one in docket.all_kept(Wallboard).values() if one.by == member]
    for one in theirs:
        end_record(docket, one, why)
    for device in list(docket.directory.devices.values()):
        if device.member == member and not device.revoked:
            docket.set_device(devices.ended(device, why))


def end_record(docket: Docket, record: Any, why: Ended) -> None:
    """An open one; by its own machine, where it has one.  Time has nothing more to look at."""
    docket.keep(_ENDED.get(type(record), _ended)(record, why))
    if type(record) in TIMED:
        docket.wakes[f"{REGISTER[type(record)]}/{record.id}"] = None


def _ended(record: Any, why: Ended) -> Any:
    return replace(record, ended=why)


TIMED = frozenset({Session, Link, Key})
_ENDED: Mapping[type, Callable[[Any, Ended], Any]] = {
    Session: sessions.ended,
    Link: links.ended,
    Passkey: passkeys.ended,
}


# What there is to end --------------------------------------------------------------------------------------------


def _record(docket: Docket, kind: type[Kept], id: str, owners: Callable[[Any], set[str]], may: May) -> Found | None:
    known: Any = docket.kept(kind, id)
    if known is None:
        return None
    over = not known.open
    return Found(frozenset(owners(known)), may, over, lambda: end_record(docket, known, Ended.REVOKED))


def _session(docket: Docket, id: str) -> Found | None:
    return _record(docket, Session, id, lambda session: {session.member}, May.REVOKE_FOR_OTHERS)


def _passkey(docket: Docket, id: str) -> Found | None:
    return _record(docket, Passkey, id, lambda passkey: {passkey.member}, May.REVOKE_FOR_OTHERS)


def _key(docket: Docket, id: str) -> Found | None:
    return _record(docket, Key, id, _nobodys, May.KEEP_KEYS)


def _desk(docket: Docket, id: str) -> Found | None:
    return _record(docket, Desk, id, _nobodys, May.KEEP_SCREENS)


def _wallboard(docket: Docket, id: str) -> Found | None:
    return _record(docket, Wallboard, id, _nobodys, May.KEEP_SCREENS)


def _link(docket: Docket, id: str) -> Found | None:
    known = docket.kept(Link, id)
    if known is None:  # Then of an alert, if of anything.
        return _record(docket, RungLink, id, lambda link: {link.member}, May.REVOKE_FOR_OTHERS)
    may = May.KEEP_SCREENS if known.kind in SCREENS else May.REVOKE_FOR_OTHERS
    return _record(docket, Link, id, lambda link: {link.member, link.by.member} - {""}, may)


def _nobodys(record: Kept) -> set[str]:
    return set()


def _device(docket: Docket, id: str) -> Found | None:
    known = docket.directory.devices.get(id)
    if known is None:
        return None

    def end(device: Device = known) -> None:
        docket.set_device(devices.ended(device, Ended.REVOKED))

    return Found(frozenset({known.member}), May.REVOKE_FOR_OTHERS, known.revoked, end)


def _person(docket: Docket, id: str) -> Found | None:
    if id not in docket.directory.members:
        return None
    return Found(frozenset({id}), May.REVOKE_FOR_OTHERS, False, lambda: end_all_of(docket, id, Ended.REVOKED))


_FIND: Mapping[What, Callable[[Docket, str], Found | None]] = {
    What.SESSION: _session,
    What.DEVICE: _device,
    What.KEY: _key,
    What.LINK: _link,
    What.DESK: _desk,
    What.WALLBOARD: _wallboard,
    What.PASSKEY: _passkey,
    What.PERSON: _person,
}
