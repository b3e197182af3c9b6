"""A session: somebody has shown who they are, and for a while need not show it again.

Theory of operation
-------------------
It begins with a proof (a passkey, a recovery code, the organisation's own sign-in, a one-time link) and lasts as the
shortest of its member's roles says: until `ends_ms` at the latest, and until it has lain unused for `idle_ms`.  A use
is written down at most every SESSION_SEEN_EVERY_MS, so it may end that much early and never late.  Proving again moves
`fresh_ms`, for which some permissions ask, and never the end.

While a real alert rings somebody their sessions do not lie unused: nobody's screen goes dark in the middle of it for
want of a touch.  One's own alert does nothing of the kind: what a session does must not tell that it is still open.

By a link it lasts only long enough to make the first passkey; making it gives the session its full time.

It ends for good: signed out, revoked, expired, idle, its member suspended or removed, or replaced by a newer one of
somebody who has SESSIONS_MAX.  When a member gets a role with shorter limits, their sessions get them at once.  One
that has ended still identifies its member for a call for help, and for nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec.structs import replace

from tocsin.core.access.permissions import May
from tocsin.core.access.permit import NOT_FRESH, credential, is_fresh, over, refused, runs_out_ms
from tocsin.core.access.record import SYSTEM, By, Session, id_of
from tocsin.core.access.sign_in_commands import EndSessions, SeeSession, SignInByProvider, SignOut
from tocsin.core.access.words import Ended, SignedIn, Told, Via
from tocsin.core.commands import Declined, Done, Problem, Reply
from tocsin.core.directory import Member
from tocsin.core.docket import Docket
from tocsin.core.limits import (
    LABEL_MAX_CHARS,
    SESSION_BY_LINK_LASTS_MS,
    SESSION_IDLE_MS,
    SESSION_LASTS_MS,
    SESSION_SEEN_EVERY_MS,
    SESSIONS_MAX,
)
from tocsin.core.refusals import NO_SUCH_RECORD, RAISE_ONLY
from tocsin.core.words import Role

DONE = Done()
SESSION_OVER = Declined(problem=Problem.SESSION_OVER)


class SessionState(StrEnum):
    OPEN = "open"
    OVER = "over"


class SessionEvent(StrEnum):
    """What happens to a session that has begun."""

    SEEN = "seen"
    PROVEN = "proven"
    LIMITED = "limited"  # Its limits are others now.
    ENDED = "ended"


class IllegalSession(Exception):
    """This session has ended before, or cannot end so; it is unchanged."""


ENDS = frozenset({Ended.SIGNED_OUT, Ended.REVOKED, Ended.EXPIRED, Ended.IDLE, Ended.SUSPENDED, Ended.REPLACED})
TRANSITIONS: Mapping[SessionState, Mapping[SessionEvent, frozenset[SessionState]]] = {
    SessionState.OPEN: {
        SessionEvent.SEEN: frozenset({SessionState.OPEN}),
        SessionEvent.PROVEN: frozenset({SessionState.OPEN}),
        SessionEvent.LIMITED: frozenset({SessionState.OPEN}),
        SessionEvent.ENDED: frozenset({SessionState.OVER}),
    },
    SessionState.OVER: {},
}


def state_of(session: Session) -> SessionState:
    return SessionState.OPEN if session.open else SessionState.OVER


def _checked(session: Session, event: SessionEvent) -> None:
    if event not in TRANSITIONS[state_of(session)]:
        raise IllegalSession(f"{event} while {state_of(session)}")


def seen(session: Session, now_ms: int) -> Session:
    _checked(session, SessionEvent.SEEN)
    return replace(session, seen_ms=max(session.seen_ms, now_ms))


def proven(session: Session, now_ms: int) -> Session:
    _checked(session, SessionEvent.PROVEN)
    return replace(session, seen_ms=max(session.seen_ms, now_ms), fresh_ms=now_ms)


def limited(session: Session, idle_ms: int, lasts_ms: int) -> Session:
    _checked(session, SessionEvent.LIMITED)
    return replace(session, idle_ms=idle_ms, ends_ms=session.began_ms + lasts_ms)


def ended(session: Session, why: Ended) -> Session:
    """The session after its end.  Raises IllegalSession, and changes nothing, if it is over or cannot end so."""
    _checked(session, SessionEvent.ENDED)
    if why not in ENDS:
        raise IllegalSession(f"{why} is no end of a session")
    return replace(session, ended=why)


def limits_of(roles: Iterable[Role]) -> tuple[int, int]:
    """How long a session of somebody with these roles may lie unused, and may last, in ms."""
    theirs = tuple(roles) or (Role.WORKER,)
    return min(SESSION_IDLE_MS[role] for role in theirs), min(SESSION_LASTS_MS[role] for role in theirs)


# Beginning -------------------------------------------------------------------------------------------------------


def begin(docket: Docket, member: Member, how: SignedIn, token_hash: str, label: str) -> Session:
    """Somebody has shown that they are this member, who is neither suspended nor gone."""
    idle_ms, lasts_ms = limits_of(member.roles)
    if how is SignedIn.LINK:
        lasts_ms = min(lasts_ms, SESSION_BY_LINK_LASTS_MS)
    now_ms = docket.now_ms
    session = Session(
        id=id_of(token_hash),
        token_hash=token_hash,
        member=member.id,
        how=how,
        began_ms=now_ms,
        ends_ms=now_ms + lasts_ms,
        idle_ms=idle_ms,
        seen_ms=now_ms,
        fresh_ms=now_ms,
        label=cut(label),
    )
    _make_room(docket, member.id)
    keep(docket, session)
    by = By(member.id, Via.SESSION, session.id)
    docket.act(by, "signed_in", about=member.id, subject=session.id, detail=how, told=Told.THEMSELF)
    return session


def _make_room(docket: Docket, member: str) -> None:
    theirs = sorted(of_member(docket, member), key=lambda session: session.seen_ms)
    for session in theirs[: max(0, len(theirs) - SESSIONS_MAX + 1)]:
        end(docket, session, Ended.REPLACED, SYSTEM)


def keep(docket: Docket, session: Session) -> None:
    """This is how it stands, and when time is to look at it."""
    docket.keep(session)
    docket.wakes[f"session/{session.id}"] = looked_at_ms(session) if session.open else None


def of_member(docket: Docket, member: str) -> list[Session]:
    return [session for session in docket.all_kept(Session).values() if session.member == member]


def cut(label: str) -> str:
    """A name that somebody gave, as it can be shown: any script, nothing that cannot be seen, and not endless."""
    return " ".join("".join(c if c.isprintable() else " " for c in label).split())[:LABEL_MAX_CHARS]


def sign_in_by_provider(docket: Docket, command: SignInByProvider) -> Reply:
    member = docket.directory.members.get(command.member)
    if member is None or member.seat:
        return Declined(problem=Problem.PROVIDER_UNKNOWN_MEMBER)
    if member.suspended:
        return RAISE_ONLY
    begin(docket, member, SignedIn.SINGLE_SIGN_ON, command.token_hash, command.label)
    return DONE


# In use ----------------------------------------------------------------------------------------------------------


def own(docket: Docket, by: By, *, fresh: bool = False) -> Session | Declined:
    """The session that asks, if it may keep its owner's account; `fresh`: and was proven lately."""
    session = credential(docket, by)
    if not isinstance(session, Session) or over(session, docket.now_ms) is not None:
        return SESSION_OVER
    no = refused(docket, by, May.KEEP_OWN_ACCOUNT)
    if no is not None:
        return no
    return session if not fresh or is_fresh(session, by, docket.now_ms) else NOT_FRESH


