"""What the watch saw while it ran, the timers and the climb."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.sim.model import climbs, timers
from tocsin.sim.promises.scene import Scene

AUDITED_MS = 20_000  # Whoever slept, or lost a wake-up, is found by the auditor on its next round.
LOUD_PAGES = frozenset({"decision_failed", "alert_audited", "store_conflict"})


def found_while_it_ran(scene: Scene) -> Iterator[str]:
    for promise, what in scene.journal.broken:
        yield f"{promise}: {what}"


def no_page_of_our_own_making(scene: Scene) -> Iterator[str]:
    for at_ms, name in scene.journal.pages:
        found = name == "alert_audited" and scene.journal.outage_near(at_ms, AUDITED_MS)
        if name in LOUD_PAGES and not found:
            yield f"the operator was paged for {name} at {at_ms}"


def timers_keep_their_time(scene: Scene) -> Iterator[str]:
    for story in scene.record.stories:
        yield from timers(story, scene.journal)


def the_climb_is_as_planned(scene: Scene) -> Iterator[str]:
    for story in scene.record.stories:
        yield from climbs(story, scene.journal)
