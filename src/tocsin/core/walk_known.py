"""What a walk knows, put along with a press: whoever helps must not ask for what was declared before.

A press of somebody who is on a walk takes all of it: the declared bay and way, the newest zone and position, the buddy,
who is rung besides the first rung, and the site.  The walk then is *raised* with that alert, and its timer rests.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from tocsin.core.commands import PlaceReport, Press
from tocsin.core.docket import Docket
from tocsin.core.walk import Walk
from tocsin.core.walk_draft import WalkDraft
from tocsin.core.walk_events import WalkRaised
from tocsin.core.words import Kind, PlaceKind

BY_WALK = "walk"  # The credential of an alert that a walk raises; its key is the id of the walk, so it does so once.
OWN_DANGER = frozenset({Kind.SOS, Kind.OVERDUE})


def taken_along(docket: Docket, command: Press) -> WalkDraft | None:
    """The walk that ends with this press; None where nobody is on one, or the press is no call for help of theirs."""
    if command.drill or command.unseen or command.bare or command.kind not in OWN_DANGER:
        return None
    return docket.walk_of(command.member)


def with_walk(docket: Docket, command: Press, walk: Walk) -> Press:
    """This press, with all that the walk knows."""
    places = (*places_of(docket, walk), *command.places)
    return replace(command, places=places, site=command.site or walk.site or None, buddy=walk.buddy)


def places_of(docket: Docket, walk: Walk) -> Iterator[PlaceReport]:
    """What was declared, then the newest report of each kind, with coordinates where they still exist."""
    declared = ", ".join(filter(None, (walk.bay, walk.way)))
    if declared:
        yield PlaceReport(PlaceKind.PLANNED, walk.started_ms, declared)
    fixes = docket.world.fixes_of(walk.id)
    for spot in walk.places.values():
        fix = fixes.get(spot.fix or "")
        lat, lon = (None, None) if fix is None else (fix.lat, fix.lon)
        yield PlaceReport(spot.kind, spot.at_ms, spot.label, lat, lon, spot.radius_m)


def raised_with(draft: WalkDraft, alert: str, shown: str) -> None:
    """The walk ends in this alert."""
    draft.record(WalkRaised(alert=alert, shown=shown))
