"""Mutants of what people are told of walks, and of their own alerts.  The table is in `mutants.py`.

Each bends the edge alone: what the core would show, at which the watch looks, stays as it is.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace
from mutant import Mutant, Patch

from tocsin.core import walk_sight
from tocsin.core.alert import Alert
from tocsin.core.directory import Directory
from tocsin.core.shown_parts import Fixes
from tocsin.core.sight import Reader, alert_view
from tocsin.core.views import AlertView
from tocsin.core.walk import Walk
from tocsin.core.walk_sight import WalkView, walk_view
from tocsin.core.words import Phase

VIEW = "tocsin.runtime.walks_seen.walk_view"
NIGHT = ("guarded", "walking")


def the_tied_are_told_of_walks(patch: Patch) -> None:
    def untied(walk: Walk, directory: Directory, *rest: Any) -> WalkView | None:
        members = {id: replace(member, not_told_about=()) for id, member in directory.members.items()}
        return walk_view(walk, replace(directory, members=members), *rest)

    patch.setattr(VIEW, untied)


def whoever_oversees_is_told_where(patch: Patch) -> None:
    def whole(
        walk: Walk, directory: Directory, fixes: Fixes, reader: Reader, now_ms: int, alert: Alert | None = None
    ) -> WalkView | None:
        view = walk_view(walk, directory, fixes, reader, now_ms, alert)
        return view and walk_sight._own(walk, directory, fixes, now_ms)

    patch.setattr(VIEW, whole)


def the_worker_is_told_of_the_duress(patch: Patch) -> None:
    def telling(walk: Walk, *rest: Any) -> WalkView | None:
        view = walk_view(walk, *rest)
        return replace(view, alert=walk.alert) if view is not None and view.alert is None else view

    patch.setattr(VIEW, telling)


def the_alert_under_duress_is_told_open(patch: Patch) -> None:
    def telling(alert: Alert, *rest: Any) -> AlertView | None:
        view = alert_view(alert, *rest)
        hidden = view is not None and alert.open and alert.under_duress and view.id == alert.id
        return replace(view, state=Phase.CLIMBING) if view is not None and hidden else view

    patch.setattr("tocsin.intake.lookout.alert_view", telling)


TOLD, TRUE = "nobody_is_told_of_a_walk_they_may_not_see", "a_walk_is_told_as_its_worker_may_know_it"
LOOKING_MUTANTS: tuple[Mutant, ...] = (
    Mutant(the_tied_are_told_of_walks, TOLD, (2, 5), (*NIGHT, "buddy_tied", "member_tied", "tie_set")),
    Mutant(whoever_oversees_is_told_where, TOLD, (1, 2), NIGHT),
    Mutant(the_worker_is_told_of_the_duress, TRUE, (2, 6), (*NIGHT, "walk_duress")),
    Mutant(
        the_alert_under_duress_is_told_open,
        "after_duress_the_worker_reads_that_it_is_over",
        (15, 17),
        ("guarded", "pin_duress"),
    ),
)
