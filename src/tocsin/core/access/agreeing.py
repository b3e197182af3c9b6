"""What people and time do to a change that waits: agree, refuse, withdraw, and the hour at which it is due.

Theory of operation
-------------------
Who may agree may refuse: supervisors and coordinators who are here and not suspended; of a tie or a closer watch only
coordinators, and of them none whom it must be kept from.  To anybody else such a change does not exist.  What somebody
once agreed to is weighed again each time (`eligible`), so that a suspension undoes it without a word.  Nobody agrees to
what was asked for before they had a say (`say.py`), so that no one person is two.

The operator at the command line neither agrees nor refuses: whoever holds the machine is one person, perhaps the very
one who asked, and nothing there proves which.
"""

from __future__ import annotations

from tocsin.core.access import say
from tocsin.core.access.carrying import announce, carry_out, secret_of
from tocsin.core.access.change_commands import AgreeChange, RefuseChange, WithdrawChange
from tocsin.core.access.changes import (
    Agreed,
    AgreementsLost,
    Applied,
    Change,
    ChangeEvent,
    ChangePhase,
    Lapsed,
    Overtaken,
    Refused,
    Withdrawn,
    evolve,
)
from tocsin.core.access.edits import Edit, GraceEdit, PlaceEdit, PlanEdit, ReminderEdit, ShiftEdit, SiteEdit, TieEdit
from tocsin.core.access.people_sight import keeps_tie
from tocsin.core.access.permissions import LINES, May
from tocsin.core.access.permit import NOT_ALLOWED, refused
from tocsin.core.access.proposing import newly_fatal, standing_edits
from tocsin.core.access.record import SYSTEM, By
from tocsin.core.access.sheet import applied
from tocsin.core.access.words import Via
from tocsin.core.commands import Declined, Done, Problem, Reply
from tocsin.core.directory import Directory
from tocsin.core.docket import Docket
from tocsin.core.escalation import barred
from tocsin.core.findings import spelled
from tocsin.core.refusals import NO_SUCH_RECORD, OVER
from tocsin.core.words import Role

ASKED_IT = Declined(problem=Problem.ASKED_IT)
TOGETHER = 3  # So many different people need not wait: two supervisors, and a coordinator or the duty chief.


# People ----------------------------------------------------------------------------------------------------------


def agree(docket: Docket, command: AgreeChange) -> Reply:
    """As the second person, or one of three.  Done too for who agreed before."""
    change = _open(docket, command.by, command.change)
    if isinstance(change, Declined):
        return change
    if command.by.member == change.asker:
        return ASKED_IT
    if command.by.member in change.agreed:
        return Done(known=True)
    if say.since_ms(docket, command.by.member) > change.asked_ms:
        return say.TOO_LATE
    _moved(docket, change, Agreed(command.by.member), command.by, "change_agreed")
    due(docket, change.id)
    return Done()


def refuse(docket: Docket, command: RefuseChange) -> Reply:
    change = _open(docket, command.by, command.change)
    if isinstance(change, Declined):
        return change
    _moved(docket, change, Refused(command.by.member), command.by, "change_refused", command.why)
    return Done()


def withdraw(docket: Docket, command: WithdrawChange) -> Reply:
    """Nobody but whoever asked; the operator for what was asked at the command line."""
    declined = refused(docket, command.by, May.SEE_CHANGES)
    if declined is not None:
        return declined
    change = docket.kept(Change, command.change)
    if change is None or not (_asked(command.by, change) or may_know(docket.directory, change, command.by.member)):
        return NO_SUCH_RECORD
    if not _asked(command.by, change):
        return NOT_ALLOWED
    if not change.open:
        return OVER
    _moved(docket, change, Withdrawn(command.by.member), command.by, "change_withdrawn")
    return Done()


def _asked(by: By, change: Change) -> bool:
    return by.member == change.asker and (by.member != "" or by.via is change.via is Via.OPERATOR)


def _open(docket: Docket, by: By, id: str) -> Change | Declined:
    """The change, if they may decide on it and it is still to be decided."""
    declined = refused(docket, by, May.AGREE_TO_CHANGES)
    if declined is not None:
        return declined
    change = docket.kept(Change, id)
    if change is None or not eligible(docket.directory, change.edit, by.member):
        return NO_SUCH_RECORD
    return change if change.open else OVER


# Time ------------------------------------------------------------------------------------------------------------


