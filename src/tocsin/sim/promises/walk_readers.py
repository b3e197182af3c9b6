"""What people were really told of walks, on streams, in lists and on pages: no more than is theirs, and nothing else.

Told from the record's facts and from what the readers were sent, without the rules that decide who sees what.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tocsin.core import walk_events as w
from tocsin.core.views import moment
from tocsin.core.words import WalkState
from tocsin.sim.journal import ToldOfWalk
from tocsin.sim.promises.access import SCREENS
from tocsin.sim.promises.past import Past
from tocsin.sim.promises.scene import Scene
from tocsin.sim.promises.walk_views import OVERSEES, beyond
from tocsin.sim.record import Way
from tocsin.sim.walk_model import MINUTE_MS

STATES = {
    w.WalkStarted: WalkState.OUT,
    w.WalkReminded: WalkState.REMINDED,
    w.WalkDue: WalkState.DUE,
    w.WalkExtended: WalkState.OUT,
    w.WalkRaised: WalkState.RAISED,
}


def nobody_is_told_of_a_walk_they_may_not_see(scene: Scene) -> Iterator[str]:
    """I19, I20: supervisors see who and until when, the buddy which way too, the worker all; nobody else anything."""
    past, ways = Past(scene.journal), {way.id: way for way in scene.record.ways}
    for told in scene.journal.told_of_walks:
        walk = ways[told.walk].walk
        who = f"{told.member} was told of the walk of {walk.member} by a {told.how} at {told.at_ms}"
        if told.member in SCREENS:
            yield f"{who}, and is a screen"
        elif past.had_ended(told.credential, told.at_ms):
            yield f"{who}, though their credential had ended"
        elif past.barred(told.member, walk.member, told.at_ms):
            yield f"{who}, who may not be told"
        elif told.member not in (walk.member, walk.buddy) and not _oversees(past, told):
            yield f"{who}, whom it does not concern"
        elif more := beyond(walk, told.member, told.keys):
            yield f"{who}: {sorted(more)}"


def _oversees(past: Past, told: ToldOfWalk) -> bool:
    states = past.lately(told.member, told.at_ms)
    return any(state is not None and OVERSEES.intersection(state.roles) for state in states)


# What it says -------------------------------------------------------------------------------------------------------


class Stand(Struct, frozen=True):
    """How a walk stands, as its worker may know it: of what a duress PIN brings about there is nothing in it."""

    state: WalkState
    due_at: str
    alert: str | None = None


def a_walk_is_told_as_its_worker_may_know_it(scene: Scene) -> Iterator[str]:
    """I11: to their own devices a duress PIN is the other one; whoever else hears more is told which alert there is."""
    stands = {way.id: list(_stands(scene, way)) for way in scene.record.ways}
    members = {way.id: way.walk.member for way in scene.record.ways}
    for told in scene.journal.told_of_walks:
        before = [stand for since_ms, stand in stands[told.walk] if since_ms < told.at_ms][-1:]
        true = before + [stand for since_ms, stand in stands[told.walk] if since_ms == told.at_ms]
        own = told.member == members[told.walk]
        if not any(_as_it_is(told, stand, own=own) for stand in true):
            said = f"walk {told.walk} is {told.state}, {told.due_at}, {told.alert}; it is {true}"
            yield f"{told.member} was told by a {told.how} at {told.at_ms} that {said}"


def _as_it_is(told: ToldOfWalk, stand: Stand, *, own: bool) -> bool:
    if told.due_at != stand.due_at:
        return False
    if own:
        return (told.state, told.alert) == (stand.state, stand.alert)
    return told.state is (stand.state if told.alert is None else WalkState.RAISED)


def _stands(scene: Scene, way: Way) -> Iterator[tuple[int, Stand]]:
    """Since which true time it stood how."""
    due_ms, stand = 0, Stand(WalkState.OUT, "")
    for stepped in (stepped for stepped in scene.journal.stepped if stepped.walk == way.id):
        for fact in stepped.facts:
            step = way.steps[fact.version - 1]
            match step.event:
                case w.WalkStarted(minutes=minutes):
                    due_ms = step.at_ms + minutes * MINUTE_MS
                case w.WalkExtended(minutes=minutes):
                    due_ms = max(due_ms, step.at_ms) + minutes * MINUTE_MS
                case _:
                    pass
            state = _state(step.event) or stand.state
            shown = step.event.shown if isinstance(step.event, w.WalkRaised) else stand.alert
            stand = Stand(state, moment(due_ms), shown)
        yield stepped.at_ms, stand


def _state(event: w.WalkEvent) -> WalkState | None:
    return w.ENDED_AS[event.how] if isinstance(event, w.WalkEnded) else STATES.get(type(event))
