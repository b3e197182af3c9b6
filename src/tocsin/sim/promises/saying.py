"""What messages say: every ring says where."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.core import events as e
from tocsin.core.words import Channel, Purpose
from tocsin.sim.promises.scene import Scene

PACE_MS = 2_000  # A text that is on its way already need not know what was said a moment ago.


def a_ring_says_where(scene: Scene) -> Iterator[str]:
    known = {
        story.id: [
            (h.at_ms, h.event.label.lower())
            for h in story.happened
            if isinstance(h.event, e.PlaceReported) and h.event.label
        ]
        for story in scene.record.stories
    }
    for sent in scene.journal.sends:
        delivery = scene.record.deliveries.get(sent.delivery)
        if delivery is None or delivery.purpose is not Purpose.RING or delivery.channel is Channel.EMAIL:
            continue
        labels = known.get(sent.alert, [])
        old = any(at_ms <= sent.begun_ms - PACE_MS - scene.journal.lag_ms for at_ms, _ in labels)
        if old and not any(word in sent.text.lower() for word in ("gps", *(label for _, label in labels))):
            yield f"{sent.reference} says no place although {labels} were known: {sent.text}"
