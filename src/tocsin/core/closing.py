"""How an alert ends: by two people, by the worker's PIN, or (a drill) by a real alert; and how it only seems to end.

Theory of operation
-------------------
Two people: both rung, on different devices, one of them a supervisor or coordinator, neither tied nor suspended nor
the person in danger.  No phone enrolled while it was open is one of the two, and nobody let in meanwhile, for a day:
one person could have made both.  Everyone rung is shown the proposal; it commits CLOSE_OBJECTION_MS after the second
person's word, and ringing goes on meanwhile.  An objection, a press, a lapsed *with them*, or the suspension or tying
of either undoes it.  After the worker's own *says safe* one untied rung person confirms, face to face.

After PIN_MISSES_HOUR_MAX wrong ones the real PIN counts as wrong too (`access/pins.py`); the duress PIN always counts.
PIN: all three outcomes (real, duress, wrong) do the same work and are answered alike where the device must not learn
the difference.  After duress no PIN closes anything.
"""

from __future__ import annotations

from tocsin.core import events as e
from tocsin.core.access import pins, say
from tocsin.core.alert_parts import Person, Proposal
from tocsin.core.busy_line import after_our_call
from tocsin.core.commands import ConfirmClose, Declined, Done, ObjectClose, PinMatch, Problem, ProposeClose, Reply, Safe
from tocsin.core.delivery import Delivery
from tocsin.core.directory import Contact
from tocsin.core.docket import Draft
from tocsin.core.escalation import barred
from tocsin.core.limits import (
    CLOSE_OBJECTION_MS,
    CLOSE_UNCONFIRMED_MS,
    PIN_MISSES_TOLD,
    SAY_COUNTS_AFTER_MS,
    SMS_VALID_MS,
)
from tocsin.core.ringing import messages, ring_everyone, rung_person
from tocsin.core.roster import may_close
from tocsin.core.words import Answer, DeliveryState, Outcome, Purpose, Reason, Undone, Why

DONE = Done()
WITHDRAWN_AT_CLOSE = frozenset({Purpose.RING, Purpose.CLOSING, Purpose.REAL_ALERT, Purpose.FOLLOW_UP})
REACHED = frozenset({DeliveryState.HANDED_OVER, DeliveryState.DELIVERED, DeliveryState.ANSWERED})
TOO_NEW = Declined(problem=Problem.TOO_NEW)
PIN_SHUT = "so many wrong PINs that none is taken any more: two people close this alert"
THREE_WRONG_PINS = "three wrong PINs on the worker's device"


def propose(draft: Draft, command: ProposeClose) -> Reply:
    """The first of two people says it is over."""
    problem = _may_take_part(draft, command.member) or _too_new(draft, command)
    if problem is not None:
        return problem
    standing = draft.alert.proposal
    if standing is not None and not (standing.by_worker and standing.confirmed_by is None):
        return Declined(problem=Problem.ALREADY_PROPOSED)
    draft.record(
        e.CloseProposed(
            by=command.member,
            device=command.device,
            outcome=command.outcome,
            note=command.note,
            lapses_at_ms=draft.now_ms + CLOSE_UNCONFIRMED_MS,
        )
    )
    _tell_everyone(draft)
    return DONE


def confirm(draft: Draft, command: ConfirmClose) -> Reply:
    """The second person agrees; the time to object begins."""
    problem = _may_take_part(draft, command.member) or _too_new(draft, command) or _may_confirm(draft, command)
    if problem is not None:
        return problem
    commits_at_ms = draft.now_ms + CLOSE_OBJECTION_MS
    draft.record(e.CloseConfirmed(by=command.member, device=command.device, commits_at_ms=commits_at_ms))
    return DONE


def _may_take_part(draft: Draft, member: str) -> Declined | None:
    if rung_person(draft, member) is None:
        return Declined(problem=Problem.NOT_RUNG)
    return None if draft.alert.open else Declined(problem=Problem.ALERT_CLOSED)


def _too_new(draft: Draft, command: ProposeClose | ConfirmClose) -> Declined | None:
    device = draft.directory.devices.get(command.device)
    began_ms = max(say.since_ms(draft.docket, command.member), 0 if device is None else device.enrolled_ms)
    new = began_ms > draft.alert.raised_ms and draft.now_ms < began_ms + SAY_COUNTS_AFTER_MS
    return TOO_NEW if new else None


