"""Who may see a walk, and how much of it: the one module that hands a walk to a reader.

Theory of operation
-------------------
The worker sees all of their own walk, and is shown its state as it stands in the record: after the duress PIN that is
what the real one would have brought about (`walk.py`), so there is nothing here that could tell the two apart.  The
buddy sees whom, where to, which way and until when.  A supervisor or coordinator sees who is on a walk and until when,
and no place.  Nobody else sees anything, screens and programs included; and whoever may never be told about this person
is not told that there is a walk.

Whoever is shown the alert that a walk raised is shown *raised*; of an alert that a reader may not see the walk does not
tell either.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import UNSET, Struct, UnsetType

from tocsin.core.access.permissions import May, Reach, reach_of
from tocsin.core.access.words import Via
from tocsin.core.alert import Alert
from tocsin.core.directory import Directory
from tocsin.core.escalation import barred
from tocsin.core.shown_parts import Fixes, place_view, who
from tocsin.core.sight import Reader, standing
from tocsin.core.views import PlaceView, Who, You, moment, moment_or_none
from tocsin.core.walk import Walk
from tocsin.core.walk_messages import buddy_of
from tocsin.core.words import Destination, WalkState


class WalkStanding(StrEnum):
    """What a reader is to a walk."""

    WORKER = "worker"
    BUDDY = "buddy"
    OVERSEER = "overseer"


class WalkView(Struct, frozen=True, kw_only=True):
    """A walk as one reader gets it.  `raises_at`: when an alert is raised, if nothing is heard until then.

    `alert`: the id under which this reader knows the alert that it raised; null while there is none for them.
    """

    id: str
    state: WalkState
    member: Who
    started_at: str
    due_at: str
    raises_at: str
    ended_at: str | None
    minutes: int
    service_was_down: bool
    alert: str | None
    destination: Destination | UnsetType = UNSET
    way: str | UnsetType | None = UNSET
    bay: str | UnsetType | None = UNSET
    buddy: Who | UnsetType | None = UNSET
    extend_left_min: int | UnsetType = UNSET
    pin_needed: bool | UnsetType = UNSET
    places: tuple[PlaceView, ...] | UnsetType = UNSET
    you: You
    server_now: str


MAY = ("check-in", "extend", "home", "cancel")
MAY_LATE = ("check-in", "home")


def walk_standing(walk: Walk, directory: Directory, reader: Reader) -> WalkStanding | None:
    """None: for this reader the walk does not exist."""
    member = directory.members.get(reader.member)
    if reader.raise_only or reader.via not in (Via.SESSION, Via.DEVICE) or member is None or member.suspended:
        return None
    if walk.member == reader.member:
        return WalkStanding.WORKER
    if barred(directory, walk.member, reader.member):
        return None
    if walk.buddy == reader.member:
        return WalkStanding.BUDDY
    reach = reach_of(member.roles, May.READ_WALKS, reader.via)
    return WalkStanding.OVERSEER if reach is Reach.ALL else None


def walk_view(
    walk: Walk, directory: Directory, fixes: Fixes, reader: Reader, now_ms: int, alert: Alert | None = None
) -> WalkView | None:
    """The walk as this reader gets it, or None: then it does not exist for them.

    `fixes`: coordinates by the id of the fix, those that are not erased.  `alert`: the one that the walk names, if any.
    """
    match walk_standing(walk, directory, reader):
        case None:
            return None
        case WalkStanding.WORKER:
            return _own(walk, directory, fixes, now_ms)
        case what:
            return _others(walk, directory, reader, now_ms, alert, whole=what is WalkStanding.BUDDY)


def _own(walk: Walk, directory: Directory, fixes: Fixes, now_ms: int) -> WalkView:
    buddy, member = buddy_of(directory, walk), directory.members[walk.member]
    may = MAY if walk.open else MAY_LATE if walk.state is WalkState.RAISED else ()
    return WalkView(
        id=walk.id,
        state=walk.state,
        member=who(directory, walk.member),
        started_at=moment(walk.started_ms),
        due_at=moment(walk.due_ms),
        raises_at=moment(walk.raises_ms),
        ended_at=moment_or_none(walk.ended_ms),
        minutes=walk.minutes + walk.extended_min,
        service_was_down=walk.service_was_down,
        alert=walk.shown,
        destination=walk.destination,
        way=walk.way or None,
        bay=walk.bay or None,
        buddy=None if buddy is None else who(directory, buddy),
        extend_left_min=walk.extend_left_min,
        pin_needed=member.watch_window,
        places=tuple(place_view(spot, fixes) for spot in walk.places.values()),
        you=You(walk.member, may),
        server_now=moment(now_ms),
    )


def _others(
    walk: Walk, directory: Directory, reader: Reader, now_ms: int, alert: Alert | None, *, whole: bool
) -> WalkView:
    told = alert is not None and standing(alert, directory, reader) is not None
    buddy = buddy_of(directory, walk)
    return WalkView(
        id=walk.id,
        state=WalkState.RAISED if told else walk.state,
        member=who(directory, walk.member),
        started_at=moment(walk.started_ms),
        due_at=moment(walk.due_ms),
        raises_at=moment(walk.raises_ms),
        ended_at=moment_or_none(walk.ended_ms),
        minutes=walk.minutes + walk.extended_min,
        service_was_down=walk.service_was_down,
        alert=walk.alert if told else None,
        destination=walk.destination if whole else UNSET,
        way=(walk.way or None) if whole else UNSET,
        bay=(walk.bay or None) if whole else UNSET,
        buddy=(None if buddy is None else who(directory, buddy)) if whole else UNSET,
        you=You(reader.member, ()),
        server_now=moment(now_ms),
    )
