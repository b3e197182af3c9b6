"""Forgotten PINs: two different people vouch for a member, and the PINs are taken away; they then set new ones.

Theory of operation
-------------------
                 asked by one        asked by another     refused, lapsed, suspended
    (none)       waiting             -                    -
    waiting      waiting             PINs taken away      over

Both who vouch are supervisors or coordinators; for a member in a watch window one of them is a coordinator.  Neither is
the member.  Whoever is tied to the member is answered like anybody, and counts for nothing.  It cannot be while an
alert of theirs is open: there two people close it, and nobody who has talked one of them round may shut out the real
PIN, or learn from an answer what the duress PIN did.  It is told to the member and to all supervisors, each time.

Without PINs nothing is opened and nothing closed by one; an SOS is raised as before.
"""

from __future__ import annotations

from msgspec.structs import replace

from tocsin.core.access import say
from tocsin.core.access.commands import RefusePinReset, ResetPins
from tocsin.core.access.permissions import May
from tocsin.core.access.permit import NOT_ALLOWED, refused
from tocsin.core.access.pins import forget_misses
from tocsin.core.access.record import SYSTEM, By, PinReset
from tocsin.core.access.words import Told
from tocsin.core.because import Because
from tocsin.core.commands import Declined, Done, Problem, Reply
from tocsin.core.directory import Member
from tocsin.core.docket import Docket
from tocsin.core.limits import PIN_RESET_ASKED_MS
from tocsin.core.refusals import NO_SUCH_MEMBER, NO_SUCH_RECORD
from tocsin.core.words import Role

DONE = Done()
ALERT_OPEN = Declined(problem=Problem.NOT_ALLOWED, because=Because.THEIR_ALERT_OPEN)


def reset(docket: Docket, command: ResetPins) -> Reply:
    """The first of two is kept; the second takes the PINs away.  Declined: nothing changed."""
    declined = refused(docket, command.by, May.RESET_PINS) or say.too_new(docket, command.by)
    if declined is not None:
        return declined
    member = docket.directory.members.get(command.member)
    if member is None:
        return NO_SUCH_MEMBER
    if command.by.member == member.id:
        return NOT_ALLOWED
    if member.id in docket.directory.members[command.by.member].not_told_about:
        return DONE
    if docket.open_drafts(lambda alert: not alert.drill, f"member/{member.id}"):
        return ALERT_OPEN
    first = docket.kept(PinReset, member.id)
    if first is None or not first.open:
        _ask(docket, member, command)
    elif first.by.member != command.by.member and _enough(docket, member, first.by, command.by):
        _take_away(docket, member, first, command)
    return DONE


def _enough(docket: Docket, member: Member, first: By, second: By) -> bool:
    """Do both still count, and is a coordinator among them where one must be?"""
    known = [docket.directory.members.get(by.member) for by in (first, second)]
    able = [one for one in known if one is not None and member.id not in one.not_told_about]
    watched = not member.watch_window or any(Role.COORDINATOR in one.roles for one in able)
    return len(able) == len(known) and watched


def _ask(docket: Docket, member: Member, command: ResetPins) -> None:
    ends_ms = docket.now_ms + PIN_RESET_ASKED_MS
    docket.keep(PinReset(id=member.id, by=command.by, asked_ms=docket.now_ms, ends_ms=ends_ms, why=command.why))
    docket.wakes[f"pinreset/{member.id}"] = ends_ms
    _announce(docket, command.by, "pin_reset_asked", member.id, command.why)


def _take_away(docket: Docket, member: Member, first: PinReset, command: ResetPins) -> None:
    _over(docket, first)
    docket.change_member(member.id, pin_hash=None, duress_pin_hash=None, next_pin_hashes=None)
    forget_misses(docket, member.id)
    _announce(docket, command.by, "pins_reset", member.id, command.why)


def refuse(docket: Docket, command: RefusePinReset) -> Reply:
    """By the member themself, or by anybody who might have vouched."""
    own = command.by.member != "" and command.by.member == command.member
    declined = refused(docket, command.by, May.KEEP_OWN_ACCOUNT if own else May.RESET_PINS)
    if declined is not None:
        return declined
    waiting = docket.all_kept(PinReset).get(command.member)
    if waiting is None:
        return NO_SUCH_RECORD
    _over(docket, waiting)
    _announce(docket, command.by, "pin_reset_refused", command.member, command.why)
    return DONE


def lapse(docket: Docket, id: str) -> None:
    """Nobody else vouched in time."""
    waiting = docket.all_kept(PinReset).get(id)
    if waiting is not None:
        _over(docket, waiting)
        _announce(docket, SYSTEM, "pin_reset_lapsed", id)


def _over(docket: Docket, waiting: PinReset) -> None:
    docket.keep(replace(waiting, over=True))
    docket.wakes[f"pinreset/{waiting.id}"] = None


def _announce(docket: Docket, by: By, what: str, about: str, why: str = "") -> None:
    for told in (Told.SUPERVISORS, Told.THEMSELF):
        docket.act(by, what, about=about, why=why, told=told)