def _may_confirm(draft: Draft, command: ConfirmClose) -> Declined | None:
    proposal = draft.alert.proposal
    if proposal is None:
        return Declined(problem=Problem.NO_PROPOSAL)
    if proposal.confirmed_by is not None:
        return Declined(problem=Problem.ALREADY_PROPOSED)
    if proposal.by == command.member:
        return Declined(problem=Problem.SAME_PERSON)
    if proposal.device == command.device:
        return Declined(problem=Problem.SAME_DEVICE)
    pair = (proposal.by, command.member)
    if not proposal.by_worker and not any(may_close(draft.directory.members[m]) for m in pair):
        return Declined(problem=Problem.NEEDS_A_CLOSER)
    return None


def object_to(draft: Draft, command: ObjectClose) -> Reply:
    """Anybody rung says no."""
    problem = _may_take_part(draft, command.member)
    if problem is not None:
        return problem
    if draft.alert.proposal is None:
        return Declined(problem=Problem.NO_PROPOSAL)
    undo(draft, Undone.OBJECTION, command.member)
    return DONE


def undo(draft: Draft, why: Undone, by: str | None = None) -> None:
    """Whatever was proposed is off; the alert rings on."""
    if draft.alert.proposal is not None:
        draft.record(e.CloseUndone(why=why, by=by))
        draft.withdraw(Reason.NEWER_MESSAGE, purposes=frozenset({Purpose.CLOSING}))


def commit_or_forget(draft: Draft) -> None:
    """The time to object is over, or nobody confirmed in time."""
    proposal = draft.alert.proposal
    if proposal is None:
        return
    if proposal.commits_at_ms is not None and proposal.commits_at_ms <= draft.now_ms:
        assert proposal.confirmed_by is not None
        if _still_agreed(draft, proposal, proposal.confirmed_by):
            close(
                draft, e.Closed(outcome=proposal.outcome, by=(proposal.by, proposal.confirmed_by), note=proposal.note)
            )
        else:
            undo(draft, Undone.SUSPENDED_OR_TIED)
    elif proposal.lapses_at_ms is not None and proposal.lapses_at_ms <= draft.now_ms:
        undo(draft, Undone.UNCONFIRMED)


def _still_agreed(draft: Draft, proposal: Proposal, second: str) -> bool:
    """May these people still close it?  A minute is long enough for somebody's roles or standing to change."""
    if rung_person(draft, second) is None:
        return False
    if proposal.by_worker:
        return True
    able = any(may_close(draft.directory.members[m]) for m in (proposal.by, second) if m in draft.directory.members)
    return able and rung_person(draft, proposal.by) is not None


def safe(draft: Draft, command: Safe) -> Reply:
    """The worker's PIN.  The reply is the same for an alert that closed and for one that only looks so."""
    alert, match = draft.alert, pins.counts_as(draft.docket, command.member, command.match)
    shown_open = shown_as_open(draft, command.alert)
    if match is PinMatch.WRONG:
        if alert.open:
            _missed(draft, command.device)
        return Declined(problem=Problem.WRONG_PIN if shown_open else Problem.ALERT_CLOSED)
    if not alert.open or not shown_open:
        _signal_from_closed(draft, command)
        return Declined(problem=Problem.ALERT_CLOSED)
    if match is PinMatch.DURESS:
        _duress(draft, command.device)
    elif alert.under_duress:
        draft.record(e.ShadowClosed(shadow=command.alert, device=command.device))
    elif alert.silent or alert.watch_window:
        draft.record(e.SaidSafe(device=command.device))
        _tell_everyone(draft)
    else:
        close(draft, e.Closed(outcome=Outcome.SAFE, by=(command.member,)))
    return DONE


def shown_as_open(draft: Draft, shown_id: str) -> bool:
    """Does the worker's device believe that this alert (its own id, or a shadow's) is open?"""
    for shadow in draft.alert.shadows:
        if shadow.id == shown_id:
            return shadow.closed_ms is None
    return draft.alert.open


