"""What a change of who works here, or of who may be told about whom, does to the alerts that are open.

A suspension, a tie or a removal takes effect in every open alert at once: the person's word counts no more, nobody
rings them, and a close they had a part in is undone.  Their own alerts live on, and their own way to raise survives.
"""

from __future__ import annotations

from tocsin.core import events as e
from tocsin.core.closing import undo
from tocsin.core.directory import Directory
from tocsin.core.docket import Docket, Draft
from tocsin.core.escalation import barred
from tocsin.core.words import Purpose, Reason, Undone


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
    proposals = [one for one in (draft.alert.proposal, draft.alert.pretended) if one is not None]
    if any(member in (one.by, one.confirmed_by) for one in proposals):
        undo(draft, Undone.SUSPENDED_OR_TIED)
