"""Somebody new joins: it strengthens, so it acts at once; with no way in yet, which is an invitation's to give."""

from __future__ import annotations

from tocsin.core.access.change_commands import HireMember
from tocsin.core.access.edits import MemberEdit
from tocsin.core.access.permissions import May
from tocsin.core.access.permit import refused
from tocsin.core.access.proposing import propose
from tocsin.core.access.screens import SEAT
from tocsin.core.because import Because
from tocsin.core.commands import Declined, Problem, Reply
from tocsin.core.directory import Member
from tocsin.core.docket import Docket
from tocsin.core.words import Role

TAKEN = Declined(problem=Problem.CONFLICT, because=Because.ID_TAKEN)
HARMLESS = frozenset({Role.WORKER, Role.RESPONDER})  # Any other role lets one do more than call and answer.


def hire_member(docket: Docket, command: HireMember) -> Reply:
    """CONFLICT: the id is somebody's.  BAD_DIRECTORY: it would leave no valid organisation (a number twice)."""
    form = command.member
    declined = refused(docket, command.by, May.EDIT_MEMBERS)
    if declined is None and not HARMLESS.issuperset(form.roles):
        declined = refused(docket, command.by, May.SET_ROLES)
    if declined is not None:
        return declined
    if command.id in docket.directory.members or command.id.startswith(SEAT):
        return TAKEN
    member = Member(command.id, form.name, form.roles, form.language, form.duties, form.contacts)
    return propose(docket, command.by, MemberEdit(command.id, None, member), command.why)
