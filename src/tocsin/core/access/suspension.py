"""Suspension: one act that ends somebody's part in everything, save their own way to call for help.

Theory of operation
-------------------
It acts in the decision that takes it, by whatever way it came: every session, phone and key of theirs is worth no more
than a call for help, the links they made or were to use are dead, what they agreed to counts no more, every open alert
has withdrawn them, and nothing that waits for them is sent.  Their own alerts live on, and a press of theirs goes to
the duty supervisor and the coordinators.  It never waits, with one exception: for a member in a watch window it is kept
until a second, different person asks the same, one of whom watches over others; the first asking lapses after
SUSPENSION_ASKED_MS.

                 asked            asked by a second      lapsed           reinstated
    (none)       in force, or     -                      -                -
                 waiting*
    waiting*     waiting          in force               over             over
    in force     in force         in force               -                over
    * of a member in a watch window only.

Whoever is tied to the member counts neither as the first nor as the second of two, and is not told so.  Nobody suspends
themself: it would be asked of somebody in danger with a hand on their shoulder, and it thins their own alert.  Many at
once are applied, because the one who was warned of may have many friends; but the operator is paged, because whoever
does it may be him.  Nothing is taken from the alerts: where too few remain to be rung, every untied supervisor and
coordinator joins, and where nobody does the alert says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec.structs import replace

from tocsin.core.access import say
from tocsin.core.access.commands import Reinstate, Suspend
from tocsin.core.access.edits import SuspensionEdit
from tocsin.core.access.ending import end_all_of
from tocsin.core.access.permissions import May
from tocsin.core.access.permit import refused
from tocsin.core.access.proposing import propose
from tocsin.core.access.record import By, PinReset, Suspension
from tocsin.core.access.words import Ended, Told
from tocsin.core.because import Because
from tocsin.core.commands import Declined, Done, Problem, Reply
from tocsin.core.directory import Directory, Member
from tocsin.core.docket import Docket
from tocsin.core.limits import SUSPENSION_ASKED_MS, SUSPENSIONS_MANY, SUSPENSIONS_MANY_MS, SUSPENSIONS_SHOWN_MS
from tocsin.core.membership import withdraw_the_barred
from tocsin.core.refusals import NO_SUCH_MEMBER
from tocsin.core.roster import may_close

DONE = Done()
NOT_YOURSELF = Declined(problem=Problem.NOT_ALLOWED, because=Because.SUSPENDS_THEMSELF)


def suspend(docket: Docket, command: Suspend) -> Reply:
    """In force when this is durable, or kept until a second person asks it too: then the member is as before."""
    declined = refused(docket, command.by, May.SUSPEND)
    if declined is not None:
        return declined
    member = docket.directory.members.get(command.member)
    if member is None or member.seat:
        return NO_SUCH_MEMBER
    if command.by.member == member.id:
        return NOT_YOURSELF
    if member.suspended:
        return DONE
    asked = docket.kept(Suspension, member.id)
    if member.watch_window and not _second(docket, member, asked, command.by):
        _ask(docket, member, asked, command)
    else:
        _begin(docket, asked, command)
    return DONE


def _second(docket: Docket, member: Member, asked: Suspension | None, by: By) -> bool:
    """Is this the other of two different people, of whom one watches over others?"""
    if asked is None or not asked.waiting or asked.by.member == by.member:
        return False
    if not (_untied(docket.directory, member, asked.by) and _untied(docket.directory, member, by)):
        return False
    if not (say.counts(docket, asked.by.member) and say.counts(docket, by.member)):
        return False
    return any(_watches(docket.directory, one) for one in (asked.by, by))


def _untied(directory: Directory, about: Member, by: By) -> bool:
    known = directory.members.get(by.member)
    return known is None or about.id not in known.not_told_about


def _watches(directory: Directory, by: By) -> bool:
    known = directory.members.get(by.member)
    return known is not None and not known.suspended and may_close(known)


def _ask(docket: Docket, member: Member, asked: Suspension | None, command: Suspend) -> None:
    """The first of two.  One that stands stays, unless it was a tied person's, or of somebody who is new."""
    known = asked is not None and asked.waiting and say.counts(docket, asked.by.member)
    if asked is not None and known and _untied(docket.directory, member, asked.by):
        return
    docket.keep(Suspension(id=member.id, by=command.by, asked_ms=docket.now_ms, why=command.why))
    docket.wakes[f"suspension/{member.id}"] = docket.now_ms + SUSPENSION_ASKED_MS
    docket.act(command.by, "suspension_asked", about=member.id, why=command.why, told=Told.COORDINATORS)


