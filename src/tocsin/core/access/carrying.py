"""Edits are carried out, now or when a change is due, by the same code; and each is told to whom it concerns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from tocsin.core.access.edit_words import word_of_all
from tocsin.core.access.edits import ContactEdit, DeskEdit, Edit, SuspensionEdit, TieEdit, WatchEdit
from tocsin.core.access.record import By, Desk, Suspension
from tocsin.core.access.sheet import applied
from tocsin.core.access.words import Ended, Told
from tocsin.core.directory import Directory
from tocsin.core.docket import Docket
from tocsin.core.membership import withdraw_the_barred


def carry_out(docket: Docket, edits: Sequence[Edit]) -> None:
    """Make it so.  Open alerts are looked after: whoever may no longer be told of one is out of it."""
    if edits:
        become(docket, applied(docket.directory, edits))
        _turn_off(docket, {edit.desk for edit in edits if isinstance(edit, DeskEdit)})
        _reinstate(docket, {edit.member for edit in edits if isinstance(edit, SuspensionEdit) and not edit.after})


def become(docket: Docket, wanted: Directory, *, whole: bool = False) -> None:
    """The organisation is this from now on.  `whole`: its rules are written even if they are what they were."""
    known = docket.directory
    docket.set_members(member for member in wanted.members.values() if member != known.members.get(member.id))
    removed = [id for id in known.members if id not in wanted.members]
    docket.removed_members.extend(removed)
    if whole or removed or _rules(wanted) != _rules(known):
        docket.set_rules(wanted)
    withdraw_the_barred(docket)


def _rules(directory: Directory) -> Directory:
    return replace(directory, members={}, devices={}, attendance={})


def _turn_off(docket: Docket, desks: Iterable[str]) -> None:
    for id in desks:
        desk = docket.kept(Desk, id)
        if desk is not None and desk.open:
            docket.keep(replace(desk, ended=Ended.REVOKED))


def _reinstate(docket: Docket, members: Iterable[str]) -> None:
    """What is kept of their suspension is over."""
    for id in members:
        suspension = docket.kept(Suspension, id)
        if suspension is not None and suspension.open:
            docket.keep(replace(suspension, over=True))


def announce(docket: Docket, by: By, what: str, edit: Edit, *more: Edit, subject: str = "", why: str = "") -> None:
    """A line of the trail, for the supervisors; of a tie, for untied coordinators alone."""
    word = word_of_all((edit, *more))
    docket.act(by, what, about=about(edit), subject=subject, detail=word, why=why, told=told_of(edit))
    for one in (edit, *more):
        tell_owner(docket, by, what, one, subject=subject, why=why)


def tell_owner(docket: Docket, by: By, what: str, edit: Edit, *, subject: str = "", why: str = "") -> None:
    """Whose numbers another touches is told too: a stranger's among them would get what they are sent."""
    if isinstance(edit, ContactEdit) and by.member != edit.member:
        word = word_of_all((edit,))
        docket.act(by, what, about=edit.member, subject=subject, detail=word, why=why, told=Told.THEMSELF)


def told_of(edit: Edit) -> Told:
    return Told.SUPERVISORS if secret_of(edit) is None else Told.COORDINATORS


def secret_of(edit: Edit) -> str | None:
    """Whom an edit protects that only coordinators may know of, none of whom they are kept from; None: no secret."""
    match edit:
        case TieEdit():
            return edit.about
        case WatchEdit():
            return edit.member
    return None


def about(edit: Edit) -> str:
    """The member whom an edit is about, or empty.  Of a tie: whom it protects; its trail is kept from the other."""
    return str(secret_of(edit) or getattr(edit, "member", ""))
