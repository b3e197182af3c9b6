"""Who looks on: called after each commit that touched an alert, a walk, people or access."""

from __future__ import annotations

from collections.abc import Callable

import structlog

Watcher = Callable[[str, frozenset[str], int], None]  # Organisation, what was touched, position of the commit.
log = structlog.get_logger("tocsin.watchers")


class Watchers:
    """Of one kind of thing.  A page that cannot be drawn is no reason to keep others dark."""

    def __init__(self, page: Callable[[str], None]) -> None:
        self._page, self._all = page, list[Watcher]()

    def add(self, watcher: Watcher) -> Callable[[], None]:
        """Returns how to end it."""
        self._all.append(watcher)
        return lambda: self._all.remove(watcher)

    def show_any(self, org: str, touched: frozenset[str], position: int) -> None:
        """Only if there is any."""
        if touched:
            self.show(org, touched, position)

    def show(self, org: str, touched: frozenset[str], position: int) -> None:
        for watcher in tuple(self._all):
            try:
                watcher(org, touched, position)
            except Exception:
                log.exception("watcher_failed")
                self._page("watcher_failed")
