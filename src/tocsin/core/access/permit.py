"""May they?  The question that every decider of access asks first, and everything that hands something out asks too.

Theory of operation
-------------------
A permission goes by four things, all of them read anew at the moment of asking: the table (`permissions.py`); the roles
of the member as they are now; the member's standing (suspended or removed: nothing); and the credential, which must be
this member's, not have ended, and on a `fresh` line be a session that was proven within FRESH_MS.  Some credentials
have no member behind them and go by what they are: a program's key by its scopes, a wallboard by being one.

The operator at the server's own command line may do what the table gives them; what the system does by itself follows
from what was decided before and is never refused.
"""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.core.access.permissions import LINES, May, Reach, reach_of
from tocsin.core.access.record import By, Desk, Key, Session, Wallboard
from tocsin.core.access.rung_record import RungLink
from tocsin.core.access.words import Ended, KeyScope, Via
from tocsin.core.commands import Declined, Problem
from tocsin.core.directory import Device, Directory
from tocsin.core.docket import Docket
from tocsin.core.limits import FRESH_MS

NOT_ALLOWED = Declined(problem=Problem.NOT_ALLOWED)
NOT_FRESH = Declined(problem=Problem.NOT_FRESH)
Token = Session | Desk | Wallboard | Key | RungLink
RECORD_OF: Mapping[Via, type[Token]] = {
    Via.SESSION: Session,
    Via.DESK: Desk,
    Via.WALLBOARD: Wallboard,
    Via.KEY: Key,
    Via.LINK: RungLink,
}
OF_SCOPE: Mapping[KeyScope, Mapping[May, Reach]] = {
    KeyScope.RAISE: {May.RAISE: Reach.OWN, May.RAISE_FOR_OTHERS: Reach.ALL},
    KeyScope.METRICS: {May.READ_METRICS: Reach.ALL},
    KeyScope.ALERTS: {May.READ_ALERTS: Reach.RUNNING},
}


def refused(docket: Docket, by: By, may: May) -> Declined | None:
    """None: they may.  Else what to answer, nothing being changed: NOT_ALLOWED, or NOT_FRESH (prove it and come again).

    How far they may go (`Reach`) is `reach_now`; on most lines there is nothing between all and nothing.
    """
    if reach_now(docket, by, may) is Reach.NONE:
        return NOT_ALLOWED
    return None if not LINES[may].fresh or is_fresh(credential(docket, by), by, docket.now_ms) else NOT_FRESH


def reach_now(docket: Docket, by: By, may: May) -> Reach:
    """How far they get with this, as everything stands in this decision."""
    return reach(docket.directory, credential(docket, by), by, may, docket.now_ms)


def credential(docket: Docket, by: By) -> Token | None:
    """The record of what they came by; None for what has none (a device, the operator), or was never issued."""
    kind = RECORD_OF.get(by.via)
    return None if kind is None else docket.kept(kind, by.credential)


def reach(directory: Directory, record: Token | None, by: By, may: May, now_ms: int) -> Reach:
    """How far they get, by the organisation and their credential's record as they are."""
    if by.via is Via.SYSTEM:
        return Reach.ALL
    if by.via is Via.OPERATOR:
        return reach_of((), may, by.via)
    if not _holds(directory, record, by, now_ms):
        return Reach.NONE
    match record:
        case Key():
            return max((OF_SCOPE[scope].get(may, Reach.NONE) for scope in record.scopes), default=Reach.NONE)
        case Wallboard():
            return Reach.OWN if may is May.READ_ALERTS else Reach.NONE
    member = directory.members.get(by.member)
    return Reach.NONE if member is None or member.suspended else reach_of(member.roles, may, by.via)


def is_fresh(record: Token | None, by: By, now_ms: int) -> bool:
    """Have they proved who they are, so shortly ago that it still counts?  The operator's proof is the machine."""
    if by.via in (Via.OPERATOR, Via.SYSTEM):
        return True
    return isinstance(record, Session) and now_ms - record.fresh_ms <= FRESH_MS


def _holds(directory: Directory, record: Token | None, by: By, now_ms: int) -> bool:
    """Is this credential theirs, and worth more than a call for help?"""
    known = directory.devices.get(by.credential) if by.via is Via.DEVICE else record
    if known is None or over(known, now_ms) is not None:
        return False
    match known:
        case Device() | Session() | RungLink():
            return known.member == by.member
        case Desk():
            return known.seat == by.member
    return True


# How long it lives -----------------------------------------------------------------------------------------------


def over(known: Device | Token, now_ms: int) -> Ended | None:
    """Why this is worth no more than a call for help by now; None: it is alive.  Its wake-up may come later."""
    match known:
        case Device(revoked=True, ended=None):  # Of those days when no reason was written down.
            return Ended.REVOKED
        case Session(ended=None) if now_ms >= runs_out_ms(known):
            return Ended.EXPIRED if now_ms >= known.ends_ms else Ended.IDLE
        case Key(ended=None) if now_ms >= known.ends_ms:
            return Ended.EXPIRED
    return known.ended


def why_over(docket: Docket, id: str | None) -> Ended | None:
    """The same of a phone or a session of this id; None of what is neither."""
    known = docket.directory.devices.get(id or "") or docket.kept(Session, id or "")
    return None if known is None else over(known, docket.now_ms)


def runs_out_ms(session: Session) -> int:
    """When this session ends by itself, if it is not used again."""
    return min(session.ends_ms, session.seen_ms + session.idle_ms)
