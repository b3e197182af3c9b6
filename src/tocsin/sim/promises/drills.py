"""Drills: never taken for real, never in the way of what is."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.core import events as e
from tocsin.sim.promises.scene import Scene
from tocsin.sim.record import Story

DRILLS = ("DRILL", "SIMULACRO")  # In the first line: of a mail, that is its subject.


def a_drill_is_never_taken_for_real(scene: Scene) -> Iterator[str]:
    drills = {story.id: story.alert.drill for story in scene.record.stories}
    for sent in scene.journal.sends:
        delivery = scene.record.deliveries.get(sent.delivery)
        if delivery is None or sent.alert not in drills:
            continue
        cries_drill = any(word in sent.text.partition("\n")[0] for word in DRILLS)
        says_drill = any(word.lower() in sent.text.lower() for word in DRILLS)
        if not says_drill if drills[sent.alert] else cries_drill:
            yield f"a {delivery.purpose} of a {'drill' if drills[sent.alert] else 'real alert'} says: {sent.text}"


def a_real_alert_ends_the_drills(scene: Scene) -> Iterator[str]:
    """One that hides does not: whoever may not be told about it would see its drill end."""
    drills = [story for story in scene.record.stories if story.alert.drill]
    for story in scene.record.stories:
        if story.alert.drill or story.alert.silent:
            continue
        for drill in drills:
            begun, over = drill.alert.raised_ms, drill.alert.closed_ms
            if drill.alert.site != story.alert.site:
                continue
            if begun < story.alert.raised_ms and (over is None or over > story.alert.raised_ms):
                yield f"drill {drill.id} went on while {story.id} was real"


def a_drill_leaves_the_rung_in_peace(scene: Scene) -> Iterator[str]:
    for drill in scene.record.stories:
        for delivery in drill.deliveries.values() if drill.alert.drill else ():
            if delivery.to and rung_for_real(scene, drill, delivery.member, delivery.created_at_ms):
                yield f"{delivery.purpose} {delivery.id} of a drill was made for {delivery.member}, rung for real"


def rung_for_real(scene: Scene, drill: Story, member: str, at_ms: int) -> bool:
    """Had an open real alert rung this member by then, and nothing kept them from it since?"""
    return any(
        person.first_rung_ms < at_ms and (story.alert.closed_ms is None or at_ms < story.alert.closed_ms)
        for story in scene.record.stories
        if not story.alert.drill and (person := story.alert.people.get(member)) is not None
        if not any(isinstance(each.event, e.Withdrawn) and each.event.member == member for each in story.happened)
        if not _over_before(story, drill)
    )


def _over_before(story: Story, drill: Story) -> bool:
    """By the order of the record: a machine that lost the time may begin before the end of what is over."""
    closed = (fact.position for fact, each in zip(story.facts, story.happened, strict=True) if _closes(each.event))
    return min(closed, default=drill.facts[0].position) < drill.facts[0].position


def _closes(event: e.Event) -> bool:
    return isinstance(event, e.Closed)


def rung_for_real_meanwhile(scene: Scene, drill: Story, member: str) -> bool:
    """Did a real alert ring this member while this drill lasted?"""
    over_ms = drill.alert.closed_ms
    return any(
        (over_ms is None or person.first_rung_ms <= over_ms)
        and (story.alert.closed_ms is None or drill.alert.raised_ms <= story.alert.closed_ms)
        for story in scene.record.stories
        if not story.alert.drill and (person := story.alert.people.get(member)) is not None
    )
