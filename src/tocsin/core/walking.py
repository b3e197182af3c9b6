"""Walks: who starts one, what its worker says of it, and what time does to it.

Theory of operation
-------------------
A start is named by credential and key for ever, as a press is; so is an extension of this walk, and sent again because
its answer was lost it lengthens once.  A member has one open walk at the most; a second start
is declined, unless it is the same one again.

*Home*, *extend* and *cancel* are the worker's alone, from any of their phones.  In a watch window they need the PIN;
elsewhere one may be given.  What becomes of a PIN, and of a phone or session that was ended, is `walk_pins.py`.

`look` is what a wake-up does.  Nothing happens before it is due; if several things are, only the last: whoever is
overdue is not reminded first.  An alert is raised in the same decision in which the walk becomes overdue, under the
walk's own id as its key, so there is one, whatever is tried again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tocsin.core import walk_events as e
from tocsin.core.access.permissions import May, Reach
from tocsin.core.access.permit import NOT_ALLOWED, reach_now
from tocsin.core.access.pins import Typed
from tocsin.core.access.words import Via
from tocsin.core.closing import shown_as_open
from tocsin.core.commands import Declined, Done, PlaceReport, Press, PressTaken, Problem, Reply
from tocsin.core.docket import Docket, FixKept
from tocsin.core.escalation import barred
from tocsin.core.events import Noted
from tocsin.core.limits import (
    LABEL_MAX_CHARS,
    MINUTE_MS,
    SECOND_MS,
    WALK_GRACE_S,
    WALK_LATE_MS,
    WALK_MAX_MIN,
    WALK_MIN_MIN,
    WALK_REMIND_S,
)
from tocsin.core.place import labels, of_site
from tocsin.core.raising import press
from tocsin.core.roster import site_of
from tocsin.core.scripts import phrase
from tocsin.core.walk import Walk
from tocsin.core.walk_commands import (
    CancelWalk,
    CheckIn,
    ExtendWalk,
    HomeWalk,
    LookWalk,
    StartWalk,
    WalkCommand,
    WalkTaken,
)
from tocsin.core.walk_draft import WalkDraft
from tocsin.core.walk_known import BY_WALK, places_of, raised_with
from tocsin.core.walk_messages import tell_buddy, tell_walker
from tocsin.core.walk_pins import duress_on, heard_besides, may_still, typed_on
from tocsin.core.words import Came, Kind, WalkState

DONE = Done()
ENDED_WELL = frozenset({WalkState.HOME, WalkState.CANCELLED})
BEFORE_DUE = frozenset({WalkState.OUT, WalkState.REMINDED})
NO_SUCH_WALK = Declined(problem=Problem.NO_SUCH_WALK)
WALK_OVER = Declined(problem=Problem.WALK_OVER)
EXTENDED = "walk extended: "  # Before the walk: the same key at two walks is two acts.
SAYS = {e.Ending.HOME: "walk_says_home", e.Ending.CANCELLED: "walk_says_not_going"}  # On the alert, too late.
STARTED_BY = "walk start: "  # Before the credential: a start and a press may have the same key and are two acts.


# Starting ---------------------------------------------------------------------------------------------------------


def start(docket: Docket, command: StartWalk) -> Reply:
    """Somebody leaves; from now on they are looked for."""
    credential = STARTED_BY + command.credential
    known = docket.world.known_press(command.org, credential, command.key)
    if known is not None:
        draft = docket.walk(known.alert)
        assert draft is not None, "a start names a walk that is not in the store"
        return _taken(draft.walk, known=True)
    site = command.site if command.site in docket.directory.sites else None
    site = site or site_of(docket.directory, command.member, docket.now_ms)
    problem = _may_start(docket, command) or _unfit(docket, command, site)
    if problem is not None:
        return problem
    walk = docket.begin_walk(_started(docket, command, site)).walk
    docket.presses.append((credential, command.key, docket.id(), walk.id))
    if command.by.member != walk.member:
        tell_walker(docket, walk)
    tell_buddy(docket, walk)
    return _taken(walk)


def _may_start(docket: Docket, command: StartWalk) -> Declined | None:
    directory, by = docket.directory, command.by
    member = directory.members.get(command.member)
    if by.member == command.member or by.via is Via.SYSTEM:
        allowed = reach_now(docket, by, May.WALK) is not Reach.NONE
    else:
        # Whoever may not be told of this person may not send them out either; the answer is that to any colleague.
        everybody = reach_now(docket, by, May.WALK_FOR_OTHERS) is Reach.ALL
        allowed = everybody and not barred(directory, command.member, by.member)
    if not allowed or member is None or member.suspended or member.seat:
        return NOT_ALLOWED
    open_walk = docket.walk_of(command.member)
    return None if open_walk is None else Declined(problem=Problem.WALK_OPEN_ALREADY)


def _unfit(docket: Docket, command: StartWalk, site: str) -> Declined | None:
    if not WALK_MIN_MIN <= command.minutes <= WALK_MAX_MIN:
        return Declined(problem=Problem.BAD_WALK_TIME)
    if command.buddy is not None and barred(docket.directory, command.member, command.buddy):
        return Declined(problem=Problem.BAD_BUDDY)
    if command.bay is not None and command.bay not in of_site(docket.directory.places, site):
        return Declined(problem=Problem.BAD_BAY)
    return None


def _started(docket: Docket, command: StartWalk, site: str) -> e.WalkStarted:
    known = docket.directory.sites.get(site)
    named = labels(of_site(docket.directory.places, site)) if command.bay else {}
    grace_s, remind_s = (WALK_GRACE_S, WALK_REMIND_S) if known is None else (known.walk_grace_s, known.walk_remind_s)
    return e.WalkStarted(
        id=docket.id(),
        org=command.org,
        member=command.member,
        site=site,
        by=command.by,
        destination=command.destination,
        minutes=command.minutes,
        remind_before_ms=remind_s * SECOND_MS,
        grace_ms=grace_s * SECOND_MS,
        bay=named[command.bay] if command.bay else "",
        way=(command.way or "")[:LABEL_MAX_CHARS],
        buddy=command.buddy,
        device=command.device,
    )


def _taken(walk: Walk, *, known: bool = False) -> WalkTaken:
    return WalkTaken(walk=walk.id, state=walk.state, known=known)


# What the worker says ---------------------------------------------------------------------------------------------


def _own(docket: Docket, walk: str, member: str) -> WalkDraft | None:
    """One's own walk.  Somebody else's is none."""
    draft = docket.walk(walk)
    return draft if draft is not None and draft.walk.member == member else None


def check_in(docket: Docket, command: CheckIn) -> Reply:
    """A sign of life, and perhaps where.  A position that comes after the alert goes to the alert."""
    draft = _own(docket, command.walk, command.member)
    if draft is None:
        return NO_SUCH_WALK
    if not may_still(docket, command):
        return NOT_ALLOWED
    if draft.walk.state is WalkState.RAISED and command.place is not None:
        _place_on_alert(docket, draft.walk, command.place)
    elif not draft.walk.open:
        return WALK_OVER
    elif command.place is None:
        draft.record(e.CheckedIn())
    else:
        _place(docket, draft, command.place)
        _place_unseen(docket, draft.walk, command.place)
    return _taken(draft.walk)


def _place(docket: Docket, draft: WalkDraft, place: PlaceReport) -> None:
    """The newest position, of whichever kind, takes the place of the one before: nobody's way is kept."""
    before = draft.walk.places.get(place.kind)
    if before is not None and before.at_ms > place.at_ms:
        draft.record(e.CheckedIn())
        return
    fix = None
    if place.lat is not None and place.lon is not None:
        fix = docket.id()
        docket.erase_fixes_of.append(draft.walk.id)
        docket.fixes.append(FixKept(fix, draft.walk.id, place.lat, place.lon, place.radius_m, place.at_ms))
    draft.record(e.WalkPlaced(kind=place.kind, at_ms=place.at_ms, label=place.label, fix=fix, radius_m=place.radius_m))