def see(docket: Docket, command: SeeSession) -> Reply:
    """In use.  Mostly nothing is written."""
    session = own(docket, command.by)
    if isinstance(session, Declined):
        return session
    if worth_seeing(session, docket.now_ms):
        keep(docket, seen(session, docket.now_ms))
    return DONE


def worth_seeing(session: Session, now_ms: int) -> bool:
    """Is it so long since its last use was written down that this one is to be?"""
    return now_ms - session.seen_ms >= SESSION_SEEN_EVERY_MS


def prove(docket: Docket, session: Session, by: By) -> None:
    """Its owner has shown again who they are."""
    keep(docket, proven(session, docket.now_ms))
    docket.act(by, "proved_again", about=session.member, subject=session.id)


def grow(docket: Docket, session: Session) -> None:
    """What began by a link lasts as any other from now on: a passkey has been made in it."""
    if session.how is SignedIn.LINK:
        keep(docket, limited(session, *limits_of(docket.directory.members[session.member].roles)))


# Ending ----------------------------------------------------------------------------------------------------------


def end(docket: Docket, session: Session, why: Ended, by: By, told: Told = Told.NOBODY) -> None:
    keep(docket, ended(session, why))
    docket.act(by, "session_ended", about=session.member, subject=session.id, detail=why, told=told)


