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
from tocsin.core.access.permit import NOT_ALLOWED, why_over
from tocsin.core.access.pins import NOTHING_TYPED, Typed
from tocsin.core.access.words import Ended
from tocsin.core.commands import Declined, PinMatch, Problem
from tocsin.core.docket import Docket
from tocsin.core.limits import PIN_MISSES_TOLD
from tocsin.core.own_pin import heard_anyhow, tell_responders
from tocsin.core.refusals import WRONG_PIN
from tocsin.core.walk_commands import CancelWalk, CheckIn, ExtendWalk, HomeWalk
from tocsin.core.walk_draft import WalkDraft
from tocsin.core.walk_duress import call_for_help, mark
from tocsin.core.walk_messages import tell_duty
from tocsin.core.words import Came, WalkState

Asked = ExtendWalk | HomeWalk | CancelWalk
PIN_NEEDED = Declined(problem=Problem.PIN_NEEDED)


def may_still(docket: Docket, command: Asked | CheckIn) -> bool:
    """May this phone, or session, still say this of a walk?  One that was ended with its owner's suspension may."""
    why = why_over(docket, command.device)
    return why is None or (why is Ended.SUSPENDED and isinstance(command, CheckIn | HomeWalk))


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
    if command.match is not None:
        who, device = draft.walk.member, command.device
        heard_anyhow(docket, who, device, command.match, lambda: duress_on(docket, draft, device))


def duress_on(docket: Docket, draft: WalkDraft, device: str | None) -> None:
    """Of a walk that was raised the alert hears it, by whichever phone it was typed; a new one says how it came."""
    walk, came = draft.walk, Came.DEVICE if why_over(docket, device) is None else Came.REVOKED
    alert = docket.find(walk.alert or "") if walk.state is WalkState.RAISED else None
    if alert is not None and alert.alert.open:
        mark(alert, device)
    elif walk.state is WalkState.RAISED:
        call_for_help(docket, walk.member, device, walk, came=came)
    else:
        draft.record(e.WalkDuress(alert=call_for_help(docket, walk.member, device, walk, came=came)))


def _missed(docket: Docket, draft: WalkDraft, device: str | None) -> None:
    shuts = pins.missed(docket, draft.walk.member)
    draft.record(e.PinMissedOnWalk(misses=draft.walk.pin_misses + 1))
    if draft.walk.pin_misses == PIN_MISSES_TOLD:
        tell_duty(docket, draft.walk)
    tell_responders(docket, draft.walk.member, device, shuts=shuts)
