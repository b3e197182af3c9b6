"""Ties: who is not to be told about whom.  Kept by coordinators, and unknown to those they bind.

Theory of operation
-------------------
A new tie acts in the decision that takes it: in every open alert of the one, the other's word counts no more, nothing
waits for them, and a close that they had a part in is undone.  Where it would leave a rung of any plan with fewer
people who can be reached than the plan needs, at any hour to come, it is kept until a second coordinator asks the same;
the first asking lapses after CHANGE_LAPSES_MS.  Lifting one weakens, and goes the way of every change that does.

    set by          none            asked              in force
    the first       in force, or    asked              in force
                    asked*
    a second        -               in force           in force
    lifted          no such tie     taken back         asked for as a change, by two
    * where it would leave a rung short.

Whoever keeps a tie must be free of both its ends.  One who is not must not learn of it from the answer: what they ask
for looks to them as it would look to anybody, and is not in force; untied coordinators are told that somebody who may
not keep this tie has asked for it.  A tie that they may not know of is, to them, not there.  About oneself nobody keeps
a tie at all, and that is said openly.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from tocsin.core.access import say
from tocsin.core.access.edits import TieEdit
from tocsin.core.access.people_sight import keeps_tie
from tocsin.core.access.permissions import May
from tocsin.core.access.permit import refused
from tocsin.core.access.proposing import propose
from tocsin.core.access.record import SYSTEM, By, TieAsked
from tocsin.core.access.tie_commands import LiftTie, SetTie, TieCommand
from tocsin.core.access.words import Told
from tocsin.core.because import Because
from tocsin.core.commands import Declined, Done, Problem, Reply
from tocsin.core.directory import Directory, Plan, Rung, Shift
from tocsin.core.docket import Docket
from tocsin.core.escalation import audience, barred
from tocsin.core.limits import CHANGE_LAPSES_MS
from tocsin.core.membership import withdraw_the_barred
from tocsin.core.refusals import NO_SUCH_MEMBER, NO_SUCH_RECORD

DONE = Done()
NOT_YOUR_OWN = Declined(problem=Problem.NOT_ALLOWED, because=Because.OWN_TIE)


def set_tie(docket: Docket, command: SetTie) -> Reply:
    """In force when this is durable, or kept until a second coordinator asks it too; the answer is the same."""
    declined = refused(docket, command.by, May.KEEP_TIES) or _not_theirs(docket, command)
    if declined is not None:
        return declined
    if not keeps_tie(docket.directory, command.by.member, command.member, command.about):
        _look_so(docket, command)
    elif command.about not in docket.directory.members[command.member].not_told_about:
        if _second(docket, command) or not _short(docket, command):
            _begin(docket, command)
        elif not _waiting(docket, command):
            _ask(docket, command, "tie_asked")
    return DONE


def _not_theirs(docket: Docket, command: SetTie) -> Declined | None:
    members = docket.directory.members
    if command.member not in members or command.about not in members or command.member == command.about:
        return NO_SUCH_MEMBER
    return NOT_YOUR_OWN if command.by.member in (command.member, command.about) else None


def _askings(docket: Docket, command: TieCommand) -> list[TieAsked]:
    askings = docket.all_kept(TieAsked).values()
    return [one for one in askings if (one.member, one.about) == (command.member, command.about)]


def _waiting(docket: Docket, command: TieCommand) -> list[TieAsked]:
    """What was asked by those who still may."""
    keeps = (one for one in _askings(docket, command) if not one.veiled)
    return [one for one in keeps if keeps_tie(docket.directory, one.by.member, one.member, one.about)]


def _veiled(docket: Docket, command: TieCommand) -> list[TieAsked]:
    """What whoever asks now believes to be so."""
    return [one for one in _askings(docket, command) if one.veiled and one.by.member == command.by.member]


def _second(docket: Docket, command: SetTie) -> bool:
    others = (one.by.member for one in _waiting(docket, command) if one.by.member != command.by.member)
    return say.counts(docket, command.by.member) and any(say.counts(docket, other) for other in others)


def _short(docket: Docket, command: SetTie) -> bool:
    return leaves_short(docket.directory, command.member, command.about, docket.now_ms)


def _begin(docket: Docket, command: SetTie) -> None:
    for one in _askings(docket, command):
        _over(docket, one)
    ties = docket.directory.members[command.member].not_told_about
    docket.change_member(command.member, not_told_about=(*ties, command.about))
    withdraw_the_barred(docket)
    _say(docket, command, "tie_set")


def _ask(docket: Docket, command: SetTie, what: str, *, veiled: bool = False, short: bool = True) -> None:
    asked = TieAsked(
        id=docket.id(),
        member=command.member,
        about=command.about,
        by=command.by,
        asked_ms=docket.now_ms,
        why=command.why,
        veiled=veiled,
        short=short,
    )
    docket.keep(asked)
    if short:
        docket.wakes[f"tieasked/{asked.id}"] = docket.now_ms + CHANGE_LAPSES_MS
    _say(docket, command, what)


def _look_so(docket: Docket, command: SetTie) -> None:
    """To whoever asks as if it were in force, or waited; to those who keep such ties, what it is."""
    if _veiled(docket, command):
        return
    short = leaves_short(_as_believed(docket, command.by), command.member, command.about, docket.now_ms)
    _ask(docket, command, "tie_asked" if short else "tie_set", veiled=True, short=short)
    docket.act(SYSTEM, "tie_not_in_force", about=command.about, subject=command.member, told=Told.COORDINATORS)


def _as_believed(docket: Docket, by: By) -> Directory:
    """The organisation with those ties alone that this coordinator knows of, or believes in."""
    directory = docket.directory
    askings = (one for one in docket.all_kept(TieAsked).values() if one.veiled and not one.short)
    believed = [one for one in askings if one.by.member == by.member]
    members = {}
    for id, member in directory.members.items():
        known = (about for about in member.not_told_about if keeps_tie(directory, by.member, id, about))
        more = (one.about for one in believed if one.member == id)
        members[id] = replace(member, not_told_about=tuple(dict.fromkeys((*known, *more))))
    return replace(directory, members=members)


def _say(docket: Docket, command: TieCommand, what: str) -> None:
    docket.act(command.by, what, about=command.about, subject=command.member, why=command.why, told=Told.COORDINATORS)


def _over(docket: Docket, asked: TieAsked) -> None:
    docket.keep(replace(asked, over=True))
    docket.wakes[f"tieasked/{asked.id}"] = None


def lift_tie(docket: Docket, command: LiftTie) -> Reply:
    """Taken back where it only waits; else a change that waits for two people, as `Done.split` says."""
    declined = refused(docket, command.by, May.KEEP_TIES)
    if declined is not None:
        return declined
    keeps = keeps_tie(docket.directory, command.by.member, command.member, command.about)
    asked = _waiting(docket, command) if keeps else _veiled(docket, command)
    if asked:
        for one in asked:
            _over(docket, one)
        _say(docket, command, "tie_taken_back")
        return DONE
    member = docket.directory.members.get(command.member)
    if not keeps or member is None or command.about not in member.not_told_about:
        return NO_SUCH_RECORD
    return propose(docket, command.by, TieEdit(command.member, command.about, before=True, after=False), command.why)


def due(docket: Docket, id: str) -> None:
    """Nobody asked for the same in time."""
    asked = docket.kept(TieAsked, id)
    if asked is not None and asked.open:
        _over(docket, asked)
        docket.act(SYSTEM, "tie_lapsed", about=asked.about, subject=asked.member, told=Told.COORDINATORS)


def leaves_short(directory: Directory, member: str, about: str, now_ms: int) -> bool:
    """Would this tie leave a rung of any plan, at any hour to come, with fewer people than the plan needs?

    Only rungs that call this member can: those that name them, at any hour; all others in their own shifts alone.
    """
    rungs = [(plan, rung) for plan in directory.plans for rung in plan.rungs]
    named = [(plan, rung) for plan, rung in rungs if f"member:{member}" in rung.audience]
    varying = [(plan, rung) for plan, rung in named if not all(word.startswith("member:") for word in rung.audience)]
    asked = named  # Now; whom a rung calls by name alone is the same at every hour.
    for at_ms, running in _instants(directory, now_ms):
        asked = rungs if any(member in shift.members for shift in running) else asked
        then = replace(directory, shifts=tuple(running)) if asked else directory
        if any(_too_few(then, plan, rung, member, about, at_ms) for plan, rung in asked):
            return True
        asked = varying
    return False


def _too_few(then: Directory, plan: Plan, rung: Rung, member: str, about: str, at_ms: int) -> bool:
    called = audience(then, plan.site, rung, at_ms)
    if member not in called:
        return False
    left = (id for id in called if id != member and not barred(then, about, id) and _wakes(then, id))
    return sum(1 for _ in left) < plan.needed


def _wakes(directory: Directory, id: str) -> bool:
    return any(contact.reaches for contact in directory.members[id].contacts)


def _instants(directory: Directory, now_ms: int) -> Iterator[tuple[int, list[Shift]]]:
    """Now, and whenever a shift begins or ends; each time with the shifts that run then."""
    coming = sorted(directory.shifts, key=lambda shift: shift.starts_ms, reverse=True)
    edges = {edge for shift in directory.shifts for edge in (shift.starts_ms, shift.ends_ms) if edge > now_ms}
    running: list[Shift] = []
    for at_ms in sorted({now_ms, *edges}):
        while coming and coming[-1].starts_ms <= at_ms:
            running.append(coming.pop())
        running = [shift for shift in running if at_ms < shift.ends_ms]
        yield at_ms, running