def end_all(docket: Docket, member: str, why: Ended, by: By, *, but: str = "") -> int:
    """Every session of this member, save the one named; how many there were."""
    theirs = [session for session in of_member(docket, member) if session.id != but]
    for session in theirs:
        end(docket, session, why, by)
    return len(theirs)


def sign_out(docket: Docket, command: SignOut) -> Reply:
    """One that has ended is signed out too: nobody who wants to leave is told that they cannot."""
    session = credential(docket, command.by)
    if not isinstance(session, Session) or session.member != command.by.member:
        return SESSION_OVER
    if session.open:
        keep(docket, ended(session, Ended.SIGNED_OUT))
        docket.act(command.by, "signed_out", about=session.member, subject=session.id)
    return DONE


def end_sessions(docket: Docket, command: EndSessions) -> Reply:
    own_ones = command.by.member == command.member and bool(command.member)
    no = refused(docket, command.by, May.KEEP_OWN_ACCOUNT if own_ones else May.REVOKE_FOR_OTHERS)
    if no is not None:
        return no
    if command.session:
        return _end_one(docket, command, Told.NOBODY if own_ones else Told.THEMSELF)
    count = end_all(docket, command.member, Ended.REVOKED, command.by, but=command.by.credential)
    told = Told.NOBODY if own_ones else Told.THEMSELF
    docket.act(command.by, "sessions_ended", about=command.member, detail=str(count), told=told)
    return DONE


def _end_one(docket: Docket, command: EndSessions, told: Told) -> Reply:
    session = docket.all_kept(Session).get(command.session)
    if session is None or session.member != command.member:
        return NO_SUCH_RECORD
    end(docket, session, Ended.REVOKED, command.by, told)
    return DONE


def due(docket: Docket, id: str) -> None:
    """Its time is over, or it has lain unused; else it is looked at again when that would be."""
    session = docket.all_kept(Session).get(id)
    if session is None:
        return
    why = over(session, docket.now_ms)
    if why is not None:
        end(docket, session, why, SYSTEM)
    elif docket.now_ms < looked_at_ms(session):
        docket.wakes[f"session/{id}"] = looked_at_ms(session)
    elif _rung(docket, session.member):
        keep(docket, seen(session, docket.now_ms))
    else:
        docket.wakes[f"session/{id}"] = runs_out_ms(session)


def looked_at_ms(session: Session) -> int:
    """Before it would lie unused for too long, so that an alert may still count as a use; else when it ends."""
    runs_out = runs_out_ms(session)
    return runs_out if runs_out == session.ends_ms else runs_out - SESSION_SEEN_EVERY_MS


def _rung(docket: Docket, member: str) -> bool:
    """Does a real alert ring them that is still open?"""
    theirs = (alert.people.get(member) for alert in docket.world.open_alerts(docket.org) if not alert.drill)
    return any(person is not None and not person.withdrawn for person in theirs)


# People change ---------------------------------------------------------------------------------------------------


def follow(docket: Docket) -> None:
    """Members were changed in this decision: whoever is suspended or gone is signed out, whoever rose is limited."""
    before = docket.world.directory(docket.org).members
    moved = {m.id for m in docket.members if m.id in before and _matters(before[m.id], m)}
    moved.update(docket.removed_members)
    if not moved:
        return
    for session in docket.all_kept(Session).values():
        if session.member in moved:
            _follow(docket, session)


def _matters(before: Member, after: Member) -> bool:
    return (before.suspended, before.roles) != (after.suspended, after.roles)


def _follow(docket: Docket, session: Session) -> None:
    member = docket.directory.members.get(session.member)
    if member is None or member.suspended:
        end(docket, session, Ended.SUSPENDED, SYSTEM)
        return
    idle_ms, lasts_ms = limits_of(member.roles)
    narrower = min(idle_ms, session.idle_ms), min(lasts_ms, session.ends_ms - session.began_ms)
    if narrower != (session.idle_ms, session.ends_ms - session.began_ms):
        keep(docket, limited(session, *narrower))
