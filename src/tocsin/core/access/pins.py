"""PINs: set by their owner, tried a bounded number of times, and the duress PIN never shut out.

Theory of operation
-------------------
Whoever holds the worker's phone may guess.  Wrong PINs are counted for the member, over all their alerts; after
PIN_MISSES_HOUR_MAX within PIN_MISSES_WINDOW_MS the PIN is *shut*: the real one counts as wrong, with the same answer
after the same work, so a guesser who hits it does not learn that.  It opens again when their last alert closes, or
when two people have reset the PINs.  Nothing here touches an SOS, and the duress PIN is taken always: it is a call for
help.

PINs set while an alert of theirs is open look accepted and take effect at its close (`closing.py`).
"""

from __future__ import annotations

from msgspec.structs import replace

from tocsin.core.access.permit import NOT_ALLOWED
from tocsin.core.access.record import By, PinTries
from tocsin.core.access.sessions import own
from tocsin.core.access.words import Told, Via
from tocsin.core.commands import Declined, Done, PinMatch, Problem, Reply, SetPins
from tocsin.core.docket import Docket
from tocsin.core.limits import PIN_MISSES_HOUR_MAX, PIN_MISSES_WINDOW_MS

DONE = Done()
NO_SUCH_MEMBER = Declined(problem=Problem.NO_SUCH_MEMBER)


def set_pins(docket: Docket, command: SetPins) -> Reply:
    """Of one's own account, freshly proven, or by the operator.  Said alike whether they count now or at the close."""
    declined = not_theirs(docket, command.by, command.member)
    if declined is not None:
        return declined
    if command.member not in docket.directory.members:
        return NO_SUCH_MEMBER
    pair = (command.pin_hash, command.duress_pin_hash)
    if docket.open_drafts(lambda alert: True, f"member/{command.member}"):
        docket.change_member(command.member, next_pin_hashes=pair)
    else:
        docket.change_member(command.member, pin_hash=pair[0], duress_pin_hash=pair[1])
    docket.act(command.by, "pins_set", about=command.member, told=Told.THEMSELF)
    return DONE


def not_theirs(docket: Docket, by: By, member: str) -> Declined | None:
    """Is it neither of their own account, by a session that was freshly proven, nor by the operator?"""
    if by.via is Via.OPERATOR:
        return None
    session = own(docket, by, fresh=True)
    if isinstance(session, Declined):
        return session
    return None if session.member == member else NOT_ALLOWED


def counts_as(docket: Docket, member: str, match: PinMatch) -> PinMatch:
    """What was typed, or *wrong* where the real PIN is shut."""
    tries = docket.kept(PinTries, member)  # Whatever was typed: the same work.
    shut = tries is not None and tries.shut
    return PinMatch.WRONG if shut and match is PinMatch.REAL else match


def missed(docket: Docket, member: str) -> bool:
    """One wrong PIN more; True if that shuts it."""
    tries = docket.kept(PinTries, member) or PinTries(id=member)
    since_ms = docket.now_ms - PIN_MISSES_WINDOW_MS
    at_ms = (*(at_ms for at_ms in tries.at_ms if at_ms > since_ms), docket.now_ms)[-PIN_MISSES_HOUR_MAX:]
    shut = tries.shut or len(at_ms) == PIN_MISSES_HOUR_MAX
    docket.keep(replace(tries, at_ms=at_ms, shut=shut))
    return shut and not tries.shut


def forget_misses(docket: Docket, member: str) -> None:
    """Their last alert is closed, or the PINs are others."""
    tries = docket.kept(PinTries, member)
    if tries is not None and tries.open:
        docket.keep(PinTries(id=member))
