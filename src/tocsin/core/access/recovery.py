"""The recovery of a person who has lost every way to sign in: two others vouch, a day passes, one link lets them in.

Theory of operation
-------------------
One person asks, a second and different one vouches; both have made sure who it is, face to face or by a known voice.
Neither is the person or suspended; and whoever is tied to them, either way round, counts for nothing.  Then a delay
runs (RECOVERY_DELAY_MS), in which whoever is being impersonated can notice: every step is announced to all supervisors
and to the person, and any one of those who may vouch, or the person by any credential that still serves, can refuse.
When the person signs in meanwhile nothing was lost and it ends; when they, or one of the two, are suspended it ends.

After the delay either of the two who vouched may make the link, shown to them alone; it works once and for minutes, and
may be made anew while the recovery is ready.  Its use ends every passkey, recovery code and session from before: they
are lost, or in somebody else's hands.  Phones stay as they are: each is ended by its owner, who may need it to be rung.

Who is tied to the person is answered as anybody, since nobody is told of a tie that binds them; but the link that they
had a part in is worn out for whoever tries it.  Untied coordinators are told; they refuse, and it is asked for anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec.structs import replace

from tocsin.core.access import codes, links, passkeys, say, sessions
from tocsin.core.access.entry_commands import AskRecovery, MakeLink, RefuseRecovery, VouchRecovery
from tocsin.core.access.permissions import May, Reach
from tocsin.core.access.permit import NOT_ALLOWED, reach_now, refused
from tocsin.core.access.record import SYSTEM, By, Link, Recovery, Session
from tocsin.core.access.words import Ended, LinkKind, RecoveryState, Told, Via
from tocsin.core.because import Because
from tocsin.core.commands import Declined, Done, Problem, Reply
from tocsin.core.docket import Docket
from tocsin.core.limits import RECOVERY_DELAY_MS, RECOVERY_READY_MS, RECOVERY_UNVOUCHED_MS, TEXT_MAX_CHARS
from tocsin.core.refusals import NO_SUCH_RECORD

SOMEBODY_ELSE = Declined(problem=Problem.NOT_ALLOWED, because=Because.VOUCHES_FOR_THEMSELF)
NOT_YET = Declined(problem=Problem.CONFLICT, because=Because.RECOVERY_NOT_READY)
ASKED_ALREADY = Declined(problem=Problem.CONFLICT, because=Because.RECOVERY_ASKED)


class Step(StrEnum):
    """What happens to a recovery."""

    VOUCHED = "vouched"
    TIME_CAME = "time_came"
    LINK_USED = "link_used"
    REFUSED = "refused"
    SIGNED_IN = "signed_in"
    SUSPENDED = "suspended"


_ENDS = {
    Step.REFUSED: frozenset({RecoveryState.REFUSED}),
    Step.SIGNED_IN: frozenset({RecoveryState.NEEDLESS}),
    Step.SUSPENDED: frozenset({RecoveryState.SUSPENDED}),
}
TRANSITIONS: Mapping[RecoveryState, Mapping[Step, frozenset[RecoveryState]]] = {
    RecoveryState.ASKED: {
        Step.VOUCHED: frozenset({RecoveryState.WAITING}),
        Step.TIME_CAME: frozenset({RecoveryState.LAPSED}),
        **_ENDS,
    },
    RecoveryState.WAITING: {Step.TIME_CAME: frozenset({RecoveryState.READY}), **_ENDS},
    RecoveryState.READY: {
        Step.LINK_USED: frozenset({RecoveryState.DONE}),
        Step.TIME_CAME: frozenset({RecoveryState.LAPSED}),
        **_ENDS,
    },
    **{state: {} for state in list(RecoveryState)[3:]},
}
LASTS_MS = {
    RecoveryState.ASKED: RECOVERY_UNVOUCHED_MS,
    RecoveryState.WAITING: RECOVERY_DELAY_MS,
    RecoveryState.READY: RECOVERY_READY_MS,
}


class IllegalStep(Exception):
    """This cannot happen to a recovery in this state; it is unchanged."""


def step(recovery: Recovery, happened: Step, now_ms: int) -> Recovery:
    """The recovery after it.  Raises IllegalStep, and changes nothing, where the table has no such line."""
    following = TRANSITIONS[recovery.state].get(happened)
    if following is None:
        raise IllegalStep(f"{happened} while {recovery.state}")
    (after,) = following
    return replace(recovery, state=after, due_ms=now_ms + LASTS_MS.get(after, 0))


# People ----------------------------------------------------------------------------------------------------------


def ask(docket: Docket, command: AskRecovery) -> Reply:
    no = _may_not_vouch(docket, command.by) or _not_for(docket, command.by, command.member)
    if no is not None:
        return no
    if any(known.member == command.member for known in docket.all_kept(Recovery).values()):
        return ASKED_ALREADY
    recovery = Recovery(
        id=docket.id(),
        member=command.member,
        asked_by=command.by.member,
        asked_ms=docket.now_ms,
        due_ms=docket.now_ms + LASTS_MS[RecoveryState.ASKED],
        why=command.why.strip()[:TEXT_MAX_CHARS],
    )
    _vouched(docket, command.by, recovery, "recovery_asked", recovery.why)
    return Done()


def _may_not_vouch(docket: Docket, by: By) -> Declined | None:
    return refused(docket, by, May.RECOVER_OTHERS) or say.too_new(docket, by)


def _not_for(docket: Docket, by: By, about: str) -> Declined | None:
    """Is this a person whom anybody else could vouch for?"""
    nobody = links.no_one_to_let_in(docket.directory, about)
    return SOMEBODY_ELSE if nobody is None and by.member == about else nobody


def _untied(docket: Docket, recovery: Recovery, *vouching: str) -> bool:
    """Are none of these tied to the person, either way round?"""
    return not any(links.tied(docket.directory, recovery.member, one) for one in vouching)


def _vouched(docket: Docket, by: By, recovery: Recovery, what: str, why: str = "") -> None:
    _kept(docket, by, recovery, what, why)
    if not _untied(docket, recovery, by.member):
        docket.act(by, "recovery_by_the_tied", about=recovery.member, subject=by.member, told=Told.COORDINATORS)


def vouch(docket: Docket, command: VouchRecovery) -> Reply:
    no = _may_not_vouch(docket, command.by)
    if no is not None:
        return no
    recovery = docket.all_kept(Recovery).get(command.recovery)
    if recovery is None or recovery.state is not RecoveryState.ASKED:
        return NO_SUCH_RECORD
    if command.by.member == recovery.asked_by:
        return Declined(problem=Problem.SAME_PERSON, because=Because.ASKED_FOR_IT)
    no = _not_for(docket, command.by, recovery.member)
    if no is not None:
        return no
    after = replace(step(recovery, Step.VOUCHED, docket.now_ms), vouched_by=command.by.member)
    _vouched(docket, command.by, after, "recovery_vouched")
    return Done()


def refuse(docket: Docket, command: RefuseRecovery) -> Reply:
    """One is enough, at any moment before the link is used; and it needs no fresh proof."""
    recovery = docket.all_kept(Recovery).get(command.recovery)
    theirs = recovery is not None and recovery.member == command.by.member
    if reach_now(docket, command.by, May.ANSWER if theirs else May.RECOVER_OTHERS) is Reach.NONE:
        return NOT_ALLOWED
    if recovery is None:
        return NO_SUCH_RECORD
    _ended(docket, command.by, recovery, Step.REFUSED, command.why.strip()[:TEXT_MAX_CHARS])
    return Done()


# The link --------------------------------------------------------------------------------------------------------


def make_link(docket: Docket, command: MakeLink) -> Reply:
    """By one of the two, once the delay is over.  `subject` is the recovery; whom it lets in is known by that."""
    no = refused(docket, command.by, May.RECOVER_OTHERS)
    if no is not None:
        return no
    recovery = docket.all_kept(Recovery).get(command.subject)
    if recovery is None:
        return NO_SUCH_RECORD
    if command.by.member not in (recovery.asked_by, recovery.vouched_by):
        return NOT_ALLOWED
    if recovery.state is not RecoveryState.READY:
        return NOT_YET
    links.made(docket, replace(command, member=recovery.member))
    return Done()


def completed(docket: Docket, link: Link) -> bool:
    """The link has been used: what they had before ends.  False, and nothing is changed, if it may not be any more."""
    recovery = docket.all_kept(Recovery).get(link.subject)
    if recovery is None or recovery.state is not RecoveryState.READY:
        return False
    if not _untied(docket, recovery, recovery.asked_by, recovery.vouched_by):
        return False
    by = By(link.member, Via.LINK, link.id)
    sessions.end_all(docket, link.member, Ended.REVOKED, by)
    passkeys.end_all(docket, link.member, Ended.REVOKED, by)
    codes.forget(docket, link.member)
    _kept(docket, by, step(recovery, Step.LINK_USED, docket.now_ms), "recovery_done")
    return True


# What ends it ----------------------------------------------------------------------------------------------------


def follow(docket: Docket) -> None:
    """What else this decision has done may make a recovery needless, or forbid it."""
    open_ones = docket.all_kept(Recovery) if docket.records or docket.members or docket.removed_members else {}
    if not open_ones:
        return
    came_in = {record.member for record in docket.records.values() if isinstance(record, Session) and record.open}
    cut_off = {member.id for member in docket.members if member.suspended} | set(docket.removed_members)
    for recovery in open_ones.values():
        if recovery.member in cut_off:
            _ended(docket, SYSTEM, recovery, Step.SUSPENDED)
        elif cut_off & {recovery.asked_by, recovery.vouched_by}:
            _ended(docket, SYSTEM, recovery, Step.REFUSED)
        elif recovery.member in came_in:
            _ended(docket, SYSTEM, recovery, Step.SIGNED_IN)


def due(docket: Docket, id: str) -> None:
    """Time has come: nobody vouched, the delay is over, or nobody made use of it."""
    recovery = docket.all_kept(Recovery).get(id)
    if recovery is None:
        return
    if docket.now_ms < recovery.due_ms:
        docket.wakes[f"recovery/{id}"] = recovery.due_ms
    elif recovery.state is RecoveryState.WAITING:
        _kept(docket, SYSTEM, step(recovery, Step.TIME_CAME, docket.now_ms), "recovery_ready")
    else:
        _ended(docket, SYSTEM, recovery, Step.TIME_CAME)


def _ended(docket: Docket, by: By, recovery: Recovery, happened: Step, why: str = "") -> None:
    """It is over, and so is a link that was made for it."""
    after = step(recovery, happened, docket.now_ms)
    for link in docket.all_kept(Link).values():
        if link.kind is LinkKind.RECOVERY and link.subject == recovery.id:
            links.end(docket, link, Ended.REVOKED)
    _kept(docket, by, after, f"recovery_{after.state}", why)


def _kept(docket: Docket, by: By, recovery: Recovery, what: str, why: str = "") -> None:
    """Write it down, set its wake-up, and announce it to all supervisors and to the person."""
    docket.keep(recovery)
    docket.wakes[f"recovery/{recovery.id}"] = recovery.due_ms if recovery.open else None
    for told in (Told.SUPERVISORS, Told.THEMSELF):
        docket.act(by, what, about=recovery.member, subject=recovery.id, why=why, told=told)
