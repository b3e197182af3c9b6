"""Changes to who works here and how they are reached, and what each does to the alerts that are open.

A suspension, a tie or a removal takes effect in every open alert at once: the person's word counts no more, nobody
rings them, and a close they had a part in is undone.  Their own alerts live on, and their own way to raise survives.
"""

from __future__ import annotations

from tocsin.core import events as e
from tocsin.core.closing import undo
from tocsin.core.commands import (
    Declined,
    Done,
    Problem,
    Reply,
    SetCallCode,
    SetContact,
)
from tocsin.core.directory import Directory
from tocsin.core.docket import Docket, Draft
from tocsin.core.escalation import barred
from tocsin.core.words import Purpose, Reason, Undone

DONE = Done()
NO_SUCH_MEMBER = Declined(problem=Problem.NO_SUCH_MEMBER)


def set_call_code(docket: Docket, command: SetCallCode) -> Reply:
    """Another code by which this member hears on a call what is open; the one before it is worth nothing."""
    if command.member not in docket.directory.members:
        return NO_SUCH_MEMBER
    docket.change_member(command.member, call_code_hash=command.call_code_hash)
    return DONE


def set_contact(docket: Docket, command: SetContact) -> Reply:
    member = docket.directory.members.get(command.member)
    if member is None:
        return NO_SUCH_MEMBER
    kept = [contact for contact in member.contacts if contact.id != command.contact.id]
    docket.change_member(member.id, contacts=(*kept, command.contact))
    return DONE


def withdraw_the_barred(docket: Docket) -> None:
    """In every open alert: whoever may no longer be told about it is out of it."""
    for draft in docket.open_drafts(lambda alert: True):
        out = [p for p in draft.alert.people.values() if not p.withdrawn and _out(docket.directory, draft, p.member)]
        for person in out:
            _withdraw(draft, person.member)


def _out(directory: Directory, draft: Draft, member: str) -> bool:
    return barred(directory, draft.alert.member, member)


def _withdraw(draft: Draft, member: str) -> None:
    draft.record(e.Withdrawn(member=member))
    draft.withdraw(Reason.NO_LONGER_A_RECIPIENT, purposes=frozenset(Purpose), member=member)
    proposal = draft.alert.proposal
    if proposal is not None and member in (proposal.by, proposal.confirmed_by):
        undo(draft, Undone.SUSPENDED_OR_TIED)
