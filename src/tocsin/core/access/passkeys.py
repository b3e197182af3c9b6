"""A passkey: added by whoever is signed in, used to sign in, removed, or ended because it seems to have been copied.

Theory of operation
-------------------
The edge has verified signature, challenge, origin and that the person was there; here it is decided what follows.

An authenticator that counts its signatures never counts back.  One whose count does not grow has been copied, or is
the copy: it is refused and ended, every session of its member ends, since nobody knows which of them the copy began,
and the supervisors are told.  One that says 0 each time does not count, and nothing follows from that.

Nobody locks themself out: the last passkey stays as long as no recovery code is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec.structs import replace

from tocsin.core.access import sessions
from tocsin.core.access.codes import forget
from tocsin.core.access.record import SYSTEM, By, Passkey, RecoveryCodes, Session
from tocsin.core.access.sign_in_commands import AddPasskey, NamePasskey, ProveAgain, RemovePasskey, SignInByPasskey
from tocsin.core.access.words import Ended, SignedIn, Told, Via
from tocsin.core.commands import Declined, Done, Problem, Reply
from tocsin.core.docket import Docket
from tocsin.core.limits import PASSKEYS_MAX
from tocsin.core.refusals import NO_SUCH_RECORD, RAISE_ONLY

DONE = Done()
UNKNOWN = Declined(problem=Problem.PASSKEY_UNKNOWN)
COPIED = Declined(problem=Problem.PASSKEY_COPIED)


class PasskeyState(StrEnum):
    GOOD = "good"
    REMOVED = "removed"


class PasskeyEvent(StrEnum):
    USED = "used"
    NAMED = "named"
    ENDED = "ended"


class IllegalPasskey(Exception):
    """This passkey has ended before, or was used with a count that cannot be; it is unchanged."""


TRANSITIONS: Mapping[PasskeyState, Mapping[PasskeyEvent, frozenset[PasskeyState]]] = {
    PasskeyState.GOOD: {
        PasskeyEvent.USED: frozenset({PasskeyState.GOOD}),
        PasskeyEvent.NAMED: frozenset({PasskeyState.GOOD}),
        PasskeyEvent.ENDED: frozenset({PasskeyState.REMOVED}),
    },
    PasskeyState.REMOVED: {},
}


def state_of(passkey: Passkey) -> PasskeyState:
    return PasskeyState.GOOD if passkey.open else PasskeyState.REMOVED


def _checked(passkey: Passkey, event: PasskeyEvent) -> None:
    if event not in TRANSITIONS[state_of(passkey)]:
        raise IllegalPasskey(f"{event} while {state_of(passkey)}")


def used(passkey: Passkey, sign_count: int, now_ms: int) -> Passkey:
    _checked(passkey, PasskeyEvent.USED)
    if looks_copied(passkey, sign_count):
        raise IllegalPasskey(f"count {sign_count} after {passkey.sign_count}")
    return replace(passkey, sign_count=sign_count, used_ms=now_ms)


def named(passkey: Passkey, label: str) -> Passkey:
    _checked(passkey, PasskeyEvent.NAMED)
    return replace(passkey, label=label)


def ended(passkey: Passkey, why: Ended) -> Passkey:
    _checked(passkey, PasskeyEvent.ENDED)
    return replace(passkey, ended=why)


def looks_copied(passkey: Passkey, sign_count: int) -> bool:
    """WebAuthn 7.2, step 22: a count that does not grow; where both are 0 the authenticator does not count."""
    return (sign_count > 0 or passkey.sign_count > 0) and sign_count <= passkey.sign_count


def of_member(docket: Docket, member: str) -> list[Passkey]:
    return [passkey for passkey in docket.all_kept(Passkey).values() if passkey.member == member]


# Used ------------------------------------------------------------------------------------------------------------


def sign_in_by_passkey(docket: Docket, command: SignInByPasskey) -> Reply:
    passkey = docket.all_kept(Passkey).get(command.passkey)
    if passkey is None:
        return UNKNOWN
    if looks_copied(passkey, command.sign_count):
        return _copied(docket, passkey)
    member = docket.directory.members.get(passkey.member)
    if member is None or member.suspended:
        return RAISE_ONLY
    docket.keep(used(passkey, command.sign_count, docket.now_ms))
    sessions.begin(docket, member, SignedIn.PASSKEY, command.token_hash, command.label)
    return DONE


def prove_again(docket: Docket, command: ProveAgain) -> Reply:
    """By one's own passkey, or by the organisation's sign-in; the edge made sure that it vouches for this member."""
    session = sessions.own(docket, command.by)
    if isinstance(session, Declined):
        return session
    if command.passkey:
        passkey = docket.all_kept(Passkey).get(command.passkey)
        if passkey is None or passkey.member != session.member:
            return UNKNOWN
        if looks_copied(passkey, command.sign_count):
            return _copied(docket, passkey)
        docket.keep(used(passkey, command.sign_count, docket.now_ms))
    sessions.prove(docket, session, command.by)
    return DONE


def _copied(docket: Docket, passkey: Passkey) -> Declined:
    """Refused; and what it may have opened is shut."""
    docket.keep(ended(passkey, Ended.REVOKED))
    by = By(passkey.member, Via.SYSTEM, passkey.id)
    docket.act(by, "passkey_cloned", about=passkey.member, subject=passkey.id, told=Told.SUPERVISORS)
    docket.act(by, "passkey_removed", about=passkey.member, subject=passkey.id, told=Told.THEMSELF)
    sessions.end_all(docket, passkey.member, Ended.REVOKED, by)
    return COPIED


# Kept ------------------------------------------------------------------------------------------------------------


def add_passkey(docket: Docket, command: AddPasskey) -> Reply:
    """One more way in, which its owner is told of wherever they are signed in."""
    session = sessions.own(docket, command.by, fresh=True)
    if isinstance(session, Declined):
        return session
    if docket.kept(Passkey, command.id) is not None:
        return Declined(problem=Problem.PASSKEY_KNOWN)
    if len(of_member(docket, session.member)) >= PASSKEYS_MAX:
        return Declined(problem=Problem.PASSKEYS_FULL)
    docket.keep(_made(command, session, docket.now_ms))
    docket.act(command.by, "passkey_added", about=session.member, subject=command.id, told=Told.THEMSELF)
    sessions.grow(docket, session)
    return DONE


def _made(command: AddPasskey, session: Session, now_ms: int) -> Passkey:
    return Passkey(
        id=command.id,
        member=session.member,
        public_key=command.public_key,
        sign_count=command.sign_count,
        label=sessions.cut(command.label),
        made_ms=now_ms,
        transports=command.transports,
    )


def name_passkey(docket: Docket, command: NamePasskey) -> Reply:
    passkey = _own(docket, command.by, command.id, fresh=False)
    if isinstance(passkey, Declined):
        return passkey
    docket.keep(named(passkey, sessions.cut(command.label)))
    docket.act(command.by, "passkey_named", about=passkey.member, subject=passkey.id)
    return DONE


def remove_passkey(docket: Docket, command: RemovePasskey) -> Reply:
    passkey = _own(docket, command.by, command.id, fresh=True)
    if isinstance(passkey, Declined):
        return passkey
    codes = docket.kept(RecoveryCodes, passkey.member)
    if len(of_member(docket, passkey.member)) == 1 and (codes is None or not codes.open):
        return Declined(problem=Problem.LAST_WAY_IN)
    docket.keep(ended(passkey, Ended.REVOKED))
    docket.act(command.by, "passkey_removed", about=passkey.member, subject=passkey.id, told=Told.THEMSELF)
    return DONE


def _own(docket: Docket, by: By, id: str, *, fresh: bool) -> Passkey | Declined:
    session = sessions.own(docket, by, fresh=fresh)
    if isinstance(session, Declined):
        return session
    passkey = docket.all_kept(Passkey).get(id)
    return NO_SUCH_RECORD if passkey is None or passkey.member != session.member else passkey


def follow(docket: Docket) -> None:
    """Members were removed in this decision: should another get the same name, it is not with their passkeys."""
    for member in docket.removed_members:
        end_all(docket, member, Ended.REVOKED, SYSTEM)
        forget(docket, member)


# Ended from elsewhere --------------------------------------------------------------------------------------------


def end_all(docket: Docket, member: str, why: Ended, by: By) -> None:
    """Every passkey of somebody who is gone, or who is let in anew because they lost them."""
    for passkey in of_member(docket, member):
        docket.keep(ended(passkey, why))
        docket.act(by, "passkey_removed", about=member, subject=passkey.id, detail=why)
