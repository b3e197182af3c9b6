"""PINs: set by their owner, tried a bounded number of times, and the duress PIN always heard.

Theory of operation
-------------------
Whoever holds the worker's phone may guess.  Wrong PINs are counted for the member, over all their alerts; after
PIN_MISSES_HOUR_MAX within PIN_MISSES_WINDOW_MS both are *shut*: either is answered as a wrong one, after the same work,
so a guesser who hits one does not learn that, nor which of the two it was.  The duress PIN is heard all the same: it is
a call for help, whatever the screen says.  They open again when the last alert that their devices show as open is over
on those devices, or when two people have reset the PINs.  Nothing here touches an SOS.  Only what was typed where the
answer tells a PIN from a wrong one is counted.

PINs set while an alert of theirs is open look accepted and take effect at its close (`closing.py`).  Open is what their
devices show as open: where those show it closed, or never showed it, the new PINs count at once, as they would if it
were so (ADR 18).
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from tocsin.core.access.permit import NOT_ALLOWED
from tocsin.core.access.record import By, PinTries
from tocsin.core.access.sessions import own
from tocsin.core.access.words import Told, Via
from tocsin.core.commands import Declined, Done, PinMatch, Reply, SetPins
from tocsin.core.docket import Docket
from tocsin.core.limits import PIN_MISSES_HOUR_MAX, PIN_MISSES_WINDOW_MS
from tocsin.core.refusals import NO_SUCH_MEMBER

DONE = Done()


def set_pins(docket: Docket, command: SetPins) -> Reply:
    """Of one's own account, freshly proven, or by the operator.  Said alike whether they count now or at the close."""
    declined = not_theirs(docket, command.by, command.member)
    if declined is not None:
        return declined
    if command.member not in docket.directory.members:
        return NO_SUCH_MEMBER
    pair = (command.pin_hash, command.duress_pin_hash)
    if docket.open_drafts(lambda alert: alert.seen_open, f"member/{command.member}"):
        docket.change_member(command.member, next_pin_hashes=pair)
    else:
        take_effect(docket, command.member, pair)
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


def take_effect(docket: Docket, member: str, pair: tuple[str, str]) -> None:
    """From now on these are the PINs."""
    pin, duress = pair
    set_now = {"pin_hash": pin, "duress_pin_hash": duress, "pins_set_ms": docket.now_ms}
    docket.change_member(member, **set_now, next_pin_hashes=None)


class Typed(NamedTuple):
    """What a PIN comes to.  `shows`: as what it is answered.  `calls`: it is a call for help, whatever is shown."""

    shows: PinMatch
    calls: bool


NOTHING_TYPED = Typed(PinMatch.REAL, calls=False)  # Where no PIN is needed, none counts as the real one.


def typed(docket: Docket, member: str, match: PinMatch) -> Typed:
    """Where they are shut, either is shown as a wrong one."""
    tries = docket.kept(PinTries, member)  # Whatever was typed: the same work.
    shut = tries is not None and tries.shut
    return Typed(PinMatch.WRONG if shut else match, calls=match is PinMatch.DURESS)


def missed(docket: Docket, member: str) -> bool:
    """One wrong PIN more; True if that shuts it."""
    tries = docket.kept(PinTries, member) or PinTries(id=member)
    since_ms = docket.now_ms - PIN_MISSES_WINDOW_MS
    at_ms = (*(at_ms for at_ms in tries.at_ms if at_ms > since_ms), docket.now_ms)[-PIN_MISSES_HOUR_MAX:]
    shut = tries.shut or len(at_ms) == PIN_MISSES_HOUR_MAX
    docket.keep(replace(tries, at_ms=at_ms, shut=shut))
    return shut and not tries.shut


def forget_misses(docket: Docket, member: str) -> None:
    """Their last alert is over before their eyes, or the PINs are others."""
    tries = docket.kept(PinTries, member)
    if tries is not None and tries.open:
        docket.keep(PinTries(id=member))
