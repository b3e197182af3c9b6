"""One walk in the making: each event is applied at once, so that later rules read what earlier ones decided."""

from __future__ import annotations

from tocsin.core.walk import Walk, evolve
from tocsin.core.walk_events import WalkEvent


class WalkDraft:
    def __init__(self, walk: Walk | None, now_ms: int) -> None:
        self._walk, self._now_ms = walk, now_ms
        self.events: list[WalkEvent] = []

    @property
    def walk(self) -> Walk:
        assert self._walk is not None
        return self._walk

    def record(self, event: WalkEvent) -> None:
        self._walk = evolve(self._walk, event, self._now_ms)
        self.events.append(event)
