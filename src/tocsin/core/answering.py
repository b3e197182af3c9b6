"""What rung people say, and what time does to it.

Theory of operation
-------------------
Every answer but *cannot* is a loan.  A word that may be forged (1, 2, 3 by SMS) is shown but counts towards nothing,
replaces nothing that counts, and leaves that phone ringing.  *Seen* never takes back a *coming*.

`look` is what a wake-up does, in this order: loans lapse (a helper who fell silent undoes a close), the close commits
or a proposal is forgotten, the ladder climbs, the repeats ring.
"""

from __future__ import annotations

from tocsin.core import events as e
from tocsin.core.alert_parts import Person
from tocsin.core.closing import commit_or_forget, undo
from tocsin.core.commands import (
    AddNote,
    AddPlace,
    Audit,
    Climb,
    Declined,
    Done,
    Moved,
    PoliceCalled,
    Problem,
    Reply,
    Say,
)
from tocsin.core.docket import Draft
from tocsin.core.ladder import is_due
from tocsin.core.limits import COMING_GRACE_MS, ETA_MAX_S, LOAN_MAX_MS, PASS_MIN_MS, SECOND_MS, SEEN_LOAN_MS
from tocsin.core.refusals import ALERT_CLOSED
from tocsin.core.ringing import RINGS, climb, ring, ring_everyone, rung_person
from tocsin.core.words import Answer, Undone, Why

DONE = Done()
NOT_RUNG = Declined(problem=Problem.NOT_RUNG)


def say(draft: Draft, command: Say) -> Reply:
    """Take an answer.  It is recorded whoever else answered, and silences nobody else."""
    person = rung_person(draft, command.member)
    if person is None:
        return NOT_RUNG
    if not draft.alert.open:
        return ALERT_CLOSED
    if _says_nothing_new(person, command):
        return DONE
    eta_s = None if command.eta_s is None else min(max(command.eta_s, 0), ETA_MAX_S)
    draft.record(
        e.Answered(
            member=command.member,
            answer=command.answer,
            eta_s=eta_s,
            counts=command.counts,
            lapses_at_ms=_loan_until(command.answer, eta_s, draft.now_ms),
        )
    )
    if command.counts:
        _quieten(draft, command.member)
    return DONE


def _says_nothing_new(person: Person, command: Say) -> bool:
    owes = person.counts and person.answer is not None
    if command.answer is Answer.SEEN and person.helping:
        return True
    return owes and not command.counts


def _loan_until(answer: Answer, eta_s: int | None, now_ms: int) -> int | None:
    match answer:
        case Answer.SEEN:
            return now_ms + SEEN_LOAN_MS
        case Answer.COMING if eta_s is not None:
            return now_ms + min(eta_s * SECOND_MS + COMING_GRACE_MS, LOAN_MAX_MS)
        case Answer.COMING | Answer.WITH_THEM:
            return now_ms + LOAN_MAX_MS
    return None


def _quieten(draft: Draft, member: str) -> None:
    for delivery in draft.messages_to(member):
        if delivery.purpose in RINGS and delivery.live:
            draft.move(delivery, Moved.ANSWERED)


def look(draft: Draft) -> Reply:
    """What time has done.  Safe to call at any moment: nothing happens before it is due."""
    if not draft.alert.open:
        return DONE
    _lapse_loans(draft)
    commit_or_forget(draft)
    if is_due(draft.alert, draft.now_ms):
        climb(draft, Why.RUNG_DUE)
    if draft.alert.open:
        _repeat(draft)
    return DONE


def _lapse_loans(draft: Draft) -> None:
    people = draft.alert.people.values()
    lapsed = [p for p in people if p.loan_until_ms is not None and p.loan_until_ms <= draft.now_ms]
    silent = False
    for person in lapsed:
        assert person.answer is not None
        draft.record(e.LoanLapsed(member=person.member, answer=person.answer))
        silent = silent or person.answer is Answer.WITH_THEM
    if silent:
        undo(draft, Undone.HELPER_SILENT)
        ring_everyone(draft, Why.HELPER_SILENT)
    elif lapsed:
        ring(draft, [person.member for person in lapsed], Why.LOAN_LAPSED)


def _repeat(draft: Draft) -> None:
    due = [p for p in draft.alert.people.values() if p.next_ring_ms is not None and p.next_ring_ms <= draft.now_ms]
    ring(draft, [person.member for person in due], Why.REPEAT)


def climb_by_hand(draft: Draft, command: Climb) -> Reply:
    """Ring the next rung now; nothing is lost by it, so anybody rung may.  A new pass still keeps its distance."""
    if rung_person(draft, command.member) is None:
        return NOT_RUNG
    if not draft.alert.open:
        return ALERT_CLOSED
    last = draft.alert.rung == len(draft.alert.plan.rungs) - 1
    if not last or draft.now_ms >= draft.alert.pass_started_ms + PASS_MIN_MS:
        climb(draft, Why.CLIMBED_BY_HAND)
    return DONE


def add_place(draft: Draft, command: AddPlace) -> Reply:
    """A place from the person in danger or anybody rung."""
    if not _takes_part(draft, command.member):
        return NOT_RUNG
    if not draft.alert.open:
        return ALERT_CLOSED
    draft.docket.place(draft, command.place, command.member)
    return DONE


def add_note(draft: Draft, command: AddNote) -> Reply:
    """A note from anybody who takes part; taken after the close too, for the record.  Sent again, it stands once."""
    if not _takes_part(draft, command.member):
        return NOT_RUNG
    named = f"note on {draft.alert.id}: {command.member}"
    if command.key is not None:
        if draft.docket.world.known_press(command.org, named, command.key) is not None:
            return Done(known=True)
        draft.docket.presses.append((named, command.key, draft.docket.id(), draft.alert.id))
    draft.record(e.Noted(by=command.member, text=command.text))
    return DONE


def police_called(draft: Draft, command: PoliceCalled) -> Reply:
    """A person called; Tocsin never does."""
    if rung_person(draft, command.member) is None:
        return NOT_RUNG
    draft.record(
        e.PoliceWasCalled(by=command.member, who=command.who, number=command.number, called_at_ms=command.at_ms)
    )
    return DONE


def audit(draft: Draft, command: Audit) -> Reply:
    """A check found something broken here: this alert gets louder, never silent."""
    if not draft.alert.open:
        return DONE
    draft.record(e.Audited(finding=command.finding))
    draft.docket.pages.append("alert_audited")
    ring_everyone(draft, Why.AUDITOR)
    climb(draft, Why.AUDITOR)
    return DONE


def _takes_part(draft: Draft, member: str) -> bool:
    return member == draft.alert.member or rung_person(draft, member) is not None
