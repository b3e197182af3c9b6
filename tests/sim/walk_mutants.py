"""Mutants of walks: timers that come too early, too late or never, and words that count for more than they may."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace
from mutant import Mutant, Patch

from tocsin.core import raising, walk_duress, walk_events, walk_messages, walk_pins, walk_sight, walking
from tocsin.core import walk as walks
from tocsin.core.access.pins import NOTHING_TYPED, Typed
from tocsin.core.commands import Declined, PinMatch, Press, Problem
from tocsin.core.directory import Directory
from tocsin.core.docket import Docket
from tocsin.core.walk import Walk
from tocsin.core.walk_commands import StartWalk
from tocsin.core.walk_draft import WalkDraft
from tocsin.core.words import WalkState
from tocsin.runtime import auditor, ledger, walk_timers
from tocsin.runtime.world import World

EARLY_MS = 2_000


# Time --------------------------------------------------------------------------------------------------------------


def walk_raised_early(patch: Patch) -> None:
    patch.setattr(Walk, "raises_ms", property(lambda walk: walk.due_ms + walk.grace_ms - EARLY_MS))


def walk_timer_forgotten(patch: Patch) -> None:
    """It is armed only in the heap of the process that began it, and nobody looks after it."""
    real = ledger.change

    def forgetful(docket: Docket, world: World) -> Any:
        change = real(docket, world)
        return change and replace(change, wakes=tuple(w for w in change.wakes if not w.stream.startswith("walk/")))

    patch.setattr(ledger, "change", forgetful)


def walks_unaudited(patch: Patch) -> None:
    patch.setattr(auditor, "unwatched", lambda *arguments: iter(()))


def extended_timer_stays(patch: Patch) -> None:
    """Somebody said that it takes longer, and is looked for all the same."""
    real = walks._extended

    def deaf(walk: Walk, event: walk_events.WalkExtended, at_ms: int) -> Walk:
        return replace(real(walk, event, at_ms), due_ms=walk.due_ms)

    patch.setattr(walks, "_APPLY", {**walks._APPLY, walk_events.WalkExtended: deaf})


def downtime_unsaid(patch: Patch) -> None:
    patch.setattr(walking, "WALK_LATE_MS", 10**9)


# The alert ---------------------------------------------------------------------------------------------------------


def overdue_walk_stays_silent(patch: Patch) -> None:
    """It is said to be overdue, and nobody is rung."""

    def silent(docket: Docket, draft: WalkDraft) -> None:
        draft.record(walk_events.WalkOverdue())
        draft.record(walk_events.WalkRaised(alert=docket.id(), shown=docket.id()))

    patch.setattr(walking, "_overdue", silent)


def home_after_overdue_takes_it_back(patch: Patch) -> None:
    """A late *home* ends the walk, as if nobody had been rung."""
    patch.setattr(
        walks, "_APPLY", {**walks._APPLY, walk_events.LateHome: lambda walk, event, at_ms: replace(walk, state=HOME)}
    )
    late = {walk_events.LateHome: frozenset({HOME}), walk_events.PinMissedOnWalk: frozenset({WalkState.RAISED})}
    patch.setattr(walks, "TRANSITIONS", {**walks.TRANSITIONS, WalkState.RAISED: late})


HOME = WalkState.HOME


def suspension_ends_the_walk(patch: Patch) -> None:
    """Whoever was cut off is looked for by nobody."""
    real = walking.look

    def heartless(docket: Docket, command: Any) -> Any:
        draft = docket.walk(command.walk)
        member = None if draft is None else docket.directory.members.get(draft.walk.member)
        if draft is not None and draft.walk.open and member is not None and member.suspended:
            draft.record(walk_events.WalkEnded(how=walk_events.Ending.CANCELLED))
            return walking.DONE
        return real(docket, command)

    patch.setattr(walking, "_DECIDERS", {**walking._DECIDERS, type_of_look(): heartless})


def type_of_look() -> type:
    return next(kind for kind, decide in walking._DECIDERS.items() if decide is walking.look)


def second_walk_taken(patch: Patch) -> None:
    """Whoever is on a walk may begin another."""
    real = walking._may_start

    def lenient(docket: Docket, command: StartWalk) -> Declined | None:
        declined = real(docket, command)
        return None if declined is not None and declined.problem is Problem.WALK_OPEN_ALREADY else declined

    patch.setattr(walking, "_may_start", lenient)


# What is said ------------------------------------------------------------------------------------------------------


def extend_without_pin(patch: Patch) -> None:
    """And home: the watch window counts for nothing."""
    real = walk_pins.typed_on

    def careless(docket: Docket, draft: WalkDraft, command: Any) -> Any:
        return NOTHING_TYPED if command.match is None else real(docket, draft, command)

    patch.setattr(walking, "typed_on", careless)


def wrong_pin_taken(patch: Patch) -> None:
    patch.setattr(
        walking, "typed_on", lambda docket, draft, command: Typed(PinMatch.REAL, command.match is PinMatch.DURESS)
    )


def extended_for_ever(patch: Patch) -> None:
    patch.setattr(walking, "_unfit_extension", lambda docket, walk, command: None)


def home_forgotten(patch: Patch) -> None:
    """It is answered, and not written down."""
    patch.setattr(walking, "_end", lambda docket, command, how: walking._taken(docket.walk(command.walk).walk))


# Who sees what -----------------------------------------------------------------------------------------------------


def duress_distinguishable(patch: Patch) -> None:
    """The worker's phone is shown the alert that its duress PIN raised."""
    real = walk_sight._own

    def telling(walk: Walk, *rest: Any) -> Any:
        return replace(real(walk, *rest), alert=walk.alert)

    patch.setattr(walk_sight, "_own", telling)


