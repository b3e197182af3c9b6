"""An edit is asked for: what strengthens acts at once and is announced, what weakens waits for a second person.

Theory of operation
-------------------
`propose` is for one edit, `propose_all` for several that were asked for together.  Every decider that changes who works
here, how they are reached or what is planned comes through here, after it has asked whether whoever asks may.

Nothing waits in an organisation in which nobody who may agree has ever signed in: there is no second person yet, and
whoever holds the machine sets the rest up.  From the first such sign-in on it is *guarded*, for good, whatever becomes
of that person or their passkey: else taking the last of them away would open every door again.

The shifts of one asking wait as one change, however many they are: nobody reads a thousand, or agrees to each.

What acts now may not stand without what waits (a number goes to a new owner before the old one has given it up).  Such
an edit is *refused*, with everything else done, and is to be asked for again when the other has been agreed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tocsin.core.access.carrying import announce, carry_out
from tocsin.core.access.changes import Change
from tocsin.core.access.edits import ContactEdit, Edit, ShiftEdit, Split
from tocsin.core.access.permissions import LINES, May
from tocsin.core.access.record import By, Guard, Passkey, Session
from tocsin.core.access.sheet import Sheet, Standing, applied
from tocsin.core.access.weakening import Reasons, weakenings
from tocsin.core.access.words import SignedIn, Via
from tocsin.core.commands import Declined, Done, Problem, Reply
from tocsin.core.directory import Directory
from tocsin.core.docket import Docket
from tocsin.core.findings import Finding
from tocsin.core.limits import CHANGE_DELAY_MS, CHANGE_LAPSES_MS
from tocsin.core.planning import problems
from tocsin.core.refusals import STALE

GUARD = "guard"
Waits = tuple[Edit, Reasons]


def propose(docket: Docket, by: By, edit: Edit, why: str = "") -> Reply:
    """One edit.  `Done.split` says whether it acts now, or waits, under which id.  Asked for twice, it waits once.

    STALE: the value is not `edit.before` any more.  BAD_DIRECTORY: it would leave no valid organisation.
    """
    return propose_all(docket, by, [edit], why)


def propose_all(docket: Docket, by: By, edits: Sequence[Edit], why: str = "") -> Reply:
    """Several edits, applied in their order; all are declined, or each acts, waits or is refused by itself."""
    wanted = standing_edits(docket.directory, edits)
    if wanted is None:
        return STALE
    faults = newly_fatal(docket, applied(docket.directory, wanted))
    if faults:
        return bad_directory(faults)
    return Done(split=settle(docket, by, wanted, why))


def settle(
    docket: Docket,
    by: By,
    edits: Sequence[Edit],
    why: str,
    *,
    quietly: bool = False,
    found: Sequence[Reasons] | None = None,
) -> Split:
    """Valid edits that hold: what strengthens is carried out and announced, what weakens is kept as waiting changes.

    `quietly`: the caller announces what is carried out.  `found`: how each weakens, where that is known already.
    """
    reasons = reasons_to_wait(docket, by, edits, found)
    now = [edit for edit, why_not in zip(edits, reasons, strict=True) if not why_not]
    fit = fitting(docket, docket.directory, now) if now else []
    later = [(edit, why_not) for edit, why_not in zip(edits, reasons, strict=True) if why_not]
    waiting = _waiting(docket, by, later, why)
    carry_out(docket, fit)
    for edit in () if quietly else fit:
        announce(docket, by, "changed_at_once", edit, why=why)
    left = set(now).difference(fit)
    return Split(tuple(fit), waiting, tuple(edit for edit in now if edit in left))


def reasons_to_wait(
    docket: Docket, by: By, edits: Sequence[Edit], found: Sequence[Reasons] | None = None
) -> list[Reasons]:
    """For each edit why it has to wait; empty: it acts at once."""
    if not guarded(docket):
        return [()] * len(edits)
    found = weakenings(docket.directory, edits, docket.now_ms) if found is None else found
    return [() if _own(by, edit) else reasons for edit, reasons in zip(edits, found, strict=True)]


def _own(by: By, edit: Edit) -> bool:
    """What one takes away of oneself never waits, as an opt-out does not: a number in strange hands is worse."""
    return isinstance(edit, ContactEdit) and by.via is Via.SESSION and by.member == edit.member


def _waiting(docket: Docket, by: By, later: Sequence[Waits], why: str) -> tuple[str, ...]:
    """The ids of the changes by which these edits wait.  One that waits already, and is wanted whole, goes on."""
    wanted = {edit for edit, _ in later}
    changes = (change for change in docket.all_kept(Change).values() if wanted.issuperset(change.edits))
    known = {edit: change.id for change in changes for edit in change.edits}
    new = [one for one in later if one[0] not in known]
    shifts = [one for one in new if isinstance(one[0], ShiftEdit)]
    for together in [*([one] for one in new if not isinstance(one[0], ShiftEdit)), *([shifts] if shifts else [])]:
        id = wait_as_one(docket, by, together, why)
        known.update((edit, id) for edit, _ in together)
    return tuple(dict.fromkeys(known[edit] for edit, _ in later))


def wait_as_one(docket: Docket, by: By, together: Sequence[Waits], why: str) -> str:
    """The id of the change by which all of these wait, also those that would weaken nothing: they are one thing."""
    edit, *more = (edit for edit, _ in together)
    change = Change(
        id=docket.id(),
        edit=edit,
        more=tuple(more),
        weakens=tuple(dict.fromkeys(reason for _, reasons in together for reason in reasons)),
        asker=by.member,
        via=by.via,
        why=why,
        asked_ms=docket.now_ms,
        due_ms=docket.now_ms + CHANGE_DELAY_MS,
        lapses_ms=docket.now_ms + CHANGE_LAPSES_MS,
    )
    docket.keep(change)
    docket.wakes[f"change/{change.id}"] = change.wake_ms
    announce(docket, by, "change_asked", *change.edits, subject=change.id, why=why)
    return change.id


# What is valid ---------------------------------------------------------------------------------------------------


def standing_edits(directory: Directory, edits: Sequence[Edit]) -> list[Edit] | None:
    """Those that are not done yet; None where one is overtaken."""
    sheet, wanted = Sheet(directory), []
    for edit in edits:
        standing = sheet.standing(edit)
        if standing is Standing.OVERTAKEN:
            return None
        if standing is Standing.HOLDS:
            sheet.apply(edit)
            wanted.append(edit)
    return wanted


def bad_directory(findings: Iterable[Finding]) -> Declined:
    """It would leave no valid organisation."""
    told = tuple(findings)
    return Declined(problem=Problem.BAD_DIRECTORY, findings=told)


def newly_fatal(docket: Docket, wanted: Directory) -> list[Finding]:
    """What would be fatally wrong, and is not yet: an old fault must not stop the edit that mends another."""
    known_ones = docket.directory
    told = problems(wanted, docket.is_emergency, known_ones.members, known_ones.places)
    findings = [finding for finding in told if finding.fatal]
    if not findings:
        return []
    known = {finding for finding in problems(docket.directory, docket.is_emergency) if finding.fatal}
    return [finding for finding in findings if finding not in known]


def fitting(docket: Docket, base: Directory, edits: Sequence[Edit]) -> list[Edit]:
    """Those of the edits that can act now, in their order, so that the organisation stays valid."""
    if standing_edits(base, edits) == list(edits) and not newly_fatal(docket, applied(base, edits)):
        return list(edits)
    if len(edits) == 1:
        return []
    half = len(edits) // 2
    first = fitting(docket, base, edits[:half])
    return first + fitting(docket, applied(base, first), edits[half:])


# The guard -------------------------------------------------------------------------------------------------------


def guarded(docket: Docket) -> bool:
    """Is there, or was there ever, a second person who can agree?"""
    return bool(docket.all_kept(Guard)) or _somebody_may_agree(docket)


def guard(docket: Docket) -> None:
    """After whatever was decided: from the first sign-in of somebody who may agree on, changes that weaken wait.

    A press changes nobody, and so pays nothing for the question.
    """
    if docket.moves_people and not docket.all_kept(Guard) and _somebody_may_agree(docket):
        docket.keep(Guard(id=GUARD, since_ms=docket.now_ms))


def _somebody_may_agree(docket: Docket) -> bool:
    signed_in = {passkey.member for passkey in docket.all_kept(Passkey).values()}
    signed_in |= {s.member for s in docket.all_kept(Session).values() if s.how is not SignedIn.LINK}
    reach = LINES[May.AGREE_TO_CHANGES].reach
    known = (docket.directory.members[id] for id in signed_in if id in docket.directory.members)
    return any(role in reach for member in known for role in member.roles)