def _place_on_alert(docket: Docket, walk: Walk, place: PlaceReport) -> None:
    """Where the worker's phone believes that alert closed, it is for those who help, and in no later life of it."""
    draft = None if walk.alert is None else docket.find(walk.alert)
    if draft is None or not draft.alert.open:
        return
    if draft.alert.looks_closed or shown_as_open(draft, walk.shown or ""):
        docket.place(draft, place, walk.member)


def _place_unseen(docket: Docket, walk: Walk, place: PlaceReport) -> None:
    """After the duress PIN a walk may seem to go on: where it leads is for those who help, and shows in no alert."""
    draft = docket.find(walk.alert) if walk.under_duress and walk.alert is not None else None
    if draft is not None and draft.alert.open and draft.alert.looks_closed:
        docket.place(draft, place, walk.member)


def extend(docket: Docket, command: ExtendWalk) -> Reply:
    """It takes longer; WALK_EXTEND_MAX_MIN in all."""
    draft = _own(docket, command.walk, command.member)
    if draft is None:
        return NO_SUCH_WALK
    named = f"{EXTENDED}{draft.walk.id} {command.device}"
    if command.key is not None and docket.world.known_press(command.org, named, command.key) is not None:
        heard_besides(docket, draft, command)
        return _taken(draft.walk, known=True)
    if not draft.walk.open:
        heard_besides(docket, draft, command)
        return WALK_OVER
    typed = typed_on(docket, draft, command)
    if isinstance(typed, Declined):
        return typed
    problem = _unfit_extension(docket, draft.walk, command)
    if typed.calls:
        duress_on(docket, draft, command.device)
    if problem is not None:
        return problem
    until_ms = max(draft.walk.due_ms, docket.now_ms) + command.minutes * MINUTE_MS
    draft.record(e.WalkExtended(minutes=command.minutes, due_ms=until_ms))
    if command.key is not None:
        docket.presses.append((named, command.key, docket.id(), draft.walk.id))
    tell_buddy(docket, draft.walk)
    return _taken(draft.walk)