def duress_alert_shown(patch: Patch) -> None:
    """What the duress PIN raises is an alert like any other, also to that phone."""
    real = raising.press

    def seen(docket: Docket, command: Press) -> Any:
        return real(docket, replace(command, unseen=False))

    patch.setattr(walk_duress, "press", seen)


def supervisors_see_where(patch: Patch) -> None:
    real = walk_sight._own
    patch.setattr(walk_sight, "_others", lambda walk, directory, *rest, **more: real(walk, directory, {}, 0))


def tied_buddy_told(patch: Patch) -> None:
    """Whoever was tied on the way hears of it still."""
    patch.setattr(walk_messages, "buddy_of", lambda directory, walk: walk.buddy)
    patch.setattr("tocsin.runtime.stages.told_of_walk", lambda *asked: True)


def tied_shown_walks(patch: Patch) -> None:
    def untied(directory: Directory, about: str, id: str) -> bool:
        return False

    patch.setattr(walk_sight, "barred", untied)


def positions_kept(patch: Patch) -> None:
    patch.setattr(ledger, "forgets_now", lambda walk, now_ms: False)
    patch.setattr(walk_timers, "forgets_now", lambda walk, now_ms: False)


TIME, SEEN = "a_walk_keeps_its_time", "found_while_it_ran"
WALK_MUTANTS: tuple[Mutant, ...] = (
    Mutant(walk_raised_early, TIME, (38, 43)),
    Mutant(walk_timer_forgotten, SEEN, (16, 18)),
    Mutant(walks_unaudited, TIME, (129, 219)),
    Mutant(extended_timer_stays, TIME, (2, 3), ("walking", "walk_extended", "walk_forgotten")),
    Mutant(downtime_unsaid, "downtime_is_said", (45, 62)),
    Mutant(overdue_walk_stays_silent, "each_overdue_walk_raises_once", (38, 43)),
    Mutant(home_after_overdue_takes_it_back, "a_raised_walk_stays_raised", (18, 25)),
    Mutant(suspension_ends_the_walk, "only_the_worker_ends_a_walk", (29, 38)),
    Mutant(second_walk_taken, "one_walk_at_a_time", (21, 38)),
    Mutant(extend_without_pin, "a_watched_walk_needs_the_pin", (161,)),
    Mutant(wrong_pin_taken, "a_watched_walk_needs_the_pin", (122, 161)),
    Mutant(extended_for_ever, "nobody_extends_for_ever", (44, 53)),
    Mutant(home_forgotten, "no_acknowledged_word_of_a_walk_is_lost", (16, 18)),
    Mutant(duress_distinguishable, SEEN, (16, 21)),
    Mutant(duress_alert_shown, "the_worker_hears_nothing_of_an_unseen_alert", (67,)),
    Mutant(supervisors_see_where, SEEN, (16, 18)),
    Mutant(tied_buddy_told, "nobody_tied_hears_of_a_walk", (21, 44)),
    Mutant(tied_shown_walks, SEEN, (21, 44)),
    Mutant(positions_kept, "positions_are_forgotten", (25, 28)),
)
