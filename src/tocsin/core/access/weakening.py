"""Which edits weaken protection, and how: each with a named reason, and a sentence for people.

Theory of operation
-------------------
What weakens is judged over the whole of what is asked, not edit by edit: two people who swap their shifts take nothing
from anybody, though each by itself leaves a gap.  So a roster is counted at every instant to come, as it was and as it
would be, and only what takes somebody away from an instant that then is too thin has to wait.

People are counted as an alert would count them: reachable, not suspended, and not barred from the alert of whoever
of the shift is worst placed to be helped (themself, and those who are not to be told about them, do not count).

Suspension, an opt-out, a lost phone and what strengthens never wait.  A member's own contact is theirs to take away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set

from tocsin.core.access.edits import (
    ContactEdit,
    DeskEdit,
    Edit,
    GraceEdit,
    MemberEdit,
    PlanEdit,
    ReminderEdit,
    RolesEdit,
    SiteEdit,
    SuspensionEdit,
    TieEdit,
    WatchEdit,
)
from tocsin.core.access.ladders import of_plan
from tocsin.core.access.sheet import applied
from tocsin.core.access.thinning import Thinning
from tocsin.core.access.weakens import Weakens
from tocsin.core.directory import Contact, Directory
from tocsin.core.words import Role

HELPERS = frozenset({Role.RESPONDER, Role.SUPERVISOR, Role.COORDINATOR})
Reasons = tuple[Weakens, ...]


def weakenings(before: Directory, edits: Sequence[Edit], now_ms: int) -> list[Reasons]:
    """For each edit, how it weakens protection in the company of the others; empty: it may act at once."""
    after = applied(before, edits)
    thinning = Thinning(before, after, edits, now_ms)
    return [tuple(dict.fromkeys((*_alone(before, after, edit), *thinning.of(edit)))) for edit in edits]


def _alone(before: Directory, after: Directory, edit: Edit) -> Iterator[Weakens]:
    """What needs no roster to be seen."""
    match edit:
        case MemberEdit():
            yield from _of_leaving(before, edit) if edit.after is None else ()
        case RolesEdit():
            yield from _of_roles(before, set(edit.before) - set(edit.after))
        case ContactEdit():
            yield from (Weakens.MUTES_CHANNEL,) if mutes(before, after, edit) else ()
        case PlanEdit():
            yield from of_plan(before, after, edit)
        case SiteEdit():
            yield from (Weakens.REMOVES_PLAN,) if edit.after is None else ()
        case GraceEdit():
            yield from (Weakens.LENGTHENS_GRACE,) if edit.after > edit.before else ()
        case ReminderEdit():
            yield from (Weakens.REMINDS_LATER,) if edit.after < edit.before else ()
        case DeskEdit() | TieEdit() | SuspensionEdit() | WatchEdit():
            yield from (_LET_GO[type(edit)],) if edit.before and not edit.after else ()


_LET_GO: Mapping[type, Weakens] = {
    DeskEdit: Weakens.DEVICE_OFF,
    TieEdit: Weakens.LIFTS_TIE,
    SuspensionEdit: Weakens.REINSTATES,
    WatchEdit: Weakens.ENDS_WATCH,
}


def _of_leaving(before: Directory, edit: MemberEdit) -> Iterator[Weakens]:
    """Always: whoever is taken out and put back has lost ties, suspension and watch, of which none may be read here."""
    yield Weakens.REMOVES_MEMBER
    if not HELPERS.isdisjoint(before.members[edit.member].roles):
        yield Weakens.REMOVES_RESPONDER
    if any(f"member:{edit.member}" in rung.audience for plan in before.plans for rung in plan.rungs):
        yield Weakens.EMPTIES_RUNG


def _of_roles(before: Directory, lost: Set[Role]) -> Iterator[Weakens]:
    if not HELPERS.isdisjoint(lost):
        yield Weakens.REMOVES_RESPONDER
    called = {word for plan in before.plans for rung in plan.rungs for word in rung.audience}
    if any(f"role:{role}" in called for role in lost - HELPERS):
        yield Weakens.EMPTIES_RUNG


def mutes(before: Directory, after: Directory, edit: ContactEdit) -> bool:
    """Is this a way to reach them that goes?

    How many are left is not asked: they may be the asker's own numbers, added one by one, and so one person would take
    the last of hers in steps that each look harmless.
    """
    known = next((contact for contact in before.members[edit.member].contacts if contact.id == edit.contact), None)
    left = after.members[edit.member].contacts if edit.member in after.members else ()
    return known is not None and known.reaches and not any(_as_good(known, one) for one in left)


def _as_good(known: Contact, new: Contact) -> bool:
    """The same number, perhaps under another id."""
    return (new.kind, new.to) == (known.kind, known.to) and new.verified