def due(docket: Docket, id: str) -> None:
    """What has become of this change by now, after an agreement or when its time has come."""
    change = docket.kept(Change, id)
    if change is None or not change.open:
        return
    if _asker_is_gone(docket.directory, change):
        _moved(docket, change, Withdrawn("", "asker_gone"), SYSTEM, "change_withdrawn")
        return
    left = tuple(member for member in change.agreed if eligible(docket.directory, change.edit, member))
    if left != change.agreed:
        change = _moved(docket, change, AgreementsLost(left), SYSTEM, "change_agreement_lost")
    if change.phase is ChangePhase.AGREED and (docket.now_ms >= change.due_ms or together(docket, change)):
        _come_true(docket, change)
    elif change.phase is ChangePhase.WAITING and docket.now_ms >= change.lapses_ms:
        _moved(docket, change, Lapsed(), SYSTEM, "change_lapsed")
    else:
        docket.wakes[f"change/{change.id}"] = change.wake_ms


def _come_true(docket: Docket, change: Change) -> None:
    """Each edit is checked against the organisation as it is now; then all are done by the code for what need not wait.

    Those that somebody has brought about meanwhile are done; one that is overtaken takes the others with it.
    """
    wanted = standing_edits(docket.directory, change.edits)
    faults = newly_fatal(docket, applied(docket.directory, wanted)) if wanted else []
    if wanted is None or faults:
        detail = spelled(faults) or "value_changed"
        _moved(docket, change, Overtaken(detail), SYSTEM, "change_overtaken")
        return
    carry_out(docket, wanted)
    _moved(docket, change, Applied(), SYSTEM, "change_applied")


def _asker_is_gone(directory: Directory, change: Change) -> bool:
    """What somebody asked for who is now suspended, or here no more, is not done for them."""
    member = directory.members.get(change.asker)
    return change.asker != "" and (member is None or member.suspended)


def _moved(docket: Docket, change: Change, event: ChangeEvent, by: By, what: str, why: str = "") -> Change:
    after = evolve(change, event, docket.now_ms)
    docket.keep(after)
    docket.wakes[f"change/{change.id}"] = after.wake_ms if after.open else None
    announce(docket, by, what, *change.edits, subject=change.id, why=why)
    return after


def withdraw_unwanted(docket: Docket, by: By, change: Change) -> None:
    """The former value is asked for again, so this need not wait any longer."""
    _moved(docket, change, Withdrawn(by.member, "former_value_again"), by, "change_withdrawn")


# Who -------------------------------------------------------------------------------------------------------------


def eligible(directory: Directory, edit: Edit, id: str) -> bool:
    """May this member agree to this edit, and refuse it, as everything stands?"""
    member = directory.members.get(id)
    if member is None or member.suspended or not LINES[May.AGREE_TO_CHANGES].reach.keys() & set(member.roles):
        return False
    return _may_hear(directory, edit, id)


def may_know(directory: Directory, change: Change, id: str) -> bool:
    """May this member see that the change is there?  Whether they may see changes at all is asked of `permit`."""
    return _may_hear(directory, change.edit, id)


def _may_hear(directory: Directory, edit: Edit, id: str) -> bool:
    about = secret_of(edit)
    if about is None:
        return True
    if isinstance(edit, TieEdit):
        return keeps_tie(directory, id, edit.member, about)
    member = directory.members.get(id)
    return member is not None and Role.COORDINATOR in member.roles and not barred(directory, about, id)


def together(docket: Docket, change: Change) -> bool:
    """Do three different people stand behind it: two supervisors, and a coordinator or the duty chief?

    Of what only coordinators may know: three coordinators.  Nobody is one of the three who is new.
    """
    directory = docket.directory
    known = (id for id in (change.asker, *change.agreed) if say.counts(docket, id))
    behind = {id for id in known if eligible(directory, change.edit, id)}
    if secret_of(change.edit) is not None:
        return len(behind) >= TOGETHER
    supervisors = {id for id in behind if Role.SUPERVISOR in directory.members[id].roles}
    chiefs = set.intersection(*(duty_chiefs(directory, edit) for edit in {_site(e): e for e in change.edits}.values()))
    thirds = {id for id in behind if id in chiefs or Role.COORDINATOR in directory.members[id].roles}
    return any(len(supervisors - {third}) >= TOGETHER - 1 for third in thirds)


def duty_chiefs(directory: Directory, edit: Edit) -> set[str]:
    """Whom the site of this edit names for its backstop; for what is of no one site, whom any site names."""
    site = _site(edit)
    backstops = [plan.rungs[-1] for plan in directory.plans if site in ("", plan.site)]
    words = {word for rung in backstops for word in rung.audience}
    return {id for id in directory.members if f"member:{id}" in words}


def _site(edit: Edit) -> str:
    if isinstance(edit, ShiftEdit):
        return edit.shift[0]
    return edit.site if isinstance(edit, PlanEdit | PlaceEdit | SiteEdit | GraceEdit | ReminderEdit) else ""