def _unfit_extension(docket: Docket, walk: Walk, command: ExtendWalk) -> Declined | None:
    member = docket.directory.members.get(walk.member)
    if member is None or member.suspended:
        return NOT_ALLOWED
    if command.minutes < 1:
        return Declined(problem=Problem.BAD_WALK_TIME)
    return Declined(problem=Problem.EXTENDED_ENOUGH) if command.minutes > walk.extend_left_min else None


def home(docket: Docket, command: HomeWalk) -> Reply:
    """They say that they are home."""
    return _end(docket, command, e.Ending.HOME)


def cancel(docket: Docket, command: CancelWalk) -> Reply:
    """They are not going after all."""
    return _end(docket, command, e.Ending.CANCELLED)


def _end(docket: Docket, command: HomeWalk | CancelWalk, how: e.Ending) -> Reply:
    draft = _own(docket, command.walk, command.member)
    if draft is None:
        return NO_SUCH_WALK
    if draft.walk.state in ENDED_WELL:
        heard_besides(docket, draft, command)
        return _taken(draft.walk, known=True)
    typed = typed_on(docket, draft, command)
    if isinstance(typed, Declined):
        return typed
    if draft.walk.state is WalkState.RAISED:
        _late(docket, draft, how, typed, command.device)
    else:
        if typed.calls:
            duress_on(docket, draft, command.device)
        draft.record(e.WalkEnded(how=how))
        tell_buddy(docket, draft.walk)
    return _taken(draft.walk)


def _late(docket: Docket, draft: WalkDraft, how: e.Ending, typed: Typed, device: str | None) -> None:
    """There is an alert already: people find out.  It hears what they say, and nothing is taken back."""
    alert = None if draft.walk.alert is None else docket.find(draft.walk.alert)
    draft.record(e.LateHome())
    if alert is not None and alert.alert.open:
        language = next(iter(docket.directory.languages), "en")
        alert.record(Noted(by=draft.walk.member, text=phrase(language, SAYS[how])))
    if typed.calls:
        duress_on(docket, draft, device)


# Time -------------------------------------------------------------------------------------------------------------


def look(docket: Docket, command: LookWalk) -> Reply:
    """What time has done.  Safe to ask at any moment: nothing happens before it is due."""
    draft = docket.walk(command.walk)
    if draft is None:
        return NO_SUCH_WALK
    walk, now_ms = draft.walk, docket.now_ms
    if walk.open and now_ms >= walk.raises_ms:
        _overdue(docket, draft)
    elif walk.state in BEFORE_DUE and now_ms >= walk.due_ms:
        draft.record(e.WalkDue())
        tell_walker(docket, draft.walk)
    elif walk.state is WalkState.OUT and now_ms >= walk.remind_ms:
        draft.record(e.WalkReminded())
        tell_walker(docket, draft.walk)
    return DONE


def overdue_press(walk: Walk, now_ms: int) -> Press:
    """The call for help of a walk that is overdue; the same one however often it is made."""
    return Press(
        org=walk.org,
        credential=BY_WALK,
        key=walk.id,
        member=walk.member,
        device=None,
        came=Came.WALK,
        kind=Kind.OVERDUE,
        was_down=now_ms - walk.raises_ms > WALK_LATE_MS,
    )


def _overdue(docket: Docket, draft: WalkDraft) -> None:
    pressed = overdue_press(draft.walk, docket.now_ms)
    draft.record(e.WalkOverdue(service_was_down=pressed.was_down))
    taken = press(docket, pressed)
    assert isinstance(taken, PressTaken)
    if draft.walk.open:  # The very same press went ahead of it.
        alert = docket.find(taken.alert)
        assert alert is not None
        for place in places_of(docket, draft.walk) if alert.alert.open else ():
            docket.place(alert, place, draft.walk.member)
        raised_with(draft, alert.alert.id, taken.alert)


_DECIDERS: Mapping[type, Callable[[Docket, Any], Reply]] = {
    StartWalk: start,
    CheckIn: check_in,
    ExtendWalk: extend,
    HomeWalk: home,
    CancelWalk: cancel,
    LookWalk: look,
}


def decided(docket: Docket, command: WalkCommand) -> Reply:
    """What is answered to this; the docket has what follows from it."""
    return _DECIDERS[type(command)](docket, command)
