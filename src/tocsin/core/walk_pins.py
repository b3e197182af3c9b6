"""A PIN typed on a walk: what it is answered as, and who hears of it.

Theory of operation
-------------------
The real PIN does what was asked.  A wrong one changes nothing: it is counted, PIN_MISSES_TOLD of them are told to
whoever is on duty and to the responders of an alert of theirs that is open, and the timer runs.  After
PIN_MISSES_HOUR_MAX either PIN is answered as a wrong one (`access/pins.py`).

The duress PIN does to the screen what the real one does, and calls for help (`walk_duress.py`): also where the real one
would be refused, and of a walk that is over, however it ended.

A phone or session that was ended may say nothing of a walk, unless it was ended because its owner was suspended: such a
one still takes *home* and a sign of life.  A PIN typed there is heard all the same.
"""

from __future__ import annotations

from tocsin.core import walk_events as e
from tocsin.core.access import pins
from tocsin.core.access.permit import runs_out_ms
from tocsin.core.access.pins import NOTHING_TYPED, Typed
from tocsin.core.access.record import Session
from tocsin.core.access.words import Ended
from tocsin.core.closing import hear_wrong_pin
from tocsin.core.commands import Declined, PinMatch, Problem
from tocsin.core.docket import Docket
from tocsin.core.limits import PIN_MISSES_TOLD
from tocsin.core.walk import Walk
from tocsin.core.walk_commands import CancelWalk, CheckIn, ExtendWalk, HomeWalk
from tocsin.core.walk_draft import WalkDraft
from tocsin.core.walk_duress import call_for_help, mark
from tocsin.core.walk_known import OWN_DANGER
from tocsin.core.walk_messages import tell_duty
from tocsin.core.words import WalkState

Asked = ExtendWalk | HomeWalk | CancelWalk
NOT_ALLOWED = Declined(problem=Problem.NOT_ALLOWED)
PIN_NEEDED = Declined(problem=Problem.PIN_NEEDED)
WRONG_PIN = Declined(problem=Problem.WRONG_PIN)


def may_still(docket: Docket, command: Asked | CheckIn) -> bool:
    """May this phone, or session, still say this of a walk?  One that was ended with its owner's suspension may."""
    alive, why = _standing(docket, command.device or "")
    return alive or (why is Ended.SUSPENDED and isinstance(command, CheckIn | HomeWalk))


def _standing(docket: Docket, device: str) -> tuple[bool, Ended | None]:
    known = docket.directory.devices.get(device)
    if known is not None:
        return not known.revoked, known.ended
    session = docket.kept(Session, device)
    if session is None or session.ended is not None:
        return session is None, None if session is None else session.ended
    return docket.now_ms < runs_out_ms(session), None


def typed_on(docket: Docket, draft: WalkDraft, command: Asked) -> Typed | Declined:
    """What was typed, for whoever called to act on, or why it is not taken; what is declined has been heard."""
    if not may_still(docket, command):
        heard_besides(docket, draft, command)
        return NOT_ALLOWED
    if command.match is None:
        member = docket.directory.members.get(draft.walk.member)
        return PIN_NEEDED if member is not None and member.watch_window else NOTHING_TYPED
    typed = pins.typed(docket, draft.walk.member, command.match)
    if typed.shows is not PinMatch.WRONG:
        return typed
    if typed.calls:
        duress_on(docket, draft, command.device)
    else:
        _missed(docket, draft, command.device)
    return WRONG_PIN


def heard_besides(docket: Docket, draft: WalkDraft, command: Asked) -> None:
    """Where every PIN is answered alike, because the walk is over or this phone may say nothing of it any more."""
    if command.match is None:
        return
    typed = pins.typed(docket, draft.walk.member, command.match)
    if typed.calls:
        duress_on(docket, draft, command.device)
    elif typed.shows is PinMatch.WRONG:
        _tell_responders(docket, draft.walk, command.device)


def duress_on(docket: Docket, draft: WalkDraft, device: str | None) -> None:
    """Of a walk that was raised the alert hears it, by whichever phone it was typed."""
    alert = docket.find(draft.walk.alert or "") if draft.walk.state is WalkState.RAISED else None
    if alert is not None and alert.alert.open:
        mark(alert, device)
    elif draft.walk.state is WalkState.RAISED:
        call_for_help(docket, draft.walk.member, device, draft.walk)
    else:
        draft.record(e.WalkDuress(alert=call_for_help(docket, draft.walk.member, device, draft.walk)))


def _missed(docket: Docket, draft: WalkDraft, device: str | None) -> None:
    shuts = pins.missed(docket, draft.walk.member)
    draft.record(e.PinMissedOnWalk(misses=draft.walk.pin_misses + 1))
    if draft.walk.pin_misses == PIN_MISSES_TOLD:
        tell_duty(docket, draft.walk)
    _tell_responders(docket, draft.walk, device, shuts=shuts)


def _tell_responders(docket: Docket, walk: Walk, device: str | None, *, shuts: bool = False) -> None:
    theirs = docket.open_drafts(lambda alert: not alert.drill and alert.kind in OWN_DANGER, f"member/{walk.member}")
    for alert in theirs:
        hear_wrong_pin(alert, device or "", shuts=shuts)
