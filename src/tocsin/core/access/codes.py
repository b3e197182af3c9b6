"""Recovery codes: a card in a drawer, each line of which lets its owner in once.

Theory of operation
-------------------
A set has RECOVERY_CODES codes, kept as Argon2 hashes; a used one is taken out, a new set replaces the old one whole.
Whoever gets in by one is as good as signed in by a passkey, so every use is told to its owner and to the supervisors.

CODE_TRIES_MAX wrong ones in a row are told too, and until CODE_TRIES_REST_MS after the last of them no code of this
member lets anybody in, a right one neither.  The count lies in the record, so that a restart forgives nothing.  The
answer is the same in every case, whether the code, the member or the patience is wrong: nothing is learned from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec.structs import replace

from tocsin.core.access import sessions
from tocsin.core.access.record import SYSTEM, By, RecoveryCodes, id_of
from tocsin.core.access.sign_in_commands import SetCodes, SignInByCode
from tocsin.core.access.words import SignedIn, Told, Via
from tocsin.core.commands import Declined, Done, Problem, Reply
from tocsin.core.docket import Docket
from tocsin.core.limits import CODE_TRIES_MAX, CODE_TRIES_REST_MS, RECOVERY_CODES
from tocsin.core.refusals import RAISE_ONLY

DONE = Done()
WRONG_CODE = Declined(problem=Problem.WRONG_CODE)


class CodesState(StrEnum):
    READY = "ready"
    RESTING = "resting"  # Too many wrong ones: none lets anybody in for a while.
    EMPTY = "empty"


class CodesEvent(StrEnum):
    USED = "used"
    MISSED = "missed"
    REPLACED = "replaced"


class IllegalCode(Exception):
    """No code of this set can be tried now, or this is none of them; it is unchanged."""


TRANSITIONS: Mapping[CodesState, Mapping[CodesEvent, frozenset[CodesState]]] = {
    CodesState.READY: {
        CodesEvent.USED: frozenset({CodesState.READY, CodesState.EMPTY}),
        CodesEvent.MISSED: frozenset({CodesState.READY, CodesState.RESTING}),
        CodesEvent.REPLACED: frozenset({CodesState.READY}),
    },
    CodesState.RESTING: {CodesEvent.REPLACED: frozenset({CodesState.READY})},
    CodesState.EMPTY: {CodesEvent.REPLACED: frozenset({CodesState.READY})},
}


def state_of(codes: RecoveryCodes, now_ms: int) -> CodesState:
    if not codes.open:
        return CodesState.EMPTY
    return CodesState.RESTING if _misses(codes, now_ms) >= CODE_TRIES_MAX else CodesState.READY


def _misses(codes: RecoveryCodes, now_ms: int) -> int:
    """How many wrong ones in a row still count."""
    return codes.misses if now_ms - codes.missed_ms < CODE_TRIES_REST_MS else 0


def _checked(codes: RecoveryCodes, event: CodesEvent, now_ms: int) -> None:
    if event not in TRANSITIONS[state_of(codes, now_ms)]:
        raise IllegalCode(f"{event} while {state_of(codes, now_ms)}")


def used(codes: RecoveryCodes, matched: str, now_ms: int) -> RecoveryCodes:
    _checked(codes, CodesEvent.USED, now_ms)
    if matched not in codes.hashes:
        raise IllegalCode("none of them")
    return replace(codes, hashes=tuple(known for known in codes.hashes if known != matched), misses=0)


def made(before: RecoveryCodes | None, member: str, hashes: tuple[str, ...], now_ms: int) -> RecoveryCodes:
    """A new set instead of whatever there was; tries that failed are forgiven to whoever has shown who they are."""
    if before is not None:
        _checked(before, CodesEvent.REPLACED, now_ms)
    return RecoveryCodes(id=member, hashes=hashes, made_ms=now_ms)


def missed(codes: RecoveryCodes, now_ms: int) -> RecoveryCodes:
    _checked(codes, CodesEvent.MISSED, now_ms)
    return replace(codes, misses=_misses(codes, now_ms) + 1, missed_ms=now_ms)


# Asked -----------------------------------------------------------------------------------------------------------


def set_codes(docket: Docket, command: SetCodes) -> Reply:
    """A new set, from its first moment the only one."""
    session = sessions.own(docket, command.by, fresh=True)
    if isinstance(session, Declined):
        return session
    assert len(command.hashes) == RECOVERY_CODES
    before = docket.kept(RecoveryCodes, session.member)  # A set that was used up lies in the store.
    docket.keep(made(before, session.member, command.hashes, docket.now_ms))
    docket.act(command.by, "codes_made", about=session.member, told=Told.THEMSELF)
    return DONE


def sign_in_by_code(docket: Docket, command: SignInByCode) -> Reply:
    codes = docket.all_kept(RecoveryCodes).get(command.member)
    member = docket.directory.members.get(command.member)
    if codes is None or member is None or state_of(codes, docket.now_ms) is not CodesState.READY:
        return WRONG_CODE
    if command.matched not in codes.hashes:
        _miss(docket, codes)
        return WRONG_CODE
    if member.suspended:
        return RAISE_ONLY
    docket.keep(used(codes, command.matched, docket.now_ms))
    by = By(member.id, Via.SESSION, id_of(command.token_hash))
    left = str(len(codes.hashes) - 1)
    docket.act(by, "code_used", about=member.id, detail=left, told=Told.SUPERVISORS)
    sessions.begin(docket, member, SignedIn.RECOVERY_CODE, command.token_hash, command.label)
    return DONE


def _miss(docket: Docket, codes: RecoveryCodes) -> None:
    after = missed(codes, docket.now_ms)
    docket.keep(after)
    if after.misses == CODE_TRIES_MAX:
        docket.act(SYSTEM, "codes_missed", about=codes.id, detail=str(after.misses), told=Told.SUPERVISORS)


def forget(docket: Docket, member: str) -> None:
    """The codes of somebody who is gone, or who is let in anew, are worth nothing."""
    codes = docket.all_kept(RecoveryCodes).get(member)
    if codes is not None:
        docket.keep(replace(codes, hashes=()))
