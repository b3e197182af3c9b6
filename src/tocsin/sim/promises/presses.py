"""Presses: none is lost, doubled or refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tocsin.core import events as e
from tocsin.sim.centre import ORG
from tocsin.sim.promises.scene import Scene

TRUTH_MS = 3_500  # I16: three seconds, and what the network takes.


def no_acknowledged_press_is_lost(scene: Scene) -> Iterator[str]:
    for pressed in scene.journal.presses.values():
        for _, reply in pressed.acked:
            known = scene.node.store.receipt(ORG, pressed.credential, pressed.key)
            if known is None or known.receipt != reply.receipt:
                yield f"press {pressed.key} was acknowledged and is gone"


def one_press_per_key(scene: Scene) -> Iterator[str]:
    told = Counter(
        happened.event.receipt
        for story in scene.record.stories
        for happened in story.happened
        if isinstance(happened.event, e.Raised | e.PressedAgain)
    )
    for pressed in scene.journal.presses.values():
        receipts = {reply.receipt for _, reply in pressed.acked}
        known = scene.node.store.receipt(ORG, pressed.credential, pressed.key)
        if len(receipts) > 1:
            yield f"press {pressed.key} was acknowledged with {len(receipts)} receipts"
        if known is not None and told[known.receipt] != 1:
            yield f"press {pressed.key} is {told[known.receipt]} presses in the record"
    if any(count > 1 for count in told.values()):
        yield "one receipt stands for two presses"


def a_press_is_never_refused(scene: Scene) -> Iterator[str]:
    for refused in scene.journal.refusals:
        if refused.command != "Press":
            continue
        if refused.waited_ms > TRUTH_MS:
            yield f"a press waited {refused.waited_ms} ms for the truth"
        if refused.why == "Unavailable" and scene.works(refused.at_ms - refused.waited_ms, refused.at_ms):
            yield f"a press was refused at {refused.at_ms} although the disk was well"
