"""Drills: never taken for real, never in the way of what is."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.sim.promises.scene import Scene

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
    drills = [story for story in scene.record.stories if story.alert.drill]
    for story in scene.record.stories:
        if story.alert.drill:
            continue
        for drill in drills:
            begun, over = drill.alert.raised_ms, drill.alert.closed_ms
            if drill.alert.site != story.alert.site:
                continue
            if begun < story.alert.raised_ms and (over is None or over > story.alert.raised_ms):
                yield f"drill {drill.id} went on while {story.id} was real"
