"""How an alert ends: by two people, by the worker's PIN, or (a drill) by a real alert; and how it only seems to end.

Theory of operation
-------------------
Two people: both rung, on different devices, one of them a supervisor or coordinator, neither tied nor suspended nor
the person in danger.  No phone enrolled while it was open is one of the two, and nobody let in meanwhile, for a day:
one person could have made both.  Everyone rung is shown the proposal; it commits CLOSE_OBJECTION_MS after the second
person's word, and ringing goes on meanwhile.  An objection, a press, a lapsed *with them*, or the suspension or tying
of either undoes it.  After the worker's own *says safe* one untied rung person confirms, face to face.

PIN: all three outcomes (real, duress, wrong) do the same work and are answered alike where the device must not learn
the difference.  After PIN_MISSES_HOUR_MAX wrong ones either PIN is answered as a wrong one (`access/pins.py`); the
duress PIN then marks the alert, and nothing of it moves on the screen.  After duress no PIN closes anything.

When an alert is over before the worker's eyes, the PINs that were set meanwhile count and the wrong ones are
forgotten, whether or not it lives on; when one ends that looked over already, nothing of that happens again (ADR 18).
So what the devices learn from a PIN is the same.  A PIN that was set since an alert was raised says nothing to those
who help: whoever set it may not be who is in danger.
"""

from __future__ import annotations

from tocsin.core import events as e
from tocsin.core.access import pins, say
from tocsin.core.access.pins import Typed
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
from tocsin.core.refusals import ALERT_CLOSED, WRONG_PIN
from tocsin.core.ringing import messages, ring_everyone, rung_person
from tocsin.core.roster import may_close
from tocsin.core.shadow import lives_of, proposal_shown
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
    return None if draft.alert.open else ALERT_CLOSED


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
    """Whatever was proposed, or is pretended to be, is off; the alert rings on."""
    if draft.alert.proposal is not None or proposal_shown(draft.alert, draft.now_ms) is not None:
        draft.record(e.CloseUndone(why=why, by=by))
        draft.withdraw(Reason.NEWER_MESSAGE, purposes=frozenset({Purpose.CLOSING}))


def commit_or_forget(draft: Draft) -> None:
    """The time to object is over, or nobody confirmed in time."""
    _commit_pretended(draft)
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


def _commit_pretended(draft: Draft) -> None:
    """The close that duress undid comes true, to the worker's devices alone; unless it would not have."""
    pretended = draft.alert.pretended
    if pretended is None or pretended.commits_at_ms is None or pretended.commits_at_ms > draft.now_ms:
        return
    assert pretended.confirmed_by is not None
    if _still_agreed(draft, pretended, pretended.confirmed_by):
        shown = lives_of(draft.alert)[-1]
        draft.record(e.ShadowClosed(shadow=shown, device="", outcome=pretended.outcome))
        _over_before_their_eyes(draft)
    else:
        undo(draft, Undone.SUSPENDED_OR_TIED)


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
    typed = pins.typed(draft.docket, command.member, command.match)
    if not shown_as_open(draft, command.alert):
        _heard_too_late(draft, typed, command.device)
        return ALERT_CLOSED
    if typed.shows is PinMatch.WRONG:
        _refused(draft, typed, command.device)
        return WRONG_PIN
    _ends_as_shown(draft, typed, command)
    return DONE


def _ends_as_shown(draft: Draft, typed: Typed, command: Safe) -> None:
    """Before the worker's eyes it is over; whether it is depends on which PIN it was, and on the alert."""
    alert = draft.alert
    if typed.calls:
        signal_duress(draft, command.device, hides=True)
    elif alert.under_duress or _is_nobodys_word(draft):
        draft.record(e.ShadowClosed(shadow=command.alert, device=command.device))
    elif alert.silent or alert.watch_window:
        draft.record(e.SaidSafe(device=command.device))
        _tell_everyone(draft)
    else:
        close(draft, e.Closed(outcome=Outcome.SAFE, by=(command.member,)))
        return
    _over_before_their_eyes(draft)


