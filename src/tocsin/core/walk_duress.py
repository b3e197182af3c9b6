"""The duress PIN on a walk: to the worker's devices it is the other PIN; to those who help, a call for help.

Theory of operation
-------------------
The alert that it raises is silent, under duress, and *unseen*: the worker's devices are never shown it, in no list, no
stream and no reply, until they press themselves; then they are shown a fresh one (`shadow.py`).  If an alert of theirs
looks closed to those devices already, it is a press on that one.  If one is open before their eyes, pressing it would
show there, so it is marked and everyone is rung, and nothing else of it moves.

Typed for an alert that has closed meanwhile (two people closed it, and the phone did not know yet) it is the same call.
Each time that PIN is typed it rings again.  Nobody types it by mistake, and a repeat costs nothing.  Typed where one
may only call for help, it goes to whom any such call goes (`came`).
"""

from __future__ import annotations

from tocsin.core import events as e
from tocsin.core.closing import signal_duress
from tocsin.core.commands import Press, PressTaken
from tocsin.core.docket import Docket, Draft
from tocsin.core.raising import press
from tocsin.core.walk import Walk
from tocsin.core.walk_known import BY_WALK, OWN_DANGER, with_walk
from tocsin.core.words import Came


def call_for_help(
    docket: Docket, member: str, device: str | None, walk: Walk | None = None, *, came: Came = Came.DEVICE
) -> str:
    """Raise it, or ring the one that is open; returns its id.  `walk`: of which it was typed, if of one."""
    own = docket.open_drafts(lambda alert: not alert.drill and alert.kind in OWN_DANGER, f"member/{member}")
    seen = [draft for draft in own if not draft.alert.looks_closed]
    return mark(seen[0], device) if seen else _unseen(docket, member, device, walk, came)


def _unseen(docket: Docket, member: str, device: str | None, walk: Walk | None, came: Came) -> str:
    pressed = Press(
        org=docket.org,
        credential=BY_WALK,
        key=docket.id(),
        member=member,
        device=device,
        came=came,
        silent=True,
        unseen=True,
    )
    taken = press(docket, pressed if walk is None else with_walk(docket, pressed, walk))
    assert isinstance(taken, PressTaken)
    draft = docket.drafts.get(taken.alert) or docket.find(taken.alert)
    assert draft is not None
    if not draft.alert.under_duress:
        draft.record(e.DuressSignalled(device=device or "", hides=False))
    return draft.alert.id


def mark(draft: Draft, device: str | None) -> str:
    """The alert that is open before their eyes is under duress."""
    signal_duress(draft, device or "", hides=False)
    return draft.alert.id
