"""A whole organisation is applied from its file, or one member from a page: what strengthens now, what weakens later.

Theory of operation
-------------------
A file says how everything shall be.  So what it says a second time waits once, and a change that an earlier file asked
for and this one does not is withdrawn: the former value is what is wanted.  What was asked for on a page is not in the
file and stays.  In an organisation that is not guarded yet the file is applied whole.

Who is not to be told about whom, and who is watched over, is kept by coordinators, and whoever writes the file may not
know it.  So from then on a file may add a tie and never lifts one: else its very output would tell of them.
"""

from __future__ import annotations

from msgspec.structs import replace

from tocsin.core.access.agreeing import withdraw_unwanted
from tocsin.core.access.carrying import announce, become, secret_of, tell_owner
from tocsin.core.access.change_commands import EditMember, MemberForm, form_of
from tocsin.core.access.changes import Change
from tocsin.core.access.edits import DeskEdit, Edit, SuspensionEdit
from tocsin.core.access.judging import judged
from tocsin.core.access.permissions import May
from tocsin.core.access.permit import refused
from tocsin.core.access.places import desks_left
from tocsin.core.access.proposing import bad_directory, guarded, propose_all, settle
from tocsin.core.access.push_record import pushes_of
from tocsin.core.access.record import OPERATOR
from tocsin.core.access.splitting import of_member
from tocsin.core.access.words import Told, Via
from tocsin.core.commands import Declined, Done, Problem, ReplaceDirectory, Reply
from tocsin.core.directory import Directory, Member
from tocsin.core.docket import Docket
from tocsin.core.refusals import NO_SUCH_MEMBER, STALE
from tocsin.core.words import Role


def replace_directory(docket: Docket, command: ReplaceDirectory) -> Reply:
    """The organisation as its file says.  `Done.split` is None where it was applied whole."""
    found = command.judged
    if found is None or not found.of(docket.directory):
        found = judged(docket.directory, command.directory, docket.now_ms, docket.is_emergency)
    if wrong := (*found.findings, *desks_left(docket, found.wanted)):
        return bad_directory(wrong)
    if not guarded(docket):
        become(docket, found.wanted, whole=True)
        docket.act(OPERATOR, "file_applied_whole", told=Told.SUPERVISORS)
        return Done()
    split = settle(docket, OPERATOR, found.edits, "", quietly=True, found=found.weakens)
    asked = set(split.waiting)
    for change in list(docket.all_kept(Change).values()):
        if (
            change.via is Via.OPERATOR
            and change.id not in asked
            and not isinstance(change.edit, DeskEdit | SuspensionEdit)
        ):
            withdraw_unwanted(docket, OPERATOR, change)
    _announce_file(docket, split.now)
    return Done(split=split)


def _announce_file(docket: Docket, now: tuple[Edit, ...]) -> None:
    """One line for all that every supervisor may know, or a roster of a year would be a thousand of them."""
    open_ones = [edit for edit in now if secret_of(edit) is None]
    for edit in now:
        if secret_of(edit) is not None:
            announce(docket, OPERATOR, "changed_at_once", edit)
    for edit in open_ones:
        tell_owner(docket, OPERATOR, "changed_at_once", edit)
    if open_ones:
        docket.act(OPERATOR, "file_applied", detail=str(len(open_ones)), told=Told.SUPERVISORS)


# One member ------------------------------------------------------------------------------------------------------


def edit_member(docket: Docket, command: EditMember) -> Reply:
    """Declined STALE where somebody changed the member meanwhile: neither silently wins."""
    member, before, after = docket.directory.members.get(command.member), command.before, command.after
    wanted = [May.EDIT_MEMBERS] if replace(before, roles=()) != replace(after, roles=()) else []
    wanted += [May.SET_ROLES] if before.roles != after.roles else []
    for may in wanted or [May.EDIT_MEMBERS]:
        declined = refused(docket, command.by, may)
        if declined is not None:
            return declined
    if member is None or member.seat:
        return NO_SUCH_MEMBER
    if form_of(member) != before:
        return STALE
    if _nobody_left(docket.directory, member, after):
        return Declined(problem=Problem.NOBODY_ADMINISTERS)
    return propose_all(docket, command.by, list(of_member(member, _filled(member, after))), command.why)


def _filled(member: Member, form: MemberForm) -> Member:
    return replace(
        member,
        name=form.name,
        language=form.language,
        duties=form.duties,
        roles=form.roles,
        contacts=(*form.contacts, *pushes_of(member)),
    )


def _nobody_left(directory: Directory, member: Member, after: MemberForm) -> bool:
    """Would this take the last administrator's role away?"""
    if Role.ADMINISTRATOR in after.roles or Role.ADMINISTRATOR not in member.roles:
        return False
    others = (other for other in directory.members.values() if other.id != member.id)
    return not any(Role.ADMINISTRATOR in other.roles and not other.suspended for other in others)