def _missed(draft: Draft, device: str) -> None:
    misses = draft.alert.pin_misses + 1
    draft.record(e.PinMissed(device=device, misses=misses))
    if pins.missed(draft.docket, draft.alert.member):
        draft.record(e.Noted(by="tocsin", text=PIN_SHUT))
    if misses == PIN_MISSES_TOLD:
        draft.record(e.Noted(by="tocsin", text=THREE_WRONG_PINS))
        ring_everyone(draft, Why.AUDITOR)


def _signal_from_closed(draft: Draft, command: Safe) -> None:
    """A duress PIN typed into a shadow that already looks closed still tells the responders."""
    if draft.alert.open and command.match is PinMatch.DURESS and not draft.alert.under_duress:
        _duress(draft, command.device)


def _duress(draft: Draft, device: str) -> None:
    """A call for help like a press: it undoes a close, and everyone rung hears of it."""
    undo(draft, Undone.PRESSED_AGAIN)
    draft.record(e.DuressSignalled(device=device))
    ring_everyone(draft, Why.PRESSED_AGAIN)


def close(draft: Draft, event: e.Closed) -> None:
    """End it: nothing new is sent but one all-clear to each person reached."""
    reason = Reason.DRILL_ENDED if event.ended_by else Reason.ALERT_CLOSED
    draft.record(event)
    draft.withdraw(reason, purposes=WITHDRAWN_AT_CLOSE)
    if not event.ended_by:
        for person in draft.alert.people.values():
            all_clear(draft, person)
    _take_over_pins(draft)


def end_drill(draft: Draft) -> Reply:
    """Whoever began the drill ends it."""
    if not draft.alert.drill:
        return Declined(problem=Problem.NOT_YOURS)
    if draft.alert.open:
        close(draft, e.Closed(outcome=Outcome.OTHER))
    return DONE


def all_clear(draft: Draft, person: Person, purpose: Purpose = Purpose.ALL_CLEAR, contact: str | None = None) -> None:
    """One message to somebody this alert reached (just now, by `contact`); none to the unreached, barred, or twice."""
    theirs = draft.messages_to(person.member)
    if any(d.purpose is purpose for d in theirs) or barred(draft.directory, draft.alert.member, person.member):
        return
    used = {contact, *(d.contact for d in theirs if _reached(d))}
    contacts = _contacts(draft, person.member)
    known = _spoke(person) or used != {None}  # Of a way that was closed since, another will do.
    chosen = [c for c in contacts if c.id in used] or (contacts if known else [])
    for delivery in messages(draft, person.member, chosen[:1], purpose, SMS_VALID_MS):
        draft.put(after_our_call(draft, delivery))


def _contacts(draft: Draft, member: str) -> list[Contact]:
    """The ways to this person, those that reach first."""
    theirs = draft.directory.members[member].contacts
    usable = [contact for contact in theirs if contact.usable and contact.kind in draft.docket.world.channels]
    return sorted(usable, key=lambda contact: not contact.reaches)


def _reached(delivery: Delivery) -> bool:
    return delivery.purpose is Purpose.RING and delivery.state in REACHED


def _spoke(person: Person) -> bool:
    return isinstance(person.answer, Answer)


def _tell_everyone(draft: Draft) -> None:
    """Show a proposal to everyone rung: by message, because not everyone has a page open."""
    for person in draft.alert.people.values():
        if rung_person(draft, person.member) is not None:
            first = _contacts(draft, person.member)[:1]
            for delivery in messages(draft, person.member, first, Purpose.CLOSING, CLOSE_UNCONFIRMED_MS):
                draft.put(delivery)


def _take_over_pins(draft: Draft) -> None:
    """The PINs set in mid-alert count from the close, unless another alert of theirs is open (a drill just ended)."""
    member = draft.directory.members.get(draft.alert.member)
    draft.docket.open_drafts(lambda alert: True, f"member/{draft.alert.member}")
    others = any(d.alert.open and d.alert.member == draft.alert.member for d in draft.docket.drafts.values())
    if not others:
        pins.forget_misses(draft.docket, draft.alert.member)
    if member is not None and member.next_pin_hashes is not None and not others:
        pin, duress = member.next_pin_hashes
        draft.docket.change_member(member.id, pin_hash=pin, duress_pin_hash=duress, next_pin_hashes=None)