def _begin(docket: Docket, asked: Suspension | None, command: Suspend) -> None:
    first = command.by if asked is None or not asked.waiting else asked.by
    agreed = None if first == command.by else command.by
    docket.keep(
        Suspension(
            id=command.member,
            by=first,
            asked_ms=docket.now_ms,
            why=command.why,
            began_ms=docket.now_ms,
            agreed=agreed,
        )
    )
    docket.wakes[f"suspension/{command.member}"] = None
    docket.change_member(command.member, suspended=True)
    withdraw_the_barred(docket)
    docket.act(command.by, "suspended", about=command.member, why=command.why, told=Told.SUPERVISORS)
    if not _untied(docket.directory, docket.directory.members[command.member], command.by):
        docket.act(command.by, "suspended_by_the_tied", about=command.member, told=Told.COORDINATORS)
    if many_of_late(docket.all_kept(Suspension).values(), docket.now_ms):
        docket.pages.append("many_suspensions")


def follow(docket: Docket) -> None:
    """Whoever was suspended or taken out in this decision, by whatever way, has nothing left to come in by."""
    before = docket.world.directory(docket.org).members
    changed = {member.id for member in docket.members if member.id in before and not before[member.id].suspended}
    now = docket.directory.members
    for id in sorted({id for id in changed if id in now and now[id].suspended} | set(docket.removed_members)):
        end_all_of(docket, id, Ended.SUSPENDED)
        _forget_their_word(docket, id)


def _forget_their_word(docket: Docket, member: str) -> None:
    """What they asked for and nobody agreed to yet is asked no more."""
    for waiting in list(docket.all_kept(Suspension).values()):
        if waiting.waiting and waiting.by.member == member:
            _over(docket, waiting)
    for reset in list(docket.all_kept(PinReset).values()):
        if member in (reset.by.member, reset.id):
            docket.keep(replace(reset, over=True))
            docket.wakes[f"pinreset/{reset.id}"] = None


def many_of_late(suspensions: Iterable[Suspension], now_ms: int) -> bool:
    """Were more than SUSPENSIONS_MANY people suspended within the last SUSPENSIONS_MANY_MS?"""
    began = (one.began_ms for one in suspensions if one.began_ms is not None)
    return sum(now_ms - SUSPENSIONS_MANY_MS < at_ms <= now_ms for at_ms in began) > SUSPENSIONS_MANY


def many_within_the_hour(suspensions: Collection[Suspension], now_ms: int) -> bool:
    """Was that so at some moment of the last SUSPENSIONS_SHOWN_MS?"""
    began = (one.began_ms for one in suspensions if one.began_ms is not None)
    late = [at_ms for at_ms in began if at_ms > now_ms - SUSPENSIONS_SHOWN_MS]
    return any(many_of_late(suspensions, at_ms) for at_ms in late)


def lapse(docket: Docket, id: str) -> None:
    """Nobody agreed in time."""
    waiting = docket.kept(Suspension, id)
    if waiting is not None and waiting.waiting:
        _over(docket, waiting)
        docket.act(waiting.by, "suspension_lapsed", about=id, told=Told.COORDINATORS)


def _over(docket: Docket, suspension: Suspension) -> None:
    docket.keep(replace(suspension, over=True))
    docket.wakes[f"suspension/{suspension.id}"] = None


def reinstate(docket: Docket, command: Reinstate) -> Reply:
    """Takes back what waits for a second person; to lift a suspension is itself asked of two (`proposing.py`).

    They are then told and counted again.  What ended stays ended: they sign in and enrol their phone anew.
    """
    declined = refused(docket, command.by, May.REINSTATE)
    if declined is not None:
        return declined
    member = docket.directory.members.get(command.member)
    if member is None:
        return NO_SUCH_MEMBER
    if not member.suspended:
        return _take_back(docket, command)
    return propose(docket, command.by, SuspensionEdit(member.id, before=True, after=False), command.why)


def _take_back(docket: Docket, command: Reinstate) -> Reply:
    waiting = docket.kept(Suspension, command.member)
    if waiting is not None and waiting.waiting:
        _over(docket, waiting)
        docket.act(command.by, "suspension_taken_back", about=command.member, why=command.why, told=Told.COORDINATORS)
    return DONE