def _is_nobodys_word(draft: Draft) -> bool:
    """Were the PINs set after the alert was raised?  Whoever set them then may not be who is in danger."""
    member = draft.directory.members.get(draft.alert.member)
    return bool(draft.alert.shadows) and member is not None and member.pins_set_ms > draft.alert.raised_ms


def shown_as_open(draft: Draft, shown_id: str) -> bool:
    """Does the worker's device believe that this alert (its own id, or a shadow's) is open?"""
    for shadow in draft.alert.shadows:
        if shadow.id == shown_id:
            return shadow.closed_ms is None
    return draft.alert.open


def _refused(draft: Draft, typed: Typed, device: str) -> None:
    """Answered as a wrong one: it is, or both PINs are shut, and then the duress PIN is heard all the same."""
    if typed.calls:
        signal_duress(draft, device, hides=False)
    else:
        hear_wrong_pin(draft, device, shuts=pins.missed(draft.docket, draft.alert.member))


def _heard_too_late(draft: Draft, typed: Typed, device: str) -> None:
    """Typed into a life that is over, or looks so: nothing moves there, and the responders hear of it."""
    if not draft.alert.open:
        return
    if typed.calls and not draft.alert.under_duress:
        signal_duress(draft, device, hides=False)
    elif typed.shows is PinMatch.WRONG and not typed.calls:
        hear_wrong_pin(draft, device)


def hear_wrong_pin(draft: Draft, device: str, *, shuts: bool = False) -> None:
    """The responders' side of a wrong PIN, wherever it was typed.  `shuts`: from this one on none is taken."""
    misses = draft.alert.pin_misses + 1
    draft.record(e.PinMissed(device=device, misses=misses))
    if shuts:
        draft.record(e.Noted(by="tocsin", text=PIN_SHUT))
    if misses == PIN_MISSES_TOLD:
        draft.record(e.Noted(by="tocsin", text=THREE_WRONG_PINS))
        ring_everyone(draft, Why.AUDITOR)


def signal_duress(draft: Draft, device: str, *, hides: bool) -> None:
    """A call for help like a press: it undoes a close, and everyone rung hears of it.

    `hides`: the life that was open before the worker's eyes is over; else those devices see what they saw before.
    """
    seen = None if hides or draft.alert.looks_closed else proposal_shown(draft.alert, draft.now_ms)
    undo(draft, Undone.PRESSED_AGAIN)
    draft.record(e.DuressSignalled(device=device, hides=hides, shows=seen))
    ring_everyone(draft, Why.PRESSED_AGAIN)


def close(draft: Draft, event: e.Closed) -> None:
    """End it: nothing new is sent but one all-clear to each person reached."""
    reason = Reason.DRILL_ENDED if event.ended_by else Reason.ALERT_CLOSED
    was_seen = draft.alert.seen_open
    draft.record(event)
    draft.withdraw(reason, purposes=WITHDRAWN_AT_CLOSE)
    if not event.ended_by:
        for person in draft.alert.people.values():
            all_clear(draft, person)
    if was_seen:
        _over_before_their_eyes(draft)


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


def _over_before_their_eyes(draft: Draft) -> None:
    """Once none of theirs looks open any more, the PINs set in mid-alert count and the wrong ones are forgotten."""
    docket, id = draft.docket, draft.alert.member
    docket.open_drafts(lambda alert: True, f"member/{id}")  # With those that this decision begins, all of theirs.
    if any(other.alert.seen_open and other.alert.member == id for other in docket.drafts.values()):
        return
    pins.forget_misses(docket, id)
    member = draft.directory.members.get(id)
    if member is not None and member.next_pin_hashes is not None:
        pins.take_effect(docket, id, member.next_pin_hashes)
